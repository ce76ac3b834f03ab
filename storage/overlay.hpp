#pragma once

// The uncommitted changes of one transaction, on top of a snapshot: what a view with an overlay shows and what the
// committer turns into delta rows. Changes only; the base is never copied.

#include "change.hpp"
#include "mainstay/core/graph.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace mainstay {

// Relationships of one node in one direction and type that an overlay adds; ascending by (other, rel).
struct AddedRun {
    std::vector<NodeId> other;
    std::vector<RelId> rel;
    void insert(NodeId o, RelId r);
    bool erase(NodeId o, RelId r);  // false: was not there
};

struct OverlayAdjacency {
    struct OfType {
        TypeId type;
        AddedRun added;
        std::vector<RelId> removed;         // of the base below, ascending
        std::vector<NodeId> removed_other;  // beside removed
    };
    std::vector<OfType> types;   // ascending by type; never with both lists empty for long
    std::uint64_t version = 0;   // grows with every change
    bool dates_changed = false;  // valid_from or valid_to of a relationship that was there
    OfType& of(TypeId type);
    const OfType* find(TypeId type) const noexcept;
};

class Overlay {
public:
    // A bit a slot of a segment.
    struct SlotSet {
        std::array<std::uint64_t, segment_slots / 64> words{};
        bool test(std::uint32_t slot) const noexcept { return words[slot / 64] >> (slot % 64) & 1; }
        void set(std::uint32_t slot) noexcept { words[slot / 64] |= std::uint64_t{1} << (slot % 64); }
    };

    std::unordered_map<std::uint32_t, NodeChange> nodes;
    std::unordered_map<std::uint32_t, RelChange> rels;
    std::unordered_map<std::uint64_t, OverlayAdjacency> adjacency;  // key: adjacency_key()

    static std::uint64_t adjacency_key(NodeId node, Direction d) noexcept {
        return std::uint64_t{raw(node)} << 1 | static_cast<std::uint64_t>(d);
    }

    NodeChange& change(NodeId node);  // made if new; marks the slot
    RelChange& change(RelId rel);
    void add_edge(RelId rel, const Ends& ends);     // under both ends
    void remove_edge(RelId rel, const Ends& ends);  // under both ends, whether of the overlay or of the base
    void redate_edge(const Ends& ends);             // its dates have changed: both ends must look again

    const NodeChange* find(NodeId node) const noexcept;
    const RelChange* find(RelId rel) const noexcept;
    const OverlayAdjacency* find(NodeId node, Direction d) const noexcept;
    // Slots of a segment that the overlay touches; nullptr: none.
    const SlotSet* touched_nodes(std::uint32_t segment) const noexcept;
    const SlotSet* touched_adjacency(std::uint32_t segment, Direction d) const noexcept;
    const SlotSet* touched_rels(std::uint32_t segment) const noexcept;
    // Segments of nodes created here, with their shapes, for scans.
    const std::unordered_map<std::uint32_t, std::vector<ShapeId>>& created_shapes() const noexcept { return shapes_; }
    void note_shape(NodeId node, ShapeId shape);

    // Elements that carried the values of an index at some moment of the transaction, by index_values_key():
    // candidates.
    std::unordered_map<std::string, std::vector<std::uint32_t>> keyed;

    bool empty() const noexcept { return nodes.empty() && rels.empty(); }
    std::uint32_t node_limit = 0, rel_limit = 0;  // beyond every id created here
    std::uint64_t version = 0;                    // grows with every write

private:
    using Touched = std::unordered_map<std::uint32_t, std::unique_ptr<SlotSet>>;
    static void touch(Touched& touched, std::uint32_t id);
    static const SlotSet* find(const Touched& touched, std::uint32_t segment) noexcept;
    Touched touched_nodes_, touched_rels_;
    std::array<Touched, 2> touched_adjacency_;
    std::unordered_map<std::uint32_t, std::vector<ShapeId>> shapes_;
};

}  // namespace mainstay
