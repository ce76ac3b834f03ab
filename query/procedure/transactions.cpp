// SHOW TRANSACTIONS and TERMINATE TRANSACTIONS. Everybody sees and ends the own ones, administrators all.

#include "running.hpp"

#include "exec/context.hpp"
#include "procedure/rows.hpp"

#include "mainstay/storage/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace mainstay::procedure {
namespace {

constexpr std::string_view middle = "-transaction-";

std::string id_of(const std::string& database, std::uint64_t number) {
    return fmt::format("{}{}{}", database, middle, number);
}

std::optional<std::uint64_t> number_of(std::string_view id) {
    if (const auto at = id.rfind(middle); at != std::string_view::npos) id.remove_prefix(at + middle.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc{} || end != id.data() + id.size()) return std::nullopt;
    return number;
}

bool may_see(const Statement& statement, const RunningTransactions::Entry& entry) {
    // Who has not signed in may do everything, in this process.
    return statement.role().empty() || statement.role() == name_of(Role::admin) ||
           (entry.is_signed_in && entry.user == statement.user());
}

void show(Statement& statement, const RunningTransactions& running, Arguments arguments, const Row& row) {
    const std::string database = database_name(statement);
    const ValueList& names = arguments[0].as_list();
    const std::int64_t now = statement.view().store().now_us();
    for (const RunningTransactions::Entry& entry : running.all()) {
        const std::string id = id_of(database, entry.number);
        const bool is_wanted = names.empty() || std::any_of(names.begin(), names.end(), [&](const Value& name) {
                                   return name.is(ValueType::string) && name.as_string() == id;
                               });
        if (!is_wanted || !may_see(statement, entry)) continue;
        const bool runs = !entry.statement.empty();
        row({database, id, runs ? Value{fmt::format("query-{}", entry.number)} : Value{}, entry.connection,
             entry.client, entry.user, entry.statement, instant(entry.begun_us),
             entry.is_terminated ? "Terminated" : "Running", elapsed(now - entry.begun_us),
             runs ? instant(entry.statement_begun_us) : Value{},
             runs ? elapsed(now - entry.statement_begun_us) : Value{}});
    }
}

void terminate(Statement& statement, RunningTransactions& running, Arguments arguments, const Row& row) {
    for (const Value& name : arguments[0].as_list()) {
        const auto number = name.is(ValueType::string) ? number_of(name.as_string()) : std::nullopt;
        const auto all = running.all();
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.number == number; });
        const bool is_there = found != all.end() && may_see(statement, *found);
        const bool is_ended = is_there && running.terminate(*number);
        row({name, is_there ? Value{found->user} : Value{},
             is_ended ? "Transaction terminated." : "Transaction not found."});
    }
}

}  // namespace

std::vector<TableProcedure> transactions(RunningTransactions& running) {
    TableProcedure shown{"show.transactions",
                         {{"names", "LIST<STRING>"}},
                         {{"database", "STRING"},
                          {"transactionId", "STRING"},
                          {"currentQueryId", "STRING"},
                          {"connectionId", "STRING"},
                          {"clientAddress", "STRING"},
                          {"username", "STRING"},
                          {"currentQuery", "STRING"},
                          {"startTime", "ZONED DATETIME"},
                          {"status", "STRING"},
                          {"elapsedTime", "DURATION"},
                          {"currentQueryStartTime", "ZONED DATETIME"},
                          {"currentQueryElapsedTime", "DURATION"}},
                         "",
                         [&running](Statement& statement, Arguments arguments, const Row& row) {
                             show(statement, running, arguments, row);
                         }};
    shown.shown = 10;
    return {std::move(shown),
            {"show.terminated",
             {{"names", "LIST<STRING>"}},
             {{"transactionId", "STRING"}, {"username", "STRING"}, {"message", "STRING"}},
             "",
             [&running](Statement& statement, Arguments arguments, const Row& row) {
                 terminate(statement, running, arguments, row);
             }}};
}

}  // namespace mainstay::procedure
