#pragma once

// A few elements in memory, as values need them.

#include "mainstay/core/value.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mainstay::shell {

class FakeGraph final : public Properties, public Names {
public:
    Node node(std::vector<std::string> labels, ValueMapEntries properties) {
        Element element;
        std::vector<LabelId> ids;
        for (const std::string& label : labels) ids.push_back(LabelId{intern(labels_, label)});
        element.shape = ShapeId{static_cast<std::uint32_t>(shapes_.size())};
        shapes_.push_back(std::move(ids));
        add_properties(element, properties);
        nodes_.push_back(std::move(element));
        return Node{this, NodeId{static_cast<std::uint32_t>(nodes_.size() - 1)}};
    }
    Relationship relationship(const std::string& type, Node source, Node target, ValueMapEntries properties = {}) {
        Element element;
        element.ends = Ends{TypeId{intern(types_, type)}, source.id, target.id};
        add_properties(element, properties);
        rels_.push_back(std::move(element));
        return Relationship{this, RelId{static_cast<std::uint32_t>(rels_.size() - 1)}};
    }

    std::string_view label(LabelId id) const override { return at(labels_, raw(id)); }
    std::string_view type(TypeId id) const override { return at(types_, raw(id)); }
    std::string_view key(KeyId id) const override { return at(keys_, raw(id)); }
    LabelId find_label(std::string_view name) const override { return LabelId{find(labels_, name)}; }
    TypeId find_type(std::string_view name) const override { return TypeId{find(types_, name)}; }
    KeyId find_key(std::string_view name) const override { return KeyId{find(keys_, name)}; }
    std::span<const LabelId> labels_of(ShapeId id) const override { return shapes_[raw(id)]; }

    const Names& names() const override { return *this; }
    bool contains(NodeId id) const override { return raw(id) < nodes_.size(); }
    bool contains(RelId id) const override { return raw(id) < rels_.size(); }
    ShapeId shape(NodeId id) const override { return nodes_[raw(id)].shape; }
    Ends ends(RelId id) const override { return rels_[raw(id)].ends; }
    Value property(NodeId id, KeyId key) const override { return get(nodes_[raw(id)], key); }
    Value property(RelId id, KeyId key) const override { return get(rels_[raw(id)], key); }
    void visit_properties(NodeId id, const PropertyVisitor& f) const override { visit(nodes_[raw(id)], f); }
    void visit_properties(RelId id, const PropertyVisitor& f) const override { visit(rels_[raw(id)], f); }
    bool any_relationship_has(KeyId) const override { return true; }
    std::string element_id(NodeId id) const override { return "1:n:" + std::to_string(raw(id)); }
    std::string element_id(RelId id) const override { return "1:r:" + std::to_string(raw(id)); }

private:
    struct Element {
        ShapeId shape{};
        Ends ends{};
        std::map<KeyId, Value> properties;
    };
    static std::uint32_t find(const std::vector<std::string>& names, std::string_view name) {
        for (std::uint32_t i = 0; i < names.size(); ++i)
            if (names[i] == name) return i;
        return no_id;
    }
    static std::uint32_t intern(std::vector<std::string>& names, const std::string& name) {
        const std::uint32_t found = find(names, name);
        if (found != no_id) return found;
        names.push_back(name);
        return static_cast<std::uint32_t>(names.size() - 1);
    }
    static std::string_view at(const std::vector<std::string>& names, std::uint32_t id) {
        return id < names.size() ? std::string_view{names[id]} : std::string_view{};
    }
    void add_properties(Element& element, ValueMapEntries& properties) {
        for (auto& [key, value] : properties) element.properties[KeyId{intern(keys_, key)}] = value;
    }
    static Value get(const Element& element, KeyId key) {
        const auto found = element.properties.find(key);
        return found == element.properties.end() ? Value{} : found->second;
    }
    static void visit(const Element& element, const PropertyVisitor& f) {
        for (const auto& [key, value] : element.properties) f(key, value);
    }

    std::vector<std::string> labels_, types_, keys_;
    std::vector<std::vector<LabelId>> shapes_;
    std::vector<Element> nodes_, rels_;
};

}  // namespace mainstay::shell
