#pragma once

// The parts of a snapshot that somebody has touched, found and checked. What stands here hangs on the snapshot alone,
// so that the next view of the same one need not look for it again.

#include "adjacency.hpp"
#include "changed_rows.hpp"
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

// The rows of a segment's dirty slots, once so many were asked for that it pays to find them all.
struct SegmentRows {
    std::uint64_t of = 0;     // the snapshot whose rows are asked for; 0: none was yet
    std::uint32_t looks = 0;  // rows searched for one by one
    std::optional<ChangedRows> all;
};

// What is found of a segment's parts stays as long as no transaction changes Table::segment; the bitmaps and rows of
// dirty slots are those of one snapshot.
struct NodeSegment {
    std::uint64_t dirty_of = 0;  // the snapshot whose bitmaps these are; 0: none has been read
    bool hidden = false;         // of a bulk load that is not published: nothing is read
    bool elements_read = false;
    std::optional<NodeElements> elements;
    std::array<std::optional<AdjacencyPart>, 2> adjacency;
    std::array<bool, 2> adjacency_read{};
    std::unique_ptr<DirtySlots> dirty;  // nodes; null: none
    SegmentRows rows;
    std::array<std::unique_ptr<DirtySlots>, 2> adjacency_dirty;
    std::vector<std::pair<KeyId, std::unique_ptr<ColumnView>>> columns;  // null: the part does not exist
    std::optional<std::vector<KeyId>> keys;  // of the columns there are, once somebody asked
};

struct RelSegment {
    std::uint64_t dirty_of = 0;
    bool hidden = false;
    bool elements_read = false;
    std::optional<RelElements> elements;
    std::unique_ptr<DirtySlots> dirty;
    SegmentRows rows;
    std::vector<std::pair<KeyId, std::unique_ptr<ColumnView>>> columns;
    std::optional<std::vector<KeyId>> keys;
};

struct SegmentTable {
    std::vector<std::unique_ptr<NodeSegment>> nodes;  // by segment; null: not touched
    std::vector<std::unique_ptr<RelSegment>> rels;
};

// Writers touch little and are many: what readers have gathered is not lost to theirs.
enum class TableUser : std::uint8_t { reader, writer };

// Tables that views have left behind, a few. Whoever takes one has it alone. Points into the map, and is only followed
// within a view whose segments are those: LMDB keeps the pages of a snapshot as they are while somebody reads it, and
// pages that later snapshots share for as long as these. Thread-safe.
class SegmentTables {
public:
    // For a snapshot (Transaction::id()): one that was left by a snapshot not before `oldest`, from which on, as the
    // caller knows, all have the same segments as this one. An empty table if there is none.
    std::unique_ptr<SegmentTable> take(std::uint64_t snapshot, std::uint64_t oldest);
    void give(std::uint64_t snapshot, std::unique_ptr<SegmentTable> table) noexcept;

private:
    static constexpr std::size_t tables_kept =
        4;  // one a reader at a time; more readers look for their parts themselves
    struct Left {
        std::uint64_t snapshot = 0;
        std::unique_ptr<SegmentTable> table;
    };
    std::mutex mutex_;
    std::array<Left, tables_kept> left_;
};

}  // namespace mainstay
