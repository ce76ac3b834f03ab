#include "run/script.hpp"

#include "language/lexer.hpp"

namespace mainstay::shell {

Error shifted(const Error& error, std::size_t offset) {
    if (!error.span()) return error;
    const auto by = static_cast<std::uint32_t>(offset);
    return Error{error.code(), Span{error.span()->begin + by, error.span()->end + by}, error.message()}.with_hint(
        error.hint());
}

int run_script(const Runner& runner, std::string_view script, const Parameters& parameters,
               const ScriptOptions& options, const Console& console) {
    const std::vector<Statement> statements = split_statements(script);
    if (statements.empty()) throw Error{Code::usage, "there is no statement to run"};
    const auto writer = make_writer(options.format, console.out, console.table_style());
    // The plan of PROFILE is a result to look at; where rows are for a program it is a remark.
    const auto plan_writer =
        table_writer(options.format == Format::table ? console.out : console.err, console.table_style());
    for (const Statement& statement : statements) {
        try {
            const StatementReport report =
                run_statement(runner, statement.text, parameters, options.execute, *writer, *plan_writer,
                              [&](const Notice& notice) { console.say(notice); });
            if (!report.is_complete) return 0;
            console.out.flush();
            if (options.says_summary) console.say(summary_of(report, true));
        } catch (const Error& error) {
            console.say(shifted(error, statement.offset), script);
            return info(error.code()).exit_status;
        }
    }
    return 0;
}

}  // namespace mainstay::shell
