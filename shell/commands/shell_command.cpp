#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "editor/line_editor.hpp"
#include "editor/posix_terminal.hpp"
#include "interactive/database_vocabulary.hpp"
#include "interactive/pager.hpp"
#include "interactive/shell.hpp"
#include "interactive/statement_completer.hpp"
#include "language/highlight.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace mainstay::shell {
namespace {

bool can_be_edited_on() {
    const char* terminal = std::getenv("TERM");
    return terminal && *terminal && std::string_view{terminal} != "dumb";
}

class ShellCommand final : public Command {
public:
    std::string_view name() const override { return "shell"; }
    std::string_view summary() const override { return "Work with a database interactively"; }
    std::string_view example() const override {
        return "mainstay shell cmdb.db\n"
               "mainstay shell cmdb.db --author 'A. Lind' < changes.mql";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::create);
        arguments.flag("--no-history", without_history_, "remember nothing of what is entered");
        database_.declare_load_folders(arguments);
        limits_.declare(arguments);
        format_.declare(arguments);
        commit_.declare(arguments);
    }

    int run(const Console& console) override {
        const auto database = open_to_write(database_, commit_, console);
        ShellOptions options;
        options.format = format_.value();
        options.commit = commit_.info(console);
        options.principal = commit_.as.principal(*database);
        options.limits = limits_.value();
        options.is_interactive = console.in_is_terminal && console.out_is_terminal;
        options.rows = terminal_size(STDOUT_FILENO).rows;
        if (options.is_interactive) options.pager = PagedOutput::usual_command();
        Shell shell{*database, console, options};
        if (!options.is_interactive || !can_be_edited_on()) {
            const auto ask = [&](const std::string& prompt) {
                console.out.write(prompt);
                console.out.flush();
            };
            PlainReader reader{std::cin, console.in_is_terminal ? ask : std::function<void(const std::string&)>{}};
            return shell.run(reader);
        }
        greet(*database, console);
        return run_edited(*database, shell, console);
    }

private:
    static void greet(Database& database, const Console& console) {
        const ViewPtr view = database.store().view();
        const GraphStatistics statistics = view->statistics();
        console.say(fmt::format("{}: {}, {}. Statements end with `;`. .help helps, .quit leaves.",
                                database.store().path().string(), counted(statistics.nodes, "node"),
                                counted(statistics.rels, "relationship")));
    }

    int run_edited(Database& database, Shell& shell, const Console& console) const {
        PosixTerminal terminal{STDIN_FILENO, STDOUT_FILENO};
        const auto file = History::usual_file();
        History history = without_history_ || !file ? History{} : History{*file};
        const DatabaseVocabulary vocabulary{database, shell.parameters()};
        StatementCompleter completer{vocabulary, Shell::command_names()};
        LineEditor::Hooks hooks{submits, {}, &completer};
        if (console.colours) hooks.highlight = highlight;
        LineEditor editor{terminal, history, console.out_palette(), std::move(hooks)};
        EditedReader reader{editor};
        return shell.run(reader);
    }

    DatabaseOption database_;
    FormatOption format_;
    LimitOptions limits_;
    CommitOptions commit_;
    bool without_history_ = false;
};

}  // namespace

std::unique_ptr<Command> make_shell_command() { return std::make_unique<ShellCommand>(); }

}  // namespace mainstay::shell
