#include "commands/command.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace mainstay::shell {
namespace {

constexpr std::string_view version = "mainstay 0.1.0";

class CliArguments final : public Arguments {
public:
    explicit CliArguments(CLI::App& app) : app_(app) {}

    void positional(const char* name, std::string& value, const char* help, Presence presence) override {
        app_.add_option(name, value, help)->required(presence == Presence::required)->type_name("");
    }
    void positionals(const char* name, std::vector<std::string>& values, const char* help) override {
        app_.add_option(name, values, help)
            ->required()
            ->type_name("")
            ->expected(1, CLI::detail::expected_max_vector_size);
    }
    void option(const char* names, const char* value_name, std::string& value, const char* help) override {
        app_.add_option(names, value, help)->type_name(value_name);
    }
    void options(const char* names, const char* value_name, std::vector<std::string>& values,
                 const char* help) override {
        // One value each time it is given: what follows may be a positional argument.
        app_.add_option(names, values, help)->type_name(value_name)->expected(1)->allow_extra_args(false)->take_all();
    }
    void number(const char* names, std::uint64_t& value, const char* help) override {
        app_.add_option_function<std::string>(
                names,
                [&value](const std::string& given) {
                    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
                    if (error != std::errc{} || end != given.data() + given.size())
                        throw CLI::ValidationError{given + " is no number of 0 or more"};
                },
                help)
            ->type_name("N");
    }
    void seconds(const char* names, std::chrono::milliseconds& value, const char* help) override {
        app_.add_option_function<double>(
                names,
                [&value](double given) {
                    constexpr double least = 0.001, most = 1e9;
                    if (!(given >= least && given <= most))
                        throw CLI::ValidationError{
                            fmt::format("{} is no time to wait: give 0.001 seconds or more", given)};
                    value = std::chrono::milliseconds{static_cast<std::int64_t>(given * 1'000)};
                },
                help)
            ->type_name("SECONDS");
    }
    void flag(const char* names, bool& value, const char* help) override { app_.add_flag(names, value, help); }
    void choice(const char* names, std::string& value, const std::vector<std::string>& allowed,
                const char* help) override {
        std::string joined;
        for (const std::string& name : allowed) joined += (joined.empty() ? "" : "|") + name;
        app_.add_option(names, value, help)->type_name(joined)->check([allowed](const std::string& given) {
            if (std::find(allowed.begin(), allowed.end(), given) != allowed.end()) return std::string{};
            std::string message = given + " is none of ";
            for (std::size_t i = 0; i < allowed.size(); ++i) message += (i ? ", " : "") + allowed[i];
            return message;
        });
    }

private:
    CLI::App& app_;
};

std::string footer_of(const Command& command) {
    std::string footer = "Example:";
    std::string_view lines = command.example();
    while (!lines.empty()) {
        const std::size_t newline = lines.find('\n');
        footer += "\n  " + std::string{lines.substr(0, newline)};
        if (newline == std::string_view::npos) break;
        lines.remove_prefix(newline + 1);
    }
    return footer;
}

std::string_view summary_of_group(std::string_view name) {
    return name == "user" ? "Say who may sign in, and what they may do" : "Show or load the class model";
}

// "model load": the group `model`, made on first use, and the command `load` in it.
CLI::App& subcommand_for(CLI::App& app, std::string_view name, std::string_view summary) {
    const std::size_t space = name.find(' ');
    if (space == std::string_view::npos) return *app.add_subcommand(std::string{name}, std::string{summary});
    const std::string group_name{name.substr(0, space)};
    const auto groups = app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == group_name; });
    CLI::App* group = groups.empty() ? nullptr : groups.front();
    if (!group) {
        group = app.add_subcommand(group_name, std::string{summary_of_group(group_name)});
        group->require_subcommand(1);
    }
    return *group->add_subcommand(std::string{name.substr(space + 1)}, std::string{summary});
}

int usage_error(const CLI::ParseError& error, const CLI::App& app, const Console& console) {
    const CLI::App* at = &app;
    std::string path = "mainstay";
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
        path += " " + at->get_name();
    }
    console.say(Error{Code::usage, error.what()});
    console.say("See " + path + " --help.");
    return info(Code::usage).exit_status;
}

// CLI11 says only that a command is missing; a slip of the finger deserves more.
void check_command_name(const std::vector<std::string>& arguments, const CLI::App& app) {
    if (arguments.empty() || arguments.front().starts_with('-')) return;
    std::vector<std::string> names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(sub->get_name());
    if (std::find(names.begin(), names.end(), arguments.front()) != names.end()) return;
    const std::string hint = nearest(arguments.front(), names);
    throw Error{Code::usage, "there is no command " + quoted(arguments.front())}.with_hint(
        hint.empty() ? "mainstay --help lists them" : hint);
}

// Sends what a command throws where it belongs.
int run_guarded(Command& command, const Console& console) {
    int status = 0;
    try {
        status = command.run(console);
        console.out.flush();
    } catch (const OutputClosed&) {
        // Whoever read the results has seen enough.
    } catch (const Error& error) {
        try {
            console.out.flush();  // what came before the error is a result still
        } catch (const OutputClosed&) {
        } catch (const Error&) {
        }
        console.say(error);
        status = info(error.code()).exit_status;
    }
    return status;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, const Console& console) {
    CLI::App app{"Mainstay knows what your services depend on, and what breaks when something changes.", "mainstay"};
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string{version});
    app.footer("mainstay COMMAND --help says more and shows an example.");
    app.get_formatter()->column_width(34);

    auto commands = all_commands();
    std::map<const CLI::App*, Command*> by_app;
    for (const auto& command : commands) {
        CLI::App& sub = subcommand_for(app, command->name(), command->summary());
        sub.footer(footer_of(*command));
        CliArguments declared{sub};
        command->declare(declared);
        by_app[&sub] = command.get();
    }

    try {
        check_command_name(arguments, app);
        std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};  // as CLI11 wants them
        app.parse(std::move(reversed));
    } catch (const CLI::CallForVersion& call) {
        console.out.write(std::string{call.what()} + "\n");
        console.out.flush();
        return 0;
    } catch (const CLI::Success&) {  // help
        console.out.write(app.help());
        console.out.flush();
        return 0;
    } catch (const Error& error) {
        console.say(error);
        return info(error.code()).exit_status;
    } catch (const CLI::ParseError& error) {
        if (arguments.empty()) {
            console.err.write(app.help());
            console.err.flush();
            return info(Code::usage).exit_status;
        }
        return usage_error(error, app, console);
    }
    const CLI::App* chosen = &app;
    while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().front();
    return run_guarded(*by_app.at(chosen), console);
}

}  // namespace mainstay::shell
