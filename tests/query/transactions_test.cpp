// What runs now, as SHOW TRANSACTIONS lists it and TERMINATE TRANSACTIONS ends it.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace mainstay::test {
namespace {

using Rows = std::vector<std::vector<Value>>;

class Served {
public:
    Served() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "assets.mst", std::move(options));
    }
    // As somebody whose statements can be stopped.
    static ExecuteOptions as(const std::string& name, Role role = Role::editor) {
        ExecuteOptions options;
        options.cancellation = std::make_shared<Cancellation>();
        options.principal.name = name;
        options.principal.role = role;
        options.client = "192.0.2.7";
        options.connection = "bolt-3";
        return options;
    }
    // Without those who ask.
    Rows shown(const std::string& yield = "currentQuery, username, status") const {
        return database
            ->run("SHOW TRANSACTIONS YIELD *  WHERE NOT currentQuery CONTAINS 'SHOW' RETURN " + yield, {},
                  as("watcher", Role::admin))
            ->all();
    }
    std::string id_of(std::size_t at) const { return std::string{shown("transactionId").at(at).at(0).as_string()}; }

    ScratchFolder folder;
    std::unique_ptr<Database> database;
};

std::string said(const Rows& rows) {
    std::string text;
    for (const auto& row : rows)
        for (const Value& value : row) text += print(value) + (&value == &row.back() ? "\n" : " ");
    return text;
}

}  // namespace

TEST_CASE("a statement is listed while its rows are read", "[transactions]") {
    const Served served;
    CHECK(served.shown().empty());
    auto result = served.database->run("UNWIND range(1, 9) AS i RETURN i", {}, Served::as("ann"));
    (void)result->next();
    CHECK(said(served.shown("database, currentQuery, username, clientAddress, connectionId, status")) ==
          "'assets' 'UNWIND range(1, 9) AS i RETURN i' 'ann' '192.0.2.7' 'bolt-3' 'Running'\n");
    CHECK(said(served.shown("elapsedTime.hours, currentQueryElapsedTime.hours, startTime <= datetime(), "
                            "startTime = currentQueryStartTime")) == "0 0 true true\n");
    result = nullptr;
    CHECK(served.shown().empty());
}

TEST_CASE("statements that cannot be stopped are not listed", "[transactions]") {
    const Served served;
    const auto result = served.database->run("UNWIND range(1, 9) AS i RETURN i");
    CHECK(served.shown().empty());
}

TEST_CASE("SHOW shows itself, and only those that are named", "[transactions]") {
    const Served served;
    const auto other = served.database->run("UNWIND range(1, 9) AS i RETURN i", {}, Served::as("ann"));
    const auto all = served.database->run("SHOW TRANSACTIONS", {}, Served::as("bob"));
    CHECK(all->columns().size() == 10);
    CHECK(all->all().size() == 2);
    const std::string id = served.id_of(0);
    CHECK(served.database->run("SHOW TRANSACTIONS '" + id + "', 'nothing'", {}, Served::as("bob"))->all().size() == 1);
    CHECK(served.database->run("SHOW TRANSACTION $id", {{"id", Value{id}}}, Served::as("bob"))->all().size() == 1);
}

TEST_CASE("TERMINATE stops a statement, another thread's too", "[transactions]") {
    const Served served;
    Code code{};
    std::thread runs{[&] {
        try {
            (void)served.database
                ->run("UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j RETURN max(i + j)", {},
                      Served::as("ann"))
                ->all();
        } catch (const Error& error) {
            code = error.code();
        }
    }};
    while (served.shown().empty()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    const std::string id = served.id_of(0);
    CHECK(said(served.database->run("TERMINATE TRANSACTIONS '" + id + "', 'assets-transaction-999', 'x'")->all()) ==
          "'" + id + "' 'ann' 'Transaction terminated.'\n" +
              "'assets-transaction-999' null 'Transaction not found.'\n'x' null 'Transaction not found.'\n");
    runs.join();
    CHECK(code == Code::cancelled);
    CHECK(served.shown().empty());
}

TEST_CASE("a transaction is listed until it ends, and does nothing after TERMINATE", "[transactions]") {
    const Served served;
    auto session = served.database->begin(Served::as("ann").principal);
    CHECK(said(served.shown()) == "'' 'ann' 'Running'\n");
    (void)session->run("CREATE (:A)", {}, Served::as("ann"));
    const std::string id = served.id_of(0);
    const auto terminate = [&] {
        return said(served.database->run("TERMINATE TRANSACTION '" + id + "' YIELD message")->all());
    };
    CHECK(terminate() == "'Transaction terminated.'\n");
    CHECK(said(served.shown("status")) == "'Terminated'\n");
    CHECK_THROWS_WITH(session->run("CREATE (:A)"), Catch::Contains("TERMINATE TRANSACTIONS"));
    session = nullptr;
    CHECK(terminate() == "'Transaction not found.'\n");

    session = served.database->begin();
    (void)session->run("CREATE (:A)");
    (void)served.database->run("TERMINATE TRANSACTION $id", {{"id", Value{served.id_of(0)}}})->all();
    CHECK_THROWS_WITH(session->commit({}), Catch::Contains("TERMINATE TRANSACTIONS"));
    CHECK(print(served.database->run("MATCH (a:A) RETURN count(*)")->all().at(0).at(0)) == "0");

    session = served.database->begin();
    (void)session->run("CREATE (:A)");
    (void)session->commit({});
    CHECK(served.shown().empty());
}

TEST_CASE("who has signed in sees and ends the own transactions, an administrator all", "[transactions]") {
    const Served served;
    Accounts& accounts = served.database->store().accounts();
    const CommitInfo info{"tester", "", "", ""};
    const auto signed_in = [&](const char* name, Role role) {
        accounts.add({name, role, std::nullopt, std::nullopt}, info);
        ExecuteOptions options = Served::as(name, role);
        options.principal =
            accounts.verify_token(accounts.make_token({name, "", std::nullopt, std::nullopt}, info).text).value();
        return options;
    };
    const auto ann = signed_in("ann", Role::admin), bob = signed_in("bob", Role::reader),
               eve = signed_in("eve", Role::reader);
    const auto of_bob = served.database->run("UNWIND range(1, 9) AS i RETURN i", {}, bob);
    const auto count = [&](const ExecuteOptions& asks) {
        return served.database->run("SHOW TRANSACTIONS", {}, asks)->all().size();
    };
    CHECK(count(ann) == 2);
    CHECK(count(bob) == 2);
    CHECK(count(eve) == 1);
    const Parameters id{{"id", Value{served.id_of(0)}}};
    const auto ended = [&](ExecuteOptions asks) {
        asks.cancellation = std::make_shared<Cancellation>();  // of its own: what is ended shares bob's
        return said(served.database->run("TERMINATE TRANSACTION $id YIELD message", id, asks)->all());
    };
    CHECK(ended(eve) == "'Transaction not found.'\n");
    CHECK(ended(bob) == "'Transaction terminated.'\n");
    CHECK(ended(ann) == "'Transaction terminated.'\n");
}

TEST_CASE("a list that is long in the making stops when its time is over", "[transactions]") {
    const Served served;
    ExecuteOptions options;
    options.limits.time = std::chrono::milliseconds{5};
    try {
        (void)served.database->run("RETURN size(range(1, 60000000))", {}, options)->all();
        FAIL("it had time");
    } catch (const Error& error) {
        CHECK(error.code() == Code::time_out);
    }
}

TEST_CASE("TERMINATE names what it ends", "[transactions]") {
    const Served served;
    CHECK_THROWS_WITH(served.database->run("TERMINATE TRANSACTIONS"), Catch::Contains("the id of a transaction"));
    CHECK_THROWS_WITH(served.database->run("TERMINATE x"), Catch::Contains("TRANSACTIONS"));
    CHECK_THROWS_WITH(served.database->run("SHOW TRANSACTIONS YIELD nothing"), Catch::Contains("no column"));
}

}  // namespace mainstay::test
