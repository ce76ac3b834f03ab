#pragma once

// Rows of the `delta` database: committed changes that are not folded into segments yet. Keys are big-endian so that
// the rows of a segment, of an element and of a (node, direction, type) stand together. Do not renumber.
//
//   D which:u8 segment:u32         -> bitmap of 4,096 bits: slots with rows (DirtyMap)
//   N segment:u32 slot:u16 tx:u64  -> NodeChange, cumulative since the base
//   R segment:u32 slot:u16 tx:u64  -> RelChange, cumulative since the base
//   A segment:u32 slot:u16 direction:u8 type:u32 other:u32 rel:u32 -> added tx:u64, ended tx:u64 (native)
//     added 0: the relationship is in the base; ended 0: it has not ended
//
// A row of a later transaction stands behind an earlier one and replaces it for readers of now; the earlier ones serve
// as-of reads until they are folded into history.

#include "lmdb.hpp"
#include "mainstay/core/graph.hpp"
#include "overlay.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay::delta {

enum class DirtyMap : std::uint8_t { node = 0, out = 1, in = 2, rel = 3 };
inline constexpr std::size_t dirty_bytes = segment_slots / 8;
constexpr DirtyMap dirty_map(Direction d) noexcept { return d == Direction::out ? DirtyMap::out : DirtyMap::in; }

std::string dirty_key(DirtyMap which, std::uint32_t segment);
// The number by which its changes are noted (lmdb::Transaction::note_change).
constexpr std::uint32_t dirty_row(DirtyMap which, std::uint32_t segment) noexcept {
    return segment << 2 | static_cast<std::uint32_t>(which);
}
void erase_dirty(lmdb::Transaction& txn, DirtyMap which, std::uint32_t segment);
inline constexpr std::size_t element_key_size = 1 + 4 + 2 + 8;  // of N and R
std::string segment_prefix(char kind, std::uint32_t segment);   // of all rows of a kind
std::string element_prefix(char kind, std::uint32_t id);        // of all its rows
std::string node_prefix(NodeId node);
std::string rel_prefix(RelId rel);
std::string node_key(NodeId node, TxNumber tx);
std::string rel_key(RelId rel, TxNumber tx);
std::string adjacency_prefix(NodeId node, Direction d);
std::string adjacency_key(NodeId node, Direction d, TypeId type, NodeId other, RelId rel);

// Parts of keys and values.
TxNumber tx_of(std::string_view element_key) noexcept;  // of an N or R key
struct AdjacencyRow {
    TypeId type;
    NodeId other;
    RelId rel;
    TxNumber added, ended;
};
// Throws Error(Code::corrupt) if the sizes are not those of an A row.
AdjacencyRow adjacency_row(std::string_view key, std::string_view value);
std::string adjacency_value(TxNumber added, TxNumber ended);

// The newest row of an element, by its prefix, at or before `at`, or nullopt. The cursor is one of Table::delta and
// stands on that row then; quick if it stood near.
std::optional<std::string_view> newest(lmdb::Cursor& cursor, const std::string& of_element, TxNumber at);
// The same, whole.
std::optional<NodeChange> find_node(const lmdb::Transaction& txn, NodeId node, TxNumber at);
std::optional<RelChange> find_rel(const lmdb::Transaction& txn, RelId rel, TxNumber at);

// Collects the slots that get rows in one transaction, and how many rows each map's segment gets.
class DirtyMarks {
public:
    void mark(const lmdb::Transaction& txn, DirtyMap which, std::uint32_t id, std::uint32_t rows);
    void write(lmdb::Transaction& txn) const;
    struct Unit {
        std::array<std::uint64_t, segment_slots / 64> bits;
        std::uint32_t rows = 0;
    };
    const std::map<std::pair<DirtyMap, std::uint32_t>, Unit>& units() const noexcept { return units_; }

private:
    std::map<std::pair<DirtyMap, std::uint32_t>, Unit> units_;
};

}  // namespace mainstay::delta

namespace mainstay {

// How many rows each (dirty map, segment) of the file has: what the committer knows without looking.
class DeltaRows {
public:
    using Unit = std::pair<delta::DirtyMap, std::uint32_t>;
    void count(const lmdb::Transaction& txn);           // walks the table
    void expect(const delta::DirtyMarks& marks);        // so that add() needs no memory
    void add(const delta::DirtyMarks& marks) noexcept;  // that were expected
    void forget(const Unit& unit) { rows_.erase(unit); }
    std::uint64_t largest() const noexcept { return largest_; }  // at least that of the largest unit
    // Units with more rows than `than`.
    std::vector<std::pair<Unit, std::uint64_t>> large(std::uint64_t than);

private:
    std::map<Unit, std::uint64_t> rows_;
    std::uint64_t largest_ = 0;
};

}  // namespace mainstay
