#include "tree_reader.hpp"

#include "mainstay/core/error.hpp"
#include "row_seal.hpp"

#include <fmt/format.h>

#include <sys/mman.h>
#include <algorithm>

namespace mainstay::lmdb {
namespace {

struct Entry {
    const char* bytes;
    NodeHeader node;
};

inline Entry entry_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index) {
    const std::uint32_t at = load_at<std::uint16_t>(page.bytes + sizeof(PageHeader) + 2 * std::size_t{index});
    if (at < page.upper || at + sizeof(NodeHeader) > pages.size) [[unlikely]]
        throw_damaged(pages, tree.name, page.number(), "an entry lies outside of it");
    Entry entry{page.bytes + at, load_at<NodeHeader>(page.bytes + at)};
    if (at + sizeof(NodeHeader) + entry.node.key_size > pages.size) [[unlikely]]
        throw_damaged(pages, tree.name, page.number(), "an entry is longer than it");
    return entry;
}

inline std::string_view key_of(const Pages& pages, const Tree& tree, const TreePage& page, const Entry& entry) {
    if (tree.keys == Keys::numbers && entry.node.key_size != sizeof(std::uint64_t)) [[unlikely]]
        throw_damaged(pages, tree.name, page.number(), "a key is of a wrong size");
    return {entry.bytes + sizeof(NodeHeader), entry.node.key_size};
}

// The first of a value's own pages.
PageNumber own_page(const Pages& pages, const Tree& tree, const TreePage& page, const char* value) {
    const auto number = load_at<PageNumber>(value);
    if (number < meta_pages || number >= pages.count)
        throw_damaged(pages, tree.name, page.number(), "an entry has its value outside of the file");
    const auto header = load_at<PageHeader>(pages.at(number));
    if (header.number != number || header.flags != page_flags::overflow)
        throw_damaged(pages, tree.name, number, "it does not hold the value that should be there");
    return number;
}

std::string_view value_of(const Pages& pages, const Tree& tree, const TreePage& page, const Entry& entry) {
    const auto& node = entry.node;
    const char* const value = entry.bytes + sizeof node + node.key_size;
    const auto room = static_cast<std::size_t>(page.bytes + pages.size - value);
    const std::uint32_t size = node.value_size();
    if (node.flags == (tree.holds_trees ? node_flags::tree : 0)) {
        if (size > room) throw_damaged(pages, tree.name, page.number(), "an entry is longer than it");
        return {value, size};
    }
    if (node.flags != node_flags::big || tree.holds_trees)
        throw_damaged(pages, tree.name, page.number(), "an entry is of an unknown kind");
    if (room < sizeof(PageNumber)) throw_damaged(pages, tree.name, page.number(), "an entry is longer than it");
    const auto number = own_page(pages, tree, page, value);
    const auto header = load_at<PageHeader>(pages.at(number));
    if (header.overflow_pages() > pages.count - number ||
        overflow_pages_for(size, pages.size) > header.overflow_pages())
        throw_damaged(pages, tree.name, number, "the value on it is longer than its pages");
    const std::string_view found{pages.at(number) + sizeof header, size};
    // Those in the tree's own pages were checked with these.
    const auto key = std::string_view{entry.bytes + sizeof node, node.key_size};
    if (tree.seal_of && !is_sealed(*tree.seal_of, key, found))
        throw_damaged(pages, tree.name, number, broken_seal(key));
    return found;
}

// Whether a key is before that of an entry. The same for all entries, so that the search has one loop a kind of keys.
template <Keys keys>
int compare(std::string_view key, const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index) {
    const auto entry = entry_at(pages, tree, page, index);
    if constexpr (keys == Keys::numbers) {
        if (entry.node.key_size != sizeof(std::uint64_t)) [[unlikely]]
            throw_damaged(pages, tree.name, page.number(), "a key is of a wrong size");
        const auto x = load_at<std::uint64_t>(key.data()), y = load_at<std::uint64_t>(entry.bytes + sizeof(NodeHeader));
        return x < y ? -1 : x > y;
    } else {
        const std::size_t size = entry.node.key_size;
        const int order = std::memcmp(key.data(), entry.bytes + sizeof(NodeHeader), std::min(key.size(), size));
        return order != 0 ? order : key.size() < size ? -1 : key.size() > size;
    }
}

// The first entry from `first` on that is not before the key.
template <Keys keys>
std::pair<std::uint32_t, bool> search(const Pages& pages, const Tree& tree, const TreePage& page, std::string_view key,
                                      std::uint32_t first) {
    std::uint32_t low = first, high = page.count;
    // A search waits for memory and for nothing else: what either outcome of a comparison asks for next is on its way
    // meanwhile.
    const char* const offsets = page.bytes + sizeof(PageHeader);
    const auto fetch = [&](std::uint32_t from, std::uint32_t to) {
        const std::uint32_t at = load_at<std::uint16_t>(offsets + 2 * std::size_t{from + (to - from) / 2});
        __builtin_prefetch(page.bytes + at);
    };
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (high - low > 2) {
            fetch(low, middle);
            fetch(middle + 1, high);
        }
        const int order = compare<keys>(key, pages, tree, page, middle);
        if (order == 0) return {middle, true};
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return {low, false};
}

std::pair<std::uint32_t, bool> search(const Pages& pages, const Tree& tree, const TreePage& page, std::string_view key,
                                      std::uint32_t first) {
    return tree.keys == Keys::numbers ? search<Keys::numbers>(pages, tree, page, key, first)
                                      : search<Keys::bytes>(pages, tree, page, key, first);
}

}  // namespace

std::unique_ptr<SoundPages::Mark, SoundPages::Free> SoundPages::allocate(PageNumber pages) noexcept {
    // Zeros that take no memory until they are touched.
    void* const found =
        pages == 0 ? MAP_FAILED
                   : ::mmap(nullptr, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return {found == MAP_FAILED ? nullptr : static_cast<Mark*>(found), Free{pages}};
}

void SoundPages::Free::operator()(Mark* marks) const noexcept { ::munmap(marks, pages); }

void throw_damaged(const Pages& pages, std::string_view table, PageNumber page, std::string_view what) {
    throw Error{Code::corrupt, fmt::format("{}: table {}, page {}: {}", pages.file->string(), table, page, what)}
        .with_hint("the file is damaged: restore a backup, or run `mainstay verify` to see all that is wrong");
}

namespace {

// `low` and `high`: the last steps on the way to a leaf that had an entry before, and one behind; null pages: none had.
void require_fitting(const Pages& pages, const Tree& tree, const TreePage& leaf, const Step& low, const Step& high) {
    const bool fits = (!low.page.bytes || compare_keys(tree.keys, key_at(pages, tree, leaf, 0),
                                                       key_at(pages, tree, low.page, low.index)) >= 0) &&
                      (!high.page.bytes || compare_keys(tree.keys, key_at(pages, tree, leaf, leaf.count - 1),
                                                        key_at(pages, tree, high.page, high.index + 1)) < 0);
    if (!fits) throw_damaged(pages, tree.name, leaf.number(), "its keys are not those that the pages above promise");
}

// Values on pages of their own are looked at when they are read.
void look_at_all(const Pages& pages, const Tree& tree, const TreePage& page, PageNumber number, Level level) {
    if (const auto what = problem_of_page(page.bytes, number, pages.size, level, tree.keys); !what.empty())
        throw_damaged(pages, tree.name, number, what);
    bool whole = true;
    for (std::uint32_t i = 0; level == Level::leaf && i < page.count; ++i) {
        const auto entry = entry_at(pages, tree, page, i);
        if (entry.node.flags == node_flags::big) {
            whole = false;
            continue;
        }
        const auto key = key_of(pages, tree, page, entry);
        if (tree.seal_of && !is_sealed(*tree.seal_of, key, value_of(pages, tree, page, entry)))
            throw_damaged(pages, tree.name, number, broken_seal(key));
    }
    pages.sound->add(number, tree.tag, whole);
}

}  // namespace

TreePage tree_page(const Pages& pages, const Tree& tree, PageNumber number, Level level) {
    if (number < meta_pages || number >= pages.count) [[unlikely]]
        throw_damaged(pages, tree.name, number, "it lies outside of the file");
    const char* const bytes = pages.at(number);
    for (std::size_t line = 64; line <= 192; line += 64) __builtin_prefetch(bytes + line);  // the offsets of entries
    const auto header = load_at<PageHeader>(bytes);
    if (header.number != number) [[unlikely]]
        throw_damaged(pages, tree.name, number, "another page stands there");
    if (header.flags != (level == Level::leaf ? page_flags::leaf : page_flags::branch)) [[unlikely]]
        throw_damaged(pages, tree.name, number, "it is of another kind than it should be");
    if (header.lower <= sizeof header || header.lower % 2 != 0 || header.upper < header.lower ||
        header.upper > pages.size) [[unlikely]]
        throw_damaged(pages, tree.name, number, "its bounds are wrong");
    const TreePage page{bytes, (header.lower - std::uint32_t{sizeof header}) / 2, header.upper};
    if (!pages.sound->contains(number, tree.tag)) [[unlikely]]
        look_at_all(pages, tree, page, number, level);
    return page;
}

std::string_view key_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index) {
    return key_of(pages, tree, page, entry_at(pages, tree, page, index));
}

std::string_view value_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index) {
    return value_of(pages, tree, page, entry_at(pages, tree, page, index));
}

std::uint32_t spare_pages_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index) {
    const auto entry = entry_at(pages, tree, page, index);
    if (entry.node.flags != node_flags::big) return 0;
    (void)value_of(pages, tree, page, entry);
    const auto number = own_page(pages, tree, page, entry.bytes + sizeof entry.node + entry.node.key_size);
    return load_at<PageHeader>(pages.at(number)).overflow_pages() -
           static_cast<std::uint32_t>(overflow_pages_for(entry.node.value_size(), pages.size));
}

PageNumber child_at(const Pages& pages, const Tree& tree, const TreePage& page, std::uint32_t index) {
    return entry_at(pages, tree, page, index).node.child();
}

std::uint32_t child_for(const Pages& pages, const Tree& tree, const TreePage& page, std::string_view key) {
    const auto [index, exact] = search(pages, tree, page, key, 1);  // the first key counts as the smallest
    return exact ? index : index - 1;
}

std::pair<std::uint32_t, bool> lower_bound(const Pages& pages, const Tree& tree, const TreePage& page,
                                           std::string_view key) {
    return search(pages, tree, page, key, 0);
}

std::optional<std::string_view> find(const Pages& pages, const Tree& tree, std::string_view key) {
    if (tree.root == no_page) return std::nullopt;
    PageNumber number = tree.root;
    Step low, high;
    for (std::uint16_t level = 1; level < tree.depth; ++level) {
        const auto page = tree_page(pages, tree, number, Level::branch);
        const auto index = child_for(pages, tree, page, key);
        if (index > 0) low = {page, index};
        if (index + 1 < page.count) high = {page, index};
        number = child_at(pages, tree, page, index);
    }
    const auto page = tree_page(pages, tree, number, Level::leaf);
    const auto [index, exact] = search(pages, tree, page, key, 0);
    if (exact) return value_at(pages, tree, page, index);
    require_fitting(pages, tree, page, low, high);
    if (index == 0 || index == page.count) (void)TreeCursor(pages, tree).seek_exact(key);
    return std::nullopt;
}

// From `levels_` steps down to the leaf, always along one edge.
void TreeCursor::go_down(PageNumber number, bool last) {
    for (;;) {
        const bool leaf = levels_ + 1 == tree_.depth;
        const auto page = tree_page(pages_, tree_, number, leaf ? Level::leaf : Level::branch);
        const std::uint32_t index = last ? page.count - 1 : 0;
        stack_[levels_++] = {page, index};
        if (leaf) break;
        number = child_at(pages_, tree_, page, index);
    }
    fits_ = false;
    require_fit();
}

void TreeCursor::require_fit() {
    if (fits_) return;
    Step low, high;
    for (std::uint16_t i = 0; i + 1 < levels_; ++i) {
        if (stack_[i].index > 0) low = stack_[i];
        if (stack_[i].index + 1 < stack_[i].page.count) high = stack_[i];
    }
    require_fitting(pages_, tree_, stack_[levels_ - 1U].page, low, high);
    fits_ = true;
}

bool TreeCursor::edge(bool last) {
    levels_ = 0;
    if (tree_.root == no_page) return false;
    go_down(tree_.root, last);
    return true;
}

bool TreeCursor::descend(std::string_view key) {
    // Often the next key sought is near: on the leaf it stands on, or is known to be there.
    if (levels_ > 0) {
        auto& leaf = stack_[levels_ - 1U];
        const auto [index, exact] = search(pages_, tree_, leaf.page, key, 0);
        if (exact || (index > 0 && index < leaf.page.count)) {
            leaf.index = index;
            if (!exact) require_fit();
            return exact;
        }
    }
    levels_ = 0;
    fits_ = false;
    PageNumber number = tree_.root;
    while (levels_ + 1 < tree_.depth) {
        const auto page = tree_page(pages_, tree_, number, Level::branch);
        const auto index = child_for(pages_, tree_, page, key);
        stack_[levels_++] = {page, index};
        number = child_at(pages_, tree_, page, index);
    }
    const auto page = tree_page(pages_, tree_, number, Level::leaf);
    const auto [index, exact] = search(pages_, tree_, page, key, 0);
    stack_[levels_++] = {page, index};
    if (exact) return true;
    require_fit();
    if (index == 0 || index == page.count) TreeCursor(*this).move_leaf(index != 0);
    return false;
}

bool TreeCursor::seek(std::string_view key) {
    if (tree_.root == no_page) return false;
    if (descend(key)) return true;
    auto& leaf = stack_[levels_ - 1U];
    if (leaf.index < leaf.page.count) return true;
    leaf.index = leaf.page.count - 1;
    if (move_leaf(true)) return true;
    levels_ = 0;
    return false;
}

bool TreeCursor::seek_exact(std::string_view key) {
    if (tree_.root == no_page) return false;
    if (descend(key)) return true;
    levels_ = 0;
    return false;
}

// To the next or the previous leaf; false, and nothing moved, if there is none.
bool TreeCursor::move_leaf(bool forward) {
    for (std::uint16_t up = levels_ - 1; up-- > 0;) {
        auto& step = stack_[up];
        if (forward ? step.index + 1 >= step.page.count : step.index == 0) continue;
        forward ? ++step.index : --step.index;
        levels_ = static_cast<std::uint16_t>(up + 1);
        go_down(child_at(pages_, tree_, step.page, step.index), !forward);
        return true;
    }
    return false;
}

bool TreeCursor::next() {
    if (levels_ == 0) return first();
    auto& leaf = stack_[levels_ - 1U];
    if (leaf.index + 1 < leaf.page.count) {
        ++leaf.index;
        return true;
    }
    return move_leaf(true);
}

bool TreeCursor::previous() {
    if (levels_ == 0) return last();
    auto& leaf = stack_[levels_ - 1U];
    if (leaf.index > 0) {
        --leaf.index;
        return true;
    }
    return move_leaf(false);
}

}  // namespace mainstay::lmdb
