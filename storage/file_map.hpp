#pragma once

// The memory map of an open file, as LMDB made it, and the snapshots in it.

#include "map_guard.hpp"
#include "tree_reader.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace mainstay::lmdb {

// What is known of a snapshot before its trees are read.
struct Snapshot {
    Meta meta{};
    Pages pages;

    Tree main() const;       // of the records of the named databases
    Tree free_list() const;  // transaction -> pages it gave back
};

// Borrows the map and the descriptor from LMDB's environment, which must live longer. Thread-safe.
class FileMap {
public:
    // `inside` is any address that LMDB returned; `descriptor` that of the file. Throws Error(Code::io_error) if it is
    // in no map of the file.
    FileMap(const std::filesystem::path& file, const char* inside, std::uint32_t page_size, std::uint64_t map_bytes,
            int descriptor);

    // The snapshot of a transaction that a reader has registered, or that a writer builds upon; nullopt: later ones
    // have just taken its place, which a registered reader can meet only while it begins. Throws Error(Code::corrupt).
    std::optional<Snapshot> snapshot(std::uint64_t txn) const;
    // Throws Error(Code::io_error) if pages of zeros stand in the map for what could not be read.
    void require_readable() const {
        if (guard_->has_failed()) [[unlikely]]
            throw_unreadable();
    }
    int descriptor() const noexcept { return descriptor_; }

private:
    [[noreturn]] void throw_unreadable() const;
    PageNumber pages_in_file(PageNumber wanted) const;

    const std::filesystem::path& file_;
    const char* base_ = nullptr;
    std::uint32_t page_size_;
    int descriptor_;
    std::optional<MapGuard> guard_;
    mutable SoundPages sound_;
    mutable std::atomic<PageNumber> pages_seen_{
        0};  // the file has had so many; by our doing it stays as long as a snapshot needs
};

struct NamedTable {
    std::string_view name;
    Keys keys;
    std::uint8_t number;
    bool is_sealed;              // its rows end in seals
    bool may_be_absent = false;  // then it is like an empty one
};

// The tree of a named database, from its record in the main tree. Throws Error(Code::corrupt).
Tree named_tree(const Snapshot& snapshot, const NamedTable& table);
TreeRecord named_record(const Snapshot& snapshot, const NamedTable& table);
bool is_named(const Snapshot& snapshot, const NamedTable& table);

}  // namespace mainstay::lmdb
