#include "side_effects.hpp"

#include "text_value.hpp"

#include <algorithm>
#include <iterator>

namespace mainstay::tck {
namespace {

template <typename T>
void count(SideEffects& effects, const std::string& what, const std::set<T>& before, const std::set<T>& after) {
    const auto gone = [](const std::set<T>& from, const std::set<T>& in) {
        return std::count_if(from.begin(), from.end(), [&](const T& item) { return !in.contains(item); });
    };
    if (const auto n = gone(after, before)) effects["+" + what] = n;
    if (const auto n = gone(before, after)) effects["-" + what] = n;
}

}  // namespace

Snapshot snapshot_of(const View& view) {
    Snapshot snapshot;
    const auto property = [&](char kind, std::uint32_t id) {
        return [&snapshot, &view, kind, id](KeyId key, const Value& value) {
            snapshot.properties.insert(kind + std::to_string(id) + "." + std::string(view.names().key(key)) + " = " +
                                       std::string(name_of(value.type())) + " " +
                                       canonical(from_engine(value), ListOrder::counts));
        };
    };
    view.for_each_node(no_label, [&](NodeId node) {
        snapshot.nodes.insert(raw(node));
        for (const LabelId label : view.names().labels_of(view.shape(node)))
            snapshot.labels.emplace(view.names().label(label));
        view.visit_properties(node, property('n', raw(node)));
    });
    std::vector<RelId> rels;
    for (std::uint32_t segment = 0; segment < view.rel_segments(); ++segment) view.scan_rels(segment, no_type, rels);
    for (const RelId rel : rels) {
        snapshot.relationships.insert(raw(rel));
        view.visit_properties(rel, property('r', raw(rel)));
    }
    return snapshot;
}

SideEffects difference(const Snapshot& before, const Snapshot& after) {
    SideEffects effects;
    count(effects, "nodes", before.nodes, after.nodes);
    count(effects, "relationships", before.relationships, after.relationships);
    count(effects, "labels", before.labels, after.labels);
    count(effects, "properties", before.properties, after.properties);
    return effects;
}

}  // namespace mainstay::tck
