#include "mainstay/core/utf8.hpp"

namespace mainstay {

std::optional<std::size_t> first_invalid_utf8(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto is_tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char c = byte(i);
        if (c < 0x80) {
            ++i;
        } else if (c >= 0xC2 && c < 0xE0) {
            if (!is_tail(i + 1)) return i;
            i += 2;
        } else if (c >= 0xE0 && c < 0xF0) {
            if (!is_tail(i + 1) || !is_tail(i + 2)) return i;
            if ((c == 0xE0 && byte(i + 1) < 0xA0) || (c == 0xED && byte(i + 1) >= 0xA0)) return i;
            i += 3;
        } else if (c >= 0xF0 && c < 0xF5) {
            if (!is_tail(i + 1) || !is_tail(i + 2) || !is_tail(i + 3)) return i;
            if ((c == 0xF0 && byte(i + 1) < 0x90) || (c == 0xF4 && byte(i + 1) >= 0x90)) return i;
            i += 4;
        } else {
            return i;
        }
    }
    return std::nullopt;
}

}  // namespace mainstay
