// Who may sign in: accounts of the database and their tokens.

#include "commands/command_list.hpp"
#include "commands/options.hpp"
#include "commands/password_option.hpp"
#include "commands/report.hpp"
#include "output/cell.hpp"

#include "mainstay/connect/find_element.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>

namespace mainstay::shell {
namespace {

const std::vector<std::string> role_names = {"reader", "editor", "admin"};

// "Ann Lind (Person)"
std::string user_text(const View& view, NodeId user) {
    if (raw(user) >= view.node_limit() || !view.contains(user)) return {};
    Captions captions;
    const Node node{&view, user};
    return fmt::format("{} ({})", captions.name(node), captions.label(node));
}

std::string_view state_of(const Account& account) {
    return account.is_disabled ? "disabled" : account.is_void ? "void" : "active";
}

// What all of them that change something have.
class UserCommand : public Command {
public:
    void declare(Arguments& arguments) final {
        database_.declare(arguments, IfMissing::refuse);
        if (takes_name()) arguments.positional("NAME", name_, "the account");
        declare_more(arguments);
        commit_.declare(arguments);
    }
    int run(const Console& console) final {
        prepare(console);
        database_.writes = true;
        const auto database = open_database(database_, IfMissing::refuse, console);
        change(*database, commit_.info(console), commit_.as.principal(*database), console);
        return 0;
    }

protected:
    virtual bool takes_name() const { return true; }
    virtual void declare_more(Arguments&) {}
    virtual void prepare(const Console&) {}  // before the database is opened
    virtual void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) = 0;
    std::string name_;

private:
    DatabaseOption database_;
    CommitOptions commit_;
};

class UserAddCommand final : public UserCommand {
public:
    std::string_view name() const override { return "user add"; }
    std::string_view summary() const override { return "Let somebody sign in; the first one is an administrator"; }
    std::string_view example() const override {
        return "mainstay user add cmdb.db ann\n"
               "mainstay user add cmdb.db bob --role editor --generate\n"
               "mainstay user add cmdb.db cleo --node cleo@example.org --password-file secret.txt";
    }

private:
    void declare_more(Arguments& arguments) override {
        arguments.choice("--role", role_, role_names, "what it may do (default: reader; admin for the first account)");
        arguments.option("--node", "KEY", node_,
                         "whose account it is: identification key, unique attribute, name or element id (default: the "
                         "User or Person called NAME, made if there is none)");
        arguments.flag("--no-password", no_password_, "none: only tokens sign in");
        password_.declare(arguments);
        format_.declare(arguments);
    }
    void prepare(const Console& console) override {
        account_.name = name_;
        if (!role_.empty()) account_.role = parse_role(role_);
        if (no_password_ && (password_.generate || !password_.file.empty()))
            throw Error{Code::usage, "--no-password needs no password"};
        if (!no_password_) account_.password = password_.read(console);
    }
    void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) override {
        if (!node_.empty()) account_.user = find_element(*database.store().view(), node_, "");
        const Account made = database.store().accounts().add(account_, info, by);
        const ViewPtr view = database.store().view();
        std::vector<std::string> columns = {"name", "role", "user"};
        std::vector<Value> row = {made.name, Value{name_of(made.role)}, text_or_null(user_text(*view, made.user))};
        if (password_.generate) {
            columns.emplace_back("password");
            row.emplace_back(*account_.password);
        }
        write_rows(format_.value(), columns, {row}, {}, console);
    }

    NewAccount account_;
    std::string role_, node_;
    bool no_password_ = false;
    PasswordOption password_;
    FormatOption format_;
};

class UserPasswordCommand final : public UserCommand {
public:
    std::string_view name() const override { return "user passwd"; }
    std::string_view summary() const override {
        return "Give an account another password; who is signed in is signed out";
    }
    std::string_view example() const override {
        return "mainstay user passwd cmdb.db ann\n"
               "pass show cmdb/ann | mainstay user passwd cmdb.db ann --password-file -";
    }

private:
    void declare_more(Arguments& arguments) override {
        password_.declare(arguments);
        format_.declare(arguments);
    }
    void prepare(const Console& console) override { text_ = password_.read(console); }
    void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) override {
        database.store().accounts().set_password(name_, text_, info, by);
        if (password_.generate)
            write_rows(format_.value(), {"name", "password"}, {{name_, text_}}, {}, console);
        else
            console.say(name_ + " has a new password");
    }

    PasswordOption password_;
    FormatOption format_;
    std::string text_;
};

class UserRoleCommand final : public UserCommand {
public:
    std::string_view name() const override { return "user role"; }
    std::string_view summary() const override { return "Say what an account may do"; }
    std::string_view example() const override { return "mainstay user role cmdb.db bob admin"; }

private:
    void declare_more(Arguments& arguments) override {
        arguments.choice("ROLE", role_, role_names, "reader reads, editor writes, admin may do everything");
    }
    void prepare(const Console&) override {
        if (role_.empty()) throw Error{Code::usage, "say which role: reader, editor or admin"};
    }
    void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) override {
        database.store().accounts().set_role(name_, *parse_role(role_), info, by);
        console.say(fmt::format("the role of {} is {}", name_, role_));
    }

    std::string role_;
};

class UserDisableCommand final : public UserCommand {
public:
    explicit UserDisableCommand(bool disables) : disables_(disables) {}
    std::string_view name() const override { return disables_ ? "user disable" : "user enable"; }
    std::string_view summary() const override {
        return disables_ ? "Let an account sign in no more, tokens included" : "Let a disabled account sign in again";
    }
    std::string_view example() const override {
        return disables_ ? "mainstay user disable cmdb.db bob --reason 'on leave'" : "mainstay user enable cmdb.db bob";
    }

private:
    void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) override {
        database.store().accounts().set_disabled(name_, disables_, info, by);
        console.say(fmt::format("{} is {}", name_, disables_ ? "disabled" : "enabled"));
    }

    bool disables_;
};

class UserRemoveCommand final : public UserCommand {
public:
    std::string_view name() const override { return "user remove"; }
    std::string_view summary() const override { return "Remove an account and its tokens; the node stays"; }
    std::string_view example() const override { return "mainstay user remove cmdb.db bob"; }

private:
    void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) override {
        database.store().accounts().remove(name_, info, by);
        console.say(name_ + " is removed");
    }
};

class UserTokenCommand final : public UserCommand {
public:
    std::string_view name() const override { return "user token"; }
    std::string_view summary() const override { return "Make a token for a program and print it, once"; }
    std::string_view example() const override {
        return "mainstay user token cmdb.db ann --label backup --role reader --expires 90d";
    }

private:
    void declare_more(Arguments& arguments) override {
        arguments.option("--label", "TEXT", wanted_.label, "what it is for");
        arguments.option("--expires", "TIME", expires_, "90d (m, h, d, w), a day or a time, or never (default: 90d)");
        arguments.choice("--role", role_, role_names, "allows no more than this (default: what the account may do)");
        format_.declare(arguments);
    }
    void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) override {
        wanted_.account = name_;
        if (!role_.empty()) wanted_.limit = parse_role(role_);
        wanted_.expires_us = parse_expiry(expires_, database.store().now_us());
        const IssuedToken issued = database.store().accounts().make_token(wanted_, info, by);
        const Token& token = issued.token;
        if (format_.value() == Format::table) {
            console.out.write(issued.text + "\n");
            console.say(
                fmt::format("token {} of {}; it is not shown again", static_cast<std::uint64_t>(token.id), name_));
            return;
        }
        write_rows(format_.value(), {"id", "account", "token", "expires"},
                   {{count_value(static_cast<std::uint64_t>(token.id)), name_, issued.text,
                     token.expires_us ? instant_value(*token.expires_us) : Value{}}},
                   {}, console);
    }

    NewToken wanted_;
    std::string expires_ = "90d", role_;
    FormatOption format_;
};

class UserRevokeCommand final : public UserCommand {
public:
    std::string_view name() const override { return "user revoke"; }
    std::string_view summary() const override { return "Make a token useless; `user tokens` lists them"; }
    std::string_view example() const override { return "mainstay user revoke cmdb.db 17"; }

private:
    bool takes_name() const override { return false; }
    void declare_more(Arguments& arguments) override { arguments.positional("TOKEN", token_, "number of the token"); }
    void prepare(const Console&) override {
        const auto [end, error] = std::from_chars(token_.data(), token_.data() + token_.size(), id_);
        if (error != std::errc{} || end != token_.data() + token_.size())
            throw Error{Code::usage, quoted(token_) + " is no number of a token"}.with_hint(
                "`mainstay user tokens` lists them");
    }
    void change(Database& database, const CommitInfo& info, const Principal& by, const Console& console) override {
        database.store().accounts().revoke_token(TokenId{id_}, info, by);
        console.say(fmt::format("token {} is revoked", id_));
    }

    std::string token_;
    std::uint64_t id_ = 0;
};

class UserListCommand final : public Command {
public:
    std::string_view name() const override { return "user list"; }
    std::string_view summary() const override { return "List the accounts"; }
    std::string_view example() const override { return "mainstay user list cmdb.db"; }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        const Accounts& accounts = database->store().accounts();
        std::map<std::string, std::uint64_t> tokens;
        for (const Token& token : accounts.list_tokens()) ++tokens[token.account];
        const ViewPtr view = database->store().view();
        std::vector<std::vector<Value>> rows;
        for (const Account& a : accounts.list())
            rows.push_back({a.name, Value{name_of(a.role)}, Value{state_of(a)}, text_or_null(user_text(*view, a.user)),
                            Value{a.has_password}, count_value(tokens[a.name]), instant_value(a.created_us),
                            instant_value(a.changed_us)});
        write_rows(format_.value(), {"name", "role", "state", "user", "password", "tokens", "created", "changed"}, rows,
                   {}, console);
        return 0;
    }

private:
    DatabaseOption database_;
    FormatOption format_;
};

class UserTokensCommand final : public Command {
public:
    std::string_view name() const override { return "user tokens"; }
    std::string_view summary() const override { return "List the tokens, of one account or all"; }
    std::string_view example() const override { return "mainstay user tokens cmdb.db ann"; }
    void declare(Arguments& arguments) override {
        database_.declare(arguments, IfMissing::refuse);
        arguments.positional("NAME", name_, "the account (default: all)", Arguments::Presence::optional);
        format_.declare(arguments);
    }
    int run(const Console& console) override {
        const auto database = open_database(database_, IfMissing::refuse, console);
        const Store& store = database->store();
        std::vector<std::vector<Value>> rows;
        for (const Token& t :
             store.accounts().list_tokens(name_.empty() ? std::nullopt : std::optional<std::string_view>{name_}))
            rows.push_back({count_value(static_cast<std::uint64_t>(t.id)), t.account, text_or_null(t.label),
                            t.limit ? Value{name_of(*t.limit)} : Value{}, "…" + t.ending, instant_value(t.created_us),
                            t.expires_us ? instant_value(*t.expires_us) : Value{},
                            Value{t.expires_us && *t.expires_us <= store.now_us()}});
        write_rows(format_.value(), {"id", "account", "label", "role", "ends in", "created", "expires", "expired"},
                   rows, {}, console);
        return 0;
    }

private:
    DatabaseOption database_;
    FormatOption format_;
    std::string name_;
};

}  // namespace

std::vector<std::unique_ptr<Command>> make_user_commands() {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(std::make_unique<UserAddCommand>());
    commands.push_back(std::make_unique<UserPasswordCommand>());
    commands.push_back(std::make_unique<UserRoleCommand>());
    commands.push_back(std::make_unique<UserDisableCommand>(true));
    commands.push_back(std::make_unique<UserDisableCommand>(false));
    commands.push_back(std::make_unique<UserRemoveCommand>());
    commands.push_back(std::make_unique<UserListCommand>());
    commands.push_back(std::make_unique<UserTokenCommand>());
    commands.push_back(std::make_unique<UserTokensCommand>());
    commands.push_back(std::make_unique<UserRevokeCommand>());
    return commands;
}

}  // namespace mainstay::shell
