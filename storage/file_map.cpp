#include "file_map.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <memory>

namespace mainstay::lmdb {
namespace {

// From where to where the map reaches in which an address lies. LMDB says so itself only of maps at a fixed address.
std::pair<const char*, std::size_t> map_around(const char* inside) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> maps{std::fopen("/proc/self/maps", "re"), std::fclose};
    if (!maps) return {nullptr, 0};
    const auto address = reinterpret_cast<std::uintptr_t>(inside);
    char line[4352];
    while (std::fgets(line, sizeof line, maps.get())) {
        std::uintptr_t begin = 0, end = 0, offset = 0;
        if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %" SCNxPTR, &begin, &end, &offset) != 3) continue;
        if (address >= begin && address < end && offset == 0)
            return {reinterpret_cast<const char*>(begin), end - begin};
    }
    return {nullptr, 0};
}

// What was read before is read before what is read after. ThreadSanitizer knows no fences, nor anything of other
// processes.
void keep_order() {
#ifdef __SANITIZE_THREAD__
    std::atomic_signal_fence(std::memory_order_acquire);
#else
    std::atomic_thread_fence(std::memory_order_acquire);
#endif
}

constexpr std::uint8_t main_tag = 1, free_list_tag = 2, first_tag = 3;  // SoundPages

}  // namespace

Tree Snapshot::main() const {
    return {"(tables)", Keys::bytes, meta.main.depth, meta.main.root, true, std::nullopt, main_tag};
}
Tree Snapshot::free_list() const {
    return {"(free list)", Keys::numbers, meta.free.depth, meta.free.root, false, std::nullopt, free_list_tag};
}

FileMap::FileMap(const std::filesystem::path& file, const char* inside, std::uint32_t page_size,
                 std::uint64_t map_bytes, int descriptor)
    : file_(file), page_size_(page_size), descriptor_(descriptor), sound_(map_bytes / page_size) {
    const auto [base, bytes] = map_around(inside);
    if (!base)
        throw Error{Code::io_error, fmt::format("{}: its memory map is not found in /proc/self/maps", file.string())};
    base_ = base;
    guard_.emplace(base, bytes);
}

void FileMap::throw_unreadable() const {
    throw Error{Code::io_error, fmt::format("{} could not be read: it was cut while it is open, or its disk has failed",
                                            file_.string())}
        .with_hint("close it, look after the disk, and open it again or restore a backup");
}

PageNumber FileMap::pages_in_file(PageNumber wanted) const {
    if (const auto seen = pages_seen_.load(std::memory_order_relaxed); wanted <= seen) return wanted;
    struct stat st {};
    if (::fstat(descriptor_, &st) != 0) throw_unreadable();
    const auto pages = static_cast<PageNumber>(st.st_size) / page_size_;
    pages_seen_.store(pages, std::memory_order_relaxed);
    return std::min(wanted, pages);
}

std::optional<Snapshot> FileMap::snapshot(std::uint64_t txn) const {
    const auto read = [&](std::uint64_t which) { return load_at<Meta>(base_ + which * page_size_ + meta_at); };
    Snapshot snapshot;
    snapshot.meta = read(txn % 2);
    keep_order();
    const auto other = read((txn + 1) % 2).txn;
    keep_order();
    // Its head is written over by the next but one, perhaps right now. The next one's may stand there already: it is
    // written before readers are told of it, and the writer may be killed in between.
    const auto again = read(txn % 2);
    require_readable();
    if (snapshot.meta.txn > txn || other > txn + 1 || std::memcmp(&again, &snapshot.meta, sizeof again) != 0)
        return std::nullopt;
    const bool is_new = txn == 0 && other == 0;
    if (snapshot.meta.txn != txn || (other + 1 != txn && other != txn + 1 && !is_new))
        throw Error{Code::corrupt,
                    fmt::format("{}: its two heads are not of transactions that followed each other", file_.string())}
            .with_hint("the file is damaged: restore a backup");
    const auto& meta = snapshot.meta;
    snapshot.pages = {base_, pages_in_file(meta.last_page + 1), page_size_, &file_, &sound_};
    for (const auto* tree : {&meta.main, &meta.free})
        if (tree->depth > depth_max || (tree->root == no_page) != (tree->depth == 0))
            throw_damaged(snapshot.pages, "(tables)", txn % 2, "it names a tree that cannot be");
    return snapshot;
}

bool is_named(const Snapshot& snapshot, const NamedTable& table) {
    return find(snapshot.pages, snapshot.main(), table.name).has_value();
}

TreeRecord named_record(const Snapshot& snapshot, const NamedTable& table) {
    const auto main = snapshot.main();
    const auto name = table.name;
    const auto bytes = find(snapshot.pages, main, name);
    if (!bytes && table.may_be_absent) {
        TreeRecord none{};
        none.root = no_page;
        return none;
    }
    if (!bytes || bytes->size() != sizeof(TreeRecord))
        throw_damaged(snapshot.pages, main.name, main.root, fmt::format("it does not name the table {}", name));
    const auto record = load_at<TreeRecord>(bytes->data());
    if (record.depth > depth_max || (record.root == no_page) != (record.depth == 0))
        throw_damaged(snapshot.pages, main.name, main.root, fmt::format("its entry of the table {} is wrong", name));
    return record;
}

Tree named_tree(const Snapshot& snapshot, const NamedTable& table) {
    const auto record = named_record(snapshot, table);
    if (record.flags != (table.keys == Keys::numbers ? tree_flags::integer_keys : 0))
        throw_damaged(snapshot.pages, "(tables)", snapshot.meta.main.root,
                      fmt::format("its entry of the table {} is wrong", table.name));
    return {table.name,
            table.keys,
            record.depth,
            record.root,
            false,
            table.is_sealed ? std::optional(table.number) : std::nullopt,
            static_cast<std::uint8_t>(first_tag + table.number)};
}

}  // namespace mainstay::lmdb
