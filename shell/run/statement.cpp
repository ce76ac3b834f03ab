#include "run/statement.hpp"

#include "output/plan.hpp"

#include <fmt/format.h>

namespace mainstay::shell {
namespace {

void add_part(std::string& text, std::uint64_t count, std::string_view verb, std::string_view singular,
              std::string_view plural, std::string& last_verb) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    if (verb != last_verb) {
        text += verb;
        text += ' ';
        last_verb = verb;
    }
    text += counted(count, singular, plural);
}

std::string changes_of(const WriteCounters& c) {
    std::string text, verb;
    add_part(text, c.nodes_created, "created", "node", "nodes", verb);
    add_part(text, c.rels_created, "created", "relationship", "relationships", verb);
    add_part(text, c.indexes_added, "created", "index", "indexes", verb);
    add_part(text, c.constraints_added, "created", "constraint", "constraints", verb);
    add_part(text, c.nodes_deleted, "deleted", "node", "nodes", verb);
    add_part(text, c.rels_deleted, "deleted", "relationship", "relationships", verb);
    add_part(text, c.indexes_removed, "deleted", "index", "indexes", verb);
    add_part(text, c.constraints_removed, "deleted", "constraint", "constraints", verb);
    add_part(text, c.properties_set, "set", "property", "properties", verb);
    add_part(text, c.labels_added, "added", "label", "labels", verb);
    add_part(text, c.labels_removed, "removed", "label", "labels", verb);
    return text;
}

}  // namespace

StatementReport run_statement(const Runner& runner, std::string_view text, const Parameters& parameters,
                              const ExecuteOptions& options, ResultWriter& writer, ResultWriter& plan_writer,
                              const NoticeSink& on_notice) {
    const auto begin = std::chrono::steady_clock::now();
    const std::unique_ptr<Result> result = runner(text, parameters, options);
    StatementReport report;
    const std::vector<Value>* row = nullptr;
    try {
        row = result->next();
        const bool is_explained = result->plan() && !row && !is_profiled(*result->plan());
        report.has_columns = !result->columns().empty() || is_explained;
        if (is_explained) {
            report.rows = write_plan(*result->plan(), writer);
        } else {
            writer.begin(result->columns());
            for (; row; row = result->next()) {
                writer.row(*row);
                ++report.rows;
            }
            if (!writer.end(result->notices()))
                for (const Notice& notice : result->notices()) on_notice(notice);
            if (result->plan()) write_plan(*result->plan(), plan_writer);
        }
    } catch (const OutputClosed&) {
        report.is_complete = false;
    }
    report.counters = result->counters();
    report.commit = result->commit();
    report.time = std::chrono::steady_clock::now() - begin;
    return report;
}

std::string summary_of(const StatementReport& report, bool with_time) {
    std::string text;
    if (report.has_columns) text = report.is_complete ? counted(report.rows, "row") : "stopped";
    if (const std::string changes = changes_of(report.counters); !changes.empty())
        text += (text.empty() ? "" : "; ") + changes;
    if (report.commit && raw(report.commit->tx) != 0) text += fmt::format(" in transaction {}", raw(report.commit->tx));
    if (text.empty()) text = "nothing changed";
    if (with_time) text += ", " + duration_text(report.time);
    return text;
}

std::string duration_text(std::chrono::nanoseconds time) {
    const auto seconds = std::chrono::duration<double>(time).count();
    if (seconds < 0.001) return fmt::format("{:.0f} µs", seconds * 1e6);
    if (seconds < 0.01) return fmt::format("{:.2f} ms", seconds * 1e3);
    if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
    if (seconds < 60) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::uint64_t>(seconds);
    return fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural) {
    if (count == 1) return fmt::format("1 {}", singular);
    return plural.empty() ? fmt::format("{} {}s", count, singular) : fmt::format("{} {}", count, plural);
}

}  // namespace mainstay::shell
