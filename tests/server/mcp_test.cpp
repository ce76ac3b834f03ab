#include "http_client.hpp"

#include "mainstay/connect/writers.hpp"
#include "mainstay/server/mcp.hpp"

#include <catch2/catch.hpp>

namespace mainstay {
namespace {

using Catch::Matchers::Contains;

struct Assistant {
    test::Served served;
    std::unique_ptr<McpServer> server;

    Assistant() {
        served.database->run("CREATE (:Service {name: 'shop'})-[:USES]->(:Server {name: 'db01'})");
        server = McpServer::make(*served.database);
    }
    Value say(const std::string& json) const {
        const std::string answer = server->answer(json, std::make_shared<Cancellation>());
        return answer.empty() ? Value{} : value_of_json(answer, "the answer");
    }
    Value ask(std::string_view method, const Value& params) const {
        std::string json;
        append_json(Value::map({{"jsonrpc", "2.0"}, {"id", 7}, {"method", Value{method}}, {"params", params}}), json);
        return say(json);
    }
    // The text of a tool's answer; "error: " before it if it is one.
    std::string call(std::string_view tool, const Value& arguments) const {
        const Value result =
            ask("tools/call", Value::map({{"name", Value{tool}}, {"arguments", arguments}})).at("result");
        const Value content = result.at("content");
        const std::string text{content.as_list()[0].at("text").as_string()};
        return (result.at("isError").as_bool() ? "error: " : "") + text;
    }
};

}  // namespace

TEST_CASE("an assistant is greeted in its version, or in ours", "[mcp]") {
    const Assistant assistant;
    const auto version = [&](const char* wanted) {
        return std::string{assistant.ask("initialize", Value::map({{"protocolVersion", wanted}}))
                               .at("result")
                               .at("protocolVersion")
                               .as_string()};
    };
    CHECK(version("2024-11-05") == "2024-11-05");
    CHECK(version("2025-06-18") == "2025-06-18");
    CHECK(version("1999-01-01") == "2025-06-18");
    CHECK(assistant.say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").is_null());
    CHECK(assistant.ask("ping", Value::map({})).at("id").as_int() == 7);
}

TEST_CASE("tools have a description and a schema, and answer", "[mcp]") {
    const Assistant assistant;
    const Value listed = assistant.ask("tools/list", Value::map({}));
    for (const Value& tool : listed.at("result").at("tools").as_list()) {
        CHECK(tool.at("inputSchema").at("type").as_string() == "object");
        CHECK_FALSE(tool.at("description").as_string().empty());
    }
    CHECK_THAT(assistant.call("query", Value::map({{"statement", "MATCH (n) RETURN count(n) AS c"}})), Contains("[2]"));
    CHECK_THAT(assistant.call("search", Value::map({{"q", "db"}})), Contains("db01"));
    CHECK_THAT(assistant.call("node", Value::map({{"key", "db01"}})), Contains("Server"));
    CHECK_THAT(assistant.call("neighbours", Value::map({{"key", "shop"}, {"direction", "out"}})), Contains("db01"));
    CHECK_THAT(assistant.call("schema", Value::map({})), Contains("columns"));
    CHECK_THAT(assistant.call("impact", Value::map({{"failed", Value::list({"db01"})}})), Contains("columns"));
}

TEST_CASE("an assistant cannot write, and hears what is wrong", "[mcp]") {
    const Assistant assistant;
    for (const char* access : {"read", "write"})
        CHECK_THAT(assistant.call("query", Value::map({{"statement", "CREATE (:N)"}, {"access", access}})),
                   Contains("error: ") && Contains("read_only"));
    CHECK_THAT(assistant.call("query", Value::map({{"statement", "MATCH (srv) RETURN sv"}})), Contains("did you mean"));
    CHECK_THAT(assistant.call("node", Value::map({{"key", "db02"}})), Contains("error: "));
    CHECK_THAT(assistant.call("query", Value::map({{"statement", "UNWIND range(1, 100000) AS i RETURN i"}})),
               Contains("too many to read"));
    CHECK(assistant.ask("resources/list", Value::map({})).at("error").at("code").as_int() == -32601);
    CHECK(assistant.ask("tools/call", Value::map({{"name", "rm"}})).at("error").at("code").as_int() == -32602);
    CHECK(assistant.say("{").at("error").at("code").as_int() == -32700);
    CHECK(assistant.say("{}").at("error").at("code").as_int() == -32600);
    CHECK(assistant.say("[]").at("error").at("code").as_int() == -32600);
}

TEST_CASE("the same is served over HTTP", "[mcp]") {
    const Assistant assistant;
    test::HttpClient client{assistant.served};
    const auto answer = client.post("/mcp", "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"ping\"}");
    CHECK(answer.status == 200);
    CHECK(answer.body == "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{}}");
    CHECK(client.post("/mcp", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").status == 202);
    CHECK(client.get("/mcp").status == 405);
}

}  // namespace mainstay
