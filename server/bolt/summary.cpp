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

void write_notices(const std::vector<Notice>& notices, PackWriter& out) {
    out.list(notices.size());
    for (const Notice& notice : notices) {
        out.map(4);
        out.string("code");
        out.string("Neo.ClientNotification.Statement." + notice.code);
        out.string("title");
        out.string(notice.message);
        out.string("description");
        out.string(notice.message);
        out.string("severity");
        out.string("INFORMATION");
    }
}

std::string_view kind_of(const Result& result) {
    if (!result.is_write()) return "r";
    return result.columns().empty() ? "w" : "rw";
}

}  // namespace

void write_summary(const Result& result, std::string_view database, const std::optional<std::string>& bookmark,
                   PackWriter& out) {
    const bool has_counters = result.counters().any();
    const PlanNode* plan = result.plan();
    const auto& notices = result.notices();
    out.map(3U + has_counters + bookmark.has_value() + (plan != nullptr) + !notices.empty());
    out.string("type");
    out.string(kind_of(result));
    out.string("t_last");
    out.integer(0);
    out.string("db");
    out.string(database);
    if (bookmark) {
        out.string("bookmark");
        out.string(*bookmark);
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
    if (!notices.empty()) {
        out.string("notifications");
        write_notices(notices, out);
    }
}

}  // namespace mainstay::server
