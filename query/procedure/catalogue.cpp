// Procedures and functions as SHOW lists them.

#include "exec/context.hpp"
#include "function/aggregate.hpp"
#include "function/function.hpp"
#include "procedure/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::procedure {
namespace {

std::string type_text(function::Types types) {
    if (types == function::any) return "ANY";
    struct Name {
        ValueType type;
        std::string_view name;
    };
    static constexpr Name names[] = {{ValueType::boolean, "BOOLEAN"},
                                     {ValueType::integer, "INTEGER"},
                                     {ValueType::floating, "FLOAT"},
                                     {ValueType::string, "STRING"},
                                     {ValueType::list, "LIST<ANY>"},
                                     {ValueType::map, "MAP"},
                                     {ValueType::date, "DATE"},
                                     {ValueType::local_time, "LOCAL TIME"},
                                     {ValueType::time, "ZONED TIME"},
                                     {ValueType::local_datetime, "LOCAL DATETIME"},
                                     {ValueType::datetime, "ZONED DATETIME"},
                                     {ValueType::duration, "DURATION"},
                                     {ValueType::node, "NODE"},
                                     {ValueType::relationship, "RELATIONSHIP"},
                                     {ValueType::path, "PATH"}};
    std::string text;
    for (const auto& [type, name] : names)
        if (types.contains(type)) text += fmt::format("{}{}", text.empty() ? "" : " | ", name);
    return text.empty() ? "ANY" : text;
}

struct Shown {
    std::string_view name;
    std::string_view category;
    std::string_view help;
    bool aggregating;
    std::vector<ProcedureColumn> inputs;
    std::size_t inputs_min;
    std::string result;

    std::string signature() const {
        std::string text;
        for (std::size_t i = 0; i < inputs.size(); ++i)
            text += fmt::format("{}{}{} :: {}{}", i > 0 ? ", " : "", i < inputs_min ? "" : "[", inputs[i].name,
                                inputs[i].type, i < inputs_min ? "" : "]");
        return fmt::format("{}({}) :: {}", name, text, result);
    }
};

Shown shown(const function::Function& f) {
    Shown s{f.name, name_of(f.category), f.help, false, {}, f.arguments_min, type_text(f.result)};
    const bool variadic = f.arguments_max == function::Function::variadic;
    const std::size_t count = variadic ? 1 : f.arguments_max;
    for (std::size_t i = 0; i < count; ++i) {
        const function::Parameter& p = f.parameters[i];
        s.inputs.push_back({fmt::format("{}{}", p.name, variadic ? "..." : ""), type_text(p.types)});
    }
    return s;
}

Shown shown(const function::Aggregate& a) {
    Shown s{a.name, "aggregate", a.help, true, {}, a.arguments, type_text(a.result)};
    for (std::size_t i = 0; i < a.arguments; ++i)
        s.inputs.push_back({std::string{a.parameters[i].name}, type_text(a.parameters[i].types)});
    return s;
}

std::vector<Shown> all_functions() {
    std::vector<Shown> all;
    for (const function::Function* f : function::all_functions()) all.push_back(shown(*f));
    for (const function::Aggregate& a : function::all_aggregates()) all.push_back(shown(a));
    std::stable_sort(all.begin(), all.end(), [](const Shown& a, const Shown& b) { return a.name < b.name; });
    return all;
}

Value descriptions(std::span<const ProcedureColumn> columns, bool deprecated) {
    ValueList list;
    for (const ProcedureColumn& c : columns) {
        ValueMapEntries one{{"name", c.name},
                            {"type", c.type},
                            {"description", c.name + " :: " + c.type},
                            {"isDeprecated", deprecated}};
        if (c.default_value) one.emplace_back("default", print(*c.default_value));
        list.push_back(Value::map(std::move(one)));
    }
    return Value::list(std::move(list));
}

void show_functions(Statement&, Arguments arguments, const Row& row) {
    if (arguments[0].as_string() == "USER DEFINED") return;  // there is no way to define one
    for (const Shown& f : all_functions())
        row({f.name,
             f.category,
             f.help,
             f.signature(),
             true,
             descriptions(f.inputs, false),
             f.result,
             f.aggregating,
             {},
             {},
             false,
             {}});
}

void list_functions(Statement&, Arguments, const Row& row) {
    for (const Shown& f : all_functions()) row({f.name, f.signature(), f.help, f.aggregating, Value::list({})});
}

std::string_view mode_of(const TableProcedure& p) { return p.mode == TableProcedure::Mode::read ? "READ" : "DBMS"; }

}  // namespace

std::vector<TableProcedure> catalogue(const ProcedureTable& table) {
    TableProcedure procedures{"show.procedures",
                              {},
                              {{"name", "STRING"},
                               {"description", "STRING"},
                               {"mode", "STRING"},
                               {"worksOnSystem", "BOOLEAN"},
                               {"signature", "STRING"},
                               {"argumentDescription", "LIST<MAP>"},
                               {"returnDescription", "LIST<MAP>"},
                               {"admin", "BOOLEAN"},
                               {"rolesExecution", "LIST<STRING>"},
                               {"rolesBoostedExecution", "LIST<STRING>"},
                               {"isDeprecated", "BOOLEAN"},
                               {"deprecatedBy", "STRING"},
                               {"option", "MAP"}},
                              "",
                              [&table](Statement&, Arguments, const Row& row) {
                                  for (const TableProcedure* p : table.listed()) {
                                      const bool old = !p->replaced_by.empty();
                                      row({p->name,
                                           p->help,
                                           mode_of(*p),
                                           false,
                                           p->signature(),
                                           descriptions(p->inputs, old),
                                           descriptions(p->outputs, old),
                                           false,
                                           {},
                                           {},
                                           old,
                                           old ? Value{p->replaced_by} : Value{},
                                           Value::map({{"deprecated", old}})});
                                  }
                              }};
    procedures.shown = 4;
    TableProcedure functions{"show.functions",
                             {{"only", "STRING"}},
                             {{"name", "STRING"},
                              {"category", "STRING"},
                              {"description", "STRING"},
                              {"signature", "STRING"},
                              {"isBuiltIn", "BOOLEAN"},
                              {"argumentDescription", "LIST<MAP>"},
                              {"returnDescription", "STRING"},
                              {"aggregating", "BOOLEAN"},
                              {"rolesExecution", "LIST<STRING>"},
                              {"rolesBoostedExecution", "LIST<STRING>"},
                              {"isDeprecated", "BOOLEAN"},
                              {"deprecatedBy", "STRING"}},
                             "",
                             show_functions};
    functions.shown = 3;
    TableProcedure old_procedures{"dbms.procedures",
                                  {},
                                  {{"name", "STRING"},
                                   {"signature", "STRING"},
                                   {"description", "STRING"},
                                   {"mode", "STRING"},
                                   {"defaultBuiltInRoles", "LIST<STRING>"},
                                   {"worksOnSystem", "BOOLEAN"}},
                                  "procedures, for old tools",
                                  [&table](Statement&, Arguments, const Row& row) {
                                      for (const TableProcedure* p : table.listed())
                                          row({p->name, p->signature(), p->help, mode_of(*p), Value::list({}), false});
                                  },
                                  TableProcedure::Mode::dbms};
    old_procedures.replaced_by = "SHOW PROCEDURES";
    TableProcedure old_functions{"dbms.functions",
                                 {},
                                 {{"name", "STRING"},
                                  {"signature", "STRING"},
                                  {"description", "STRING"},
                                  {"aggregating", "BOOLEAN"},
                                  {"defaultBuiltInRoles", "LIST<STRING>"}},
                                 "functions, for old tools",
                                 list_functions,
                                 TableProcedure::Mode::dbms};
    old_functions.replaced_by = "SHOW FUNCTIONS";
    return {std::move(procedures), std::move(functions), std::move(old_procedures), std::move(old_functions)};
}

}  // namespace mainstay::procedure
