#include "function/rows.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <optional>

// From one type to another, and what looks at null and emptiness.

namespace mainstay::function {
namespace {

using Arguments = std::span<const Value>;

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) noexcept {
    if (a.size() != lower.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if ((a[i] >= 'A' && a[i] <= 'Z' ? a[i] - 'A' + 'a' : a[i]) != lower[i]) return false;
    return true;
}

std::optional<double> float_in(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    const std::string_view unsigned_text = text.starts_with('-') ? text.substr(1) : text;
    // from_chars would also take "inf" and "nan" in any case.
    if (unsigned_text.empty() || ((unsigned_text[0] < '0' || unsigned_text[0] > '9') && unsigned_text[0] != '.')) {
        if (text == "NaN") return std::nan("");
        if (unsigned_text == "Infinity") return text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
        return std::nullopt;
    }
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size()) return std::nullopt;
    if (failed == std::errc::result_out_of_range)
        throw Error{Code::arithmetic_overflow, fmt::format("{} does not fit into a Float", quoted(text))};
    return failed == std::errc{} ? std::optional{value} : std::nullopt;
}

[[noreturn]] void does_not_fit(std::string_view text) {
    throw Error{Code::arithmetic_overflow, fmt::format("{} does not fit into an Integer", quoted(text))};
}

Value integer_of(double d) {
    if (std::isnan(d)) return {};
    const double whole = std::trunc(d);
    if (whole >= 0x1p63 || whole < -0x1p63) does_not_fit(print_float(d));
    return static_cast<std::int64_t>(whole);
}

Value integer_in(std::string_view text) {
    text = trimmed(text);
    std::string_view digits = text;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed == std::errc{} && end == digits.data() + digits.size()) return value;
    if (failed == std::errc::result_out_of_range && end == digits.data() + digits.size()) does_not_fit(text);
    const auto as_float = float_in(text);  // '2.9' is 2
    return as_float ? integer_of(*as_float) : Value{};
}

Value to_integer(Arguments a, Context&) {
    switch (a[0].type()) {
        case ValueType::boolean: return std::int64_t{a[0].as_bool() ? 1 : 0};
        case ValueType::floating: return integer_of(a[0].as_double());
        case ValueType::string: return integer_in(a[0].as_string());
        default: return a[0];
    }
}

Value to_float(Arguments a, Context&) {
    if (a[0].is_number()) return a[0].as_number();
    const auto value = float_in(a[0].as_string());
    return value ? Value{*value} : Value{};
}

Value to_boolean(Arguments a, Context&) {
    if (a[0].is(ValueType::integer)) return a[0].as_int() != 0;
    if (a[0].is(ValueType::boolean)) return a[0];
    const std::string_view text = trimmed(a[0].as_string());
    if (equals_ignoring_case(text, "true")) return true;
    if (equals_ignoring_case(text, "false")) return false;
    return {};
}

Value to_string(Arguments a, Context&) { return a[0].is(ValueType::string) ? a[0] : Value{to_text(a[0])}; }

constexpr Types to_integer_takes = number | ValueType::boolean | ValueType::string;
constexpr Types to_float_takes = number | ValueType::string;
constexpr Types to_boolean_takes = ValueType::boolean | ValueType::integer | ValueType::string;
constexpr Types to_string_takes = number | instant | ValueType::duration | ValueType::boolean | ValueType::string;

// The ...OrNull forms: null where the plain one refuses.
template <const Types& takes, Body body>
Value or_null(Arguments a, Context& context) {
    if (a[0].is_null() || !takes.contains(a[0].type())) return {};
    try {
        return body(a, context);
    } catch (const Error& error) {
        if (error.code() == Code::arithmetic_overflow) return {};
        throw;
    }
}

template <const Types& takes, Body body>
Value list_of(Arguments a, Context& context) {
    ValueList result;
    result.reserve(a[0].as_list().size());
    for (const Value& item : a[0].as_list()) result.push_back(or_null<takes, body>({&item, 1}, context));
    return Value::list(std::move(result));
}

Value coalesce(Arguments a, Context&) {
    for (const Value& argument : a)
        if (!argument.is_null()) return argument;
    return {};
}

Value exists(Arguments a, Context&) { return !a[0].is_null(); }

Value null_if(Arguments a, Context&) { return equals(a[0], a[1]) == Ternary::yes ? Value{} : a[0]; }

Value value_type(Arguments a, Context&) { return mainstay::name_of(a[0].type()); }

constexpr Function conversion(std::string_view name, Types takes, Types result, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{{"value", takes}}},
            .arguments_min = 1,
            .arguments_max = 1,
            .result = result,
            .body = body,
            .help = help};
}

constexpr Function conversion_rows[] = {
    conversion("toInteger", to_integer_takes, ValueType::integer, to_integer,
               "An Integer from a number (towards zero), a Boolean or a text; null if the text is none."),
    conversion("toFloat", to_float_takes, ValueType::floating, to_float,
               "A Float from a number or a text; null if the text is none."),
    conversion("toBoolean", to_boolean_takes, ValueType::boolean, to_boolean,
               "A Boolean from 'true' or 'false' in any case, or an Integer (0 is false); null for other texts."),
    conversion("toString", to_string_takes, ValueType::string, to_string,
               "The text of a number, Boolean or temporal value."),
    conversion("toIntegerOrNull", any, ValueType::integer, or_null<to_integer_takes, to_integer>,
               "As toInteger, but null for whatever it refuses."),
    conversion("toFloatOrNull", any, ValueType::floating, or_null<to_float_takes, to_float>,
               "As toFloat, but null for whatever it refuses."),
    conversion("toBooleanOrNull", any, ValueType::boolean, or_null<to_boolean_takes, to_boolean>,
               "As toBoolean, but null for whatever it refuses."),
    conversion("toStringOrNull", any, ValueType::string, or_null<to_string_takes, to_string>,
               "As toString, but null for whatever it refuses."),
    conversion("toIntegerList", ValueType::list, ValueType::list, list_of<to_integer_takes, to_integer>,
               "toIntegerOrNull of each item."),
    conversion("toFloatList", ValueType::list, ValueType::list, list_of<to_float_takes, to_float>,
               "toFloatOrNull of each item."),
    conversion("toBooleanList", ValueType::list, ValueType::list, list_of<to_boolean_takes, to_boolean>,
               "toBooleanOrNull of each item."),
    conversion("toStringList", ValueType::list, ValueType::list, list_of<to_string_takes, to_string>,
               "toStringOrNull of each item."),
    {.name = "coalesce",
     .parameters = {{{"value", any}, {"value", any}, {"value", any}}},
     .arguments_min = 1,
     .arguments_max = Function::variadic,
     .result = any,
     .nulls = NullRule::takes_nulls,
     .body = coalesce,
     .help = "The first argument that is not null."},
    {.name = "exists",
     .parameters = {{{"value", any}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::boolean,
     .nulls = NullRule::takes_nulls,
     .category = Category::predicate,
     .body = exists,
     .help = "Whether a property is there: value IS NOT NULL."},
    {.name = "nullIf",
     .parameters = {{{"value", any}, {"other", any}}},
     .arguments_min = 2,
     .arguments_max = 2,
     .result = any,
     .nulls = NullRule::takes_nulls,
     .body = null_if,
     .help = "Null if both are equal, otherwise the first."},
    {.name = "valueType",
     .parameters = {{{"value", any}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::string,
     .nulls = NullRule::takes_nulls,
     .body = value_type,
     .help = "The name of the value's type."},
};

}  // namespace

std::span<const Function> conversion_functions() noexcept { return conversion_rows; }

}  // namespace mainstay::function
