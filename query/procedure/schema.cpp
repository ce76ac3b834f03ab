// What the data look like, as tools ask for it: db.schema.* of Neo4j and three procedures of APOC by their names.

#include "exec/context.hpp"
#include "procedure/rows.hpp"
#include "procedure/schema_graph.hpp"
#include "procedure/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mainstay::procedure {
namespace {

// The names a type goes by: in db.schema.*, and in apoc.meta.data.
struct TypeNames {
    std::string_view schema, meta;
};
TypeNames names_of(ValueType type) {
    switch (type) {
        case ValueType::boolean: return {"Boolean", "BOOLEAN"};
        case ValueType::integer: return {"Long", "INTEGER"};
        case ValueType::floating: return {"Double", "FLOAT"};
        case ValueType::string: return {"String", "STRING"};
        case ValueType::date: return {"Date", "DATE"};
        case ValueType::local_time: return {"LocalTime", "LOCAL_TIME"};
        case ValueType::time: return {"Time", "TIME"};
        case ValueType::local_datetime: return {"LocalDateTime", "LOCAL_DATE_TIME"};
        case ValueType::datetime: return {"DateTime", "DATE_TIME"};
        case ValueType::duration: return {"Duration", "DURATION"};
        default: return {"Any", "ANY"};
    }
}

using Types = std::map<StoredType, std::uint64_t>;

Value schema_types(const Types& types) {
    std::set<std::string> names;
    for (const auto& [type, count] : types)
        names.insert(fmt::format("{}{}", names_of(type.type).schema, type.list ? "Array" : ""));
    return strings(std::vector<std::string>{names.begin(), names.end()});
}

// The one most values have.
StoredType usual_type(const Types& types) {
    return std::max_element(types.begin(), types.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

Value number(std::uint64_t n) { return static_cast<std::int64_t>(n); }

// What the schema and the model say of a property, besides what is seen of it.
class Rules {
public:
    explicit Rules(const View& view) : model_(view.model()), schema_(view.schema()) {}

    bool is_required(ElementKind element, const std::string& label, const std::string& key) const {
        const auto requires_it = [&](const Attribute& a) { return a.name == key && a.required; };
        if (element == ElementKind::node && model_.find_class(label)) {
            const auto attributes = model_.attributes_of(label);
            if (std::any_of(attributes.begin(), attributes.end(), requires_it)) return true;
        }
        if (element == ElementKind::relationship)
            if (const auto* type = model_.find_type(label))
                if (std::any_of(type->attributes.begin(), type->attributes.end(), requires_it)) return true;
        return any_of(element, label, key, {SchemaKind::exists, SchemaKind::node_key}, false);
    }
    // By itself, not together with others.
    bool is_unique(ElementKind element, const std::string& label, const std::string& key) const {
        return any_of(element, label, key, {SchemaKind::unique, SchemaKind::node_key}, true);
    }
    bool is_indexed(ElementKind element, const std::string& label, const std::string& key) const {
        return any_of(element, label, key, {SchemaKind::range_index, SchemaKind::unique, SchemaKind::node_key}, false);
    }
    template <typename F>
    void for_each_of(ElementKind element, const std::string& label, F f) const {
        for (const SchemaEntry& entry : schema_)
            if (entry.element == element && covers(entry, label)) f(entry);
    }

private:
    bool covers(const SchemaEntry& entry, const std::string& label) const {
        return entry.label == label || (entry.element == ElementKind::node && model_.is_a(label, entry.label));
    }
    bool any_of(ElementKind element, const std::string& label, const std::string& key,
                std::initializer_list<SchemaKind> kinds, bool alone) const {
        bool found = false;
        for_each_of(element, label, [&](const SchemaEntry& entry) {
            found |= std::find(kinds.begin(), kinds.end(), entry.kind) != kinds.end() &&
                     std::find(entry.keys.begin(), entry.keys.end(), key) != entry.keys.end() &&
                     (!alone || entry.keys.size() == 1);
        });
        return found;
    }

    const Model& model_;
    std::vector<SchemaEntry> schema_;
};

// {includeLabels, excludeLabels, includeRels, excludeRels} of APOC, and their old names.
class Wanted {
public:
    explicit Wanted(Arguments arguments) {
        if (!arguments.empty() && arguments[0].is(ValueType::map)) config_ = arguments[0];
    }
    bool labels(const Labels& labels) const {
        const auto is_in = [&](std::string_view key) {
            return std::any_of(labels.begin(), labels.end(), [&](const std::string& l) { return has(key, l); });
        };
        if (is_in("excludeLabels") || is_in("excludes")) return false;
        return (!any("includeLabels") && !any("labels")) || is_in("includeLabels") || is_in("labels");
    }
    bool type(const std::string& type) const {
        if (has("excludeRels", type)) return false;
        return (!any("includeRels") && !any("rels")) || has("includeRels", type) || has("rels", type);
    }

private:
    const Value& list(std::string_view key) const {
        static const Value none;
        return config_.is(ValueType::map) && config_.at(key).is(ValueType::list) ? config_.at(key) : none;
    }
    bool any(std::string_view key) const { return !list(key).is_null() && !list(key).as_list().empty(); }
    bool has(std::string_view key, const std::string& name) const {
        if (!any(key)) return false;
        const ValueList& names = list(key).as_list();
        return std::any_of(names.begin(), names.end(),
                           [&](const Value& v) { return v.is(ValueType::string) && v.as_string() == name; });
    }

    Value config_;
};

std::string in_backticks(const std::string& name) { return ":`" + name + "`"; }

// A row a property: `first` columns, then its name, types, whether all have it, how many do, how many were read. One
// row without a property for what has none.
template <typename IsRequired>
void property_rows(const Kind& kind, const std::vector<Value>& first, IsRequired is_required, const Row& row) {
    const auto give = [&](std::vector<Value> rest) {
        std::vector<Value> values = first;
        values.insert(values.end(), rest.begin(), rest.end());
        row(std::move(values));
    };
    for (const auto& [property, types] : kind.properties)
        give({property, schema_types(types), kind.all_have(property) || is_required(property),
              number(kind.have(property)), number(kind.looked_at)});
    if (kind.properties.empty()) give({{}, {}, false, 0, number(kind.looked_at)});
}

void node_type_properties(Statement& statement, Arguments arguments, const Row& row) {
    const Rules rules{statement.view()};
    const Wanted wanted{arguments};
    for (const auto& [labels, kind] : survey(statement).nodes) {
        if (!wanted.labels(labels) || kind.there_are == 0) continue;
        std::string type;
        for (const std::string& label : labels) type += in_backticks(label);
        const auto required = [&, &of = labels](const std::string& property) {
            return std::any_of(of.begin(), of.end(), [&](const std::string& label) {
                return rules.is_required(ElementKind::node, label, property);
            });
        };
        property_rows(kind, {type, strings(labels)}, required, row);
    }
}

// `with_ends`: the labels of both ends too.
void rel_type_properties(Statement& statement, Arguments arguments, bool with_ends, const Row& row) {
    const Rules rules{statement.view()};
    const Wanted wanted{arguments};
    for (const auto& [type, kind] : survey(statement).rels) {
        if (!wanted.type(type)) continue;
        std::vector<Value> first{in_backticks(type)};
        if (with_ends) {
            std::set<std::string> sources, targets;
            for (const auto& [ends, count] : kind.ends) {
                sources.insert(ends.first.begin(), ends.first.end());
                targets.insert(ends.second.begin(), ends.second.end());
            }
            first.push_back(strings(std::vector<std::string>{sources.begin(), sources.end()}));
            first.push_back(strings(std::vector<std::string>{targets.begin(), targets.end()}));
        }
        const auto required = [&, &of = type](const std::string& property) {
            return rules.is_required(ElementKind::relationship, of, property);
        };
        property_rows(kind, first, required, row);
    }
}

// The rows of db.schema.* have no figures.
Row without_figures(const Row& row) {
    return [&row](std::vector<Value> values) {
        values.resize(values.size() - 2);
        row(std::move(values));
    };
}

void add(Kind& sum, const Kind& part) {
    sum.there_are += part.there_are;
    sum.looked_at += part.looked_at;
    for (const auto& [property, types] : part.properties)
        for (const auto& [type, count] : types) sum.properties[property][type] += count;
}

// apoc.meta.data: a row a label and property, a row a label and type that leads away from or to it; then a row a type
// and property, and a row a type and label it comes from.
void meta_data(Statement& statement, Arguments arguments, const Row& row) {
    const Rules rules{statement.view()};
    const Wanted wanted{arguments};
    const Survey seen = survey(statement);
    const Value none = Value::list({});
    const auto property_row = [&](ElementKind element, const std::string& label, const Kind& kind) {
        for (const auto& [property, types] : kind.properties) {
            const StoredType type = usual_type(types);
            row({label,
                 property,
                 number(kind.have(property)),
                 rules.is_unique(element, label, property),
                 rules.is_indexed(element, label, property),
                 rules.is_required(element, label, property),
                 type.list ? "LIST" : names_of(type.type).meta,
                 type.list,
                 {},
                 0,
                 0,
                 {},
                 {},
                 none,
                 none,
                 element == ElementKind::node ? "node" : "relationship"});
        }
    };
    struct Ways {
        std::uint64_t out = 0, in = 0;
        std::set<std::string> others;  // where it leads to
    };
    std::map<std::string, Kind> labels;
    for (const auto& [names, kind] : seen.nodes)
        for (const std::string& label : names) add(labels[label], kind);
    std::map<std::pair<std::string, std::string>, Ways> ways;  // of label and type
    for (const auto& [type, kind] : seen.rels)
        for (const auto& [ends, count] : kind.ends) {
            for (const std::string& source : ends.first) {
                Ways& way = ways[{source, type}];
                way.out += count;
                way.others.insert(ends.second.begin(), ends.second.end());
            }
            for (const std::string& target : ends.second) ways[{target, type}].in += count;
        }
    const auto way_row = [&](const std::string& label, const std::string& property, std::string_view element,
                             const Ways& way) {
        row({label,
             property,
             number(way.out),
             false,
             false,
             false,
             "RELATIONSHIP",
             {},
             {},
             number(way.out),
             number(way.in),
             {},
             {},
             strings(std::vector<std::string>{way.others.begin(), way.others.end()}),
             none,
             element});
    };
    for (const auto& [label, kind] : labels) {
        if (kind.there_are == 0 || !wanted.labels({label})) continue;
        property_row(ElementKind::node, label, kind);
        for (const auto& [key, way] : ways)
            if (key.first == label && way.out > 0 && wanted.type(key.second)) way_row(label, key.second, "node", way);
    }
    for (const auto& [type, kind] : seen.rels) {
        if (!wanted.type(type)) continue;
        property_row(ElementKind::relationship, type, kind);
        for (const auto& [key, way] : ways)
            if (key.second == type && way.out > 0 && wanted.labels({key.first}))
                way_row(type, key.first, "relationship", way);
    }
}

void visualise(Statement& statement, Arguments, const Row& row) {
    const View& view = statement.view();
    const Rules rules{view};
    const Survey seen = survey(statement);
    const auto graph = std::make_shared<SchemaGraph>(view.names());
    statement.keep(graph);
    std::map<std::string, NodeId> nodes;
    const auto node = [&](const std::string& label) {
        const auto found = nodes.find(label);
        if (found != nodes.end()) return found->second;
        std::vector<std::string> indexes, constraints;
        rules.for_each_of(ElementKind::node, label, [&](const SchemaEntry& entry) {
            if (entry.kind != SchemaKind::range_index) return constraints.push_back(entry.name);
            std::string keys;
            for (const std::string& key : entry.keys) keys += (keys.empty() ? "" : ",") + key;
            indexes.push_back(std::move(keys));
        });
        const NodeId made = graph->add_node(view.names().find_label(label), std::move(indexes), std::move(constraints));
        return nodes.emplace(label, made).first->second;
    };
    ValueList node_values, rel_values;
    for (const auto& [labels, kind] : seen.nodes)
        if (kind.there_are > 0)
            for (const std::string& label : labels) node(label);
    for (const auto& [type, kind] : seen.rels) {
        std::set<std::pair<std::string, std::string>> pairs;
        for (const auto& [ends, count] : kind.ends)
            for (const std::string& source : ends.first)
                for (const std::string& target : ends.second) pairs.emplace(source, target);
        for (const auto& [source, target] : pairs)
            rel_values.emplace_back(
                Relationship{graph.get(), graph->add_rel(view.names().find_type(type), node(source), node(target))});
    }
    for (const auto& [label, id] : nodes) node_values.emplace_back(Node{graph.get(), id});
    row({Value::list(std::move(node_values)), Value::list(std::move(rel_values))});
}

}  // namespace

std::vector<TableProcedure> schema() {
    const std::string sampled =
        fmt::format("; of more than {} elements it reads as many, evenly spread", looked_at_max);
    const std::vector<ProcedureColumn> config{{"config", "MAP", Value::map({})}};
    const auto columns = [](std::vector<ProcedureColumn> list, std::initializer_list<ProcedureColumn> more) {
        list.insert(list.end(), more);
        return list;
    };
    const std::vector<ProcedureColumn> property{
        {"propertyName", "STRING"}, {"propertyTypes", "LIST<STRING>"}, {"mandatory", "BOOLEAN"}};
    const auto with_property = [&](std::vector<ProcedureColumn> list) {
        list.insert(list.end(), property.begin(), property.end());
        return list;
    };
    const std::initializer_list<ProcedureColumn> figures{{"propertyObservations", "INTEGER"},
                                                         {"totalObservations", "INTEGER"}};
    const auto node_columns = with_property({{"nodeType", "STRING"}, {"nodeLabels", "LIST<STRING>"}});
    return {{"db.schema.visualization",
             {},
             {{"nodes", "LIST<NODE>"}, {"relationships", "LIST<RELATIONSHIP>"}},
             "a node a label, a relationship a type and pair of labels it joins" + sampled,
             visualise},
            {"db.schema.nodeTypeProperties",
             {},
             node_columns,
             "sets of labels with their properties and types" + sampled,
             [](Statement& statement, Arguments arguments, const Row& row) {
                 node_type_properties(statement, arguments, without_figures(row));
             }},
            {"db.schema.relTypeProperties",
             {},
             with_property({{"relType", "STRING"}}),
             "relationship types with their properties and types" + sampled,
             [](Statement& statement, Arguments arguments, const Row& row) {
                 rel_type_properties(statement, arguments, false, without_figures(row));
             }},
            {"apoc.meta.nodeTypeProperties", config, columns(node_columns, figures),
             "as db.schema.nodeTypeProperties, and how many elements were read" + sampled, node_type_properties},
            {"apoc.meta.relTypeProperties", config,
             columns(with_property({{"relType", "STRING"},
                                    {"sourceNodeLabels", "LIST<STRING>"},
                                    {"targetNodeLabels", "LIST<STRING>"}}),
                     figures),
             "as db.schema.relTypeProperties, with labels of the ends and how many were read" + sampled,
             [](Statement& statement, Arguments arguments, const Row& row) {
                 rel_type_properties(statement, arguments, true, row);
             }},
            {"apoc.meta.data",
             config,
             {{"label", "STRING"},
              {"property", "STRING"},
              {"count", "INTEGER"},
              {"unique", "BOOLEAN"},
              {"index", "BOOLEAN"},
              {"existence", "BOOLEAN"},
              {"type", "STRING"},
              {"array", "BOOLEAN"},
              {"sample", "LIST<ANY>"},
              {"leftCount", "INTEGER"},
              {"rightCount", "INTEGER"},
              {"left", "INTEGER"},
              {"right", "INTEGER"},
              {"other", "LIST<STRING>"},
              {"otherLabels", "LIST<STRING>"},
              {"elementType", "STRING"}},
             "labels and types with their properties, and how types join labels" + sampled,
             meta_data}};
}

}  // namespace mainstay::procedure
