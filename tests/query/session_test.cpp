// Transactions of several statements.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

namespace mainstay::test {
namespace {

std::unique_ptr<Database> without_model(const ScratchFolder& folder) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty();
    return Database::open(folder / "db", std::move(options));
}

std::int64_t count_nodes(Database& database) {
    return database.run("MATCH (n) RETURN count(n)")->all().at(0).at(0).as_int();
}

}  // namespace

TEST_CASE("a transaction in which a statement failed commits nothing, whatever the statement was", "[session]") {
    const ScratchFolder folder;
    const auto database = without_model(folder);
    for (const char* failing :
         {"RETURN 1/0", "RETURN nothing", "UNWIND [1, 0] AS x RETURN 1/x", "CREATE (:B {i: 1/0})", "RETURN 1 +"}) {
        INFO(failing);
        const auto session = database->begin();
        session->run("CREATE (:A)")->all();
        CHECK_THROWS_AS(session->run(failing)->all(), Error);
        CHECK_THROWS_AS(session->run("CREATE (:C)")->all(), Error);
        CHECK_THROWS_AS(session->commit({}), Error);
        session->rollback();
    }
    CHECK(count_nodes(*database) == 0);
}

TEST_CASE("a list that many rows share is kept once", "[session]") {
    const ScratchFolder folder;
    const auto database = without_model(folder);
    ExecuteOptions options;
    options.limits.memory_bytes = std::uint64_t{32} << 20;
    database->run("UNWIND range(1, 5000) AS i CREATE (:A {i: i})")->all();
    const char* chain =
        "MATCH (n:A) WITH collect(n) AS ns UNWIND range(1, 4999) AS i WITH ns, ns[i] AS a, ns[i - 1] AS b "
        "CREATE (a)-[r:T]->(b) RETURN count(r), max(size(ns))";
    CHECK(database->run(chain, {}, options)->all().at(0).at(0).as_int() == 4999);
}

TEST_CASE("what a transaction wrote is seen by it alone before it commits", "[session]") {
    const ScratchFolder folder;
    const auto database = without_model(folder);
    const auto session = database->begin();
    session->run("CREATE (:A)")->all();
    CHECK(session->run("MATCH (n) RETURN count(n)")->all().at(0).at(0).as_int() == 1);
    CHECK(count_nodes(*database) == 0);
    session->commit({});
    CHECK(count_nodes(*database) == 1);
}

TEST_CASE("lists and strings that grow by expressions stay within the statement's memory", "[session]") {
    const ScratchFolder folder;
    const auto database = without_model(folder);
    ExecuteOptions options;
    options.limits.memory_bytes = std::uint64_t{16} << 20;
    std::string lists = "WITH [1] AS s ", strings = "WITH 'x' AS s ";
    for (int i = 0; i < 40; ++i) {
        lists += "WITH s + s AS s ";
        strings += "WITH s + s AS s ";
    }
    for (const std::string& text :
         {lists + "RETURN size(s)", strings + "RETURN size(s)",
          std::string{"RETURN size([i IN range(1, 1000000) | [i, i, i, i]])"},
          std::string{"WITH reduce(s = 'x', i IN range(1, 21) | s + s) AS s RETURN size(split(s, ''))"}}) {
        INFO(text);
        try {
            database->run(text, {}, options)->all();
            FAIL("was taken");
        } catch (const Error& error) {
            CHECK(error.code() == Code::memory_limit);
        }
    }
}

namespace {

// With a class and a type that are dated, and a gate that says itself how many members it needs.
std::unique_ptr<Database> with_dates(const ScratchFolder& folder) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty().merged_with(Model::from_json(R"({
        "classes": [{"name": "A", "attributes": [{"name": "id", "unique": true}]},
                    {"name": "D", "dated": true, "attributes": [{"name": "id", "unique": true}]},
                    {"name": "G", "gate": true, "attributes": [{"name": "need", "type": "any"}]}],
        "relationship_types": [{"name": "T", "dated": true, "depends": "source", "max_out": 1},
                               {"name": "M", "from": ["A"], "to": ["G"], "depends": "target",
                                "grouped": {"need": "need"}}]})"));
    return Database::open(folder / "db", std::move(options));
}

std::int64_t number(Database& database, const char* text) { return database.run(text)->all().at(0).at(0).as_int(); }

}  // namespace

TEST_CASE("a pattern of very many nodes is refused before it is planned", "[session]") {
    const ScratchFolder folder;
    const auto database = without_model(folder);
    std::string pattern = "MATCH (a)";
    for (int i = 0; i < 20'000; ++i) pattern += "-->()";
    CHECK_THROWS_WITH(database->run(pattern + " RETURN a")->all(), Catch::Contains("at most 1000 nodes"));
}

TEST_CASE("DETACH DELETE takes along what is not valid today", "[session]") {
    const ScratchFolder folder;
    const auto database = with_dates(folder);
    database->run("CREATE (:A {id: 1})-[:T {valid_to: date('2001-01-01')}]->(:A {id: 2})")->all();
    CHECK_THROWS_WITH(database->run("MATCH (a:A {id: 1}) DELETE a")->all(),
                      Catch::Contains("1:n:0 still has relationships"));
    database->run("MATCH (a:A {id: 1}) DETACH DELETE a")->all();
    CHECK(number(*database, "FOR VALID_TIME ALL MATCH (:A)-[t:T]->() RETURN count(t)") == 0);
}

TEST_CASE("MERGE that names dates finds what is not valid today", "[session]") {
    const ScratchFolder folder;
    const auto database = with_dates(folder);
    database->run("CREATE (:A {id: 1}), (:A {id: 2})")->all();
    for (int i = 0; i < 2; ++i) {
        database
            ->run(
                "MATCH (a:A {id: 1}), (b:A {id: 2}) "
                "MERGE (a)-[:T {valid_from: date('2001-01-01'), valid_to: date('2002-01-01')}]->(b)")
            ->all();
        database->run("MERGE (:D {id: 1, valid_to: date('2001-01-01')})")->all();
    }
    CHECK(number(*database, "FOR VALID_TIME ALL MATCH ()-[t:T]->() RETURN count(t)") == 1);
    CHECK(number(*database, "FOR VALID_TIME ALL MATCH (d:D) RETURN count(d)") == 1);
    CHECK_THROWS_WITH(database->run("MERGE (:D {id: 1})")->all(), Catch::Contains("there is a :D with id = 1 already"));
}

TEST_CASE("of a dated type as many as allowed may be valid at once, one after another any number", "[session]") {
    const ScratchFolder folder;
    const auto database = with_dates(folder);
    database
        ->run(
            "CREATE (a:A {id: 1}), (b:A {id: 2}), (a)-[:T {valid_to: date('2020-01-01')}]->(b), "
            "(a)-[:T {valid_from: date('2020-01-01'), valid_to: date('2021-01-01')}]->(b), "
            "(a)-[:T {valid_from: date('2022-01-01')}]->(b)")
        ->all();
    CHECK_THROWS_WITH(database
                          ->run("MATCH (a:A {id: 1}), (b:A {id: 2}) CREATE (a)-[:T {valid_from: date('2020-06-01'), "
                                "valid_to: date('2020-07-01')}]->(b)")
                          ->all(),
                      Catch::Contains("at most 1 outgoing"));
    database
        ->run(
            "MATCH (a:A {id: 1}), (b:A {id: 2}) CREATE (a)-[:T {valid_from: date('2021-01-01'), "
            "valid_to: date('2022-01-01')}]->(b)")
        ->all();
}

TEST_CASE("what a gate needs is a number of members or a percentage", "[session]") {
    const ScratchFolder folder;
    const auto database = with_dates(folder);
    for (const char* need : {"'150%'", "'x'", "0", "-1", "1.5", "true", "[1]", "'0%'"}) {
        INFO(need);
        CHECK_THROWS_WITH(database->run(std::string{"CREATE (:G {need: "} + need + "})")->all(),
                          Catch::Contains("`need` is an integer of at least 1"));
    }
    database->run("CREATE (:G {need: 2}), (:G {need: '50%'}), (:G)")->all();
}

TEST_CASE("as of a time before an index was made its elements are found without it", "[session]") {
    const ScratchFolder folder;
    const auto database = without_model(folder);
    database->run("CREATE (:B {p: 1}), (:B {p: 2}), (:B {p: 'x1'})")->all();
    database->run("MATCH (b:B {p: 2}) SET b.p = 1")->all();
    database->run("CREATE INDEX FOR (n:B) ON (n.p)")->all();
    CHECK(number(*database, "AS OF TRANSACTION 1 MATCH (n:B {p: 1}) RETURN count(n)") == 1);
    CHECK(number(*database, "AS OF TRANSACTION 2 MATCH (n:B {p: 1}) RETURN count(n)") == 2);
    CHECK(number(*database, "AS OF TRANSACTION 1 MATCH (n:B) WHERE n.p > 0 RETURN count(n)") == 2);
    CHECK(number(*database, "AS OF TRANSACTION 1 MATCH (n:B) WHERE n.p STARTS WITH 'x' RETURN count(n)") == 1);
}

TEST_CASE("labels that a relationship of the node asks for stay", "[session]") {
    const ScratchFolder folder;
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty().merged_with(Model::from_json(R"({
        "classes": [{"name": "A"}, {"name": "Below", "parent": "A"}, {"name": "B"}],
        "relationship_types": [{"name": "T", "from": ["A"], "to": ["B"]}]})"));
    const auto database = Database::open(folder / "db", std::move(options));
    database->run("CREATE (:A)-[:T]->(:B)")->all();
    CHECK_THROWS_WITH(database->run("MATCH (a:A) REMOVE a:A SET a:B")->all(), Catch::Contains("cannot start at"));
    CHECK_THROWS_WITH(database->run("MATCH (b:B) REMOVE b:B SET b:A")->all(), Catch::Contains("cannot end at"));
    database->run("MATCH (a:A) REMOVE a:A SET a:Below")->all();
    database->run("MATCH (:A)-[t:T]->(b:B) DELETE t REMOVE b:B SET b:A")->all();
    CHECK(number(*database, "MATCH (a:A) RETURN count(a)") == 2);
}

}  // namespace mainstay::test
