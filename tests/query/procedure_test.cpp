// What procedures know of the statement that calls them, and what a database adds to the table.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace mainstay::test {
namespace {

std::unique_ptr<Database> opened(const ScratchFolder& folder, std::vector<Procedure> procedures = {},
                                 OpenMode mode = OpenMode::create_if_missing) {
    DatabaseOptions options;
    options.store.mode = mode;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty();
    options.procedures = std::move(procedures);
    return Database::open(folder / "assets.mst", std::move(options));
}

Procedure saying(std::string name, std::string text) {
    return {std::move(name), {}, {{"said", "STRING"}}, "", [text](const View&, const auto&, const auto& row) {
                row({text});
            }};
}

std::string one(Database& database, std::string_view text, const ExecuteOptions& options = {}) {
    return print(database.run(text, {}, options)->all().at(0).at(0));
}

}  // namespace

TEST_CASE("the current user is the one who runs the statement, also when it is run again", "[procedure]") {
    const ScratchFolder folder;
    const auto database = opened(folder);
    ExecuteOptions options;
    for (const char* user : {"ann", "bob", ""}) {
        options.commit.author = user;
        const std::string expected = "'" + std::string{user} + "'";
        CHECK(one(*database, "SHOW CURRENT USER YIELD user", options) == expected);
        CHECK(one(*database, "CALL dbms.showCurrentUser() YIELD username", options) == expected);
        CHECK(one(*database, "CALL dbms.showCurrentUser() YIELD username CREATE (n {by: username}) RETURN n.by",
                  options) == expected);
        const auto session = database->begin();
        CHECK(print(session->run("SHOW CURRENT USER YIELD user", {}, options)->all().at(0).at(0)) == expected);
    }
}

TEST_CASE("SHOW DATABASES gives the address the caller used, and whether the file may be written", "[procedure]") {
    const ScratchFolder folder;
    ExecuteOptions options;
    options.address = "cmdb.example:7687";
    const char* text =
        "SHOW DATABASES YIELD name, address, access, writer RETURN name + ' ' + address + ' ' + access + ' ' + "
        "toString(writer)";
    CHECK(one(*opened(folder), text, options) == "'assets cmdb.example:7687 read-write true'");
    CHECK(one(*opened(folder, {}, OpenMode::read_only), text) == "'assets  read-only false'");
}

TEST_CASE("a setting says what the statement may cost", "[procedure]") {
    const ScratchFolder folder;
    const auto database = opened(folder);
    ExecuteOptions options;
    options.limits.time = std::chrono::milliseconds{60'000};
    const char* text = "SHOW SETTINGS 'statement.time_ms' YIELD value, defaultValue RETURN value + ' ' + defaultValue";
    CHECK(one(*database, text, options) == "'60000 0'");
    CHECK(one(*database, text) == "'0 0'");
}

TEST_CASE("a procedure the database was opened with goes in the place of a built-in one", "[procedure]") {
    const ScratchFolder folder;
    const auto database = opened(folder, {saying("DB.ping", "mine"), saying("my.own", "own")});
    CHECK(one(*database, "CALL db.ping() YIELD said") == "'mine'");
    CHECK(one(*database, "CALL my.own()") == "'own'");
    CHECK(one(*database, "SHOW PROCEDURES YIELD name WHERE toLower(name) = 'db.ping' RETURN count(*)") == "1");
    CHECK(one(*database, "SHOW PROCEDURES YIELD name, signature WHERE name = 'my.own' RETURN signature") ==
          "'my.own() :: (said :: STRING)'");
    const auto all = database->procedures();
    CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));
    CHECK(std::none_of(all.begin(), all.end(), [](const auto& p) { return p.name.starts_with("show."); }));
}

TEST_CASE("an argument with a default value may be left out, in any form of the call", "[procedure]") {
    const ScratchFolder folder;
    const Procedure sum{"my.sum",
                        {{"a", "INTEGER"}, {"b", "INTEGER", Value{10}}},
                        {{"sum", "INTEGER"}},
                        "",
                        [](const View&, const std::vector<Value>& arguments, const auto& row) {
                            row({arguments.at(0).as_int() + arguments.at(1).as_int()});
                        }};
    const auto database = opened(folder, {sum});
    CHECK(one(*database, "CALL my.sum(1)") == "11");
    CHECK(one(*database, "CALL my.sum(1, 2) YIELD sum RETURN sum") == "3");
    CHECK(print(database->run("CALL my.sum", {{"a", Value{5}}})->all().at(0).at(0)) == "15");
    CHECK_THROWS_AS(database->run("CALL my.sum()"), Error);
    CHECK_THROWS_AS(database->run("CALL my.sum(1, 2, 3)"), Error);
    CHECK(one(*database, "SHOW PROCEDURES YIELD name, signature WHERE name = 'my.sum' RETURN signature") ==
          "'my.sum(a :: INTEGER, b = 10 :: INTEGER) :: (sum :: INTEGER)'");
}

TEST_CASE("the nodes of the schema live as long as the result", "[procedure]") {
    const ScratchFolder folder;
    const auto database = opened(folder);
    database->run("CREATE (:Host {name: 'a'})-[:RUNS]->(:Service)")->all();
    const auto named = [](const Value& element) {
        std::string text;
        const auto visit = [&](const auto& e) {
            e.source->visit_properties(e.id, [&](KeyId key, const Value& value) {
                if (e.source->names().key(key) == "name") text += value.as_string();
            });
        };
        if (element.is(ValueType::node))
            visit(element.as_node());
        else
            visit(element.as_relationship());
        return text;
    };
    for (int run = 0; run < 3; ++run) {  // by an execution that rested, too
        const auto result = database->run("CALL db.schema.visualization()");
        const auto rows = result->all();
        REQUIRE(rows.size() == 1);
        CHECK(named(rows[0].at(0).as_list().at(0)) + named(rows[0].at(0).as_list().at(1)) == "HostService");
        CHECK(named(rows[0].at(1).as_list().at(0)) == "RUNS");
    }
}

TEST_CASE("of many elements so many are read, and the rare ones all the same", "[procedure]") {
    const ScratchFolder folder;
    const auto database = opened(folder);
    database->run("UNWIND range(1, 150000) AS i CREATE (:Many {i: i})")->all();
    database->run("CREATE (:Rare {x: 1})-[:SELDOM {y: 1}]->(:Rare {x: 2})")->all();
    const auto rows = database
                          ->run(
                              "CALL apoc.meta.nodeTypeProperties() YIELD nodeType, propertyName, mandatory, "
                              "propertyObservations AS seen, totalObservations AS looked RETURN nodeType, mandatory, "
                              "seen, looked ORDER BY nodeType")
                          ->all();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at(3).as_int() == 75'000);
    CHECK(rows[0].at(1).as_bool() == false);  // those that were not read may lack it
    CHECK(rows[1].at(3).as_int() == 1);
    CHECK(one(*database,
              "CALL db.schema.relTypeProperties() YIELD relType, mandatory RETURN relType + toString(mandatory)") ==
          "':`SELDOM`true'");
}

TEST_CASE("a survey of much stops when it has to", "[procedure]") {
    const ScratchFolder folder;
    const auto database = opened(folder);
    database->run("UNWIND range(1, 40000) AS i CREATE (:Many {i: i})")->all();
    ExecuteOptions options;
    const auto cancellation = std::make_shared<Cancellation>();
    cancellation->cancel();
    options.cancellation = cancellation;
    CHECK_THROWS_AS(database->run("CALL apoc.meta.data()", {}, options)->all(), Error);
}

}  // namespace mainstay::test
