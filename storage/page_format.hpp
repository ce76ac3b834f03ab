#pragma once

// How LMDB lays out its file (data format 1, 64-bit, little-endian; see mdb.c, "MDB_page", "MDB_node", "MDB_db",
// "MDB_meta"), for those that must not trust it: tree_reader.hpp, page_check.hpp, write_guard.hpp. Everything is read
// by memcpy. Do not renumber: it is LMDB's, not ours.
//
//   page      0 number u64 | 8 pad u16 | 10 flags u16 | 12 lower u16 | 14 upper u16 | 16 offsets of nodes u16 each
//             offsets end at lower, nodes stand from upper to the page's end without gaps, each at an even offset
//   node      0 low u16 | 2 high u16 | 4 flags u16 | 6 size of key u16 | 8 key, value
//             branch: low, high, flags are the 48 bits of the child's number; the first key counts as the smallest
//             leaf: low, high are the size of the value; flag `big`: the value is the u64 number of an overflow page
//   overflow  the same header with the number of pages u32 at 12; the value follows at 16, over all the pages
//   meta      pages 0 and 1, the header and then Meta; transaction n writes page n % 2

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mainstay::lmdb {

using PageNumber = std::uint64_t;
inline constexpr PageNumber no_page = ~PageNumber{0};  // the root of an empty tree
inline constexpr PageNumber meta_pages = 2;
inline constexpr PageNumber file_pages_max = PageNumber{1} << 40;  // no file has so many
inline constexpr std::uint32_t page_size_min = 512, page_size_max = 65536;
inline constexpr std::uint16_t depth_max = 32;  // LMDB's cursors go no deeper

namespace page_flags {
inline constexpr std::uint16_t branch = 1, leaf = 2, overflow = 4, meta = 8;
}
namespace node_flags {
inline constexpr std::uint16_t big = 1, tree = 2;
}
namespace tree_flags {
inline constexpr std::uint16_t integer_keys = 8;
}

// What is known of a tree: LMDB's record of a named database.
struct TreeRecord {
    std::uint32_t pad;
    std::uint16_t flags, depth;
    std::uint64_t branch_pages, leaf_pages, overflow_pages, entries;
    PageNumber root;
};
static_assert(sizeof(TreeRecord) == 48);

struct Meta {
    std::uint32_t magic, version;
    std::uint64_t address, map_bytes;
    TreeRecord free, main;  // free.pad: the size of a page
    PageNumber last_page;
    std::uint64_t txn;
};
static_assert(sizeof(Meta) == 136);
inline constexpr std::uint32_t meta_magic = 0xBEEFC0DE, meta_version = 1;

struct PageHeader {
    PageNumber number;
    std::uint16_t pad, flags, lower, upper;
    std::uint32_t overflow_pages() const noexcept { return std::uint32_t{upper} << 16 | lower; }
};
static_assert(sizeof(PageHeader) == 16);
inline constexpr std::size_t meta_at = sizeof(PageHeader);

struct NodeHeader {
    std::uint16_t low, high, flags, key_size;
    PageNumber child() const noexcept { return PageNumber{low} | PageNumber{high} << 16 | PageNumber{flags} << 32; }
    std::uint32_t value_size() const noexcept { return std::uint32_t{high} << 16 | low; }
};
static_assert(sizeof(NodeHeader) == 8);

template <typename T>
T load_at(const char* bytes) noexcept {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

// Pages that a value of so many bytes needs when it stands on pages of its own.
constexpr std::uint64_t overflow_pages_for(std::uint64_t value_bytes, std::uint32_t page_size) noexcept {
    return (sizeof(PageHeader) - 1 + value_bytes) / page_size + 1;
}

enum class Keys : std::uint8_t { bytes, numbers };  // by memcmp and size; native u64

// Negative, 0 or positive; keys of Keys::numbers are 8 bytes.
inline int compare_keys(Keys keys, std::string_view a, std::string_view b) noexcept {
    if (keys == Keys::numbers) {
        const auto x = load_at<std::uint64_t>(a.data()), y = load_at<std::uint64_t>(b.data());
        return x < y ? -1 : x > y;
    }
    return a.compare(b);
}

// What is wrong with the two meta pages of a file, as they stand on the disk, beginning with their headers; "" if
// nothing is. They are those of two transactions that followed each other, or of a file that nothing was written to.
std::string_view problem_of_metas(const char* first, const char* second) noexcept;

// What is wrong with a page of a tree on its own; "" if nothing is. Reads page_size bytes and nothing else.
enum class Level : std::uint8_t { branch, leaf };
std::string_view problem_of_page(const char* page, PageNumber number, std::uint32_t page_size, Level level, Keys keys);

}  // namespace mainstay::lmdb
