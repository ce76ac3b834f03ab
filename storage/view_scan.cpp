// Scans and counts of a view.

#include "store_impl.hpp"
#include "view_impl.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace mainstay {

namespace {

// Slots in which something may live, ascending: those that the base alone decides go to `clean`, all others to `other`.
// `plain`: the base is as the view sees it, where nothing lies on top.
template <typename Bits, typename Clean, typename Other>
void for_each_candidate(const ElementsPart* elements, bool plain, const Bits* dirty, const Bits* touched, Clean&& clean,
                        Other&& other) {
    const std::uint32_t slots = elements ? elements->slots() : 0;
    for (std::uint32_t word = 0; word < segment_slots / 64; ++word) {
        const std::uint64_t above = (dirty ? (*dirty)[word] : 0) | (touched ? (*touched)[word] : 0);
        std::uint64_t base = 0;
        if (word * 64 < slots) {
            base = slots - word * 64 >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (slots - word * 64)) - 1;
            if (plain && elements->live_bitmap()) base &= elements->live_bitmap()[word];
        }
        const std::uint64_t tested = plain ? above : above | base;
        for (auto bits = base | above; bits != 0; bits &= bits - 1) {
            const auto slot = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
            if (tested >> (slot % 64) & 1)
                other(slot);
            else
                clean(slot);
        }
    }
}

}  // namespace

// Whether a segment's elements are as this view sees them, where no delta or overlay lies on top.
bool StoreView::shows_base(const ElementsPart* elements) const {
    return !as_of_ || !elements || created_by(elements->last_change(), *as_of_);
}

std::uint32_t StoreView::node_segments() const {
    return std::max(head_->figures.node_segments,
                    overlay_ ? (overlay_->node_limit + segment_slots - 1) >> segment_bits : 0);
}

std::uint32_t StoreView::rel_segments() const { return (rel_limit() + segment_slots - 1) >> segment_bits; }

std::span<const ShapeId> StoreView::shapes_in(std::uint32_t segment) const {
    const auto& committed = *head_->figures.segment_shapes;
    const std::span<const ShapeId> base =
        segment < committed.size() ? std::span<const ShapeId>(committed[segment]) : std::span<const ShapeId>{};
    if (!overlay_) return base;
    const auto made = overlay_->created_shapes().find(segment);
    if (made == overlay_->created_shapes().end()) return base;
    auto& [version, shapes] = overlay_shapes_[segment];
    if (version != overlay_->version) {
        shapes.assign(base.begin(), base.end());
        for (const auto shape : made->second)
            if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end()) shapes.push_back(shape);
        version = overlay_->version;
    }
    return shapes;
}

void StoreView::scan_nodes(std::uint32_t segment, std::span<const ShapeId> shapes, std::vector<NodeId>& out) const {
    if (segment >= node_segments()) return;
    const auto& s = node_segment(segment);
    const auto wanted = [&](ShapeId shape) {
        return shapes.empty() || std::binary_search(shapes.begin(), shapes.end(), shape);
    };
    const auto here = shapes_in(segment);
    if (!shapes.empty() && std::none_of(here.begin(), here.end(), wanted)) return;
    const auto* touched = overlay_ ? overlay_->touched_nodes(segment) : nullptr;
    const auto* elements = node_elements(segment);
    const bool plain = shows_base(elements) && !(valid_.at && resolved().any_dated_shape);
    if (plain && !s.dirty && !touched && elements && elements->uniform() && !wanted(elements->shape(0))) return;
    const auto first = segment << segment_bits;
    for_each_candidate(
        elements, plain, s.dirty.get(), touched ? &touched->words : nullptr,
        [&](std::uint32_t slot) {
            if (wanted(elements->shape(slot))) out.push_back(NodeId{first + slot});
        },
        [&](std::uint32_t slot) {
            const NodeId node{first + slot};
            if (contains(node) && wanted(shape(node))) out.push_back(node);
        });
}

void StoreView::scan_rels(std::uint32_t segment, TypeId type, std::vector<RelId>& out) const {
    if (segment >= rel_segments()) return;
    const auto& s = rel_segment(segment);
    const auto* touched = overlay_ ? overlay_->touched_rels(segment) : nullptr;
    const auto* elements = rel_elements(segment);
    const bool plain =
        shows_base(elements) && !(valid_.at && (resolved().any_dated_shape || resolved().any_dated_type));
    const auto first = segment << segment_bits;
    for_each_candidate(
        elements, plain, s.dirty.get(), touched ? &touched->words : nullptr,
        [&](std::uint32_t slot) {
            if (type == no_type || elements->type(slot) == type) out.push_back(RelId{first + slot});
        },
        [&](std::uint32_t slot) {
            const RelId rel{first + slot};
            if (contains(rel) && (type == no_type || ends(rel).type == type)) out.push_back(rel);
        });
}

void StoreView::for_each_node(LabelId label, const std::function<void(NodeId)>& f) const {
    std::vector<ShapeId> shapes;
    if (label != no_label) {
        const auto n = store_.tokens().counts().shapes;
        for (std::uint32_t i = 0; i < n; ++i) {
            const auto labels = store_.tokens().labels_of(ShapeId{i});
            if (std::binary_search(labels.begin(), labels.end(), label)) shapes.push_back(ShapeId{i});
        }
        if (shapes.empty()) return;
    }
    std::vector<NodeId> nodes;
    for (std::uint32_t segment = 0, end = node_segments(); segment < end; ++segment) {
        nodes.clear();
        scan_nodes(segment, shapes, nodes);
        for (const auto node : nodes) f(node);
    }
}

std::uint64_t StoreView::estimate_nodes(LabelId label) const {
    if (label == no_label) return head_->figures.nodes() + (overlay_ ? overlay_->nodes.size() : 0);
    std::uint64_t n = 0;
    const auto& counts = head_->figures.nodes_by_shape;
    for (std::uint32_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        const auto labels = store_.tokens().labels_of(ShapeId{i});
        if (std::binary_search(labels.begin(), labels.end(), label)) n += counts[i];
    }
    return n + (overlay_ ? overlay_->nodes.size() / 2 : 0);
}

std::uint64_t StoreView::estimate_rels(TypeId type) const {
    const auto more = overlay_ ? overlay_->rels.size() : 0;
    if (type == no_type) return head_->figures.rels() + more;
    const auto& counts = head_->figures.rels_by_type;
    return (raw(type) < counts.size() ? counts[raw(type)] : 0) + more;
}

std::uint64_t StoreView::count_nodes(LabelId label) const {
    if (is_current() && !(valid_.at && resolved().any_dated_shape)) return estimate_nodes(label);
    std::uint64_t n = 0;
    for_each_node(label, [&](NodeId) { ++n; });
    return n;
}

std::uint64_t StoreView::count_rels(TypeId type) const {
    if (is_current() && !(valid_.at && (resolved().any_dated_shape || resolved().any_dated_type)))
        return estimate_rels(type);
    std::uint64_t n = 0;
    std::vector<RelId> rels;
    for (std::uint32_t segment = 0, end = rel_segments(); segment < end; ++segment) {
        rels.clear();
        scan_rels(segment, type, rels);
        n += rels.size();
    }
    return n;
}

GraphStatistics StoreView::statistics() const { return {estimate_nodes(no_label), estimate_rels(no_type)}; }

}  // namespace mainstay
