#pragma once

#include "storage/twin.hpp"

#include "change.hpp"
#include "validity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace mainstay::test {

inline Model model_of(TwinModel model) {
    if (model == TwinModel::none) return Model::empty();
    const bool dated = model == TwinModel::dated;
    return Model::empty().merged_with(Model::from_json(fmt::format(
        R"({{"classes": [{{"name": "A"}}, {{"name": "B"{}}}, {{"name": "C"}}, {{"name": "Dated", "parent": "C"{}}}],
             "relationship_types": [{{"name": "R", "depends": "source", "effect": "hard"}}, {{"name": "S"}}, {{"name": "DATED"{}}}]}})",
        dated ? "" : R"(, "parent": "A")", dated ? R"(, "dated": true)" : "", dated ? R"(, "dated": true)" : "")));
}

namespace twin {

inline std::size_t number_of(std::string_view name, const auto& names) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

inline const Value& find(const TwinProperties& properties, std::size_t key) {
    static const Value none;
    const auto at = properties.find(key);
    return at == properties.end() ? none : at->second;
}

inline bool is_valid(const TwinProperties& properties, std::int64_t at) {
    const auto from = instant_us(find(properties, twin_date_keys)),
               to = instant_us(find(properties, twin_date_keys + 1));
    return !(from && at < *from) && !(to && at >= *to);
}

[[noreturn]] inline void differ(std::string message) { throw std::runtime_error(std::move(message)); }

template <typename T, typename What>
void expect(const T& found, const T& wanted, What&& what) {
    if (found == wanted) return;
    if constexpr (std::is_invocable_v<What>)
        differ(fmt::format("{}: found {}, wanted {}", what(), found, wanted));
    else
        differ(fmt::format("{}: found {}, wanted {}", what, found, wanted));
}

// The text of a difference is made only if there is one: most of the time went there.
template <typename What>
void expect_value(const Value& found, const Value& wanted, What&& what) {
    if (!identical(found, wanted)) differ(fmt::format("{}: found {}, wanted {}", what(), print(found), print(wanted)));
}

}  // namespace twin

inline TwinGraph TwinGraph::at(ValidTime valid) const {
    if (!valid.at || model != TwinModel::dated) return *this;
    TwinGraph visible;
    visible.model = model;
    const auto dated_label = twin::number_of("Dated", twin_labels), dated_type = twin::number_of("DATED", twin_types);
    for (const auto& [id, node] : nodes)
        if (!node.labels.contains(dated_label) || twin::is_valid(node.properties, *valid.at))
            visible.nodes.emplace(id, node);
    for (const auto& [id, rel] : rels)
        if (visible.nodes.contains(rel.source) && visible.nodes.contains(rel.target) &&
            (rel.type != dated_type || twin::is_valid(rel.properties, *valid.at)))
            visible.rels.emplace(id, rel);
    return visible;
}

inline bool TwinGraph::covers(const TwinNode& node, std::string_view label) const {
    if (node.labels.contains(twin::number_of(label, twin_labels))) return true;
    if (model == TwinModel::plain && label == "A") return node.labels.contains(twin::number_of("B", twin_labels));
    if (model != TwinModel::none && label == "C") return node.labels.contains(twin::number_of("Dated", twin_labels));
    return false;
}

inline std::vector<std::uint32_t> TwinGraph::elements_of(const SchemaEntry& entry) const {
    std::vector<std::uint32_t> ids;
    if (entry.element == ElementKind::node) {
        for (const auto& [id, node] : nodes)
            if (covers(node, entry.label)) ids.push_back(id);
    } else {
        for (const auto& [id, rel] : rels)
            if (twin_types[rel.type] == entry.label) ids.push_back(id);
    }
    return ids;
}

inline Value TwinGraph::value(const SchemaEntry& entry, std::uint32_t id, std::size_t key) const {
    const auto number = twin::number_of(entry.keys[key], twin_keys);
    return twin::find(entry.element == ElementKind::node ? nodes.at(id).properties : rels.at(id).properties, number);
}

inline bool TwinGraph::satisfies(const SchemaEntry& entry) const {
    if (entry.kind == SchemaKind::range_index) return true;
    const auto ids = elements_of(entry);
    const bool must_exist = entry.kind != SchemaKind::unique, must_differ = entry.kind != SchemaKind::exists;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        for (std::size_t k = 0; k < entry.keys.size(); ++k)
            if (must_exist && value(entry, ids[i], k).is_null()) return false;
        for (std::size_t j = 0; must_differ && j < i; ++j) {
            bool same = true;
            for (std::size_t k = 0; k < entry.keys.size(); ++k)
                same &= equals(value(entry, ids[i], k), value(entry, ids[j], k)) == Ternary::yes;
            if (same) return false;
        }
    }
    return true;
}

namespace twin {

struct Comparison {
    const View& view;
    const TwinGraph graph;  // at the view's valid time
    std::mt19937_64& random;
    std::array<LabelId, twin_labels.size()> labels{};
    std::array<TypeId, twin_types.size()> types{};
    std::array<KeyId, twin_keys.size()> keys{};

    Comparison(const View& v, const TwinGraph& all, std::mt19937_64& r)
        : view(v), graph(all.at(v.valid_time())), random(r) {
        for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = view.names().find_label(twin_labels[i]);
        for (std::size_t i = 0; i < types.size(); ++i) types[i] = view.names().find_type(twin_types[i]);
        for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = view.names().find_key(twin_keys[i]);
    }

    std::set<std::size_t> labels_of(NodeId node) const {
        std::set<std::size_t> found;
        for (const auto label : view.names().labels_of(view.shape(node)))
            found.insert(number_of(view.names().label(label), twin_labels));
        return found;
    }

    template <typename Id>
    void properties(Id id, const TwinProperties& wanted, std::string_view what) {
        std::size_t seen = 0;
        view.visit_properties(id, [&](KeyId key, const Value& value) {
            const auto number = number_of(view.names().key(key), twin_keys);
            expect_value(value, find(wanted, number),
                         [&] { return fmt::format("{} visits {}", what, view.names().key(key)); });
            ++seen;
        });
        expect(seen, wanted.size(), fmt::format("{}: properties visited", what));
        for (std::size_t k = 0; k < keys.size(); ++k)
            if (keys[k] != no_key)
                expect_value(view.property(id, keys[k]), find(wanted, k),
                             [&] { return fmt::format("{} property {}", what, twin_keys[k]); });
    }

    void elements() {
        std::vector<NodeId> wanted_nodes, nodes;
        for (const auto& [id, node] : graph.nodes) {
            const NodeId n{id};
            const auto what = fmt::format("node {}", id);
            if (!view.contains(n) || !view.contains_node(n)) differ(what + " is missing");
            expect(labels_of(n), node.labels, what + ": labels");
            properties(n, node.properties, what);
            wanted_nodes.push_back(n);
        }
        view.for_each_node(no_label, [&](NodeId n) { nodes.push_back(n); });
        expect_ids(nodes, wanted_nodes, "for_each_node");
        for (const auto& [id, rel] : graph.rels) {
            const RelId r{id};
            const auto what = fmt::format("relationship {}", id);
            if (!view.contains(r)) differ(what + " is missing");
            const auto ends = view.ends(r);
            expect(std::string(view.names().type(ends.type)), std::string(twin_types[rel.type]), what + ": type");
            expect(raw(ends.source), rel.source, what + ": source");
            expect(raw(ends.target), rel.target, what + ": target");
            properties(r, rel.properties, what);
        }
        for (std::uint32_t id = 0, end = std::min<std::uint32_t>(view.rel_limit() + 2, 300); id < end; ++id)
            if (!graph.rels.contains(id) && view.contains(RelId{id}))
                differ(fmt::format("relationship {} should not be there", id));
    }

    template <typename Id>
    static void expect_ids(const std::vector<Id>& found, const std::vector<Id>& wanted, std::string_view what) {
        if (found == wanted) return;
        std::vector<std::uint32_t> f, w;
        for (const auto id : found) f.push_back(raw(id));
        for (const auto id : wanted) w.push_back(raw(id));
        differ(fmt::format("{}: found {}, wanted {}", what, f, w));
    }

    void scans() {
        for (std::size_t l = 0; l < labels.size(); ++l) {
            std::vector<NodeId> wanted, found;
            for (const auto& [id, node] : graph.nodes)
                if (node.labels.contains(l)) wanted.push_back(NodeId{id});
            if (labels[l] == no_label) {
                expect(wanted.size(), std::size_t{0}, "nodes of a label without a name");
                continue;
            }
            view.for_each_node(labels[l], [&](NodeId n) { found.push_back(n); });
            expect_ids(found, wanted, fmt::format("nodes with {}", twin_labels[l]));
            expect(view.count_nodes(labels[l]), std::uint64_t{wanted.size()},
                   fmt::format("count of {}", twin_labels[l]));
        }
        expect(view.count_nodes(no_label), std::uint64_t{graph.nodes.size()}, "count of nodes");
        for (std::size_t t = 0; t <= types.size(); ++t) {
            const auto type = t == types.size() ? no_type : types[t];
            if (t < types.size() && type == no_type) continue;
            std::vector<RelId> wanted, found;
            for (const auto& [id, rel] : graph.rels)
                if (t == types.size() || rel.type == t) wanted.push_back(RelId{id});
            for (std::uint32_t segment = 0; segment < view.rel_segments(); ++segment)
                view.scan_rels(segment, type, found);
            expect_ids(found, wanted, fmt::format("scan of type {}", t));
            expect(view.count_rels(type), std::uint64_t{wanted.size()}, fmt::format("count of type {}", t));
        }
    }

    using Edge = std::pair<std::uint32_t, std::uint32_t>;  // other, rel
    std::vector<Edge> edges(std::uint32_t node, Direction d, std::size_t type) const {
        std::vector<Edge> found;
        for (const auto& [id, rel] : graph.rels)
            if (rel.type == type && (d == Direction::out ? rel.source : rel.target) == node)
                found.emplace_back(d == Direction::out ? rel.target : rel.source, id);
        std::sort(found.begin(), found.end());
        return found;
    }

    void adjacency() {
        std::vector<TypeUse> uses;
        for (const auto type : types)
            if (type != no_type)
                for (const auto d : {Direction::out, Direction::in}) uses.push_back({type, d});
        std::map<std::uint32_t, SegmentAdjacency> segments;
        for (const auto& [id, node] : graph.nodes) {
            const NodeId n{id};
            const auto [at, is_new] = segments.try_emplace(segment_of(n));
            if (is_new) at->second = view.adjacency(segment_of(n), uses);
            const auto& block_view = at->second;
            for (const auto d : {Direction::out, Direction::in}) {
                std::vector<std::uint32_t> wanted_types, found_types;
                std::uint64_t degree = 0;
                for (std::size_t t = 0; t < types.size(); ++t) {
                    const auto wanted = edges(id, d, t);
                    degree += wanted.size();
                    if (types[t] == no_type) {
                        expect(wanted.size(), std::size_t{0}, "edges of a type without a name");
                        continue;
                    }
                    if (!wanted.empty()) wanted_types.push_back(raw(types[t]));
                    const auto what = [&] {
                        return fmt::format("node {} {} {}", id, d == Direction::out ? "out" : "in", twin_types[t]);
                    };
                    const auto run = view.run(n, d, types[t]);
                    std::vector<Edge> found;
                    run.for_each([&](NodeId other, RelId rel) { found.emplace_back(raw(other), raw(rel)); });
                    for (const auto& part : {run.base, run.added})
                        for (std::uint32_t i = 1; i < part.count; ++i)
                            if (std::pair(part.other[i - 1], part.rel[i - 1]) >= std::pair(part.other[i], part.rel[i]))
                                differ(what() + ": run out of order");
                    std::sort(found.begin(), found.end());
                    expect(found, wanted, what);
                    expect(std::size_t{run.count()}, wanted.size(), [&] { return what() + ": count of the run"; });
                    expect(view.degree(n, d, types[t]), std::uint64_t{wanted.size()},
                           [&] { return what() + ": degree"; });
                    if (!block_view.is_dirty(slot_of(n))) {
                        found.clear();
                        for (const auto& block : block_view.blocks)
                            if (block.type == types[t] && block.direction == d)
                                for (auto range = block.range(slot_of(n)); range.begin < range.end; ++range.begin)
                                    found.emplace_back(raw(block.other[range.begin]), raw(block.rel[range.begin]));
                        expect(found, wanted, [&] { return what() + " in its block"; });
                    }
                }
                for (const auto type : view.types_at(n, d)) found_types.push_back(raw(type));
                std::sort(wanted_types.begin(), wanted_types.end());
                expect(found_types, wanted_types, fmt::format("types at node {}", id));
                expect(view.degree(n, d, no_type), degree, fmt::format("degree of node {}", id));
            }
        }
    }

    // Clean slots of columns, and what the segments say about themselves.
    void columns() {
        for (std::uint32_t segment = 0; segment < view.node_segments(); ++segment) {
            std::set<ShapeId> shapes(view.shapes_in(segment).begin(), view.shapes_in(segment).end());
            for (auto at = graph.nodes.lower_bound(segment << segment_bits);
                 at != graph.nodes.end() && at->first >> segment_bits == segment; ++at) {
                const NodeId n{at->first};
                if (!shapes.contains(view.shape(n)))
                    differ(fmt::format("segment {} does not list the shape of node {}", segment, at->first));
                if (view.node_is_dirty(segment, slot_of(n))) continue;
                for (std::size_t k = 0; k < keys.size(); ++k) {
                    if (keys[k] == no_key) continue;
                    const auto* column = view.node_column(segment, keys[k]);
                    expect_value(column ? column->get(slot_of(n)) : Value{}, find(at->second.properties, k),
                                 [&] { return fmt::format("column {} of node {}", twin_keys[k], at->first); });
                }
            }
        }
        for (const auto& [id, rel] : graph.rels) {
            const RelId r{id};
            if (view.rel_is_dirty(segment_of(r), slot_of(r))) continue;
            for (std::size_t k = 0; k < keys.size(); ++k) {
                if (keys[k] == no_key) continue;
                const auto* column = view.rel_column(segment_of(r), keys[k]);
                expect_value(column ? column->get(slot_of(r)) : Value{}, find(rel.properties, k),
                             [&] { return fmt::format("column {} of relationship {}", twin_keys[k], id); });
            }
        }
        for (std::size_t k = 0; k < keys.size(); ++k) {
            if (keys[k] == no_key || view.any_relationship_has(keys[k])) continue;
            for (const auto& [id, rel] : graph.rels)
                if (rel.properties.contains(k))
                    differ(fmt::format("relationship {} has {}, but none should", id, twin_keys[k]));
        }
    }

    void indexes() {
        for (const auto& entry : view.schema()) {
            if (entry.kind == SchemaKind::exists) continue;
            const auto ids = graph.elements_of(entry);
            // Values that are there, and for one key also ranges between them.
            std::vector<Value> seen;
            for (const auto id : ids)
                if (auto v = graph.value(entry, id, 0); !v.is_null()) seen.push_back(std::move(v));
            if (seen.empty()) seen.emplace_back(1);
            for (int i = 0; i < 2; ++i) {
                std::vector<Value> values{seen[random() % seen.size()]};
                for (std::size_t k = 1; k < entry.keys.size(); ++k) {
                    values.push_back(ids.empty() ? Value{1} : graph.value(entry, ids[random() % ids.size()], k));
                }
                std::vector<std::uint32_t> wanted;
                for (const auto id : ids) {
                    bool same = true;
                    for (std::size_t k = 0; k < values.size(); ++k)
                        same &= equals(graph.value(entry, id, k), values[k]) == Ternary::yes;
                    if (same) wanted.push_back(id);
                }
                expect(view.seek(entry.id, values), wanted, fmt::format("seek {} = {}", entry.name, print(values[0])));
            }
            if (entry.keys.size() == 1) ranges(entry, ids, seen);
        }
    }

    void ranges(const SchemaEntry& entry, const std::vector<std::uint32_t>& ids, const std::vector<Value>& seen) {
        std::optional<View::Bound> low, high;
        const auto type_class = [](const Value& v) { return v.is_number() ? ValueType::integer : v.type(); };
        const auto& first = seen[random() % seen.size()];
        if (random() % 3) low = View::Bound{first, random() % 2 == 0};
        if (random() % 3 || !low) {
            const auto& second = seen[random() % seen.size()];
            high = View::Bound{type_class(second) == type_class(first) ? second : first, random() % 2 == 0};
        }
        std::vector<std::pair<Value, std::uint32_t>> wanted;
        for (const auto id : ids) {
            const auto v = graph.value(entry, id, 0);
            const auto within = [&](const View::Bound& b, bool is_low) {
                const auto c = compare(v, b.value);
                return c && (*c == std::partial_ordering::equivalent
                                 ? b.inclusive
                                 : *c == (is_low ? std::partial_ordering::greater : std::partial_ordering::less));
            };
            if (!v.is_null() && (!low || within(*low, true)) && (!high || within(*high, false)))
                wanted.emplace_back(v, id);
        }
        const auto by_value = [](const auto& a, const auto& b) {
            const auto o = order(a.first, b.first);
            return o != 0 ? o < 0 : a.second < b.second;
        };
        std::sort(wanted.begin(), wanted.end(), by_value);
        std::vector<std::uint32_t> found, wanted_ids;
        // Among strings that agree in what an index key holds of them, the order is lost.
        const bool ordered = std::none_of(seen.begin(), seen.end(), [](const Value& v) {
            return v.is(ValueType::string) && v.as_string().size() > 400;
        });
        const auto settle = [&](std::vector<std::uint32_t>& f) {
            if (!ordered) std::sort(f.begin(), f.end());
        };
        for (const auto& [v, id] : wanted) wanted_ids.push_back(id);
        view.seek_range(entry.id, low, high, [&](std::uint32_t id) {
            found.push_back(id);
            return true;
        });
        settle(found), settle(wanted_ids);
        expect(found, wanted_ids,
               fmt::format("range {}: {} {} .. {} {}", entry.name, low ? print(low->value) : "-", low && low->inclusive,
                           high ? print(high->value) : "-", high && high->inclusive));
        if (!first.is(ValueType::string)) return;
        const auto prefix = first.as_string().substr(0, random() % (first.as_string().size() + 1));
        found.clear(), wanted.clear(), wanted_ids.clear();
        for (const auto id : ids)
            if (const auto v = graph.value(entry, id, 0); v.is(ValueType::string) && v.as_string().starts_with(prefix))
                wanted.emplace_back(v, id);
        std::sort(wanted.begin(), wanted.end(), by_value);
        for (const auto& [v, id] : wanted) wanted_ids.push_back(id);
        view.seek_prefix(entry.id, prefix, [&](std::uint32_t id) {
            found.push_back(id);
            return true;
        });
        settle(found), settle(wanted_ids);
        expect(found, wanted_ids, fmt::format("prefix {} of {}", print(Value{prefix}), entry.name));
    }
};

}  // namespace twin

inline void expect_same(const View& view, const TwinGraph& all, std::mt19937_64& random) {
    twin::Comparison c(view, all, random);
    c.elements();
    c.scans();
    c.adjacency();
    c.columns();
    c.indexes();
}

}  // namespace mainstay::test
