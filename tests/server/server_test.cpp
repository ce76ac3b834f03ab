// The server through its door: sockets on this machine.

#include "bolt_text.hpp"
#include "served.hpp"

#include "mainstay/server/server.hpp"

#include "mainstay/core/error.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <random>
#include <thread>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Texts = std::vector<std::string>;
using Catch::Matchers::StartsWith;
const Value nothing = Value::map({});

using test::Served;

class Socket {
public:
    explicit Socket(const Served& served) : socket_(io_) {
        socket_.connect({asio::ip::address_v4::loopback(), served.server->bolt_port()});
    }
    void send(std::string_view bytes) {  // as far as the server takes it, which may have cut this client
        boost::system::error_code ignored;
        asio::write(socket_, asio::buffer(bytes), ignored);
    }
    // "" if the server has closed.
    std::string receive(std::size_t count) {
        std::string bytes(count, '\0');
        boost::system::error_code error;
        bytes.resize(asio::read(socket_, asio::buffer(bytes), error));
        return bytes;
    }
    bool is_closed() { return receive(1).empty(); }
    // Of a speaker of 5.4.
    bool shakes_hands() {
        using namespace std::string_literals;
        send("\x60\x60\xB0\x17\0\0\4\5\0\0\0\0\0\0\0\0\0\0\0\0"s);
        return receive(4) == "\0\0\4\5"s;
    }
    void shake_hands() { REQUIRE(shakes_hands()); }
    void say(std::uint8_t tag, const std::vector<Value>& fields) {
        std::string bytes;
        append_chunked(test::bolt_message(tag, fields), bytes);
        send(bytes);
    }
    std::string answer() {
        for (std::string message;;) {
            std::string_view left = bytes_;
            const auto sees = chunks_.take(left, message);
            bytes_.erase(0, bytes_.size() - left.size());
            if (sees == ChunkReader::Sees::message) {
                PackReader in{message};
                return test::text_of(in);
            }
            bytes_.resize(65'536);
            boost::system::error_code error;
            bytes_.resize(socket_.read_some(asio::buffer(bytes_), error));
            if (error) return "closed";
        }
    }
    bool signs_in() {
        if (!shakes_hands()) return false;
        say(0x01, {nothing});
        say(0x6A, {nothing});
        return answer().starts_with("70(") && answer() == "70({})";
    }
    void sign_in() { REQUIRE(signs_in()); }
    // All at once, as drivers do.
    Texts ask(std::string_view text, const Value& extra = nothing) {
        say(0x10, {Value{text}, nothing, extra});
        say(0x3F, {Value::map({{"n", -1}})});
        Texts texts{answer()};
        do texts.push_back(answer());
        while (texts.back().starts_with("71("));
        return texts;
    }

private:
    asio::io_context io_;
    tcp::socket socket_;
    ChunkReader chunks_{std::size_t{1} << 30};
    std::string bytes_;
};

}  // namespace

TEST_CASE("a client asks and is answered", "[server]") {
    const Served served;
    Socket client{served};
    client.sign_in();
    CHECK(client.ask("RETURN 1 AS one")[1] == "71([1])");
    CHECK(client.ask("CREATE (:N {k: 1})").size() == 2);
    CHECK(client.ask("MATCH (n:N) RETURN n.k")[1] == "71([1])");
    CHECK(served.server->connections() == 1);
    client.say(0x02, {});
    CHECK(client.answer() == "closed");
}

TEST_CASE("a million rows pass while little of them is held", "[server]") {
    const Served served;
    Socket client{served};
    client.sign_in();
    client.say(0x10, {Value{"UNWIND range(1, 1000000) AS i RETURN i"}, nothing, nothing});
    client.say(0x3F, {Value::map({{"n", -1}})});
    CHECK_THAT(client.answer(), StartsWith("70("));
    std::this_thread::sleep_for(std::chrono::milliseconds{100});  // the server runs ahead as far as it will
    std::int64_t expected = 1;
    std::string answer;
    while ((answer = client.answer()).starts_with("71(")) {
        if (answer != fmt::format("71([{}])", expected)) FAIL(answer);
        ++expected;
    }
    CHECK(expected == 1'000'001);
    CHECK_THAT(answer, StartsWith("70({type: 'r'"));
}

TEST_CASE("a reset overtakes the rows that a client does not want to read", "[server]") {
    const Served served;
    Socket client{served};
    client.sign_in();
    client.say(0x10, {Value{"UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN i"}, nothing, nothing});
    client.say(0x3F, {Value::map({{"n", -1}})});
    client.say(0x0F, {});
    std::string answer;
    std::size_t rows = 0;
    for (client.answer(); (answer = client.answer()).starts_with("71("); ++rows) {
    }
    CHECK_THAT(answer, StartsWith("7"));
    while (answer != "70({})") answer = client.answer();
    CHECK(rows < 1'000'000);
    CHECK(client.ask("RETURN 1")[1] == "71([1])");
}

TEST_CASE("many clients write side by side and lose nothing", "[server]") {
    const Served served;
    constexpr int clients = 20, writes = 25;
    std::atomic<int> conflicts{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i)
        threads.emplace_back([&, i] {
            Socket client{served};
            if (!client.signs_in()) ++conflicts;
            for (int k = 0; k < writes; ++k) {
                const auto texts = client.ask(fmt::format("CREATE (:N {{client: {}, k: {}}}) RETURN 1", i, k));
                if (!texts[0].starts_with("70(")) ++conflicts;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(conflicts == 0);
    Socket client{served};
    client.sign_in();
    CHECK(client.ask("MATCH (n:N) RETURN count(n), count(DISTINCT n.client * 1000 + n.k)")[1] == "71([500, 500])");
}

TEST_CASE("clients that do not keep to the protocol are cut, and others do not notice", "[server]") {
    ServerOptions options;
    options.handshake_max = std::chrono::milliseconds{2'000};
    options.message_bytes_max = 100'000;
    const Served served{options};
    Socket good{served};
    good.sign_in();
    using namespace std::string_literals;
    {
        Socket silent{served}, slow{served};
        slow.send("\x60\x60");
        CHECK(silent.is_closed());
        CHECK(slow.is_closed());
    }
    {
        Socket waiting{served};  // has said which Bolt, and no more
        waiting.shake_hands();
        CHECK(waiting.is_closed());
    }
    Socket http{served};
    http.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK_THAT(http.receive(100'000), StartsWith("HTTP/1.1 426 "));  // and closed
    Socket future{served};
    future.send("\x60\x60\xB0\x17\0\0\0\x09\0\0\0\0\0\0\0\0\0\0\0\0"s);
    CHECK(future.receive(4) == "\0\0\0\0"s);
    CHECK(future.is_closed());
    Socket unsigned_in{served};
    unsigned_in.shake_hands();
    unsigned_in.say(0x10, {Value{"RETURN 1"}, nothing, nothing});
    CHECK_THAT(unsigned_in.answer(), StartsWith("7F({code: 'Neo.ClientError.Request.Invalid'"));
    CHECK(unsigned_in.answer() == "closed");
    Socket large{served};
    large.sign_in();
    large.say(0x10, {Value{std::string(200'000, ' ')}, nothing, nothing});
    CHECK_THAT(large.answer(), Catch::Contains("the message is longer than 100000 bytes"));
    CHECK(large.answer() == "closed");
    std::mt19937_64 random{7};
    for (int i = 0; i < 50; ++i) {
        Socket noisy{served};
        noisy.shake_hands();
        std::string bytes(random() % 200, '\0');
        for (char& c : bytes) c = static_cast<char>(random());
        noisy.send(bytes);
    }
    CHECK(good.ask("RETURN 1")[1] == "71([1])");
}

TEST_CASE("a client that goes leaves its transaction and its statement behind", "[server]") {
    const Served served;
    {
        Socket client{served};
        client.sign_in();
        client.say(0x11, {nothing});
        client.ask("CREATE (:N)");
        Socket busy{served};
        busy.sign_in();
        busy.say(0x10, {Value{"UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN count(*)"}, nothing,
                        nothing});
        busy.say(0x3F, {Value::map({{"n", -1}})});
    }
    Socket client{served};
    client.sign_in();
    CHECK(client.ask("MATCH (n:N) RETURN count(n)")[1] == "71([0])");
    for (int i = 0; served.server->connections() > 1 && i < 500; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    CHECK(served.server->connections() == 1);
}

TEST_CASE("a result that nobody reads does not keep its snapshot", "[server]") {
    ServerOptions options;
    options.result_idle_max = std::chrono::milliseconds{1'000};
    const Served served{options};
    Socket patient{served};
    patient.sign_in();
    patient.say(0x10, {Value{"UNWIND range(1, 100) AS i RETURN i"}, nothing, nothing});
    CHECK_THAT(patient.answer(), StartsWith("70("));
    for (int i = 0; i < 15; ++i) {  // longer than it may be idle, but never idle so long
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        patient.say(0x3F, {Value::map({{"n", 1}})});
        CHECK(patient.answer() == fmt::format("71([{}])", i + 1));
        CHECK(patient.answer() == "70({has_more: true})");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{2'500});
    patient.say(0x3F, {Value::map({{"n", 1}})});
    CHECK_THAT(patient.answer(), StartsWith("7F(") && Catch::Contains("rows were not asked for in time"));
}

TEST_CASE("a client that asks for rows and does not read them is cut", "[server]") {
    ServerOptions options;
    options.result_idle_max = std::chrono::milliseconds{100};
    const Served served{options};
    Socket deaf{served};
    deaf.sign_in();
    deaf.say(0x10, {Value{"UNWIND range(1, 100000) AS i UNWIND range(1, 1000) AS j RETURN i, j"}, nothing, nothing});
    deaf.say(0x3F, {Value::map({{"n", -1}})});
    for (int i = 0; served.server->connections() > 0 && i < 500; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    CHECK(served.server->connections() == 0);
}

TEST_CASE("a server stops while clients are at work", "[server]") {
    Served served;
    Socket idle{served}, reading{served};
    idle.sign_in();
    reading.sign_in();
    reading.say(0x10, {Value{"UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN i"}, nothing, nothing});
    reading.say(0x3F, {Value::map({{"n", -1}})});
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    served.server->stop();
    CHECK(idle.is_closed());
    CHECK_THROWS(Socket{served});
}

TEST_CASE("addresses that others can reach, and ports that are taken, are refused", "[server]") {
    Served served;
    const auto refusal = [&](const std::string& address, std::uint16_t port) {
        ServerOptions options;
        options.bolt = ServerAddress{address, port};
        options.http.reset();
        try {
            Server::start(*served.database, options);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string{"started"};
    };
    CHECK_THAT(refusal("0.0.0.0", 0), Catch::Contains("this database has no accounts"));
    CHECK_THAT(refusal("192.0.2.1", 0), Catch::Contains("this database has no accounts"));
    CHECK_THAT(refusal("nowhere", 0), Catch::Contains("is no address"));
    CHECK_THAT(refusal("127.0.0.1", served.server->bolt_port()), Catch::Contains("cannot listen at"));
    CHECK(refusal("::1", 0) == "started");
}

}  // namespace mainstay::server
