#include "accounts.hpp"

#include "account_table.hpp"
#include "bytes.hpp"
#include "file_header.hpp"
#include "mainstay/core/door.hpp"
#include "mainstay/core/utf8.hpp"
#include "store_impl.hpp"
#include "transaction_impl.hpp"
#include "user_node.hpp"
#include "view_impl.hpp"

#include <fmt/format.h>

#include <sodium.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <semaphore>

namespace mainstay {
namespace {

constexpr int attempts_max = 20;                  // of a commit that loses to others
constexpr std::ptrdiff_t hashes_at_once_max = 4;  // 64 MB each
constexpr std::string_view token_prefix = "mst_";
constexpr std::size_t token_bytes = 32, token_text_size = 47, ending_size = 4, label_bytes_max = 200;

// What a name that has no password is checked against, so that it takes as long as one that has: a hash of the same
// cost. That it may match means nothing.
constexpr const char* nobodys_hash =
    "$argon2id$v=19$m=65536,t=2,p=1$Zak+lojJcgfkFRYrq1Jjpw$k//nL1K+x/5/YP8bkA/ThjLnO6F8OD7E7aTTJUlYr+0";

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// A line of text that people tell from others: UTF-8, no control characters, no space at its ends.
bool is_line(std::string_view text) {
    if (first_invalid_utf8(text)) return false;
    if (!text.empty() && (text.front() == ' ' || text.back() == ' ')) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7F) return false;
        if (c == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) return false;  // C1
    }
    return true;
}

void check_name(std::string_view name) {
    if (name.empty() || name.size() > account_name_bytes_max || !is_line(name))
        throw Error{Code::invalid_argument_value, fmt::format("{} cannot be the name of an account", quoted(name))}
            .with_hint(fmt::format("a name has 1 to {} bytes, no control characters, and no space at its ends",
                                   account_name_bytes_max));
}

void check_password(std::string_view password) {
    const auto refuse = [](std::string message) { throw Error{Code::invalid_argument_value, std::move(message)}; };
    if (password.size() > password_bytes_max)
        refuse(fmt::format("a password has at most {} bytes", password_bytes_max));
    if (first_invalid_utf8(password) || password.find('\0') != std::string_view::npos)
        refuse("a password is text in UTF-8");
    if (count_characters(password) < password_characters_min)
        refuse(fmt::format("a password has at least {} characters", password_characters_min));
}

Error unknown(const lmdb::Transaction& txn, std::string_view name) {
    std::vector<std::string> names;
    if (txn.kind() == lmdb::Transaction::Kind::read || txn.is_there(lmdb::Table::account))
        for_each_account(txn, [&](std::string_view known, const AccountRow&) { names.emplace_back(known); });
    return Error{Code::entity_not_found, fmt::format("there is no account {}", quoted(name))}.with_hint(
        names.empty() ? "there are none yet; `mainstay user add` makes one" : nearest(name, names));
}

std::string now_is(Role before, Role after) { return fmt::format("role {} -> {}", name_of(before), name_of(after)); }

class AccountsImpl final : public Accounts {
public:
    explicit AccountsImpl(StoreImpl& store) : store_(store) {}

    bool any() const override {
        return at_door([&] {
            const auto txn = reader();
            return any_in(txn);
        });
    }

    std::vector<Account> list() const override {
        return at_door([&] {
            const auto snapshot = store_.snapshot();
            (void)any_in(*snapshot.txn);
            const auto view = view_of(snapshot);
            std::vector<Account> accounts;
            for_each_account(*snapshot.txn, [&](std::string_view name, const AccountRow& row) {
                accounts.push_back(shown(name, row, view));
            });
            return accounts;
        });
    }

    std::optional<Account> find(std::string_view name) const override {
        return at_door([&]() -> std::optional<Account> {
            const auto snapshot = store_.snapshot();
            const auto row = find_account(*snapshot.txn, name);
            if (!row) return std::nullopt;
            return shown(name, *row, view_of(snapshot));
        });
    }

    std::vector<Token> list_tokens(std::optional<std::string_view> account) const override {
        return at_door([&] {
            const auto txn = reader();
            if (account && !find_account(txn, *account)) throw unknown(txn, *account);
            std::vector<Token> tokens;
            for_each_token(txn, [&](std::string_view, const TokenRow& row) {
                if (!account || row.account == *account) tokens.push_back(shown(row));
            });
            std::sort(tokens.begin(), tokens.end(), [](const Token& a, const Token& b) { return a.id < b.id; });
            return tokens;
        });
    }

    std::optional<Principal> verify_password(std::string_view name, std::string_view password) const override {
        return at_door([&]() -> std::optional<Principal> {
            std::string hash;
            Principal principal;
            {
                const auto txn = reader();
                if (const auto row = find_account(txn, name)) {
                    hash = row->hash;
                    principal.secret = row->secret;
                }
            }
            // Without a snapshot: it takes long.
            const bool is_right = matches(hash.empty() ? nobodys_hash : hash.c_str(), password);
            if (hash.empty() || !is_right) return std::nullopt;
            principal.name = name;
            principal.verified = true;
            return renewed(principal);
        });
    }

    std::optional<Principal> verify_token(std::string_view text) const override {
        return at_door([&]() -> std::optional<Principal> {
            if (text.size() != token_text_size || !text.starts_with(token_prefix)) return std::nullopt;
            Principal principal;
            {
                const auto txn = reader();
                const auto value = txn.get(lmdb::Table::account, token_key(text));
                if (!value) return std::nullopt;
                const auto token = decode_token(*value);
                const auto account = find_account(txn, token.account);
                if (!account) return std::nullopt;
                principal.name = token.account;
                principal.secret = account->secret;
                principal.token = token.id;
                principal.verified = true;
            }
            return renewed(principal);
        });
    }

    std::optional<Principal> renew(const Principal& principal) const override {
        return at_door([&] { return renewed(principal); });
    }

    Principal require(const Principal& principal) const override {
        return at_door([&] {
            auto now = renewed(principal);
            if (!now) throw_not_signed_in(principal);
            return *std::move(now);
        });
    }

    Principal act_as(std::string_view name) const override {
        return at_door([&] {
            const auto snapshot = store_.snapshot();
            const auto row = find_account(*snapshot.txn, name);
            if (!row) throw unknown(*snapshot.txn, name);
            const auto account = shown(name, *row, view_of(snapshot));
            if (account.is_disabled || account.is_void)
                throw Error{Code::forbidden,
                            fmt::format("the account {} {}", quoted(name),
                                        account.is_disabled ? "is disabled" : "is void: its node is gone")};
            Principal principal;
            principal.name = name;
            principal.role = row->role;
            principal.user = row->user;
            principal.secret = row->secret;
            return principal;
        });
    }

    Account add(const NewAccount& wanted, const CommitInfo& info, const Principal& by) override {
        return at_door([&] {
            (void)require_admin(by);
            check_name(wanted.name);
            std::string hash;
            if (wanted.password) check_password(*wanted.password), hash = hash_of(*wanted.password);
            for (int attempt = 0; attempt < attempts_max; ++attempt) {
                TransactionImpl transaction(store_.shared_from_this(), std::nullopt, by);
                require_free(wanted.name);
                const auto [user, is_made] = user_for(wanted, transaction);
                transaction.finish_statement();
                transaction.change_accounts(
                    Role::admin, [&, user = user, is_made = is_made](lmdb::Transaction& txn, const StoreView& before,
                                                                     LogRecord& record) {
                        make_table(txn);
                        if (find_account(txn, wanted.name)) throw taken(wanted.name);
                        if (!is_made && !is_node(before, user)) throw node_missing();
                        bool is_first = true;
                        for_each_account(txn, [&](std::string_view, const AccountRow&) { is_first = false; });
                        AccountRow row;
                        row.role = wanted.role.value_or(is_first ? Role::admin : Role::reader);
                        row.user = user;
                        row.secret = raw(record.tx);
                        row.created_us = row.changed_us = record.time_us;
                        row.hash = hash;
                        txn.put(lmdb::Table::account, account_key(wanted.name), encode(row));
                        require_an_admin(txn, before, is_made ? user : no_node);
                        note(record, AccountAction::added, wanted.name, fmt::format("added as {}", name_of(row.role)));
                    });
                if (transaction.commit(info)) return found(wanted.name);
            }
            throw_conflict();
        });
    }

    void set_password(std::string_view name, std::string_view password, const CommitInfo& info,
                      const Principal& by) override {
        at_door([&] {
            const auto need = require_own_or_admin(by, name);
            check_password(password);
            const auto hash = hash_of(password);
            change(name, info, by, need, AccountAction::password, [&](AccountRow& row, const LogRecord& record) {
                row.hash = hash;
                row.secret = raw(record.tx);
                return std::string{"new password"};
            });
        });
    }

    void set_role(std::string_view name, Role role, const CommitInfo& info, const Principal& by) override {
        at_door([&] {
            const auto need = require_admin(by);
            if (const auto account = find(name); account && account->role == role) return;
            change(name, info, by, need, AccountAction::role,
                   [&](AccountRow& row, const LogRecord&) { return now_is(std::exchange(row.role, role), role); });
        });
    }

    void set_disabled(std::string_view name, bool disabled, const CommitInfo& info, const Principal& by) override {
        at_door([&] {
            const auto need = require_admin(by);
            if (const auto account = find(name); account && account->is_disabled == disabled) return;
            change(name, info, by, need, disabled ? AccountAction::disabled : AccountAction::enabled,
                   [&](AccountRow& row, const LogRecord&) {
                       row.is_disabled = disabled;
                       return std::string{disabled ? "disabled" : "enabled"};
                   });
        });
    }

    void remove(std::string_view name, const CommitInfo& info, const Principal& by) override {
        at_door([&] {
            commit(info, by, require_admin(by),
                   [&](lmdb::Transaction& txn, const StoreView& before, LogRecord& record) {
                       if (!find_account(txn, name)) throw unknown(txn, name);
                       std::vector<std::pair<std::string, std::uint64_t>> tokens;
                       for_each_token(txn, [&](std::string_view key, const TokenRow& row) {
                           if (row.account == name) tokens.emplace_back(key, row.id);
                       });
                       for (const auto& [key, id] : tokens) {
                           txn.erase(lmdb::Table::account, key);
                           txn.erase(lmdb::Table::account, token_id_key(id));
                       }
                       txn.erase(lmdb::Table::account, account_key(name));
                       require_an_admin(txn, before, no_node);
                       note(record, AccountAction::removed, name, "removed");
                   });
        });
    }

    IssuedToken make_token(const NewToken& wanted, const CommitInfo& info, const Principal& by) override {
        return at_door([&] {
            const auto need = require_own_or_admin(by, wanted.account);
            if (wanted.label.size() > label_bytes_max || !is_line(wanted.label))
                throw Error{Code::invalid_argument_value,
                            fmt::format("{} cannot be the label of a token", quoted(wanted.label))}
                    .with_hint(
                        fmt::format("a label has at most {} bytes, no control characters, and no space at its ends",
                                    label_bytes_max));
            if (wanted.expires_us && *wanted.expires_us <= store_.now_us())
                throw Error{Code::invalid_argument_value, "a token expires in the future"};
            IssuedToken issued;
            issued.text = new_token();
            TokenRow row;
            row.limit = wanted.limit;
            row.account = wanted.account;
            row.label = wanted.label;
            row.ending = issued.text.substr(issued.text.size() - ending_size);
            if (wanted.expires_us) row.expires_us = *wanted.expires_us;
            const auto key = token_key(issued.text);
            commit(info, by, need, [&](lmdb::Transaction& txn, const StoreView&, LogRecord& record) {
                if (!find_account(txn, wanted.account)) throw unknown(txn, wanted.account);
                row.id = raw(record.tx);
                row.created_us = record.time_us;
                txn.put(lmdb::Table::account, key, encode(row));
                txn.put(lmdb::Table::account, token_id_key(row.id), key.substr(1));
                note(record, AccountAction::token_made, wanted.account,
                     fmt::format("token {} made{}", row.id, label_of(row)));
            });
            issued.token = shown(row);
            return issued;
        });
    }

    void revoke_token(TokenId id, const CommitInfo& info, const Principal& by) override {
        at_door([&] {
            const auto number = static_cast<std::uint64_t>(id);
            const auto none = [&] {
                return Error{Code::entity_not_found, fmt::format("there is no token {}", number)}.with_hint(
                    "`mainstay user tokens` lists them");
            };
            std::string account;
            if (const auto token = find_token(reader(), number)) account = token->account;
            const auto need = require_own_or_admin(by, account);
            if (account.empty()) throw none();
            commit(info, by, need, [&](lmdb::Transaction& txn, const StoreView&, LogRecord& record) {
                const auto token = find_token(txn, number);
                if (!token) throw none();
                txn.erase(lmdb::Table::account, *find_token_key(txn, number));
                txn.erase(lmdb::Table::account, token_id_key(number));
                note(record, AccountAction::token_revoked, token->account,
                     fmt::format("token {} revoked{}", number, label_of(*token)));
            });
        });
    }

private:
    lmdb::Transaction reader() const { return {store_.environment(), lmdb::Transaction::Kind::read}; }

    // Of what a snapshot holds now.
    StoreView view_of(const StoreImpl::Snapshot& snapshot) const {
        return {nullptr, store_, snapshot.txn, snapshot.head, std::nullopt, ValidTime{store_.now_us()}, nullptr};
    }
    static bool is_there(const StoreView& view, NodeId user) {
        return raw(user) < view.node_limit() && view.contains(user);
    }

    // A door that lets everybody in where there are no accounts asks this: what says that there are some is believed,
    // and so is not that there are none, if it cannot be so.
    static bool any_in(const lmdb::Transaction& txn) {
        if ((read_file_header(txn).required & FileHeader::accounts) == 0) return false;
        bool any = false;
        if (txn.has(lmdb::Table::account)) {
            auto cursor = txn.cursor(lmdb::Table::account);
            any = cursor.first() && cursor.key().starts_with('A');
        }
        if (!any)
            throw Error{Code::corrupt, "the accounts of this database are gone"}.with_hint(
                "the file is damaged: restore a backup");
        return true;
    }

    static Account shown(std::string_view name, const AccountRow& row, const StoreView& view) {
        Account account;
        account.name = name;
        account.user = row.user;
        account.role = row.role;
        account.is_disabled = row.is_disabled;
        account.is_void = !is_there(view, row.user);
        account.has_password = !row.hash.empty();
        account.created_us = row.created_us;
        account.changed_us = row.changed_us;
        return account;
    }
    static Token shown(const TokenRow& row) {
        Token token;
        token.id = TokenId{row.id};
        token.account = row.account;
        token.label = row.label;
        token.limit = row.limit;
        token.created_us = row.created_us;
        if (row.expires_us != TokenRow::never) token.expires_us = row.expires_us;
        token.ending = row.ending;
        return token;
    }
    static std::string label_of(const TokenRow& row) {
        return row.label.empty() ? std::string{} : fmt::format(" ({})", row.label);
    }

    std::optional<Principal> renewed(const Principal& principal) const {
        if (!principal.verified) return principal;
        const auto snapshot = store_.snapshot();
        auto now = current(*snapshot.txn, principal, store_.now_us());
        if (!now || !is_there(view_of(snapshot), now->user)) return std::nullopt;
        return now;
    }

    Account found(std::string_view name) const {
        auto account = find(name);
        if (!account) throw Error{Code::write_conflict, fmt::format("{} was removed again", quoted(name))};
        return *std::move(account);
    }

    // The role that the committer asks for again.
    Role require_admin(const Principal& by) const {
        require_role(require(by), Role::admin, "a change of accounts");
        return Role::admin;
    }
    Role require_own_or_admin(const Principal& by, std::string_view name) const {
        // Not by a token, which could make itself another one that allows more.
        if (by.verified && by.token == 0 && by.name == name) return Role::reader;
        return require_admin(by);
    }

    static Error taken(std::string_view name) {
        return Error{Code::constraint_violation, fmt::format("there is an account {} already", quoted(name))};
    }
    static Error node_missing() {
        return Error{Code::entity_not_found, "the node that the account is to be of is not there"};
    }
    [[noreturn]] static void throw_conflict() {
        throw Error{Code::write_conflict, "other transactions keep getting in the way; try again"};
    }
    void require_free(std::string_view name) const {
        if (find_account(reader(), name)) throw taken(name);
    }

    struct User {
        NodeId node;
        bool is_made;
    };
    static User user_for(const NewAccount& wanted, TransactionImpl& transaction) {
        const auto& view = transaction.view();
        if (wanted.user) {
            if (!is_there(transaction.store_view(), *wanted.user)) throw node_missing();
            return {*wanted.user, false};
        }
        const auto users = user_class_of(view.model());
        if (const auto node = find_user(view, users, wanted.name)) return {*node, false};
        return {make_user(transaction, users, wanted.name), true};
    }

    // The first account makes the table and says so in the header, in its own commit.
    static void make_table(lmdb::Transaction& txn) {
        auto header = read_file_header(txn);
        if ((header.required & FileHeader::accounts) != 0) {
            if (txn.is_there(lmdb::Table::account)) return;
            throw Error{Code::corrupt, "the accounts of this database are gone"}.with_hint(
                "the file is damaged: restore a backup");
        }
        header.required |= FileHeader::accounts;
        txn.create(lmdb::Table::account);
        write_file_header(txn, header);
    }

    // `made`: a node that this commit makes.
    static void require_an_admin(const lmdb::Transaction& txn, const StoreView& before, NodeId made) {
        std::size_t accounts = 0;
        bool any = false;
        for_each_account(txn, [&](std::string_view, const AccountRow& row) {
            ++accounts;
            any =
                any || (row.role == Role::admin && !row.is_disabled && (row.user == made || is_node(before, row.user)));
        });
        if (any) return;
        throw Error{Code::constraint_violation, accounts == 1
                                                    ? "the only account of a database has to be an administrator"
                                                    : "no administrator would be left"}
            .with_hint("make another account an administrator first");
    }

    static void note(LogRecord& record, AccountAction action, std::string_view name, std::string_view what) {
        std::string body;
        append_raw(body, static_cast<std::uint8_t>(action));
        append_text(body, name);
        record.add(LogOperation::account, body);
        record.info.reason =
            fmt::format("account {}: {}{}{}", name, what, record.info.reason.empty() ? "" : "; ", record.info.reason);
    }

    void commit(const CommitInfo& info, const Principal& by, Role need, const decltype(CommitRequest::accounts)& what) {
        for (int attempt = 0; attempt < attempts_max; ++attempt) {
            TransactionImpl transaction(store_.shared_from_this(), std::nullopt, by);
            transaction.change_accounts(need, what);
            if (transaction.commit(info)) return;
        }
        throw_conflict();
    }

    // `f` changes the row and says what it did.
    template <typename F>
    void change(std::string_view name, const CommitInfo& info, const Principal& by, Role need, AccountAction action,
                F&& f) {
        commit(info, by, need, [&](lmdb::Transaction& txn, const StoreView& before, LogRecord& record) {
            auto row = find_account(txn, name);
            if (!row) throw unknown(txn, name);
            const std::string what = f(*row, record);
            row->changed_us = record.time_us;
            txn.put(lmdb::Table::account, account_key(name), encode(*row));
            require_an_admin(txn, before, no_node);
            note(record, action, name, what);
        });
    }

    // --- secrets
    template <typename F>
    auto hashing(F&& f) const {
        hashes_.acquire();
        struct Release {
            std::counting_semaphore<hashes_at_once_max>& of;
            ~Release() { of.release(); }
        } const release{hashes_};
        return f();
    }
    std::string hash_of(std::string_view password) const {
        std::array<char, crypto_pwhash_STRBYTES> text{};
        const int rc = hashing([&] {
            return crypto_pwhash_str(text.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                     crypto_pwhash_MEMLIMIT_INTERACTIVE);
        });
        if (rc != 0) throw std::bad_alloc{};
        return text.data();
    }
    bool matches(const char* hash, std::string_view password) const {
        if (password.size() > password_bytes_max) return false;
        return hashing([&] {
            errno = 0;
            if (crypto_pwhash_str_verify(hash, password.data(), password.size()) == 0) return true;
            if (errno == ENOMEM) throw std::bad_alloc{};
            return false;
        });
    }
    static std::string new_token() {
        std::array<unsigned char, token_bytes> bytes{};
        randombytes_buf(bytes.data(), bytes.size());
        constexpr auto variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
        std::array<char, sodium_base64_ENCODED_LEN(token_bytes, variant)> text{};
        sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
        return std::string(token_prefix) + text.data();
    }

    StoreImpl& store_;
    mutable std::counting_semaphore<hashes_at_once_max> hashes_{hashes_at_once_max};
};

}  // namespace

std::unique_ptr<Accounts> make_accounts(StoreImpl& store) { return std::make_unique<AccountsImpl>(store); }

std::string make_password() {
    // None that is taken for another.
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    constexpr std::size_t size = 20;
    return at_door([&] {
        if (sodium_init() < 0) throw Error{Code::internal, "the cryptographic library cannot start"};
        std::string password;
        for (std::size_t i = 0; i < size; ++i)
            password.push_back(letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))]);
        return password;
    });
}

}  // namespace mainstay
