// Plain reachability over depends-on edges: breadth-first, a level at a time in order of ids.

#include "mainstay/core/analysis.hpp"

#include "analysis/id_buffer.hpp"
#include "analysis/node_set.hpp"
#include "analysis/plan.hpp"
#include "analysis/sweep.hpp"

#include <limits>

namespace mainstay {
namespace {

using namespace analysis;

constexpr std::uint64_t edges_between_checks = 65536;

Reached reach(const AnalysisGraph& graph, std::span<const NodeId> starts, Plan& plan, const std::vector<TypeUse>& uses,
              std::optional<std::uint32_t> within, const CheckPoint& check) {
    const std::uint32_t node_limit = graph.topology.node_limit();
    NodeSet seen{node_limit};
    NodeSorter sorter{node_limit};
    SegmentTable table{graph.topology, uses};
    // Everything reached in the order found, a level after the other; one place more for what is written and not
    // counted. Not cleared: a small reach touches little of it.
    auto order = take_id_buffer(std::size_t{node_limit} + 1);
    std::uint32_t* const out = order.get();
    std::size_t count = 0;
    for (const NodeId start : starts) {
        out[count] = raw(start);
        count += seen.add(raw(start));
    }
    std::vector<std::size_t> level_ends{count};
    sorter.sort({out, count});
    std::uint64_t work = 0;  // edges since the last check
    const auto count_work = [&](std::uint32_t units) {
        if ((work += units) < edges_between_checks) return;
        work = 0;
        if (check) check();
    };
    const std::uint32_t hops_max = within.value_or(std::numeric_limits<std::uint32_t>::max());
    for (std::size_t begin = 0; level_ends.size() <= hops_max && begin < count;) {
        if (check) check();
        const TypePlan* type = nullptr;
        const std::span<std::uint32_t> level{out + begin, count - begin};
        begin = count;
        sweep(
            table, level,
            [&](TypeId id, Direction) {
                count_work(1024);
                type = plan.find(id);
                return type != nullptr;
            },
            [&](std::size_t, const NodeId* others, const RelId* rels, std::uint32_t run_count) {
                count_work(run_count);
                if (type->reads_effect) {
                    for (std::uint32_t k = 0; k < run_count; ++k) {
                        if (seen.contains(raw(others[k])) || plan.effect_of(*type, rels[k]) == Effect::none) continue;
                        seen.insert(raw(others[k]));
                        out[count++] = raw(others[k]);
                    }
                    return;
                }
                // Always written, counted only if new: the processor cannot guess which are.
                for (std::uint32_t k = 0; k < run_count; ++k) {
                    out[count] = raw(others[k]);
                    count += seen.add(raw(others[k]));
                }
            });
        sorter.sort({out + begin, count - begin});
        level_ends.push_back(count);
    }
    return {std::move(order), std::move(level_ends)};
}

}  // namespace

Reached dependencies_of(const AnalysisGraph& graph, std::span<const NodeId> starts, std::optional<std::uint32_t> within,
                        const CheckPoint& check) {
    Plan plan{graph};
    return reach(graph, starts, plan, plan.providers(), within, check);
}

Reached dependents_of(const AnalysisGraph& graph, std::span<const NodeId> starts, std::optional<std::uint32_t> within,
                      const CheckPoint& check) {
    Plan plan{graph};
    return reach(graph, starts, plan, plan.dependents(), within, check);
}

}  // namespace mainstay
