// Clients of a server that runs already, for figures of throughput and time. One thread, a coroutine a client.
//   mainstay-load prepare BOLT_PORT                          10,000 nodes (:Load {id, hits}) with an index
//   mainstay-load bolt BOLT_PORT CLIENTS SECONDS             point reads
//   mainstay-load http HTTP_PORT CLIENTS SECONDS [TARGET]    the same over HTTP, or GET TARGET
//   mainstay-load echo CLIENTS SECONDS BYTES ANSWER_BYTES    an echo in this process, for comparison: what a network
//   costs mainstay-load mixed BOLT_PORT HTTP_PORT CLIENTS SECONDS  so many of each, a tenth of what they ask writes;
//   lost writes
// Exit status 1: an answer was wrong, an error no conflict, or a write was lost.

#include "bolt/chunks.hpp"
#include "bolt/packstream.hpp"
#include "bolt/values.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace mainstay;
using namespace mainstay::server;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t nodes = 10'000;
const Value nothing = Value::map({});

struct Tally {
    std::vector<float> ms;
    std::uint64_t conflicts = 0, errors = 0, acknowledged = 0;

    void note(Clock::time_point begin) {
        ms.push_back(std::chrono::duration<float, std::milli>(Clock::now() - begin).count());
    }
    void print(const char* what, double seconds) {
        if (ms.empty()) return;
        std::sort(ms.begin(), ms.end());
        const auto at = [&](double part) {
            return ms[static_cast<std::size_t>(part * static_cast<double>(ms.size() - 1))];
        };
        fmt::print("{:12} {:10.0f} /s   p50 {:8.3f} ms   p99 {:8.3f} ms   max {:8.1f} ms   conflicts {}   errors {}\n",
                   what, static_cast<double>(ms.size()) / seconds, at(0.5), at(0.99), ms.back(), conflicts, errors);
    }
};

std::string message(std::uint8_t tag, const std::vector<Value>& fields) {
    std::string text, out;
    PackWriter writer{text};
    writer.structure(tag, fields.size());
    for (const Value& field : fields) write_value(field, {true, true}, writer);
    append_chunked(text, out);
    return out;
}

enum class Answer : std::uint8_t { done, conflict, failed };

class BoltClient {
public:
    explicit BoltClient(asio::io_context& io) : socket_(io) {}

    asio::awaitable<Answer> ask(std::string_view statement, std::int64_t id) {
        const std::string code = co_await run(request(statement, id));
        co_return code.empty()                   ? Answer::done
        : code.starts_with("Neo.TransientError") ? Answer::conflict
                                                 : Answer::failed;
    }
    asio::awaitable<void> open(std::uint16_t port) {
        co_await socket_.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
        socket_.set_option(tcp::no_delay{true});
        using namespace std::string_literals;
        const std::string text =
            "\x60\x60\xB0\x17\0\0\4\5\0\0\0\0\0\0\0\0\0\0\0\0"s + message(0x01, {nothing}) + message(0x6A, {nothing});
        co_await asio::async_write(socket_, asio::buffer(text), asio::use_awaitable);
        char version[4];
        co_await asio::async_read(socket_, asio::buffer(version), asio::use_awaitable);
        (void)co_await summary();
        (void)co_await summary();
    }
    // The code of its failure, or "".
    asio::awaitable<std::string> run(std::string text) {
        co_await asio::async_write(socket_, asio::buffer(text), asio::use_awaitable);
        std::string first = co_await summary(), second = co_await summary();
        if (first.empty() && second.empty()) co_return first;
        const std::string reset = message(0x0F, {});
        co_await asio::async_write(socket_, asio::buffer(reset), asio::use_awaitable);
        (void)co_await summary();
        co_return first.empty() ? second : first;
    }
    static std::string request(std::string_view statement, std::int64_t id) {
        return message(0x10, {Value{statement}, Value::map({{"id", Value{id}}}), nothing}) +
               message(0x3F, {Value::map({{"n", -1}})});
    }
    Value last_row;

private:
    // The next message that is no row: "" for SUCCESS, the code of a FAILURE.
    asio::awaitable<std::string> summary() {
        for (std::string text;;) {
            std::string_view left = std::string_view{bytes_}.substr(at_);
            const auto sees = chunks_.take(left, text);
            at_ = bytes_.size() - left.size();
            if (sees != ChunkReader::Sees::message) {
                bytes_.resize(65'536);
                at_ = 0;
                bytes_.resize(co_await socket_.async_read_some(asio::buffer(bytes_), asio::use_awaitable));
                continue;
            }
            PackReader in{text};
            const auto tag = in.structure().tag;
            if (tag == 0x71) {
                last_row = read_value(in, {true, true});
                continue;
            }
            if (tag == 0x7F) co_return std::string{read_value(in, {true, true}).at("code").as_string()};
            co_return tag == 0x7E ? "ignored" : "";
        }
    }

    tcp::socket socket_;
    ChunkReader chunks_{std::size_t{1} << 30};
    std::string bytes_;
    std::size_t at_ = 0;
};

class HttpClient {
public:
    explicit HttpClient(asio::io_context& io) : socket_(io) {}

    asio::awaitable<Answer> ask(std::string_view statement, std::int64_t id) {
        const int status = co_await say(request(statement, id));
        co_return status == 200 ? Answer::done : status == 409 ? Answer::conflict : Answer::failed;
    }
    asio::awaitable<void> open(std::uint16_t port) {
        co_await socket_.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
        socket_.set_option(tcp::no_delay{true});
    }
    // The status; the body is in `body`. Requires an answer with Content-Length.
    asio::awaitable<int> say(std::string text) {
        co_await asio::async_write(socket_, asio::buffer(text), asio::use_awaitable);
        std::size_t head = 0;
        while ((head = bytes_.find("\r\n\r\n")) == std::string::npos) co_await fill();
        const auto length = bytes_.find("Content-Length: ");
        const std::size_t size = length < head ? std::strtoul(bytes_.c_str() + length + 16, nullptr, 10) : 0;
        while (bytes_.size() < head + 4 + size) co_await fill();
        const int status = std::atoi(bytes_.c_str() + 9);
        body = bytes_.substr(head + 4, size);
        bytes_.erase(0, head + 4 + size);
        co_return status;
    }
    static std::string request(std::string_view statement, std::int64_t id) {
        const std::string json = fmt::format("{{\"statement\":\"{}\",\"parameters\":{{\"id\":{}}}}}", statement, id);
        return fmt::format(
            "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            "{}\r\n\r\n{}",
            json.size(), json);
    }
    std::string body;

private:
    asio::awaitable<void> fill() {
        char buffer[65'536];
        const auto count = co_await socket_.async_read_some(asio::buffer(buffer), asio::use_awaitable);
        bytes_.append(buffer, count);
    }
    tcp::socket socket_;
    std::string bytes_;
};

constexpr std::string_view read_one = "MATCH (n:Load {id: $id}) RETURN n.hits";
constexpr std::string_view write_one = "MATCH (n:Load {id: $id}) SET n.hits = n.hits + 1";

// Runs what `spawn` starts until all of it has ended; false if one of it threw.
bool run(asio::io_context& io, const std::function<void(const std::function<void(asio::awaitable<void>)>&)>& spawn) {
    bool is_good = true;
    spawn([&](asio::awaitable<void> one) {
        asio::co_spawn(io, std::move(one), [&is_good](const std::exception_ptr& error) {
            if (!error) return;
            is_good = false;
            try {
                std::rethrow_exception(error);
            } catch (const std::exception& what) {
                fmt::print(stderr, "a client ended: {}\n", what.what());
            }
        });
    });
    io.run();
    io.restart();
    return is_good;
}

// A tenth of what is asked writes, or nothing if `writes` is null. A conflict is tried again.
template <typename Client>
asio::awaitable<void> load(asio::io_context& io, std::uint16_t port, Clock::time_point end, unsigned seed, Tally& reads,
                           Tally* writes) {
    Client client{io};
    co_await client.open(port);
    std::mt19937 random{seed};
    while (Clock::now() < end) {
        const bool is_write = writes && random() % 10 == 0;
        Tally& tally = is_write ? *writes : reads;
        const std::int64_t id = random() % nodes;
        const auto begin = Clock::now();
        Answer answer{};
        while ((answer = co_await client.ask(is_write ? write_one : read_one, id)) == Answer::conflict)
            ++tally.conflicts;
        ++(answer == Answer::done ? tally.acknowledged : tally.errors);
        tally.note(begin);
    }
}

asio::awaitable<void> gets(asio::io_context& io, std::uint16_t port, Clock::time_point end, std::string target,
                           Tally& tally) {
    HttpClient client{io};
    co_await client.open(port);
    while (Clock::now() < end) {
        const auto begin = Clock::now();
        const int status = co_await client.say(fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", target));
        ++(status == 200 ? tally.acknowledged : tally.errors);
        tally.note(begin);
    }
}

asio::awaitable<std::int64_t> ask_number(asio::io_context& io, std::uint16_t port, std::string_view statement) {
    BoltClient client{io};
    co_await client.open(port);
    const std::string code = co_await client.run(BoltClient::request(statement, 0));
    if (!code.empty()) throw std::runtime_error(code);
    co_return client.last_row.is(ValueType::list) && !client.last_row.as_list().empty()
        ? client.last_row.as_list()[0].as_int()
        : 0;
}

std::int64_t number(asio::io_context& io, std::uint16_t port, std::string_view statement) {
    std::int64_t result = 0;
    run(io, [&](const auto& spawn) {
        spawn([](asio::io_context& of, std::uint16_t at, std::string_view text,
                 std::int64_t& to) -> asio::awaitable<void> {
            to = co_await ask_number(of, at, text);
        }(io, port, statement, result));
    });
    return result;
}

// --- an echo of messages of fixed sizes

asio::awaitable<void> echo_one(tcp::socket socket, std::size_t bytes, std::string answer) {
    std::string in(bytes, '\0');
    for (;;) {
        const auto [error, count] =
            co_await asio::async_read(socket, asio::buffer(in), asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
    }
}

asio::awaitable<void> echo_all(asio::io_context& io, tcp::acceptor& acceptor, std::size_t bytes, std::string answer) {
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        socket.set_option(tcp::no_delay{true});
        asio::co_spawn(io, echo_one(std::move(socket), bytes, answer), asio::detached);
    }
}

asio::awaitable<void> echo_client(asio::io_context& io, std::uint16_t port, Clock::time_point end, std::size_t bytes,
                                  std::size_t answer, Tally& tally) {
    tcp::socket socket{io};
    co_await socket.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
    socket.set_option(tcp::no_delay{true});
    const std::string out(bytes, 'x');
    std::string in(answer, '\0');
    while (Clock::now() < end) {
        const auto begin = Clock::now();
        co_await asio::async_write(socket, asio::buffer(out), asio::use_awaitable);
        co_await asio::async_read(socket, asio::buffer(in), asio::use_awaitable);
        tally.note(begin);
    }
}

int echo(unsigned clients, unsigned seconds, std::size_t bytes, std::size_t answer_bytes) {
    asio::io_context server{1};
    tcp::acceptor acceptor{server, {asio::ip::address_v4::loopback(), 0}};
    asio::co_spawn(server, echo_all(server, acceptor, bytes, std::string(answer_bytes, 'y')), asio::detached);
    std::thread thread{[&] { server.run(); }};
    asio::io_context io{1};
    Tally tally;
    const auto end = Clock::now() + std::chrono::seconds{seconds};
    const bool is_good = run(io, [&](const auto& spawn) {
        for (unsigned i = 0; i < clients; ++i)
            spawn(echo_client(io, acceptor.local_endpoint().port(), end, bytes, answer_bytes, tally));
    });
    server.stop();
    thread.join();
    tally.print("echo", seconds);
    return is_good ? 0 : 1;
}

int mixed(std::uint16_t bolt, std::uint16_t http, unsigned clients, unsigned seconds) {
    asio::io_context io{1};
    const std::string sum = "MATCH (n:Load) RETURN sum(n.hits)";
    const std::int64_t before = number(io, bolt, sum);
    Tally bolt_read, bolt_write, http_read, http_write;
    const auto end = Clock::now() + std::chrono::seconds{seconds};
    const bool is_good = run(io, [&](const auto& spawn) {
        for (unsigned i = 0; i < clients; ++i) spawn(load<BoltClient>(io, bolt, end, i, bolt_read, &bolt_write));
        for (unsigned i = 0; i < clients; ++i)
            spawn(load<HttpClient>(io, http, end, 1'000 + i, http_read, &http_write));
    });
    const auto acknowledged = static_cast<std::int64_t>(bolt_write.acknowledged + http_write.acknowledged);
    const std::int64_t after = number(io, bolt, sum);
    bolt_read.print("bolt reads", seconds);
    bolt_write.print("bolt writes", seconds);
    http_read.print("http reads", seconds);
    http_write.print("http writes", seconds);
    fmt::print("writes acknowledged {}, in the database {}\n", acknowledged, after - before);
    const auto errors = bolt_read.errors + bolt_write.errors + http_read.errors + http_write.errors;
    return is_good && errors == 0 && after - before == acknowledged ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    const auto word = [&](int i) { return i < count ? std::string{words[i]} : std::string{}; };
    const auto figure = [&](int i) { return static_cast<unsigned>(std::strtoul(word(i).c_str(), nullptr, 10)); };
    const auto port = [&](int i) { return static_cast<std::uint16_t>(figure(i)); };
    asio::io_context io{1};
    Tally tally;
    const auto read = [&](const char* what, unsigned clients, unsigned seconds, const auto& one) {
        const auto end = Clock::now() + std::chrono::seconds{seconds};
        const bool is_good = run(io, [&](const auto& spawn) {
            for (unsigned i = 0; i < clients; ++i) spawn(one(end, i));
        });
        tally.print(what, seconds);
        return is_good && tally.errors == 0 ? 0 : 1;
    };
    if (word(1) == "prepare" && count == 3) {
        (void)number(io, port(2), "CREATE CONSTRAINT load_id IF NOT EXISTS FOR (n:Load) REQUIRE n.id IS UNIQUE");
        (void)number(io, port(2), "UNWIND range(0, 9999) AS i MERGE (n:Load {id: i}) ON CREATE SET n.hits = 0");
        return 0;
    }
    if (word(1) == "bolt" && count == 5)
        return read("bolt", figure(3), figure(4),
                    [&](auto end, unsigned i) { return load<BoltClient>(io, port(2), end, i, tally, nullptr); });
    if (word(1) == "http" && count == 5)
        return read("http", figure(3), figure(4),
                    [&](auto end, unsigned i) { return load<HttpClient>(io, port(2), end, i, tally, nullptr); });
    if (word(1) == "http" && count == 6)
        return read("http", figure(3), figure(4),
                    [&](auto end, unsigned) { return gets(io, port(2), end, word(5), tally); });
    if (word(1) == "echo" && count == 6) return echo(figure(2), figure(3), figure(4), figure(5));
    if (word(1) == "mixed" && count == 6) return mixed(port(2), port(3), figure(4), figure(5));
    fmt::print(stderr, "mainstay-load prepare|bolt|http|echo|mixed …; bench/server/load_main.cpp says how\n");
    return 2;
}
