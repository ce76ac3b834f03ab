#pragma once

#include "exec/adjacency.hpp"

#include <vector>

namespace mainstay::exec {

// Breadth-first search over a hop's edges, linear in the edges of the nodes reached. Reads adjacency in place, segment
// by segment. Reusable: memory is kept between searches. One bit a node, and four bytes where closed trails are asked
// for.
class BreadthFirst {
public:
    BreadthFirst(const HopTypes& types, StatementContext& context);

    // Nodes at 1..max hops from the starts, each once, in order of hops. A start is among them if an edge leads to it;
    // if the hop follows both directions, only if a closed trail does (requires a single start then). `left_out`:
    // relationships that do not count, ascending. The result lives until the next call.
    const std::vector<NodeId>& search(std::span<const NodeId> starts, std::uint64_t max,
                                      std::span<const RelId> left_out);

private:
    template <typename F>
    void for_each_edge(NodeId node, F&& f);
    void sort_level(std::vector<NodeId>& level);
    bool see(std::vector<std::uint64_t>& bits, NodeId node) {
        std::uint64_t& word = bits[raw(node) / 64];
        const std::uint64_t bit = std::uint64_t{1} << (raw(node) % 64);
        const bool is_new = (word & bit) == 0;
        word |= bit;
        return is_new;
    }
    void search_plain(std::span<const NodeId> starts, std::uint64_t max);
    void search_undirected(NodeId start, std::uint64_t max);

    const HopTypes& types_;
    StatementContext& context_;
    const View& view_;
    Adjacency edges_;
    std::vector<std::uint64_t> reached_, scratch_;
    std::vector<std::uint32_t> branch_;  // by node: 1 + number of the start's edge it was reached by
    std::vector<NodeId> result_, level_, next_;
    std::span<const RelId> left_out_;
};

}  // namespace mainstay::exec
