#include "mainstay/connect/connect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace mainstay {
namespace {

Value number(std::uint64_t count) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(count, std::numeric_limits<std::int64_t>::max()));
}

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
        {"nodes", number(r.nodes_created), number(r.nodes_changed), number(r.nodes_unchanged), number(r.nodes_missing)},
        {"relationships", number(r.rels_created), number(r.rels_changed), number(r.rels_unchanged),
         number(r.rels_missing)},
    };
}

std::vector<Notice> import_report_notices(const ImportReport& report) {
    std::vector<Notice> notices = report.notices;
    for (const ImportProblem& problem : report.problems)
        notices.push_back({std::string{code_of(problem.not_taken)}, text_of(problem)});
    return notices;
}

}  // namespace mainstay
