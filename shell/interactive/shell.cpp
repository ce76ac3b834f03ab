#include "interactive/shell.hpp"

#include "interactive/busy.hpp"
#include "interactive/pager.hpp"
#include "interactive/statement_reader.hpp"
#include "language/lexer.hpp"
#include "run/interrupt.hpp"
#include "run/script.hpp"

#include <algorithm>

namespace mainstay::shell {

Shell::Shell(Database& database, const Console& console, ShellOptions options)
    : database_(database), console_(console), options_(std::move(options)), shows_time_(options_.is_interactive) {}

Shell::~Shell() = default;

std::string Shell::prompt() const { return session_ ? "mainstay*> " : "mainstay> "; }

int Shell::run(StatementReader& reader) {
    while (true) {
        const std::optional<std::string> text = reader.next(prompt());
        if (!text) break;
        if (!execute(*text)) break;
    }
    if (session_) {
        session_.reset();
        note_failure(Code::usage);
        console_.say("the open transaction was rolled back; .commit would have kept what it wrote");
    }
    return options_.is_interactive ? 0 : status_;
}

void Shell::note_failure(Code code) {
    ++failures_;
    if (status_ == 0) status_ = info(code).exit_status;
}

bool Shell::execute(std::string_view text) {
    if (is_dot_command(text)) return execute_dot(text.substr(text.find('.')));
    for (const Statement& statement : split_statements(text)) {
        try {
            execute_statement(statement.text);
        } catch (const Error& error) {
            report(shifted(error, statement.offset), text);
            return true;  // what came after it counted on it
        }
    }
    return true;
}

void Shell::report(const Error& error, std::string_view text) {
    note_failure(error.code());
    console_.say(error, text);
    if (session_ && error.code() != Code::usage) console_.say("The transaction cannot go on: .rollback ends it.");
}

void Shell::show(const std::function<void(Output&)>& write) {
    PagedOutput paged{console_.out, options_.is_interactive ? options_.pager : std::string{}, options_.rows,
                      console_.width};
    try {
        write(paged);
    } catch (const OutputClosed&) {
        if (!paged.is_paging()) throw;  // it was not the pager that went
    }
    paged.finish();
}

void Shell::show_rows(const std::vector<std::string>& columns, const std::vector<std::vector<Value>>& rows) {
    show([&](Output& output) {
        const auto writer = make_writer(options_.format, output, console_.table_style());
        writer->begin(columns);
        for (const auto& row : rows) writer->row(row);
        writer->end({});
    });
}

void Shell::execute_statement(std::string_view text) {
    InterruptScope interrupt;
    ExecuteOptions execute;
    execute.cancellation = interrupt.cancellation();
    execute.commit = options_.commit;
    execute.principal = options_.principal;
    execute.limits = options_.limits;
    BusyIndicator busy{console_, options_.is_interactive};
    const Runner runner = [&](std::string_view statement, const Parameters& parameters, const ExecuteOptions& options) {
        return session_ ? session_->run(statement, parameters, options) : database_.run(statement, parameters, options);
    };
    StatementReport report;
    std::vector<Notice> notices;
    show([&](Output& output) {
        BusyClearingOutput first_clears{output, busy};
        const auto writer = make_writer(options_.format, first_clears, console_.table_style());
        const auto plan_writer = table_writer(first_clears, console_.table_style());
        report = run_statement(runner, text, parameters_, execute, *writer, *plan_writer,
                               [&](const Notice& notice) { notices.push_back(notice); });
    });
    busy.stop();
    for (const Notice& notice : notices) console_.say(notice);
    if (options_.is_interactive) {
        const std::string summary = summary_of(report, shows_time_);
        console_.say(console_.err_palette().paint(Ink::faint, summary));
    }
}

}  // namespace mainstay::shell
