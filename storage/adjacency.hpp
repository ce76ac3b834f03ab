#pragma once

// Parts `out` and `in` of a node segment: for each relationship type the other ends and relationships of every slot.
//
//     PartHeader                          32 bytes
//     AdjacencyHeader                     32
//     AdjacencyType [types]               64 each, ascending by type
//     per type: offsets | bitmap + ranks + offsets, then other[]          each 8-byte aligned
//     per type: rel[]
//
// The part's checksum ends where the arrays begin (arrays_have_sums). Those of a type up to the next type's, and its
// rel[] up to the next rel[] or the end, have a sum each in its AdjacencyType: an analysis that follows three types of
// ten and asks for no relationship reads a quarter of the bytes.
// Dense: offsets has slots + 1 entries, u16 if the type has at most 65,535 edges here, else u32. Sparse (at most half
// of the slots have the type): bitmap of the slots that have it, u16 ranks (set bits before each 64-bit word), and
// offsets for those slots only, one more than there are. other[i] is reached by relationship rel[i]; each slot's are
// ascending by (other, rel). Do not renumber.

#include "mainstay/core/graph.hpp"
#include "part.hpp"

#include <limits>
#include <vector>

namespace mainstay {

struct AdjacencyHeader {
    std::uint32_t types;        // 32
    std::uint32_t edges;        // 36  of all types
    std::uint32_t newest_rel;   // 40  largest relationship id in the part; no_id if it has none
    std::uint32_t other_limit;  // 44  every other end is below
    std::uint64_t last_ended;   // 48  a Mark: the newest transaction that ended an edge once kept here; 0 if none did
    std::uint32_t arrays;       // 56  where they begin; the blob's size if there are none
    std::uint32_t reserved;     // 60  0
};
static_assert(sizeof(AdjacencyHeader) == 32);
static_assert(sizeof(PartHeader) + offsetof(AdjacencyHeader, arrays) == array_place);

struct AdjacencyType {
    std::uint32_t type;           //  0
    std::uint16_t flags;          //  4  bit 0: offsets are u32; bit 1: sparse
    std::uint16_t ranked;         //  6  sparse: slots that have the type
    std::uint32_t edges;          //  8
    std::uint32_t offsets;        // 12  place of the arrays in the blob
    std::uint32_t bitmap;         // 16  0 if dense
    std::uint32_t ranks;          // 20  0 if dense
    std::uint32_t other;          // 24
    std::uint32_t rel;            // 28
    std::int64_t valid_to_min;    // 32  smallest end of validity, UTC microseconds; INT64_MAX if no edge has one
    std::int64_t valid_from_max;  // 40  largest begin; INT64_MIN if no edge has one
    std::uint64_t ends_sum;       // 48  XXH3-64 of the type's arrays but rel[]
    std::uint64_t rels_sum;       // 56  XXH3-64 of rel[]
};
static_assert(sizeof(AdjacencyType) == 64);

// Dates of the edges of one type in a part: outside [from_max, to_min) some edge needs its own test.
struct ValidityBounds {
    std::int64_t valid_from_max = std::numeric_limits<std::int64_t>::min();
    std::int64_t valid_to_min = std::numeric_limits<std::int64_t>::max();
};

// Collects the edges of one direction of one segment in any order. reset() keeps the memory for the next segment.
class AdjacencyBuilder {
public:
    void add(std::uint32_t slot, TypeId type, NodeId other, RelId rel) {
        edges_.push_back({raw(type), slot, std::uint64_t{raw(other)} << 32 | raw(rel)});
    }
    void reserve(std::size_t edges) { edges_.reserve(edges); }
    // Widens the bounds of a type; types never named have no dates. A type without edges is left out.
    void set_validity(TypeId type, const ValidityBounds& bounds);
    void set_last_ended(Mark mark) { last_ended_ = mark; }
    bool empty() const noexcept { return edges_.empty(); }

    // The blob, "" if there are neither edges nor ended ones. `slots`: those used in the segment; every slot added is
    // below. Linear in edges and slots x types; sorts within a slot. Builder is spent: reset() before the next use.
    std::string finish(const PartKey& key, std::uint32_t slots, Mark last_change);
    void reset();

private:
    struct Entry {
        std::uint32_t type, slot;
        std::uint64_t pair;  // other << 32 | rel
    };
    struct Dates {
        TypeId type;
        ValidityBounds bounds;
    };
    std::vector<Entry> edges_;
    std::vector<Dates> dates_;
    Mark last_ended_{0};
    // scratch of finish()
    std::vector<std::uint32_t> types_, counts_;
    std::vector<std::uint64_t> pairs_;
};

// The arrays of a type that have a sum together.
enum class EdgeArrays : std::uint8_t { ends, rels };

// An adjacency part, read in place: pointers in `blocks` lie in the blob. Its arrays may be read once they were
// checked, which the part itself remembers.
struct AdjacencyPart {
    std::uint32_t slots = 0;
    Mark last_change{};
    Mark last_ended{};  // 0: none ended
    std::uint32_t edges = 0;
    std::uint32_t newest_rel = no_id;
    std::uint32_t other_limit = 0;  // compare with the view's node limit once: then no `other` can be out of range
    std::vector<TypeBlock> blocks;  // ascending by type

    // The position of a type's block; blocks.size() if no edge here has it.
    std::size_t find(TypeId type) const noexcept;
    ValidityBounds validity(std::size_t block) const noexcept {
        return {types[block].valid_from_max, types[block].valid_to_min};
    }
    bool is_checked(std::size_t block, EdgeArrays which) const noexcept { return checked[block] >> bit(which) & 1; }
    bool is_checked() const noexcept { return unchecked == 0; }  // all of them
    void note_checked(std::size_t block, EdgeArrays which) noexcept;
    const PartKey& place() const noexcept { return key; }
    std::string_view bytes(std::size_t block, EdgeArrays which) const noexcept;
    std::uint64_t sum(std::size_t block, EdgeArrays which) const noexcept {
        return which == EdgeArrays::ends ? types[block].ends_sum : types[block].rels_sum;
    }
    // The sum, and every offset, rank, end and relationship. Throws Error(Code::corrupt).
    void check(std::size_t block, EdgeArrays which) const;

private:
    friend AdjacencyPart read_adjacency(std::string_view blob, const PartKey& key, Check check);
    static unsigned bit(EdgeArrays which) noexcept { return static_cast<unsigned>(which); }
    std::string_view blob;
    PartKey key;
    const AdjacencyType* types = nullptr;  // beside blocks
    std::vector<std::uint8_t> checked;     // beside blocks: a bit for each of EdgeArrays
    std::size_t unchecked = 0;
};

// Reads a blob of part `out` or `in`. Throws Error(Code::corrupt). See Check for what `bounds` relies on; with less
// than Check::full no array has been checked.
AdjacencyPart read_adjacency(std::string_view blob, const PartKey& key, Check check);

// Writes the sums of the arrays, as far as the head makes sense: for the builder, and for tests that forge a part.
void sum_arrays(std::span<char> blob) noexcept;

}  // namespace mainstay
