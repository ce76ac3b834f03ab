#pragma once

// Characters and words: what a name is, what is blank, which words are reserved. Plain functions over [p, end); none
// reads past `end`, and those that skip return `p` when there is nothing to skip.

#include <cstdint>
#include <string>
#include <string_view>

namespace mainstay::syntax {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// May begin or continue a name: letters, `_` and, inside, digits; beyond ASCII what is not blank, punctuation or a
// symbol.
bool is_name_start(const char* p, const char* end) noexcept;
bool is_name_part(const char* p, const char* end) noexcept;

// One code point and its length in bytes; a byte that is not UTF-8 counts as U+FFFD of length 1.
struct CodePoint {
    char32_t value = 0;
    unsigned size = 1;
};
CodePoint code_point(const char* p, const char* end) noexcept;
void append_utf8(std::string& text, char32_t code_point);

// Past white space, // and /* */ comments. A comment that is not closed reaches to the end.
const char* skip_blank(const char* p, const char* end) noexcept;
// Past an unquoted word.
const char* skip_word(const char* p, const char* end) noexcept;
// Past a word or a name in backticks, which may be empty.
const char* skip_name(const char* p, const char* end) noexcept;
// Past a string that begins at `p` with its quote; nullptr if it is not closed.
const char* skip_string(const char* p, const char* end) noexcept;

inline std::string_view word_at(const char* p, const char* end) noexcept {
    return {p, static_cast<std::size_t>(skip_word(p, end) - p)};
}
// Equal but for ASCII case; `upper` is in upper case.
bool same_word(std::string_view word, std::string_view upper) noexcept;

// Words that cannot be a variable unless in backticks (openCypher 9's list, without those that are never ambiguous
// here). All of them can be labels, types and keys.
bool is_reserved(std::string_view word) noexcept;

}  // namespace mainstay::syntax
