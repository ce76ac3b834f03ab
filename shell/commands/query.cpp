#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "language/lexer.hpp"
#include "run/interrupt.hpp"
#include "run/script.hpp"

namespace mainstay::shell {
namespace {

class QueryCommand final : public Command {
public:
    std::string_view name() const override { return "query"; }
    std::string_view summary() const override { return "Run statements and print what they return"; }
    std::string_view example() const override {
        return "mainstay query cmdb.db \"MATCH (s:Server) RETURN s.name, s.site\"\n"
               "mainstay query cmdb.db -f report.mql --format csv > report.csv\n"
               "mainstay query cmdb.db 'MATCH (s:Server {name: $n}) RETURN s' --param 'n=\"db01\"'";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::create);
        arguments.positional("TEXT", text_, "the statement, or several separated by `;` (- reads standard input)",
                             Arguments::Presence::optional);
        arguments.option("-f,--file", "FILE", file_, "run the statements in FILE, separated by `;`");
        arguments.options("-p,--param", "NAME=JSON", parameters_, "a parameter, used as $NAME; may be repeated");
        database_.declare_load_folders(arguments);
        limits_.declare(arguments);
        format_.declare(arguments, FormatOption::Graphs::too);
        commit_.declare(arguments);
    }

    int run(const Console& console) override {
        if (text_.empty() == file_.empty())
            throw Error{Code::usage,
                        text_.empty() ? "there is no statement to run" : "give a statement or a file, not both"}
                .with_hint("write the statement in quotes after the database, -f FILE, or - to read standard input");
        std::string script = text_;
        if (!file_.empty() && file_ != "-")
            script = read_file(file_);
        else if (file_ == "-" || text_ == "-")
            script = console.read_input();
        Parameters parameters;
        for (const std::string& parameter : parameters_) {
            auto [name, value] = parse_parameter(parameter);
            if (!parameters.emplace(name, std::move(value)).second)
                throw Error{Code::usage, "the parameter " + quoted(name) + " is given twice"};
        }

        const auto database = open_to_write(database_, commit_, console);
        InterruptScope interrupt;
        ScriptOptions options;
        options.format = format_.value();
        options.execute.commit = commit_.info(console);
        options.execute.principal = commit_.as.principal(*database);
        options.execute.cancellation = interrupt.cancellation();
        options.execute.limits = limits_.value();
        options.says_summary = console.err_is_terminal;
        const Runner runner = [&](std::string_view text, const Parameters& given, const ExecuteOptions& execute) {
            return database->run(text, given, execute);
        };
        return run_script(runner, script, parameters, options, console);
    }

private:
    DatabaseOption database_;
    FormatOption format_;
    LimitOptions limits_;
    CommitOptions commit_;
    std::string text_, file_;
    std::vector<std::string> parameters_;
};

}  // namespace

std::unique_ptr<Command> make_query_command() { return std::make_unique<QueryCommand>(); }

}  // namespace mainstay::shell
