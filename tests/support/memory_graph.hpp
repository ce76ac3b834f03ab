#pragma once

// A small graph in memory, with names, for tests of what works on Topology and Properties. Build it, then call
// freeze(); only then ask it anything. Ids are given in order, from 0.

#include "mainstay/core/graph.hpp"
#include "mainstay/core/value.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mainstay::test {

class MemoryGraph final : public Topology, public Properties, private Names {
public:
    using Entries = std::vector<std::pair<std::string, Value>>;

    NodeId add_node(const std::vector<std::string>& labels = {}, const Entries& properties = {});
    RelId add_rel(NodeId source, std::string_view type, NodeId target, const Entries& properties = {});
    void skip_node_id() { nodes_.push_back({}); }  // an id without a node
    void skip_rel_ids(std::size_t count) { rels_.resize(rels_.size() + count); }
    void set(NodeId node, std::string_view key, Value value);

    // How the adjacency is laid out, so that tests meet every form a store may answer with.
    struct Layout {
        double dirty = 0;      // share of nodes whose runs have added and removed relationships and whose blocks lie
        double all_dirty = 0;  // share of segments that are dirty as a whole
        double sparse = 0.5;   // share of blocks with a bitmap
        bool wide_offsets = false;  // u32 offsets everywhere
        std::uint32_t seed = 1;
    };
    void freeze() { freeze(Layout{}); }
    void freeze(const Layout& layout);

    const Names& names() const override { return *this; }
    bool contains(NodeId node) const override { return raw(node) < nodes_.size() && nodes_[raw(node)].live; }
    bool contains(RelId rel) const override { return raw(rel) < rels_.size() && rels_[raw(rel)].live; }
    ShapeId shape(NodeId node) const override { return nodes_[raw(node)].shape; }
    Ends ends(RelId rel) const override { return rels_[raw(rel)].ends; }
    Value property(NodeId node, KeyId key) const override { return find(nodes_[raw(node)].properties, key); }
    Value property(RelId rel, KeyId key) const override { return find(rels_[raw(rel)].properties, key); }
    void visit_properties(NodeId node, const PropertyVisitor& visitor) const override;
    void visit_properties(RelId rel, const PropertyVisitor& visitor) const override;
    bool any_relationship_has(KeyId key) const override { return rel_keys_.count(raw(key)) > 0; }
    bool segment_may_have(std::uint32_t rel_segment, KeyId key) const override {
        return segment_keys_.count({rel_segment, raw(key)}) > 0;
    }
    std::string element_id(NodeId node) const override { return "1:n:" + std::to_string(raw(node)); }
    std::string element_id(RelId rel) const override { return "1:r:" + std::to_string(raw(rel)); }

    std::uint32_t node_limit() const override { return static_cast<std::uint32_t>(nodes_.size()); }
    std::uint32_t rel_limit() const override { return static_cast<std::uint32_t>(rels_.size()); }
    bool contains_node(NodeId node) const override { return contains(node); }
    Run run(NodeId node, Direction direction, TypeId type) const override;
    std::span<const TypeId> types_at(NodeId node, Direction direction) const override;
    SegmentAdjacency adjacency(std::uint32_t segment, std::span<const TypeUse> uses) const override;
    void for_each_node(LabelId label, const std::function<void(NodeId)>& f) const override;

private:
    using Keyed = std::vector<std::pair<KeyId, Value>>;  // ascending by key
    struct Node {
        bool live = false;
        ShapeId shape{};
        Keyed properties;
    };
    struct Rel {
        bool live = false;
        Ends ends{};
        Keyed properties;
    };
    // One type and direction of a segment, with the arrays its TypeBlock points into.
    struct Block {
        TypeBlock view;
        std::vector<std::uint32_t> offsets32;
        std::vector<std::uint16_t> offsets16, ranks;
        std::vector<std::uint64_t> bitmap;
        std::vector<NodeId> other;
        std::vector<RelId> rel;
    };
    struct Segment {
        std::deque<Block> blocks;
        std::vector<std::uint64_t> dirty;
        bool all_dirty = false;
    };
    struct DirtyRun {
        std::vector<NodeId> base_other, added_other;
        std::vector<RelId> base_rel, added_rel, removed;
    };
    struct Interned {
        std::deque<std::string> texts;
        std::unordered_map<std::string, std::uint32_t> ids;
        std::uint32_t add(std::string_view text);
        std::uint32_t find(std::string_view text) const;
        std::string_view text(std::uint32_t id) const { return id < texts.size() ? std::string_view{texts[id]} : ""; }
    };

    std::string_view label(LabelId id) const override { return labels_.text(raw(id)); }
    std::string_view type(TypeId id) const override { return types_.text(raw(id)); }
    std::string_view key(KeyId id) const override { return keys_.text(raw(id)); }
    LabelId find_label(std::string_view name) const override { return LabelId{labels_.find(name)}; }
    TypeId find_type(std::string_view name) const override { return TypeId{types_.find(name)}; }
    KeyId find_key(std::string_view name) const override { return KeyId{keys_.find(name)}; }
    std::span<const LabelId> labels_of(ShapeId shape) const override { return shapes_[raw(shape)]; }

    static Value find(const Keyed& properties, KeyId key);
    Keyed keyed(const Entries& entries);
    using DirtyKey = std::tuple<std::uint32_t, Direction, std::uint32_t>;
    void make_blocks(Direction direction, const Layout& layout, std::mt19937& random);
    DirtyRun dirty_run(const NodeId* others, const RelId* rels, std::size_t count, std::mt19937& random) const;
    static void fill_offsets(Block& block, const std::vector<std::uint32_t>& counts, const Layout& layout,
                             std::mt19937& random);

    Interned labels_, types_, keys_;
    std::deque<std::vector<LabelId>> shapes_{{}};
    std::map<std::vector<LabelId>, ShapeId> shape_ids_{{{}, ShapeId{0}}};
    std::vector<Node> nodes_;
    std::vector<Rel> rels_;
    std::set<std::uint32_t> rel_keys_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> segment_keys_;  // segment of relationships, key

    std::vector<Segment> segments_;
    std::map<DirtyKey, DirtyRun> dirty_runs_;
    mutable std::deque<std::vector<TypeBlock>> asked_;  // what adjacency() has handed out
    mutable std::deque<std::vector<TypeId>> types_asked_;
};

}  // namespace mainstay::test
