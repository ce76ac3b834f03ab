#include "function/rows.hpp"
#include "function/text.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/core.h>
#include <utf8proc.h>

#include <algorithm>
#include <vector>

namespace mainstay::function {

namespace {

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The first code point and its size; a byte that begins none stands for itself, as -1.
struct CodePoint {
    utf8proc_int32_t value;
    std::size_t size;
};
CodePoint first_of(std::string_view text) noexcept {
    utf8proc_int32_t value = -1;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &value);
    if (size <= 0) return {-1, 1};
    return {value, static_cast<std::size_t>(size)};
}

}  // namespace

std::int64_t count_code_points(std::string_view text) noexcept {
    return std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); });
}

std::size_t byte_of(std::string_view text, std::uint64_t index) noexcept {
    std::size_t byte = 0;
    while (byte < text.size()) {
        if (!continues(text[byte]) && index-- == 0) return byte;
        ++byte;
    }
    return byte;
}

std::string reversed_text(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    std::size_t end = text.size();
    for (std::size_t i = text.size(); i-- > 0;)
        if (!continues(text[i]) || i == 0) {
            result += text.substr(i, end - i);
            end = i;
        }
    return result;
}

namespace {

using Arguments = std::span<const Value>;

std::uint64_t not_negative(const Value& value, std::string_view name) {
    if (value.as_int() < 0)
        throw Error{Code::number_out_of_range,
                    fmt::format("{} must not be negative, but is {}", quoted(name), value.as_int())};
    return static_cast<std::uint64_t>(value.as_int());
}

// One character to one, but for the sharp s, whose capital form nobody writes.
template <utf8proc_int32_t (*map)(utf8proc_int32_t)>
Value mapped(Arguments a, Context& context) {
    const std::string_view text = a[0].as_string();
    charge(context, text.size());
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint c = first_of(text.substr(i));
        const utf8proc_int32_t other = c.value < 0 ? c.value : map(c.value);
        if (c.value == 0xDF && map == utf8proc_toupper) {
            result += "SS";
        } else if (other == c.value) {
            result += text.substr(i, c.size);
        } else {
            utf8proc_uint8_t bytes[4];
            const auto size = utf8proc_encode_char(other, bytes);
            result.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
        }
        i += c.size;
    }
    return result;
}

bool is_space(utf8proc_int32_t c) noexcept {
    if (c >= 0 && c <= 0x20) return true;
    const utf8proc_category_t category = c < 0 ? UTF8PROC_CATEGORY_CN : utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

// Without white space, or without the characters of `removed`, at the ends asked for.
std::string_view trimmed(std::string_view text, const std::string_view* removed, bool left, bool right) {
    const auto goes = [&](std::string_view one) {
        return removed ? removed->find(one) != std::string_view::npos : is_space(first_of(one).value);
    };
    while (left && !text.empty()) {
        const std::string_view one = text.substr(0, first_of(text).size);
        if (!goes(one)) break;
        text.remove_prefix(one.size());
    }
    while (right && !text.empty()) {
        std::size_t begin = text.size() - 1;
        while (begin > 0 && continues(text[begin])) --begin;
        if (!goes(text.substr(begin))) break;
        text.remove_suffix(text.size() - begin);
    }
    return text;
}

template <bool left, bool right>
Value trim(Arguments a, Context&) {
    const std::string_view removed = a.size() > 1 ? a[1].as_string() : std::string_view{};
    return trimmed(a[0].as_string(), a.size() > 1 ? &removed : nullptr, left, right);
}

Value replace(Arguments a, Context& context) {
    const std::string_view text = a[0].as_string(), search = a[1].as_string(), by = a[2].as_string();
    if (search.empty()) return a[0];
    std::uint64_t found = 0;
    for (std::size_t at = text.find(search); at != std::string_view::npos; at = text.find(search, at + search.size()))
        ++found;
    if (found == 0) return a[0];
    charge(context, text.size() + found * by.size());
    std::string result;
    std::size_t from = 0;
    for (std::size_t at = text.find(search); at != std::string_view::npos; at = text.find(search, from)) {
        result += text.substr(from, at - from);
        result += by;
        from = at + search.size();
    }
    result += text.substr(from);
    return result;
}

Value split(Arguments a, Context& context) {
    const std::string_view text = a[0].as_string();
    std::vector<std::string_view> delimiters;
    if (a[1].is(ValueType::string)) {
        delimiters.push_back(a[1].as_string());
    } else {
        for (const Value& delimiter : a[1].as_list()) {
            if (!delimiter.is(ValueType::string))
                throw Error{Code::type_error, fmt::format("split() takes Strings to split at, not {}",
                                                          mainstay::name_of(delimiter.type()))};
            delimiters.push_back(delimiter.as_string());
        }
    }
    charge(context, text.size());
    ValueList parts;
    std::size_t begin = 0, at = 0;
    while (at < text.size()) {
        std::size_t size = 0;
        bool splits = false;
        for (const std::string_view delimiter : delimiters) {
            if (delimiter.empty() ? at <= begin : !text.substr(at).starts_with(delimiter)) continue;
            splits = true;
            size = std::max(size, delimiter.size());
        }
        if (splits) {
            parts.push_back(text.substr(begin, at - begin));
            if (parts.size() % 65'536 == 0) charge(context, parts.size() * sizeof(Value));
            begin = at += size;
            if (size > 0) continue;
        }
        at += first_of(text.substr(at)).size;
    }
    parts.push_back(text.substr(begin));
    return Value::list(std::move(parts));
}

Value substring(Arguments a, Context&) {
    const std::string_view text = a[0].as_string();
    const std::string_view rest = text.substr(byte_of(text, not_negative(a[1], "start")));
    return a.size() < 3 ? rest : rest.substr(0, byte_of(rest, not_negative(a[2], "length")));
}

Value left(Arguments a, Context&) {
    const std::string_view text = a[0].as_string();
    return text.substr(0, byte_of(text, not_negative(a[1], "length")));
}

Value right(Arguments a, Context&) {
    const std::string_view text = a[0].as_string();
    const std::uint64_t length = not_negative(a[1], "length");
    const auto all = static_cast<std::uint64_t>(count_code_points(text));
    return text.substr(length >= all ? 0 : byte_of(text, all - length));
}

Value char_length(Arguments a, Context&) { return count_code_points(a[0].as_string()); }

constexpr Parameter text_parameter{"text", ValueType::string};

constexpr Function of_text(std::string_view name, Types result, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{text_parameter}},
            .arguments_min = 1,
            .arguments_max = 1,
            .result = result,
            .category = Category::string,
            .body = body,
            .help = help};
}

constexpr Function trimming(std::string_view name, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{text_parameter, {"characters", ValueType::string}}},
            .arguments_min = 1,
            .arguments_max = 2,
            .result = ValueType::string,
            .category = Category::string,
            .body = body,
            .help = help};
}

constexpr Function cutting(std::string_view name, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{text_parameter, {"length", ValueType::integer}}},
            .arguments_min = 2,
            .arguments_max = 2,
            .result = ValueType::string,
            .category = Category::string,
            .body = body,
            .help = help};
}

constexpr Function string_rows[] = {
    of_text("toLower", ValueType::string, mapped<utf8proc_tolower>, "A text in lower case."),
    of_text("lower", ValueType::string, mapped<utf8proc_tolower>, "A text in lower case."),
    of_text("toUpper", ValueType::string, mapped<utf8proc_toupper>, "A text in upper case."),
    of_text("upper", ValueType::string, mapped<utf8proc_toupper>, "A text in upper case."),
    of_text("char_length", ValueType::integer, char_length, "The number of characters of a text."),
    of_text("character_length", ValueType::integer, char_length, "The number of characters of a text."),
    trimming("trim", trim<true, true>, "A text without white space, or the given characters, at its ends."),
    trimming("btrim", trim<true, true>, "A text without white space, or the given characters, at its ends."),
    trimming("ltrim", trim<true, false>, "A text without white space, or the given characters, at its beginning."),
    trimming("rtrim", trim<false, true>, "A text without white space, or the given characters, at its end."),
    cutting("left", left, "The first characters of a text."),
    cutting("right", right, "The last characters of a text."),
    {.name = "substring",
     .parameters = {{text_parameter, {"start", ValueType::integer}, {"length", ValueType::integer}}},
     .arguments_min = 2,
     .arguments_max = 3,
     .result = ValueType::string,
     .category = Category::string,
     .body = substring,
     .help = "The part of a text from the character at `start`, counted from 0."},
    {.name = "replace",
     .parameters = {{text_parameter, {"search", ValueType::string}, {"replacement", ValueType::string}}},
     .arguments_min = 3,
     .arguments_max = 3,
     .result = ValueType::string,
     .category = Category::string,
     .body = replace,
     .help = "A text with each occurrence of `search` replaced."},
    {.name = "split",
     .parameters = {{text_parameter, {"delimiter", ValueType::string | ValueType::list}}},
     .arguments_min = 2,
     .arguments_max = 2,
     .result = ValueType::list,
     .category = Category::string,
     .body = split,
     .help = "The parts of a text between the occurrences of a delimiter, or of any of a list of them."},
};

}  // namespace

std::span<const Function> string_functions() noexcept { return string_rows; }

}  // namespace mainstay::function
