#include "mainstay/core/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <vector>

namespace mainstay {
namespace {

constexpr std::size_t wide_digits_min = 19;  // what is shorter fits

// Calls f(place) for each character outside of strings until it gives false.
template <typename F>
void for_each_outside_strings(std::string_view text, F&& f) {
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string && c == '\\')
            ++i;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && !f(i))
            return;
    }
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

bool is_nested_too_deep(std::string_view text) noexcept {
    std::size_t depth = 0;
    for_each_outside_strings(text, [&](std::size_t at) {
        if (text[at] == '{' || text[at] == '[') return ++depth <= json_depth_max;
        if ((text[at] == '}' || text[at] == ']') && depth > 0) --depth;
        return true;
    });
    return depth > json_depth_max;
}

std::string_view wide_integer_in(std::string_view text) noexcept {
    std::string_view found;
    std::size_t read = 0;  // up to here
    for_each_outside_strings(text, [&](std::size_t begin) {
        if (begin < read || !(is_digit(text[begin]) || text[begin] == '-')) return true;
        std::size_t end = begin + 1;
        while (end < text.size() && is_digit(text[end])) ++end;
        const std::string_view number = text.substr(begin, end - begin);
        const bool is_integer = end == text.size() || (text[end] != '.' && text[end] != 'e' && text[end] != 'E');
        // A fraction's digits are no integer of their own.
        while (end < text.size() && (is_digit(text[end]) || std::string_view{".eE+-"}.find(text[end]) != text.npos))
            ++end;
        read = end;
        if (!is_integer || number.size() < wide_digits_min) return true;
        std::int64_t value = 0;
        if (std::from_chars(number.data(), number.data() + number.size(), value).ec == std::errc{}) return true;
        found = number;
        return false;
    });
    return found;
}

std::string_view repeated_member_in(std::string_view text) {
    std::vector<std::set<std::string_view>> open;  // the names of each open object and array; arrays have none
    std::string_view last;                         // string
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            const std::size_t begin = ++i;
            while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
            last = text.substr(begin, std::min(i, text.size()) - begin);
        } else if (c == '{' || c == '[') {
            open.emplace_back();
        } else if ((c == '}' || c == ']') && !open.empty()) {
            open.pop_back();
        } else if (c == ':' && !open.empty() && !open.back().insert(last).second) {
            return last;
        }
    }
    return {};
}

}  // namespace mainstay
