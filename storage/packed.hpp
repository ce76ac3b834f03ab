#pragma once

// Integers as a base plus unsigned offsets of `width` bytes (0, 1, 2, 4 or 8), read in place. Used by columns and by
// the ends of relationships.

#include <cstddef>
#include <cstdint>
#include <span>

namespace mainstay {

struct Packing {
    std::int64_t base = 0;
    std::uint8_t width = 0;
};

// The narrowest packing of numbers between low and high.
constexpr Packing packing_for(std::int64_t low, std::int64_t high) noexcept {
    const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    if (range == 0) return {low, 0};
    if (range <= 0xFF) return {low, 1};
    if (range <= 0xFFFF) return {low, 2};
    if (range <= 0xFFFF'FFFF) return {low, 4};
    return {0, 8};
}
constexpr bool is_packing_width(std::uint8_t width) noexcept {
    return width == 0 || width == 1 || width == 2 || width == 4 || width == 8;
}

// Requires `data` aligned to `width` and index within it.
inline std::uint64_t unpack_offset(const std::byte* data, std::uint8_t width, std::uint32_t index) noexcept {
    switch (width) {
        case 0: return 0;
        case 1: return reinterpret_cast<const std::uint8_t*>(data)[index];
        case 2: return reinterpret_cast<const std::uint16_t*>(data)[index];
        case 4: return reinterpret_cast<const std::uint32_t*>(data)[index];
        default: return reinterpret_cast<const std::uint64_t*>(data)[index];
    }
}

}  // namespace mainstay
