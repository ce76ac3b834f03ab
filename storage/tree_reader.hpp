#pragma once

// Reads LMDB's trees in the memory map of one snapshot, trusting nothing that stands in them: what lies outside of a
// page or of the file, is of another kind or number than it should be, or goes too deep throws Error(Code::corrupt)
// with the table and the page. As fast as LMDB's own reader, which follows whatever it finds.

#include "page_format.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace mainstay::lmdb {

// Pages of trees that were found sound in all they hold, once while the file is open: what was written since then was
// made of sound pages. Two bits a page, touched where they are used. Thread-safe.
class SoundPages {
public:
    explicit SoundPages(PageNumber pages_max)
        : pages_max_(pages_max), bits_(static_cast<Word*>(std::calloc(pages_max / 32 + 1, sizeof(Word)))) {}
    bool contains(PageNumber page) const noexcept { return (bits_of(page) & 1) != 0; }
    // Sound, and all values stand on the page itself.
    bool is_whole(PageNumber page) const noexcept { return (bits_of(page) & 2) != 0; }
    void add(PageNumber page, bool whole) noexcept {
        if (page < pages_max_ && bits_)
            bits_.get()[page / 32].fetch_or((whole ? std::uint64_t{3} : std::uint64_t{1}) << page % 32 * 2,
                                            std::memory_order_relaxed);
    }

private:
    using Word = std::atomic<std::uint64_t>;
    struct Free {
        void operator()(Word* words) const noexcept { std::free(words); }
    };
    std::uint64_t bits_of(PageNumber page) const noexcept {
        return page < pages_max_ && bits_ ? bits_.get()[page / 32].load(std::memory_order_relaxed) >> page % 32 * 2 : 0;
    }
    PageNumber pages_max_;
    std::unique_ptr<Word, Free> bits_;  // null if there is no memory: then pages are looked at every time
};

// The pages of a snapshot. Borrowed from the map and from the environment.
struct Pages {
    const char* map = nullptr;
    PageNumber count = 0;  // those that the snapshot has and the file reaches
    std::uint32_t size = 0;
    const std::filesystem::path* file = nullptr;
    SoundPages* sound = nullptr;

    const char* at(PageNumber number) const noexcept { return map + number * size; }
};

// One tree of a snapshot. `name` is a literal, for errors.
struct Tree {
    std::string_view name;
    Keys keys = Keys::bytes;
    std::uint16_t depth = 0;
    PageNumber root = no_page;
    bool holds_trees = false;             // its values are TreeRecords
    std::optional<std::uint8_t> seal_of;  // the number of the table whose rows end in seals
};

[[noreturn]] void throw_damaged(const Pages& pages, std::string_view table, PageNumber page, std::string_view what);

// A page of a tree whose header is sound.
struct TreePage {
    const char* bytes = nullptr;
    std::uint32_t count = 0, upper = 0;

    PageNumber number() const noexcept { return load_at<PageNumber>(bytes); }
};
// The first time it is asked for, all of it is checked, seals of rows included: an entry that damage has moved or
// renamed would else be one that is not there.
TreePage tree_page(const Pages& pages, const Tree& tree, PageNumber number, Level level);
std::string_view key_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index);
std::string_view value_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index);
PageNumber child_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index);
// The child that leads to a key.
std::uint32_t child_for(const Pages& pages, const Tree& tree, const TreePage& page, std::string_view key);
// The first entry of a leaf that is not before a key, and whether it is that key.
std::pair<std::uint32_t, bool> lower_bound(const Pages& pages, const Tree& tree, const TreePage& page,
                                           std::string_view key);

std::optional<std::string_view> find(const Pages& pages, const Tree& tree, std::string_view key);

// Stands on an entry of a tree, or nowhere. Each move says whether it stands on an entry; one that fails leaves it
// where it was, a seek nowhere. From nowhere, next() goes to the first entry and previous() to the last.
class TreeCursor {
public:
    TreeCursor(const Pages& pages, const Tree& tree) noexcept : pages_(pages), tree_(tree) {}
    bool first() { return edge(false); }
    bool last() { return edge(true); }
    bool next();
    bool previous();
    bool seek(std::string_view key);
    bool seek_exact(std::string_view key);
    // Of the entry it stands on.
    std::string_view key() const {
        return key_at(pages_, tree_, stack_[levels_ - 1U].page, stack_[levels_ - 1U].index);
    }
    std::string_view value() const {
        return value_at(pages_, tree_, stack_[levels_ - 1U].page, stack_[levels_ - 1U].index);
    }

private:
    struct Step {
        TreePage page;
        std::uint32_t index;
    };
    bool edge(bool last);
    bool descend(std::string_view key);  // whether the entry is the key's own
    void go_down(PageNumber number, bool last);
    bool move_leaf(bool forward);

    Pages pages_;
    Tree tree_;
    std::uint16_t levels_ = 0;  // 0: nowhere; otherwise the tree's depth
    std::array<Step, depth_max> stack_;
};

}  // namespace mainstay::lmdb
