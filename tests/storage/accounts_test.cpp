// Who may sign in, and what they may do then.

#include "account_table.hpp"
#include "file_header.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "mainstay/storage/store.hpp"
#include "support/scratch.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <thread>

namespace mainstay::test {
namespace {

constexpr const char* password = "correct horse";
const CommitInfo by_test{"tester", "", "", ""};

OpenOptions options(OpenMode mode = OpenMode::create_if_missing) {
    OpenOptions o;
    o.mode = mode;
    o.initial_model = Model::empty();
    return o;
}

std::optional<Code> code_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const Error& error) {
        return error.code();
    }
    return std::nullopt;
}

NewAccount account(std::string name, std::optional<Role> role = std::nullopt,
                   std::optional<std::string> secret = std::nullopt) {
    return {std::move(name), role, std::move(secret), std::nullopt};
}

// A database with ann, who is its administrator.
struct Scene {
    ScratchFolder folder;
    std::int64_t now = 1'700'000'000'000'000;
    std::unique_ptr<Store> store = open();

    Scene() { accounts().add(account("ann", Role::admin, password), by_test); }
    std::unique_ptr<Store> open(OpenMode mode = OpenMode::create_if_missing) {
        auto o = options(mode);
        o.clock = [this] { return now; };
        return Store::open(folder / "db", o);
    }
    Accounts& accounts() { return store->accounts(); }
    // Signed in, without the time that a password takes.
    Principal principal(const std::string& name, Role role) {
        if (!accounts().find(name)) accounts().add(account(name, role), by_test);
        const auto token = accounts().make_token({name, "", std::nullopt, std::nullopt}, by_test);
        return accounts().verify_token(token.text).value();
    }
    std::string newest_reason() { return store->log(1).front().info.reason; }
};

NodeId make_node(Transaction& t, const char* label_name) {
    const auto label = t.label(label_name);
    return t.create_node({&label, 1}, {{t.key("name"), Value{"x"}}});
}

// What a process of its own does, which ends without closing anything.
void in_other_process(const std::function<void()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            work();
        } catch (...) {
            ::_exit(1);
        }
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
}

// Changes that another process makes, each when it is told to, with the file opened and closed again. The process
// begins before this one has the file open, which it would else share.
class Steps {
public:
    Steps(const std::vector<std::function<void(Accounts&)>>& steps, const std::filesystem::path& file) {
        int to[2], from[2];
        REQUIRE(::pipe(to) == 0);
        REQUIRE(::pipe(from) == 0);
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            char go = 0;
            for (const auto& step : steps) {
                if (::read(to[0], &go, 1) != 1) ::_exit(3);
                try {
                    step(Store::open(file, options(OpenMode::read_write))->accounts());
                } catch (...) {
                    ::_exit(1);
                }
                if (::write(from[1], "!", 1) != 1) ::_exit(3);
            }
            ::_exit(0);
        }
        ::close(to[0]), ::close(from[1]);
        to_ = to[1], from_ = from[0];
    }
    ~Steps() {
        ::close(to_), ::close(from_);
        int status = 0;
        ::waitpid(child_, &status, 0);
    }
    Steps(const Steps&) = delete;
    Steps& operator=(const Steps&) = delete;
    void next() {
        char done = 0;
        REQUIRE(::write(to_, "?", 1) == 1);
        REQUIRE(::read(from_, &done, 1) == 1);
    }

private:
    pid_t child_ = -1;
    int to_ = -1, from_ = -1;
};

std::uint64_t required_features(const std::filesystem::path& file) {
    const auto env = lmdb::Environment::open(file, OpenMode::read_only, Durability::none, 1 << 30);
    return read_file_header(lmdb::Transaction(env, lmdb::Transaction::Kind::read)).required;
}

}  // namespace

TEST_CASE("A database without accounts has no table for them and lets nobody sign in", "[accounts]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    CHECK_FALSE(store->accounts().any());
    CHECK(store->accounts().list().empty());
    CHECK(store->accounts().list_tokens().empty());
    CHECK_FALSE(store->accounts().find("ann"));
    CHECK_FALSE(store->accounts().verify_password("ann", password));
    CHECK_FALSE(store->accounts().verify_token("mst_" + std::string(43, 'A')));
    CHECK(store->verify({}).problems == std::vector<std::string>{});
    CHECK(required_features(folder / "db") == 0);
}

TEST_CASE("Who knows the password of an account signs in as it, nobody else", "[accounts]") {
    Scene scene;
    const auto ann = scene.accounts().verify_password("ann", password);
    REQUIRE(ann);
    CHECK(ann->name == "ann");
    CHECK(ann->role == Role::admin);
    CHECK(ann->verified);
    CHECK(ann->token == 0);
    for (const auto* wrong : {"correct horsf", "correct hors", "", "x"})
        CHECK_FALSE(scene.accounts().verify_password("ann", wrong));
    for (const auto* name : {"Ann", "ann ", "", "bob"}) CHECK_FALSE(scene.accounts().verify_password(name, password));
    CHECK_FALSE(scene.accounts().verify_password("ann", std::string(10'000'000, 'x')));
    CHECK_FALSE(scene.accounts().verify_password(std::string(100'000, 'a'), password));
}

TEST_CASE("An account without a password is nobody's who has the one that stands in for it", "[accounts]") {
    Scene scene;
    scene.accounts().add(account("robot", Role::editor), by_test);
    CHECK_FALSE(scene.accounts().verify_password("robot", "x"));
    CHECK_FALSE(scene.accounts().verify_password("robot", ""));
    CHECK_FALSE(scene.accounts().verify_password("nobody", "x"));
}

TEST_CASE("What is stored of a secret is its hash", "[accounts]") {
    Scene scene;
    const auto token = scene.accounts().make_token({"ann", "backup", std::nullopt, std::nullopt}, by_test);
    scene.store.reset();
    std::ifstream in(scene.folder / "db", std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    CHECK(bytes.find("$argon2id$") != std::string::npos);
    CHECK(bytes.find(password) == std::string::npos);
    CHECK(bytes.find(token.text) == std::string::npos);
    CHECK(bytes.find(token.text.substr(4, 20)) == std::string::npos);
}

TEST_CASE("The first account is an administrator, others are readers unless it is said", "[accounts]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    CHECK(code_of([&] { store->accounts().add(account("ann", Role::editor), by_test); }) == Code::constraint_violation);
    CHECK_FALSE(store->accounts().any());
    CHECK(store->accounts().add(account("ann"), by_test).role == Role::admin);
    CHECK(store->accounts().any());
    CHECK(store->accounts().add(account("bob"), by_test).role == Role::reader);
    CHECK(code_of([&] { store->accounts().add(account("bob"), by_test); }) == Code::constraint_violation);
    CHECK((required_features(folder / "db") & FileHeader::accounts) != 0);
}

TEST_CASE("The last administrator cannot be demoted, disabled or removed", "[accounts]") {
    Scene scene;
    auto& accounts = scene.accounts();
    accounts.add(account("bob", Role::editor), by_test);
    const auto each = [&](const std::string& name) {
        CHECK(code_of([&] { accounts.set_role(name, Role::editor, by_test); }) == Code::constraint_violation);
        CHECK(code_of([&] { accounts.set_disabled(name, true, by_test); }) == Code::constraint_violation);
        CHECK(code_of([&] { accounts.remove(name, by_test); }) == Code::constraint_violation);
        CHECK(accounts.find(name)->role == Role::admin);
        CHECK_FALSE(accounts.find(name)->is_disabled);
    };
    each("ann");
    accounts.set_role("bob", Role::admin, by_test);
    accounts.set_disabled("ann", true, by_test);
    each("bob");
    accounts.remove("ann", by_test);
    each("bob");
}

TEST_CASE("Names and passwords keep to their rules", "[accounts]") {
    Scene scene;
    const auto refuses = [&](const std::string& name, std::optional<std::string> secret) {
        INFO(name);
        CHECK(code_of([&] { scene.accounts().add(account(name, Role::reader, std::move(secret)), by_test); }) ==
              Code::invalid_argument_value);
    };
    for (const auto& name : {std::string{}, std::string{" ann"}, std::string{"ann "}, std::string{"a\nb"},
                             std::string{"a\x7F"}, std::string{"a\xC2\x85"}, std::string{"\xFF"}, std::string{"a\xC2"},
                             std::string(account_name_bytes_max + 1, 'a')})
        refuses(name, std::nullopt);
    for (const auto& secret : {std::string{"1234567"}, std::string{"ääää"}, std::string{"1234567\xFF"},
                               std::string("1234\0005678", 9), std::string(password_bytes_max + 1, 'x')})
        refuses("bob", secret);
    const std::string longest(password_bytes_max, 'x');
    scene.accounts().add(account(std::string(account_name_bytes_max, 'a'), Role::reader, longest), by_test);
    CHECK(scene.accounts().verify_password(std::string(account_name_bytes_max, 'a'), longest));
    scene.accounts().add(account("Åsa Ö", Role::reader, "åäöåäöåä"), by_test);
    CHECK(scene.accounts().verify_password("Åsa Ö", "åäöåäöåä"));
}

TEST_CASE("A new password, a disabled and a removed account sign out who had signed in", "[accounts]") {
    Scene scene;
    auto& accounts = scene.accounts();
    accounts.add(account("bob", Role::editor, password), by_test);
    const auto bob = accounts.verify_password("bob", password).value();
    CHECK(accounts.renew(bob));

    accounts.set_role("bob", Role::reader, by_test);
    CHECK(accounts.renew(bob)->role == Role::reader);

    accounts.set_disabled("bob", true, by_test);
    CHECK_FALSE(accounts.renew(bob));
    CHECK_FALSE(accounts.verify_password("bob", password));
    accounts.set_disabled("bob", false, by_test);
    CHECK(accounts.renew(bob));

    accounts.set_password("bob", "another one", by_test);
    CHECK_FALSE(accounts.renew(bob));
    CHECK_FALSE(accounts.verify_password("bob", password));
    const auto again = accounts.verify_password("bob", "another one").value();

    accounts.remove("bob", by_test);
    CHECK_FALSE(accounts.renew(again));
    accounts.add(account("bob", Role::editor, "another one"), by_test);
    CHECK_FALSE(accounts.renew(again));
    CHECK(code_of([&] { (void)accounts.require(again); }) == Code::not_signed_in);
}

TEST_CASE("A token signs in until it expires or is revoked, and allows no more than its limit", "[accounts]") {
    Scene scene;
    auto& accounts = scene.accounts();
    const auto plain = accounts.make_token({"ann", "plain", std::nullopt, std::nullopt}, by_test);
    const auto limited = accounts.make_token({"ann", "limited", Role::editor, scene.now + 1'000'000}, by_test);
    CHECK(plain.text.starts_with("mst_"));
    CHECK(plain.text.size() == 47);
    CHECK(plain.text.ends_with(plain.token.ending));
    CHECK(accounts.verify_token(plain.text)->role == Role::admin);
    const auto editor = accounts.verify_token(limited.text).value();
    CHECK(editor.role == Role::editor);
    CHECK(editor.name == "ann");
    CHECK(accounts.list_tokens("ann").size() == 2);

    auto other = plain.text;
    other.back() = other.back() == 'A' ? 'B' : 'A';
    for (const auto& wrong : {other, plain.text.substr(4), plain.text + "A", std::string{}, std::string(47, 'm')})
        CHECK_FALSE(accounts.verify_token(wrong));

    scene.now += 999'999;
    CHECK(accounts.verify_token(limited.text));
    scene.now += 1;
    CHECK_FALSE(accounts.verify_token(limited.text));
    CHECK_FALSE(accounts.renew(editor));
    CHECK(accounts.verify_token(plain.text));

    accounts.set_role("ann", Role::admin, by_test);
    accounts.revoke_token(plain.token.id, by_test);
    CHECK_FALSE(accounts.verify_token(plain.text));
    CHECK(code_of([&] { accounts.revoke_token(plain.token.id, by_test); }) == Code::entity_not_found);
    CHECK(accounts.list_tokens().size() == 1);
    CHECK(code_of([&] {
              accounts.make_token({"ann", "", std::nullopt, scene.now}, by_test);
          }) == Code::invalid_argument_value);
    CHECK(code_of([&] {
              accounts.make_token({"bob", "", std::nullopt, std::nullopt}, by_test);
          }) == Code::entity_not_found);
    CHECK(scene.store->verify({}).problems == std::vector<std::string>{});
}

TEST_CASE("The tokens of a removed account are gone, those of a demoted one allow what it may", "[accounts]") {
    Scene scene;
    auto& accounts = scene.accounts();
    accounts.add(account("bob", Role::admin), by_test);
    const auto token = accounts.make_token({"bob", "", std::nullopt, std::nullopt}, by_test);
    accounts.set_role("bob", Role::reader, by_test);
    CHECK(accounts.verify_token(token.text)->role == Role::reader);
    accounts.remove("bob", by_test);
    accounts.add(account("bob", Role::admin), by_test);
    CHECK_FALSE(accounts.verify_token(token.text));
    CHECK(accounts.list_tokens().empty());
}

TEST_CASE("A reader may change nothing, an editor data, an administrator everything", "[accounts]") {
    Scene scene;
    {
        const auto t = scene.store->begin();
        const auto node = make_node(*t, "Known");
        t->create_relationship(t->type("KNOWN"), node, node, {});
        REQUIRE(t->commit(by_test));
    }
    const auto node = NodeId{static_cast<std::uint32_t>(scene.store->view()->node_limit() - segment_slots)};
    REQUIRE(scene.store->view()->contains(node));
    using Act = std::function<void(Transaction&)>;
    int names = 0;
    const auto known = [&](Transaction& t) { return t.label("Known"); };
    const std::vector<std::pair<const char*, Act>> data = {
        {"create_node", [&](Transaction& t) { make_node(t, "Known"); }},
        {"create_relationship", [&](Transaction& t) { t.create_relationship(t.type("KNOWN"), node, node, {}); }},
        {"set_property", [&](Transaction& t) { t.set_property(node, t.key("name"), Value{"y"}); }},
        {"set_property of a relationship",
         [&](Transaction& t) { t.set_property(RelId{0}, t.key("name"), Value{"y"}); }},
        {"add_label", [&](Transaction& t) { t.add_label(node, t.label("User")); }},
        {"remove_label", [&](Transaction& t) { t.remove_label(node, known(t)); }},
        {"delete_relationship", [&](Transaction& t) { t.delete_relationship(RelId{0}); }},
        {"detach_node", [&](Transaction& t) { t.detach_node(node); }},
        {"delete_node", [&](Transaction& t) { t.delete_node(node); }},
        {"a new label", [&](Transaction& t) { t.label(fmt::format("New{}", ++names)); }},
        {"a new type", [&](Transaction& t) { t.type(fmt::format("NEW{}", ++names)); }},
        {"a new key", [&](Transaction& t) { t.key(fmt::format("new{}", ++names)); }},
    };
    SchemaEntry index;
    index.name = "i";
    index.label = "Known";
    index.keys = {"name"};
    {
        const auto t = scene.store->begin();
        t->create_schema(index);
        REQUIRE(t->commit(by_test));
    }
    index.name = "another";
    const std::vector<std::pair<const char*, Act>> definitions = {
        {"create_schema", [&](Transaction& t) { t.create_schema(index); }},
        {"drop_schema", [&](Transaction& t) { t.drop_schema("i"); }},
        {"set_model", [&](Transaction& t) { t.set_model(Model::empty()); }},
    };
    const auto says = [&](const Principal& who, const Act& act) {
        return code_of([&] {
            const auto t = scene.store->begin(std::nullopt, who);
            (void)t->view().count_nodes(no_label);
            act(*t);
        });
    };
    for (const bool verified : {true, false}) {
        const auto who = [&](const char* name, Role role) {
            auto principal = scene.principal(name, role);
            principal.verified = verified;
            return principal;
        };
        const auto reader = who("reader", Role::reader), editor = who("editor", Role::editor),
                   admin = who("admin", Role::admin);
        for (const auto& [name, act] : data) {
            INFO(name);
            CHECK(says(reader, act) == Code::forbidden);
            CHECK(says(editor, act) == std::nullopt);
            CHECK(says(admin, act) == std::nullopt);
        }
        for (const auto& [name, act] : definitions) {
            INFO(name);
            CHECK(says(reader, act) == Code::forbidden);
            CHECK(says(editor, act) == Code::forbidden);
            CHECK(says(admin, act) == std::nullopt);
        }
        for (const auto& [who_loads, expected] :
             {std::pair{reader, std::optional{Code::forbidden}}, {editor, std::nullopt}, {admin, std::nullopt}})
            CHECK(code_of([&] { BulkLoader::start(*scene.store, Defaults::apply, who_loads); }) == expected);
    }
    CHECK(scene.store->names().find_label("New1") == no_label);  // the reader's
    CHECK(scene.store->names().find_label("New2") != no_label);
}

TEST_CASE("Who is refused by the store is told what is missing", "[accounts]") {
    Scene scene;
    const auto reader = scene.principal("rita", Role::reader);
    const auto t = scene.store->begin(std::nullopt, reader);
    CHECK_THROWS_WITH(make_node(*t, "User"), "rita is a reader here, by its token; writing needs the role editor");
}

TEST_CASE("A commit has the author who signed in, whatever is asked for, and says so", "[accounts]") {
    Scene scene;
    const auto editor = scene.principal("eve", Role::editor);
    const auto write = [&](const Principal& who) {
        const auto t = scene.store->begin(std::nullopt, who);
        make_node(*t, "Thing");
        REQUIRE(t->commit({"somebody else", "why", "source", "change"}));
        return scene.store->log(1).front();
    };
    const auto signed_in = write(editor);
    CHECK(signed_in.info.author == "eve");
    CHECK(signed_in.info.reason == "why");
    CHECK(signed_in.verified);
    const auto as = write(scene.accounts().act_as("eve"));
    CHECK(as.info.author == "eve");
    CHECK_FALSE(as.verified);
    const auto local = write({});
    CHECK(local.info.author == "somebody else");
    CHECK_FALSE(local.verified);

    const auto loader = BulkLoader::start(*scene.store, Defaults::apply, editor);
    const auto label = loader->label("Thing");
    loader->add_node({&label, 1}, {});
    loader->finish({"somebody else", "", "", ""}, {});
    CHECK(scene.store->log(1).front().info.author == "eve");
    CHECK(scene.store->log(1).front().verified);
    CHECK(scene.store->verify({}).problems == std::vector<std::string>{});
}

TEST_CASE("Rights that are taken away while a transaction is open are gone at its commit", "[accounts]") {
    Scene scene;
    const auto editor = scene.principal("eve", Role::editor);
    const auto code_after = [&](const std::function<void()>& change) {
        const auto t = scene.store->begin(std::nullopt, editor);
        make_node(*t, "Thing");
        change();
        return code_of([&] { (void)t->commit(by_test); });
    };
    const auto before = scene.store->view()->count_nodes(no_label);
    CHECK(code_after([&] { scene.accounts().set_role("eve", Role::reader, by_test); }) == Code::forbidden);
    scene.accounts().set_role("eve", Role::editor, by_test);
    CHECK(code_after([&] { scene.accounts().set_disabled("eve", true, by_test); }) == Code::not_signed_in);
    CHECK(code_of([&] { (void)scene.store->begin(std::nullopt, editor); }) == Code::not_signed_in);
    scene.accounts().set_disabled("eve", false, by_test);

    const auto loader = BulkLoader::start(*scene.store, Defaults::apply, editor);
    const auto label = loader->label("Thing");
    loader->add_node({&label, 1}, {});
    scene.accounts().revoke_token(TokenId{editor.token}, by_test);
    CHECK(code_of([&] { loader->finish(by_test, {}); }) == Code::not_signed_in);
    CHECK(scene.store->view()->count_nodes(no_label) == before);
    CHECK(scene.store->verify({}).problems == std::vector<std::string>{});
}

TEST_CASE("Accounts are changed by administrators, the own password and tokens by whom they are of", "[accounts]") {
    Scene scene;
    auto& accounts = scene.accounts();
    accounts.add(account("bob", Role::reader, password), by_test);
    const auto bob = accounts.verify_password("bob", password).value();
    const auto refused = [&](const std::function<void()>& f) { CHECK(code_of(f) == Code::forbidden); };
    refused([&] { accounts.add(account("cleo"), by_test, bob); });
    refused([&] { accounts.set_role("bob", Role::admin, by_test, bob); });
    refused([&] { accounts.set_disabled("ann", true, by_test, bob); });
    refused([&] { accounts.remove("ann", by_test, bob); });
    refused([&] { accounts.set_password("ann", "taken over", by_test, bob); });
    refused([&] { accounts.make_token({"ann", "", std::nullopt, std::nullopt}, by_test, bob); });
    const auto of_ann = accounts.make_token({"ann", "", std::nullopt, std::nullopt}, by_test);
    refused([&] { accounts.revoke_token(of_ann.token.id, by_test, bob); });
    refused([&] { accounts.revoke_token(TokenId{4711}, by_test, bob); });

    const auto own = accounts.make_token({"bob", "", std::nullopt, std::nullopt}, by_test, bob);
    CHECK(scene.store->log(1).front().info.author == "bob");
    CHECK(scene.store->log(1).front().verified);
    // A token is not its owner: it could make one that allows more, or a password.
    const auto by_token = accounts.verify_token(own.text).value();
    refused([&] { accounts.set_password("bob", "by the token", by_test, by_token); });
    refused([&] { accounts.make_token({"bob", "", std::nullopt, std::nullopt}, by_test, by_token); });
    accounts.revoke_token(own.token.id, by_test, bob);
    accounts.set_password("bob", "a new secret", by_test, bob);
    CHECK(accounts.verify_password("bob", "a new secret"));
    CHECK(code_of([&] { accounts.set_password("bob", "once again", by_test, bob); }) == Code::not_signed_in);

    const auto limited = accounts.make_token({"ann", "", Role::editor, std::nullopt}, by_test);
    const auto ann = accounts.verify_token(limited.text).value();
    refused([&] { accounts.add(account("cleo"), by_test, ann); });
    // One who was an administrator when signing in.
    auto stale = bob;
    stale = accounts.verify_password("bob", "a new secret").value();
    stale.role = Role::admin;
    refused([&] { accounts.set_role("bob", Role::admin, by_test, stale); });
}

TEST_CASE("Each change of an account stands in the log", "[accounts]") {
    Scene scene;
    auto& accounts = scene.accounts();
    CHECK(scene.newest_reason() == "account ann: added as admin");
    accounts.add(account("bob", Role::editor), {"tester", "new colleague", "", ""});
    CHECK(scene.newest_reason() == "account bob: added as editor; new colleague");
    accounts.set_role("bob", Role::admin, by_test);
    CHECK(scene.newest_reason() == "account bob: role editor -> admin");
    CHECK(scene.store->log(1).front().accounts_changed);
    CHECK(scene.store->log(1).front().info.author == "tester");
    const auto tx = scene.store->last_tx();
    accounts.set_role("bob", Role::admin, by_test);
    accounts.set_disabled("bob", false, by_test);
    CHECK(scene.store->last_tx() == tx);  // nothing to do
    accounts.set_password("bob", password, by_test);
    CHECK(scene.newest_reason() == "account bob: new password");
    const auto token = accounts.make_token({"bob", "backup", std::nullopt, std::nullopt}, by_test);
    CHECK(raw(scene.store->last_tx()) == static_cast<std::uint64_t>(token.token.id));
    CHECK(scene.newest_reason() == fmt::format("account bob: token {} made (backup)", raw(scene.store->last_tx())));
    accounts.set_disabled("bob", true, by_test);
    CHECK(scene.newest_reason() == "account bob: disabled");
    accounts.remove("bob", by_test);
    CHECK(scene.newest_reason() == "account bob: removed");
    CHECK(scene.store->verify({}).problems == std::vector<std::string>{});
}

TEST_CASE("An account is of the User or Person that has its name, made if there is none", "[accounts]") {
    const ScratchFolder folder;
    auto o = options();
    o.initial_model = Model::from_json(R"({"classes": [
        {"name": "Party", "abstract": true, "keys": [["id"]],
         "attributes": [{"name": "id", "type": "string"}, {"name": "name", "type": "string"}]},
        {"name": "Person", "parent": "Party", "attributes": [{"name": "email", "type": "string"}],
         "keys": [["email"], ["id"]]},
        {"name": "Employee", "parent": "Person"}, {"name": "Team", "parent": "Party"}]})");
    const auto store = Store::open(folder / "db", o);
    std::vector<NodeId> nodes;
    {
        const auto t = store->begin();
        const auto make = [&](const char* label_name, PropertyList properties) {
            const auto label = t->label(label_name);
            nodes.push_back(t->create_node({&label, 1}, properties));
        };
        make("Person", {{t->key("email"), Value{"ann@example.org"}}, {t->key("name"), Value{"Ann"}}});
        make("Employee", {{t->key("id"), Value{"bob"}}, {t->key("name"), Value{"Ann Lind"}}});
        make("Team", {{t->key("id"), Value{"cleo"}}});
        make("Person", {{t->key("id"), Value{"p1"}}, {t->key("name"), Value{"Twin"}}});
        make("Person", {{t->key("id"), Value{"p2"}}, {t->key("name"), Value{"Twin"}}});
        t->finish_statement();
        REQUIRE(t->commit(by_test));
    }
    auto& accounts = store->accounts();
    CHECK(accounts.add(account("ann@example.org"), by_test).user == nodes[0]);
    CHECK(accounts.add(account("bob"), by_test).user == nodes[1]);
    CHECK(accounts.add(account("Ann Lind"), by_test).user == nodes[1]);
    CHECK(code_of([&] { accounts.add(account("Twin"), by_test); }) == Code::invalid_argument_value);
    CHECK(accounts.add({"Twin", std::nullopt, std::nullopt, nodes[4]}, by_test).user == nodes[4]);
    const auto before = store->view()->count_nodes(no_label);
    const auto cleo = accounts.add(account("cleo2"), by_test);
    const auto view = store->view();
    CHECK(view->count_nodes(no_label) == before + 1);
    CHECK(view->names().label(view->names().labels_of(view->shape(cleo.user)).front()) == "Person");
    CHECK(view->property(cleo.user, view->names().find_key("id")).as_string() == "cleo2");
    CHECK(view->property(cleo.user, view->names().find_key("name")).as_string() == "cleo2");
    CHECK(code_of([&] {
              accounts.add({"dan", std::nullopt, std::nullopt, NodeId{999'999}}, by_test);
          }) == Code::entity_not_found);
}

TEST_CASE("A class model without users says what to do", "[accounts]") {
    const ScratchFolder folder;
    auto o = options();
    o.initial_model = Model::from_json(R"({"classes": [{"name": "Host"}]})");
    const auto store = Store::open(folder / "db", o);
    CHECK(code_of([&] { store->accounts().add(account("ann"), by_test); }) == Code::unknown_label);
    CHECK_FALSE(store->accounts().any());
    const auto t = store->begin();
    const auto node = make_node(*t, "Host");
    REQUIRE(t->commit(by_test));
    CHECK(store->accounts().add({"ann", std::nullopt, std::nullopt, node}, by_test).user == node);
}

TEST_CASE("The built-in class model has users: persons", "[accounts]") {
    const ScratchFolder folder;
    auto o = options();
    o.initial_model.reset();
    const auto store = Store::open(folder / "db", o);
    const auto ann = store->accounts().add(account("ann"), by_test);
    const auto view = store->view();
    CHECK(view->names().label(view->names().labels_of(view->shape(ann.user)).front()) == "Person");
}

TEST_CASE("An account whose node is gone is void", "[accounts]") {
    Scene scene;
    const auto eve = scene.principal("eve", Role::editor);
    const auto token = scene.accounts().make_token({"eve", "", std::nullopt, std::nullopt}, by_test);
    scene.accounts().set_password("eve", password, by_test);
    const auto open_before = [&] {
        const auto t = scene.store->begin();
        t->delete_node(scene.accounts().find("eve")->user);
        t->finish_statement();
        REQUIRE(t->commit(by_test));
    };
    open_before();
    CHECK(scene.accounts().find("eve")->is_void);
    CHECK_FALSE(scene.accounts().verify_password("eve", password));
    CHECK_FALSE(scene.accounts().verify_token(token.text));
    CHECK_FALSE(scene.accounts().renew(eve));
    CHECK(code_of([&] { (void)scene.accounts().act_as("eve"); }) == Code::forbidden);
    // Neither is it an administrator that is left.
    CHECK_NOTHROW(scene.accounts().set_role("eve", Role::admin, by_test));
    CHECK(code_of([&] { scene.accounts().remove("ann", by_test); }) == Code::constraint_violation);
    CHECK(scene.store->verify({}).problems == std::vector<std::string>{});
}

TEST_CASE("Deleting the node of an account is for administrators, and one of them stays", "[accounts]") {
    Scene scene;
    const auto eve = scene.principal("eve", Role::editor);
    const auto remove_node = [&](const char* name, const Principal& by) {
        return code_of([&] {
            const auto t = scene.store->begin(std::nullopt, by);
            t->delete_node(scene.accounts().find(name)->user);
            t->finish_statement();
            (void)t->commit(by_test);
        });
    };
    CHECK(remove_node("ann", eve) == Code::forbidden);
    CHECK(remove_node("eve", eve) == Code::forbidden);
    CHECK(remove_node("ann", {}) == Code::constraint_violation);  // the last administrator
    CHECK_FALSE(scene.accounts().find("ann")->is_void);
    (void)scene.principal("bea", Role::admin);
    CHECK(remove_node("ann", {}) == std::nullopt);
    CHECK(scene.accounts().find("ann")->is_void);
}

TEST_CASE("What another process changes counts at once for one that has the file open", "[accounts]") {
    const ScratchFolder folder;
    { (void)Store::open(folder / "db", options()); }
    const auto text_file = folder / "token";
    Steps other(
        {[&](Accounts& accounts) {
             accounts.add(account("ann"), by_test);
             std::ofstream(text_file) << accounts.make_token({"ann", "", std::nullopt, std::nullopt}, by_test).text;
         },
         [](Accounts& accounts) {
             accounts.add(account("bob", Role::admin), by_test);
             accounts.set_role("ann", Role::reader, by_test);
         },
         [](Accounts& accounts) { accounts.revoke_token(accounts.list_tokens().front().id, by_test); }},
        folder / "db");
    const auto server = Store::open(folder / "db", options(OpenMode::read_write));
    CHECK_FALSE(server->accounts().any());
    other.next();
    std::string text;
    std::ifstream(text_file) >> text;
    CHECK(server->accounts().any());
    const auto ann = server->accounts().verify_token(text);
    REQUIRE(ann);
    other.next();
    CHECK(server->accounts().renew(*ann)->role == Role::reader);
    other.next();
    CHECK_FALSE(server->accounts().renew(*ann));
    CHECK_FALSE(server->accounts().verify_token(text));
    // And this one may write to the table that was made since it opened the file.
    server->accounts().set_role("ann", Role::editor, by_test);
    CHECK(server->accounts().find("ann")->role == Role::editor);
    CHECK(server->verify({}).problems == std::vector<std::string>{});
}

TEST_CASE("A process that is killed leaves the accounts it has acknowledged", "[accounts]") {
    for (const int commits_before : {0, 1, 10}) {
        INFO(commits_before);
        const ScratchFolder folder;
        { (void)Store::open(folder / "db", options()); }
        in_other_process([&] {
            auto store = Store::open(folder / "db", options(OpenMode::read_write));
            for (int i = 0; i < commits_before; ++i) {
                const auto t = store->begin();
                make_node(*t, "Thing");
                if (!t->commit(by_test)) ::_exit(2);
            }
            store->accounts().add(account("ann"), by_test);
            store->accounts().add(account("bob"), by_test);
            (void)store.release();
        });
        const auto store = Store::open(folder / "db", options(OpenMode::read_write));
        CHECK(store->accounts().find("ann")->role == Role::admin);
        CHECK(store->accounts().find("bob")->role == Role::reader);
        CHECK(store->verify({}).problems == std::vector<std::string>{});
    }
}

TEST_CASE("Backups and compacted files have the accounts", "[accounts]") {
    Scene scene;
    const auto token = scene.accounts().make_token({"ann", "", std::nullopt, std::nullopt}, by_test);
    scene.store->backup(scene.folder / "backup", {});
    scene.store->compact_to(scene.folder / "small", {});
    scene.store->compact({});
    scene.store.reset();
    for (const auto* name : {"backup", "small", "db"}) {
        INFO(name);
        auto o = options(OpenMode::read_write);
        o.clock = [&] { return scene.now; };
        const auto store = Store::open(scene.folder / name, o);
        CHECK(store->accounts().verify_token(token.text)->name == "ann");
        CHECK(store->accounts().verify_password("ann", password));
        store->accounts().add(account("bob"), by_test);
        CHECK(store->verify({}).problems == std::vector<std::string>{});
    }
}

TEST_CASE("Accounts that are added at the same time are all there, one of them the first", "[accounts]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int k = 0; k < 5; ++k) store->accounts().add(account(fmt::format("user {} {}", i, k)), by_test);
        });
    for (auto& thread : threads) thread.join();
    const auto all = store->accounts().list();
    CHECK(all.size() == 20);
    CHECK(std::count_if(all.begin(), all.end(), [](const Account& a) { return a.role == Role::admin; }) == 1);
    CHECK(store->verify({}).problems == std::vector<std::string>{});
}

TEST_CASE("Of two who take a name at the same time one gets it", "[accounts]") {
    const ScratchFolder folder;
    const auto store = Store::open(folder / "db", options());
    store->accounts().add(account("ann"), by_test);
    std::atomic<int> got{0}, refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto code = code_of([&] { store->accounts().add(account("bob"), by_test); });
            ++(code ? refused : got);
        });
    for (auto& thread : threads) thread.join();
    CHECK(got == 1);
    CHECK(refused == 3);
}

TEST_CASE("A file whose header says that there are accounts lets nobody in when they are gone", "[accounts]") {
    const ScratchFolder folder;
    { Store::open(folder / "db", options())->accounts().add(account("ann"), by_test); }
    {
        const auto env = lmdb::Environment::open(folder / "db", OpenMode::read_write, Durability::none, 1 << 30);
        lmdb::Transaction txn(env, lmdb::Transaction::Kind::write);
        REQUIRE(txn.erase(lmdb::Table::account, account_key("ann")));
        txn.commit();
    }
    const auto store = Store::open(folder / "db", options(OpenMode::read_only));
    CHECK(code_of([&] { (void)store->accounts().any(); }) == Code::corrupt);
    CHECK(code_of([&] { (void)store->accounts().list(); }) == Code::corrupt);
    CHECK_FALSE(store->accounts().verify_password("ann", password));
    CHECK(store->verify({}).problems == std::vector<std::string>{"account: there is no administrator"});
}

TEST_CASE("A damaged row of an account or a token is refused and named", "[accounts]") {
    const ScratchFolder folder;
    std::string text, good_account, good_token;
    {
        const auto store = Store::open(folder / "db", options());
        store->accounts().add(account("ann"), by_test);
        text = store->accounts().make_token({"ann", "label", Role::reader, std::nullopt}, by_test).text;
    }
    const auto with_row = [&](const std::string& key, const std::string& row, auto&& f) {
        {
            const auto env = lmdb::Environment::open(folder / "db", OpenMode::read_write, Durability::none, 1 << 30);
            lmdb::Transaction txn(env, lmdb::Transaction::Kind::write);
            txn.put(lmdb::Table::account, key, row);
            txn.commit();
        }
        f(*Store::open(folder / "db", options(OpenMode::read_only)));
    };
    {
        const auto env = lmdb::Environment::open(folder / "db", OpenMode::read_only, Durability::none, 1 << 30);
        const lmdb::Transaction txn(env, lmdb::Transaction::Kind::read);
        good_account = *txn.get(lmdb::Table::account, account_key("ann"));
        good_token = *txn.get(lmdb::Table::account, token_key(text));
    }
    // Rows with right seals, as somebody might forge them: cut off anywhere, or longer than they are.
    const auto each = [&](const std::string& key, const std::string& good) {
        std::size_t let_in = 0, unnoticed = 0;
        for (std::size_t size = 0; size <= good.size() + 1; ++size) {
            if (size == good.size()) continue;
            auto bad = good.substr(0, size);
            if (size > good.size()) bad += 'x';
            with_row(key, bad, [&](Store& store) {
                const auto code = code_of([&] { let_in += store.accounts().verify_token(text).has_value(); });
                REQUIRE((!code || *code == Code::corrupt || *code == Code::newer_format));
                unnoticed += store.verify({}).problems.empty();
            });
        }
        with_row(key, good, [](Store&) {});
        CHECK(let_in == 0);
        CHECK(unnoticed == 0);
    };
    each(account_key("ann"), good_account);
    each(token_key(text), good_token);
    auto forged = good_account;
    forged[2] = 9;  // a role
    with_row(account_key("ann"), forged, [&](Store& store) {
        CHECK(code_of([&] { (void)store.accounts().verify_token(text); }) == Code::corrupt);
        CHECK_THAT(store.verify({}).problems.front(), Catch::Contains("account"));
    });
}

TEST_CASE("Rows of accounts and tokens read back as they were written", "[accounts]") {
    AccountRow a;
    a.role = Role::editor;
    a.is_disabled = true;
    a.user = NodeId{77};
    a.secret = 12;
    a.created_us = -5;
    a.changed_us = 6;
    a.hash = "$argon2id$...";
    CHECK(encode(decode_account(encode(a))) == encode(a));
    CHECK(decode_account(encode(a)).is_disabled);
    TokenRow t;
    t.limit = Role::reader;
    t.id = 9;
    t.account = "ann";
    t.label = "l";
    t.ending = "abcd";
    CHECK(encode(decode_token(encode(t))) == encode(t));
    CHECK(decode_token(encode(t)).limit == Role::reader);
}

TEST_CASE("Made-up passwords are long and differ", "[accounts]") {
    const auto one = make_password(), other = make_password();
    CHECK(one.size() == 20);
    CHECK(one != other);
}

}  // namespace mainstay::test
