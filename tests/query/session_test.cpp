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
    options.store.durability = Durability::relaxed;
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

}  // namespace mainstay::test
