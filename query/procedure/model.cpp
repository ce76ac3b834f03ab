// The class model as SHOW lists it.

#include "exec/context.hpp"
#include "procedure/rows.hpp"

#include <fmt/format.h>

namespace mainstay::procedure {
namespace {

std::string_view name_of_type(AttributeType type) {
    constexpr std::string_view names[] = {"any",  "boolean",    "integer", "float",          "string",   "list",
                                          "date", "local time", "time",    "local datetime", "datetime", "duration"};
    return names[static_cast<std::size_t>(type)];
}

void list_classes(Statement& statement, Arguments, const Row& row) {
    const View& view = statement.view();
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

void list_relationship_types(Statement& statement, Arguments, const Row& row) {
    constexpr std::string_view ends[] = {"none", "source", "target", "both"};
    constexpr std::string_view effects[] = {"none", "soft", "hard", "path"};
    const View& view = statement.view();
    for (const RelationshipDeclaration& t : view.model().types()) {
        const TypeId type = view.names().find_type(t.name);
        row({t.name, t.inverse.empty() ? Value{} : Value{t.inverse}, strings(t.sources), strings(t.targets),
             ends[static_cast<std::size_t>(t.depends)], effects[static_cast<std::size_t>(t.effect)], t.dated,
             type == no_type ? Value{0} : Value{static_cast<std::int64_t>(view.count_rels(type))}, t.description});
    }
}

}  // namespace

std::vector<TableProcedure> model() {
    return {{"show.classes",
             {},
             {{"name", "STRING"},
              {"parent", "STRING"},
              {"abstract", "BOOLEAN"},
              {"gate", "BOOLEAN"},
              {"dated", "BOOLEAN"},
              {"attributes", "LIST<STRING>"},
              {"keys", "LIST<LIST<STRING>>"},
              {"nodes", "INTEGER"},
              {"description", "STRING"}},
             "",
             list_classes},
            {"show.relationshipTypes",
             {},
             {{"name", "STRING"},
              {"inverse", "STRING"},
              {"sources", "LIST<STRING>"},
              {"targets", "LIST<STRING>"},
              {"depends", "STRING"},
              {"effect", "STRING"},
              {"dated", "BOOLEAN"},
              {"relationships", "INTEGER"},
              {"description", "STRING"}},
             "",
             list_relationship_types}};
}

}  // namespace mainstay::procedure
