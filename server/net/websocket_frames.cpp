#include "net/websocket_frames.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace mainstay::server {
namespace {

constexpr std::uint8_t fin = 0x80, masked = 0x80, reserved = 0x70;
constexpr std::uint64_t control_bytes_max = 125;

bool is_control(WebSocketOpcode opcode) { return static_cast<std::uint8_t>(opcode) >= 0x8; }

bool is_known(std::uint8_t opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

// Bytes of the head, from its first two on.
std::size_t head_size(std::uint8_t second) {
    const std::uint8_t length = second & 0x7F;
    return 2U + (length == 126 ? 2U : length == 127 ? 8U : 0U) + ((second & masked) ? 4U : 0U);
}

}  // namespace

void append_frame(WebSocketOpcode opcode, std::string_view payload, std::string& out) {
    out += static_cast<char>(fin | static_cast<std::uint8_t>(opcode));
    const std::uint64_t size = payload.size();
    const auto big_endian = [&](int bytes) {
        for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i) & 0xFF);
    };
    if (size < 126) {
        out += static_cast<char>(size);
    } else if (size <= 0xFFFF) {
        out += static_cast<char>(126);
        big_endian(2);
    } else {
        out += static_cast<char>(127);
        big_endian(8);
    }
    out += payload;
}

void append_close_frame(std::uint16_t code, std::string& out) {
    const char bytes[] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    append_frame(WebSocketOpcode::close, {bytes, sizeof bytes}, out);
}

std::string websocket_accept(std::string_view key) {
    // RFC 6455 4.2.2: SHA-1 of the key and this, in base 64.
    const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
    std::string result(4 * ((size + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()), digest.data(), static_cast<int>(size));
    result.resize(static_cast<std::size_t>(length));
    return result;
}

bool WebSocketReader::read_head(std::string_view& bytes) {
    const auto want = [&](std::size_t size) {
        const auto count = std::min(size - std::min(size, head_.size()), bytes.size());
        head_ += bytes.substr(0, count);
        bytes.remove_prefix(count);
        return head_.size() >= size;
    };
    return want(2) && want(head_size(static_cast<std::uint8_t>(head_[1])));
}

WebSocketReader::Sees WebSocketReader::begin_frame() {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(head_[at]); };
    const std::uint8_t first = byte(0), second = byte(1);
    const std::uint8_t opcode = first & 0x0F;
    // A client must mask, and no extension was agreed on.
    if ((first & reserved) || !(second & masked) || !is_known(opcode)) return Sees::broken;
    opcode_ = WebSocketOpcode{opcode};
    const std::size_t mask_at = head_.size() - mask_.size();
    left_ = second & 0x7F;
    if (mask_at > 2) {
        left_ = 0;
        for (std::size_t i = 2; i < mask_at; ++i) left_ = left_ << 8 | byte(i);
        if (left_ >> 63) return Sees::broken;
    }
    for (std::size_t i = 0; i < mask_.size(); ++i) mask_[i] = byte(mask_at + i);
    masked_ = 0;
    head_.clear();
    in_frame_ = true;
    if (is_control(opcode_)) {
        control_.clear();
        return left_ > control_bytes_max || !(first & fin) ? Sees::broken : Sees::nothing_yet;
    }
    const bool continues = opcode_ == WebSocketOpcode::continuation;
    if (continues != in_message_) return Sees::broken;
    if (opcode_ == WebSocketOpcode::text) return Sees::text;
    in_message_ = !(first & fin);
    return Sees::nothing_yet;
}

WebSocketReader::Sees WebSocketReader::take(std::string_view& bytes, std::string& payload) {
    payload.clear();
    for (;;) {
        if (!in_frame_) {
            if (!read_head(bytes)) return Sees::nothing_yet;
            if (const auto sees = begin_frame(); sees != Sees::nothing_yet) return sees;
        }
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
        std::string& into = is_control(opcode_) ? control_ : payload;
        for (std::size_t i = 0; i < count; ++i)
            into += static_cast<char>(static_cast<std::uint8_t>(bytes[i]) ^ mask_[masked_++ % mask_.size()]);
        bytes.remove_prefix(count);
        left_ -= count;
        in_frame_ = left_ > 0;
        if (!is_control(opcode_)) {
            if (!payload.empty()) return Sees::data;
            if (in_frame_) return Sees::nothing_yet;
            continue;
        }
        if (in_frame_) return Sees::nothing_yet;
        if (opcode_ == WebSocketOpcode::close) return Sees::closed;
        if (opcode_ == WebSocketOpcode::pong) continue;
        payload = control_;
        return Sees::ping;
    }
}

}  // namespace mainstay::server
