// The shell's own commands, a row each in the table below.

#include "commands/options.hpp"
#include "commands/schema_rows.hpp"
#include "interactive/shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace mainstay::shell {
namespace {

constexpr int read_depth_max = 16;  // of .read within .read: a file that reads itself ends here

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n;") + 1 - begin);
}

}  // namespace

struct Shell::DotCommand {
    std::string name, arguments, help;
    void (Shell::*run)(std::string_view arguments);  // nullptr: leaves the shell
};

const std::vector<Shell::DotCommand>& Shell::dot_commands() {
    static const std::vector<DotCommand> commands = {
        {".help", "", "this list, keys, and how to begin", &Shell::help},
        {".classes", "", "the classes and how many of each there are", &Shell::show_classes},
        {".types", "", "the relationship types and what they mean for failure", &Shell::show_types},
        {".schema", "", "indexes and constraints", &Shell::show_schema},
        {".format", "[table|json|jsonl|csv]", "how results are written", &Shell::set_format},
        {".timing", "[on|off]", "say how long statements took", &Shell::set_timing},
        {".params", "[NAME = EXPRESSION | clear]", "show, set or forget parameters, used as $NAME", &Shell::set_params},
        {".read", "FILE", "run the statements in a file", &Shell::read_script},
        {".begin", "", "begin a transaction: nothing is seen by others until .commit", &Shell::begin},
        {".commit", "", "make what the transaction wrote visible to all", &Shell::commit},
        {".rollback", "", "forget what the transaction wrote", &Shell::rollback},
        {".author", "[NAME]", "who writes, for the log", &Shell::set_author},
        {".reason", "[TEXT]", "why, for the log", &Shell::set_reason},
        {".quit", "", "leave (also .exit, Ctrl-D)", nullptr},
        {".exit", "", "", nullptr},
    };
    return commands;
}

const std::vector<std::string>& Shell::command_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const DotCommand& command : dot_commands()) all.push_back(command.name);
        return all;
    }();
    return names;
}

bool Shell::execute_dot(std::string_view line) {
    line = trimmed(line);
    const std::string name{line.substr(0, line.find_first_of(" \t\n"))};
    const std::string_view arguments = trimmed(line.substr(name.size()));
    const auto& commands = dot_commands();
    const auto found =
        std::find_if(commands.begin(), commands.end(), [&](const DotCommand& c) { return c.name == name; });
    try {
        if (found == commands.end()) {
            std::string hint = nearest(name, command_names());
            throw Error{Code::usage, "there is no command " + quoted(name)}.with_hint(hint.empty() ? "see .help"
                                                                                                   : hint);
        }
        if (!found->run) return false;
        (this->*found->run)(arguments);
    } catch (const Error& error) {
        report(error, {});
    }
    return true;
}

void Shell::help(std::string_view) {
    show([&](Output& output) {
        const Palette palette = console_.out_palette();
        std::string text;
        for (const DotCommand& command : dot_commands()) {
            if (command.help.empty()) continue;
            const std::string head = command.name + (command.arguments.empty() ? "" : " " + command.arguments);
            text += "  " + palette.paint(Ink::strong, fmt::format("{:<36}", head)) + command.help + "\n";
        }
        text +=
            "\n"
            "A statement ends with `;`, or with an empty line once all brackets are closed.\n"
            "Tab completes keywords, classes, attributes and names; Ctrl-R searches what you entered before;\n"
            "Alt-Enter breaks the line; Ctrl-C drops the statement, or cancels it while it runs.\n"
            "\n"
            "To begin:\n"
            "  MATCH (n) RETURN n LIMIT 10;\n"
            "  MATCH (s:BusinessService)-[r]->(x) RETURN s.name, type(r), x.name;\n"
            "  MATCH (n {name: 'db01'}) IMPACT OF n WHEN down YIELD ci, state, hops RETURN ci.name, state, hops;\n"
            "  MATCH (s:BusinessService) SINGLE POINTS OF FAILURE FOR s YIELD ci RETURN s.name, ci.name;\n";
        output.write(text);
    });
}

void Shell::set_format(std::string_view arguments) {
    if (!arguments.empty()) {
        const std::optional<Format> format = parse_format(arguments);
        if (!format)
            throw Error{Code::usage, quoted(arguments) + " is no format"}.with_hint("use " +
                                                                                    std::string{format_names()});
        options_.format = *format;
    }
    console_.say("format: " + std::string{name_of(options_.format)});
}

void Shell::set_timing(std::string_view arguments) {
    if (!arguments.empty() && arguments != "on" && arguments != "off")
        throw Error{Code::usage, ".timing takes on or off"};
    if (!arguments.empty()) shows_time_ = arguments == "on";
    console_.say(std::string{"timing: "} + (shows_time_ ? "on" : "off"));
}

void Shell::set_params(std::string_view arguments) {
    if (arguments.empty()) {
        std::vector<std::vector<Value>> rows;
        for (const auto& [name, value] : parameters_) rows.push_back({Value{"$" + name}, value});
        if (rows.empty())
            console_.say("no parameters; set one with .params NAME = EXPRESSION");
        else
            show_rows({"parameter", "value"}, rows);
        return;
    }
    if (arguments == "clear") {
        parameters_.clear();
        return;
    }
    const std::size_t end = std::min(arguments.find_first_of("= \t"), arguments.size());
    std::string_view name = arguments.substr(0, end);
    std::string_view expression = trimmed(arguments.substr(end));
    if (expression.starts_with('=')) expression = trimmed(expression.substr(1));
    if (name.starts_with('$')) name.remove_prefix(1);
    if (name.empty() || expression.empty())
        throw Error{Code::usage, "a parameter is set by .params NAME = EXPRESSION"}.with_hint(
            "for example .params day = date('2026-09-01')");
    // The language itself says what the expression is worth.
    const std::string text = "RETURN " + std::string{expression} + " AS value";
    try {
        const std::unique_ptr<Result> result = database_.run(text, parameters_, {.read_only = true});
        const std::vector<Value>* row = result->next();
        if (!row || row->size() != 1) throw Error{Code::usage, "the expression has no value"};
        const Value& value = row->front();
        if (value.is(ValueType::node) || value.is(ValueType::relationship) || value.is(ValueType::path))
            throw Error{Code::usage, "a parameter cannot be a node, relationship or path"}.with_hint(
                "use its key, and match it in the statement");
        parameters_.insert_or_assign(std::string{name}, value);
    } catch (const Error& error) {
        console_.say(error, text);
        note_failure(error.code());
    }
}

void Shell::set_author(std::string_view arguments) {
    if (!arguments.empty() && !options_.principal.name.empty())
        throw Error{Code::usage, "this shell acts as " + options_.principal.name + " (--as)"};
    if (!arguments.empty()) options_.commit.author = arguments;
    console_.say("author: " + (options_.commit.author.empty() ? "(none)" : options_.commit.author));
}

void Shell::set_reason(std::string_view arguments) {
    if (!arguments.empty()) options_.commit.reason = arguments;
    console_.say("reason: " + (options_.commit.reason.empty() ? "(none)" : options_.commit.reason));
}

void Shell::read_script(std::string_view arguments) {
    if (arguments.empty()) throw Error{Code::usage, ".read needs a file"};
    if (depth_ >= read_depth_max) throw Error{Code::usage, ".read is nested too deep: does the file read itself?"};
    std::istringstream script{read_file(std::filesystem::path{std::string{arguments}})};
    PlainReader reader{script, {}};
    ++depth_;
    const std::uint64_t failures = failures_;
    // What follows a failure may have counted on it; .quit ends the file.
    for (auto text = reader.next({}); text && execute(*text) && failures_ == failures;) text = reader.next({});
    --depth_;
}

void Shell::show_classes(std::string_view) {
    const ViewPtr view = database_.store().view();
    show_rows(class_columns(), class_rows(*view));
}

void Shell::show_types(std::string_view) {
    const ViewPtr view = database_.store().view();
    show_rows(type_columns(), type_rows(*view));
}

void Shell::show_schema(std::string_view) {
    const ViewPtr view = database_.store().view();
    show_rows(schema_columns(), schema_rows(*view));
}

void Shell::begin(std::string_view) {
    if (session_) throw Error{Code::usage, "a transaction is open already"}.with_hint(".commit or .rollback it first");
    session_ = database_.begin(options_.principal);
    console_.say("transaction begun; .commit or .rollback ends it");
}

void Shell::commit(std::string_view) {
    if (!session_) throw Error{Code::usage, "no transaction is open"}.with_hint(".begin opens one");
    const std::unique_ptr<Session> session = std::move(session_);  // over in any case
    const CommitResult result = session->commit(options_.commit);
    console_.say(raw(result.tx) == 0 ? "nothing to commit"
                                     : fmt::format("committed as transaction {}", raw(result.tx)));
}

void Shell::rollback(std::string_view) {
    if (!session_) throw Error{Code::usage, "no transaction is open"}.with_hint(".begin opens one");
    session_->rollback();
    session_.reset();
    console_.say("rolled back");
}

}  // namespace mainstay::shell
