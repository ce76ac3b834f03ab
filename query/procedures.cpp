#include "procedures.hpp"

#include "function/aggregate.hpp"
#include "function/function.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mainstay {
namespace {

using Row = std::function<void(std::vector<Value>)>;

Value strings(const std::vector<std::string>& items) {
    ValueList list;
    for (const std::string& item : items) list.emplace_back(item);
    return Value::list(std::move(list));
}

std::string signature(const Procedure& p) {
    const auto columns = [](const std::vector<ProcedureColumn>& list) {
        std::string text;
        for (const ProcedureColumn& c : list) text += (text.empty() ? "" : ", ") + c.name + " :: " + c.type;
        return "(" + text + ")";
    };
    return p.name + columns(p.inputs) + " :: " + columns(p.outputs);
}

// Names in use, in alphabetical order: a label that no node carries any more is not listed.
void list_labels(const View& view, const std::vector<Value>&, const Row& row) {
    std::set<std::string> names;
    for (std::uint32_t i = 0; !view.names().label(LabelId{i}).empty(); ++i)
        if (view.count_nodes(LabelId{i}) > 0) names.emplace(view.names().label(LabelId{i}));
    for (const std::string& name : names) row({name});
}

void list_types(const View& view, const std::vector<Value>&, const Row& row) {
    std::set<std::string> names;
    for (std::uint32_t i = 0; !view.names().type(TypeId{i}).empty(); ++i)
        if (view.count_rels(TypeId{i}) > 0) names.emplace(view.names().type(TypeId{i}));
    for (const std::string& name : names) row({name});
}

void list_keys(const View& view, const std::vector<Value>&, const Row& row) {
    std::set<std::string> names;
    for (std::uint32_t i = 0; !view.names().key(KeyId{i}).empty(); ++i) names.emplace(view.names().key(KeyId{i}));
    for (const std::string& name : names) row({name});
}

void list_components(const View&, const std::vector<Value>&, const Row& row) {
    row({"Mainstay", strings({"0.1.0"}), "community"});
}

std::string_view kind_of(const SchemaEntry& entry) {
    switch (entry.kind) {
        case SchemaKind::range_index: return "RANGE";
        case SchemaKind::unique: return "UNIQUENESS";
        case SchemaKind::exists: return "EXISTENCE";
        case SchemaKind::node_key: return "KEY";
    }
    return "";
}

void list_schema(const View& view, bool indexes, const Row& row) {
    for (const SchemaEntry& entry : view.schema()) {
        if ((entry.kind == SchemaKind::range_index) != indexes) continue;
        row({entry.name, kind_of(entry), entry.element == ElementKind::node ? "NODE" : "RELATIONSHIP", entry.label,
             strings(entry.keys), entry.from_model});
    }
}

std::string_view name_of_type(AttributeType type) {
    constexpr std::string_view names[] = {"any",  "boolean",    "integer", "float",          "string",   "list",
                                          "date", "local time", "time",    "local datetime", "datetime", "duration"};
    return names[static_cast<std::size_t>(type)];
}

void list_classes(const View& view, const std::vector<Value>&, const Row& row) {
    const Model& model = view.model();
    for (const ClassDeclaration& c : model.classes()) {
        ValueList attributes;
        for (const Attribute& a : model.attributes_of(c.name))
            attributes.emplace_back(
                fmt::format("{}: {}{}", a.name, name_of_type(a.type), a.required ? ", required" : ""));
        ValueList keys;
        for (const auto& key : model.keys_of(c.name)) keys.push_back(strings(key));
        const LabelId label = view.names().find_label(c.name);
        row({c.name, c.parent.empty() ? Value{} : Value{c.parent}, c.is_abstract, model.is_gate(c.name),
             model.is_dated(c.name), Value::list(std::move(attributes)), Value::list(std::move(keys)),
             label == no_label ? Value{0} : Value{static_cast<std::int64_t>(view.count_nodes(label))}, c.description});
    }
}

void list_relationship_types(const View& view, const std::vector<Value>&, const Row& row) {
    constexpr std::string_view ends[] = {"none", "source", "target", "both"};
    constexpr std::string_view effects[] = {"none", "soft", "hard", "path"};
    for (const RelationshipDeclaration& t : view.model().types()) {
        const TypeId type = view.names().find_type(t.name);
        row({t.name, t.inverse.empty() ? Value{} : Value{t.inverse}, strings(t.sources), strings(t.targets),
             ends[static_cast<std::size_t>(t.depends)], effects[static_cast<std::size_t>(t.effect)], t.dated,
             type == no_type ? Value{0} : Value{static_cast<std::int64_t>(view.count_rels(type))}, t.description});
    }
}

void list_functions(const View&, const std::vector<Value>&, const Row& row) {
    for (const function::Function* f : function::all_functions())
        row({f->name, name_of(f->category), f->signature(), f->help});
    for (const function::Aggregate& a : function::all_aggregates())
        row({a.name, "aggregate", fmt::format("{}({})", a.name, a.parameters[0].name), a.help});
}

constexpr std::string_view hidden_prefix = "show.";

}  // namespace

ProcedureTable::ProcedureTable(std::vector<Procedure> added) {
    const auto add = [this](Procedure p) {
        procedures_.push_back(std::make_unique<Procedure>(std::move(p)));
        pointers_.push_back(procedures_.back().get());
    };
    // One the database was opened with goes before a built-in one of the same name.
    for (Procedure& p : added) add(std::move(p));
    add({"db.labels", {}, {{"label", "STRING?"}}, "labels that nodes carry", list_labels});
    add({"db.relationshipTypes", {}, {{"relationshipType", "STRING?"}}, "types that relationships have", list_types});
    add({"db.propertyKeys", {}, {{"propertyKey", "STRING?"}}, "property keys the file knows", list_keys});
    add({"dbms.components",
         {},
         {{"name", "STRING?"}, {"versions", "LIST? OF STRING?"}, {"edition", "STRING?"}},
         "what this is",
         list_components});
    const std::vector<ProcedureColumn> schema{{"name", "STRING?"},
                                              {"type", "STRING?"},
                                              {"entityType", "STRING?"},
                                              {"labelOrType", "STRING?"},
                                              {"properties", "LIST? OF STRING?"},
                                              {"fromModel", "BOOLEAN?"}};
    add({"show.indexes", {}, schema, "", [](const View& view, const std::vector<Value>&, const Row& row) {
             list_schema(view, true, row);
         }});
    add({"show.constraints", {}, schema, "", [](const View& view, const std::vector<Value>&, const Row& row) {
             list_schema(view, false, row);
         }});
    add({"show.classes",
         {},
         {{"name", "STRING?"},
          {"parent", "STRING?"},
          {"abstract", "BOOLEAN?"},
          {"gate", "BOOLEAN?"},
          {"dated", "BOOLEAN?"},
          {"attributes", "LIST? OF STRING?"},
          {"keys", "LIST? OF LIST?"},
          {"nodes", "INTEGER?"},
          {"description", "STRING?"}},
         "",
         list_classes});
    add({"show.relationshipTypes",
         {},
         {{"name", "STRING?"},
          {"inverse", "STRING?"},
          {"sources", "LIST? OF STRING?"},
          {"targets", "LIST? OF STRING?"},
          {"depends", "STRING?"},
          {"effect", "STRING?"},
          {"dated", "BOOLEAN?"},
          {"relationships", "INTEGER?"},
          {"description", "STRING?"}},
         "",
         list_relationship_types});
    add({"show.functions",
         {},
         {{"name", "STRING?"}, {"category", "STRING?"}, {"signature", "STRING?"}, {"description", "STRING?"}},
         "",
         list_functions});
    add({"show.procedures",
         {},
         {{"name", "STRING?"}, {"signature", "STRING?"}, {"description", "STRING?"}},
         "",
         [this](const View&, const std::vector<Value>&, const Row& row) {
             for (const Procedure& p : listed()) row({p.name, signature(p), p.help});
         }});
}

std::vector<Procedure> ProcedureTable::listed() const {
    std::vector<Procedure> result;
    for (const Procedure* p : pointers_)
        if (!p->name.starts_with(hidden_prefix)) result.push_back(*p);
    std::sort(result.begin(), result.end(), [](const Procedure& a, const Procedure& b) { return a.name < b.name; });
    return result;
}

}  // namespace mainstay
