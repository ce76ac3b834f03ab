#pragma once

// The frames of RFC 6455, as a client sends them and as a server does.
//
//   byte 0: FIN 0x80 | opcode    byte 1: MASK 0x80 | length, 126: 2 bytes follow, 127: 8 bytes follow (big-endian)
//   a client's: 4 bytes of mask; the payload, each byte XORed with mask[i % 4]

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mainstay::server {

enum class WebSocketOpcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA
};

void append_frame(WebSocketOpcode opcode, std::string_view payload, std::string& out);
// With a code of RFC 6455 7.4.1, such as 1000 for all is well, 1002 for a broken protocol.
void append_close_frame(std::uint16_t code, std::string& out);

// The answer to a client's Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);

// Takes frames apart in whatever pieces they arrive. Data is handed on as it comes: a message has no size of its own
// here, what it carries has.
class WebSocketReader {
public:
    enum class Sees : std::uint8_t {
        nothing_yet,
        data,    // `payload`: some bytes of a binary message
        ping,    // `payload`: to be sent back in a pong
        closed,  // by the client
        text,    // a message that is not of bytes: close with 1003
        broken   // what RFC 6455 forbids: close with 1002
    };
    // Takes from the front of `bytes`; `payload` is replaced.
    Sees take(std::string_view& bytes, std::string& payload);

private:
    bool read_head(std::string_view& bytes);  // whether it is whole
    Sees begin_frame();

    std::string head_;
    std::string control_;  // the payload of a ping or pong that has begun
    std::array<std::uint8_t, 4> mask_{};
    std::uint64_t left_ = 0;  // of the frame that has begun
    std::uint32_t masked_ = 0;
    WebSocketOpcode opcode_ = WebSocketOpcode::continuation;
    bool in_frame_ = false, in_message_ = false;
};

}  // namespace mainstay::server
