#include "http/endpoints/endpoints.hpp"

#include "http/formats.hpp"

#include "mainstay/connect/values.hpp"

#include <charconv>

namespace mainstay::server {
namespace {

constexpr std::int64_t day_us = 86'400'000'000, token_days_usual = 90, token_days_max = 36'500;

Value text_or_null(std::string_view text) { return text.empty() ? Value{} : Value{text}; }

Role role_of(const std::string& name) {
    if (const auto role = parse_role(name)) return *role;
    throw Error{Code::input_invalid, "there is no role " + quoted(name)}.with_hint(
        "there are reader, editor and admin");
}

std::vector<Value> row_of(const Account& account) {
    return {Value{account.name},
            Value{name_of(account.role)},
            Value{account.is_void       ? "void"
                  : account.is_disabled ? "disabled"
                                        : "active"},
            account.has_password,
            instant_value(account.created_us),
            instant_value(account.changed_us)};
}

HttpResponse accounts_response(const std::vector<Account>& accounts) {
    std::vector<std::vector<Value>> rows;
    for (const Account& account : accounts) rows.push_back(row_of(account));
    return rows_response({"name", "role", "state", "password", "created", "changed"}, rows, {});
}

Accounts& accounts_of(const Asked& asked) { return asked.database().store().accounts(); }

std::string required_text(const Asked& asked, const Value& body, std::string_view name) {
    std::string text = asked.text(body, name);
    if (text.empty()) throw Error{Code::input_invalid, "the body has no `" + std::string{name} + "`"};
    return text;
}

}  // namespace

HttpResponse answer_users(const Asked& asked) {
    require_role(asked.principal(), Role::admin, "the list of accounts");
    return accounts_response(accounts_of(asked).list());
}

HttpResponse answer_user_add(const Asked& asked) {
    const Value body = asked.body();
    NewAccount wanted;
    wanted.name = required_text(asked, body, "name");
    if (const auto role = asked.text(body, "role"); !role.empty()) wanted.role = role_of(role);
    if (const auto password = asked.text(body, "password"); !password.empty()) wanted.password = password;
    return accounts_response({accounts_of(asked).add(wanted, asked.execute_options(body).commit, asked.principal())});
}

HttpResponse answer_user_change(const Asked& asked) {
    const Value body = asked.body();
    Accounts& accounts = accounts_of(asked);
    const CommitInfo info = asked.execute_options(body).commit;
    const std::string role = asked.text(body, "role"), password = asked.text(body, "password");
    const Value disabled = body.at("disabled");
    if (!disabled.is_null() && !disabled.is(ValueType::boolean))
        throw Error{Code::input_invalid, "`disabled` is true or false"};
    if (role.empty() && password.empty() && disabled.is_null())
        throw Error{Code::input_invalid, "there is nothing to change: give `role`, `password` or `disabled`"};
    // One commit each, as the store has them.
    if (!role.empty()) accounts.set_role(asked.path_value, role_of(role), info, asked.principal());
    if (!password.empty()) accounts.set_password(asked.path_value, password, info, asked.principal());
    if (!disabled.is_null()) accounts.set_disabled(asked.path_value, disabled.as_bool(), info, asked.principal());
    const auto account = accounts.find(asked.path_value);
    return accounts_response(account ? std::vector{*account} : std::vector<Account>{});
}

HttpResponse answer_user_remove(const Asked& asked) {
    accounts_of(asked).remove(asked.path_value, asked.execute_options({}).commit, asked.principal());
    return accounts_response({});
}

HttpResponse answer_tokens(const Asked& asked) {
    const auto of = asked.request().parameter("user");
    const bool is_own = of && asked.principal().verified && *of == asked.principal().name;
    if (!is_own) require_role(asked.principal(), Role::admin, "the list of others' tokens");
    std::vector<std::vector<Value>> rows;
    for (const Token& token : accounts_of(asked).list_tokens(of))
        rows.push_back({static_cast<std::int64_t>(token.id), Value{token.account}, text_or_null(token.label),
                        token.limit ? Value{name_of(*token.limit)} : Value{}, instant_value(token.created_us),
                        token.expires_us ? instant_value(*token.expires_us) : Value{}, Value{"…" + token.ending}});
    return rows_response({"id", "user", "label", "role", "created", "expires", "token"}, rows, {});
}

HttpResponse answer_token_make(const Asked& asked) {
    const Value body = asked.body();
    NewToken wanted;
    wanted.account = required_text(asked, body, "user");
    wanted.label = asked.text(body, "label");
    if (const auto role = asked.text(body, "role"); !role.empty()) wanted.limit = role_of(role);
    std::int64_t days = token_days_usual;
    if (const Value given = body.at("days"); !given.is_null()) {
        if (!given.is(ValueType::integer) || given.as_int() < 1 || given.as_int() > token_days_max)
            throw Error{Code::input_invalid, "`days` is a whole number from 1 to 36500"};
        days = given.as_int();
    }
    wanted.expires_us = asked.database().store().now_us() + days * day_us;
    const IssuedToken made =
        accounts_of(asked).make_token(wanted, asked.execute_options(body).commit, asked.principal());
    return rows_response({"id", "user", "expires", "token"},
                         {{static_cast<std::int64_t>(made.token.id), Value{made.token.account},
                           instant_value(made.token.expires_us.value_or(0)), Value{made.text}}},
                         {});
}

HttpResponse answer_token_revoke(const Asked& asked) {
    std::uint64_t number = 0;
    const std::string& text = asked.path_value;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        throw Error{Code::entity_not_found, "there is no token " + quoted(text)};
    accounts_of(asked).revoke_token(TokenId{number}, asked.execute_options({}).commit, asked.principal());
    return rows_response({"id"}, {}, {});
}

}  // namespace mainstay::server
