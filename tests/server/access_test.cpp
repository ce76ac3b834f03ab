#include "access.hpp"

#include "bolt/session.hpp"

#include "bolt_text.hpp"
#include "http_client.hpp"

#include "mainstay/connect/writers.hpp"
#include "mainstay/core/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace mainstay::server {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::HttpClient;
using test::Served;
using Scheme = Credentials::Scheme;

const std::string right = "correct horse", wrong = "battery staple";

void add_accounts(Database& database) {
    Accounts& accounts = database.store().accounts();
    accounts.add({"ann", Role::admin, right, std::nullopt}, {});
    accounts.add({"ed", Role::editor, right, std::nullopt}, {});
    accounts.add({"rob", Role::reader, right, std::nullopt}, {});
}

struct ServedAccounts : Served {
    std::string token;
    ServedAccounts() {
        add_accounts(*database);
        NewToken wanted;
        wanted.account = "ed";
        token = database->store().accounts().make_token(wanted, {}).text;
    }
};

std::string basic(std::string_view name, std::string_view password) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::string text = std::string{name} + ":" + std::string{password};
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += i + k > text.size() ? '=' : letters[bits >> (18 - 6 * k) & 63];
    }
    return "Authorization: Basic " + out + "\r\n";
}

Code refusal(Access& access, Scheme scheme, const std::string& name, const std::string& secret,
             std::string_view client = "10.0.0.1") {
    try {
        (void)access.sign_in({scheme, name, secret}, client);
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;  // taken
}
constexpr Code taken = Code::internal;

}  // namespace

TEST_CASE("without accounts everybody is an administrator, with accounts nobody who does not say who", "[access]") {
    const Served served;
    ServerLog log{{}};
    Access access{*served.database, log};
    CHECK_FALSE(access.asks());
    const Principal anybody = access.sign_in({}, "10.0.0.1");
    CHECK(anybody.role == Role::admin);
    access.require_still(anybody);
    add_accounts(*served.database);
    CHECK(access.asks());
    CHECK(refusal(access, Scheme::none, "", "") == Code::not_signed_in);
    CHECK(refusal(access, Scheme::basic, "ann", wrong) == Code::not_signed_in);
    CHECK(refusal(access, Scheme::basic, "nobody", right) == Code::not_signed_in);
    CHECK(refusal(access, Scheme::bearer, "", "mst_none") == Code::not_signed_in);
    CHECK_THROWS_AS(access.require_still(anybody), Error);
    const Principal rob = access.sign_in({Scheme::basic, "rob", right}, "10.0.0.1");
    CHECK(rob.role == Role::reader);
    CHECK(rob.verified);
}

TEST_CASE("who fails often waits longer each time, others do not", "[access]") {
    const Served served;
    add_accounts(*served.database);
    std::vector<std::string> events;
    ServerLog log{[&](const ServerEvent& event) { events.push_back(event.name); }};
    std::chrono::steady_clock::time_point now{};
    now += 1h;
    Access access{*served.database, log, [&] { return now; }};
    for (int i = 0; i < 4; ++i) CHECK(refusal(access, Scheme::basic, "ann", wrong) == Code::not_signed_in);
    CHECK(refusal(access, Scheme::basic, "ann", right) == Code::rate_limited);
    CHECK(refusal(access, Scheme::basic, "ann", right, "10.0.0.2") == taken);  // from elsewhere
    CHECK(refusal(access, Scheme::basic, "ed", right) == taken);
    now += 1s;
    CHECK(refusal(access, Scheme::basic, "ann", wrong) == Code::not_signed_in);
    now += 1s;
    CHECK(refusal(access, Scheme::basic, "ann", right) == Code::rate_limited);  // two seconds this time
    now += 1s;
    CHECK(refusal(access, Scheme::basic, "ann", right) == taken);
    CHECK(refusal(access, Scheme::basic, "ann", wrong) == Code::not_signed_in);  // forgiven
    CHECK(refusal(access, Scheme::basic, "ann", right) == taken);
    CHECK(std::count(events.begin(), events.end(), "sign_in_failed") == 6);
}

TEST_CASE("an address that tries many names waits, too", "[access]") {
    const Served served;
    add_accounts(*served.database);
    ServerLog log{{}};
    const auto now = std::chrono::steady_clock::time_point{} + 1h;
    Access access{*served.database, log, [&] { return now; }};
    for (int i = 0; i < 21; ++i)
        CHECK(refusal(access, Scheme::basic, "name" + std::to_string(i), wrong) == Code::not_signed_in);
    CHECK(refusal(access, Scheme::basic, "ann", right) == Code::rate_limited);
    CHECK(refusal(access, Scheme::basic, "ann", right, "10.0.0.2") == taken);
    NewToken wanted;
    wanted.account = "ann";
    const std::string token = served.database->store().accounts().make_token(wanted, {}).text;
    CHECK(refusal(access, Scheme::bearer, "", token) == taken);  // who has a token does not wait for others
}

TEST_CASE("an address may ask so often, and others as often", "[access]") {
    const Served served;
    ServerLog log{{}};
    auto now = std::chrono::steady_clock::time_point{} + 1h;
    Access access{*served.database, log, [&] { return now; }};
    const auto taken_at_once = [&](const char* client) {
        int count = 0;
        try {
            for (; count < 100; ++count) access.require_rate(client, 10);
        } catch (const Error& error) {
            CHECK(error.code() == Code::rate_limited);
        }
        return count;
    };
    CHECK(taken_at_once("10.0.0.1") == 20);
    CHECK(taken_at_once("10.0.0.2") == 20);
    now += 500ms;
    CHECK(taken_at_once("10.0.0.1") == 5);
    now += 1h;
    CHECK(taken_at_once("10.0.0.1") == 20);
    for (int i = 0; i < 1'000; ++i) access.require_rate("10.0.0.1", 0);
}

TEST_CASE("a password that was right a moment ago is not right after it was changed", "[access]") {
    const Served served;
    add_accounts(*served.database);
    ServerLog log{{}};
    Access access{*served.database, log};
    CHECK(refusal(access, Scheme::basic, "rob", right) == taken);
    CHECK(refusal(access, Scheme::basic, "rob", right) == taken);
    served.database->store().accounts().set_password("rob", "another one", {});
    CHECK(refusal(access, Scheme::basic, "rob", right) == Code::not_signed_in);
    CHECK(refusal(access, Scheme::basic, "rob", "another one") == taken);
    served.database->store().accounts().set_disabled("rob", true, {});
    CHECK(refusal(access, Scheme::basic, "rob", "another one") == Code::not_signed_in);
}

TEST_CASE("HTTP asks who it is, and does what the role allows", "[access]") {
    const ServedAccounts served;
    HttpClient client{served};
    CHECK(client.get("/health").status == 200);
    const auto asked = client.get("/v1/model");
    CHECK(asked.status == 401);
    CHECK_THAT(asked.headers.at("WWW-Authenticate"), StartsWith("Basic"));
    CHECK(client.get("/v1/nothing").status == 401);  // says nothing of what there is
    const auto status = [&](const std::string& who, std::string_view target, std::string_view body) {
        return client.ask("POST", target, body, who + "Content-Type: application/json\r\n").status;
    };
    const std::string_view read = "{\"statement\":\"MATCH (n) RETURN count(n)\"}",
                           write = "{\"statement\":\"CREATE (:N)\"}",
                           index = "{\"statement\":\"CREATE INDEX FOR (n:N) ON (n.k)\"}", model = "{\"classes\":[]}";
    const std::string rob = basic("rob", right), ed = basic("ed", right), ann = basic("ann", right),
                      by_token = "Authorization: Bearer " + served.token + "\r\n";
    CHECK(status(basic("rob", wrong), "/v1/query", read) == 401);
    CHECK(status(rob, "/v1/query", read) == 200);
    CHECK(status(rob, "/v1/query", write) == 403);
    CHECK(status(ed, "/v1/query", write) == 200);
    CHECK(status(by_token, "/v1/query", write) == 200);
    CHECK(served.database->store().log(1).front().info.author == "ed");
    CHECK(served.database->store().log(1).front().verified);
    CHECK(status(ed, "/v1/query", index) == 403);
    CHECK(status(ann, "/v1/query", index) == 200);
    CHECK(status(rob, "/v1/model", model) == 403);
    CHECK(status(ed, "/v1/model", model) == 403);
    CHECK(client.ask("POST", "/v1/import", "x", rob + "Content-Type: application/x-ndjson\r\n").status == 403);
    CHECK_THAT(client.ask("GET", "/metrics", {}, rob).body, Contains("mainstay_denied_total 5\n"));
}

TEST_CASE("accounts and tokens are made, changed and taken away over HTTP, by whom they may", "[access]") {
    const ServedAccounts served;
    HttpClient client{served};
    const std::string ann = basic("ann", right), rob = basic("rob", right);
    const auto say = [&](const std::string& who, std::string_view method, std::string_view target,
                         std::string body = {}) {
        std::replace(body.begin(), body.end(), '\'', '"');
        return client.ask(method, target, body, who + (body.empty() ? "" : "Content-Type: application/json\r\n"));
    };
    CHECK_THAT(say(ann, "GET", "/v1/users").body, Contains("[\"rob\",\"reader\",\"active\",true,"));
    CHECK(say(rob, "GET", "/v1/users").status == 403);
    CHECK(say(rob, "POST", "/v1/users", "{'name':'eve','role':'admin','password':'long enough'}").status == 403);
    CHECK(say(ann, "POST", "/v1/users", "{'name':'eve','role':'king','password':'long enough'}").status == 400);
    CHECK(say(ann, "POST", "/v1/users", "{'name':'eve','role':'editor','password':'long enough'}").status == 200);
    CHECK(say(ann, "POST", "/v1/users", "{'name':'eve','password':'long enough'}").status == 409);
    const std::string eve = basic("eve", "long enough");
    CHECK(say(eve, "POST", "/v1/query", "{'statement':'CREATE (:N)'}").status == 200);
    CHECK(say(ann, "POST", "/v1/users/eve", "{'role':'reader'}").status == 200);
    CHECK(say(eve, "POST", "/v1/query", "{'statement':'CREATE (:N)'}").status == 403);  // at once
    CHECK(say(eve, "POST", "/v1/users/eve", "{'role':'admin'}").status == 403);
    CHECK(say(eve, "POST", "/v1/users/ann", "{'password':'mine from now on'}").status == 403);
    CHECK(say(eve, "POST", "/v1/users/eve", "{'password':'another one'}").status == 200);
    CHECK(say(eve, "GET", "/v1/model").status == 401);
    const auto made = say(ann, "POST", "/v1/tokens", "{'user':'rob','label':'x','days':1}");
    const Value answer = value_of_json(made.body, "the answer");
    const std::vector<Value> row{answer.at("rows").as_list()[0].as_list().begin(),
                                 answer.at("rows").as_list()[0].as_list().end()};
    const std::string token = "Authorization: Bearer " + std::string{row[3].as_string()} + "\r\n";
    CHECK(say(token, "GET", "/v1/model").status == 200);
    CHECK_THAT(say(rob, "GET", "/v1/tokens?user=rob").body,
               Contains("\"x\"") && !Contains(std::string{row[3].as_string()}));
    CHECK(say(rob, "GET", "/v1/tokens").status == 403);
    CHECK(say(ann, "DELETE", "/v1/tokens/" + print(row[0])).status == 200);
    CHECK(say(token, "GET", "/v1/model").status == 401);
    CHECK(say(ann, "DELETE", "/v1/users/rob").status == 200);
    CHECK(say(rob, "GET", "/v1/model").status == 401);
    CHECK(say(ann, "DELETE", "/v1/users/ann").status == 409);  // the last administrator
}

TEST_CASE("who has not signed in sends no body", "[access]") {
    const ServedAccounts served;
    const auto begin = [](const std::string& who) {
        return "POST /v1/query HTTP/1.1\r\nHost: localhost\r\n" + who +
               "Content-Type: application/json\r\nContent-Length: 60000000\r\n\r\n{";
    };
    HttpClient nobody{served}, wrong_one{served}, rob{served};
    nobody.send(begin(""));
    CHECK(nobody.receive().status == 401);
    CHECK(nobody.is_closed());
    wrong_one.send(begin(basic("rob", wrong)));
    CHECK(wrong_one.receive().status == 401);
    rob.send("POST /v1/query HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" + basic("rob", right) +
             "Content-Type: application/json\r\nContent-Length: 24\r\n\r\n");
    CHECK(rob.receive().status == 100);
    rob.send("{\"statement\":\"RETURN 1\"}");
    CHECK(rob.receive().status == 200);
}

TEST_CASE("a body that comes while its head is looked at is not waited for", "[access]") {
    const ServedAccounts served;
    HttpClient rob{served};
    const std::string body = "{\"statement\":\"RETURN 1\"}";
    rob.send(
        fmt::format("POST /v1/query HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: application/json\r\n"
                    "Content-Length: {}\r\n\r\n",
                    basic("rob", right), body.size()));
    std::this_thread::sleep_for(20ms);  // the password takes longer
    const auto begin = std::chrono::steady_clock::now();
    rob.send(body);
    CHECK(rob.receive().status == 200);
    CHECK(std::chrono::steady_clock::now() - begin < 60s);  // not the minutes that a body may take
}

TEST_CASE("Bolt asks who it is, and does what the role allows", "[access]") {
    const ServedAccounts served;
    ServerContext context{*served.database, {}};
    const auto talk = [&](const Value& token, std::string_view statement) {
        BoltOptions options;
        options.context = &context;
        options.client = "10.0.0.1";
        BoltSession session{*served.database, {5, 4}, options};
        std::string out;
        const auto say = [&](std::uint8_t tag, const std::vector<Value>& fields) {
            if (!session.is_over()) session.receive(test::bolt_message(tag, fields), out);
        };
        say(0x01, {Value::map({})});
        say(0x6A, {token});
        say(0x10, {Value{statement}, Value::map({}), Value::map({})});
        say(0x3F, {Value::map({{"n", -1}})});
        std::string all;
        for (const auto& each : test::answers_in(out)) all += each + "\n";
        return all;
    };
    const auto password = [&](const char* name, const std::string& secret) {
        return Value::map({{"scheme", "basic"}, {"principal", name}, {"credentials", Value{secret}}});
    };
    CHECK_THAT(talk(Value::map({{"scheme", "none"}}), "RETURN 1"), Contains("Neo.ClientError.Security.Unauthorized"));
    CHECK_THAT(talk(password("rob", wrong), "RETURN 1"), Contains("Neo.ClientError.Security.Unauthorized"));
    CHECK_THAT(talk(Value::map({{"scheme", "kerberos"}}), "RETURN 1"), Contains("none, basic and bearer"));
    CHECK_THAT(talk(password("rob", right), "RETURN 1"), Contains("71([1])"));
    CHECK_THAT(talk(password("rob", right), "CREATE (:N)"), Contains("Neo.ClientError.Security.Forbidden"));
    CHECK_THAT(talk(Value::map({{"scheme", "bearer"}, {"credentials", Value{served.token}}}), "CREATE (:N) RETURN 7"),
               Contains("71([7])"));
    CHECK(served.database->store().log(1).front().info.author == "ed");
}

TEST_CASE("addresses that others can reach want accounts and a certificate", "[access]") {
    const Served without;
    const ServedAccounts with;
    const auto refusal_of = [](const Served& served) {
        ServerOptions options;
        options.bolt = ServerAddress{"0.0.0.0", 0};
        options.http.reset();
        try {
            Server::start(*served.database, options);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string{"started"};
    };
    CHECK_THAT(refusal_of(without), Contains("no accounts"));
    CHECK_THAT(refusal_of(with), Contains("no certificate"));
}

}  // namespace mainstay::server
