#include "output/plan.hpp"

#include <algorithm>
#include <cmath>

namespace mainstay::shell {
namespace {

// ProduceResults
// └─ Filter
//    ├─ ...
std::uint64_t write_node(const PlanNode& node, const std::string& lead, const std::string& below, bool profiled,
                         ResultWriter& writer) {
    std::vector<Value> row = {Value{lead + node.name}, Value{node.details},
                              static_cast<std::int64_t>(std::llround(std::min(node.estimated_rows, 9e18)))};
    if (profiled) {
        row.emplace_back(static_cast<std::int64_t>(node.rows));
        row.emplace_back(std::chrono::duration<double, std::milli>(node.time).count());
        row.emplace_back(static_cast<std::int64_t>(node.bytes));
    }
    writer.row(row);
    std::uint64_t count = 1;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        const bool is_last = i + 1 == node.children.size();
        count += write_node(node.children[i], below + (is_last ? "└─ " : "├─ "), below + (is_last ? "   " : "│  "),
                            profiled, writer);
    }
    return count;
}

}  // namespace

bool is_profiled(const PlanNode& plan) noexcept {
    return plan.rows > 0 || plan.time.count() > 0 || plan.bytes > 0 ||
           std::any_of(plan.children.begin(), plan.children.end(), is_profiled);
}

std::uint64_t write_plan(const PlanNode& plan, ResultWriter& writer) {
    const bool profiled = is_profiled(plan);
    std::vector<std::string> columns = {"operator", "details", "estimated rows"};
    if (profiled) columns.insert(columns.end(), {"rows", "ms", "bytes"});
    writer.begin(columns);
    const std::uint64_t count = write_node(plan, "", "", profiled, writer);
    writer.end({});
    return count;
}

}  // namespace mainstay::shell
