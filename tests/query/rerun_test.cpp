// A statement that is run again gives what a new one gives: nothing of an earlier run stays but memory.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <random>

namespace mainstay::test {
namespace {

std::unique_ptr<Database> open(const ScratchFolder& folder) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.map_bytes = std::uint64_t{1} << 30;
    options.store.fold_slots = 64;
    auto database = Database::open(folder / "db", std::move(options));
    database->run("UNWIND range(1, 60) AS i CREATE (:Server {name: 's' + toString(i), n: i, kind: i % 3})");
    database->run("UNWIND range(1, 40) AS i CREATE (:Application {name: 'a' + toString(i), n: i, kind: i % 2})");
    database->run(
        "MATCH (a:Application), (s:Server) WHERE s.n % 20 = a.n % 20 OR s.n = a.n + 1 CREATE (a)-[:DEPENDS_ON]->(s)");
    return database;
}

// Rows in the order they come, or the error's code.
std::string answer(const std::function<std::unique_ptr<Result>()>& run) {
    std::string text;
    try {
        const auto result = run();
        while (const auto* row = result->next()) {
            for (const Value& value : *row) text += print(value) + " | ";
            text += '\n';
        }
        for (const Notice& notice : result->notices()) text += notice.code + ": " + notice.message + '\n';
    } catch (const Error& error) {
        text += fmt::format("error {}", static_cast<int>(error.code()));
    }
    return text;
}

constexpr const char* statements[] = {
    "MATCH (x:Server) WHERE x.n > $n AND x.kind = $k RETURN x.name",
    "MATCH (x:Server) WITH x ORDER BY x.n WHERE x.n % 7 <> $k AND x.n > $n RETURN x.name",
    "MATCH (a:Application)-->(x) WHERE x.n > $n RETURN a.name, x.name ORDER BY a.name, x.name",
    "MATCH (a:Application)-[r]->(x) RETURN a.name, type(r), x.n + $n AS m ORDER BY m, a.name SKIP $k LIMIT $n",
    "MATCH (x) RETURN CASE WHEN x:Server THEN $n ELSE $k END AS which, count(*) ORDER BY which",
    "MATCH (x) RETURN x.kind = $k AS same, count(DISTINCT x.n), collect(x.n)[$k] ORDER BY same",
    "MATCH (x) WHERE x.n IN $list RETURN x.name ORDER BY x.name",
    "UNWIND $list AS i MATCH (x:Server {n: i}) OPTIONAL MATCH (x)<--(a) WHERE a.kind = $k RETURN i, x.name, a.name",
    "MATCH (x:Server) WHERE EXISTS { (x)<--(a) WHERE a.n > $n } RETURN x.name ORDER BY x.name",
    "MATCH (x:Server {n: $n}) RETURN x.name UNION MATCH (x:Application {n: $k}) RETURN x.name",
    "MATCH (x:Server {n: $k}), (y:Application {n: $n}) RETURN x.name, y.name",
    "MATCH (x:Server), (y:Application) WHERE x.n = y.n + $k RETURN count(*), sum(x.n)",
    "MATCH (a:Application {n: $n})-[*1..2]-(x) RETURN DISTINCT x.name ORDER BY x.name",
    "MATCH (x:Server {n: $n}) DEPENDENTS OF x WITHIN $k HOPS YIELD ci, hops RETURN ci.name, hops",
    "MATCH (x:Server {n: $n}) IMPACT OF x WHEN down YIELD ci, state WHERE state = $state RETURN ci.name, state",
    "MATCH (x) WHERE x.name =~ $pattern RETURN count(x)",
    "MATCH (x) WHERE x.nowhere = $k RETURN x",
    "RETURN $n / $k AS q, duration({days: $n}), datetime().year > 2000",
};

}  // namespace

TEST_CASE("A statement that is run again gives what a new one gives", "[rerun]") {
    const ScratchFolder folder;
    const auto database = open(folder);
    std::mt19937_64 random(Catch::rngSeed());
    std::vector<std::unique_ptr<Prepared>> prepared;
    for (const char* text : statements) prepared.push_back(database->prepare(text));
    std::unique_ptr<Result> left;  // in the middle of its rows
    for (int round = 0; round < 400; ++round) {
        const std::size_t which = random() % std::size(statements);
        const auto number = [&] { return static_cast<std::int64_t>(random() % 45); };
        Parameters parameters{
            {"n", number()},
            {"k", number() % 4},
            {"list", Value::list({Value{number()}, Value{number()}, Value{number()}})},
            {"state", Value{random() % 2 ? "down" : "degraded"}},
            {"pattern", Value{fmt::format(".*{}", random() % 10)}},
        };
        if (random() % 16 == 0) parameters["k"] = Value{"text"};
        if (random() % 16 == 0) parameters["n"] = Value{};
        if (random() % 16 == 0) parameters.erase("list");
        const std::string text = statements[which];
        INFO(text << " with n " << print(parameters["n"]) << ", k " << print(parameters["k"]));
        // A text that was not run before has neither plan nor operators.
        const auto fresh = answer([&] { return database->run(fmt::format("{} // {}", text, round), parameters); });
        const auto dropped = [&] {
            left = database->run(text, parameters);
            left->next();
        };
        if (random() % 8 == 0) (void)answer([&] { return dropped(), database->run("RETURN 1"); });
        CHECK(answer([&] { return prepared[which]->run(parameters); }) == fresh);
        CHECK(answer([&] { return database->run(text, parameters); }) == fresh);
        if (random() % 6 == 0)
            database->run(
                "MATCH (x:Server {n: $n}) SET x.kind = $k CREATE (:Application {name: 'new', n: "
                "$n})-[:DEPENDS_ON]->(x)",
                {{"n", number()}, {"k", number() % 4}});
        if (random() % 40 == 0) database->run("CREATE INDEX IF NOT EXISTS FOR (x:Server) ON (x.n)");
    }
}

TEST_CASE("What a search has found out about a part of a snapshot is not used in the next run", "[rerun]") {
    const ScratchFolder folder;
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty();
    const auto database = Database::open(folder / "db", std::move(options));
    // Several segments, from each of which something leads to others.
    database->run("CREATE INDEX FOR (t:Team) ON (t.id)");
    database->run("UNWIND range(0, 9999) AS i CREATE (:Team {id: i})");
    database->run(
        "UNWIND range(0, 9999) AS i MATCH (a:Team {id: i}), (b:Team {id: (i * 7 + 1) % 10000}) "
        "FOREACH (x IN CASE WHEN i % 3 = 0 THEN [] ELSE [1] END | CREATE (a)-[:DEPENDS_ON]->(b)) "
        "FOREACH (x IN CASE WHEN i % 4 = 1 THEN [1] ELSE [] END | CREATE (b)-[:USES]->(a))");
    database->store().fold_all();
    for (const char* text :
         {"MATCH (a:Team {id: $n}) RETURN EXISTS { (a)-[:DEPENDS_ON]->() }, COUNT { (a)-[:USES]-() }",
          "MATCH (a:Team {id: $n}) MATCH (a)-[:DEPENDS_ON|USES*1..3]->(c) RETURN DISTINCT c.id ORDER BY c.id",
          "MATCH (a:Team {id: $n}), (b:Team {id: ($n * 49 + 8) % 10000}), p = shortestPath((a)-[:DEPENDS_ON*..4]->(b)) "
          "RETURN length(p)"}) {
        const auto prepared = database->prepare(text);
        for (int i = 0; i < 200; ++i) {
            const Parameters parameters{{"n", Value{i * 4'001 % 10'000}}};
            INFO(text << " with n " << i * 4'001 % 10'000);
            const auto fresh = answer([&] { return database->run(fmt::format("{} // {}", text, i), parameters); });
            CHECK(answer([&] { return prepared->run(parameters); }) == fresh);
        }
    }
}

TEST_CASE("A statement that rests holds no snapshot and keeps nobody from compacting", "[rerun]") {
    const ScratchFolder folder;
    const auto database = open(folder);
    const auto prepared = database->prepare("MATCH (x:Server {n: $n}) RETURN x.name");
    for (std::int64_t n = 1; n < 4; ++n) CHECK(prepared->run({{"n", n}})->all().size() == 1);
    CHECK(database->run("MATCH (x:Server {n: 7}) RETURN x.name")->all().size() == 1);
    const auto write = [&] { database->run("MATCH (x:Server {n: 9}) SET x.kind = x.kind + 1"); };
    write();
    CHECK(database->store().oldest_reader().process == 0);
    {
        const auto open_result = prepared->run({{"n", std::int64_t{1}}});
        write();
        CHECK(database->store().oldest_reader().process != 0);
    }
    CHECK(database->store().oldest_reader().process == 0);
    database->store().compact({});
}

TEST_CASE("A limit is that of its own run", "[rerun]") {
    const ScratchFolder folder;
    const auto database = open(folder);
    const auto prepared = database->prepare("UNWIND range(1, $n) AS i WITH DISTINCT i RETURN count(i)");
    ExecuteOptions tight;
    tight.limits.memory_bytes = 1 << 14;
    const Parameters few{{"n", std::int64_t{10}}}, many{{"n", std::int64_t{5000}}};
    const auto count = [&](const Parameters& parameters, const ExecuteOptions& options) {
        return answer([&] { return prepared->run(parameters, options); });
    };
    for (int i = 0; i < 100; ++i) {
        CHECK(count(few, tight) == "10 | \n");
        CHECK(count(many, {}) == "5000 | \n");
        CHECK(count(many, tight) == fmt::format("error {}", static_cast<int>(Code::memory_limit)));
    }
    ExecuteOptions cancelled;
    auto cancellation = std::make_shared<Cancellation>();
    cancellation->cancel();
    cancelled.cancellation = cancellation;
    CHECK(count(few, cancelled) == fmt::format("error {}", static_cast<int>(Code::cancelled)));
    CHECK(count(few, {}) == "10 | \n");
}

TEST_CASE("what the model asks of a property holds from the first time anybody uses its name", "[rerun]") {
    const ScratchFolder folder;
    const auto database = open(folder);  // with relationships, and none of them has `effect` or `need`
    const auto refused = [&](const char* properties) {
        const std::string text = std::string(
                                     "MATCH (a:Application {name: 'a1'}), (s:Server {name: 's9'}) CREATE "
                                     "(a)-[:DEPENDS_ON ") +
                                 properties + "]->(s)";
        try {
            database->run(text)->all();
            return false;
        } catch (const Error&) {
            return true;
        }
    };
    // The rules of the model are kept from one transaction to the next; the names came in between.
    CHECK_FALSE(refused("{note: 'plain'}"));
    CHECK(refused("{effect: 'loud'}"));
    CHECK(refused("{effect: 'loud'}"));
    CHECK(refused("{group: 'g', need: 0}"));
    CHECK_FALSE(refused("{effect: 'soft', group: 'g', need: '50%'}"));
}

}  // namespace mainstay::test
