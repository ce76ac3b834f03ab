#pragma once

// Rows of the `account` table. Do not renumber.
//
//   A name                     -> version u8 = 1 | flags u8 (1: disabled) | role u8 | user node u32 | secret u64 (the
//                                 transaction that set the password) | created, changed i64 (UTC microseconds) | hash
//                                 of the password as text (argon2id, PHC form; "": none)
//   T BLAKE2b-256 of the token -> version u8 = 1 | limit u8 (a role; 0: none) | id u64 (the transaction that made it) |
//                                 created, expires i64 (2^63 - 1: never) | account, label, ending: texts
//   I id of a token, u64 BE    -> the hash, 32 bytes

#include "lmdb.hpp"
#include "log.hpp"
#include "mainstay/storage/accounts.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay {

class StoreView;

struct AccountRow {
    Role role = Role::reader;
    bool is_disabled = false;
    NodeId user = no_node;
    std::uint64_t secret = 0;
    std::int64_t created_us = 0, changed_us = 0;
    std::string hash;
};

struct TokenRow {
    static constexpr std::int64_t never = INT64_MAX;
    std::optional<Role> limit;
    std::uint64_t id = 0;
    std::int64_t created_us = 0, expires_us = never;
    std::string account, label, ending;
};

// What a log record says was done to an account. Do not renumber.
enum class AccountAction : std::uint8_t {
    added = 1,
    password = 2,
    role = 3,
    disabled = 4,
    enabled = 5,
    removed = 6,
    token_made = 7,
    token_revoked = 8
};

std::string account_key(std::string_view name);
std::string token_key(std::string_view token_text);
std::string token_id_key(std::uint64_t id);
std::string encode(const AccountRow& row);
std::string encode(const TokenRow& row);
// Throw Error(Code::corrupt).
AccountRow decode_account(std::string_view value);
TokenRow decode_token(std::string_view value);

std::optional<AccountRow> find_account(const lmdb::Transaction& txn, std::string_view name);
// The key of a token's row; its row. Throw Error(Code::corrupt) if only one of the two is there.
std::optional<std::string> find_token_key(const lmdb::Transaction& txn, std::uint64_t id);
std::optional<TokenRow> find_token(const lmdb::Transaction& txn, std::uint64_t id);
void for_each_account(const lmdb::Transaction& txn,
                      const std::function<void(std::string_view name, const AccountRow& row)>& f);
void for_each_token(const lmdb::Transaction& txn,
                    const std::function<void(std::string_view key, const TokenRow& row)>& f);

// A verified principal as the accounts of a snapshot have it; nullopt: it may not go on. Whether its node is there is
// the caller's part.
std::optional<Principal> current(const lmdb::Transaction& txn, const Principal& principal, std::int64_t now_us);
bool is_node(const StoreView& view, NodeId node);  // whatever its dates say
[[noreturn]] void throw_not_signed_in(const Principal& principal);
// What the committer asks before it takes a principal's work, and notes in its record: that what it has asked for is
// allowed now. Of one that is not verified: nothing.
void admit(const lmdb::Transaction& txn, const StoreView& before, const Principal& principal, Role needed,
           LogRecord& record);

}  // namespace mainstay
