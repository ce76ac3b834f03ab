#include "http/summary.hpp"

#include "mainstay/connect/writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

namespace mainstay::server {
namespace {

bool is_profiled(const PlanNode& plan) noexcept {
    return plan.rows > 0 || plan.time.count() > 0 || plan.bytes > 0 ||
           std::any_of(plan.children.begin(), plan.children.end(), is_profiled);
}

// Plans are as deep as statements, which the parser bounds.
void append_plan(const PlanNode& plan, bool has_figures, std::string& out) {
    out += "{\"operator\":";
    append_json_string(plan.name, out);
    out += ",\"details\":";
    append_json_string(plan.details, out);
    const double estimate = std::isfinite(plan.estimated_rows) ? std::min(plan.estimated_rows, 1e18) : 1e18;
    fmt::format_to(std::back_inserter(out), ",\"estimated_rows\":{:.0f}", estimate);
    if (has_figures)
        fmt::format_to(std::back_inserter(out), ",\"rows\":{},\"time_ms\":{:.3f},\"bytes\":{}", plan.rows,
                       std::chrono::duration<double, std::milli>(plan.time).count(), plan.bytes);
    out += ",\"children\":[";
    for (const PlanNode& child : plan.children) {
        if (&child != &plan.children.front()) out += ',';
        append_plan(child, has_figures, out);
    }
    out += "]}";
}

void append_counters(const WriteCounters& c, std::string& out) {
    const std::array<std::pair<std::string_view, std::uint64_t>, 11> all{
        {{"nodes_created", c.nodes_created},
         {"nodes_deleted", c.nodes_deleted},
         {"relationships_created", c.rels_created},
         {"relationships_deleted", c.rels_deleted},
         {"properties_set", c.properties_set},
         {"labels_added", c.labels_added},
         {"labels_removed", c.labels_removed},
         {"indexes_added", c.indexes_added},
         {"indexes_removed", c.indexes_removed},
         {"constraints_added", c.constraints_added},
         {"constraints_removed", c.constraints_removed}}};
    char before = '{';
    for (const auto& [name, count] : all) {
        if (count == 0) continue;
        fmt::format_to(std::back_inserter(out), "{}\"{}\":{}", before, name, count);
        before = ',';
    }
    out += '}';
}

}  // namespace

std::string summary_members(const Result& result) {
    std::string out;
    if (const PlanNode* plan = result.plan()) {
        out += ",\"plan\":";
        append_plan(*plan, is_profiled(*plan), out);
    }
    if (result.counters().any()) {
        out += ",\"counters\":";
        append_counters(result.counters(), out);
    }
    return out;
}

}  // namespace mainstay::server
