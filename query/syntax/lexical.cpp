#include "syntax/lexical.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace mainstay::syntax {
namespace {

constexpr std::uint8_t start_bit = 1, part_bit = 2, blank_bit = 4;

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (int c = 'a'; c <= 'z'; ++c) classes[c] = start_bit | part_bit;
    for (int c = 'A'; c <= 'Z'; ++c) classes[c] = start_bit | part_bit;
    for (int c = '0'; c <= '9'; ++c) classes[c] = part_bit;
    classes['_'] = start_bit | part_bit;
    for (int c : {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20}) classes[c] = blank_bit;
    return classes;
}
constexpr auto classes = make_classes();

std::uint8_t class_of(const char* p) noexcept { return classes[static_cast<unsigned char>(*p)]; }
bool is_ascii(const char* p) noexcept { return static_cast<unsigned char>(*p) < 0x80; }

bool is_unicode_blank(char32_t c) noexcept {
    return c == 0x85 || c == 0xA0 || c == 0x1680 || c == 0x180E || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

// Code points beyond ASCII that are certainly no letters, digits or marks: ranges of punctuation, symbols, private use.
// Everything else is taken, so that names in every script work without a table of the Unicode version of the day.
struct Range {
    char32_t first, last;
};
constexpr Range no_name[] = {
    {0x80, 0xA9},       {0xAB, 0xB4},       {0xB6, 0xB6},     {0xB8, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},
    {0xF7, 0xF7},       {0x1680, 0x1680},   {0x180E, 0x180E}, {0x2000, 0x200B}, {0x200E, 0x203E}, {0x2041, 0x2053},
    {0x2055, 0x206F},   {0x207A, 0x207E},   {0x208A, 0x208E}, {0x20A0, 0x20CF}, {0x2190, 0x245F}, {0x249C, 0x249F},
    {0x2500, 0x2BFF},   {0x2E00, 0x2E7F},   {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0xD800, 0xF8FF},
    {0xFD3E, 0xFD3F},   {0xFE10, 0xFE1F},   {0xFE30, 0xFE32}, {0xFE35, 0xFE4C}, {0xFE50, 0xFE6F}, {0xFEFF, 0xFEFF},
    {0xFF01, 0xFF0F},   {0xFF1A, 0xFF20},   {0xFF3B, 0xFF3E}, {0xFF40, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF},
    {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF}};

bool is_unicode_name(char32_t c) noexcept {
    const auto* after = std::upper_bound(std::begin(no_name), std::end(no_name), c,
                                         [](char32_t value, const Range& range) { return value < range.first; });
    return after == std::begin(no_name) || c > std::prev(after)->last;
}

constexpr char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

CodePoint code_point(const char* p, const char* end) noexcept {
    constexpr CodePoint bad{0xFFFD, 1};
    const auto byte = [&](int i) { return static_cast<char32_t>(static_cast<unsigned char>(p[i])); };
    const char32_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const unsigned size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || end - p < static_cast<std::ptrdiff_t>(size)) return bad;
    char32_t value = first & (0xFFU >> (size + 1));
    for (unsigned i = 1; i < size; ++i) {
        if ((byte(static_cast<int>(i)) & 0xC0) != 0x80) return bad;
        value = value << 6 | (byte(static_cast<int>(i)) & 0x3F);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < smallest[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return bad;
    return {value, size};
}

void append_utf8(std::string& text, char32_t c) {
    const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    }
}

bool is_name_start(const char* p, const char* end) noexcept {
    if (p == end) return false;
    return is_ascii(p) ? (class_of(p) & start_bit) != 0 : is_unicode_name(code_point(p, end).value);
}

bool is_name_part(const char* p, const char* end) noexcept {
    if (p == end) return false;
    return is_ascii(p) ? (class_of(p) & part_bit) != 0 : is_unicode_name(code_point(p, end).value);
}

const char* skip_blank(const char* p, const char* end) noexcept {
    while (p != end) {
        if (class_of(p) & blank_bit) {
            ++p;
        } else if (*p == '/' && end - p > 1 && p[1] == '/') {
            p = std::find(p, end, '\n');
        } else if (*p == '/' && end - p > 1 && p[1] == '*') {
            constexpr std::string_view close = "*/";
            p = std::search(p + 2, end, close.begin(), close.end());
            if (p != end) p += 2;
        } else if (!is_ascii(p) && is_unicode_blank(code_point(p, end).value)) {
            p += code_point(p, end).size;
        } else {
            break;
        }
    }
    return p;
}

const char* skip_word(const char* p, const char* end) noexcept {
    if (!is_name_start(p, end)) return p;
    while (p != end) {
        if (is_ascii(p)) {
            if (!(class_of(p) & part_bit)) break;
            ++p;
        } else {
            const auto c = code_point(p, end);
            if (!is_unicode_name(c.value)) break;
            p += c.size;
        }
    }
    return p;
}

const char* skip_name(const char* p, const char* end) noexcept {
    if (p == end || *p != '`') return skip_word(p, end);
    for (const char* q = p + 1; q != end; ++q) {
        if (*q != '`') continue;
        if (q + 1 == end || q[1] != '`') return q + 1;
        ++q;  // a doubled backtick stands for one
    }
    return p;
}

const char* skip_string(const char* p, const char* end) noexcept {
    const char quote = *p;
    for (++p; p != end; ++p) {
        if (*p == quote) return p + 1;
        if (*p == '\\' && ++p == end) break;
    }
    return nullptr;
}

bool same_word(std::string_view word, std::string_view upper_word) noexcept {
    return word.size() == upper_word.size() &&
           std::equal(word.begin(), word.end(), upper_word.begin(), [](char a, char b) { return upper(a) == b; });
}

bool is_reserved(std::string_view word) noexcept {
    static constexpr std::string_view words[] = {
        "AND",      "AS",    "CASE",   "CONTAINS", "CREATE", "DELETE", "DETACH", "DISTINCT", "ELSE",
        "ENDS",     "FALSE", "IN",     "IS",       "LIMIT",  "MATCH",  "MERGE",  "NOT",      "NULL",
        "OPTIONAL", "OR",    "ORDER",  "REMOVE",   "RETURN", "SET",    "SKIP",   "STARTS",   "THEN",
        "TRUE",     "UNION", "UNWIND", "WHEN",     "WHERE",  "WITH",   "XOR"};
    if (word.size() < 2 || word.size() > 8) return false;
    return std::any_of(std::begin(words), std::end(words), [&](std::string_view w) { return same_word(word, w); });
}

}  // namespace mainstay::syntax
