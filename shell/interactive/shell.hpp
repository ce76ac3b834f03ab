#pragma once

// The interactive shell: reads statements, runs them, shows what they give.

#include "commands/console.hpp"
#include "editor/terminal.hpp"
#include "interactive/statement_reader.hpp"
#include "run/statement.hpp"

#include "mainstay/query/database.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

struct ShellOptions {
    Format format = Format::table;
    CommitInfo commit;
    Principal principal;
    Limits limits;      // of each statement
    std::string pager;  // command for output taller than the screen; "" none
    bool is_interactive = false;
    std::size_t rows = 24;  // of the terminal
};

// One thread. Ctrl-C while a statement runs cancels the statement, not the shell.
class Shell {
public:
    // Borrowed: database, console.
    Shell(Database& database, const Console& console, ShellOptions options);
    ~Shell();

    // Reads from `reader` until its end or .quit. Returns 0, or the exit status of the first failure if not
    // interactive; a transaction left open is one.
    int run(StatementReader& reader);

    // A statement or a line that begins with a dot. False: leave.
    bool execute(std::string_view text);

    const Parameters& parameters() const noexcept { return parameters_; }
    static const std::vector<std::string>& command_names();  // ".help", ...

private:
    struct DotCommand;
    static const std::vector<DotCommand>& dot_commands();

    bool execute_dot(std::string_view line);
    void execute_statement(std::string_view text);
    void show(const std::function<void(Output&)>& write);  // through the pager if tall
    void show_rows(const std::vector<std::string>& columns, const std::vector<std::vector<Value>>& rows);
    void report(const Error& error, std::string_view text);
    void note_failure(Code code);  // of the first failure's code a script's exit status is made
    std::string prompt() const;

    void help(std::string_view);
    void set_format(std::string_view);
    void set_timing(std::string_view);
    void set_params(std::string_view);
    void set_author(std::string_view);
    void set_reason(std::string_view);
    void read_script(std::string_view);
    void show_classes(std::string_view);
    void show_schema(std::string_view);
    void show_types(std::string_view);
    void begin(std::string_view);
    void commit(std::string_view);
    void rollback(std::string_view);

    Database& database_;
    const Console& console_;
    ShellOptions options_;
    Parameters parameters_;
    std::unique_ptr<Session> session_;  // an open transaction
    bool shows_time_ = true;
    int status_ = 0;
    std::uint64_t failures_ = 0;
    int depth_ = 0;  // of .read within .read
};

}  // namespace mainstay::shell
