#include "write_guard.hpp"

#include "mainstay/core/error.hpp"
#include "page_check.hpp"

#include <fmt/format.h>

namespace mainstay::lmdb {

WriteGuard::WriteGuard(const Snapshot& snapshot, std::span<const NamedTable> tables, bool& free_list_is_sound,
                       int descriptor)
    : snapshot_(snapshot), tables_(tables), descriptor_(descriptor) {
    check_ends(snapshot_.main());
    if (free_list_is_sound) return;
    if (const auto problem = problem_of_free_list(descriptor, snapshot_); !problem.empty())
        throw_damaged(snapshot_.pages, "(free list)", snapshot_.meta.free.root, problem);
    free_list_is_sound = true;
}

TreePage WriteGuard::sound_page(const Tree& tree, PageNumber number, std::uint16_t level) {
    const auto page = tree_page(snapshot_.pages, tree, number, level == tree.depth ? Level::leaf : Level::branch);
    if (level < tree.depth && page.count < 2)
        throw_damaged(snapshot_.pages, tree.name, number, "it leads to a single page");
    return page;
}

void WriteGuard::check_edge(const Tree& tree, PageNumber number, std::uint16_t level, bool last) {
    for (;; ++level) {
        const auto page = sound_page(tree, number, level);
        if (level == tree.depth) return;
        number = child_at(snapshot_.pages, tree, page, last ? page.count - 1 : 0);
    }
}

void WriteGuard::check_key(const Tree& tree, std::string_view key, Does does) {
    if (tree.root == no_page) return;
    PageNumber number = tree.root;
    for (std::uint16_t level = 1; level < tree.depth; ++level) {
        const auto page = sound_page(tree, number, level);
        const auto index = child_for(snapshot_.pages, tree, page, key);
        const auto child = [&](std::uint32_t i) { return child_at(snapshot_.pages, tree, page, i); };
        if (does == Does::erase) {
            const auto below = static_cast<std::uint16_t>(level + 1);
            for (const bool last : {false, true})
                if (index > 0) check_edge(tree, child(index - 1), below, last);
            if (index + 1 < page.count) check_edge(tree, child(index + 1), below, false);
            if (index > 0) check_edge(tree, child(0), below, false);
        }
        number = child(index);
    }
    // Pages that LMDB has copied since would be fetched for nothing.
    if (does != Does::erase && snapshot_.pages.sound->is_whole(number, tree.tag)) return;
    const auto page = sound_page(tree, number, tree.depth);
    const auto [index, exact] = lower_bound(snapshot_.pages, tree, page, key);
    if (!exact) {
        (void)find(snapshot_.pages, tree, key);
        return;
    }
    (void)value_at(snapshot_.pages, tree, page, index);
    // LMDB gives all of a value's pages back, so that those it does not need must be nobody else's.
    if (does != Does::look && spare_pages_at(snapshot_.pages, tree, page, index) > 0) check_all();
}

void WriteGuard::check_all() {
    if (all_is_sound_) return;
    if (const auto found = check_pages(descriptor_, snapshot_, tables_); !found.problems.empty())
        throw Error{Code::corrupt, fmt::format("{}: {}", snapshot_.pages.file->string(), found.problems.front())}
            .with_hint("the file is damaged: restore a backup, or run `mainstay verify` to see all that is wrong");
    all_is_sound_ = true;
}

void WriteGuard::check_ends(const Tree& tree) {
    if (tree.root == no_page) return;
    check_edge(tree, tree.root, 1, false);
    check_edge(tree, tree.root, 1, true);
}

}  // namespace mainstay::lmdb
