#pragma once

// Keeps LMDB from following damage when it writes, where it trusts every page: before it goes to a key, each page that
// it may come across on its way is checked, once in the life of an environment. What LMDB has made itself since then is
// not damaged.

#include "file_map.hpp"

#include <vector>

namespace mainstay::lmdb {

// Pages of an open file that were found sound; used by its one write transaction at a time.
class SoundPages {
public:
    bool contains(PageNumber page) const noexcept { return page < sound_.size() && sound_[page]; }
    void add(PageNumber page) {
        if (page >= sound_.size()) sound_.resize(page + page / 2 + 64);
        sound_[page] = true;
    }
    bool free_list = false;  // so was the list of free pages

private:
    std::vector<bool> sound_;
};

// Of one write transaction; looks at the snapshot that it builds upon, whose pages stay as they are meanwhile. What it
// has changed itself is none of the guard's business. Each check throws Error(Code::corrupt).
class WriteGuard {
public:
    // Checks the page that names the tables, and the list of free pages if nobody has yet.
    WriteGuard(const Snapshot& snapshot, SoundPages& sound, int descriptor);

    enum class Does : std::uint8_t { look, put, erase };
    // All pages on the way to a key, its value included. Taking entries away lets LMDB merge pages, so then those
    // beside them too.
    void check_key(const Tree& tree, std::string_view key, Does does);
    // The way to the first and to the last entry.
    void check_ends(const Tree& tree);

private:
    TreePage sound_page(const Tree& tree, PageNumber number, std::uint16_t level);
    void check_edge(const Tree& tree, PageNumber number, std::uint16_t level, bool last);

    Snapshot snapshot_;
    SoundPages& sound_;
};

}  // namespace mainstay::lmdb
