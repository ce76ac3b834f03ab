#include "function/rows.hpp"

#include "mainstay/core/error.hpp"

// Functions of nodes, relationships and paths.

namespace mainstay::function {
namespace {

using Arguments = std::span<const Value>;

template <typename Element>
void require_existing(const Element& element) {
    if (!element.source->contains(element.id))
        throw Error{Code::deleted_entity_access,
                    "the element " + element.source->element_id(element.id) + " was deleted"};
}

template <typename Element>
Value properties_of(const Element& element) {
    require_existing(element);
    ValueMapEntries entries;
    const Names& names = element.source->names();
    element.source->visit_properties(
        element.id, [&](KeyId key, const Value& value) { entries.emplace_back(std::string{names.key(key)}, value); });
    return Value::map(std::move(entries));
}

template <typename Element>
Value keys_of(const Element& element) {
    require_existing(element);
    ValueList keys;
    const Names& names = element.source->names();
    element.source->visit_properties(element.id, [&](KeyId key, const Value&) { keys.push_back(names.key(key)); });
    return Value::list(std::move(keys));
}

Value id(Arguments a, Context&) {
    return a[0].is(ValueType::node) ? Value{std::int64_t{raw(a[0].as_node().id)}}
                                    : Value{std::int64_t{raw(a[0].as_relationship().id)}};
}

Value element_id(Arguments a, Context&) {
    if (a[0].is(ValueType::node)) return a[0].as_node().source->element_id(a[0].as_node().id);
    return a[0].as_relationship().source->element_id(a[0].as_relationship().id);
}

Value labels(Arguments a, Context&) {
    const Node node = a[0].as_node();
    require_existing(node);
    ValueList result;
    const Names& names = node.source->names();
    for (const LabelId label : names.labels_of(node.source->shape(node.id))) result.push_back(names.label(label));
    return Value::list(std::move(result));
}

// Of a deleted relationship too: it is part of its identity (TCK, Return2).
Value type(Arguments a, Context&) {
    const Relationship rel = a[0].as_relationship();
    return rel.source->names().type(rel.source->ends(rel.id).type);
}

Value start_node(Arguments a, Context&) {
    const Relationship rel = a[0].as_relationship();
    return Node{rel.source, rel.source->ends(rel.id).source};
}

Value end_node(Arguments a, Context&) {
    const Relationship rel = a[0].as_relationship();
    return Node{rel.source, rel.source->ends(rel.id).target};
}

Value properties(Arguments a, Context&) {
    if (a[0].is(ValueType::map)) return a[0];
    return a[0].is(ValueType::node) ? properties_of(a[0].as_node()) : properties_of(a[0].as_relationship());
}

Value keys(Arguments a, Context&) {
    if (a[0].is(ValueType::node)) return keys_of(a[0].as_node());
    if (a[0].is(ValueType::relationship)) return keys_of(a[0].as_relationship());
    ValueList result;
    for (const auto& [key, value] : a[0].as_map()) result.push_back(key);
    return Value::list(std::move(result));
}

Value nodes(Arguments a, Context&) {
    const PathData& path = a[0].as_path();
    return Value::list({path.nodes.begin(), path.nodes.end()});
}

Value relationships(Arguments a, Context&) {
    const PathData& path = a[0].as_path();
    return Value::list({path.rels.begin(), path.rels.end()});
}

Value length(Arguments a, Context&) { return static_cast<std::int64_t>(a[0].as_path().rels.size()); }

constexpr Types holder = element | ValueType::map;

constexpr Function element_rows[] = {
    {.name = "id",
     .parameters = {{{"element", element}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::integer,
     .body = id,
     .help = "The number of a node or relationship within its kind; prefer elementId."},
    {.name = "elementId",
     .parameters = {{{"element", element}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::string,
     .body = element_id,
     .help = "The id of a node or relationship: unique in the database and never reused."},
    {.name = "labels",
     .parameters = {{{"node", ValueType::node}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::list,
     .category = Category::list,
     .body = labels,
     .help = "The stored labels of a node."},
    {.name = "type",
     .parameters = {{{"relationship", ValueType::relationship}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::string,
     .body = type,
     .help = "The type of a relationship."},
    {.name = "startNode",
     .parameters = {{{"relationship", ValueType::relationship}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::node,
     .body = start_node,
     .help = "The node a relationship starts at."},
    {.name = "endNode",
     .parameters = {{{"relationship", ValueType::relationship}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::node,
     .body = end_node,
     .help = "The node a relationship ends at."},
    {.name = "properties",
     .parameters = {{{"element", holder}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::map,
     .body = properties,
     .help = "The properties of a node or relationship as a map."},
    {.name = "keys",
     .parameters = {{{"element", holder}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::list,
     .category = Category::list,
     .body = keys,
     .help = "The names of the properties of a node or relationship, or the keys of a map."},
    {.name = "nodes",
     .parameters = {{{"path", ValueType::path}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::list,
     .category = Category::list,
     .body = nodes,
     .help = "The nodes of a path, in its order."},
    {.name = "relationships",
     .parameters = {{{"path", ValueType::path}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::list,
     .category = Category::list,
     .body = relationships,
     .help = "The relationships of a path, in its order."},
    {.name = "length",
     .parameters = {{{"path", ValueType::path}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::integer,
     .body = length,
     .help = "The number of relationships of a path."},
};

}  // namespace

std::span<const Function> element_functions() noexcept { return element_rows; }

}  // namespace mainstay::function
