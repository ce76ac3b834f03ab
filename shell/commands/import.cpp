#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "run/progress.hpp"
#include "run/statement.hpp"

#include "mainstay/connect/connect.hpp"
#include "mainstay/connect/temporary_folder.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <system_error>
#include <tuple>

namespace mainstay::shell {
namespace {

constexpr std::size_t problems_shown_max = 50;  // the rest are counted; --format json has them all

bool is_called_jsonl(std::string_view file) { return file.ends_with(".jsonl") || file.ends_with(".jsonl.gz"); }

// Before a database is made for it.
void check_readable(const std::filesystem::path& path) {
    if (access(path.c_str(), R_OK) != 0)
        throw Error{Code::input_unreadable, "cannot read " + quoted(path.string()) + ": " + std::strerror(errno)};
}

class ImportCommand final : public Command {
public:
    std::string_view name() const override { return "import"; }
    std::string_view summary() const override { return "Read another tool's files into the database"; }
    std::string_view example() const override {
        return "mainstay import cmdb.db --map examples/airline/import.json ./airline\n"
               "mainstay import packages.db --format debian Packages.gz\n"
               "mainstay import cmdb.db --map hosts.json hosts.csv --dry-run";
    }

    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::create);
        arguments.positional("INPUT", input_, "file or directory to read");
        arguments.option("--map", "FILE", mapping_, "mapping that says what the columns mean");
        arguments.choice("--format", format_, {"debian", "jsonl"},
                         "a format that needs no mapping; jsonl for a file called .jsonl or .jsonl.gz");
        arguments.flag("--dry-run", dry_run_, "show what would change, change nothing");
        arguments.flag("--partial", partial_, "take what is left of a dump that was cut off");
        arguments.choice("--report", report_, {"text", "table", "json", "jsonl", "csv"}, "how the report is written");
        commit_.declare(arguments);
    }

    int run(const Console& console) override {
        if (mapping_.empty() && format_.empty() && is_called_jsonl(input_)) format_ = "jsonl";
        if (mapping_.empty() == format_.empty())
            throw Error{Code::usage, mapping_.empty() ? "it is not said how to read " + quoted(input_)
                                                      : std::string{"give --map or --format, not both"}}
                .with_hint("use --map FILE, or --format debian or jsonl");
        check_readable(input_);
        std::shared_ptr<const connect::Mapping> mapping;
        if (!mapping_.empty()) {
            check_readable(mapping_);
            mapping = read_mapping(mapping_);  // before a database is made
        }
        std::error_code ignored;
        if (!std::filesystem::exists(input_, ignored))  // before a database is made
            throw Error{Code::input_unreadable, quoted(input_) + " cannot be read: there is no such file"};
        const auto begin = std::chrono::steady_clock::now();
        std::optional<TemporaryFolder> folder;  // of a database for a dry run; outlives it
        if (dry_run_ && !std::filesystem::exists(database_.path)) {
            console.say("note: there is no database " + quoted(database_.path) + " yet: compared with an empty one");
            database_.path = (folder.emplace().path() / "dry-run.db").string();
        }
        StringOutput nowhere;
        const auto database = open_to_write(database_, commit_, folder ? Console{nowhere, nowhere} : console);
        ImportReport report;
        {
            ProgressPrinter progress{console};
            ImportOptions options;
            options.format = format_;
            options.mapping_read = mapping;
            options.dry_run = dry_run_;
            options.takes_cut_dump = partial_;
            options.commit = commit_.info(console);
            options.principal = commit_.as.principal(*database);
            options.progress = progress.sink();
            report = import_files(*database, input_, options);
        }
        say_problems(report, console);
        if (report_ == "text")
            write_text(report, std::chrono::steady_clock::now() - begin, console);
        else
            write_rows(*parse_format(report_), import_report_columns(), import_report_rows(report),
                       import_report_notices(report), console);
        return report.problems.empty() ? 0 : info(Code::input_invalid).exit_status;
    }

private:
    void say_problems(const ImportReport& report, const Console& console) const {
        for (const Notice& notice : report.notices) console.say(notice);
        const std::size_t shown = std::min(report.problems.size(), problems_shown_max);
        for (std::size_t i = 0; i < shown; ++i) {
            console.say(text_of(report.problems[i]));
        }
        if (report.problems.size() > shown)
            console.say(fmt::format("… and {} more; --report json lists all", report.problems.size() - shown));
        if (!report.problems.empty()) console.say(not_taken(report) + ", see above");
    }

    // "2 rows were not taken; 1 column was left out"
    static std::string not_taken(const ImportReport& report) {
        std::set<std::tuple<std::string_view, std::uint64_t, std::uint64_t>> rows;
        std::set<std::string_view> files;
        std::uint64_t columns = 0, values = 0;
        for (const ImportProblem& problem : report.problems) {
            switch (problem.not_taken) {
                case NotTaken::row: rows.emplace(problem.file, problem.line, problem.object); break;
                case NotTaken::value: ++values; break;
                case NotTaken::column: ++columns; break;
                case NotTaken::file: files.insert(problem.file); break;
            }
        }
        std::string text;
        const auto add = [&](std::uint64_t count, std::string_view one, std::string_view more, std::string_view what) {
            if (count) text += fmt::format("{}{} {}", text.empty() ? "" : "; ", counted(count, one, more), what);
        };
        add(files.size(), "file was", "files were", "not taken whole");
        add(rows.size(), "row was", "rows were", "not taken");
        add(columns, "column was", "columns were", "left out");
        add(values, "value was", "values were", "not taken");
        return text;
    }

    void write_text(const ImportReport& r, std::chrono::nanoseconds time, const Console& console) const {
        for (const std::string& change : r.changes) console.out.write(change + "\n");
        const std::uint64_t changed = r.nodes_created + r.nodes_changed + r.rels_created + r.rels_changed;
        std::string text = r.dry_run ? "Dry run: nothing was written.\n" : "";
        text += fmt::format("{} read{} in {}\n", counted(r.rows_read, "row"),
                            r.source.empty() ? "" : " from source " + r.source, duration_text(time));
        text += fmt::format("nodes          {:>10} created {:>10} changed {:>10} unchanged\n", r.nodes_created,
                            r.nodes_changed, r.nodes_unchanged);
        text += fmt::format("relationships  {:>10} created {:>10} changed {:>10} unchanged\n", r.rels_created,
                            r.rels_changed, r.rels_unchanged);
        if (r.nodes_missing + r.rels_missing > 0)
            text += fmt::format(
                "{} and {} of this source are in the database and no longer in the files; left as they are\n",
                counted(r.nodes_missing, "node"), counted(r.rels_missing, "relationship"));
        if (changed == 0)
            text += "Nothing changed.\n";
        else if (raw(r.commit.tx) != 0)
            text += fmt::format("Committed as transaction {}.\n", raw(r.commit.tx));
        console.out.write(text);
    }

    DatabaseOption database_;
    CommitOptions commit_;
    std::string input_, mapping_, format_, report_ = "text";
    bool dry_run_ = false, partial_ = false;
};

}  // namespace

std::unique_ptr<Command> make_import_command() { return std::make_unique<ImportCommand>(); }

}  // namespace mainstay::shell
