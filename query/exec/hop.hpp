#pragma once

#include "exec/context.hpp"

#include <algorithm>
#include <vector>

namespace mainstay::exec {

struct Edge {
    NodeId other;
    RelId rel;
};

// What a hop follows at a node, with names resolved. Names the file does not know yet are looked up again by refresh().
class HopTypes {
public:
    HopTypes(const plan::Hop& hop, StatementContext& context);

    const View& view() const noexcept { return view_; }
    // To be called before each batch: a statement may have created types since.
    void refresh();
    // Any type in the direction(s) of out() and in(); otherwise uses() lists what to follow.
    bool any_type() const noexcept { return any_; }
    bool out() const noexcept { return out_; }
    bool in() const noexcept { return in_; }
    std::span<const TypeUse> uses() const noexcept { return uses_; }
    // Whether both directions of some type are followed: a self loop would be met twice.
    bool self_loop_twice() const noexcept { return twice_; }
    // DEPENDENCY alone: whether the relationship's effect is not none.
    bool filters_edges() const noexcept { return filters_; }
    bool accepts(RelId rel, TypeId type) const;
    // Whether a relationship with these ends may be travelled from `from`; used for ones that are given.
    bool fits(RelId rel, const Ends& ends, NodeId from) const;

private:
    void add(TypeId type, bool forward);

    const plan::Hop& hop_;
    StatementContext& context_;
    const View& view_;
    std::vector<TypeUse> uses_;
    std::size_t unresolved_ = 0;
    bool any_ = false, out_ = false, in_ = false, twice_ = false, filters_ = false;
};

// The edges of one node that a hop follows, one by one, in pieces if need be. Reusable; borrows the types.
class EdgeCursor {
public:
    // Starts at a node; nothing if the view does not contain it. `target`: only edges to it (found by search).
    void start(const HopTypes& types, NodeId node, NodeId target = no_node);
    // The next edge, or false.
    bool next(Edge& edge) {
        while (true) {
            while (position_ < part_.count) {
                edge = {part_.other[position_], part_.rel[position_]};
                ++position_;
                if (!removed_.empty() && std::binary_search(removed_.begin(), removed_.end(), edge.rel)) continue;
                if (skip_self_ && edge.other == node_) continue;
                if (filters_ && !types_->accepts(edge.rel, type_)) continue;
                return true;
            }
            if (!next_part()) return false;
        }
    }

private:
    struct Piece {
        RunPart part;
        std::span<const RelId> removed;
        TypeId type;
        bool skip_self;
    };
    void add(TypeId type, const Run& run, bool skip_self);
    bool next_part();

    const HopTypes* types_ = nullptr;
    NodeId node_{}, target_{};
    std::vector<Piece> pieces_;
    std::vector<View::TypedRun> runs_;
    std::size_t piece_ = 0;
    RunPart part_;
    std::uint32_t position_ = 0;
    std::span<const RelId> removed_;
    TypeId type_{};
    bool skip_self_ = false, filters_ = false;
};

// The node in a slot, or no_node for null. Throws type_error if it holds something else.
NodeId node_in(const Column& column, std::uint32_t row, std::string_view name);
// Whether a relationship is among the relationships, or lists of them, that these slots hold.
bool is_among(RelId rel, std::span<const Slot> slots, const Batch& batch, std::uint32_t row);

}  // namespace mainstay::exec
