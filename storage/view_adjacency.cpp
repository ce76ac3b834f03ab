// The relationships of a view: in place where a segment is clean, merged per node where it is not.

#include "history.hpp"
#include "mainstay/core/assert.hpp"
#include "store_impl.hpp"
#include "view_impl.hpp"

#include <algorithm>

namespace mainstay {
namespace {

std::size_t index_of(Direction d) { return static_cast<std::size_t>(d); }

template <typename T>
std::span<T> arena_copy(std::pmr::monotonic_buffer_resource& arena, const std::vector<T>& items) {
    if (items.empty()) return {};
    auto* p = static_cast<T*>(arena.allocate(items.size() * sizeof(T), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), p);
    return {p, items.size()};
}

struct Edge {
    TypeId type;
    NodeId other;
    RelId rel;
    friend auto operator<=>(const Edge&, const Edge&) = default;
};

}  // namespace

std::uint32_t StoreView::node_limit() const {
    const auto committed = head_->figures.node_segments << segment_bits;
    return overlay_ ? std::max(committed, overlay_->node_limit) : committed;
}

std::uint32_t StoreView::rel_limit() const {
    return overlay_ ? std::max(head_->figures.rel_next, overlay_->rel_limit) : head_->figures.rel_next;
}

AdjacencyPart* StoreView::adjacency_part(NodeSegment& s, std::uint32_t segment, Direction d) const {
    auto& part = s.adjacency[index_of(d)];
    if (!s.adjacency_read[index_of(d)]) {
        const PartKey key{ElementKind::node, d == Direction::out ? Part::out : Part::in, segment};
        if (const auto blob = store_.find_part(*snapshot_, key)) {
            const bool seen = store_.checked_parts().check_for(key, *blob) == Check::bounds;
            part = read_adjacency(*blob, key, seen ? Check::bounds : Check::head);
            store_.checked_parts().passed(key, *blob);
            if (part->other_limit > node_limit()) throw_corrupt(key, "it names a node that does not exist");
        }
        s.adjacency_read[index_of(d)] = true;
    }
    return part ? &*part : nullptr;
}

const TypeBlock& StoreView::ends_of(AdjacencyPart& part, std::size_t block) const {
    if (!part.is_checked(block, EdgeArrays::ends)) [[unlikely]]
        check_arrays(part, block, EdgeArrays::ends);
    return part.blocks[block];
}

const TypeBlock& StoreView::edges_of(AdjacencyPart& part, std::size_t block) const {
    if (!part.is_checked(block, EdgeArrays::rels)) [[unlikely]]
        check_arrays(part, block, EdgeArrays::rels);
    return ends_of(part, block);
}

std::span<const TypeBlock> StoreView::all_edges_of(AdjacencyPart& part) const {
    if (!part.is_checked()) [[unlikely]]
        for (std::size_t block = 0; block < part.blocks.size(); ++block) (void)edges_of(part, block);
    return part.blocks;
}

void StoreView::check_arrays(AdjacencyPart& part, std::size_t block, EdgeArrays which) const {
    auto& checked = store_.checked_parts();
    const auto bytes = part.bytes(block, which);
    const auto sum = part.sum(block, which);
    const auto number = 1 + 2 * static_cast<std::uint32_t>(block) + static_cast<std::uint32_t>(which);
    if (!checked.contains_arrays(part.place(), number, sum, bytes)) {
        part.check(block, which);
        checked.arrays_passed(part.place(), number, sum, bytes);
    }
    part.note_checked(block, which);
}

bool StoreView::node_adjacency_dirty(NodeSegment& s, NodeId node, Direction d) const {
    if (is_dirty(s.adjacency_dirty[index_of(d)], slot_of(node))) return true;
    const auto* touched = overlay_ ? overlay_->touched_adjacency(segment_of(node), d) : nullptr;
    return touched && touched->test(slot_of(node));
}

// Whether every edge of the type in the segment's part belongs to this view, so that no edge needs a test of its own.
bool StoreView::adjacency_is_plain(NodeSegment& s, std::uint32_t segment, Direction d, TypeId type) const {
    const auto* part = adjacency_part(s, segment, d);
    if (!part) return !as_of_;  // as of: all its edges may have ended and stand in history
    if (as_of_) {
        if (part->newest_rel != no_id && part->newest_rel >= settled_) return false;
        if (!created_by(part->last_ended, *as_of_)) return false;
    }
    if (filters_edges(type)) {
        if (resolved().any_dated_shape) return false;
        // The bounds are those of the newest dates.
        if (as_of_ && !created_by(part->last_change, *as_of_)) return false;
        if (const auto block = part->find(type); block < part->blocks.size()) {
            const auto bounds = part->validity(block);
            return bounds.valid_from_max <= *valid_.at && *valid_.at < bounds.valid_to_min;
        }
    }
    return true;
}

const StoreView::Merged& StoreView::merged(NodeId node, Direction d) const {
    const auto* uncommitted = overlay_ ? overlay_->find(node, d) : nullptr;
    auto& slot = merged_[Overlay::adjacency_key(node, d)];
    // Where elements have dates, an edge goes with its other end: any write may have changed that one.
    const bool any_write_counts = overlay_ && valid_.at && resolved().any_dated_shape;
    const auto version = any_write_counts ? overlay_->version : uncommitted ? uncommitted->version : 0;
    if (slot && slot->overlay_version == version) return *slot;
    auto made = std::make_unique<Merged>();
    auto& m = *made;
    m.overlay_version = version;

    // What the committed layers above the base add and take away.
    std::vector<Edge> added;
    std::vector<std::pair<TypeId, RelId>> removed;
    const auto now = tx();
    auto& s = node_segment(segment_of(node));
    if (has_delta_ && is_dirty(s.adjacency_dirty[index_of(d)], slot_of(node))) {
        const auto prefix = delta::adjacency_prefix(node, d);
        auto cursor = snapshot_->cursor(lmdb::Table::delta);
        for (bool more = cursor.seek(prefix); more && cursor.key().starts_with(prefix); more = cursor.next()) {
            const auto row = delta::adjacency_row(cursor.key(), cursor.value());
            const bool ended = raw(row.ended) != 0 && row.ended <= now;
            if (raw(row.added) == 0) {
                if (ended) removed.emplace_back(row.type, row.rel);
            } else if (row.added <= now && !ended) {
                added.push_back({row.type, row.other, row.rel});
            }
        }
    }
    if (as_of_)
        history::for_each_ended(*snapshot_, node, d, *as_of_, [&](TypeId type, NodeId other, RelId rel) {
            added.push_back({type, other, rel});
        });
    if (uncommitted)
        for (const auto& of : uncommitted->types) {
            for (const auto rel : of.removed) {
                // It was added by a delta row, or stands in the base.
                const auto before = added.size();
                std::erase_if(added, [&](const Edge& e) { return e.rel == rel; });
                if (added.size() == before) removed.emplace_back(of.type, rel);
            }
            for (std::size_t i = 0; i < of.added.rel.size(); ++i)
                added.push_back({of.type, of.added.other[i], of.added.rel[i]});
        }

    // The base, whole where no edge of it needs a test, else edge by edge.
    auto* part = segment_of(node) < head_->figures.node_segments ? adjacency_part(s, segment_of(node), d) : nullptr;
    std::vector<TypeId> types;
    if (part)
        for (const auto& block : all_edges_of(*part))
            if (const auto range = block.range(slot_of(node)); range.begin < range.end) types.push_back(block.type);
    for (const auto& e : added) types.push_back(e.type);
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    std::sort(added.begin(), added.end());
    std::sort(removed.begin(), removed.end());

    for (const auto type : types) {
        MergedType of{type, {}, {}, {}, {}};
        const bool by_date = filters_edges(type);
        const auto keep = [&](NodeId other, RelId rel) {
            return !by_date || valid_edge(rel, d == Direction::out ? Ends{type, node, other} : Ends{type, other, node});
        };
        std::vector<Edge> here;
        const auto at = part ? part->find(type) : 0;
        if (part && at < part->blocks.size()) {
            const auto* block = &part->blocks[at];
            const auto range = block->range(slot_of(node));
            // A dirty slot may have edges whose dates changed since the bounds were made.
            if (!by_date && adjacency_is_plain(s, segment_of(node), d, type)) {
                of.run.base = {block->other + range.begin, block->rel + range.begin, range.end - range.begin};
                for (const auto& [t, rel] : removed)
                    if (t == type) of.removed.push_back(rel);
            } else {
                for (auto i = range.begin; i < range.end; ++i) {
                    const auto rel = block->rel[i];
                    if (as_of_ && raw(rel) >= settled_) {
                        const auto* elements = rel_elements(segment_of(rel));
                        const auto row = delta_row(rel);
                        if (!(row && row->created) &&
                            (!elements || !created_by(elements->created(slot_of(rel)), *as_of_)))
                            continue;
                    }
                    if (std::binary_search(removed.begin(), removed.end(), std::pair(type, rel))) continue;
                    if (keep(block->other[i], rel)) here.push_back({type, block->other[i], rel});
                }
            }
        }
        for (const auto& e : added)
            if (e.type == type && keep(e.other, e.rel)) here.push_back(e);
        std::sort(here.begin(), here.end());
        for (const auto& e : here) {
            of.added_other.push_back(e.other);
            of.added_rel.push_back(e.rel);
        }
        m.types.push_back(std::move(of));
        auto& kept = m.types.back();
        if (overlay_) {
            // A transaction's view is remade by its own writes; what it has handed out must stay where it is.
            kept.run.added = {arena_copy(arena_, kept.added_other).data(), arena_copy(arena_, kept.added_rel).data(),
                              static_cast<std::uint32_t>(kept.added_other.size())};
            kept.run.removed = arena_copy(arena_, kept.removed);
        } else {
            kept.run.added = {kept.added_other.data(), kept.added_rel.data(),
                              static_cast<std::uint32_t>(kept.added_other.size())};
            kept.run.removed = kept.removed;
        }
        if (kept.run.count() == 0)
            m.types.pop_back();
        else
            m.type_ids.push_back(type);
    }
    slot = std::move(made);
    return m;
}

Run StoreView::run(NodeId node, Direction d, TypeId type) const {
    const auto segment = segment_of(node);
    const bool committed = segment < head_->figures.node_segments;
    // A node and relationships of this overlay alone: its own sorted arrays, without a copy.
    if (overlay_ && !filters_edges(type)) {
        const auto* change = overlay_->find(node);
        if (!committed || (change && change->created)) {
            const auto* of_node = overlay_->find(node, d);
            const auto* of = of_node ? of_node->find(type) : nullptr;
            if (!of) return {};
            return {{},
                    {of->added.other.data(), of->added.rel.data(), static_cast<std::uint32_t>(of->added.rel.size())},
                    {}};
        }
    }
    auto& s = node_segment(segment);
    if (!node_adjacency_dirty(s, node, d) && adjacency_is_plain(s, segment, d, type)) {
        auto* part = committed ? adjacency_part(s, segment, d) : nullptr;
        const auto at = part ? part->find(type) : 0;
        if (!part || at == part->blocks.size()) return {};
        const auto& block = edges_of(*part, at);
        const auto range = block.range(slot_of(node));
        return {{block.other + range.begin, block.rel + range.begin, range.end - range.begin}, {}, {}};
    }
    for (const auto& of : merged(node, d).types)
        if (of.type == type) return of.run;
    return {};
}

bool StoreView::all_adjacency_is_plain(NodeSegment& s, NodeId node, Direction d) const {
    return !node_adjacency_dirty(s, node, d) && !as_of_ &&
           !(valid_.at && (resolved().any_dated_type || resolved().any_dated_shape));
}

void StoreView::all_runs(NodeId node, Direction d, std::vector<TypedRun>& out) const {
    const auto segment = segment_of(node);
    auto& s = node_segment(segment);
    if (!all_adjacency_is_plain(s, node, d)) {
        const auto types = types_at(node, d);
        const std::vector<TypeId> copy{types.begin(), types.end()};  // the next call may replace what it returned
        for (const TypeId type : copy) out.push_back({type, run(node, d, type)});
        return;
    }
    auto* part = segment < head_->figures.node_segments ? adjacency_part(s, segment, d) : nullptr;
    if (!part) return;
    for (const auto& block : all_edges_of(*part))
        if (const auto range = block.range(slot_of(node)); range.begin < range.end)
            out.push_back(
                {block.type, {{block.other + range.begin, block.rel + range.begin, range.end - range.begin}, {}, {}}});
}

std::span<const TypeId> StoreView::types_at(NodeId node, Direction d) const {
    const auto segment = segment_of(node);
    auto& s = node_segment(segment);
    if (!all_adjacency_is_plain(s, node, d)) {
        const auto& m = merged(node, d);
        if (!overlay_) return m.type_ids;
        return arena_copy(arena_, m.type_ids);
    }
    auto* part = segment < head_->figures.node_segments ? adjacency_part(s, segment, d) : nullptr;
    if (!part) return {};
    auto& types = type_lists_[Overlay::adjacency_key(node, d)];
    if (types.empty()) {
        std::vector<TypeId> found;
        for (std::size_t i = 0; i < part->blocks.size(); ++i)
            if (const auto range = ends_of(*part, i).range(slot_of(node)); range.begin < range.end)
                found.push_back(part->blocks[i].type);
        types = std::move(found);
    }
    return types;
}

SegmentAdjacency StoreView::adjacency(std::uint32_t segment, std::span<const TypeUse> uses) const {
    SegmentAdjacency result;
    if (segment >= node_segments()) return result;
    auto& s = node_segment(segment);
    std::vector<TypeBlock> blocks;
    std::array<bool, 2> asked{};
    for (const auto& use : uses) {
        asked[index_of(use.direction)] = true;
        auto* part = segment < head_->figures.node_segments ? adjacency_part(s, segment, use.direction) : nullptr;
        if (!adjacency_is_plain(s, segment, use.direction, use.type)) {
            result.all_dirty = true;
            return result;
        }
        if (const auto at = part ? part->find(use.type) : 0; part && at < part->blocks.size())
            blocks.push_back(use.reads_rels ? edges_of(*part, at) : ends_of(*part, at));
    }
    result.blocks = arena_copy(arena_, blocks);
    Dirty dirty{};
    bool any = false;
    for (const auto d : {Direction::out, Direction::in}) {
        if (!asked[index_of(d)]) continue;
        if (const auto& committed = s.adjacency_dirty[index_of(d)]) {
            for (std::size_t i = 0; i < dirty.size(); ++i) dirty[i] |= (*committed)[i];
            any = true;
        }
        if (const auto* touched = overlay_ ? overlay_->touched_adjacency(segment, d) : nullptr) {
            for (std::size_t i = 0; i < dirty.size(); ++i) dirty[i] |= touched->words[i];
            any = true;
        }
    }
    if (any) {
        auto* bits = static_cast<std::uint64_t*>(arena_.allocate(sizeof(Dirty), alignof(std::uint64_t)));
        std::copy(dirty.begin(), dirty.end(), bits);
        result.dirty = bits;
    }
    return result;
}

std::uint64_t StoreView::degree(NodeId node, Direction d, TypeId type) const {
    if (type != no_type) return run(node, d, type).count();
    std::uint64_t n = 0;
    for (const auto t : types_at(node, d)) n += run(node, d, t).count();
    return n;
}

}  // namespace mainstay
