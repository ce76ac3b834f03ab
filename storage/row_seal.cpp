#include "row_seal.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstring>

namespace mainstay::lmdb {

std::uint32_t seal_of(std::uint8_t table, std::string_view key, std::string_view value) noexcept {
    return static_cast<std::uint32_t>(
        XXH3_64bits_withSeed(value.data(), value.size(), XXH3_64bits_withSeed(key.data(), key.size(), table)));
}

bool is_sealed(std::uint8_t table, std::string_view key, std::string_view stored) noexcept {
    if (stored.size() < seal_bytes) return false;
    std::uint32_t seal;
    std::memcpy(&seal, stored.data() + stored.size() - seal_bytes, sizeof seal);
    return seal == seal_of(table, key, stored.substr(0, stored.size() - seal_bytes));
}

std::string broken_seal(std::string_view key) {
    constexpr std::size_t shown_max = 40;
    std::string row;
    for (const char c : key.substr(0, shown_max))
        row += c > ' ' && c <= '~' ? std::string(1, c) : fmt::format("\\{:02x}", static_cast<unsigned char>(c));
    return fmt::format("the checksum of row {} does not match", row);
}

}  // namespace mainstay::lmdb
