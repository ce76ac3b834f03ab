#pragma once

// Numbers, strings and quoted names: from how they are written to what they mean.

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mainstay::syntax {

// Past a number that begins at `p` (a digit, or a point and a digit), letters and digits that stick to it included, so
// that `12ab` is one bad number and not two things side by side.
const char* skip_number(const char* p, const char* end) noexcept;

// An integer (decimal, 0x, 0o) or float. `negative`: a minus stands directly before it; only so can the smallest
// integer be written. Throws Error at `span`: invalid_number_literal, integer_overflow_literal,
// floating_point_overflow.
Value read_number(std::string_view digits, bool negative, Span span);

// A string with its quotes. Throws Error: syntax (unknown escape), invalid_unicode_literal; spans count from `begin`.
std::string read_string(std::string_view quoted, std::uint32_t begin);

// A word as it is, a name in backticks without them.
std::string read_name(std::string_view name);

}  // namespace mainstay::syntax
