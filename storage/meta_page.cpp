#include "meta_page.hpp"

#include <sys/types.h>
#include <unistd.h>

namespace mainstay::lmdb {
namespace {

std::optional<Meta> read_meta(int fd, std::uint64_t page, std::uint32_t page_size) {
    Meta meta;
    const auto at = static_cast<off_t>(meta_at + page * page_size);
    if (::pread(fd, &meta, sizeof meta, at) != static_cast<ssize_t>(sizeof meta)) return std::nullopt;
    if (meta.magic != meta_magic || meta.version != meta_version) return std::nullopt;
    if (meta.free.pad < page_size_min || meta.free.pad > page_size_max) return std::nullopt;
    return meta;
}

}  // namespace

std::optional<Meta> read_newest_meta(int fd) {
    const auto first = read_meta(fd, 0, 0);
    if (!first) return std::nullopt;
    const auto second = read_meta(fd, 1, first->free.pad);
    return second && second->txn > first->txn ? second : first;
}

bool restore_meta(int fd, const Meta& meta) {
    for (const std::uint64_t txn : {meta.txn, meta.txn - 1}) {
        auto copy = meta;
        copy.txn = txn;  // transaction n writes page n % 2
        const auto at = static_cast<off_t>(meta_at + txn % meta_pages * meta.free.pad);
        if (::pwrite(fd, &copy, sizeof copy, at) != static_cast<ssize_t>(sizeof copy)) return false;
    }
    return true;
}

}  // namespace mainstay::lmdb
