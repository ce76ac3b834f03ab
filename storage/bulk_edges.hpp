#pragma once

// Adjacency of a bulk load: its relationships sorted to the segments of its own nodes; the ends at nodes that were
// there before are handed out for delta rows.

#include "adjacency.hpp"
#include "bulk_encode.hpp"
#include "bulk_parts.hpp"
#include "mainstay/storage/store.hpp"

#include <memory>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace mainstay {

// The node segments of a load, by number: the shape of each and the slots used.
class LoadedNodes {
public:
    struct Segment {
        ShapeId shape{};
        std::uint32_t slots = 0;
    };
    void open(std::uint32_t segment, ShapeId shape);  // ascending numbers
    void set_slots(std::uint32_t segment, std::uint32_t slots) { segments_[index_of(segment)].slots = slots; }
    static constexpr std::uint32_t not_loaded = no_id;
    // Position among all(), or not_loaded.
    std::uint32_t index_of(std::uint32_t segment) const noexcept {
        return segment - first_ < index_.size() ? index_[segment - first_] : not_loaded;
    }
    bool contains(NodeId node) const noexcept {
        const auto i = index_of(segment_of(node));
        return i != not_loaded && slot_of(node) < segments_[i].slots;
    }
    std::optional<ShapeId> shape_of(NodeId node) const noexcept {
        const auto i = index_of(segment_of(node));
        return i == not_loaded ? std::nullopt : std::optional(segments_[i].shape);
    }
    const std::vector<Segment>& all() const noexcept { return segments_; }
    std::uint32_t number(std::size_t index) const noexcept { return numbers_[index]; }

private:
    std::uint32_t first_ = 0;
    std::vector<std::uint32_t> index_;  // by segment - first_
    std::vector<Segment> segments_;
    std::vector<std::uint32_t> numbers_;
};

// One end of a relationship at a node that the load did not make.
struct OuterEdge {
    NodeId node;
    Direction direction;
    TypeId type;
    NodeId other;
    RelId rel;
};

// One end of a relationship of a dated type that the model limits there.
struct DatedEdge {
    TypeId type;
    NodeId node;
    Direction direction;
    std::optional<std::int64_t> begin, end;
    std::tuple<TypeId, NodeId, Direction> place() const noexcept { return {type, node, direction}; }
};

class BulkEdges {
public:
    BulkEdges(const LoadedNodes& nodes, BulkEncoder& encoder, BulkParts& parts, Mark mark)
        : nodes_(nodes), encoder_(encoder), parts_(parts), mark_(mark) {}

    RelBlock& add_block(std::uint32_t segment);
    const std::vector<std::unique_ptr<RelBlock>>& blocks() const noexcept { return blocks_; }
    std::uint64_t count() const noexcept;
    // Dates that a relationship carries, for the bounds of both its ends' parts.
    void note_dates(TypeId type, NodeId source, NodeId target, const Value& from, const Value& to);
    // Whether the type is dated and the model limits how many are valid at once; note_limited() wants all of them then.
    bool limits_dated(TypeId type);
    void note_limited(TypeId type, NodeId source, NodeId target, const Value& from, const Value& to);

    // Builds all adjacency parts with `threads` threads.
    void build(unsigned threads, const ProgressSink& progress);
    const std::vector<OuterEdge>& outer() const noexcept { return outer_; }
    const std::vector<DatedEdge>& dated() const noexcept { return dated_; }  // by place, after build()

private:
    struct Record {
        std::uint32_t type_slot;  // local type << 12 | slot
        NodeId other;
        RelId rel;
    };
    void build(Direction d, unsigned threads, const ProgressSink& progress);
    void build_range(Direction d, std::size_t first, std::size_t last, std::span<const std::uint64_t> counts,
                     unsigned threads);
    void build_segment(Direction d, std::size_t index, std::span<const Record> records, AdjacencyBuilder& builder);
    std::uint32_t local_type(TypeId type);
    static std::uint64_t dates_key(std::uint32_t index, Direction d) {
        return std::uint64_t{index} << 1 | static_cast<std::uint64_t>(d);
    }

    const LoadedNodes& nodes_;
    BulkEncoder& encoder_;
    BulkParts& parts_;
    const Mark mark_;
    std::vector<std::unique_ptr<RelBlock>> blocks_;
    std::vector<OuterEdge> outer_;
    std::vector<DatedEdge> dated_;
    std::unordered_map<std::uint64_t, std::vector<std::pair<TypeId, ValidityBounds>>> dates_;
    std::vector<TypeId> types_;
    std::vector<bool> limited_;  // beside types_: the model limits how many a node has
    std::unordered_map<std::uint32_t, std::uint32_t> local_types_;
    std::uint64_t built_ = 0;
};

}  // namespace mainstay
