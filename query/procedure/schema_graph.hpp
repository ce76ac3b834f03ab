#pragma once

#include "mainstay/core/graph.hpp"
#include "mainstay/core/value.hpp"

#include <array>
#include <string>
#include <vector>

namespace mainstay::procedure {

// The schema as a graph that is in no file: a node a label, a relationship for every pair of labels that a type joins.
// Its ids count down from the highest, which no file reaches; its names are those of `names`, which is borrowed, and
// some more. Immutable once filled.
class SchemaGraph final : public Properties {
public:
    explicit SchemaGraph(const Names& names);

    NodeId add_node(LabelId label, std::vector<std::string> indexes, std::vector<std::string> constraints);
    RelId add_rel(TypeId type, NodeId source, NodeId target);

    const Names& names() const override { return names_; }
    bool contains(NodeId node) const override { return place(node) < nodes_.size(); }
    bool contains(RelId rel) const override { return place(rel) < rels_.size(); }
    ShapeId shape(NodeId node) const override;
    Ends ends(RelId rel) const override { return rels_.at(place(rel)); }
    Value property(NodeId node, KeyId key) const override;
    Value property(RelId rel, KeyId key) const override;
    void visit_properties(NodeId node, const PropertyVisitor& f) const override;
    void visit_properties(RelId rel, const PropertyVisitor& f) const override;
    bool any_relationship_has(KeyId key) const override;
    std::string element_id(NodeId node) const override;
    std::string element_id(RelId rel) const override;

private:
    enum Key : std::uint32_t { name_key, indexes_key, constraints_key };
    static constexpr std::size_t key_count = 3;

    // What the file does not know has numbers from `first_made_up` on.
    class MadeUpNames final : public Names {
    public:
        explicit MadeUpNames(const Names& file) : file_(file) {}
        std::string_view label(LabelId id) const override { return file_.label(id); }
        std::string_view type(TypeId id) const override { return file_.type(id); }
        std::string_view key(KeyId id) const override;
        LabelId find_label(std::string_view name) const override { return file_.find_label(name); }
        TypeId find_type(std::string_view name) const override { return file_.find_type(name); }
        KeyId find_key(std::string_view name) const override;
        std::span<const LabelId> labels_of(ShapeId shape) const override;
        std::vector<LabelId> labels;  // of the nodes, one each

    private:
        const Names& file_;
    };
    struct SchemaNode {
        std::array<Value, key_count> values;
    };

    template <typename Id>
    static std::size_t place(Id id) {
        return no_id - 1 - raw(id);
    }

    MadeUpNames names_;
    std::array<KeyId, key_count> keys_;
    std::vector<SchemaNode> nodes_;
    std::vector<Ends> rels_;
};

}  // namespace mainstay::procedure
