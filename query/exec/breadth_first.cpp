#include "exec/breadth_first.hpp"

#include <algorithm>
#include <bit>

namespace mainstay::exec {

BreadthFirst::BreadthFirst(const HopTypes& types, StatementContext& context)
    : types_(types), context_(context), view_(types.view()), edges_(types, context) {}

template <typename F>
void BreadthFirst::for_each_edge(NodeId node, F&& f) {
    if (left_out_.empty()) return edges_.for_each(node, f);
    edges_.for_each(node, [&](NodeId other, RelId rel) {
        if (!std::binary_search(left_out_.begin(), left_out_.end(), rel)) f(other, rel);
    });
}

// Neighbouring nodes lie in neighbouring memory: a level is walked in order of ids.
void BreadthFirst::sort_level(std::vector<NodeId>& level) {
    if (level.size() < 2048) {
        std::sort(level.begin(), level.end());
        return;
    }
    scratch_.assign((view_.node_limit() + 63) / 64, 0);
    for (NodeId node : level) scratch_[raw(node) / 64] |= std::uint64_t{1} << (raw(node) % 64);
    level.clear();
    for (std::size_t w = 0; w < scratch_.size(); ++w)
        for (std::uint64_t word = scratch_[w]; word != 0; word &= word - 1)
            level.push_back(
                NodeId{static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(word)))});
}

void BreadthFirst::search_plain(std::span<const NodeId> starts, std::uint64_t max) {
    level_.assign(starts.begin(), starts.end());
    sort_level(level_);
    level_.erase(std::unique(level_.begin(), level_.end()), level_.end());
    // A start is expanded at once but reached only when an edge leads to it, and is not expanded again then.
    std::vector<std::uint64_t> expanded;
    const bool few = starts.size() == 1;
    if (!few) {
        expanded.assign(reached_.size(), 0);
        for (NodeId node : level_) see(expanded, node);
    }
    for (std::uint64_t hops = 1; hops <= max && !level_.empty(); ++hops) {
        next_.clear();
        std::uint32_t edges = 0;
        for (NodeId node : level_) {
            for_each_edge(node, [&](NodeId other, RelId) {
                ++edges;
                if (!see(reached_, other)) return;
                result_.push_back(other);
                const bool is_start =
                    few ? other == starts.front() : (expanded[raw(other) / 64] >> (raw(other) % 64) & 1) != 0;
                if (!is_start) next_.push_back(other);
            });
            if (edges > (1 << 14)) {
                context_.work(edges);
                edges = 0;
            }
        }
        context_.work(edges);
        std::swap(level_, next_);
        sort_level(level_);
    }
}

// Going back over the edge one came by is no trail. So the start is reached again only by a self loop, by a second
// parallel edge, or by an edge between nodes that were reached over different edges of the start; the first such edge
// found closes a shortest closed trail.
void BreadthFirst::search_undirected(NodeId start, std::uint64_t max) {
    branch_.assign(view_.node_limit(), 0);
    std::vector<std::uint32_t> depth_at_branch;
    bool closed = false;
    std::uint32_t branches = 0;
    see(reached_, start);
    next_.clear();
    level_.clear();
    for_each_edge(start, [&](NodeId other, RelId) {
        if (other == start) {
            closed = true;
        } else if (see(reached_, other)) {
            branch_[raw(other)] = ++branches;
            result_.push_back(other);
            level_.push_back(other);
        } else if (max >= 2) {
            closed = true;
        }
    });
    sort_level(level_);
    for (std::uint64_t hops = 2; hops <= max && !level_.empty(); ++hops) {
        next_.clear();
        std::uint32_t edges = 0;
        // Nodes of this level are hops - 1 away from the start.
        for (NodeId node : level_) {
            for_each_edge(node, [&](NodeId other, RelId) {
                ++edges;
                if (other == start) return;
                if (see(reached_, other)) {
                    branch_[raw(other)] = branch_[raw(node)];
                    result_.push_back(other);
                    next_.push_back(other);
                } else if (!closed && branch_[raw(other)] != branch_[raw(node)]) {
                    // `other` is of this level or the next one (or the last, when seen from there already).
                    const bool same_level = std::binary_search(level_.begin(), level_.end(), other);
                    const std::uint64_t length = (hops - 1) + 1 + (same_level ? hops - 1 : hops);
                    closed = length <= max;
                }
            });
        }
        context_.work(edges);
        std::swap(level_, next_);
        sort_level(level_);
    }
    if (closed) result_.push_back(start);
}

const std::vector<NodeId>& BreadthFirst::search(std::span<const NodeId> starts, std::uint64_t max,
                                                std::span<const RelId> left_out) {
    result_.clear();
    left_out_ = left_out;
    edges_.start();
    reached_.assign((view_.node_limit() + 63) / 64 + 1, 0);
    if (max == 0) return result_;
    if (types_.self_loop_twice()) {
        search_undirected(starts.front(), max);
    } else {
        search_plain(starts, max);
    }
    return result_;
}

}  // namespace mainstay::exec
