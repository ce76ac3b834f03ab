#include "overlay.hpp"

#include <algorithm>

namespace mainstay {
namespace {

// The place of (other, rel) in the two parallel arrays.
std::size_t place_in(const AddedRun& run, NodeId o, RelId r) {
    auto [low, high] = std::equal_range(run.other.begin(), run.other.end(), o);
    const auto first = low - run.other.begin(), last = high - run.other.begin();
    return static_cast<std::size_t>(std::lower_bound(run.rel.begin() + first, run.rel.begin() + last, r) -
                                    run.rel.begin());
}

}  // namespace

void AddedRun::insert(NodeId o, RelId r) {
    // Ids grow, so appending is the usual case.
    if (other.empty() || std::pair(other.back(), rel.back()) < std::pair(o, r)) {
        other.push_back(o);
        rel.push_back(r);
        return;
    }
    const auto at = static_cast<std::ptrdiff_t>(place_in(*this, o, r));
    other.insert(other.begin() + at, o);
    rel.insert(rel.begin() + at, r);
}

bool AddedRun::erase(NodeId o, RelId r) {
    const auto at = place_in(*this, o, r);
    if (at >= rel.size() || rel[at] != r || other[at] != o) return false;
    other.erase(other.begin() + static_cast<std::ptrdiff_t>(at));
    rel.erase(rel.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
}

OverlayAdjacency::OfType& OverlayAdjacency::of(TypeId type) {
    const auto at =
        std::lower_bound(types.begin(), types.end(), type, [](const OfType& t, TypeId id) { return t.type < id; });
    if (at != types.end() && at->type == type) return *at;
    return *types.insert(at, OfType{type, {}, {}, {}});
}

const OverlayAdjacency::OfType* OverlayAdjacency::find(TypeId type) const noexcept {
    const auto at =
        std::lower_bound(types.begin(), types.end(), type, [](const OfType& t, TypeId id) { return t.type < id; });
    return at != types.end() && at->type == type ? &*at : nullptr;
}

NodeChange& Overlay::change(NodeId node) {
    ++version;
    const auto [at, added] = nodes.try_emplace(raw(node));
    if (added) touch(touched_nodes_, raw(node));
    return at->second;
}

RelChange& Overlay::change(RelId rel) {
    ++version;
    const auto [at, added] = rels.try_emplace(raw(rel));
    if (added) touch(touched_rels_, raw(rel));
    return at->second;
}

void Overlay::add_edge(RelId rel, const Ends& ends) {
    const auto one = [&](NodeId node, NodeId other, Direction d) {
        auto& at = adjacency[adjacency_key(node, d)];
        ++at.version;
        at.of(ends.type).added.insert(other, rel);
        touch(touched_adjacency_[static_cast<std::size_t>(d)], raw(node));
    };
    one(ends.source, ends.target, Direction::out);
    one(ends.target, ends.source, Direction::in);
}

void Overlay::remove_edge(RelId rel, const Ends& ends) {
    const auto one = [&](NodeId node, NodeId other, Direction d) {
        auto& at = adjacency[adjacency_key(node, d)];
        ++at.version;
        auto& of = at.of(ends.type);
        if (!of.added.erase(other, rel)) {
            const auto place = std::lower_bound(of.removed.begin(), of.removed.end(), rel);
            of.removed_other.insert(of.removed_other.begin() + (place - of.removed.begin()), other);
            of.removed.insert(place, rel);
        }
        touch(touched_adjacency_[static_cast<std::size_t>(d)], raw(node));
    };
    one(ends.source, ends.target, Direction::out);
    one(ends.target, ends.source, Direction::in);
}

void Overlay::redate_edge(const Ends& ends) {
    const auto one = [&](NodeId node, Direction d) {
        auto& at = adjacency[adjacency_key(node, d)];
        ++at.version;
        at.dates_changed = true;
        touch(touched_adjacency_[static_cast<std::size_t>(d)], raw(node));
    };
    one(ends.source, Direction::out);
    one(ends.target, Direction::in);
}

const NodeChange* Overlay::find(NodeId node) const noexcept {
    const auto at = nodes.find(raw(node));
    return at == nodes.end() ? nullptr : &at->second;
}

const RelChange* Overlay::find(RelId rel) const noexcept {
    const auto at = rels.find(raw(rel));
    return at == rels.end() ? nullptr : &at->second;
}

const OverlayAdjacency* Overlay::find(NodeId node, Direction d) const noexcept {
    const auto at = adjacency.find(adjacency_key(node, d));
    return at == adjacency.end() ? nullptr : &at->second;
}

const Overlay::SlotSet* Overlay::touched_nodes(std::uint32_t segment) const noexcept {
    return find(touched_nodes_, segment);
}
const Overlay::SlotSet* Overlay::touched_rels(std::uint32_t segment) const noexcept {
    return find(touched_rels_, segment);
}
const Overlay::SlotSet* Overlay::touched_adjacency(std::uint32_t segment, Direction d) const noexcept {
    return find(touched_adjacency_[static_cast<std::size_t>(d)], segment);
}

void Overlay::note_shape(NodeId node, ShapeId shape) {
    auto& shapes = shapes_[segment_of(node)];
    if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end()) shapes.push_back(shape);
}

void Overlay::touch(Touched& touched, std::uint32_t id) {
    auto& set = touched[id >> segment_bits];
    if (!set) set = std::make_unique<SlotSet>();
    set->set(id & (segment_slots - 1));
}

const Overlay::SlotSet* Overlay::find(const Touched& touched, std::uint32_t segment) noexcept {
    const auto at = touched.find(segment);
    return at == touched.end() ? nullptr : at->second.get();
}

}  // namespace mainstay
