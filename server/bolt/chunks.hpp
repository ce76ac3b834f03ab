#pragma once

// Messages in chunks: two bytes of length, big-endian, and so many bytes; an empty chunk ends the message, and between
// messages means nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay::server {

inline constexpr std::size_t chunk_bytes_max = 0xFFFF;

inline void append_chunked(std::string_view message, std::string& out) {
    while (!message.empty()) {
        const auto piece = message.substr(0, chunk_bytes_max);
        out += static_cast<char>(piece.size() >> 8);
        out += static_cast<char>(piece.size() & 0xFF);
        out += piece;
        message.remove_prefix(piece.size());
    }
    out.append(2, '\0');
}

// Puts messages together from whatever arrives.
class ChunkReader {
public:
    enum class Sees : std::uint8_t { nothing_yet, message, too_long };
    explicit ChunkReader(std::size_t message_bytes_max) : most_(message_bytes_max) {}
    void set_most(std::size_t message_bytes_max) noexcept { most_ = message_bytes_max; }

    // Takes from the front of `bytes` what belongs to the next message; `message` is whole if the answer says so.
    Sees take(std::string_view& bytes, std::string& message);

private:
    std::size_t most_;
    std::string so_far_;
    std::size_t left_ = 0;                   // of the chunk that has begun
    std::optional<std::uint8_t> high_byte_;  // of a length that came in two pieces
};

}  // namespace mainstay::server
