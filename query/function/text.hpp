#pragma once

// Texts as sequences of characters, which are code points. Bytes that are no UTF-8 count one by one.

#include <cstdint>
#include <string>
#include <string_view>

namespace mainstay::function {

inline constexpr std::uint64_t list_items_max = 100'000'000;

std::int64_t count_code_points(std::string_view text) noexcept;
// The bytes up to the code point at `index`; the size of the text if it has fewer.
std::size_t byte_of(std::string_view text, std::uint64_t index) noexcept;
std::string reversed_text(std::string_view text);

}  // namespace mainstay::function
