#include "mainstay/connect/connect.hpp"
#include "mainstay/connect/values.hpp"

#include <fmt/format.h>

namespace mainstay {
namespace {

std::string_view code_of(NotTaken what) {
    switch (what) {
        case NotTaken::row: return "row_not_taken";
        case NotTaken::value: return "value_not_taken";
        case NotTaken::column: return "column_left_out";
        case NotTaken::file: return "file_not_taken";
    }
    return {};
}

}  // namespace

std::string text_of(const ImportProblem& problem) {
    std::string place = problem.file;
    if (problem.line) place += fmt::format(":{}", problem.line);
    if (problem.object) place += fmt::format(" (object {})", problem.object);
    return fmt::format("{}: {}", place, problem.message);
}

std::vector<std::string> import_report_columns() { return {"kind", "created", "changed", "unchanged", "missing"}; }

std::vector<std::vector<Value>> import_report_rows(const ImportReport& r) {
    return {
        {"nodes", count_value(r.nodes_created), count_value(r.nodes_changed), count_value(r.nodes_unchanged),
         count_value(r.nodes_missing)},
        {"relationships", count_value(r.rels_created), count_value(r.rels_changed), count_value(r.rels_unchanged),
         count_value(r.rels_missing)},
    };
}

std::vector<Notice> import_report_notices(const ImportReport& report) {
    std::vector<Notice> notices = report.notices;
    for (const ImportProblem& problem : report.problems)
        notices.push_back({std::string{code_of(problem.not_taken)}, text_of(problem)});
    return notices;
}

}  // namespace mainstay
