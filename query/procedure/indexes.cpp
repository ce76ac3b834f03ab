// Indexes and constraints.

#include "exec/context.hpp"
#include "procedure/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::procedure {
namespace {

using Column = ProcedureColumn;

constexpr std::string_view provider = "mainstay";

bool is_index(const SchemaEntry& entry) { return entry.kind != SchemaKind::exists; }  // or has one
bool is_constraint(const SchemaEntry& entry) { return entry.kind != SchemaKind::range_index; }
bool is_of_node(const SchemaEntry& entry) { return entry.element == ElementKind::node; }
std::string_view element_of(const SchemaEntry& entry) { return is_of_node(entry) ? "NODE" : "RELATIONSHIP"; }
// What holds a unique value is found by equality alone, so it is no range index.
std::string_view index_type(const SchemaEntry& entry) { return is_constraint(entry) ? "UNIQUE" : "RANGE"; }

std::string constraint_type(const SchemaEntry& entry) {
    switch (entry.kind) {
        case SchemaKind::unique: return is_of_node(entry) ? "UNIQUENESS" : "RELATIONSHIP_UNIQUENESS";
        case SchemaKind::exists: return fmt::format("{}_PROPERTY_EXISTENCE", element_of(entry));
        case SchemaKind::node_key: return fmt::format("{}_KEY", element_of(entry));
        case SchemaKind::range_index: break;
    }
    return {};
}

// `only`: the words of SHOW ... CONSTRAINTS.
bool is_wanted(const SchemaEntry& entry, std::string_view only) {
    for (const std::string_view element : {"NODE", "RELATIONSHIP"})
        if (only.starts_with(element)) {
            if (element_of(entry) != element) return false;
            only.remove_prefix(element.size() + 1);
        }
    switch (entry.kind) {
        case SchemaKind::unique: return only.empty() || only == "UNIQUENESS";
        case SchemaKind::exists: return only.empty() || only == "EXISTENCE";
        case SchemaKind::node_key: return only.empty() || only == "KEY";
        case SchemaKind::range_index: break;
    }
    return false;
}

std::string in_backticks(std::string_view name) {
    std::string out = "`";
    for (const char c : name) out.append(c == '`' ? 2 : 1, c);
    return out + "`";
}

std::string create_statement(const SchemaEntry& entry) {
    const char variable = is_of_node(entry) ? 'n' : 'r';
    std::string keys;
    for (const std::string& key : entry.keys)
        keys += fmt::format("{}{}.{}", keys.empty() ? "" : ", ", variable, in_backticks(key));
    const std::string target =
        fmt::format(fmt::runtime(is_of_node(entry) ? "(n:{})" : "()-[r:{}]-()"), in_backticks(entry.label));
    const std::string name = in_backticks(entry.name);
    switch (entry.kind) {
        case SchemaKind::range_index: return fmt::format("CREATE RANGE INDEX {} FOR {} ON ({})", name, target, keys);
        case SchemaKind::unique:
            return fmt::format("CREATE CONSTRAINT {} FOR {} REQUIRE ({}) IS UNIQUE", name, target, keys);
        case SchemaKind::exists:
            return fmt::format("CREATE CONSTRAINT {} FOR {} REQUIRE ({}) IS NOT NULL", name, target, keys);
        case SchemaKind::node_key: break;
    }
    return fmt::format("CREATE CONSTRAINT {} FOR {} REQUIRE ({}) IS {} KEY", name, target, keys, element_of(entry));
}

Value id_of(const SchemaEntry& entry) { return static_cast<std::int64_t>(entry.id); }
Value label_of(const SchemaEntry& entry) { return Value::list({entry.label}); }
Value options() { return Value::map({{"indexConfig", Value::map({})}, {"indexProvider", provider}}); }
Value owner_of(const SchemaEntry& entry) { return is_constraint(entry) ? Value{entry.name} : Value{}; }

void show_indexes(Statement& statement, Arguments arguments, const Row& row) {
    const std::string_view only = arguments[0].as_string();
    for (const SchemaEntry& entry : statement.view().schema()) {
        if (!is_index(entry) || !(only.empty() || only == index_type(entry))) continue;
        row({id_of(entry),
             entry.name,
             "ONLINE",
             100.0,
             index_type(entry),
             element_of(entry),
             label_of(entry),
             strings(entry.keys),
             provider,
             owner_of(entry),
             {},
             {},
             entry.from_model,
             {},
             options(),
             "",
             is_constraint(entry) ? Value{} : Value{create_statement(entry)}});
    }
}

void show_constraints(Statement& statement, Arguments arguments, const Row& row) {
    for (const SchemaEntry& entry : statement.view().schema()) {
        if (!is_wanted(entry, arguments[0].as_string())) continue;
        row({id_of(entry),
             entry.name,
             constraint_type(entry),
             element_of(entry),
             label_of(entry),
             strings(entry.keys),
             is_index(entry) ? Value{entry.name} : Value{},
             {},
             entry.from_model,
             is_index(entry) ? options() : Value{},
             create_statement(entry)});
    }
}

// As they were called before SHOW.
void list_indexes(Statement& statement, Arguments, const Row& row) {
    for (const SchemaEntry& entry : statement.view().schema())
        if (is_index(entry))
            row({id_of(entry), entry.name, "ONLINE", 100.0, is_constraint(entry) ? "UNIQUE" : "NONUNIQUE",
                 index_type(entry), element_of(entry), label_of(entry), strings(entry.keys), provider});
}

void list_constraints(Statement& statement, Arguments, const Row& row) {
    for (const SchemaEntry& entry : statement.view().schema())
        if (is_constraint(entry)) row({entry.name, create_statement(entry), constraint_type(entry)});
}

// There is no index that is not up to date: a commit that makes one fills it.
void require_index(Statement& statement, Arguments arguments, const Row&) {
    std::vector<std::string> names;
    for (const SchemaEntry& entry : statement.view().schema())
        if (is_index(entry)) names.push_back(entry.name);
    if (arguments[0].is_null() || std::find(names.begin(), names.end(), arguments[0].as_string()) == names.end())
        throw Error{Code::index_missing, "there is no index " + print(arguments[0])}.with_hint(
            arguments[0].is_null() ? "" : nearest(arguments[0].as_string(), names));
}
void do_nothing(Statement&, Arguments, const Row&) {}

}  // namespace

std::vector<TableProcedure> indexes() {
    TableProcedure all{"show.indexes",
                       {{"only", "STRING"}},
                       {{"id", "INTEGER"},
                        {"name", "STRING"},
                        {"state", "STRING"},
                        {"populationPercent", "FLOAT"},
                        {"type", "STRING"},
                        {"entityType", "STRING"},
                        {"labelsOrTypes", "LIST<STRING>"},
                        {"properties", "LIST<STRING>"},
                        {"indexProvider", "STRING"},
                        {"owningConstraint", "STRING"},
                        {"lastRead", "ZONED DATETIME"},
                        {"readCount", "INTEGER"},
                        {"fromModel", "BOOLEAN"},
                        {"trackedSince", "ZONED DATETIME"},
                        {"options", "MAP"},
                        {"failureMessage", "STRING"},
                        {"createStatement", "STRING"}},
                       "",
                       show_indexes};
    all.shown = 13;
    TableProcedure constraints{"show.constraints",
                               {{"only", "STRING"}},
                               {{"id", "INTEGER"},
                                {"name", "STRING"},
                                {"type", "STRING"},
                                {"entityType", "STRING"},
                                {"labelsOrTypes", "LIST<STRING>"},
                                {"properties", "LIST<STRING>"},
                                {"ownedIndex", "STRING"},
                                {"propertyType", "STRING"},
                                {"fromModel", "BOOLEAN"},
                                {"options", "MAP"},
                                {"createStatement", "STRING"}},
                               "",
                               show_constraints};
    constraints.shown = 9;
    TableProcedure old_indexes{"db.indexes",
                               {},
                               {{"id", "INTEGER"},
                                {"name", "STRING"},
                                {"state", "STRING"},
                                {"populationPercent", "FLOAT"},
                                {"uniqueness", "STRING"},
                                {"type", "STRING"},
                                {"entityType", "STRING"},
                                {"labelsOrTypes", "LIST<STRING>"},
                                {"properties", "LIST<STRING>"},
                                {"provider", "STRING"}},
                               "indexes, for old tools",
                               list_indexes};
    old_indexes.replaced_by = "SHOW INDEXES";
    TableProcedure old_constraints{"db.constraints",
                                   {},
                                   {{"name", "STRING"}, {"description", "STRING"}, {"details", "STRING"}},
                                   "constraints, for old tools",
                                   list_constraints};
    old_constraints.replaced_by = "SHOW CONSTRAINTS";
    const Column name{"indexName", "STRING"}, patience{"timeOutSeconds", "INTEGER", Value{300}};
    return {
        std::move(all),
        std::move(constraints),
        std::move(old_indexes),
        std::move(old_constraints),
        {"db.awaitIndex", {name, patience}, {}, "returns at once: an index is complete when it is made", require_index},
        {"db.awaitIndexes", {patience}, {}, "returns at once: indexes are complete when they are made", do_nothing},
        {"db.resampleIndex", {name}, {}, "does nothing: figures of indexes are always those of now", require_index},
        {"db.resampleOutdatedIndexes", {}, {}, "does nothing: there are no outdated indexes", do_nothing}};
}

}  // namespace mainstay::procedure
