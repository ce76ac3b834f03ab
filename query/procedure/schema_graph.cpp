#include "procedure/schema_graph.hpp"

#include "exec/labels.hpp"
#include "procedure/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::procedure {
namespace {

constexpr std::array<std::string_view, 3> key_names{"name", "indexes", "constraints"};

}  // namespace

std::string_view SchemaGraph::MadeUpNames::key(KeyId id) const {
    const std::uint32_t number = raw(id);
    if (number < exec::first_made_up) return file_.key(id);
    return number - exec::first_made_up < key_count ? key_names[number - exec::first_made_up] : std::string_view{};
}

KeyId SchemaGraph::MadeUpNames::find_key(std::string_view name) const {
    const KeyId known = file_.find_key(name);
    const auto found = std::find(key_names.begin(), key_names.end(), name);
    if (known != no_key || found == key_names.end()) return known;
    return KeyId{exec::first_made_up + static_cast<std::uint32_t>(found - key_names.begin())};
}

std::span<const LabelId> SchemaGraph::MadeUpNames::labels_of(ShapeId shape) const {
    if (!exec::is_of_no_file(shape)) return file_.labels_of(shape);
    const std::size_t number = raw(shape) - exec::first_made_up;
    return number < labels.size() ? std::span{&labels[number], 1} : std::span<const LabelId>{};
}

SchemaGraph::SchemaGraph(const Names& names) : names_(names) {
    for (std::size_t i = 0; i < key_count; ++i) keys_[i] = names_.find_key(key_names[i]);
}

NodeId SchemaGraph::add_node(LabelId label, std::vector<std::string> indexes, std::vector<std::string> constraints) {
    nodes_.push_back({{names_.label(label), strings(indexes), strings(constraints)}});
    names_.labels.push_back(label);
    return NodeId{static_cast<std::uint32_t>(no_id - nodes_.size())};
}

RelId SchemaGraph::add_rel(TypeId type, NodeId source, NodeId target) {
    rels_.push_back({type, source, target});
    return RelId{static_cast<std::uint32_t>(no_id - rels_.size())};
}

ShapeId SchemaGraph::shape(NodeId node) const {
    return ShapeId{exec::first_made_up + static_cast<std::uint32_t>(place(node))};
}

Value SchemaGraph::property(NodeId node, KeyId key) const {
    for (std::size_t i = 0; i < key_count; ++i)
        if (keys_[i] == key) return nodes_.at(place(node)).values[i];
    return {};
}

void SchemaGraph::visit_properties(NodeId node, const PropertyVisitor& f) const {
    std::array<std::size_t, key_count> order{name_key, indexes_key, constraints_key};
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys_[a] < keys_[b]; });
    for (const std::size_t i : order) f(keys_[i], nodes_.at(place(node)).values[i]);
}

Value SchemaGraph::property(RelId rel, KeyId key) const {
    return key == keys_[name_key] ? Value{names_.type(ends(rel).type)} : Value{};
}

void SchemaGraph::visit_properties(RelId rel, const PropertyVisitor& f) const {
    f(keys_[name_key], names_.type(ends(rel).type));
}

bool SchemaGraph::any_relationship_has(KeyId key) const { return !rels_.empty() && key == keys_[name_key]; }

std::string SchemaGraph::element_id(NodeId node) const { return fmt::format("schema:n:{}", raw(node)); }
std::string SchemaGraph::element_id(RelId rel) const { return fmt::format("schema:r:{}", raw(rel)); }

}  // namespace mainstay::procedure
