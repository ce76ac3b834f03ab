#include "meta_page.hpp"

#include <sys/types.h>
#include <unistd.h>

namespace mainstay::lmdb {

std::optional<MetaPage> read_meta(int fd, int which, std::uint32_t page_size) {
    MetaPage meta;
    const auto at = static_cast<off_t>(meta_offset + static_cast<std::size_t>(which) * page_size);
    if (::pread(fd, &meta, sizeof meta, at) != static_cast<ssize_t>(sizeof meta)) return std::nullopt;
    return meta;
}

std::optional<MetaPage> read_newest_meta(int fd) {
    const auto is_known = [](const std::optional<MetaPage>& m) {
        return m && m->has_right_magic() && m->version == MetaPage::known_version && m->has_possible_page_size();
    };
    const auto first = read_meta(fd, 0, 0);
    if (!is_known(first)) return std::nullopt;
    const auto second = read_meta(fd, 1, first->page_size);
    return is_known(second) && second->txn > first->txn ? second : first;
}

bool restore_meta(int fd, const MetaPage& meta) {
    for (const std::uint64_t txn : {meta.txn, meta.txn - 1}) {
        auto copy = meta;
        copy.txn = txn;  // LMDB writes the page of an odd number second
        const auto at = static_cast<off_t>(meta_offset + (txn & 1) * meta.page_size);
        if (::pwrite(fd, &copy, sizeof copy, at) != static_cast<ssize_t>(sizeof copy)) return false;
    }
    return true;
}

}  // namespace mainstay::lmdb
