#pragma once

// Who may sign in to a database: accounts, each of a node of the graph, with an argon2id hash of a password, and API
// tokens. They are in a table of their own, which no statement, view or export reads; backups have it. Decision 0011.

#include "mainstay/storage/principal.hpp"
#include "mainstay/storage/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay {

inline constexpr std::size_t account_name_bytes_max = 200;
inline constexpr std::size_t password_characters_min = 8, password_bytes_max = 1024;

// An account as others may see it: no secret.
struct Account {
    std::string name;
    NodeId user = no_node;  // its node; the account is void when that is gone or not valid now
    Role role = Role::reader;
    bool is_disabled = false, is_void = false, has_password = false;
    std::int64_t created_us = 0, changed_us = 0;
};

struct NewAccount {
    std::string name;
    std::optional<Role> role;             // nullopt: reader; of the first account of a database: admin
    std::optional<std::string> password;  // nullopt: none; then only a token signs in
    // nullopt: the node of class User, or if the class model has none, Person, that has the name as a key or as its
    // `name`; made if there is none. Without a class model the label is User.
    std::optional<NodeId> user;
};

enum class TokenId : std::uint64_t {};

struct Token {
    TokenId id{};  // the transaction that made it
    std::string account, label;
    std::optional<Role> limit;  // it allows no more than this, nor than the account's role
    std::int64_t created_us = 0;
    std::optional<std::int64_t> expires_us;
    std::string ending;  // the last four characters, to know it by
};

struct NewToken {
    std::string account, label;
    std::optional<Role> limit;
    std::optional<std::int64_t> expires_us;
};

struct IssuedToken {
    Token token;
    std::string text;  // what signs in; not to be had again
};

// The accounts of a Store. Thread-safe; lives as long as the store. Reads see the newest commit, of whatever process.
// Changes go through the writer lock like any commit, are durable when they return, and stand in the log with what was
// done ("account ann: role editor -> admin"), author and `info.reason`. They need the role admin, except that who has
// signed in with a password may change that password and make and revoke tokens of the own account.
// Throws Error: forbidden, entity_not_found (no such account), constraint_violation (the name is taken; no
// administrator would be left who can sign in), invalid_argument_value (name, password), corrupt, and what a commit
// throws.
class Accounts {
public:
    virtual ~Accounts() = default;

    // Whether there is any: if not, nobody can sign in, and a door lets whom it will.
    virtual bool any() const = 0;
    virtual std::vector<Account> list() const = 0;  // by name
    virtual std::optional<Account> find(std::string_view name) const = 0;
    // Of one account, or all; those that have expired too.
    virtual std::vector<Token> list_tokens(std::optional<std::string_view> account = std::nullopt) const = 0;

    // --- signing in. nullopt: no, without saying why. Neither writes.
    // Takes as long for a name that nobody has (about 100 ms and 64 MB, four at a time).
    virtual std::optional<Principal> verify_password(std::string_view name, std::string_view password) const = 0;
    // A hash and a look-up: microseconds.
    virtual std::optional<Principal> verify_token(std::string_view text) const = 0;
    // The same principal with the role it has now; nullopt: it may not go on (account removed, disabled or void,
    // another password, token revoked or expired). Microseconds. One that is not verified stays as it is.
    virtual std::optional<Principal> renew(const Principal& principal) const = 0;
    // The same; throws Error(Code::not_signed_in).
    virtual Principal require(const Principal& principal) const = 0;
    // To act with an account's rights without its password, for who may write the file anyway: not verified.
    // Throws Error: entity_not_found, forbidden (disabled or void).
    virtual Principal act_as(std::string_view name) const = 0;

    // --- changes
    virtual Account add(const NewAccount& account, const CommitInfo& info, const Principal& by = {}) = 0;
    virtual void set_password(std::string_view name, std::string_view password, const CommitInfo& info,
                              const Principal& by = {}) = 0;
    virtual void set_role(std::string_view name, Role role, const CommitInfo& info, const Principal& by = {}) = 0;
    virtual void set_disabled(std::string_view name, bool disabled, const CommitInfo& info,
                              const Principal& by = {}) = 0;
    // The account and its tokens; its node stays.
    virtual void remove(std::string_view name, const CommitInfo& info, const Principal& by = {}) = 0;
    virtual IssuedToken make_token(const NewToken& token, const CommitInfo& info, const Principal& by = {}) = 0;
    virtual void revoke_token(TokenId id, const CommitInfo& info, const Principal& by = {}) = 0;
};

// A password that nobody guesses, for a person to type once: 20 letters and digits.
std::string make_password();

}  // namespace mainstay
