#include "page_format.hpp"

#include <algorithm>
#include <utility>

namespace mainstay::lmdb {
namespace {

std::string_view problem_of_meta(const char* page, PageNumber number) noexcept {
    const auto header = load_at<PageHeader>(page);
    const auto meta = load_at<Meta>(page + meta_at);
    if (header.number != number || header.flags != page_flags::meta) return "a head is not where it belongs";
    if (meta.magic != meta_magic || meta.version != meta_version) return "a head is of something else";
    if (const auto size = meta.free.pad; size < page_size_min || size > page_size_max || (size & (size - 1)) != 0)
        return "a head names a size of pages that cannot be";
    // What the trees' keys are; the upper half are settings of the environment.
    constexpr std::uint16_t kinds = 0xFF;
    if ((meta.free.flags & kinds) != tree_flags::integer_keys || (meta.main.flags & kinds) != 0)
        return "a head names a tree of another kind";
    return {};
}

bool names_pages_inside(const Meta& meta) noexcept {
    const auto inside = [&](const TreeRecord& tree) {
        return tree.root == no_page ? tree.depth == 0 && tree.entries == 0
                                    : tree.root >= meta_pages && tree.root <= meta.last_page && tree.depth > 0 &&
                                          tree.depth <= depth_max;
    };
    return inside(meta.free) && inside(meta.main);
}

}  // namespace

std::string_view problem_of_metas(const char* first, const char* second) noexcept {
    for (const auto& [page, number] : {std::pair{first, PageNumber{0}}, std::pair{second, PageNumber{1}}})
        if (const auto problem = problem_of_meta(page, number); !problem.empty()) return problem;
    const auto even = load_at<Meta>(first + meta_at), odd = load_at<Meta>(second + meta_at);
    if (even.free.pad != odd.free.pad) return "its two heads name different sizes of pages";
    // Not of the older one: when LMDB could not write a head, it puts the number of the one before back to it, and
    // leaves the rest.
    const auto& newest = odd.txn > even.txn ? odd : even;
    if (newest.last_page >= file_pages_max) return "a head names more pages than a file can have";
    if (!names_pages_inside(newest)) return "a head names a tree that lies outside of the file";
    if (even.txn == 0 && odd.txn == 0) return {};
    if (even.txn % 2 != 0 || odd.txn % 2 != 1 || (even.txn + 1 != odd.txn && odd.txn + 1 != even.txn))
        return "its two heads are not of transactions that followed each other";
    // What has been written never gets less.
    if (even.txn < odd.txn ? even.last_page > odd.last_page : odd.last_page > even.last_page)
        return "its two heads disagree about the size of the file";
    return {};
}

std::string_view problem_of_page(const char* page, PageNumber number, std::uint32_t page_size, Level level, Keys keys) {
    const auto header = load_at<PageHeader>(page);
    if (header.number != number) return "it is another page";
    if (header.flags != (level == Level::leaf ? page_flags::leaf : page_flags::branch))
        return "it is of another kind than it should be";
    if (header.lower < sizeof header || header.lower % 2 != 0 || header.upper < header.lower ||
        header.upper > page_size || header.upper % 2 != 0)
        return "its bounds are wrong";
    const std::uint32_t count = (header.lower - std::uint32_t{sizeof header}) / 2;
    if (count == 0) return "nothing stands on it";
    // By place where an entry may begin, whether one does.
    std::uint64_t begins[page_size_max / 2 / 64];
    std::fill_n(begins, page_size / 2 / 64, std::uint64_t{0});
    const auto bytes_of = [&](std::uint32_t at) {
        const auto node = load_at<NodeHeader>(page + at);
        const bool has_value = level == Level::leaf, is_big = (node.flags & node_flags::big) != 0;
        return sizeof node + node.key_size + (!has_value ? 0 : is_big ? sizeof(PageNumber) : node.value_size());
    };
    std::string_view before;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t at = load_at<std::uint16_t>(page + sizeof header + 2 * std::size_t{i});
        if (at < header.upper || at % 2 != 0 || at + sizeof(NodeHeader) > page_size)
            return "an entry lies outside of it";
        const auto node = load_at<NodeHeader>(page + at);
        if (level == Level::leaf && (node.flags & ~(node_flags::big | node_flags::tree)) != 0)
            return "an entry is of an unknown kind";
        if (at + bytes_of(at) > page_size) return "an entry is longer than it";
        begins[at / 128] |= std::uint64_t{1} << at / 2 % 64;
        if (level == Level::branch && i == 0) continue;
        if (keys == Keys::numbers && node.key_size != sizeof(std::uint64_t)) return "a key is of a wrong size";
        const std::string_view key{page + at + sizeof node, node.key_size};
        if (key.empty()) return "a key is empty";
        if (!before.empty() && compare_keys(keys, before, key) >= 0) return "its keys do not ascend";
        before = key;
    }
    // One stands behind the other, up to the end.
    std::uint32_t found = 0, at = header.upper;
    for (; at != page_size && (begins[at / 128] >> at / 2 % 64 & 1) != 0; ++found)
        at += static_cast<std::uint32_t>((bytes_of(at) + 1) / 2 * 2);
    if (at != page_size || found != count) return "its entries overlap or leave gaps";
    return {};
}

}  // namespace mainstay::lmdb
