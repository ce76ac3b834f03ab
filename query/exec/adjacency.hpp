#pragma once

#include "exec/hop.hpp"

#include <vector>

namespace mainstay::exec {

// The edges that a hop follows, of node after node: read in place, segment by segment, for searches that look at many.
// A self loop that may be travelled both ways comes twice. Borrows the types.
class Adjacency {
public:
    Adjacency(const HopTypes& types, StatementContext& context)
        : types_(types), context_(context), view_(types.view()) {}

    // Before a search: the types may have been refreshed, and the transaction may have written.
    void start() {
        uses_.assign(types_.uses().begin(), types_.uses().end());
        if (types_.any_type()) {
            for (std::uint32_t t = 0; !view_.names().type(TypeId{t}).empty(); ++t) {
                if (types_.out()) uses_.push_back({TypeId{t}, Direction::out});
                if (types_.in()) uses_.push_back({TypeId{t}, Direction::in});
            }
        }
        // What a view has handed out ends with the run: it rests in between.
        if (context_.transaction() || run_ != context_.run()) segments_.clear();
        run_ = context_.run();
    }

    // Calls f(other end, relationship).
    template <typename F>
    void for_each(NodeId node, F&& f) {
        for_each_until(node, [&](NodeId other, RelId rel) {
            f(other, rel);
            return true;
        });
    }

    // The same until f returns false.
    template <typename F>
    void for_each_until(NodeId node, F&& f) {
        const std::uint32_t number = segment_of(node), slot = slot_of(node);
        if (number >= segments_.size()) segments_.resize(number + 1);
        Segment& segment = segments_[number];
        if (!segment.known) {
            segment.adjacency = view_.adjacency(number, uses_);
            segment.known = true;
        }
        const bool filters = types_.filters_edges();
        const auto one = [&](NodeId other, RelId rel, TypeId type) {
            return (filters && !types_.accepts(rel, type)) || f(other, rel);
        };
        if (!segment.adjacency.is_dirty(slot)) {
            for (const TypeBlock& block : segment.adjacency.blocks) {
                const auto range = block.range(slot);
                for (std::uint32_t i = range.begin; i < range.end; ++i)
                    if (!one(block.other[i], block.rel[i], block.type)) return;
            }
            return;
        }
        if (!view_.contains_node(node)) return;
        bool goes_on = true;
        for (const TypeUse& use : uses_) {
            view_.run(node, use.direction, use.type).for_each([&](NodeId other, RelId rel) {
                goes_on = goes_on && one(other, rel, use.type);
            });
            if (!goes_on) return;
        }
    }

private:
    struct Segment {
        SegmentAdjacency adjacency;
        bool known = false;
    };

    const HopTypes& types_;
    StatementContext& context_;
    const View& view_;
    std::vector<TypeUse> uses_;
    std::vector<Segment> segments_;
    std::uint64_t run_ = 0;  // of the context
};

}  // namespace mainstay::exec
