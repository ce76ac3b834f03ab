#include "net/websocket_frames.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace mainstay::server {
namespace {

using namespace std::string_literals;
using Sees = WebSocketReader::Sees;
using Op = WebSocketOpcode;

std::string client_frame(Op opcode, std::string payload, bool is_last = true) {
    const std::string mask = "\x11\x22\x33\x44";
    std::string frame;
    append_frame(opcode, payload, frame);
    const auto head = frame.size() - payload.size();
    if (!is_last) frame[0] = static_cast<char>(frame[0] & 0x7F);
    frame[1] = static_cast<char>(frame[1] | 0x80);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    return frame.substr(0, head) + mask + payload;
}

// All data in `bytes`, given `piece` bytes at a time, and what ended it.
std::pair<std::string, Sees> read(const std::string& bytes, std::size_t piece) {
    WebSocketReader reader;
    std::string data, payload;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        std::string_view some = std::string_view{bytes}.substr(at, piece);
        while (!some.empty()) {
            const auto sees = reader.take(some, payload);
            if (sees == Sees::data) data += payload;
            if (sees != Sees::data && sees != Sees::nothing_yet) return {data, sees};
        }
    }
    return {data, Sees::nothing_yet};
}

}  // namespace

TEST_CASE("the answer to a key is that of RFC 6455 1.3", "[websocket]") {
    CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("frames of every length say how long they are", "[websocket]") {
    for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 65'535U, 65'536U, 200'000U}) {
        const std::string payload(size, 'x');
        for (const std::size_t piece : {1U, 3U, 4'096U, 1'000'000U}) {
            if (piece == 1 && size > 1'000) continue;
            CHECK(read(client_frame(Op::binary, payload), piece) == std::pair{payload, Sees::nothing_yet});
        }
    }
}

TEST_CASE("a message in parts is one stretch of bytes, with pings between them", "[websocket]") {
    const std::string parts = client_frame(Op::binary, "ab", false) + client_frame(Op::continuation, "cd", false);
    CHECK(read(parts + client_frame(Op::continuation, "ef") + client_frame(Op::binary, "gh"), 5).first == "abcdefgh");
    WebSocketReader reader;
    const std::string with_ping = parts + client_frame(Op::ping, "alive?") + client_frame(Op::continuation, "ef");
    std::string_view bytes = with_ping;
    std::string payload, data;
    bool has_pinged = false;
    while (!bytes.empty()) {
        const auto sees = reader.take(bytes, payload);
        if (sees == Sees::ping) has_pinged = payload == "alive?";
        if (sees == Sees::data) data += payload;
    }
    CHECK(has_pinged);
    CHECK(data == "abcdef");
}

TEST_CASE("what RFC 6455 forbids is seen", "[websocket]") {
    const auto ends = [](const std::string& bytes) { return read(bytes, 1).second; };
    CHECK(ends("\x82\x01x"s) == Sees::broken);                         // without a mask
    CHECK(ends("\xC2\x81\1\2\3\4x"s) == Sees::broken);                 // a reserved bit
    CHECK(ends("\x83\x81\1\2\3\4x"s) == Sees::broken);                 // no such opcode
    CHECK(ends(client_frame(Op::continuation, "x")) == Sees::broken);  // of nothing
    CHECK(ends(client_frame(Op::binary, "x", false) + client_frame(Op::binary, "y")) == Sees::broken);
    CHECK(ends(client_frame(Op::ping, "x", false)) == Sees::broken);                   // in parts
    CHECK(ends(client_frame(Op::ping, std::string(126, 'x'))) == Sees::broken);        // too long
    CHECK(ends("\x82\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1\2\3\4"s) == Sees::broken);  // 2^64 - 1 bytes
    CHECK(ends(client_frame(Op::text, "x")) == Sees::text);
    CHECK(ends(client_frame(Op::close, "\x03\xE8")) == Sees::closed);
}

}  // namespace mainstay::server
