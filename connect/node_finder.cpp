#include "node_finder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::connect {

std::size_t NodeFinder::ValuesHash::operator()(const std::vector<Value>& values) const {
    std::size_t hash = 0;
    for (const Value& value : values) hash = hash * 0x9E3779B97F4A7C15U + hash_value(value);
    return hash;
}

bool NodeFinder::ValuesEqual::operator()(const std::vector<Value>& a, const std::vector<Value>& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), equivalent);
}

std::string NodeFinder::class_of(NodeId node) const {
    const auto labels = view_.names().labels_of(view_.shape(node));
    for (const LabelId label : labels)
        if (rules_.model().find_class(view_.names().label(label))) return std::string{view_.names().label(label)};
    return labels.empty() ? std::string{} : std::string{view_.names().label(labels.front())};
}

bool NodeFinder::is_in(NodeId node, std::string_view class_name) const {
    const auto labels = view_.names().labels_of(view_.shape(node));
    return std::any_of(labels.begin(), labels.end(),
                       [&](LabelId label) { return rules_.is_a(view_.names().label(label), class_name); });
}

void NodeFinder::add(Table& table, NodeId node) {
    std::vector<Value> values;
    for (std::size_t i = 0; i < table.names.size(); ++i) {
        // A name may become known while the import writes.
        if (table.keys[i] == no_key) table.keys[i] = view_.names().find_key(table.names[i]);
        if (table.keys[i] == no_key) return;
        values.push_back(normalised(view_.property(node, table.keys[i]), table.steps));
        if (values.back().is_null()) return;
    }
    table.nodes[std::move(values)].push_back(node);
}

void NodeFinder::read_all(Table& table) {
    const auto read = [&](std::string_view name) {
        const LabelId label = view_.names().find_label(name);
        if (label != no_label) view_.for_each_node(label, [&](NodeId node) { add(table, node); });
    };
    if (!rules_.model().find_class(table.class_name)) {
        read(table.class_name);
        return;
    }
    for (const std::string& name : rules_.model().descendants(table.class_name)) read(name);
    for (auto& [values, nodes] : table.nodes) {
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    }
}

NodeFinder::Table& NodeFinder::table(const std::string& class_name, const std::vector<std::string>& keys,
                                     const std::vector<Normalise>& steps) {
    std::string name = class_name;
    for (const auto& key : keys) name += "\n" + key;
    for (const Normalise step : steps) name += fmt::format("\t{}", static_cast<int>(step));
    const auto [at, is_new] = tables_.try_emplace(std::move(name));
    Table& table = at->second;
    if (!is_new) return table;

    table.class_name = class_name;
    table.steps = steps;
    table.names = keys;
    for (const auto& key : keys) table.keys.push_back(view_.names().find_key(key));
    for (const SchemaEntry& entry : schema_) {
        const bool fits = steps.empty() && entry.element == ElementKind::node && entry.kind != SchemaKind::exists &&
                          entry.keys == keys && rules_.is_a(class_name, entry.label);
        if (!fits) continue;
        table.index = entry.id;
        return table;
    }
    read_all(table);
    return table;
}

std::vector<NodeId> NodeFinder::find(const std::string& class_name, const std::vector<std::string>& keys,
                                     const std::vector<Normalise>& steps, const std::vector<Value>& values) {
    Table& known = table(class_name, keys, steps);
    if (!known.index) {
        const auto found = known.nodes.find(values);
        return found == known.nodes.end() ? std::vector<NodeId>{} : found->second;
    }
    std::vector<NodeId> nodes;
    for (const std::uint32_t id : view_.seek(*known.index, values))
        if (is_in(NodeId{id}, class_name)) nodes.push_back(NodeId{id});
    return nodes;
}

void NodeFinder::add(NodeId node, const std::string& class_name) {
    for (auto& [name, table] : tables_)
        if (!table.index && rules_.is_a(class_name, table.class_name)) add(table, node);
}

}  // namespace mainstay::connect
