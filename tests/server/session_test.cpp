#include "bolt/session.hpp"
#include "bolt_text.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace mainstay::server {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Texts = std::vector<std::string>;

constexpr std::uint8_t hello = 0x01, goodbye = 0x02, reset = 0x0F, run = 0x10, begin = 0x11, commit = 0x12,
                       rollback = 0x13, discard = 0x2F, pull = 0x3F, telemetry = 0x54, route = 0x66, logon = 0x6A,
                       logoff = 0x6B;
const Value nothing = Value::map({});

Value rows(std::int64_t n) { return Value::map({{"n", n}}); }

// A client that is signed in.
struct Client {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;
    std::unique_ptr<BoltSession> session;
    BoltVersion version;

    explicit Client(BoltVersion of = {5, 4}) : version(of) {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "estate.db", options);
        connect();
        say(hello, {Value::map({{"scheme", "none"}})});
        if (version >= BoltVersion{5, 1}) say(logon, {Value::map({{"scheme", "basic"}, {"principal", "ann"}})});
    }
    void connect() {
        BoltOptions options;
        options.connection_id = "bolt-1";
        options.address = "127.0.0.1:7687";
        options.database = "estate";
        session = std::make_unique<BoltSession>(*database, version, options);
    }
    Texts say(std::uint8_t tag, const std::vector<Value>& fields) {
        std::string out;
        session->receive(test::bolt_message(tag, fields), out);
        while (session->has_more()) session->go_on(out);
        return test::answers_in(out);
    }
    std::string one(std::uint8_t tag, const std::vector<Value>& fields) {
        const auto texts = say(tag, fields);
        REQUIRE(texts.size() == 1);
        return texts[0];
    }
    Texts ask(std::string_view text, const Value& parameters = nothing, const Value& extra = nothing) {
        auto texts = say(run, {Value{text}, parameters, extra});
        if (!texts[0].starts_with("70")) return texts;
        texts = say(pull, {rows(-1)});
        return texts;
    }
    std::string count(const char* label) { return ask(std::string{"MATCH (n:"} + label + ") RETURN count(n)")[0]; }
};

}  // namespace

TEST_CASE("the first version is chosen that both speak", "[bolt]") {
    const auto chosen = [](std::initializer_list<int> bytes) {
        std::string proposals;
        for (const int byte : bytes) proposals += static_cast<char>(byte);
        proposals.resize(16);
        const auto version = choose_version(proposals);
        return fmt::format("{}.{}", version.major, version.minor);
    };
    CHECK(chosen({0, 0, 1, 0xFF, 0, 8, 8, 5, 0, 2, 4, 4, 0, 0, 0, 3}) == "5.8");  // a driver of version 6
    CHECK(chosen({0, 5, 9, 5}) == "5.8");
    CHECK(chosen({0, 0, 5, 5, 0, 1, 5, 5}) == "5.4");  // no driver speaks 5.5
    CHECK(chosen({0, 0, 1, 4, 0, 0, 0, 4}) == "0.0");
    CHECK(chosen({0, 2, 4, 4, 0, 0, 1, 4}) == "4.4");
    CHECK(chosen({0, 0, 2, 4}) == "4.2");
    CHECK(chosen({0, 0, 3, 5, 0, 4, 4, 5}) == "5.3");
    CHECK(chosen({0, 9, 9, 6, 0, 0, 0, 3}) == "0.0");
}

TEST_CASE("a client is greeted as its version expects", "[bolt]") {
    Client client;
    client.connect();
    const std::string greeting = client.one(hello, {nothing});
    CHECK_THAT(greeting,
               StartsWith("70({server: 'Neo4j/5.") && Contains("Mainstay") && Contains("connection_id: 'bolt-1'"));
    CHECK(client.one(logon, {Value::map({{"scheme", "none"}})}) == "70({})");
    CHECK(client.one(telemetry, {Value{1}}) == "70({})");
    CHECK(client.one(logoff, {}) == "70({})");
    CHECK_THROWS_AS(client.say(run, {Value{"RETURN 1"}, nothing, nothing}), ProtocolError);

    Client old{{4, 4}};
    old.connect();
    CHECK_THAT(old.one(hello, {Value::map({{"patch_bolt", Value::list({"utc"})}})}), Contains("patch_bolt: ['utc']"));
    CHECK_THAT(old.ask("RETURN datetime('2026-07-01T12:00+01:00')")[0], Contains("49(1782903600, 0, 3600)"));
    old.connect();
    old.say(hello, {nothing});
    CHECK_THAT(old.ask("RETURN datetime('2026-07-01T12:00+01:00')")[0], Contains("46(1782907200, 0, 3600)"));
    CHECK_THROWS_AS(old.say(logon, {nothing}), ProtocolError);
}

TEST_CASE("rows are pulled as many as asked for", "[bolt]") {
    Client client;
    CHECK_THAT(
        client.one(run, {Value{"UNWIND range(1, 5) AS i RETURN i, i * $k AS k"}, Value::map({{"k", 10}}), nothing}),
        StartsWith("70({fields: ['i', 'k'], t_first: "));
    CHECK(client.say(pull, {rows(2)}) == Texts{"71([1, 10])", "71([2, 20])", "70({has_more: true})"});
    CHECK(client.say(pull, {rows(1)}) == Texts{"71([3, 30])", "70({has_more: true})"});
    CHECK(client.say(discard, {rows(1)}) == Texts{"70({has_more: true})"});
    const auto last = client.say(pull, {rows(-1)});
    REQUIRE(last.size() == 2);
    CHECK(last[0] == "71([5, 50])");
    CHECK_THAT(last[1], StartsWith("70({type: 'r', t_last: 0, db: 'estate', bookmark: 'mainstay:"));
    CHECK_THROWS_AS(client.say(pull, {rows(1)}), ProtocolError);
}

TEST_CASE("rows that nobody wants are not computed", "[bolt]") {
    Client client;
    const auto run_and_discard = [&](std::string_view text) {
        client.say(run, {Value{text}, nothing, nothing});
        return client.one(discard, {rows(-1)});
    };
    CHECK_THAT(run_and_discard("UNWIND [1, 0] AS i RETURN 1 / i"), StartsWith("70({type: 'r'"));
    client.say(run, {Value{"UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS k RETURN i"}, nothing, nothing});
    CHECK(client.say(pull, {rows(1)}) == Texts{"71([1])", "70({has_more: true})"});
    CHECK_THAT(client.one(discard, {rows(-1)}), StartsWith("70({type: 'r'"));
    CHECK_THAT(run_and_discard("UNWIND [1, 2] AS i CREATE (n:N) RETURN n"), Contains("nodes-created: 2"));
    CHECK_THAT(run_and_discard("PROFILE UNWIND [1, 2] AS i RETURN i"), Contains("rows: 2"));
    CHECK(client.count("N") == "71([2])");
}

TEST_CASE("a long result stops when enough of it waits to be read", "[bolt]") {
    Client client;
    client.say(run, {Value{"UNWIND range(1, 100000) AS i RETURN i, 'some text to make it long'"}, nothing, nothing});
    std::string out;
    client.session->receive(test::bolt_message(pull, {rows(-1)}), out);
    CHECK(client.session->has_more());
    CHECK(out.size() < 300'000);
    std::size_t stretches = 1, bytes = out.size();
    for (; client.session->has_more(); ++stretches) {
        out.clear();
        client.session->go_on(out);
        CHECK(out.size() < 300'000);
        bytes += out.size();
    }
    CHECK(stretches > 10);
    CHECK(bytes > 3'000'000);
}

TEST_CASE("elements and paths are what their version of Bolt makes of them", "[bolt]") {
    const std::string create = "CREATE (a:A:B {k: 1})-[r:T {w: 2.5}]->(b:C) RETURN a, r";
    const std::string path = "MATCH p = (:C)<-[:T]-(:A) RETURN p";
    Client client;
    const auto made = client.ask(create);
    REQUIRE(made.size() == 2);
    CHECK_THAT(made[0], Catch::Matches(
                            R"(71\(\[4E\(0, \['A', 'B'\], \{k: 1\}, '[0-9]+:n:0'\), 52\(0, 0, 4096, 'T', \{w: 2\.5\}, )"
                            R"('[0-9]+:r:0', '[0-9]+:n:0', '[0-9]+:n:4096'\)\]\))"));
    CHECK_THAT(made[1],
               Contains("type: 'rw'") && Contains("stats: {contains-updates: true, nodes-created: 2, "
                                                  "relationships-created: 1, properties-set: 2, labels-added: 3}"));
    CHECK_THAT(
        client.ask(path)[0],
        Catch::Matches(
            R"(71\(\[50\(\[4E\(4096, .*4E\(0, .*\], \[72\(0, 'T', \{w: 2\.5\}, '[0-9]+:r:0'\)\], \[-1, 1\]\)\]\))"));
    Client old{{4, 3}};
    CHECK(old.ask(create)[0] == "71([4E(0, ['A', 'B'], {k: 1}), 52(0, 0, 4096, 'T', {w: 2.5})])");
    CHECK(old.ask(path)[0] ==
          "71([50([4E(4096, ['C'], {}), 4E(0, ['A', 'B'], {k: 1})], [72(0, 'T', {w: 2.5})], [-1, 1])])");
}

TEST_CASE("a transaction is all or nothing, and sees what it wrote", "[bolt]") {
    Client client;
    CHECK(client.one(begin, {nothing}) == "70({})");
    client.ask("CREATE (:N)");
    CHECK(client.count("N") == "71([1])");
    CHECK(client.one(rollback, {}) == "70({})");
    CHECK(client.count("N") == "71([0])");
    client.say(begin, {Value::map({{"tx_metadata", Value::map({{"reason", "move"}, {"change", "CHG-7"}})}})});
    client.ask("CREATE (:N)");
    // Two results at once, each pulled by its number.
    CHECK_THAT(client.one(run, {Value{"RETURN 1 AS one"}, nothing, nothing}), Contains("qid: 1"));
    CHECK_THAT(client.one(run, {Value{"RETURN 2 AS two"}, nothing, nothing}), Contains("qid: 2"));
    CHECK(client.say(pull, {Value::map({{"n", -1}, {"qid", 1}})})[0] == "71([1])");
    CHECK(client.say(pull, {rows(-1)})[0] == "71([2])");
    CHECK_THAT(client.one(commit, {}), StartsWith("70({bookmark: 'mainstay:"));
    CHECK(client.count("N") == "71([1])");
    const auto log = client.database->store().log(1);
    REQUIRE(log.size() == 1);
    CHECK(log[0].info.author == "ann");
    CHECK(log[0].info.reason == "move");
    CHECK(log[0].info.change == "CHG-7");
}

TEST_CASE("a conflict is one that drivers try again", "[bolt]") {
    Client client;
    client.ask("CREATE (:N {k: 0})");
    client.say(begin, {nothing});
    client.ask("MATCH (n:N) SET n.k = n.k + 1");
    (void)client.database->run("MATCH (n:N) SET n.k = 10");
    CHECK_THAT(client.one(commit, {}), StartsWith("7F({code: 'Neo.TransientError."));
    CHECK(client.one(run, {Value{"RETURN 1"}, nothing, nothing}) == "7E()");
    CHECK(client.one(reset, {}) == "70({})");
    CHECK(client.ask("MATCH (n:N) RETURN n.k")[0] == "71([10])");
}

TEST_CASE("after a failure everything is ignored until a reset", "[bolt]") {
    Client client;
    const std::string failed = client.one(run, {Value{"RETURN x"}, nothing, nothing});
    CHECK_THAT(failed,
               StartsWith("7F({code: 'Neo.ClientError.Statement.SyntaxError'") && Contains("1:8 `x` is not defined"));
    CHECK(client.one(pull, {rows(-1)}) == "7E()");
    CHECK(client.one(begin, {nothing}) == "7E()");
    CHECK(client.one(reset, {}) == "70({})");
    CHECK(client.ask("RETURN 1")[0] == "71([1])");
    // While rows are read; the transaction is gone.
    client.say(begin, {nothing});
    client.ask("CREATE (:N)");
    std::string told;
    for (const auto& text : client.say(run, {Value{"UNWIND [1, 0] AS i RETURN 1 / i"}, nothing, nothing})) told += text;
    for (const auto& text : client.say(pull, {rows(-1)})) told += text;
    CHECK_THAT(told, Contains("7F({code: 'Neo.ClientError"));
    client.say(reset, {});
    CHECK(client.count("N") == "71([0])");
    CHECK_THAT(client.one(run, {Value{"RETURN $p"}, nothing, nothing}), Contains("ParameterMissing"));
}

TEST_CASE("a reset stops what runs and overtakes what waits", "[bolt]") {
    Client client;
    client.say(run,
               {Value{"UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN count(*)"}, nothing, nothing});
    std::string out;
    std::thread stopping{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        client.session->interrupt();
    }};
    const auto started = std::chrono::steady_clock::now();
    client.session->receive(test::bolt_message(pull, {rows(-1)}), out);
    stopping.join();
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{5});
    CHECK_THAT(test::answers_in(out).at(0), StartsWith("7F("));
    CHECK(client.one(run, {Value{"RETURN 1"}, nothing, nothing}) == "7E()");
    CHECK(client.one(reset, {}) == "70({})");
    CHECK(client.ask("RETURN 1")[0] == "71([1])");
}

TEST_CASE("options of a statement are kept", "[bolt]") {
    Client client;
    CHECK_THAT(client.ask("CREATE (:N)", nothing, Value::map({{"mode", "r"}}))[0],
               StartsWith("7F({code: 'Neo.ClientError.Statement.AccessMode'"));
    client.say(reset, {});
    CHECK(client.count("N") == "71([0])");
    CHECK_THAT(client.ask("RETURN 1", nothing, Value::map({{"db", "other"}}))[0],
               Contains("there is no database `other`"));
    client.say(reset, {});
    for (const char* name : {"neo4j", "estate"})
        CHECK(client.ask("RETURN 1", nothing, Value::map({{"db", name}}))[0] == "71([1])");
    CHECK_THAT(client.ask("RETURN 1", nothing, Value::map({{"imp_user", "bob"}}))[0], StartsWith("7F("));
    client.say(reset, {});
    client.say(run, {Value{"UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN count(*)"}, nothing,
                     Value::map({{"tx_timeout", 20}})});
    CHECK_THAT(client.say(pull, {rows(-1)})[0], StartsWith("7F(") && Contains("TransactionTimedOut"));
}

TEST_CASE("CALL IN TRANSACTIONS runs by itself, and is refused in an open transaction", "[bolt]") {
    Client client;
    const char* const text =
        "UNWIND range(1, 5) AS i CALL (i) { CREATE (:Batch {i: i}) } IN TRANSACTIONS OF 2 ROWS RETURN count(*)";
    const std::string answer = client.ask(text)[0];
    CHECK(answer == client.count("Batch"));
    client.say(begin, {nothing});
    CHECK_THAT(client.one(run, {Value{text}, nothing, nothing}),
               StartsWith("7F(") && Contains("cannot run in a transaction that is open already"));
    client.say(reset, {});
    CHECK(answer == client.count("Batch"));
}

TEST_CASE("the time of a transaction is that of all it does", "[bolt]") {
    Client client;
    client.say(begin, {Value::map({{"tx_timeout", 500}})});
    client.ask("CREATE (:N)");
    std::this_thread::sleep_for(std::chrono::milliseconds{700});
    CHECK_THAT(client.one(commit, {}), StartsWith("7F(") && Contains("took longer than its tx_timeout"));
    client.say(reset, {});
    CHECK(client.count("N") == "71([0])");
    client.say(begin, {Value::map({{"tx_timeout", 60'000}})});
    client.ask("CREATE (:N)");
    CHECK_THAT(client.one(commit, {}), StartsWith("70("));
}

TEST_CASE("routing names this server for everything", "[bolt]") {
    Client client;
    const std::string servers = client.one(route, {nothing, Value::list({}), nothing});
    CHECK_THAT(servers, Contains("ttl: 300") && Contains("{addresses: ['127.0.0.1:7687'], role: 'WRITE'}"));
    CHECK_THAT(client.one(route, {Value::map({{"address", "db.example:7687"}}), Value::list({}), nothing}),
               Contains("['db.example:7687'], role: 'READ'"));
}

TEST_CASE("plans and notices come with the last answer", "[bolt]") {
    Client client;
    CHECK_THAT(client.ask("EXPLAIN MATCH (n) RETURN n").back(), Contains("plan: {operatorType: '"));
    CHECK_THAT(client.ask("PROFILE UNWIND [1, 2] AS i RETURN i").back(),
               Contains("profile: {operatorType: '") && Contains("rows: 2"));
}

TEST_CASE("notices come unless the client wants graver ones only", "[bolt]") {
    Client client;
    client.ask("CREATE (:N)");
    const char* text = "MATCH (n:N) IMPACT OF n YIELD ci RETURN ci";
    const auto least = [](const char* severity) { return Value::map({{"notifications_minimum_severity", severity}}); };
    const auto has_notices = [&](const Value& extra) {
        return client.ask(text, nothing, extra).back().find("notifications: [{") != std::string::npos;
    };
    CHECK(has_notices(nothing));
    CHECK(has_notices(least("INFORMATION")));
    CHECK_FALSE(has_notices(least("WARNING")));
    CHECK_FALSE(has_notices(least("OFF")));
    for (const char* name : {"notifications_disabled_categories", "notifications_disabled_classifications"}) {
        const auto without = [&](ValueList names) { return Value::map({{name, Value::list(std::move(names))}}); };
        CHECK_FALSE(has_notices(without({Value{"HINT"}, Value{"GENERIC"}})));
        CHECK(has_notices(without({Value{"HINT"}})));
        CHECK(has_notices(without({})));
    }
    client.say(begin, {least("OFF")});
    CHECK_FALSE(has_notices(nothing));
    client.say(rollback, {});

    client.connect();
    client.say(hello, {least("OFF")});
    client.say(logon, {nothing});
    CHECK_FALSE(has_notices(nothing));
    CHECK(has_notices(least("INFORMATION")));

    client.connect();
    client.say(hello, {Value::map({{"notifications_disabled_categories", Value::list({Value{"GENERIC"}})}})});
    client.say(logon, {nothing});
    CHECK_FALSE(has_notices(nothing));
    CHECK_FALSE(has_notices(least("INFORMATION")));
}

TEST_CASE("messages that cannot be end the conversation", "[bolt]") {
    for (const std::string& message :
         {test::bolt_message(0x55, {nothing}), test::bolt_message(commit, {}),
          test::bolt_message(run, {Value{1}, nothing, nothing}),
          test::bolt_message(run, {Value{"RETURN 1"}, Value{1}, nothing}), test::bolt_message(pull, {nothing}),
          std::string{"\xB1\x10"}, std::string{"x"}}) {
        Client client;
        std::string out;
        CHECK_THROWS_AS(client.session->receive(message, out), ProtocolError);
        CHECK(client.session->is_over());
        CHECK_THAT(test::answers_in(out).at(0), StartsWith("7F({code: 'Neo.ClientError.Request.Invalid'"));
    }
    Client client;
    CHECK(client.say(goodbye, {}).empty());
    CHECK(client.session->is_over());
}

TEST_CASE("from 5.6 on notices are statuses, from 5.7 on errors have one", "[bolt]") {
    const auto said = [](BoltVersion version, const char* text) {
        Client client{version};
        std::string all;
        for (const auto& each : client.say(run, {Value{text}, nothing, nothing})) all += each + "\n";
        for (const auto& each : client.say(pull, {rows(-1)})) all += each + "\n";
        return all;
    };
    CHECK_THAT(said({5, 6}, "RETURN 1"), Contains("gql_status: '00000'"));
    CHECK_THAT(said({5, 6}, "UNWIND [] AS i RETURN i"), Contains("gql_status: '02000'"));
    CHECK_THAT(said({5, 6}, "CREATE (:N)"), Contains("gql_status: '00001'"));
    CHECK_THAT(said({5, 4}, "RETURN 1"), !Contains("gql_status"));
    CHECK_THAT(said({5, 6}, "RETURN x"), Contains("{code: 'Neo.ClientError.Statement.SyntaxError'"));
    CHECK_THAT(said({5, 7}, "RETURN x"),
               Contains("{neo4j_code: 'Neo.ClientError.Statement.SyntaxError'") && Contains("gql_status: '42001'"));
}

}  // namespace mainstay::server
