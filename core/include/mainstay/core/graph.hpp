#pragma once

// The graph as values and analysis need it: two abstract interfaces, no I/O. A storage View implements both; tests have
// a small in-memory implementation.

#include "mainstay/core/ids.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace mainstay {

class Value;

enum class Direction : std::uint8_t { out, in };
constexpr Direction reverse(Direction d) noexcept { return d == Direction::out ? Direction::in : Direction::out; }

struct Ends {
    TypeId type;
    NodeId source;
    NodeId target;
};

// Names behind the ids. Ids and names are append-only; thread-safe.
class Names {
public:
    virtual ~Names() = default;
    virtual std::string_view label(LabelId) const = 0;  // empty if unknown; lives as long as the database
    virtual std::string_view type(TypeId) const = 0;
    virtual std::string_view key(KeyId) const = 0;
    virtual LabelId find_label(std::string_view) const = 0;  // no_label if unknown; likewise below
    virtual TypeId find_type(std::string_view) const = 0;
    virtual KeyId find_key(std::string_view) const = 0;
    virtual std::span<const LabelId> labels_of(ShapeId) const = 0;  // ascending
};

// What the elements carry. `contains` says whether the element exists in this view; the others require it, except that
// an element deleted by the view's own overlay answers with no labels and no properties.
class Properties {
public:
    virtual ~Properties() = default;
    virtual const Names& names() const = 0;
    virtual bool contains(NodeId) const = 0;
    virtual bool contains(RelId) const = 0;
    virtual ShapeId shape(NodeId) const = 0;
    virtual Ends ends(RelId) const = 0;
    virtual Value property(NodeId, KeyId) const = 0;  // null if absent
    virtual Value property(RelId, KeyId) const = 0;
    using PropertyVisitor = std::function<void(KeyId, const Value&)>;
    virtual void visit_properties(NodeId, const PropertyVisitor&) const = 0;  // ascending KeyId
    virtual void visit_properties(RelId, const PropertyVisitor&) const = 0;
    // False only if certainly no relationship of the view carries `key`: lets an analysis skip reading overrides.
    virtual bool any_relationship_has(KeyId key) const = 0;
    // The same of the relationships whose ids lie in one segment: asked once per segment and key, before one of them is
    // read. A store knows it from the columns a segment has and its marks of change, so that a few changed
    // relationships do not make an analysis read the properties of all.
    virtual bool segment_may_have(std::uint32_t rel_segment, KeyId key) const {
        static_cast<void>(rel_segment);
        return any_relationship_has(key);
    }
    // "epoch:kind:id", e.g. "1:n:42" / "1:r:7": elementId() of the language.
    virtual std::string element_id(NodeId) const = 0;
    virtual std::string element_id(RelId) const = 0;
};

// One stretch of neighbours: other[i] is reached by relationship rel[i].
struct RunPart {
    const NodeId* other = nullptr;
    const RelId* rel = nullptr;
    std::uint32_t count = 0;
};

// The relationships of one node in one direction and type. `base` lies in the map, `added` in the view's arena; the
// relationships of `base` whose id is in `removed` (ascending, usually empty) are not visible. base and added are each
// ascending by (other, rel) and disjoint.
struct Run {
    RunPart base;
    RunPart added;
    std::span<const RelId> removed;

    template <typename F>  // F(NodeId other, RelId rel)
    void for_each(F&& f) const;
    std::uint32_t count() const noexcept {  // exact
        return base.count + added.count - static_cast<std::uint32_t>(removed.size());
    }
};

// One type's adjacency of a segment, read in place. Offsets are dense (u16 or u32, slots + 1 of them) or sparse (a
// bitmap of the slots that have the type, `ranks` = set bits before each 64-bit word, offsets by rank).
struct TypeBlock {
    TypeId type{};
    Direction direction{};
    std::uint32_t slots = 0;
    const std::uint16_t* offsets16 = nullptr;  // exactly one of offsets16, offsets32 is set
    const std::uint32_t* offsets32 = nullptr;
    const std::uint64_t* bitmap = nullptr;  // set if sparse
    const std::uint16_t* ranks = nullptr;
    const NodeId* other = nullptr;
    const RelId* rel = nullptr;

    struct Range {
        std::uint32_t begin, end;
    };
    Range range(std::uint32_t slot) const noexcept {
        if (slot >= slots) return {0, 0};
        if (bitmap) {
            const std::uint64_t word = bitmap[slot / 64], bit = std::uint64_t{1} << (slot % 64);
            if (!(word & bit)) return {0, 0};
            slot = ranks[slot / 64] + static_cast<std::uint32_t>(std::popcount(word & (bit - 1)));
        }
        return offsets16 ? Range{offsets16[slot], offsets16[slot + 1]} : Range{offsets32[slot], offsets32[slot + 1]};
    }
};

struct TypeUse {
    TypeId type;
    Direction direction;
    bool reads_rels = true;  // not only the other ends: of a block asked for without, `rel` must not be read
};

// What a traversal needs of one segment. For a slot whose bit in `dirty` is set (null: none is; `all_dirty`: all are)
// the blocks do not count and Topology::run must be asked per (direction, type).
struct SegmentAdjacency {
    std::span<const TypeBlock> blocks;     // only the asked (type, direction) that occur, in the order asked
    const std::uint64_t* dirty = nullptr;  // segment_slots bits
    bool all_dirty = false;
    bool is_dirty(std::uint32_t slot) const noexcept {
        return all_dirty || (dirty && (dirty[slot / 64] >> (slot % 64) & 1));
    }
};

// The graph's shape, as one reader sees it. Immutable while it lives. What it returns lives as long as it does. One
// thread at a time.
class Topology {
public:
    virtual ~Topology() = default;
    virtual std::uint32_t node_limit() const = 0;  // every node id is below
    virtual std::uint32_t rel_limit() const = 0;
    virtual bool contains_node(NodeId) const = 0;
    // All relationships of `node` in one direction and type. Requires contains_node(node).
    virtual Run run(NodeId node, Direction, TypeId) const = 0;
    // The (type) values that occur at `node` in a direction, ascending. For patterns without a type.
    virtual std::span<const TypeId> types_at(NodeId node, Direction) const = 0;
    // In-place adjacency of a segment for the asked uses; kept by the caller in a table, asked once per segment. A
    // segment without elements has no blocks.
    virtual SegmentAdjacency adjacency(std::uint32_t segment, std::span<const TypeUse> uses) const = 0;
    // Calls f for every live node of the view that has `label` (no_label: for every node), ascending by id.
    virtual void for_each_node(LabelId label, const std::function<void(NodeId)>& f) const = 0;
};

template <typename F>
void Run::for_each(F&& f) const {
    if (removed.empty()) {
        for (std::uint32_t i = 0; i < base.count; ++i) f(base.other[i], base.rel[i]);
    } else {
        for (std::uint32_t i = 0; i < base.count; ++i) {
            bool gone = false;
            std::size_t low = 0, high = removed.size();
            while (low < high) {
                const std::size_t middle = (low + high) / 2;
                if (removed[middle] < base.rel[i])
                    low = middle + 1;
                else
                    high = middle;
            }
            gone = low < removed.size() && removed[low] == base.rel[i];
            if (!gone) f(base.other[i], base.rel[i]);
        }
    }
    for (std::uint32_t i = 0; i < added.count; ++i) f(added.other[i], added.rel[i]);
}

}  // namespace mainstay
