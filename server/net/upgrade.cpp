#include "net/upgrade.hpp"

#include "http/request_reader.hpp"
#include "net/websocket_frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
constexpr std::size_t request_bytes_max = std::size_t{16} << 10;
constexpr std::size_t key_bytes = 24;  // 16 bytes in base 64

bool contains(std::string_view list, std::string_view wanted) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    return std::search(list.begin(), list.end(), wanted.begin(), wanted.end(), same) != list.end();
}

std::string refusal(unsigned status, std::string_view reason, std::string_view headers, std::string_view text) {
    return fmt::format(
        "HTTP/1.1 {} {}\r\n{}Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: "
        "close\r\n\r\n{}\n",
        status, reason, headers, text.size() + 1, text);
}

}  // namespace

UpgradeAnswer answer_upgrade(const HttpRequest& request, const Origins& origins) {
    const auto upgrade = request.header("upgrade"), connection = request.header("connection");
    if (!upgrade || !contains(*upgrade, "websocket") || !connection || !contains(*connection, "upgrade"))
        return {refusal(426, "Upgrade Required", "Upgrade: websocket\r\nConnection: Upgrade\r\n",
                        "This port speaks Bolt, for Neo4j's drivers; HTTP is at another one.")};
    if (request.header("sec-websocket-version") != "13")
        return {
            refusal(426, "Upgrade Required", "Sec-WebSocket-Version: 13\r\n", "Version 13 of WebSocket is spoken.")};
    const auto key = request.header("sec-websocket-key");
    if (request.method != "GET" || !key || key->size() != key_bytes)
        return {refusal(400, "Bad Request", "", "This is no request for WebSocket.")};
    if (!origins.allow(request))
        return {refusal(403, "Forbidden", "", "Pages of this origin may not connect; see --allow-origin.")};
    std::string text = fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n",
        websocket_accept(*key));
    // A client that names what it will speak wants to hear it again.
    if (const auto protocol = request.header("sec-websocket-protocol"))
        text += fmt::format("Sec-WebSocket-Protocol: {}\r\n", protocol->substr(0, protocol->find(',')));
    return {text + "\r\n", true};
}

asio::awaitable<bool> upgrade(Stream& stream, std::string_view begin, const Origins& origins) {
    HttpRequestReader reader{{request_bytes_max, 0}};
    reader.add(begin);
    HttpRequest request;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto sees = reader.next(request);
        if (sees == HttpRequestReader::Sees::request) break;
        if (sees == HttpRequestReader::Sees::refused) {
            const auto text = refusal(reader.refusal_status(), "Bad Request", "", reader.refusal());
            (void)co_await stream.write(text);
            co_return false;
        }
        const auto count = co_await stream.read_some(buffer);
        if (count == 0) co_return false;
        reader.add({buffer.data(), count});
    }
    const auto answer = answer_upgrade(request, origins);
    const bool is_sent = co_await stream.write(answer.text);
    co_return is_sent&& answer.is_accepted;
}

}  // namespace mainstay::server
