// Commands that look at a database and change nothing: schema, stats, log, verify.

#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "commands/schema_rows.hpp"
#include "run/progress.hpp"
#include "run/statement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::shell {
namespace {

class SchemaCommand final : public Command {
public:
    std::string_view name() const override { return "schema"; }
    std::string_view summary() const override { return "List indexes and constraints"; }
    std::string_view example() const override { return "mainstay schema cmdb.db"; }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        const ViewPtr view = database->store().view();
        write_rows(format_.value(), schema_columns(), schema_rows(*view), {}, console);
        return 0;
    }

private:
    DatabaseOption database_;
    FormatOption format_;
};

class StatsCommand final : public Command {
public:
    std::string_view name() const override { return "stats"; }
    std::string_view summary() const override { return "Show how much of what is in the database"; }
    std::string_view example() const override { return "mainstay stats cmdb.db"; }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        const StoreStatistics s = database->store().stats();
        const Format format = format_.value();
        const auto bytes = [&](std::uint64_t n) {
            return format == Format::table ? Value{size_text(n)} : count_value(n);
        };
        std::vector<std::vector<Value>> rows = {
            {"graph", "nodes", count_value(s.nodes)},
            {"graph", "relationships", count_value(s.rels)},
            {"file", "size", bytes(s.file_bytes)},
            {"file", "used", bytes(s.used_bytes)},
            {"file", "reserved address space", bytes(s.map_bytes)},
            {"file", "last transaction", count_value(raw(s.last_tx))},
            {"file", "log records", count_value(s.log_records)},
            {"file", "segments", count_value(s.segments)},
            {"file", "unfolded changes", count_value(s.delta_rows)},
            {"file", "index entries", count_value(s.index_entries)},
            {"file", "history rows", count_value(s.history_rows)},
            {"readers", "open", count_value(s.readers)},
            {"readers", "writes the oldest does not see", count_value(s.oldest_reader.behind)},
            {"readers", "process of the oldest", Value{std::int64_t{s.oldest_reader.process}}},
            {"readers", "age of the oldest, s", static_cast<double>(s.oldest_reader.age_us) / 1e6},
        };
        add_counts("class", s.labels, rows);
        add_counts("type", s.types, rows);
        write_rows(format, {"what", "name", "value"}, rows, {}, console);
        return 0;
    }

private:
    static void add_counts(const char* what, std::vector<std::pair<std::string, std::uint64_t>> counts,
                           std::vector<std::vector<Value>>& rows) {
        std::stable_sort(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        for (const auto& [name, count] : counts) rows.push_back({what, name, count_value(count)});
    }
    DatabaseOption database_;
    FormatOption format_;
};

std::string changes_of(const CommitRecord& record) {
    std::string text;
    const auto add = [&](std::uint64_t n, std::string_view sign, std::string_view what, std::string_view plural) {
        if (n) text += fmt::format("{}{}{}", text.empty() ? "" : ", ", sign, counted(n, what, plural));
    };
    add(record.nodes_created, "+", "node", "nodes");
    add(record.nodes_changed, "~", "node", "nodes");
    add(record.nodes_deleted, "-", "node", "nodes");
    add(record.rels_created, "+", "relationship", "relationships");
    add(record.rels_changed, "~", "relationship", "relationships");
    add(record.rels_deleted, "-", "relationship", "relationships");
    if (record.bulk_load) text += text.empty() ? "bulk load" : " by bulk load";
    if (record.model_changed) text += text.empty() ? "class model" : ", class model";
    if (record.schema_changed) text += text.empty() ? "schema" : ", schema";
    if (record.accounts_changed) text += text.empty() ? "accounts" : ", accounts";
    return text;
}

class LogCommand final : public Command {
public:
    std::string_view name() const override { return "log"; }
    std::string_view summary() const override { return "Show who changed what, and why"; }
    std::string_view example() const override { return "mainstay log cmdb.db --limit 20"; }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.number("-n,--limit", limit_, "only the newest N (default 100; 0: all)");
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        const bool is_table = format_.value() == Format::table;
        std::vector<std::vector<Value>> rows;
        const auto records = database->store().log(limit_ == 0 ? std::size_t{0} - 1 : limit_);
        for (const CommitRecord& r : records) {
            std::vector<Value> row = {count_value(raw(r.tx)),      instant_value(r.time_us),
                                      text_or_null(r.info.author), Value{r.verified},
                                      text_or_null(r.info.reason), text_or_null(r.info.source),
                                      text_or_null(r.info.change), Value{changes_of(r)}};
            if (!is_table) row.emplace_back(r.hash_hex);
            rows.push_back(std::move(row));
        }
        std::vector<std::string> columns = {"tx",     "time",   "author", "verified",
                                            "reason", "source", "change", "changed"};
        if (!is_table) columns.emplace_back("hash");
        write_rows(format_.value(), columns, rows, {}, console);
        return 0;
    }

private:
    DatabaseOption database_;
    FormatOption format_;
    std::uint64_t limit_ = 100;
};

class VerifyCommand final : public Command {
public:
    std::string_view name() const override { return "verify"; }
    std::string_view summary() const override { return "Check every checksum, cross-reference and link of the log"; }
    std::string_view example() const override { return "mainstay verify cmdb.db && echo sound"; }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const VerifyReport report = verify(console);
        std::vector<std::vector<Value>> rows;
        for (const std::string& problem : report.problems) rows.push_back({problem});
        if (format_.value() != Format::table || !rows.empty())
            write_rows(format_.value(), {"problem"}, rows, {}, console);
        const std::string checked = fmt::format("{}, {}, {}, {}, {}", counted(report.segments, "segment"),
                                                counted(report.parts, "part"), counted(report.delta_rows, "change"),
                                                counted(report.index_entries, "index entry", "index entries"),
                                                counted(report.log_records, "log record"));
        if (report.problems.empty()) {
            if (format_.value() == Format::table) console.out.write("sound: " + checked + " checked\n");
            return 0;
        }
        console.say(fmt::format("{} found ({} checked); restore a backup, or export what can be read",
                                counted(report.problems.size(), "problem"), checked));
        return info(Code::corrupt).exit_status;
    }

private:
    VerifyReport verify(const Console& console) {
        database_.take_cut = true;
        try {
            const auto database = open_database(database_, IfMissing::refuse, console);
            ProgressPrinter progress{console};
            return database->store().verify(progress.sink());
        } catch (const Error& error) {
            if (error.code() != Code::corrupt) throw;
            // Its hint is to run what runs here.
            throw Error{Code::corrupt, error.message()}.with_hint(
                "too damaged to be looked at in parts: restore a backup");
        }
    }

    DatabaseOption database_;
    FormatOption format_;
};

}  // namespace

std::unique_ptr<Command> make_schema_command() { return std::make_unique<SchemaCommand>(); }
std::unique_ptr<Command> make_stats_command() { return std::make_unique<StatsCommand>(); }
std::unique_ptr<Command> make_log_command() { return std::make_unique<LogCommand>(); }
std::unique_ptr<Command> make_verify_command() { return std::make_unique<VerifyCommand>(); }

}  // namespace mainstay::shell
