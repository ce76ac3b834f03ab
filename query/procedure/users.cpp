// Who asks, and who has an account.

#include "exec/context.hpp"
#include "procedure/rows.hpp"

#include "mainstay/storage/store.hpp"

namespace mainstay::procedure {
namespace {

// Of who has signed in; who has not has none, and may do everything.
Value roles_of(const Statement& statement) {
    ValueList roles;
    if (!statement.role().empty()) roles.emplace_back(statement.role());
    return Value::list(std::move(roles));
}

// A new password is never asked for, and who has an account has this one database.
void show_users(Statement& statement, Arguments, const Row& row) {
    for (const Account& account : statement.view().store().accounts().list())
        row({account.name,
             Value::list({Value{name_of(account.role)}}),
             false,
             account.is_disabled || account.is_void,
             {},
             account.has_password,
             instant(account.created_us),
             instant(account.changed_us)});
}

}  // namespace

std::vector<TableProcedure> users() {
    TableProcedure old_user{"dbms.showCurrentUser",
                            {},
                            {{"username", "STRING"}, {"roles", "LIST<STRING>"}, {"flags", "LIST<STRING>"}},
                            "who runs the statement; empty if nobody said",
                            [](Statement& statement, Arguments, const Row& row) {
                                row({statement.user(), roles_of(statement), Value::list({})});
                            },
                            TableProcedure::Mode::dbms};
    old_user.replaced_by = "SHOW CURRENT USER";
    const std::vector<ProcedureColumn> user{{"user", "STRING"},
                                            {"roles", "LIST<STRING>"},
                                            {"passwordChangeRequired", "BOOLEAN"},
                                            {"suspended", "BOOLEAN"},
                                            {"home", "STRING"}};
    std::vector<ProcedureColumn> account = user;
    account.insert(account.end(),
                   {{"hasPassword", "BOOLEAN"}, {"created", "ZONED DATETIME"}, {"changed", "ZONED DATETIME"}});
    TableProcedure all{"show.users", {}, std::move(account), "", show_users};
    all.shown = user.size();
    all.needs = Role::admin;
    all.does = "the list of accounts";
    return {{"show.currentUser",
             {},
             user,
             "",
             [](Statement& statement, Arguments, const Row& row) {
                 row({statement.user(), roles_of(statement), false, false, {}});
             }},
            std::move(all),
            std::move(old_user)};
}

}  // namespace mainstay::procedure
