#pragma once

// LMDB's meta pages (mdb.c, struct MDB_meta, data version 1): the first two pages of the file, written in turn; the one
// with the larger transaction number is the newest state. Read and written with pread and pwrite, never through a map.

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mainstay::lmdb {

struct MetaPage {
    std::uint32_t magic, version;
    std::uint64_t address, map_size;
    std::uint32_t page_size;  // LMDB keeps it in the record of the free list
    char trees[92];
    std::uint64_t last_page, txn;

    static constexpr std::uint32_t right_magic = 0xBEEFC0DE, known_version = 1;
    bool has_right_magic() const noexcept { return magic == right_magic; }
    bool has_possible_page_size() const noexcept { return page_size >= 512 && page_size <= 65536; }
};
static_assert(sizeof(MetaPage) == 136);
constexpr std::size_t meta_offset = 16;  // behind the header of its page

// The meta page at the start (0) or at the second page (1) of the file; nullopt: the file is too short or unreadable.
std::optional<MetaPage> read_meta(int fd, int which, std::uint32_t page_size);
// The newest one with the right magic and version; nullopt: there is none.
std::optional<MetaPage> read_newest_meta(int fd);
// Makes `meta` the newest state of the file. Not synced. False, with errno, if it cannot be written.
bool restore_meta(int fd, const MetaPage& meta);

}  // namespace mainstay::lmdb
