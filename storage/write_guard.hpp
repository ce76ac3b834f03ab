#pragma once

// Keeps LMDB from following damage when it writes, where it trusts every page: before it goes to a key, each page that
// it may come across on its way is checked (see SoundPages: once).

#include "file_map.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace mainstay::lmdb {

// Of one write transaction; looks at the snapshot that it builds upon, whose pages stay as they are meanwhile. What it
// has changed itself is none of the guard's business. Each check throws Error(Code::corrupt).
class WriteGuard {
public:
    // Checks the page that names the tables, and the list of free pages if nobody has yet.
    WriteGuard(const Snapshot& snapshot, std::span<const NamedTable> tables, bool& free_list_is_sound, int descriptor);

    enum class Does : std::uint8_t { look, put, erase };
    // All pages on the way to a key, its value included. Taking entries away lets LMDB merge pages, so then those
    // beside them too.
    void check_key(const Tree& tree, std::string_view key, Does does);
    // The way to the first and to the last entry.
    void check_ends(const Tree& tree);

private:
    TreePage sound_page(const Tree& tree, PageNumber number, std::uint16_t level);
    void check_edge(const Tree& tree, PageNumber number, std::uint16_t level, bool last);
    void check_all();

    Snapshot snapshot_;
    std::span<const NamedTable> tables_;
    int descriptor_;
    bool all_is_sound_ = false;
};

}  // namespace mainstay::lmdb
