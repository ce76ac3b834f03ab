// CALL { } IN TRANSACTIONS: what is committed when, what is seen where, and what errors leave behind.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <thread>

namespace mainstay::test {
namespace {

class Assets {
public:
    Assets() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "assets.mst", std::move(options));
    }
    std::string ask(std::string_view text, const Parameters& parameters = {},
                    const ExecuteOptions& options = {}) const {
        std::string said;
        for (const auto& row : database->run(text, parameters, options)->all()) {
            if (!said.empty()) said += "; ";
            for (const Value& value : row) said += print(value) + (&value == &row.back() ? "" : " ");
        }
        return said;
    }
    std::size_t commits() const { return database->store().log(10'000).size(); }

    ScratchFolder folder;
    std::unique_ptr<Database> database;
};

std::optional<Error> error_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

std::string refusal_of(const Assets& assets, std::string_view text) {
    const auto error = error_of([&] { assets.database->run(text)->all(); });
    return error ? describe(*error, text) : "";
}

}  // namespace

TEST_CASE("each batch is a commit of its own with the statement's author and reason", "[in_transactions]") {
    const Assets assets;
    const std::size_t before = assets.commits();
    ExecuteOptions options;
    options.commit = {"ann", "a large load", "", "CHG-7"};
    const auto result = assets.database->run(
        "UNWIND range(1, 25) AS i CALL (i) { CREATE (:A {i: i})-[:R]->(:B) } IN TRANSACTIONS OF 10 ROWS", {}, options);
    CHECK(result->all().empty());
    CHECK(result->is_write());
    CHECK(result->counters().nodes_created == 50);
    CHECK(result->counters().rels_created == 25);
    CHECK(result->counters().properties_set == 25);
    CHECK(result->counters().labels_added == 50);
    const auto log = assets.database->store().log(3);
    REQUIRE(assets.commits() == before + 3);
    std::vector<std::uint64_t> created;
    for (const CommitRecord& record : log) {
        created.push_back(record.nodes_created);
        CHECK(record.info.author == "ann");
        CHECK(record.info.reason == "a large load");
        CHECK(record.info.change == "CHG-7");
    }
    CHECK(created == std::vector<std::uint64_t>{20, 20, 10});
    CHECK(result->commit()->tx == log.back().tx);
    CHECK(assets.ask("MATCH (a:A)-[:R]->(:B) RETURN count(a), sum(a.i)") == "25 325");
}

TEST_CASE("a thousand rows are a batch if nothing is said", "[in_transactions]") {
    const Assets assets;
    const std::size_t before = assets.commits();
    assets.ask("UNWIND range(1, 2001) AS i CALL { WITH i CREATE (:A {i: i}) } IN TRANSACTIONS");
    CHECK(assets.commits() == before + 3);
    assets.ask("UNWIND range(1, 4) AS i CALL (i) { CREATE (:A {i: i}) } IN TRANSACTIONS OF $n ROWS", {{"n", Value{3}}});
    CHECK(assets.commits() == before + 5);
}

TEST_CASE("batches see what batches before them wrote, the rest what was there at the start", "[in_transactions]") {
    const Assets assets;
    assets.ask("UNWIND range(1, 3) AS i CREATE (:A {i: i, seen: 0})");
    // The outer MATCH would never end if it saw what the braces create.
    CHECK(assets.ask("MATCH (a:A) WITH a ORDER BY a.i "
                     "CALL (a) { MATCH (x:A) WITH count(x) AS n CREATE (:A {i: 100 + n}) RETURN n } "
                     "IN TRANSACTIONS OF 1 ROW RETURN a.i, n") == "1 3; 2 4; 3 5");
    CHECK(assets.ask("MATCH (a:A) RETURN count(a)") == "6");
    // After the braces, too: the state at the start, and the elements that the braces return as they are now.
    CHECK(assets.ask("UNWIND [1, 2] AS i CALL (i) { CREATE (n:New {i: i}) RETURN n } IN TRANSACTIONS OF 1 ROW "
                     "OPTIONAL MATCH (m:New) RETURN n.i, labels(n), m") == "1 ['New'] null; 2 ['New'] null");
}

TEST_CASE("a variable of the outer row is seen anew in each batch", "[in_transactions]") {
    const Assets assets;
    assets.ask("CREATE (:Counter {n: 0})");
    assets.ask(
        "MATCH (c:Counter) UNWIND range(1, 5) AS i "
        "CALL (c) { SET c.n = c.n + 1 } IN TRANSACTIONS OF 2 ROWS");
    CHECK(assets.ask("MATCH (c:Counter) RETURN c.n") == "5");
    // In lists and paths too.
    assets.ask(
        "MATCH p = (c:Counter) UNWIND range(1, 3) AS i "
        "CALL (p, c) { WITH nodes(p)[0] AS x, {deep: [c]} AS m SET x.n = m.deep[0].n + 1 } "
        "IN TRANSACTIONS OF 1 ROW");
    CHECK(assets.ask("MATCH (c:Counter) RETURN c.n") == "8");
}

TEST_CASE("a node that another batch deleted can be deleted again, read and not changed", "[in_transactions]") {
    const Assets assets;
    assets.ask("CREATE (:A {i: 1})");
    CHECK(assets.ask("MATCH (a:A) UNWIND [1, 2, 3] AS x CALL (a) { DETACH DELETE a } IN TRANSACTIONS OF 1 ROW "
                     "RETURN count(*)") == "3");
    assets.ask("CREATE (:A {i: 1})");
    CHECK(assets.ask("MATCH (a:A) UNWIND [true, false] AS first "
                     "CALL (a, first) { WITH a, first, a.i AS i FOREACH (y IN CASE WHEN first THEN [1] ELSE [] END | "
                     "DETACH DELETE a) RETURN i } IN TRANSACTIONS OF 1 ROW RETURN i") == "1; 1");
    assets.ask("CREATE (:A {i: 1})");
    const auto error = error_of([&] {
        assets.ask(
            "MATCH (a:A) UNWIND [true, false] AS first CALL (a, first) { "
            "FOREACH (y IN CASE WHEN first THEN [1] ELSE [] END | DETACH DELETE a) "
            "FOREACH (y IN CASE WHEN first THEN [] ELSE [1] END | SET a.i = 2) } IN TRANSACTIONS OF 1 ROW");
    });
    REQUIRE(error);
    CHECK(error->code() == Code::entity_not_found);
    CHECK(assets.ask("MATCH (a:A) RETURN count(a)") == "0");
}

TEST_CASE("elements that batches return are what is committed, however many batches there are", "[in_transactions]") {
    const Assets assets;
    CHECK(assets.ask(
              "UNWIND range(1, 3000) AS i CALL (i) { CREATE (n:A {i: i})-[r:R {i: -i}]->(n) RETURN n, r, [n] AS l } "
              "IN TRANSACTIONS OF 1 ROW WITH n, r, l WHERE n.i = r.i * -1 AND l[0].i = n.i "
              "RETURN count(*), sum(n.i), min(type(r))") == "3000 4501500 'R'");
    const auto result = assets.database->run(
        "UNWIND [1, 2] AS i CALL (i) { CREATE (n:B {i: i}) RETURN n } IN TRANSACTIONS OF 1 ROW RETURN n");
    const auto rows = result->all();
    REQUIRE(rows.size() == 2);
    CHECK(print(rows[0][0]) == "(:B {i: 1})");
    // What one CALL made another one takes.
    CHECK(assets.ask("UNWIND [1, 2] AS i CALL (i) { CREATE (n:C {i: i}) RETURN n } IN TRANSACTIONS OF 1 ROW "
                     "CALL (n) { SET n.j = n.i * 10 RETURN n AS m } IN TRANSACTIONS OF 2 ROWS RETURN m.j, n.j") ==
          "10 10; 20 20");
}

TEST_CASE("an error ends the statement, says what is committed, and that stays", "[in_transactions]") {
    const Assets assets;
    const std::size_t before = assets.commits();
    const char* text = "UNWIND [1, 2, 3, 4, 0, 5] AS i CALL (i) { CREATE (:A {i: 12 / i}) } IN TRANSACTIONS OF 2 ROWS";
    const auto error = error_of([&] { assets.ask(text); });
    REQUIRE(error);
    CHECK(error->code() == Code::division_by_zero);
    CHECK_THAT(error->message(), Catch::Contains("; 2 batches of it (4 rows) were committed before and stay"));
    CHECK(error->span());
    CHECK(assets.commits() == before + 2);
    CHECK(assets.ask("MATCH (a:A) RETURN count(a)") == "4");
    // In front of the braces, too.
    const auto outside = error_of([&] {
        assets.ask("UNWIND [1, 0] AS i WITH 1 / i AS x CALL (x) { CREATE (:B) } IN TRANSACTIONS OF 1 ROW", {}, [] {
            ExecuteOptions options;
            options.batch_rows = 1;
            return options;
        }());
    });
    REQUIRE(outside);
    CHECK_THAT(outside->message(), Catch::Contains("1 batch of it (1 row) was committed before and stays"));
    const auto first =
        error_of([&] { assets.ask("UNWIND [0] AS i CALL (i) { CREATE (:B {x: 1 / i}) } IN TRANSACTIONS"); });
    REQUIRE(first);
    CHECK_THAT(first->message(), Catch::Contains("no batch of it was committed before"));
}

TEST_CASE("ON ERROR CONTINUE and BREAK", "[in_transactions]") {
    const Assets assets;
    const auto run = [&](const std::string& on_error) {
        assets.ask("MATCH (n) DETACH DELETE n");
        return assets.database->run(
            "UNWIND [1, 2, 0, 3, 4] AS i CALL (i) { CREATE (a:A {i: 12 / i}) RETURN a.i AS x } "
            "IN TRANSACTIONS OF 2 ROWS ON ERROR " +
            on_error +
            " REPORT STATUS AS s RETURN i, x, s.started, s.committed, "
            "s.transactionId IS NULL, s.errorMessage");
    };
    const auto said = [](Result& result) {
        std::string text;
        for (const auto& row : result.all()) {
            for (const Value& value : row) text += print(value) + " ";
            text += "\n";
        }
        return text;
    };
    auto result = run("CONTINUE");
    CHECK(said(*result) ==
          "1 12 true true false null \n2 6 true true false null \n0 null true false true 'division by zero' \n"
          "3 null true false true 'division by zero' \n4 3 true true false null \n");
    CHECK(result->counters().nodes_created == 3);
    REQUIRE(result->notices().size() == 1);
    CHECK(result->notices()[0].code == "batches_failed");
    CHECK(result->notices()[0].message ==
          "1 batch failed and was rolled back, 2 committed; the first error: division by zero");
    CHECK(assets.ask("MATCH (a:A) RETURN a.i ORDER BY a.i") == "3; 6; 12");

    result = run("BREAK");
    CHECK(said(*result) ==
          "1 12 true true false null \n2 6 true true false null \n0 null true false true 'division by zero' \n"
          "3 null true false true 'division by zero' \n4 null false false true null \n");
    CHECK(result->notices().at(0).message ==
          "1 batch failed and was rolled back, 1 committed, 1 not begun; the first error: division by zero");
    CHECK(assets.ask("MATCH (a:A) RETURN a.i ORDER BY a.i") == "6; 12");

    // The number of the commit is that of the log.
    const std::string number = assets.ask(
        "UNWIND [1] AS i CALL { CREATE (:D) } IN TRANSACTIONS ON ERROR BREAK REPORT STATUS AS s RETURN "
        "s.transactionId");
    CHECK(number == "'" + std::to_string(raw(assets.database->store().last_tx())) + "'");
}

TEST_CASE("a batch that a constraint refuses is rolled back whole", "[in_transactions]") {
    const Assets assets;
    assets.ask("CREATE CONSTRAINT one FOR (n:A) REQUIRE n.i IS UNIQUE");
    assets.ask(
        "UNWIND [1, 2, 3, 1, 4, 5] AS i CALL (i) { CREATE (:A {i: i}) } "
        "IN TRANSACTIONS OF 2 ROWS ON ERROR CONTINUE");
    CHECK(assets.ask("MATCH (a:A) RETURN a.i ORDER BY a.i") == "1; 2; 4; 5");
}

TEST_CASE("OPTIONAL keeps rows without results, LIMIT does not stop batches", "[in_transactions]") {
    const Assets assets;
    assets.ask("CREATE (:A {i: 2})");
    CHECK(assets.ask("UNWIND [1, 2] AS i OPTIONAL CALL (i) { MATCH (a:A {i: i}) SET a.x = 1 RETURN a.x AS x } "
                     "IN TRANSACTIONS OF 1 ROW RETURN i, x") == "1 null; 2 1");
    CHECK(assets.ask("UNWIND [1, 2] AS i CALL (i) { MATCH (a:A {i: i}) SET a.x = 1 RETURN a.x AS x } "
                     "IN TRANSACTIONS OF 1 ROW RETURN i, x") == "2 1");
    CHECK(assets.ask("UNWIND range(1, 10) AS i CALL (i) { CREATE (:L) } IN TRANSACTIONS OF 1 ROW RETURN i LIMIT 1") ==
          "1");
    CHECK(assets.ask("MATCH (l:L) RETURN count(l)") == "10");
}

TEST_CASE("CONCURRENT is taken, and said to be one after another", "[in_transactions]") {
    const Assets assets;
    const auto result = assets.database->run(
        "UNWIND range(1, 4) AS i CALL (i) { CREATE (:A) } IN 4 CONCURRENT TRANSACTIONS OF 2 ROWS RETURN count(*)");
    CHECK(result->all().at(0).at(0).as_int() == 4);
    REQUIRE(result->notices().size() == 1);
    CHECK(result->notices()[0].code == "one_after_another");
}

TEST_CASE("where it cannot stand it is refused, with what to do", "[in_transactions]") {
    const Assets assets;
    const auto refused = [&](const char* text, const char* place, const char* words) {
        INFO(text);
        const std::string said = refusal_of(assets, text);
        CHECK_THAT(said, Catch::StartsWith(place));
        CHECK_THAT(said, Catch::Contains(words));
    };
    refused("CALL { CALL { CREATE (:A) } IN TRANSACTIONS }", "1:29 ", "cannot stand inside another subquery");
    refused("RETURN COLLECT { CALL { CREATE (:A) } IN TRANSACTIONS RETURN 1 }", "1:39 ", "inside another subquery");
    refused("CALL { CREATE (:A) } IN TRANSACTIONS RETURN 1 AS x UNION RETURN 2 AS x", "1:22 ", "in a UNION");
    refused("CREATE (:B) WITH 1 AS x CALL { CREATE (:A) } IN TRANSACTIONS", "1:1 ", "all updates stand in such braces");
    refused("CALL { CREATE (:A) } IN TRANSACTIONS CREATE (:B)", "1:38 ", "all updates stand in such braces");
    refused("CALL { CREATE (:B) } CALL { CREATE (:A) } IN TRANSACTIONS", "1:1 ", "all updates stand in such braces");
    refused("CALL { CREATE (:A) } IN TRANSACTIONS OF 0 ROWS", "1:41 ", "1 row or more");
    refused("CALL { CREATE (:A) } IN TRANSACTIONS OF -1 ROWS", "1:41 ", "cannot be negative");
    refused("CALL { CREATE (:A) } IN TRANSACTIONS OF 'x' ROWS", "1:41 ", "takes an integer");
    refused("CALL { CREATE (:A) } IN TRANSACTIONS REPORT STATUS AS s", "1:55 ", "ON ERROR CONTINUE or ON ERROR BREAK");
    refused("CALL { CREATE (:A) } IN 4 TRANSACTIONS", "1:22 ", "CONCURRENT is missing");
    refused("UNWIND [1] AS s CALL { CREATE (:A) } IN TRANSACTIONS ON ERROR BREAK REPORT STATUS AS s", "1:86 ",
            "bound already");
    refused("AS OF TRANSACTION 1 CALL { MATCH (n) RETURN n } IN TRANSACTIONS RETURN n", "1:49 ", "AS OF only reads");
    refused("CALL { MATCH (n) AS OF TRANSACTION 1 SET n.x = 1 } IN TRANSACTIONS", "1:18 ", "AS OF is not available");
    refused("CALL { CREATE (:A) } IN TRANSACTIONS OF 1 ROWS OF 2 ROWS", "1:48 ", "");
    CHECK(assets.commits() == Assets{}.commits());
}

TEST_CASE("in an open transaction it is refused, and EXPLAIN is not", "[in_transactions]") {
    const Assets assets;
    const char* text = "UNWIND [1] AS i CALL (i) { CREATE (:A {i: i}) } IN TRANSACTIONS";
    auto session = assets.database->begin();
    CHECK(session->run(std::string{"EXPLAIN "} + text)->all().empty());
    const auto error = error_of([&] { session->run(text); });
    REQUIRE(error);
    CHECK(error->code() == Code::invalid_clause_composition);
    CHECK_THAT(error->message(), Catch::Contains("cannot run in a transaction that is open already"));
    CHECK_THAT(error->hint(), Catch::Contains("commit or roll back first"));
    session->rollback();
    CHECK(assets.ask("MATCH (a:A) RETURN count(a)") == "0");
    CHECK(assets.database->prepare(text)->run()->counters().nodes_created == 1);
}

TEST_CASE("a reader may run braces that read, and no others", "[in_transactions]") {
    const Assets assets;
    ExecuteOptions options;
    options.principal.name = "rita";
    options.principal.role = Role::reader;
    assets.ask("CREATE (:A {i: 1})");
    CHECK(assets.ask("UNWIND [1, 2] AS x CALL (x) { MATCH (a:A) RETURN a.i + x AS y } IN TRANSACTIONS RETURN y", {},
                     options) == "2; 3");
    const auto error =
        error_of([&] { assets.ask("UNWIND [1] AS x CALL { CREATE (:A) } IN TRANSACTIONS", {}, options); });
    REQUIRE(error);
    CHECK(error->code() == Code::forbidden);
    options = {};
    options.read_only = true;
    const auto read_only =
        error_of([&] { assets.ask("UNWIND [1] AS x CALL { CREATE (:A) } IN TRANSACTIONS", {}, options); });
    REQUIRE(read_only);
    CHECK(read_only->code() == Code::read_only);
    CHECK(assets.ask("MATCH (a:A) RETURN count(a)") == "1");
}

TEST_CASE("cancelling, time and memory end it whatever ON ERROR says, and what is committed stays",
          "[in_transactions]") {
    const Assets assets;
    ExecuteOptions options;
    options.cancellation = std::make_shared<Cancellation>();
    const char* endless =
        "UNWIND range(1, 10000) AS i UNWIND range(1, 10000) AS j CALL (i) { CREATE (:A) } IN TRANSACTIONS OF 1 ROW "
        "ON ERROR CONTINUE";
    std::atomic<bool> is_over{false};
    std::thread stopper([&] {
        while (!is_over && assets.ask("MATCH (a:A) RETURN count(a) > 3") != "true") std::this_thread::yield();
        options.cancellation->cancel();
    });
    const auto cancelled = error_of([&] { assets.ask(endless, {}, options); });
    is_over = true;
    stopper.join();
    REQUIRE(cancelled);
    CHECK(cancelled->code() == Code::cancelled);
    CHECK_THAT(cancelled->message(), Catch::Contains("were committed before and stay"));
    CHECK(assets.ask("MATCH (a:A) RETURN count(a) > 3") == "true");

    options = {};
    options.limits.time = std::chrono::milliseconds{50};
    const auto late = error_of([&] { assets.ask(endless, {}, options); });
    REQUIRE(late);
    CHECK(late->code() == Code::time_out);

    // A batch that needs too much fails by itself.
    options = {};
    options.limits.memory_bytes = 4 << 20;
    CHECK(assets.ask("UNWIND [10, 10000000, 20] AS n CALL (n) { UNWIND range(1, n) AS i WITH collect(i) AS l "
                     "CREATE (:M {n: size(l)}) } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE REPORT STATUS AS s "
                     "RETURN n, s.committed",
                     {}, options) == "10 true; 10000000 false; 20 true");
    // And what batches needed is given back.
    CHECK(assets.ask("UNWIND range(1, 60) AS n CALL (n) { UNWIND range(1, 20000) AS i WITH collect(i) AS l "
                     "CREATE (:M {n: size(l)}) } IN TRANSACTIONS OF 1 ROW RETURN count(*)",
                     {}, options) == "60");
}

TEST_CASE("a batch that meets another commit's changes is run again", "[in_transactions]") {
    const Assets assets;
    assets.ask("CREATE (:Counter {n: 0})");
    const char* text =
        "UNWIND range(1, 60) AS i CALL { MATCH (c:Counter) SET c.n = c.n + 1 } "
        "IN TRANSACTIONS OF 5 ROWS RETURN count(*)";
    std::thread other([&] { assets.ask(text); });
    assets.ask(text);
    other.join();
    CHECK(assets.ask("MATCH (c:Counter) RETURN c.n") == "120");
}

TEST_CASE("an index that is made or dropped in between changes nothing", "[in_transactions]") {
    const Assets assets;
    assets.ask("UNWIND range(1, 50) AS i CREATE (:A {i: i})");
    std::thread other([&] {
        for (int i = 0; i < 20; ++i) {
            try {
                assets.ask("CREATE INDEX by_i IF NOT EXISTS FOR (n:A) ON (n.i)");
                assets.ask("DROP INDEX by_i IF EXISTS");
            } catch (const Error&) {
                // It may lose against the batches.
            }
        }
    });
    assets.ask(
        "UNWIND range(1, 200) AS i CALL (i) { MATCH (a:A {i: 1 + i % 50}) SET a.x = coalesce(a.x, 0) + 1 } "
        "IN TRANSACTIONS OF 1 ROW");
    other.join();
    CHECK(assets.ask("MATCH (a:A) RETURN min(a.x), max(a.x)") == "4 4");
}

TEST_CASE("the batches are the same with the optimiser off and with batches of one row", "[in_transactions]") {
    for (const bool plain : {true, false}) {
        const Assets assets;
        ExecuteOptions options;
        options.optimise = !plain;
        options.batch_rows = plain ? 1 : 2048;
        const std::size_t before = assets.commits();
        CHECK(assets.ask("UNWIND range(1, 5000) AS i CALL (i) { CREATE (a:A {i: i}) RETURN a } "
                         "IN TRANSACTIONS OF 999 ROWS RETURN count(DISTINCT a), sum(a.i)",
                         {}, options) == "5000 12502500");
        CHECK(assets.commits() == before + 6);
    }
}

TEST_CASE("PROFILE and EXPLAIN show the batches", "[in_transactions]") {
    const Assets assets;
    const char* text =
        " UNWIND range(1, 5) AS i CALL (i) { CREATE (a:A {i: i}) RETURN a } "
        "IN TRANSACTIONS OF 2 ROWS ON ERROR BREAK REPORT STATUS AS s RETURN a.i, s";
    const auto explained = assets.database->run(std::string{"EXPLAIN"} + text);
    REQUIRE(explained->plan());
    const PlanNode& batches = explained->plan()->children.at(0);
    CHECK(batches.name == "ApplyInTransactions");
    CHECK(batches.details == "a OF 2 ROWS ON ERROR BREAK REPORT STATUS AS s");
    const auto profiled = assets.database->run(std::string{"PROFILE"} + text);
    CHECK(profiled->all().size() == 5);
    CHECK(profiled->plan()->children.at(0).rows == 5);
    CHECK(profiled->plan()->children.at(0).children.at(1).name == "Create");
    CHECK(profiled->plan()->children.at(0).children.at(1).rows == 5);
}

}  // namespace mainstay::test
