#include "account_table.hpp"

#include "bytes.hpp"
#include "view_impl.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay {
namespace {

constexpr std::uint8_t row_version = 1, disabled_flag = 1;
constexpr char account_kind = 'A', token_kind = 'T', token_id_kind = 'I';
constexpr std::size_t hash_bytes = 32;

// Throws Error(Code::newer_format).
void read_version(ByteReader& reader) {
    if (const auto version = reader.fixed<std::uint8_t>(); version != row_version)
        throw Error{Code::newer_format, fmt::format("the accounts have rows of version {}", version)}.with_hint(
            "open the file with the Mainstay that wrote it");
}

std::optional<Role> read_role(ByteReader& reader) {
    const auto code = reader.fixed<std::uint8_t>();
    if (code > static_cast<std::uint8_t>(Role::admin)) reader.fail();
    if (code == 0) return std::nullopt;
    return static_cast<Role>(code);
}

template <typename F>
void for_each_of(char kind, const lmdb::Transaction& txn, F&& f) {
    auto cursor = txn.cursor(lmdb::Table::account);
    const std::string prefix(1, kind);
    for (bool more = cursor.seek(prefix); more && cursor.key().starts_with(kind); more = cursor.next())
        f(cursor.key(), cursor.value());
}

}  // namespace

std::string account_key(std::string_view name) { return account_kind + std::string(name); }

std::string token_key(std::string_view token_text) {
    const auto hash = blake2b(token_text);
    return token_kind + std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}

std::string token_id_key(std::uint64_t id) {
    std::string key(1, token_id_kind);
    append_big_endian(key, id);
    return key;
}

std::string encode(const AccountRow& row) {
    std::string out;
    append_raw(out, row_version);
    append_raw(out, row.is_disabled ? disabled_flag : std::uint8_t{0});
    append_raw(out, static_cast<std::uint8_t>(row.role));
    append_raw(out, raw(row.user));
    append_raw(out, row.secret);
    append_raw(out, row.created_us);
    append_raw(out, row.changed_us);
    append_text(out, row.hash);
    return out;
}

AccountRow decode_account(std::string_view value) {
    ByteReader reader(value, "an account");
    AccountRow row;
    read_version(reader);
    const auto flags = reader.fixed<std::uint8_t>();
    if (flags > disabled_flag) reader.fail();
    row.is_disabled = flags == disabled_flag;
    const auto role = read_role(reader);
    if (!role) reader.fail();
    row.role = *role;
    row.user = NodeId{reader.fixed<std::uint32_t>()};
    row.secret = reader.fixed<std::uint64_t>();
    row.created_us = reader.fixed<std::int64_t>();
    row.changed_us = reader.fixed<std::int64_t>();
    row.hash = reader.text();
    if (!reader.at_end()) reader.fail();
    return row;
}

std::string encode(const TokenRow& row) {
    std::string out;
    append_raw(out, row_version);
    append_raw(out, row.limit ? static_cast<std::uint8_t>(*row.limit) : std::uint8_t{0});
    append_raw(out, row.id);
    append_raw(out, row.created_us);
    append_raw(out, row.expires_us);
    for (const auto* text : {&row.account, &row.label, &row.ending}) append_text(out, *text);
    return out;
}

TokenRow decode_token(std::string_view value) {
    ByteReader reader(value, "a token");
    TokenRow row;
    read_version(reader);
    row.limit = read_role(reader);
    row.id = reader.fixed<std::uint64_t>();
    row.created_us = reader.fixed<std::int64_t>();
    row.expires_us = reader.fixed<std::int64_t>();
    for (auto* text : {&row.account, &row.label, &row.ending}) *text = reader.text();
    if (!reader.at_end()) reader.fail();
    return row;
}

std::optional<AccountRow> find_account(const lmdb::Transaction& txn, std::string_view name) {
    if (name.empty() || name.size() > account_name_bytes_max) return std::nullopt;
    const auto value = txn.get(lmdb::Table::account, account_key(name));
    if (!value) return std::nullopt;
    return decode_account(*value);
}

std::optional<std::string> find_token_key(const lmdb::Transaction& txn, std::uint64_t id) {
    const auto hash = txn.get(lmdb::Table::account, token_id_key(id));
    if (!hash) return std::nullopt;
    if (hash->size() != hash_bytes) ByteReader(*hash, "the number of a token").fail();
    return token_kind + std::string(*hash);
}

std::optional<TokenRow> find_token(const lmdb::Transaction& txn, std::uint64_t id) {
    const auto key = find_token_key(txn, id);
    if (!key) return std::nullopt;
    const auto value = txn.get(lmdb::Table::account, *key);
    if (!value) ByteReader({}, "a token").fail();
    auto row = decode_token(*value);
    if (row.id != id) ByteReader({}, "a token").fail();
    return row;
}

void for_each_account(const lmdb::Transaction& txn, const std::function<void(std::string_view, const AccountRow&)>& f) {
    for_each_of(account_kind, txn,
                [&](std::string_view key, std::string_view value) { f(key.substr(1), decode_account(value)); });
}

void for_each_token(const lmdb::Transaction& txn, const std::function<void(std::string_view, const TokenRow&)>& f) {
    for_each_of(token_kind, txn, [&](std::string_view key, std::string_view value) { f(key, decode_token(value)); });
}

std::optional<Principal> current(const lmdb::Transaction& txn, const Principal& principal, std::int64_t now_us) {
    const auto account = find_account(txn, principal.name);
    if (!account || account->is_disabled) return std::nullopt;
    // Tokens outlive a password, not their account.
    if (principal.token == 0 && account->secret != principal.secret) return std::nullopt;
    Principal now = principal;
    now.role = account->role;
    now.user = account->user;
    if (principal.token == 0) return now;
    const auto token = find_token(txn, principal.token);
    if (!token || token->account != principal.name || token->expires_us <= now_us) return std::nullopt;
    if (token->limit) now.role = std::min(now.role, *token->limit);
    return now;
}

bool is_node(const StoreView& view, NodeId node) { return raw(node) < view.node_limit() && view.exists(node); }

void throw_not_signed_in(const Principal& principal) {
    throw Error{Code::not_signed_in, fmt::format("{} is not signed in any more: the account, its password or its token "
                                                 "was changed, or the token has expired",
                                                 principal.name)}
        .with_hint("sign in again");
}

void admit(const lmdb::Transaction& txn, const StoreView& before, const Principal& principal, Role needed,
           LogRecord& record) {
    if (!principal.verified) return;
    const auto now = current(txn, principal, record.time_us);
    if (!now || !is_node(before, now->user)) throw_not_signed_in(principal);
    require_role(*now, needed, "what this transaction writes");
    note_signed_in(record, *now);
}

}  // namespace mainstay
