#pragma once

#include "exec/eval.hpp"
#include "exec/hop.hpp"

#include <deque>
#include <memory>
#include <unordered_set>
#include <vector>

namespace mainstay::exec {

// How far a path has come in its pattern: 0 before anything, then one number for each relationship of each round of
// each step. Rounds beyond those that count are one.
using PathState = std::uint32_t;

// One relationship of a path, where it leads, and how far the path has come then.
struct Move {
    NodeId node;
    RelId rel;
    PathState state;
    friend bool operator==(const Move&, const Move&) = default;
};

// The relationships a path has met already, or the nodes: quick for short paths and for long ones.
class Met {
public:
    void clear() {
        met_.clear();
        set_.clear();
    }
    void push(std::uint32_t id) {
        if (met_.size() >= linear_max) set_.insert(id);
        met_.push_back(id);
    }
    void pop() {
        if (met_.size() > linear_max) set_.erase(met_.back());
        met_.pop_back();
    }
    bool has(std::uint32_t id) const {
        const std::size_t linear = std::min(met_.size(), linear_max);
        for (std::size_t i = 0; i < linear; ++i)
            if (met_[i] == id) return true;
        return !set_.empty() && set_.contains(id);
    }

private:
    static constexpr std::size_t linear_max = 24;
    std::vector<std::uint32_t> met_;
    std::unordered_set<std::uint32_t> set_;  // those beyond
};

// A plan's path pattern on the rows of a batch: which moves are possible, where a path may end, and what its slots
// hold. Conditions that need one relationship and its ends, or one node, are part of the moves. Borrows the operation.
class PathPattern {
public:
    PathPattern(const plan::PathSearch& search, StatementContext& context);

    // Before each batch, and before each of its rows, which must stay where it is as long as paths are asked for.
    void refresh();
    void start_row(const Batch& batch, std::uint32_t row);

    const plan::PathSearch& search() const noexcept { return search_; }
    const View& view() const noexcept { return view_; }
    // Of the only hop of a plain pattern.
    const HopTypes& types() const noexcept { return steps_[0].hops[0]->types; }
    bool is_left_out(RelId rel) const {
        return !left_out_.empty() && std::binary_search(left_out_.begin(), left_out_.end(), rel);
    }
    bool has_hop_conditions() const noexcept { return !steps_[0].hops[0]->conditions.empty(); }
    // Whether a plain pattern's hop may go from one node to another by this relationship.
    bool passes(NodeId from, RelId rel, NodeId to) const { return passes(*steps_[0].hops[0], from, rel, to); }
    // Whether a path that has come so far may end at this node.
    bool accepts(PathState state, NodeId node) const;
    // Conditions of the last node, and nothing else.
    bool accepts_end(NodeId node) const { return holds_at(steps_.size() - 1, node); }

    // The moves from a node, one by one.
    class Moves {
    public:
        void start(const PathPattern& pattern, PathState state, NodeId node);
        bool next(Move& move);

    private:
        struct Arc {
            std::uint32_t step, hop;
            PathState state;
        };
        const PathPattern* pattern_ = nullptr;
        NodeId node_{};
        std::vector<Arc> arcs_;
        std::size_t arc_ = 0;
        bool open_ = false;
        EdgeCursor edges_;
    };

    // A path as it grows: what the mode of the pattern forbids, and conditions of whole rounds.
    class Path {
    public:
        explicit Path(const PathPattern& pattern) : pattern_(&pattern) {}
        void start(NodeId from);
        // False, and nothing is added, if the path may not go on so.
        bool push(const Move& move);
        void pop();
        const std::vector<Move>& moves() const noexcept { return moves_; }
        NodeId from() const noexcept { return from_; }
        NodeId tip() const noexcept { return moves_.empty() ? from_ : moves_.back().node; }
        PathState state() const noexcept { return moves_.empty() ? 0 : moves_.back().state; }
        // Whether a path that goes on from here may meet the relationship and then the node. `last`: it ends there.
        bool may_meet(RelId rel, NodeId node, bool& last) const;

    private:
        const PathPattern* pattern_;
        NodeId from_{};
        std::vector<Move> moves_;
        Met rels_, nodes_;
    };

    // Whether the conditions of whole paths hold.
    bool holds(NodeId from, std::span<const Move> moves) const;
    // Appends a path to the slots of the operation that are wanted.
    void emit(NodeId from, std::span<const Move> moves, const std::vector<Slot>& wanted, Batch& out) const;

private:
    struct Hop {
        Hop(const plan::Hop& h, StatementContext& context) : hop(h), types(h, context) {}
        const plan::Hop& hop;
        HopTypes types;
        std::vector<bound::ExprPtr> conditions;
        bool is_loop = false;  // its ends are one variable
    };
    struct Step {
        const plan::PathSearch::Step* step;
        std::vector<std::unique_ptr<Hop>> hops;
        std::uint64_t max;
        std::uint32_t rounds;                    // that are told apart
        PathState first;                         // of its states
        std::vector<bound::ExprPtr> conditions;  // of whole rounds
        bool checks_rounds = false;
    };
    struct Position {
        std::uint32_t step, round, hop;  // round and hop from 1
    };
    Position position(PathState state) const;
    bool passes(const Hop& hop, NodeId from, RelId rel, NodeId to) const;
    bool holds_at(std::size_t step, NodeId node) const;
    bool round_holds(const Step& step, NodeId from, std::span<const Move> moves) const;
    Value node(NodeId id) const { return Value{mainstay::Node{&view_, id}}; }
    Value rel(RelId id) const { return Value{mainstay::Relationship{&view_, id}}; }
    // The slots of a path and their values, in no order; those of `wanted` alone unless it is null.
    using Values = std::deque<Local>;
    void values(NodeId from, std::span<const Move> moves, const std::vector<Slot>* wanted, Values& out) const;

    const plan::PathSearch& search_;
    StatementContext& context_;
    const View& view_;
    std::vector<Step> steps_;
    const Batch* batch_ = nullptr;
    std::uint32_t row_ = 0;
    std::vector<RelId> left_out_;
};

}  // namespace mainstay::exec
