#include "syntax/literals.hpp"

#include "syntax/lexical.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace mainstay::syntax {
namespace {

bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

[[noreturn]] void refuse(std::string_view digits, Span span, const char* hint) {
    throw Error{Code::invalid_number_literal, span, fmt::format("{} is not a number", quoted(digits))}.with_hint(hint);
}

Value read_integer(std::string_view digits, int base, bool negative, Span span) {
    std::uint64_t magnitude = 0;
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
    constexpr std::uint64_t greatest = std::numeric_limits<std::int64_t>::max();
    if (error == std::errc::result_out_of_range || magnitude > greatest + (negative ? 1 : 0)) {
        throw Error{Code::integer_overflow_literal, span, "this integer does not fit into 64 bits"}.with_hint(
            fmt::format("integers go from {} to {}", std::numeric_limits<std::int64_t>::min(), greatest));
    }
    return Value{static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude)};
}

}  // namespace

const char* skip_number(const char* p, const char* end) noexcept {
    const auto digit_at = [&](const char* q) { return q < end && is_digit(*q); };
    const bool prefixed = *p == '0' && end - p > 1 && (p[1] == 'x' || p[1] == 'X' || p[1] == 'o' || p[1] == 'O');
    while (digit_at(p)) ++p;
    // `1..3` is a range and `1.x` a property: a point belongs to the number only before a digit.
    if (!prefixed && p < end && *p == '.' && digit_at(p + 1)) {
        for (++p; digit_at(p); ++p) {
        }
    }
    if (!prefixed && p < end && (*p == 'e' || *p == 'E')) {
        const char* q = p + 1;
        if (q < end && (*q == '-' || *q == '+')) ++q;
        if (digit_at(q)) {
            for (p = q; digit_at(p); ++p) {
            }
        }
    }
    while (is_name_part(p, end)) p += code_point(p, end).size;
    return p;
}

Value read_number(std::string_view digits, bool negative, Span span) {
    if (digits.size() > 1 && digits[0] == '0' && !is_digit(digits[1]) && digits[1] != '.' && digits[1] != 'e' &&
        digits[1] != 'E') {
        const bool hex = digits[1] == 'x' || digits[1] == 'X';
        if (!hex && digits[1] != 'o' && digits[1] != 'O')
            refuse(digits, span, "separate the number from the name after it");
        const auto rest = digits.substr(2);
        const auto is_good = [&](char c) { return hex ? is_hex(c) : c >= '0' && c <= '7'; };
        bool good = !rest.empty();
        for (char c : rest) good = good && is_good(c);
        if (!good) refuse(digits, span, hex ? "after 0x come the digits 0-9 and a-f" : "after 0o come the digits 0-7");
        return read_integer(rest, hex ? 16 : 8, negative, span);
    }
    if (digits.find_first_not_of("0123456789") == std::string_view::npos) {
        if (digits.size() > 1 && digits[0] == '0') {
            refuse(digits, span, "a decimal integer does not begin with 0; write 0o17 for an octal one");
        }
        return read_integer(digits, 10, negative, span);
    }
    double value = 0;
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (last != digits.data() + digits.size()) refuse(digits, span, "separate the number from the name after it");
    if (error == std::errc::result_out_of_range) {
        // from_chars does not say on which side: a large exponent with digits overflows, all else is as good as zero.
        value = std::strtod(std::string{digits}.c_str(), nullptr);
        if (std::isinf(value)) {
            throw Error{Code::floating_point_overflow, span, "this number is too large for a float"}.with_hint(
                "floats go up to 1.7976931348623157e308");
        }
    }
    return Value{negative ? -value : value};
}

std::string read_string(std::string_view text, std::uint32_t begin) {
    const std::string_view inner = text.substr(1, text.size() - 2);
    std::string result;
    result.reserve(inner.size());
    const auto span = [&](std::size_t from, std::size_t to) {
        return Span{begin + 1 + static_cast<std::uint32_t>(from), begin + 1 + static_cast<std::uint32_t>(to)};
    };
    const auto code_unit = [&](std::size_t at, std::size_t count) {
        std::uint32_t value = 0;
        const auto hex = inner.substr(std::min(at + 2, inner.size()), count);
        const auto [last, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
        if (error != std::errc{} || hex.size() != count || last != hex.data() + count) {
            throw Error{Code::invalid_unicode_literal, span(at, std::min(at + 2 + count, inner.size())),
                        fmt::format("\\{} needs {} hexadecimal digits", inner[at + 1], count)};
        }
        return char32_t{value};
    };
    for (std::size_t i = 0; i < inner.size();) {
        const std::size_t plain = std::min(inner.find('\\', i), inner.size());
        result.append(inner, i, plain - i);
        i = plain;
        if (i == inner.size()) break;
        const char escape =
            inner[i + 1];  // there is one: a backslash before the closing quote would not have closed it
        switch (escape) {
            case '\\':
            case '\'':
            case '"':
            case '`': result.push_back(escape); break;
            case 'b': result.push_back('\b'); break;
            case 'f': result.push_back('\f'); break;
            case 'n': result.push_back('\n'); break;
            case 'r': result.push_back('\r'); break;
            case 't': result.push_back('\t'); break;
            case 'u':
            case 'U': {
                const std::size_t count = escape == 'u' ? 4 : 8;
                const std::size_t start = i;
                char32_t c = code_unit(i, count);
                i += count;
                const bool high = c >= 0xD800 && c <= 0xDBFF;
                if (high && count == 4 && inner.substr(i + 2, 2) == "\\u") {
                    const char32_t low = code_unit(i + 2, 4);
                    if (low >= 0xDC00 && low <= 0xDFFF) {
                        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                        i += 6;
                    }
                }
                if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
                    throw Error{Code::invalid_unicode_literal, span(start, i + 2), "this is no Unicode code point"};
                }
                append_utf8(result, c);
                break;
            }
            default: {
                const char* after = inner.data() + i + 1;
                const std::size_t size = 1 + code_point(after, inner.data() + inner.size()).size;
                throw Error{Code::syntax, span(i, i + size), fmt::format("{} is not an escape", inner.substr(i, size))}
                    .with_hint("write \\\\ for a backslash");
            }
        }
        i += 2;
    }
    return result;
}

std::string read_name(std::string_view name) {
    if (name.empty() || name.front() != '`') return std::string{name};
    std::string result;
    for (std::size_t i = 1; i + 1 < name.size(); ++i) {
        result.push_back(name[i]);
        if (name[i] == '`') ++i;
    }
    return result;
}

}  // namespace mainstay::syntax
