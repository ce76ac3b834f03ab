// HTTP through its door: sockets on this machine.

#include "http_client.hpp"

#include "http/routes.hpp"

#include "mainstay/connect/writers.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace mainstay::server {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::HttpClient;
using test::Served;

// With other members behind it, written with single quotes for double ones.
std::string statement(std::string_view text, std::string more = {}) {
    std::string json = "{\"statement\":";
    append_json_string(text, json);
    std::replace(more.begin(), more.end(), '\'', '"');
    return json + (more.empty() ? "" : ",") + more + "}";
}

// A cluster of two servers under a service.
struct ServedEstate : Served {
    ServedEstate() {
        database->run(
            "CREATE (:Service {name: 'shop'}), (:Server {name: 'db01', note: 'caf\xC3\xA9 \"x\"'}), (:Server {name: "
            "'db02'})");
        database->run("MATCH (s:Service), (d:Server) CREATE (s)-[:USES {port: 5432}]->(d)");
    }
};

}  // namespace

TEST_CASE("a statement is answered as the command line answers it", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    const auto answer =
        client.post("/v1/query", statement("MATCH (s:Server) RETURN s.name, 1.5, null ORDER BY s.name"));
    CHECK(answer.status == 200);
    CHECK(answer.headers.at("Content-Type") == "application/json");
    CHECK(answer.body ==
          "{\"columns\":[\"s.name\",\"1.5\",\"null\"],\"rows\":[\n[\"db01\",1.5,null],\n[\"db02\",1.5,null]\n],"
          "\"notices\":[]}\n");
    CHECK(client.post("/v1/query?format=csv", statement("RETURN 1 AS one")).body == "one\r\n1\r\n");
    CHECK(client
              .ask("POST", "/v1/query", statement("RETURN 1 AS one"),
                   "Content-Type: application/json\r\nAccept: text/html, application/x-ndjson;q=0.5\r\n")
              .body == "{\"one\":1}\n");
}

TEST_CASE("JSON tells the plan of who asks for it, with figures if it was run", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    const auto plan_of = [&](std::string_view text) {
        const auto answer = client.post("/v1/query", statement(text));
        CHECK(answer.status == 200);
        return value_of_json(answer.body, "the answer").at("plan");
    };
    const Value explained = plan_of("EXPLAIN MATCH (s:Server) RETURN s.name");
    REQUIRE(explained.is(ValueType::map));
    CHECK_FALSE(explained.at("operator").as_string().empty());
    CHECK(explained.at("estimated_rows").is(ValueType::integer));
    CHECK(explained.at("rows").is_null());
    CHECK(explained.at("children").as_list().size() == 1);
    const Value profiled = plan_of("PROFILE MATCH (s:Server) RETURN s.name");
    CHECK(profiled.at("rows").as_int() == 2);
    CHECK_FALSE(profiled.at("children").as_list().at(0).at("time_ms").is_null());
    CHECK(plan_of("MATCH (s:Server) RETURN s.name").is_null());
    CHECK_THAT(client.post("/v1/query?format=jsonl", statement("EXPLAIN RETURN 1")).body, !Contains("plan"));
}

TEST_CASE("JSON counts what a statement has written", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    CHECK(client.post("/v1/query", statement("CREATE (a:N {x: 1})-[:T]->(b:N)")).body ==
          "{\"columns\":[],\"rows\":[],\"notices\":[],\"counters\":{\"nodes_created\":2,\"relationships_created\":1,"
          "\"properties_set\":1,\"labels_added\":2}}\n");
    CHECK_THAT(client.post("/v1/query", statement("MATCH (n:Nobody) SET n.x = 1")).body, !Contains("counters"));
}

TEST_CASE("parameters, limits and access are taken from the body", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    const auto status = [&](std::string_view text, const std::string& more) {
        return client.post("/v1/query", statement(text, more)).status;
    };
    const auto sum = client.post("/v1/query", statement("RETURN $a + size($b)", "'parameters':{'a':1,'b':[1,2]}"));
    CHECK_THAT(sum.body, Contains("[3]"));
    const auto refused = client.post("/v1/query", statement("CREATE (:N)", "'access':'read'"));
    CHECK(refused.status == 403);
    CHECK_THAT(refused.body, Contains("\"code\":\"read_only\""));
    CHECK(status("UNWIND range(1, 9) AS i RETURN i", "'limits':{'rows':8}") == 413);
    CHECK(status("UNWIND range(1, 9) AS i RETURN i", "'limits':{'rows':9}") == 200);
    CHECK(status("UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j WITH i WHERE i < 0 RETURN i",
                 "'limits':{'time_ms':50}") == 408);
    CHECK(status("RETURN 1", "'limits':{'time_ms':0}") == 400);
    CHECK(status("RETURN 1", "'limits':7") == 400);
    CHECK(status("RETURN 1", "'access':'all'") == 400);
    CHECK(status("RETURN 1", "'parameters':[]") == 400);
}

TEST_CASE("a commit says its transaction, its author and why", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    const auto answer =
        client.post("/v1/query", statement("CREATE (:N)", "'reason':'because','change':'CHG-7','source':'test'"));
    CHECK(answer.headers.at("Mainstay-Transaction") == std::to_string(raw(served.database->store().last_tx())));
    const auto record = served.database->store().log(1).front();
    CHECK(record.info.reason == "because");
    CHECK(record.info.change == "CHG-7");
    CHECK_THAT(client.get("/v1/log?limit=1").body, Contains("\"because\",\"test\",\"CHG-7\""));
}

TEST_CASE("errors say code, message, hint and place", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    const auto answer = client.post("/v1/query", statement("MATCH (srv)\nRETURN sv"));
    CHECK(answer.status == 400);
    CHECK(answer.body ==
          "{\"error\":{\"code\":\"undefined_variable\",\"message\":\"`sv` is not defined here\",\"hint\":\"did "
          "you mean `srv`?\",\"line\":2,\"column\":8}}\n");
    CHECK(client.post("/v1/query", "{").status == 400);
    CHECK(client.post("/v1/query", "[]").status == 400);
    CHECK(client.post("/v1/query", "{}").status == 400);
    CHECK(client.post("/v1/query?format=xls", statement("RETURN 1")).status == 400);
    CHECK(client.get("/v1/nodes/db03").status == 404);
    CHECK(client.get("/nothing").status == 404);
    const auto wrong = client.get("/v1/query");
    CHECK(wrong.status == 405);
    CHECK(wrong.headers.at("Allow") == "POST");
}

TEST_CASE("an error behind the first rows is said in the body", "[http]") {
    const Served served;
    const std::string text =
        "UNWIND range(0, 200000) AS i RETURN 'some text to fill the first stretch', 10 / (199000 - i)";
    for (const std::string format : {"json", "jsonl", "csv"}) {
        HttpClient client{served};
        const auto answer = client.post("/v1/query?format=" + format, statement(text));
        CHECK(answer.status == 200);
        CHECK(answer.is_whole == (format != "csv"));  // which has no place for it
        if (format == "csv") continue;
        CHECK_THAT(answer.body, Contains("\"error\":{\"code\":\"division_by_zero\""));
        if (format == "json") CHECK(value_of_json(answer.body, "the answer").at("rows").as_list().size() > 100'000);
    }
}

TEST_CASE("a statement stops when its client has gone", "[http]") {
    const Served served;
    {
        HttpClient client{served};
        const std::string body =
            statement("UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j WITH i WHERE i < 0 RETURN i");
        client.send(
            fmt::format("POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Content-Length: {}\r\n\r\n{}",
                        body.size(), body));
    }
    // It would run for minutes and hold its worker; the connection is counted until it has been given up.
    for (int i = 0; i < 500 && served.server->connections() > 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    CHECK(served.server->connections() == 0);
}

TEST_CASE("one connection takes many requests, also all at once", "[http]") {
    const Served served;
    HttpClient client{served};
    std::string all;
    constexpr int count = 200;
    for (int i = 0; i < count; ++i) {
        const std::string body = statement(fmt::format("RETURN {} AS i", i));
        all += fmt::format(
            "POST /v1/query?format=jsonl HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: {}\r\n\r\n{}",
            body.size(), body);
    }
    client.send(all);
    for (int i = 0; i < count; ++i) CHECK(client.receive().body == fmt::format("{{\"i\":{}}}\n", i));
    CHECK(served.server->connections() == 1);
}

TEST_CASE("a page of another origin can neither ask nor write blindly", "[http]") {
    const Served served;
    HttpClient client{served};
    CHECK(client.ask("GET", "/health", {}, "Origin: https://evil.example.com\r\n").status == 403);
    CHECK(client.ask("POST", "/v1/query", statement("CREATE (:Evil)"), "Content-Type: text/plain\r\n").status == 400);
    CHECK(served.database->run("MATCH (n) RETURN count(n)")->all().at(0).at(0).as_int() == 0);
    const auto own = client.ask("GET", "/health", {}, "Origin: http://localhost:3000\r\n");
    CHECK(own.status == 200);
    CHECK(own.headers.at("Access-Control-Allow-Origin") == "http://localhost:3000");
    const auto first = client.ask("OPTIONS", "/v1/query", {},
                                  "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n");
    CHECK(first.status == 204);
    CHECK(first.headers.at("Access-Control-Allow-Headers") == "Authorization, Content-Type, Last-Event-ID");
    CHECK(client.ask("OPTIONS", "/v1/query", {}, "Origin: https://evil.example.com\r\n").status == 403);
}

TEST_CASE("elements are found by what people call them", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    CHECK_THAT(client.get("/v1/nodes/db01").body, Contains("caf\xC3\xA9 \\\"x\\\""));
    const auto neighbours = client.get("/v1/nodes/shop/neighbours?direction=out&type=USES&format=jsonl").body;
    CHECK(std::count(neighbours.begin(), neighbours.end(), '\n') == 2);
    CHECK(client.get("/v1/nodes/shop/neighbours?direction=in&format=jsonl").body.empty());
    CHECK(client.get("/v1/nodes/shop/neighbours?direction=up").status == 400);
    CHECK_THAT(client.get("/v1/search?q=DB0&format=jsonl").body,
               Contains("\"attribute\":\"name\",\"value\":\"db01\"") && Contains("db02"));
    CHECK(client.get("/v1/search").status == 400);
    CHECK(client.get("/v1/search?q=x&limit=0").status == 400);
}

TEST_CASE("a slip of the finger is not taken for nothing said", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    const auto wrong = client.post("/v1/query", statement("CREATE (:N)", "'acces':'read'"));
    CHECK(wrong.status == 400);
    CHECK_THAT(wrong.body, Contains("no member `acces`") && Contains("did you mean `access`?"));
    CHECK(client.post("/v1/query", statement("RETURN 1", "'limits':{'rowz':1}")).status == 400);
    CHECK(client.get("/v1/nodes/db01?as_of=3").status == 400);
    CHECK(client.get("/v1/events?id=nope").status == 404);
    CHECK(client.get("/v1/events?from=1000").status == 409);
    CHECK(served.database->run("MATCH (n:N) RETURN count(n)")->all().at(0).at(0).as_int() == 0);
}

TEST_CASE("a slash in a key is part of it", "[http]") {
    const ServedEstate served;
    served.database->run("CREATE (:Port {name: 'Gi0/1'})");
    HttpClient client{served};
    CHECK_THAT(client.get("/v1/nodes/Gi0%2F1").body, Contains("Gi0/1"));
    CHECK(client.get("/v1/nodes/Gi0%2F1/neighbours").status == 200);
    CHECK(client.get("/v1/nodes/Gi0/1").status == 404);
}

TEST_CASE("a dump leaves by one door and comes back by the other", "[http]") {
    const ServedEstate served;
    const Served other;
    HttpClient from{served}, to{other};
    const auto dump = from.get("/v1/export");
    CHECK(dump.is_whole);
    const auto report = to.ask("POST", "/v1/import", dump.body, "Content-Type: application/x-ndjson\r\n");
    CHECK(report.status == 200);
    CHECK_THAT(report.body, Contains("[\"nodes\",3,0,0,0]") && Contains("[\"relationships\",2,0,0,0]"));
    CHECK(to.get("/v1/export").body == dump.body);
    const std::string packed{"\x1F\x8B\x08\0\0\0\0\0", 8};
    CHECK(to.ask("POST", "/v1/import", packed, "Content-Type: application/x-ndjson\r\n").status == 400);
}

TEST_CASE("files with a mapping are imported, but none from elsewhere", "[http]") {
    const Served served;
    HttpClient client{served};
    const auto import = [&](const std::string& file) {
        std::string body =
            "{'files':{'hosts.csv':'name,site\\ndb01,E\\ndb02,W\\n'},'mapping':{'source':'t','files':[{'file':'" +
            file + "','nodes':[{'class':'Host','key':'name','attributes':['*']}]}]}}";
        std::replace(body.begin(), body.end(), '\'', '"');
        return client.post("/v1/import", body);
    };
    for (const char* outside : {"../../etc/hosts.csv", "/etc/hosts.csv"}) {
        CHECK(import(outside).status == 400);
        CHECK_THAT(import(outside).body, Contains("may lie elsewhere"));
    }
    const auto report = import("hosts.csv");
    CHECK(report.status == 200);
    CHECK_THAT(report.body, Contains("[\"nodes\",2,0,0,0]"));
    CHECK(client.post("/v1/import", "{\"files\":{\"../x.csv\":\"a\"},\"format\":\"jsonl\"}").status == 400);
}

TEST_CASE("the description names every route", "[http]") {
    const Served served;
    HttpClient client{served};
    const Value description = value_of_json(client.get("/openapi.json").body, "the description");
    CHECK(description.at("openapi").as_string() == "3.1.0");
    for (const Route& route : routes()) {
        const Value path = description.at("paths").at(route.path);
        REQUIRE(path.is(ValueType::map));
        std::string method{route.method};
        std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
        CHECK(path.at(method).at("operationId").as_string() == route.name);
    }
}

TEST_CASE("what is committed is told as it happens, and again to who comes back", "[http]") {
    const ServedEstate served;
    HttpClient all{served}, some{served};
    all.send("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK_THAT(all.read_until("retry: 1000"), Contains("Content-Type: text/event-stream"));
    some.send("GET /v1/events?class=Service HTTP/1.1\r\nHost: localhost\r\n\r\n");
    (void)some.read_until("retry: 1000");
    const auto before = raw(served.database->store().last_tx());
    served.database->run("MATCH (s:Server {name: 'db01'}) SET s.site = 'E'");
    served.database->run("MATCH (s:Service) SET s.tier = 1");
    served.database->run("MATCH (s:Server {name: 'db02'}) DETACH DELETE s");
    const std::string first = all.read_until("\n\n\r\n"), last = all.read_until("\"type\":\"USES\"");
    CHECK_THAT(all.read_until("\n\n"), Contains("\"more\":0"));
    CHECK_THAT(first + last, Contains(fmt::format("id: {}\nevent: commit", before + 1)) &&
                                 Contains("\"change\":\"changed\",\"element\":\"node\"") &&
                                 Contains("\"labels\":[\"Server\"]") && Contains("\"type\":\"USES\"") &&
                                 Contains(fmt::format("id: {}\n", before + 3)));
    const std::string services = some.read_until(fmt::format("id: {}\n", before + 3));
    CHECK_THAT(services,
               !Contains(fmt::format("id: {}\n", before + 1)) && Contains(fmt::format("id: {}\n", before + 2)));
    HttpClient back{served};
    back.send(fmt::format("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {}\r\n\r\n", before));
    CHECK_THAT(back.read_until(fmt::format("id: {}\n", before + 3)), Contains(fmt::format("id: {}\n", before + 1)));
    HttpClient wrong{served};
    CHECK(wrong.get("/v1/events?from=yesterday").status == 400);
}

TEST_CASE("figures are those of Prometheus", "[http]") {
    const ServedEstate served;
    HttpClient client{served};
    (void)client.post("/v1/query", statement("RETURN 1"));
    (void)client.post("/v1/query", statement("CREATE (:N)"));
    (void)client.post("/v1/query", statement("RETURN x"));
    const auto answer = client.get("/metrics");
    CHECK_THAT(answer.headers.at("Content-Type"), StartsWith("text/plain; version=0.0.4"));
    for (const char* line :
         {"mainstay_statements_total{door=\"http\",outcome=\"read\"} 1\n",
          "mainstay_statements_total{door=\"http\",outcome=\"written\"} 1\n",
          "mainstay_statements_total{door=\"http\",outcome=\"failed\"} 1\n",
          "mainstay_statement_seconds_count{door=\"http\"} 3\n",
          "mainstay_commit_seconds_bucket{door=\"http\",le=\"+Inf\"} 1\n", "mainstay_connections{door=\"http\"} 1\n",
          "mainstay_nodes 4\n", "mainstay_relationships 2\n"})
        CHECK_THAT(answer.body, Contains(line));
}

TEST_CASE("clients that are slow or send too much are cut", "[http]") {
    ServerOptions options;
    options.handshake_max = std::chrono::milliseconds{500};
    options.message_bytes_max = 1'000;
    const Served served{options};
    HttpClient silent{served}, slow{served}, large{served}, endless{served};
    slow.send("GET / HTTP/1.1\r\nX: ");
    large.send("POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
    CHECK(large.receive().status == 413);
    CHECK(large.is_closed());
    endless.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
    CHECK(endless.receive().status == 431);
    CHECK(slow.is_closed());
    CHECK(silent.is_closed());
    HttpClient good{served};
    CHECK(good.get("/health").status == 200);
}

}  // namespace mainstay::server
