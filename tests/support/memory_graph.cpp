#include "support/memory_graph.hpp"

#include <algorithm>
#include <numeric>

namespace mainstay::test {

std::uint32_t MemoryGraph::Interned::add(std::string_view text) {
    const auto [found, is_new] = ids.emplace(std::string{text}, static_cast<std::uint32_t>(texts.size()));
    if (is_new) texts.emplace_back(text);
    return found->second;
}

std::uint32_t MemoryGraph::Interned::find(std::string_view text) const {
    const auto found = ids.find(std::string{text});
    return found == ids.end() ? no_id : found->second;
}

Value MemoryGraph::find(const Keyed& properties, KeyId key) {
    for (const auto& [each, value] : properties) {
        if (each == key) return value;
    }
    return {};
}

MemoryGraph::Keyed MemoryGraph::keyed(const Entries& entries) {
    Keyed result;
    for (const auto& [name, value] : entries) {
        if (!value.is_null()) result.emplace_back(KeyId{keys_.add(name)}, value);
    }
    std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return result;
}

NodeId MemoryGraph::add_node(const std::vector<std::string>& labels, const Entries& properties) {
    std::vector<LabelId> shape;
    for (const std::string& label : labels) shape.push_back(LabelId{labels_.add(label)});
    std::sort(shape.begin(), shape.end());
    const auto [found, is_new] = shape_ids_.emplace(shape, ShapeId{static_cast<std::uint32_t>(shapes_.size())});
    if (is_new) shapes_.push_back(shape);
    nodes_.push_back({true, found->second, keyed(properties)});
    return NodeId{static_cast<std::uint32_t>(nodes_.size() - 1)};
}

RelId MemoryGraph::add_rel(NodeId source, std::string_view type, NodeId target, const Entries& properties) {
    rels_.push_back({true, {TypeId{types_.add(type)}, source, target}, keyed(properties)});
    for (const auto& [key, value] : rels_.back().properties) {
        rel_keys_.insert(raw(key));
        segment_keys_.emplace(static_cast<std::uint32_t>((rels_.size() - 1) >> segment_bits), raw(key));
    }
    return RelId{static_cast<std::uint32_t>(rels_.size() - 1)};
}

void MemoryGraph::set(NodeId node, std::string_view key, Value value) {
    Keyed& properties = nodes_[raw(node)].properties;
    const KeyId id{keys_.add(key)};
    std::erase_if(properties, [&](const auto& entry) { return entry.first == id; });
    if (value.is_null()) return;
    properties.emplace_back(id, std::move(value));
    std::sort(properties.begin(), properties.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}

void MemoryGraph::visit_properties(NodeId node, const PropertyVisitor& visitor) const {
    for (const auto& [key, value] : nodes_[raw(node)].properties) visitor(key, value);
}

void MemoryGraph::visit_properties(RelId rel, const PropertyVisitor& visitor) const {
    for (const auto& [key, value] : rels_[raw(rel)].properties) visitor(key, value);
}

void MemoryGraph::freeze(const Layout& layout) {
    std::mt19937 random{layout.seed};
    std::uniform_real_distribution<double> share{0, 1};
    segments_.clear();
    dirty_runs_.clear();
    segments_.resize((nodes_.size() + segment_slots - 1) / segment_slots);
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        segments_[i].all_dirty = share(random) < layout.all_dirty;
        if (layout.dirty == 0) continue;
        segments_[i].dirty.assign(segment_slots / 64, 0);
        for (auto& word : segments_[i].dirty) {
            for (unsigned bit = 0; bit < 64; ++bit) word |= std::uint64_t{share(random) < layout.dirty} << bit;
        }
    }
    make_blocks(Direction::out, layout, random);
    make_blocks(Direction::in, layout, random);
}

// Sorts all relationships by (segment, type, node, other, rel) and cuts them into blocks.
void MemoryGraph::make_blocks(Direction direction, const Layout& layout, std::mt19937& random) {
    const auto near_end = [&](const Ends& ends) { return direction == Direction::out ? ends.source : ends.target; };
    const auto far_end = [&](const Ends& ends) { return direction == Direction::out ? ends.target : ends.source; };
    struct Edge {
        std::uint32_t type, node, other, rel;
    };
    std::vector<Edge> edges;
    edges.reserve(rels_.size());
    for (std::uint32_t i = 0; i < rels_.size(); ++i) {
        if (!rels_[i].live) continue;
        const Ends& ends = rels_[i].ends;
        edges.push_back({raw(ends.type), raw(near_end(ends)), raw(far_end(ends)), i});
    }
    const auto place = [](const Edge& e) { return std::tuple{e.node >> segment_bits, e.type, e.node, e.other, e.rel}; };
    std::sort(edges.begin(), edges.end(), [&](const Edge& a, const Edge& b) { return place(a) < place(b); });
    for (std::size_t begin = 0, end = 0; begin < edges.size(); begin = end) {
        const std::uint32_t segment_number = edges[begin].node >> segment_bits, type = edges[begin].type;
        while (end < edges.size() && edges[end].node >> segment_bits == segment_number && edges[end].type == type)
            ++end;
        Segment& segment = segments_[segment_number];
        Block& block = segment.blocks.emplace_back();
        block.view.type = TypeId{type};
        block.view.direction = direction;
        const std::size_t slots =
            std::min<std::size_t>(segment_slots, nodes_.size() - std::size_t{segment_number} * segment_slots);
        std::vector<std::uint32_t> counts(slots, 0);
        for (std::size_t i = begin, last = begin; i < end; i = last) {
            std::vector<NodeId> others;
            std::vector<RelId> rels;
            for (; last < end && edges[last].node == edges[i].node; ++last) {
                others.push_back(NodeId{edges[last].other});
                rels.push_back(RelId{edges[last].rel});
            }
            const std::uint32_t slot = edges[i].node & (segment_slots - 1);
            const bool dirty =
                segment.all_dirty || (!segment.dirty.empty() && (segment.dirty[slot / 64] >> (slot % 64) & 1));
            if (dirty) {
                DirtyRun run = dirty_run(others.data(), rels.data(), others.size(), random);
                others = run.base_other;  // what the block says of a dirty slot is stale
                rels = run.base_rel;
                dirty_runs_.emplace(DirtyKey{edges[i].node, direction, type}, std::move(run));
            }
            block.other.insert(block.other.end(), others.begin(), others.end());
            block.rel.insert(block.rel.end(), rels.begin(), rels.end());
            counts[slot] = static_cast<std::uint32_t>(others.size());
        }
        fill_offsets(block, counts, layout, random);
    }
}

MemoryGraph::DirtyRun MemoryGraph::dirty_run(const NodeId* others, const RelId* rels, std::size_t count,
                                             std::mt19937& random) const {
    DirtyRun run;
    std::vector<std::pair<NodeId, RelId>> base;
    for (std::size_t i = 0; i < count; ++i) {
        if (random() % 2) {
            base.emplace_back(others[i], rels[i]);
        } else {
            run.added_other.push_back(others[i]);
            run.added_rel.push_back(rels[i]);
        }
    }
    // Relationships that were once there: ids beyond the visible ones, to any node.
    for (auto ghosts = random() % 3; ghosts > 0; --ghosts) {
        const RelId ghost{static_cast<std::uint32_t>(rels_.size() + run.removed.size())};
        base.emplace_back(NodeId{static_cast<std::uint32_t>(random() % nodes_.size())}, ghost);
        run.removed.push_back(ghost);
    }
    std::sort(base.begin(), base.end());
    for (const auto& [other, rel] : base) {
        run.base_other.push_back(other);
        run.base_rel.push_back(rel);
    }
    return run;
}

void MemoryGraph::fill_offsets(Block& block, const std::vector<std::uint32_t>& counts, const Layout& layout,
                               std::mt19937& random) {
    std::uniform_real_distribution<double> share{0, 1};
    const bool sparse = share(random) < layout.sparse;
    std::uint32_t total = 0, used = 0;
    const auto push = [&](std::uint32_t offset) { block.offsets32.push_back(offset); };
    push(0);
    if (sparse) {
        block.bitmap.assign((counts.size() + 63) / 64, 0);
        for (std::size_t slot = 0; slot < counts.size(); ++slot) {
            if (slot % 64 == 0) block.ranks.push_back(static_cast<std::uint16_t>(used));
            if (counts[slot] == 0) continue;
            block.bitmap[slot / 64] |= std::uint64_t{1} << (slot % 64);
            push(total += counts[slot]);
            ++used;
        }
    } else {
        for (const std::uint32_t count : counts) push(total += count);
    }
    if (!layout.wide_offsets && total < 65536) {
        block.offsets16.assign(block.offsets32.begin(), block.offsets32.end());
        block.offsets32.clear();
    }
    TypeBlock& view = block.view;
    view.slots = static_cast<std::uint32_t>(counts.size());
    view.offsets16 = block.offsets16.empty() ? nullptr : block.offsets16.data();
    view.offsets32 = block.offsets32.empty() ? nullptr : block.offsets32.data();
    view.bitmap = sparse ? block.bitmap.data() : nullptr;
    view.ranks = sparse ? block.ranks.data() : nullptr;
    view.other = block.other.data();
    view.rel = block.rel.data();
}

Run MemoryGraph::run(NodeId node, Direction direction, TypeId type) const {
    const auto part = [](const std::vector<NodeId>& others, const std::vector<RelId>& rels) {
        return RunPart{others.data(), rels.data(), static_cast<std::uint32_t>(others.size())};
    };
    if (const auto found = dirty_runs_.find({raw(node), direction, raw(type)}); found != dirty_runs_.end()) {
        const DirtyRun& dirty = found->second;
        return {part(dirty.base_other, dirty.base_rel), part(dirty.added_other, dirty.added_rel), dirty.removed};
    }
    for (const Block& block : segments_[segment_of(node)].blocks) {
        if (block.view.type != type || block.view.direction != direction) continue;
        const auto [begin, end] = block.view.range(slot_of(node));
        return {RunPart{block.view.other + begin, block.view.rel + begin, end - begin}, {}, {}};
    }
    return {};
}

std::span<const TypeId> MemoryGraph::types_at(NodeId node, Direction direction) const {
    auto& result = types_asked_.emplace_back();
    for (std::uint32_t type = 0; type < types_.texts.size(); ++type) {
        if (run(node, direction, TypeId{type}).count() > 0) result.push_back(TypeId{type});
    }
    return result;
}

SegmentAdjacency MemoryGraph::adjacency(std::uint32_t segment, std::span<const TypeUse> uses) const {
    SegmentAdjacency result;
    if (segment >= segments_.size()) return result;
    auto& blocks = asked_.emplace_back();
    for (const TypeUse& use : uses) {
        for (const Block& block : segments_[segment].blocks) {
            if (block.view.type == use.type && block.view.direction == use.direction) blocks.push_back(block.view);
        }
    }
    result.blocks = blocks;
    result.dirty = segments_[segment].dirty.empty() ? nullptr : segments_[segment].dirty.data();
    result.all_dirty = segments_[segment].all_dirty;
    return result;
}

void MemoryGraph::for_each_node(LabelId label, const std::function<void(NodeId)>& f) const {
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
        if (!nodes_[i].live) continue;
        const auto& labels = shapes_[raw(nodes_[i].shape)];
        if (label == no_label || std::find(labels.begin(), labels.end(), label) != labels.end()) f(NodeId{i});
    }
}

}  // namespace mainstay::test
