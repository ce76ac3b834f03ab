#include "typed_value.hpp"

#include "text_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace mainstay::connect {
namespace {

constexpr std::array<std::pair<std::string_view, AttributeType>, 12> types{{
    {"any", AttributeType::any},
    {"boolean", AttributeType::boolean},
    {"integer", AttributeType::integer},
    {"float", AttributeType::floating},
    {"string", AttributeType::string},
    {"list", AttributeType::list},
    {"date", AttributeType::date},
    {"local_time", AttributeType::local_time},
    {"time", AttributeType::time},
    {"local_datetime", AttributeType::local_datetime},
    {"datetime", AttributeType::datetime},
    {"duration", AttributeType::duration},
}};

constexpr std::array<std::pair<std::string_view, Normalise>, 5> steps_by_word{{
    {"trim", Normalise::trim},
    {"collapse", Normalise::collapse},
    {"lower", Normalise::lower},
    {"upper", Normalise::upper},
    {"casefold", Normalise::casefold},
}};

template <typename Table>
std::vector<std::string> words_of(const Table& table) {
    std::vector<std::string> words;
    for (const auto& [word, value] : table) words.emplace_back(word);
    return words;
}

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper_ascii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

template <typename Number>
std::optional<Value> number_of(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return Value{number};
}

std::optional<Value> boolean_of(std::string_view text) {
    std::string word{text};
    std::transform(word.begin(), word.end(), word.begin(), lower_ascii);
    if (word == "true" || word == "yes" || word == "y" || word == "1") return Value{true};
    if (word == "false" || word == "no" || word == "n" || word == "0") return Value{false};
    return std::nullopt;
}

Value list_of(std::string_view text) {
    ValueList items;
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        if (const auto item = trimmed(text.substr(0, end)); !item.empty()) items.emplace_back(item);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return Value::list(std::move(items));
}

template <typename T>
std::optional<Value> wrapped(const std::optional<T>& parsed) {
    return parsed ? std::optional{Value{*parsed}} : std::nullopt;
}

std::optional<Value> from_text(std::string_view whole, AttributeType type) {
    const std::string_view text = trimmed(whole);
    switch (type) {
        case AttributeType::any:
        case AttributeType::string: return Value{whole};
        case AttributeType::boolean: return boolean_of(text);
        case AttributeType::integer: return number_of<std::int64_t>(text);
        case AttributeType::floating: return number_of<double>(text);
        case AttributeType::list: return list_of(text);
        case AttributeType::date: return wrapped(parse_date(text));
        case AttributeType::local_time: return wrapped(parse_local_time(text));
        case AttributeType::time: return wrapped(parse_time(text));
        case AttributeType::local_datetime: return wrapped(parse_local_datetime(text));
        case AttributeType::datetime: return wrapped(parse_datetime(text));
        case AttributeType::duration: return wrapped(parse_duration(text));
    }
    return std::nullopt;
}

bool has_type(const Value& value, AttributeType type) {
    switch (type) {
        case AttributeType::any: return true;
        case AttributeType::boolean: return value.is(ValueType::boolean);
        case AttributeType::integer: return value.is(ValueType::integer);
        case AttributeType::floating: return value.is(ValueType::floating);
        case AttributeType::string: return value.is(ValueType::string);
        case AttributeType::list: return value.is(ValueType::list);
        case AttributeType::date: return value.is(ValueType::date);
        case AttributeType::local_time: return value.is(ValueType::local_time);
        case AttributeType::time: return value.is(ValueType::time);
        case AttributeType::local_datetime: return value.is(ValueType::local_datetime);
        case AttributeType::datetime: return value.is(ValueType::datetime);
        case AttributeType::duration: return value.is(ValueType::duration);
    }
    return false;
}

// Simple folding for the letters that names in European scripts use: Latin-1, Latin Extended-A, Greek, Cyrillic.
// Two-byte code points only; everything else stays. (Full Unicode folding would change lengths and needs tables we do
// not carry.)
std::string casefolded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0xC2 || first > 0xDF || i + 1 >= text.size()) {
            out += lower_ascii(text[i]);
            continue;
        }
        std::uint32_t point = (first & 0x1FU) << 6 | (static_cast<unsigned char>(text[i + 1]) & 0x3FU);
        if ((point >= 0xC0 && point <= 0xDE && point != 0xD7) || (point >= 0x391 && point <= 0x3A9 && point != 0x3A2) ||
            (point >= 0x410 && point <= 0x42F)) {
            point += 0x20;
        } else if (point >= 0x400 && point <= 0x40F) {
            point += 0x50;
        } else if ((point >= 0x100 && point <= 0x12F) || (point >= 0x132 && point <= 0x137) ||
                   (point >= 0x14A && point <= 0x177)) {
            point |= 1U;  // capitals are even here
        } else if ((point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E)) {
            point += point & 1U;  // capitals are odd here
        } else if (point == 0x178) {
            point = 0xFF;
        } else if (point == 0x3C2) {
            point = 0x3C3;  // final sigma
        }
        out += static_cast<char>(0xC0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 0x3F));
        ++i;
    }
    return out;
}

std::string collapsed(std::string_view text) {
    std::string out;
    bool in_space = false;
    for (const char c : text) {
        const bool is_space = std::string_view{" \t\r\n\f\v"}.find(c) != std::string_view::npos;
        if (!is_space)
            out += c;
        else if (!in_space)
            out += ' ';
        in_space = is_space;
    }
    return out;
}

std::string mapped(std::string text, char (*letter)(char)) {
    std::transform(text.begin(), text.end(), text.begin(), letter);
    return text;
}

}  // namespace

std::optional<Value> as_type(const Value& cell, AttributeType type) {
    if (cell.is_null() || has_type(cell, type)) return cell;
    if (cell.is(ValueType::string)) return from_text(cell.as_string(), type);
    if (type == AttributeType::string && !cell.is(ValueType::list)) return Value{to_text(cell)};
    if (type == AttributeType::floating && cell.is(ValueType::integer)) return Value{cell.as_number()};
    if (type == AttributeType::list) return Value::list({cell});
    // JSON writers that know one number type only say 3.0 for 3.
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (type == AttributeType::integer && cell.is(ValueType::floating) &&
        std::trunc(cell.as_double()) == cell.as_double() && std::abs(cell.as_double()) <= exact)
        return Value{static_cast<std::int64_t>(cell.as_double())};
    if (type == AttributeType::boolean && cell.is(ValueType::integer)) return boolean_of(to_text(cell));
    return std::nullopt;
}

std::string_view word_of(AttributeType type) noexcept {
    for (const auto& [word, value] : types)
        if (value == type) return word;
    return "any";
}

std::optional<AttributeType> parse_type(std::string_view word) noexcept {
    for (const auto& [known, value] : types)
        if (known == word) return value;
    return std::nullopt;
}

const std::vector<std::string>& type_words() {
    static const std::vector<std::string> words = words_of(types);
    return words;
}

std::optional<Normalise> parse_normalise(std::string_view word) noexcept {
    for (const auto& [known, value] : steps_by_word)
        if (known == word) return value;
    return std::nullopt;
}

const std::vector<std::string>& normalise_words() {
    static const std::vector<std::string> words = words_of(steps_by_word);
    return words;
}

Value normalised(const Value& value, const std::vector<Normalise>& steps) {
    if (steps.empty() || !value.is(ValueType::string)) return value;
    std::string text{value.as_string()};
    for (const Normalise step : steps) {
        switch (step) {
            case Normalise::trim: text = std::string{trimmed(text)}; break;
            case Normalise::collapse: text = collapsed(text); break;
            case Normalise::lower: text = mapped(std::move(text), lower_ascii); break;
            case Normalise::upper: text = mapped(std::move(text), upper_ascii); break;
            case Normalise::casefold: text = casefolded(text); break;
        }
    }
    return Value{text};
}

}  // namespace mainstay::connect
