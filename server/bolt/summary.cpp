#include "bolt/summary.hpp"

#include <algorithm>
#include <array>

namespace mainstay::server {
namespace {

void write_plan(const PlanNode& plan, bool is_profile, PackWriter& out) {
    out.map(is_profile ? 7 : 4);
    out.string("operatorType");
    out.string(plan.name);
    out.string("identifiers");
    out.list(0);
    out.string("args");
    out.map(2);
    out.string("Details");
    out.string(plan.details);
    out.string("EstimatedRows");
    out.floating(plan.estimated_rows);
    if (is_profile) {
        out.string("dbHits");
        out.integer(0);
        out.string("rows");
        out.integer(static_cast<std::int64_t>(plan.rows));
        out.string("time");
        out.integer(plan.time.count());
    }
    out.string("children");
    out.list(plan.children.size());
    for (const PlanNode& child : plan.children) write_plan(child, is_profile, out);
}

bool is_profiled(const PlanNode& plan) { return plan.rows > 0 || plan.time.count() > 0; }

void write_counters(const WriteCounters& c, PackWriter& out) {
    const std::array<std::pair<std::string_view, std::uint64_t>, 11> all{
        {{"nodes-created", c.nodes_created},
         {"nodes-deleted", c.nodes_deleted},
         {"relationships-created", c.rels_created},
         {"relationships-deleted", c.rels_deleted},
         {"properties-set", c.properties_set},
         {"labels-added", c.labels_added},
         {"labels-removed", c.labels_removed},
         {"indexes-added", c.indexes_added},
         {"indexes-removed", c.indexes_removed},
         {"constraints-added", c.constraints_added},
         {"constraints-removed", c.constraints_removed}}};
    const auto used = std::count_if(all.begin(), all.end(), [](const auto& each) { return each.second > 0; });
    out.map(static_cast<std::size_t>(used) + 1);
    out.string("contains-updates");
    out.boolean(true);
    for (const auto& [name, count] : all) {
        if (count == 0) continue;
        out.string(name);
        out.integer(static_cast<std::int64_t>(count));
    }
}

// The status codes of ISO/IEC 39075 and what they are called.
struct GqlStatus {
    std::string_view code, description;
};
constexpr GqlStatus completed{"00000", "note: successful completion"};
constexpr GqlStatus omitted{"00001", "note: successful completion - omitted result"};
constexpr GqlStatus no_data{"02000", "note: no data"};
constexpr GqlStatus informed{"03N42", "info: unknown notification"};

// By what Neo4j's code says, from the particular to the general.
GqlStatus status_of(std::string_view code) {
    constexpr std::array<std::pair<std::string_view, GqlStatus>, 10> all{{
        {"Statement.SyntaxError", {"42001", "error: syntax error or access rule violation - invalid syntax"}},
        {"Statement.SemanticError", {"42001", "error: syntax error or access rule violation - invalid syntax"}},
        {"Statement.ParameterMissing", {"42N51", "error: syntax error or access rule violation - invalid parameter"}},
        {"Procedure.", {"42N08", "error: syntax error or access rule violation - no such procedure"}},
        {"ClientError.Security.", {"42NFF", "error: syntax error or access rule violation - permission/access denied"}},
        {"Statement.ArithmeticError", {"22000", "error: data exception"}},
        {"Statement.", {"22000", "error: data exception"}},
        {"Schema.", {"22000", "error: data exception"}},
        {"Transaction.", {"40000", "error: transaction rollback"}},
        {"Request.", {"08N06", "error: connection exception - protocol error"}},
    }};
    for (const auto& [part, status] : all)
        if (code.find(part) != std::string_view::npos) return status;
    return {"50N42", "error: general processing exception - unexpected error"};
}

std::string code_of(const Notice& notice) { return "Neo.ClientNotification.Statement." + notice.code; }

void write_notices(const std::vector<Notice>& notices, PackWriter& out) {
    out.list(notices.size());
    for (const Notice& notice : notices) {
        out.map(5);
        out.string("code");
        out.string(code_of(notice));
        out.string("title");
        out.string(notice.message);
        out.string("description");
        out.string(notice.message);
        out.string("severity");
        out.string(notice_severity);
        out.string("category");
        out.string(notice_category);
    }
}

void write_status(GqlStatus status, PackWriter& out) {
    out.string("gql_status");
    out.string(status.code);
    out.string("status_description");
    out.string(status.description);
}

void write_statuses(const std::vector<Notice>& notices, GqlStatus outcome, PackWriter& out) {
    out.list(notices.size() + 1);
    out.map(2);
    write_status(outcome, out);
    for (const Notice& notice : notices) {
        out.map(6);
        write_status(informed, out);
        out.string("description");
        out.string(notice.message);
        out.string("neo4j_code");
        out.string(code_of(notice));
        out.string("title");
        out.string(notice.message);
        out.string("diagnostic_record");
        out.map(2);
        out.string("_severity");
        out.string(notice_severity);
        out.string("_classification");
        out.string(notice_category);
    }
}

std::string_view kind_of(const Result& result) {
    if (!result.is_write()) return "r";
    return result.columns().empty() ? "w" : "rw";
}

}  // namespace

void write_summary(const Result& result, const SummaryForm& form, PackWriter& out) {
    const bool has_counters = result.counters().any();
    const PlanNode* plan = result.plan();
    const std::vector<Notice> notices = form.shows_notices ? result.notices() : std::vector<Notice>{};
    const bool has_notices = form.has_statuses || !notices.empty();
    out.map(3U + has_counters + form.bookmark.has_value() + (plan != nullptr) + has_notices);
    out.string("type");
    out.string(kind_of(result));
    out.string("t_last");
    out.integer(0);
    out.string("db");
    out.string(form.database);
    if (form.bookmark) {
        out.string("bookmark");
        out.string(*form.bookmark);
    }
    if (has_counters) {
        out.string("stats");
        write_counters(result.counters(), out);
    }
    if (plan) {
        const bool is_profile = is_profiled(*plan);
        out.string(is_profile ? "profile" : "plan");
        write_plan(*plan, is_profile, out);
    }
    if (!has_notices) return;
    out.string(form.has_statuses ? "statuses" : "notifications");
    if (form.has_statuses)
        write_statuses(notices, result.columns().empty() ? omitted : form.had_rows ? completed : no_data, out);
    else
        write_notices(notices, out);
}

void write_failure(std::string_view code, std::string_view message, bool is_gql, PackWriter& out) {
    out.map(is_gql ? 5 : 2);
    out.string(is_gql ? "neo4j_code" : "code");
    out.string(code);
    out.string("message");
    out.string(message);
    if (!is_gql) return;
    const GqlStatus status = status_of(code);
    out.string("gql_status");
    out.string(status.code);
    out.string("description");
    out.string(status.description);
    out.string("diagnostic_record");
    out.map(1);
    out.string("_classification");
    out.string(code.starts_with("Neo.ClientError")      ? "CLIENT_ERROR"
               : code.starts_with("Neo.TransientError") ? "TRANSIENT_ERROR"
                                                        : "DATABASE_ERROR");
}

}  // namespace mainstay::server
