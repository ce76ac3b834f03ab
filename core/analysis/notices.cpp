#include "analysis/notices.hpp"

#include "analysis/sweep.hpp"

#include <fmt/format.h>

namespace mainstay {

namespace analysis {

Notice already_down_notice(std::size_t count) {
    return {"already_down", count == 1 ? "1 element was down before and is not listed"
                                       : fmt::format("{} elements were down before and are not listed", count)};
}

Notice itself_down_notice() {
    return {"already_down", "it is down before anything fails, so it has no single point of failure"};
}

}  // namespace analysis

std::vector<Notice> semantic_notices(const AnalysisGraph& graph, std::span<const NodeId> touched) {
    std::vector<Notice> result;
    if (graph.semantics.is_empty()) {
        result.push_back({"no_impact_types",
                          "no relationship type of the class model carries impact, so nothing depends on anything"});
    }
    std::vector<std::uint32_t> nodes;
    for (const NodeId node : touched) nodes.push_back(raw(node));
    const auto uses = graph.semantics.path_uses();
    for (std::size_t i = 0; i < uses.size(); i += 2) {  // a type's two directions stand together
        analysis::SegmentTable table{graph.topology, {uses[i], uses[i + 1]}};
        bool met = false;
        analysis::sweep(
            table, nodes, [&](TypeId, Direction) { return !met; },
            [&](std::size_t, const NodeId*, const RelId*, std::uint32_t) { met = true; });
        if (!met) continue;
        result.push_back({"path_effect", fmt::format("{} has effect `path`, which is not analysed yet: here it carries "
                                                     "no impact",
                                                     mainstay::quoted(graph.properties.names().type(uses[i].type)))});
    }
    return result;
}

}  // namespace mainstay
