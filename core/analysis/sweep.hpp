#pragma once

// Going from many nodes to their neighbours: nodes ascending by id are taken a segment at a time, and within it a type
// at a time, so that offsets and neighbours are read in the order in which they lie in memory and no call is paid per
// edge.

#include "mainstay/core/assert.hpp"
#include "mainstay/core/graph.hpp"

#include <span>
#include <utility>
#include <vector>

namespace mainstay::analysis {

// The adjacency of each segment for one set of uses, asked for once.
class SegmentTable {
public:
    SegmentTable(const Topology& topology, std::vector<TypeUse> uses)
        : topology_(topology), uses_(std::move(uses)), known_((topology.node_limit() >> segment_bits) + 1, false) {}

    const SegmentAdjacency& at(std::uint32_t segment) {
        // Most analyses touch little: the table itself is only made when something is.
        if (adjacency_.empty()) adjacency_.resize(known_.size());
        if (!known_[segment]) {
            adjacency_[segment] = topology_.adjacency(segment, uses_);
            known_[segment] = true;
        }
        return adjacency_[segment];
    }
    const Topology& topology() const noexcept { return topology_; }
    std::span<const TypeUse> uses() const noexcept { return uses_; }

private:
    const Topology& topology_;
    std::vector<TypeUse> uses_;
    std::vector<SegmentAdjacency> adjacency_;
    std::vector<bool> known_;
};

// Calls on_run(const NodeId* others, const RelId* rels, count) for each stretch of `run`.
template <typename OnRun>
void visit_run(const Run& run, OnRun&& on_run) {
    if (run.removed.empty()) {
        if (run.base.count) on_run(run.base.other, run.base.rel, run.base.count);
        if (run.added.count) on_run(run.added.other, run.added.rel, run.added.count);
        return;
    }
    run.for_each([&](NodeId other, RelId rel) { on_run(&other, &rel, 1U); });
}

// For each of `nodes` (ascending): on_type(type, direction) -> bool says whether its relationships of that type are
// wanted and is followed at once by calls of on_run(position in nodes, others, rels, count) for the nodes that have
// some. `rels` may be read if the table's use of the type says so.
template <typename OnType, typename OnRun>
void sweep(SegmentTable& table, std::span<const std::uint32_t> nodes, OnType&& on_type, OnRun&& on_run) {
    for (std::size_t begin = 0, end = 0; begin < nodes.size(); begin = end) {
        const std::uint32_t segment = nodes[begin] >> segment_bits;
        for (end = begin + 1; end < nodes.size() && nodes[end] >> segment_bits == segment;) ++end;
        const SegmentAdjacency& adjacency = table.at(segment);
        if (!adjacency.all_dirty) {
            for (const TypeBlock& block : adjacency.blocks) {
                if (!on_type(block.type, block.direction)) continue;
                for (std::size_t i = begin; i < end; ++i) {
                    const std::uint32_t slot = nodes[i] & (segment_slots - 1);
                    const auto [from, to] = block.range(slot);
                    if (from == to || adjacency.is_dirty(slot)) continue;
                    on_run(i, block.other + from, block.rel + from, to - from);
                }
            }
            if (!adjacency.dirty) continue;
        }
        for (const TypeUse& use : table.uses()) {
            if (!on_type(use.type, use.direction)) continue;
            for (std::size_t i = begin; i < end; ++i) {
                if (!adjacency.is_dirty(nodes[i] & (segment_slots - 1))) continue;
                visit_run(table.topology().run(NodeId{nodes[i]}, use.direction, use.type),
                          [&](const NodeId* others, const RelId* rels, std::uint32_t count) {
                              on_run(i, others, rels, count);
                          });
            }
        }
    }
}

// The same for one node: on_run(type, direction, others, rels, count).
template <typename OnRun>
void visit_node(SegmentTable& table, std::uint32_t node, OnRun&& on_run) {
    const SegmentAdjacency& adjacency = table.at(node >> segment_bits);
    const std::uint32_t slot = node & (segment_slots - 1);
    if (!adjacency.is_dirty(slot)) {
        for (const TypeBlock& block : adjacency.blocks) {
            const auto [from, to] = block.range(slot);
            if (from != to) on_run(block.type, block.direction, block.other + from, block.rel + from, to - from);
        }
        return;
    }
    for (const TypeUse& use : table.uses()) {
        visit_run(table.topology().run(NodeId{node}, use.direction, use.type),
                  [&](const NodeId* others, const RelId* rels, std::uint32_t count) {
                      on_run(use.type, use.direction, others, rels, count);
                  });
    }
}

}  // namespace mainstay::analysis
