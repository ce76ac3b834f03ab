// The optimiser's rules and the batches change no answer: every statement on random estates against itself with the
// rules off, row by row, on what is folded, what is not, and what a transaction has just written.

#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

namespace mainstay::test {
namespace {

constexpr const char* model = R"({
  "classes": [
    {"name": "CI", "abstract": true, "attributes": [
      {"name": "id", "type": "integer", "unique": true}, {"name": "name", "type": "string"},
      {"name": "n", "type": "integer"}, {"name": "note", "type": "string"}]},
    {"name": "Server", "parent": "CI"}, {"name": "Rack", "parent": "CI"}, {"name": "App", "parent": "CI"},
    {"name": "Person", "parent": "CI"}],
  "relationship_types": [
    {"name": "IN", "from": ["Server"], "to": ["Rack"], "depends": "source"},
    {"name": "ON", "from": ["App"], "to": ["Server"], "depends": "source"},
    {"name": "USES", "from": ["App"], "to": ["App"], "depends": "source"},
    {"name": "OWNED_BY", "from": ["Server", "App", "Rack"], "to": ["Person"]}]
})";

// Each answer is a bag of rows; where LIMIT stands, the order before it is total.
constexpr const char* statements[] = {
    "MATCH (s:Server) WHERE EXISTS { (s)-[:IN]->() } RETURN s.id",
    "MATCH (n:CI) WHERE NOT EXISTS { (n)--() } RETURN n.id",
    "MATCH (n:CI) WHERE NOT (n)-->() AND n.n > 2 RETURN n.id",
    "MATCH (n:CI) RETURN n.id, EXISTS { (n)<-[:ON|OWNED_BY]-(m:App) }, COUNT { (n)-[:ON]->() }, COUNT { (n)--() }",
    "MATCH (n:CI) RETURN n.id, COUNT { (n)-->(m) WHERE m.n > n.n }, EXISTS { (n)-[r]-(m:Server|Person) WHERE m.n = 3 }",
    "MATCH (a:App) RETURN a.id, COUNT { (a)-[:USES]-(a) }, EXISTS { (a)-[:USES]->(a) }, COUNT { (a)-[:DEPENDENCY]->() "
    "}",
    "MATCH (a:App), (b:App) WHERE a.id < b.id AND EXISTS { (a)-[:USES]-(b) } RETURN a.id, b.id",
    "MATCH (a:App), (b:Server) WHERE a.n = b.n AND COUNT { (a)-[:ON]->(b) } > 0 RETURN a.id, b.id",
    "OPTIONAL MATCH (x:App {id: -1}) RETURN EXISTS { (x)--() }, COUNT { (x)--() }",
    "MATCH (s:Server) RETURN [x IN [s, null] | EXISTS { (x)-[:IN]->() }]",
    "MATCH (n:CI) WHERE EXISTS { (n)-[:OWNED_BY]->(p) WHERE EXISTS { (p)<-[:OWNED_BY]-(o:Rack) } } RETURN n.id",
    "MATCH (n:CI) WHERE CASE WHEN n:Server THEN EXISTS { (n)<--() } ELSE n.n = 1 END RETURN n.id",
    "MATCH (n:CI) WHERE n.name CONTAINS '1' RETURN n.id",
    "MATCH (n:CI) WHERE n.name ENDS WITH '7' AND n.name STARTS WITH 'server' RETURN n.id",
    "MATCH (n:CI) WHERE NOT n.note CONTAINS 'long' RETURN n.id",
    "MATCH (n:CI) WHERE n.note CONTAINS n.name OR n.note ENDS WITH '' RETURN n.id",
    "MATCH (n:CI) WHERE n.name >= 'rack-2' AND n.name < 'server-1' AND n.name <> 'rack-3' RETURN n.id",
    "MATCH (n:CI) WHERE n.note CONTAINS null RETURN n.id",
    "MATCH (n:CI) WHERE n.n CONTAINS '1' RETURN n.id",
    "MATCH (n:CI) WHERE n.name = 4 OR n.name CONTAINS 4 RETURN n.id",
    "MATCH (n:CI) RETURN n.id ORDER BY n.n DESC, n.id LIMIT 7",
    "MATCH (n:CI) RETURN n.note, n.id ORDER BY n.note, n.name DESC, n.id SKIP 3 LIMIT 40",
    "MATCH (n:CI)-[r]->(m) RETURN m.name, n.note, type(r), n.id + 1, m.id AS o ORDER BY n.n, n.id, o, type(r) LIMIT 25",
    "MATCH (n:CI) WITH n.name AS name, n.note AS note, n.n AS k, n.id AS id ORDER BY id % 7, id LIMIT 9 RETURN name, "
    "note, k",
    "MATCH (n:CI) WITH n ORDER BY n.n, n.id DESC LIMIT 100 RETURN sum(n.id), count(*)",
    "MATCH (n:CI) RETURN DISTINCT n.n ORDER BY n.n LIMIT 3",
    "MATCH (r:Rack {id: 3})<-[:IN]-(s:Server)<-[:ON]-(a:App)-[:OWNED_BY]->(p:Person) RETURN a.id, p.id",
    "MATCH (p:Person)<-[:OWNED_BY]-(a:App)-[:ON]->(s:Server)-[:IN]->(r:Rack {id: 5}) WHERE p.n < 4 RETURN p.id, a.id",
    "MATCH (a:App)-[:USES]->(b:App)-[:ON]->(s:Server {n: 2}), (s)-[:OWNED_BY]->(p) RETURN a.id, b.id, p.id",
    "MATCH (s:Server) OPTIONAL MATCH (s)<-[:ON]-(a:App)-[:OWNED_BY]->(p:Person {n: 1}) RETURN s.id, a.id, p.id",
    "MATCH (a)-[:DEPENDENCY]->(b:Server)-[:DEPENDENCY]->(c) WHERE c.n = 3 RETURN a.id, c.id",
    "MATCH (p:Person)<-[:OWNED_BY]-(x)<-[:ON]-(a) RETURN p.id, count(*), sum(a.n)",
    "MATCH (n:Server) RETURN n.n, count(*), min(n.name), max(n.id)",
    "MATCH (n:CI) RETURN n.name, n.n, count(n.note)",
    "MATCH (p:Person)<-[:OWNED_BY]-(x) RETURN p.n, count(x.note), sum(x.n), sum(CASE x.n WHEN 3 THEN 0.5 ELSE x.n END)",
    "MATCH (x:CI)-[:OWNED_BY]->(p) WITH p, sum(CASE WHEN x.n > 4 THEN null ELSE x.n END) AS s, count(x.n) AS c RETURN "
    "p.id, s, c",
    "MATCH (a:App)-[:ON]->(s) WITH s, sum(duration({days: coalesce(a.n, 7)})) AS d RETURN s.id, d",
};

class Estate {
public:
    explicit Estate(std::uint32_t seed) : random_(seed) {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        options.store.fold = false;
        options.store.initial_model = Model::empty().merged_with(Model::from_json(model));
        database_ = Database::open(folder_ / "db", std::move(options));
        for (int i = 0; i < 150; ++i) add_node(i);
        for (int i = 0; i < 260; ++i) add_rel();
        if (below(2) == 0) database_->store().fold_all();
        for (int i = 150; i < 150 + below(20); ++i) add_node(i);
        for (int i = below(30); i > 0; --i) add_rel();
        for (int i = below(10); i > 0; --i)
            run("MATCH (n:CI {id: " + std::to_string(below(150)) + "}) SET n.n = 3, n.name = 'rack-21', n.note = null");
        run("MATCH (n:CI {id: " + std::to_string(below(150)) + "}) DETACH DELETE n");
    }

    Database& database() { return *database_; }
    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

private:
    void run(const std::string& text) { database_->run(text)->all(); }
    void add_node(int i) {
        static constexpr const char* classes[] = {"Server", "Rack", "App", "Person"};
        const std::string name = classes[below(4)];
        std::string text = "CREATE (:" + name + " {id: " + std::to_string(i);
        if (below(8) > 0) text += ", name: toLower('" + name + "-" + std::to_string(below(40)) + "')";
        if (below(8) > 0) text += ", n: " + std::to_string(below(6));
        if (below(3) > 0) text += below(2) ? ", note: 'a long text, longer than others: rack-1'" : ", note: 'short'";
        run(text + "})");
    }
    void add_rel() {
        static constexpr const char* patterns[][3] = {{"Server", "IN", "Rack"},      {"App", "ON", "Server"},
                                                      {"App", "USES", "App"},        {"Server", "OWNED_BY", "Person"},
                                                      {"App", "OWNED_BY", "Person"}, {"Rack", "OWNED_BY", "Person"}};
        const auto& [from, type, to] = patterns[below(6)];
        const auto one = [&](const char* name, const char* of) {
            return std::string{"MATCH ("} + name + ":" + of + ") WITH * ORDER BY (" + name + ".id * " +
                   std::to_string(1 + below(1000)) + ") % 151 LIMIT 1 ";
        };
        run(one("a", from) + one("b", to) + "CREATE (a)-[:" + type + "]->(b)");
        if (below(20) == 0) run(one("a", "App") + "CREATE (a)-[:USES]->(a)");
    }

    ScratchFolder folder_;
    std::mt19937 random_;
    std::unique_ptr<Database> database_;
};

std::vector<std::string> rows_of(Result& result, bool in_order = false) {
    std::vector<std::string> rows;
    for (const auto& row : result.all()) {
        std::string text;
        for (const Value& value : row) text += print(value) + " | ";
        rows.push_back(std::move(text));
    }
    if (!in_order) std::sort(rows.begin(), rows.end());
    return rows;
}

}  // namespace

TEST_CASE("a statement gives the same rows with the optimiser's rules and without, in batches and row by row",
          "[rules]") {
    std::size_t rows = 0;
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        Estate estate{seed};
        ExecuteOptions plain;
        plain.optimise = false;
        plain.batch_rows = 1;
        const auto writes = estate.database().begin();
        writes->run("MATCH (n:CI) WHERE n.id % 17 = 1 SET n.n = 2, n.name = 'server-17'")->all();
        writes->run("MATCH (a:App), (s:Server) WHERE a.id % 10 = 2 AND s.id % 10 = 3 CREATE (a)-[:ON]->(s)")->all();
        writes->run("MATCH (n:CI) WHERE n.id % 23 = 4 DETACH DELETE n")->all();
        for (const char* text : statements) {
            CAPTURE(seed, text);
            const auto expected = rows_of(*estate.database().run(text, {}, plain));
            CHECK(rows_of(*estate.database().run(text)) == expected);
            CHECK(rows_of(*writes->run(text)) == rows_of(*writes->run(text, {}, plain)));
            rows += expected.size();
        }
    }
    CHECK(rows > 5'000);
}

TEST_CASE("ways back to their start, of which each relationship fulfils something, are found once each", "[rules]") {
    const ScratchFolder folder;
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.initial_model = Model::empty();
    const auto database = Database::open(folder / "db", std::move(options));
    database
        ->run(
            "CREATE (a:N {i: 1})-[:T {w: 0}]->(b:N {i: 2})-[:T {w: 0}]->(a), (c:N {i: 3})-[:T {w: 0}]->(c), "
            "(d:N {i: 4})-[:T {w: 1}]->(d), (e:N {i: 5})-[:T {w: 0}]->(:N {i: 6})-[:T {w: 1}]->(e)")
        ->all();
    using Rows = std::vector<std::string>;
    const auto ask = [&](const char* text) { return rows_of(*database->run(text)); };
    CHECK(ask("MATCH (n)-[:T* {w: 0}]->(n) RETURN DISTINCT n.i") == Rows{"1 | ", "2 | ", "3 | "});
    CHECK(ask("MATCH (n)-[:T* {w: 0}]-(n) RETURN DISTINCT n.i") == Rows{"1 | ", "2 | ", "3 | "});
    CHECK(ask("MATCH (n)-[r:T WHERE r.w = 0]->+(n) RETURN DISTINCT n.i") == Rows{"1 | ", "2 | ", "3 | "});
    CHECK(ask("MATCH (n), (m {i: n.i}) MATCH (n)-[:T*0..2 {w: 1}]->(m) RETURN DISTINCT n.i").size() == 6);
}

TEST_CASE("sums of groups overflow as a single one does", "[rules]") {
    Estate estate{8};
    for (const char* text :
         {"UNWIND [[1, 9223372036854775807], [2, 5], [1, 1]] AS x RETURN x[0], sum(x[1])",
          "UNWIND [[1, 9223372036854775807], [2, 5], [1, 1]] AS x WITH x WHERE x[0] = 1 RETURN sum(x[1])"})
        CHECK_THROWS_WITH(estate.database().run(text)->all(),
                          Catch::Matchers::Contains("does not fit into an Integer"));
    CHECK_THROWS_WITH(estate.database().run("UNWIND [[1, 2], [1, duration('P1D')]] AS x RETURN x[0], sum(x[1])")->all(),
                      Catch::Matchers::Contains("numbers and durations"));
    CHECK(rows_of(*estate.database().run(
              "UNWIND [[1, 2], [2, null], [1, 0.5]] AS x RETURN x[0], sum(x[1]), count(x[1])")) ==
          std::vector<std::string>{"1 | 2.5 | 2 | ", "2 | 0 | 0 | "});
}

TEST_CASE("the first rows of an order are those of the whole order", "[rules]") {
    Estate estate{7};
    for (const std::string order : {"n.n DESC, n.id", "n.note, n.id DESC", "n.name, n.n, n.id", "n.n"})
        for (const int limit : {1, 2, 30, 100, 1000}) {
            CAPTURE(order, limit);
            // Ties keep the order of arrival, whatever is left out.
            const std::string text =
                "UNWIND range(1, 40) AS i MATCH (n:CI) WHERE n.id % 40 < i RETURN i, n.id, n.n ORDER BY " + order;
            auto whole = rows_of(*estate.database().run(text), true);
            const auto first = rows_of(*estate.database().run(text + " LIMIT " + std::to_string(limit)), true);
            REQUIRE(whole.size() > 1000);
            whole.resize(static_cast<std::size_t>(limit));
            CHECK(first == whole);
        }
}

}  // namespace mainstay::test
