// Statements and transactions of several threads over one database.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <unistd.h>
#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace mainstay::test {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int rounds = 40;
#else
constexpr int rounds = 300;
#endif
constexpr int threads = 4;

std::unique_ptr<Database> open(const ScratchFolder& folder, DatabaseOptions options = {}) {
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.map_bytes = std::uint64_t{1} << 30;
    options.store.fold_slots = 64;
    options.store.initial_model = Model::empty();
    return Database::open(folder / "db", std::move(options));
}

std::int64_t number(Database& database, std::string_view text) {
    return database.run(text)->all().at(0).at(0).as_int();
}

// Runs f(thread) in several threads at once; what they throw, as texts.
std::vector<std::string> in_threads(const std::function<void(int)>& f) {
    std::mutex mutex;
    std::vector<std::string> problems;
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back([&, i] {
            try {
                f(i);
            } catch (const std::exception& e) {
                const std::lock_guard lock(mutex);
                problems.emplace_back(e.what());
            }
        });
    for (auto& thread : running) thread.join();
    return problems;
}

const std::vector<std::string> none;

}  // namespace

TEST_CASE("MERGE of one pattern by many threads makes it once, with and without a constraint", "[concurrency]") {
    for (const bool constrained : {false, true}) {
        const ScratchFolder folder;
        const auto database = open(folder);
        if (constrained) database->run("CREATE CONSTRAINT one FOR (n:Server) REQUIRE n.name IS UNIQUE")->all();
        database->run("CREATE (:Rack {name: 'r'})")->all();
        CHECK(in_threads([&](int thread) {
                  for (int i = 0; i < rounds; ++i) {
                      const Parameters parameters{{"name", std::int64_t{i}}, {"thread", std::int64_t{thread}}};
                      // Number 1 and 1.0 are one value, and a relationship is read from either end.
                      const char* name = thread % 2 ? "$name" : "toFloat($name)";
                      database->run(fmt::format("MERGE (n:Server {{name: {}}}) SET n.seen = $thread", name), parameters)
                          ->all();
                      database
                          ->run(thread % 2 ? "MATCH (r:Rack), (n:Server {name: $name}) MERGE (n)-[:IN {slot: 1}]->(r)"
                                           : "MATCH (r:Rack), (n:Server {name: $name}) MERGE (r)<-[:IN {slot: 1}]-(n)",
                                parameters)
                          ->all();
                      database->run("MATCH (r:Rack) MERGE (r)-[:HAS]->(:Shelf {number: $name})", parameters)->all();
                  }
              }) == none);
        CHECK(number(*database, "MATCH (n:Server) RETURN count(n)") == rounds);
        CHECK(number(*database, "MATCH (:Server)-[r:IN]->(:Rack) RETURN count(r)") == rounds);
        CHECK(number(*database, "MATCH (n:Shelf) RETURN count(n)") == rounds);
        CHECK(database->store().verify({}).problems.empty());
    }
}

TEST_CASE("Two MERGEs that find nothing at once: the later one begins again and finds", "[concurrency]") {
    const ScratchFolder folder;
    const auto database = open(folder);
    const auto session = database->begin();
    session->run("MERGE (n:Server {name: 'a'})")->all();
    CHECK(database->run("MERGE (n:Server {name: 'a'}) RETURN n")->counters().nodes_created == 1);
    try {
        session->commit({});
        FAIL("both were made");
    } catch (const Error& error) {
        CHECK(error.code() == Code::write_conflict);
    }
    CHECK(number(*database, "MATCH (n:Server) RETURN count(n)") == 1);
    // Another pattern is another matter, and so is one that was found.
    const auto other = database->begin();
    other->run("MERGE (n:Server {name: 'b'})")->all();
    other->run("MERGE (n:Server {name: 'a'}) ON MATCH SET n.found = true")->all();
    database->run("MERGE (n:Server {name: 'c'})")->all();
    other->commit({});
    CHECK(number(*database, "MATCH (n:Server) RETURN count(n)") == 3);
}

TEST_CASE("Statements of many threads that add to one number lose none", "[concurrency]") {
    const ScratchFolder folder;
    const auto database = open(folder);
    database->run("CREATE (:Counter {n: 0})")->all();
    std::atomic<int> done{0};
    CHECK(in_threads([&](int) {
              const auto prepared = database->prepare("MATCH (c:Counter) SET c.n = c.n + 1");
              for (int i = 0; i < rounds; ++i) try {
                      prepared->run()->all();
                      ++done;
                  } catch (const Error& error) {
                      if (error.code() != Code::write_conflict) throw;  // twenty attempts lost
                  }
          }) == none);
    CHECK(done > 0);
    CHECK(number(*database, "MATCH (c:Counter) RETURN c.n") == done);
}

TEST_CASE("Sessions move amounts while others read, fold, and define: the sum stays", "[concurrency]") {
    const ScratchFolder folder;
    const auto database = open(folder);
    database->run("UNWIND range(0, 4) AS i CREATE (:Account {id: i, balance: 100})")->all();
    std::atomic<int> commits{0}, reads{0};
    std::atomic<bool> stop{false};
    std::string wrong;
    std::thread reading([&] {
        const auto prepared = database->prepare("MATCH (a:Account) RETURN sum(a.balance), count(a)");
        while (!stop) {
            const auto row = prepared->run()->all().at(0);
            if (row.at(0).as_int() != 500 || row.at(1).as_int() != 5) wrong = "a reader saw another sum";
            ++reads;
        }
    });
    std::thread defining([&] {
        while (!stop) {
            for (const char* text : {"CREATE INDEX by_id FOR (a:Account) ON (a.id)", "DROP INDEX by_id"}) try {
                    database->run(text)->all();
                } catch (const Error& error) {
                    if (error.code() != Code::write_conflict && error.code() != Code::index_exists &&
                        error.code() != Code::index_missing)
                        wrong = error.what();
                }
            database->store().fold_all();
        }
    });
    const auto problems = in_threads([&](int thread) {
        for (int i = 0; i < rounds; ++i) {
            const auto session = database->begin();
            try {
                const auto sum = session->run("MATCH (a:Account) RETURN sum(a.balance)")->all().at(0).at(0).as_int();
                session
                    ->run("MATCH (a:Account {id: $from}) SET a.balance = a.balance - 1",
                          {{"from", std::int64_t{(thread + i) % 5}}})
                    ->all();
                session
                    ->run("MATCH (a:Account {id: $to}) SET a.balance = a.balance + 1",
                          {{"to", std::int64_t{(thread * 3 + i * 7 + 1) % 5}}})
                    ->all();
                if (sum != 500) throw std::runtime_error("a session saw another sum");
                session->commit({});
                ++commits;
            } catch (const Error& error) {
                if (error.code() != Code::write_conflict) throw;
            }
        }
    });
    stop = true;
    reading.join();
    defining.join();
    CHECK(problems == none);
    CHECK(wrong == "");
    CHECK(commits > 0);
    CHECK(reads > 0);
    CHECK(number(*database, "MATCH (a:Account) RETURN sum(a.balance)") == 500);
    CHECK(database->store().verify({}).problems.empty());
}

TEST_CASE("A transaction left idle is rolled back and holds no snapshot; asked again, it says so", "[concurrency]") {
    const ScratchFolder folder;
    DatabaseOptions options;
    options.session_idle_max = std::chrono::milliseconds{50};
    const auto database = open(folder, std::move(options));
    const auto session = database->begin();
    session->run("CREATE (:Server)")->all();
    database->run("CREATE (:Other)")->all();
    // The transaction's thread ends it in its own time.
    while (database->store().oldest_reader().behind > 0) std::this_thread::yield();
    for (const auto& ask : {std::function<void()>{[&] { session->run("RETURN 1")->all(); }},
                            std::function<void()>{[&] { session->commit({}); }}}) {
        try {
            ask();
            FAIL("was taken");
        } catch (const Error& error) {
            CHECK(error.code() == Code::time_out);
            CHECK(error.message() == "this transaction was rolled back: nothing was asked of it for 0.05 s");
        }
    }
    session->rollback();
    CHECK(number(*database, "MATCH (n:Server) RETURN count(n)") == 0);
}

TEST_CASE("A transaction that may wait for ever does", "[concurrency]") {
    const ScratchFolder folder;
    DatabaseOptions options;
    options.session_idle_max = std::chrono::milliseconds{0};
    const auto database = open(folder, std::move(options));
    const auto session = database->begin();
    session->run("CREATE (:Server)")->all();
    database->run("CREATE (:Other)")->all();
    CHECK(database->store().oldest_reader().behind > 0);
    session->commit({});
    CHECK(number(*database, "MATCH (n:Server) RETURN count(n)") == 1);
}

TEST_CASE("Who writes is told of a reader that has been there for a minute", "[concurrency]") {
    const ScratchFolder folder;
    std::atomic<std::int64_t> now{1'000'000'000};
    DatabaseOptions options;
    options.store.clock = [&now] { return now += 10; };
    const auto database = open(folder, std::move(options));
    database->run("CREATE (:Server)")->all();
    const auto slow = database->run("MATCH (n) RETURN n");  // not read to its end
    const auto write = [&] {
        const auto result = database->run("CREATE (:Server)");
        result->all();
        return result->notices();
    };
    write();
    now += 30'000'000;
    CHECK(write().empty());
    now += 31'000'000;
    const auto notices = write();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].code == "long_reader");
    CHECK(notices[0].message.find(fmt::format("process {} has been reading for 61 s", ::getpid())) == 0);
    CHECK(write().empty());  // not with every statement
    while (slow->next()) {
    }
}

}  // namespace mainstay::test
