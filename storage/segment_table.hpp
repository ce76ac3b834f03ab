#pragma once

// The parts of a snapshot that somebody has touched, found and checked. What stands here hangs on the snapshot alone,
// so that the next view of the same one need not look for it again.

#include "adjacency.hpp"
#include "column.hpp"
#include "elements.hpp"

#include "mainstay/core/ids.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace mainstay {

using DirtySlots = std::array<std::uint64_t, segment_slots / 64>;

struct NodeSegment {
    bool hidden = false;  // of a bulk load that is not published: nothing is read
    std::optional<NodeElements> elements;
    std::array<std::optional<AdjacencyPart>, 2> adjacency;
    std::array<bool, 2> adjacency_read{};
    std::unique_ptr<DirtySlots> dirty;  // nodes; null: none
    std::array<std::unique_ptr<DirtySlots>, 2> adjacency_dirty;
    std::vector<std::pair<KeyId, std::unique_ptr<ColumnView>>> columns;  // null: the part does not exist
    std::optional<std::vector<KeyId>> keys;  // of the columns there are, once somebody asked
    std::vector<ShapeId> shapes;             // with those of the view's overlay
    std::uint64_t shapes_version = ~std::uint64_t{0};
};

struct RelSegment {
    bool hidden = false;
    std::optional<RelElements> elements;
    std::unique_ptr<DirtySlots> dirty;
    std::vector<std::pair<KeyId, std::unique_ptr<ColumnView>>> columns;
    std::optional<std::vector<KeyId>> keys;
};

struct SegmentTable {
    std::vector<std::unique_ptr<NodeSegment>> nodes;  // by segment; null: not touched
    std::vector<std::unique_ptr<RelSegment>> rels;
};

// Tables that views have left behind, a few of the newest snapshot. Whoever takes one has it alone. Points into the
// map, and is only followed within a view of that snapshot: LMDB keeps the pages of a snapshot as they are while it is
// read or is the newest. Thread-safe.
class SegmentTables {
public:
    // `snapshot`: Transaction::id(). An empty table if none is left.
    std::unique_ptr<SegmentTable> take(std::uint64_t snapshot);
    void give(std::uint64_t snapshot, std::unique_ptr<SegmentTable> table) noexcept;

private:
    std::mutex mutex_;
    std::uint64_t snapshot_ = 0;
    std::vector<std::unique_ptr<SegmentTable>> tables_;  // of it
};

}  // namespace mainstay
