#pragma once

// Reads LMDB's trees in the memory map of one snapshot, trusting nothing that stands in them: what lies outside of a
// page or of the file, is of another kind or number than it should be, or goes too deep throws Error(Code::corrupt)
// with the table and the page. As fast as LMDB's own reader, which follows whatever it finds.

#include "page_format.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace mainstay::lmdb {

// Pages that were found sound in all they hold, as pages of a tree, once while the file is open: what was written since
// then was made of sound pages. A byte a page, touched where it is used. Thread-safe.
class SoundPages {
public:
    explicit SoundPages(PageNumber pages_max) : pages_max_(pages_max), marks_(allocate(pages_max)) {}
    // `tag`: of the tree.
    bool contains(PageNumber page, std::uint8_t tag) const noexcept { return (mark_of(page) & ~whole_bit) == tag; }
    // Sound, and all values stand on the page itself.
    bool is_whole(PageNumber page, std::uint8_t tag) const noexcept { return mark_of(page) == (tag | whole_bit); }
    void add(PageNumber page, std::uint8_t tag, bool whole) noexcept {
        if (page < pages_max_ && marks_)
            marks_.get()[page].store(static_cast<std::uint8_t>(whole ? tag | whole_bit : tag),
                                     std::memory_order_relaxed);
    }

private:
    using Mark = std::atomic<std::uint8_t>;
    static constexpr std::uint8_t whole_bit = 0x80;
    struct Free {
        PageNumber pages;
        void operator()(Mark* marks) const noexcept;
    };
    static std::unique_ptr<Mark, Free> allocate(PageNumber pages) noexcept;
    unsigned mark_of(PageNumber page) const noexcept {
        return page < pages_max_ && marks_ ? marks_.get()[page].load(std::memory_order_relaxed) : 0;
    }
    PageNumber pages_max_;
    std::unique_ptr<Mark, Free> marks_;  // null if there is no memory: then pages are looked at every time
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
    std::uint8_t tag = 0;                 // of its own among those of the file: 1 to 127
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
// Of pages of its own, those that a value takes beyond what it needs. LMDB leaves some only to a value that has got
// shorter within the transaction that wrote it.
std::uint32_t spare_pages_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index);
PageNumber child_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index);
// The child that leads to a key.
std::uint32_t child_for(const Pages& pages, const Tree& tree, const TreePage& page, std::string_view key);
// The first entry of a leaf that is not before a key, and whether it is that key.
std::pair<std::uint32_t, bool> lower_bound(const Pages& pages, const Tree& tree, const TreePage& page,
                                           std::string_view key);

// An entry that the way to it takes, or passes by.
struct Step {
    TreePage page;
    std::uint32_t index = 0;
};

// That a key is not there is believed of a leaf only if it holds what the pages above it promise, and so does the leaf
// beside it if the key would be at its edge: else damage to a key above could hide one.
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
    bool edge(bool last);
    bool descend(std::string_view key);  // whether the entry is the key's own
    void require_fit();                  // of the leaf it stands on, see find()
    void go_down(PageNumber number, bool last);
    bool move_leaf(bool forward);

    Pages pages_;
    Tree tree_;
    std::uint16_t levels_ = 0;  // 0: nowhere; otherwise the tree's depth
    bool fits_ = false;         // the leaf was found to
    std::array<Step, depth_max> stack_;
};

}  // namespace mainstay::lmdb
