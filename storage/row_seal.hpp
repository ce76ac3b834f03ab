#pragma once

// The last four bytes of a row of every table but `segment`, whose parts have checksums of their own: the lower half of
// the XXH3-64 of the value, seeded with the XXH3-64 of the key, seeded with the number of the table. A row with a
// flipped bit, or under another's key, is refused where it is read.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mainstay::lmdb {

inline constexpr std::size_t seal_bytes = 4;
std::uint32_t seal_of(std::uint8_t table, std::string_view key, std::string_view value) noexcept;
// Whether a stored row ends in its seal.
bool is_sealed(std::uint8_t table, std::string_view key, std::string_view stored) noexcept;
// "the checksum of row L\00\00\00\07 does not match", for errors.
std::string broken_seal(std::string_view key);

}  // namespace mainstay::lmdb
