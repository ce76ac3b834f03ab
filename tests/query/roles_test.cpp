// What each role may ask, by whichever way into the library.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <functional>
#include <optional>

namespace mainstay::test {
namespace {

const CommitInfo by_test{"tester", "", "", ""};

std::optional<Code> code_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const Error& error) {
        return error.code();
    }
    return std::nullopt;
}

struct Scene {
    ScratchFolder folder;
    std::unique_ptr<Database> database = open();

    Scene() {
        add("ann", Role::admin);
        for (const char* text : {"CREATE (:A {i: 1})-[:R]->(:A {i: 2})", "CREATE INDEX kept FOR (n:A) ON (n.i)"})
            database->run(text)->all();
    }
    std::unique_ptr<Database> open() const {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        options.store.initial_model = Model::empty();
        return Database::open(folder / "db", std::move(options));
    }
    Accounts& accounts() { return database->store().accounts(); }
    void add(const char* name, Role role) { accounts().add({name, role, std::nullopt, std::nullopt}, by_test); }
    Principal principal(const char* name, Role role) {
        if (!accounts().find(name)) add(name, role);
        return accounts()
            .verify_token(accounts().make_token({name, "", std::nullopt, std::nullopt}, by_test).text)
            .value();
    }
    CommitRecord newest() { return database->store().log(1).front(); }
};

ExecuteOptions as(const Principal& principal) {
    ExecuteOptions options;
    options.principal = principal;
    return options;
}

struct Kind {
    const char* text;
    Role needs;
};
constexpr std::array kinds = {
    Kind{"RETURN 1", Role::reader},
    Kind{"MATCH (n:A) RETURN n.i ORDER BY n.i", Role::reader},
    Kind{"MATCH (a)-[:R]->(b) RETURN count(*)", Role::reader},
    Kind{"EXPLAIN CREATE (:B)", Role::reader},
    Kind{"EXPLAIN CREATE INDEX i2 FOR (n:A) ON (n.j)", Role::reader},
    Kind{"SHOW INDEXES", Role::reader},
    Kind{"SHOW USERS", Role::admin},
    Kind{"CALL db.labels()", Role::reader},
    Kind{"CREATE (:B)", Role::editor},
    Kind{"PROFILE CREATE (:B)", Role::editor},
    Kind{"MERGE (:B {i: 7})", Role::editor},
    Kind{"MERGE (:A {i: 1})", Role::editor},  // even if it finds it
    Kind{"MATCH (n:A) SET n.i = n.i", Role::editor},
    Kind{"MATCH (n:A) SET n:B", Role::editor},
    Kind{"MATCH (n:A) REMOVE n.j", Role::editor},
    Kind{"MATCH (n:Nobody) DELETE n", Role::editor},
    Kind{"MATCH (n:B) DETACH DELETE n", Role::editor},
    Kind{"FOREACH (x IN [1] | CREATE (:B))", Role::editor},
    Kind{"CREATE INDEX i1 IF NOT EXISTS FOR (n:A) ON (n.j)", Role::admin},
    Kind{"CREATE CONSTRAINT c1 IF NOT EXISTS FOR (n:C) REQUIRE n.i IS UNIQUE", Role::admin},
    Kind{"DROP INDEX nothing IF EXISTS", Role::admin},
    Kind{"DROP CONSTRAINT nothing IF EXISTS", Role::admin},
};

}  // namespace

TEST_CASE("each kind of statement needs its role, by run, a prepared statement and a session", "[roles]") {
    Scene scene;
    for (const bool verified : {true, false}) {
        std::vector<Principal> principals = {scene.principal("rita", Role::reader),
                                             scene.principal("eve", Role::editor), scene.principal("ann", Role::admin)};
        for (auto& principal : principals) {
            principal.verified = verified;
            for (const auto& kind : kinds) {
                INFO(kind.text << " as " << name_of(principal.role) << (verified ? ", signed in" : ""));
                const auto expected = principal.role >= kind.needs ? std::nullopt : std::optional{Code::forbidden};
                CHECK(code_of([&] { scene.database->run(kind.text, {}, as(principal))->all(); }) == expected);
                // Again: what rests of the first run lets nobody do more.
                CHECK(code_of([&] { scene.database->run(kind.text, {}, as(principal))->all(); }) == expected);
                const auto prepared = scene.database->prepare(kind.text);
                CHECK(code_of([&] { prepared->run({}, as(principal))->all(); }) == expected);
                CHECK(code_of([&] { scene.database->begin(principal)->run(kind.text)->all(); }) == expected);
                // The lesser of the session's and the statement's counts.
                CHECK(code_of([&] { scene.database->begin()->run(kind.text, {}, as(principal))->all(); }) == expected);
                CHECK(code_of([&] { scene.database->begin(principal)->run(kind.text, {}, as({}))->all(); }) ==
                      expected);
            }
        }
    }
}

TEST_CASE("without a principal a statement may do everything", "[roles]") {
    Scene scene;
    for (const auto& kind : kinds) {
        INFO(kind.text);
        CHECK(code_of([&] { scene.database->run(kind.text)->all(); }) == std::nullopt);
    }
}

TEST_CASE("who is refused is told what is missing", "[roles]") {
    Scene scene;
    auto rita = scene.principal("rita", Role::reader);
    CHECK_THROWS_WITH(scene.database->run("CREATE (:B)", {}, as(rita)),
                      "rita is a reader here, by its token; writing needs the role editor");
    rita = scene.accounts().act_as("rita");
    CHECK_THROWS_WITH(scene.database->run("CREATE (:B)", {}, as(rita)),
                      "rita is a reader; writing needs the role editor");
    const auto eve = scene.principal("eve", Role::editor);
    CHECK_THROWS_WITH(scene.database->run("DROP INDEX kept", {}, as(eve)),
                      "eve is an editor here, by its token; a change of indexes and constraints needs the role admin");
    CHECK(info(Code::forbidden).http_status == 403);
    CHECK(info(Code::not_signed_in).http_status == 401);
}

TEST_CASE("a role that is taken away counts for the next statement, in sessions too", "[roles]") {
    Scene scene;
    const auto eve = scene.principal("eve", Role::editor);
    const auto session = scene.database->begin(eve);
    session->run("CREATE (:B)")->all();
    scene.accounts().set_role("eve", Role::reader, by_test);
    CHECK(code_of([&] { scene.database->run("CREATE (:B)", {}, as(eve)); }) == Code::forbidden);
    CHECK(code_of([&] { session->run("CREATE (:B)"); }) == Code::forbidden);
    session->rollback();
    const auto reading = scene.database->begin(eve);
    CHECK(code_of([&] { reading->run("MATCH (n:B) RETURN count(n)")->all(); }) == std::nullopt);
    scene.accounts().set_disabled("eve", true, by_test);
    for (const char* text : {"RETURN 1", "CREATE (:B)"}) {
        CHECK(code_of([&] { scene.database->run(text, {}, as(eve)); }) == Code::not_signed_in);
        CHECK(code_of([&] { scene.database->begin(eve); }) == Code::not_signed_in);
    }
    CHECK(code_of([&] { reading->run("RETURN 1"); }) == Code::not_signed_in);
    CHECK(scene.database->run("MATCH (n:B) RETURN count(n)")->all().at(0).at(0).as_int() == 0);
}

TEST_CASE("a session that has written commits only what its principal may still write", "[roles]") {
    Scene scene;
    const auto eve = scene.principal("eve", Role::editor);
    const auto session = scene.database->begin(eve);
    session->run("CREATE (:B)")->all();
    scene.accounts().set_role("eve", Role::reader, by_test);
    CHECK(code_of([&] { session->commit(by_test); }) == Code::forbidden);
    CHECK(scene.database->run("MATCH (n:B) RETURN count(n)")->all().at(0).at(0).as_int() == 0);
}

TEST_CASE("the author of what a statement or a session writes is who has signed in", "[roles]") {
    Scene scene;
    const auto eve = scene.principal("eve", Role::editor);
    auto options = as(eve);
    options.commit = {"somebody else", "why", "", ""};
    scene.database->run("CREATE (:B)", {}, options)->all();
    CHECK(scene.newest().info.author == "eve");
    CHECK(scene.newest().info.reason == "why");
    CHECK(scene.newest().verified);
    const auto session = scene.database->begin(eve);
    session->run("CREATE (:B)")->all();
    session->commit({"somebody else", "", "", ""});
    CHECK(scene.newest().info.author == "eve");
    CHECK(scene.newest().verified);
    options.principal = {};
    scene.database->run("CREATE (:B)", {}, options)->all();
    CHECK(scene.newest().info.author == "somebody else");
    CHECK_FALSE(scene.newest().verified);
}

TEST_CASE("no statement sees an account", "[roles]") {
    Scene scene;
    const auto before = scene.database->run("MATCH (n) RETURN count(n)")->all().at(0).at(0).as_int();
    scene.accounts().set_password("ann", "a long password", by_test);
    (void)scene.accounts().make_token({"ann", "", std::nullopt, std::nullopt}, by_test);
    CHECK(scene.database->run("MATCH (n) RETURN count(n)")->all().at(0).at(0).as_int() == before);
    const auto rows = scene.database->run("MATCH (n:User {name: 'ann'}) RETURN properties(n)")->all();
    REQUIRE(rows.size() == 1);
    CHECK(print(rows.at(0).at(0)) == "{name: 'ann'}");
}

TEST_CASE("SHOW USERS says what each account is, by name", "[roles]") {
    Scene scene;
    scene.add("bob", Role::editor);
    scene.accounts().add({"eve", Role::reader, "long enough", std::nullopt}, by_test);
    scene.accounts().set_disabled("bob", true, by_test);
    std::string all;
    const char* text =
        "SHOW USERS YIELD user, roles, suspended, hasPassword, created, changed "
        "RETURN user + ' ' + roles[0] + ' ' + suspended + ' ' + hasPassword + ' ' + (changed > created) AS said";
    for (const auto& row : scene.database->run(text, {}, as(scene.principal("ann", Role::admin)))->all())
        all += print(row.at(0)) + "\n";
    CHECK(all == "'ann admin false false false'\n'bob editor true false true'\n'eve reader false true false'\n");
    CHECK(code_of([&] { scene.database->run("SHOW USERS", {}, as(scene.principal("cid", Role::editor)))->all(); }) ==
          Code::forbidden);
}

}  // namespace mainstay::test
