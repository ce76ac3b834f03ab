// One port, three openings: plain TCP, TLS, WebSocket.

#include "bolt_text.hpp"
#include "certificate.hpp"
#include "served.hpp"

#include "net/websocket_frames.hpp"

#include "mainstay/core/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::string_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::Served;

const std::string handshake = "\x60\x60\xB0\x17\0\0\4\5\0\0\0\0\0\0\0\0\0\0\0\0"s;

std::string signing_in_and_asking() {
    const Value nothing = Value::map({});
    std::string bytes;
    append_chunked(test::bolt_message(0x01, {nothing}), bytes);
    append_chunked(test::bolt_message(0x6A, {nothing}), bytes);
    append_chunked(test::bolt_message(0x10, {Value{"RETURN 42"}, nothing, nothing}), bytes);
    append_chunked(test::bolt_message(0x3F, {Value::map({{"n", -1}})}), bytes);
    return bytes;
}

struct ServedWithTls {
    test::ScratchFolder folder;
    Served served;
    ServedWithTls() : served(options()) {}
    ServerOptions options() const {
        test::write_certificate(folder / "server.crt", folder / "server.key");
        ServerOptions result;
        result.tls_certificate = folder / "server.crt";
        result.tls_key = folder / "server.key";
        return result;
    }
};

template <typename Socket>
std::string read_bytes(Socket& socket, std::size_t count) {
    std::string bytes(count, '\0');
    boost::system::error_code error;
    bytes.resize(asio::read(socket, asio::buffer(bytes), error));
    return bytes;
}

// Whatever Bolt says, until the answer with the row is there.
template <typename Read>
std::string answers(Read&& read) {
    std::string bytes;
    for (int i = 0; i < 100; ++i) {
        std::string all;
        for (const auto& each : test::answers_in(bytes)) all += each + "\n";
        if (all.find("71(") != std::string::npos) return all;
        bytes += read();
    }
    return "no answer";
}

template <typename Socket>
std::string read_some(Socket& socket) {
    std::string bytes(65'536, '\0');
    boost::system::error_code error;
    bytes.resize(socket.read_some(asio::buffer(bytes), error));
    return bytes;
}

std::string masked(std::string payload, WebSocketOpcode opcode = WebSocketOpcode::binary) {
    std::string frame;
    append_frame(opcode, payload, frame);
    frame[1] = static_cast<char>(frame[1] | 0x80);
    const auto head = frame.size() - payload.size();
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ "abcd"[i % 4]);
    return frame.substr(0, head) + "abcd" + payload;
}

// A server's frame, which is not masked: opcode and payload.
template <typename Socket>
std::pair<int, std::string> read_frame(Socket& socket) {
    const std::string head = read_bytes(socket, 2);
    if (head.size() < 2) return {-1, ""};
    std::size_t size = static_cast<unsigned char>(head[1]);
    if (size >= 126) {
        const std::string more = read_bytes(socket, size == 126 ? 2 : 8);
        size = 0;
        for (const char c : more) size = size << 8 | static_cast<unsigned char>(c);
    }
    return {head[0] & 0x0F, read_bytes(socket, size)};
}

template <typename Socket>
std::string upgrade(Socket& socket, std::string_view headers = {}) {
    asio::write(socket, asio::buffer("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: "
                                     "websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                                     "dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                                     std::string{headers} + "\r\n"));
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
        const std::string one = read_bytes(socket, 1);
        if (one.empty()) break;
        text += one;
    }
    return text;
}

template <typename Socket>
void check_bolt_over_websocket(Socket& socket) {
    CHECK_THAT(upgrade(socket), StartsWith("HTTP/1.1 101 ") && Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    asio::write(socket, asio::buffer(masked(handshake)));
    CHECK(read_frame(socket) == std::pair{2, "\0\0\4\5"s});
    asio::write(socket, asio::buffer(masked("alive?", WebSocketOpcode::ping)));
    CHECK(read_frame(socket) == std::pair{10, "alive?"s});
    // In three messages, whose borders mean nothing.
    const std::string bytes = signing_in_and_asking();
    for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 3 + 1)
        asio::write(socket, asio::buffer(masked(bytes.substr(at, bytes.size() / 3 + 1))));
    CHECK_THAT(answers([&] { return read_frame(socket).second; }), Contains("71([42])"));
    asio::write(socket, asio::buffer(masked("\x03\xE8", WebSocketOpcode::close)));
    int opcode = 0;
    while (opcode == 0 || opcode == 2) opcode = read_frame(socket).first;
    CHECK(opcode == 8);
}

tcp::socket connected(asio::io_context& io, std::uint16_t port) {
    tcp::socket socket{io};
    socket.connect({asio::ip::address_v4::loopback(), port});
    return socket;
}

}  // namespace

TEST_CASE("Bolt passes through a WebSocket", "[transport]") {
    const Served served;
    asio::io_context io;
    auto socket = connected(io, served.server->bolt_port());
    check_bolt_over_websocket(socket);
}

TEST_CASE("with a certificate the port takes TLS, WebSocket over TLS, and plain TCP still", "[transport]") {
    const ServedWithTls tls;
    const auto port = tls.served.server->bolt_port();
    asio::io_context io;
    asio::ssl::context context{asio::ssl::context::tls_client};
    {
        asio::ssl::stream<tcp::socket> stream{connected(io, port), context};
        stream.handshake(asio::ssl::stream_base::client);
        asio::write(stream, asio::buffer(handshake + signing_in_and_asking()));
        CHECK(read_bytes(stream, 4) == "\0\0\4\5"s);
        CHECK_THAT(answers([&] { return read_some(stream); }), Contains("71([42])"));
    }
    {
        asio::ssl::stream<tcp::socket> stream{connected(io, port), context};
        stream.handshake(asio::ssl::stream_base::client);
        check_bolt_over_websocket(stream);
    }
    auto plain = connected(io, port);
    asio::write(plain, asio::buffer(handshake + signing_in_and_asking()));
    CHECK(read_bytes(plain, 4) == "\0\0\4\5"s);
    CHECK_THAT(answers([&] { return read_some(plain); }), Contains("71([42])"));
}

TEST_CASE("HTTP passes through TLS", "[transport]") {
    const ServedWithTls tls;
    asio::io_context io;
    asio::ssl::context context{asio::ssl::context::tls_client};
    asio::ssl::stream<tcp::socket> stream{connected(io, tls.served.server->http_port()), context};
    stream.handshake(asio::ssl::stream_base::client);
    asio::write(stream, asio::buffer("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"s));
    std::string text;
    for (std::string some; !(some = read_some(stream)).empty();) text += some;
    CHECK_THAT(text, StartsWith("HTTP/1.1 200 OK") && Contains("{\"status\":\"ok\"}"));
}

TEST_CASE("a TLS hello where there is no certificate, or half of one, ends that client alone", "[transport]") {
    const Served served;
    const ServedWithTls tls;
    asio::io_context io;
    auto without = connected(io, served.server->bolt_port());
    asio::write(without, asio::buffer("\x16\x03\x01\x00\x05hello"s));
    CHECK(read_bytes(without, 1).empty());
    auto broken = connected(io, tls.served.server->bolt_port());
    asio::write(broken, asio::buffer("\x16\x03\x01\x00\x05hello and no more of it"s));
    while (!read_bytes(broken, 1).empty()) {  // an alert
    }
    auto good = connected(io, tls.served.server->bolt_port());
    asio::write(good, asio::buffer(handshake));
    CHECK(read_bytes(good, 4) == "\0\0\4\5"s);
}

TEST_CASE("a page of another origin gets no WebSocket, and HTTP is sent elsewhere", "[transport]") {
    const Served served;
    asio::io_context io;
    const auto port = served.server->bolt_port();
    auto evil = connected(io, port);
    CHECK_THAT(upgrade(evil, "Origin: https://evil.example.com\r\n"), StartsWith("HTTP/1.1 403 "));
    CHECK(read_bytes(evil, 1'000).find("101") == std::string::npos);
    auto own = connected(io, port);
    CHECK_THAT(upgrade(own, "Origin: http://localhost:3000\r\n"), StartsWith("HTTP/1.1 101 "));
    auto lost = connected(io, port);
    asio::write(lost, asio::buffer("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"s));
    CHECK_THAT(read_bytes(lost, 1'000), StartsWith("HTTP/1.1 426 ") && Contains("speaks Bolt"));
}

TEST_CASE("the manifest lists what is spoken, and the client's choice holds", "[transport]") {
    const Served served;
    asio::io_context io;
    auto socket = connected(io, served.server->bolt_port());
    asio::write(socket, asio::buffer("\x60\x60\xB0\x17\0\0\1\xFF\0\x8\x8\5\0\2\4\4\0\0\0\3"s));
    CHECK(read_bytes(socket, 18) == "\0\0\1\xFF\3\0\2\x8\5\0\4\4\5\0\2\4\4\0"s);
    asio::write(socket, asio::buffer("\0\0\x8\5\0"s + signing_in_and_asking()));
    CHECK_THAT(answers([&] { return read_some(socket); }), Contains("71([42])") && Contains("db: 'estate'"));
    auto other = connected(io, served.server->bolt_port());
    asio::write(other, asio::buffer("\x60\x60\xB0\x17\0\0\1\xFF\0\0\0\0\0\0\0\0\0\0\0\0"s));
    CHECK(read_bytes(other, 18).size() == 18);
    asio::write(other, asio::buffer("\0\0\5\5\0"s));  // 5.5 was not offered
    CHECK(read_bytes(other, 1).empty());
}

TEST_CASE("a certificate that is none is refused with the file's name", "[transport]") {
    const test::ScratchFolder folder;
    test::write_certificate(folder / "server.crt", folder / "server.key");
    std::ofstream(folder / "none.pem") << "hello";
    const Served served;
    const auto refusal = [&](const std::filesystem::path& certificate, const std::filesystem::path& key) {
        ServerOptions options;
        options.bolt = options.http = ServerAddress{"127.0.0.1", 0};
        options.tls_certificate = certificate;
        options.tls_key = key;
        try {
            Server::start(*served.database, options);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string{"started"};
    };
    CHECK_THAT(refusal(folder / "none.pem", folder / "server.key"), Contains("none.pem` holds no certificate"));
    CHECK_THAT(refusal(folder / "server.crt", folder / "none.pem"), Contains("none.pem` does not hold the key"));
    CHECK_THAT(refusal(folder / "missing.crt", folder / "server.key"), Contains("missing.crt"));
    CHECK_THAT(refusal(folder / "server.crt", {}), Contains("together"));
}

}  // namespace mainstay::server
