#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mainstay {

// Index of the first byte that is not part of well-formed UTF-8 (no surrogates, no overlong forms), or nullopt.
std::optional<std::size_t> first_invalid_utf8(std::string_view text) noexcept;

}  // namespace mainstay
