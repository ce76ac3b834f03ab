// The database itself and its settings.

#include "exec/context.hpp"
#include "procedure/rows.hpp"

#include "mainstay/storage/store.hpp"

#include <algorithm>

namespace mainstay::procedure {
namespace {

constexpr auto dbms = TableProcedure::Mode::dbms;
constexpr std::string_view version = "0.1.0";

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 32);
    return text;
}

void list_components(Statement&, Arguments, const Row& row) { row({"Mainstay", Value::list({version}), "community"}); }

void say_info(Statement& statement, Arguments, const Row& row) { row({{}, database_name(statement), {}}); }
void say_yes(Statement&, Arguments, const Row& row) { row({true}); }

// Settings are those of the statement that asks: what it may cost.
struct Setting {
    std::string_view name;
    std::int64_t value, default_value;
    std::string_view help;
};
std::vector<Setting> settings_of(Statement& statement) {
    const Limits& now = statement.limits();
    const Limits usual;
    const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
    return {{"statement.memory_bytes", number(now.memory_bytes), number(usual.memory_bytes),
             "working memory of this statement, in bytes; 0: no limit"},
            {"statement.path_length", number(now.path_length), number(usual.path_length),
             "relationships of the longest path that a pattern without a bound finds; 0: no limit"},
            {"statement.time_ms", now.time.count(), usual.time.count(),
             "time this statement may take, in milliseconds; 0: no limit"}};
}

void show_settings(Statement& statement, Arguments arguments, const Row& row) {
    const ValueList& names = arguments[0].as_list();
    for (const Setting& s : settings_of(statement)) {
        const bool wanted = names.empty() || std::any_of(names.begin(), names.end(), [&](const Value& name) {
                                return name.is(ValueType::string) && name.as_string() == s.name;
                            });
        if (wanted)
            row({s.name, std::to_string(s.value), true, std::to_string(s.default_value), s.help,
                 std::to_string(s.value), s.value != s.default_value, "a whole number", false});
    }
}

void list_settings(Statement& statement, Arguments arguments, const Row& row) {
    const std::string wanted = arguments[0].is_null() ? "" : lower(std::string{arguments[0].as_string()});
    for (const Setting& s : settings_of(statement))
        if (s.name.find(wanted) != std::string_view::npos) row({s.name, s.help, std::to_string(s.value), true});
}

void list_nothing(Statement&, Arguments, const Row&) {}

void show_database(Statement& statement, OpenMode mode, Arguments arguments, const Row& row) {
    const std::string name = database_name(statement);
    const ValueList& names = arguments[0].as_list();
    const bool wanted = names.empty() || std::any_of(names.begin(), names.end(), [&](const Value& one) {
                            return one.is(ValueType::string) && lower(std::string{one.as_string()}) == lower(name);
                        });
    if (!wanted) return;
    const bool writes = mode != OpenMode::read_only;
    row({name,
         "standard",
         Value::list({}),
         writes ? "read-write" : "read-only",
         statement.address(),
         "primary",
         writes,
         "online",
         "online",
         "",
         true,
         true,
         Value::list({}),
         {},
         {},
         1,
         0,
         1,
         0,
         {},
         {},
         {},
         {},
         static_cast<std::int64_t>(raw(statement.view().tx())),
         0});
}

}  // namespace

std::vector<TableProcedure> database(OpenMode mode) {
    TableProcedure databases{"show.databases",
                             {{"names", "LIST<STRING>"}},
                             {{"name", "STRING"},
                              {"type", "STRING"},
                              {"aliases", "LIST<STRING>"},
                              {"access", "STRING"},
                              {"address", "STRING"},
                              {"role", "STRING"},
                              {"writer", "BOOLEAN"},
                              {"requestedStatus", "STRING"},
                              {"currentStatus", "STRING"},
                              {"statusMessage", "STRING"},
                              {"default", "BOOLEAN"},
                              {"home", "BOOLEAN"},
                              {"constituents", "LIST<STRING>"},
                              {"databaseID", "STRING"},
                              {"serverID", "STRING"},
                              {"currentPrimariesCount", "INTEGER"},
                              {"currentSecondariesCount", "INTEGER"},
                              {"requestedPrimariesCount", "INTEGER"},
                              {"requestedSecondariesCount", "INTEGER"},
                              {"creationTime", "ZONED DATETIME"},
                              {"lastStartTime", "ZONED DATETIME"},
                              {"lastStopTime", "ZONED DATETIME"},
                              {"store", "STRING"},
                              {"lastCommittedTxn", "INTEGER"},
                              {"replicationLag", "INTEGER"}},
                             "",
                             [mode](Statement& statement, Arguments arguments, const Row& row) {
                                 show_database(statement, mode, arguments, row);
                             }};
    databases.shown = 13;
    TableProcedure settings{"show.settings",
                            {{"names", "LIST<STRING>"}},
                            {{"name", "STRING"},
                             {"value", "STRING"},
                             {"isDynamic", "BOOLEAN"},
                             {"defaultValue", "STRING"},
                             {"description", "STRING"},
                             {"startupValue", "STRING"},
                             {"isExplicitlySet", "BOOLEAN"},
                             {"validValues", "STRING"},
                             {"isDeprecated", "BOOLEAN"}},
                            "",
                            show_settings};
    settings.shown = 5;
    const std::vector<ProcedureColumn> info{{"id", "STRING"}, {"name", "STRING"}, {"creationDate", "STRING"}};
    const std::vector<ProcedureColumn> setting{
        {"name", "STRING"}, {"description", "STRING"}, {"value", "STRING"}, {"dynamic", "BOOLEAN"}};
    return {std::move(databases),
            std::move(settings),
            {"dbms.components",
             {},
             {{"name", "STRING"}, {"versions", "LIST<STRING>"}, {"edition", "STRING"}},
             "what this is",
             list_components,
             dbms},
            {"db.info", {}, info, "the database's name; it has no id and keeps no date", say_info},
            {"dbms.info", {}, info, "the database's name; it has no id and keeps no date", say_info, dbms},
            {"db.ping", {}, {{"success", "BOOLEAN"}}, "true", say_yes},
            {"dbms.listConfig",
             {{"searchString", "STRING", Value{""}}},
             setting,
             "settings whose name holds the text: what the statement may cost",
             list_settings,
             dbms},
            {"dbms.clientConfig", {}, setting, "settings for clients: there are none", list_nothing, dbms}};
}

}  // namespace mainstay::procedure
