#include "function/rows.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

namespace mainstay::function {
namespace {

using Arguments = std::span<const Value>;

template <double (*f)(double)>
Value real(Arguments a, Context&) {
    return f(a[0].as_number());
}

Value absolute(Arguments a, Context&) {
    if (a[0].is(ValueType::floating)) return std::fabs(a[0].as_double());
    if (a[0].as_int() == std::numeric_limits<std::int64_t>::min())
        throw Error{Code::arithmetic_overflow, "abs(-9223372036854775808) does not fit into an Integer"};
    return std::abs(a[0].as_int());
}

Value sign(Arguments a, Context&) {
    const double x = a[0].as_number();
    return std::int64_t{x > 0 ? 1 : x < 0 ? -1 : 0};
}

Value is_nan(Arguments a, Context&) { return a[0].is(ValueType::floating) && std::isnan(a[0].as_double()); }

double cotangent(double x) { return 1 / std::tan(x); }
double haversine(double x) { return (1 - std::cos(x)) / 2; }
double to_degrees(double x) { return x * 180 / std::numbers::pi; }
double to_radians(double x) { return x * std::numbers::pi / 180; }

Value atan2(Arguments a, Context&) { return std::atan2(a[0].as_number(), a[1].as_number()); }
Value pi(Arguments, Context&) { return std::numbers::pi; }
Value e(Arguments, Context&) { return std::numbers::e; }

enum class Rounding : std::uint8_t { up, down, ceiling, floor, half_up, half_down, half_even };

Rounding parse_rounding(std::string_view mode) {
    static constexpr std::string_view names[] = {"UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN"};
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (mode == names[i]) return static_cast<Rounding>(i);
    throw Error{Code::number_out_of_range, quoted(mode) + " is not a way to round"}.with_hint(
        "use UP, DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN or HALF_EVEN");
}

// Rounds the shortest decimal text that means the number, which is what a person sees: 0.285 to two places is 0.29,
// though the float lies a little below.
double round_decimal(double x, std::int64_t places, Rounding mode) {
    constexpr std::int64_t places_max = 400;  // beyond what a float has before or behind the point
    if (!std::isfinite(x) || x == 0 || places > places_max) return x;
    char buffer[512];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(x), std::chars_format::fixed).ptr;
    std::string digits{buffer, end};
    std::size_t point = digits.find('.');
    if (point == std::string::npos)
        point = digits.size();
    else
        digits.erase(point, 1);
    if (places < 0 || static_cast<std::size_t>(places) >= digits.size() - point) return x;

    const std::size_t kept = point + static_cast<std::size_t>(places);
    const std::string dropped = digits.substr(kept);
    digits.resize(kept);
    const bool any = dropped.find_first_not_of('0') != std::string::npos;
    const int half = dropped[0] != '5' ? (dropped[0] > '5' ? 1 : -1)
                                       : (dropped.find_first_not_of('0', 1) != std::string::npos ? 1 : 0);
    const bool odd = !digits.empty() && (digits.back() - '0') % 2 != 0;
    bool up = false;
    switch (mode) {
        case Rounding::up: up = any; break;
        case Rounding::down: break;
        case Rounding::ceiling: up = any && x > 0; break;
        case Rounding::floor: up = any && x < 0; break;
        case Rounding::half_up: up = half >= 0; break;
        case Rounding::half_down: up = half > 0; break;
        case Rounding::half_even: up = half > 0 || (half == 0 && odd); break;
    }
    if (up) {
        std::size_t i = digits.size();
        while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
        if (i > 0)
            ++digits[i - 1];
        else {
            digits.insert(digits.begin(), '1');
            ++point;
        }
    }
    digits.insert(point, ".");
    double result = 0;
    if (digits.front() == '.') digits.insert(digits.begin(), '0');
    if (digits.back() == '.') digits += '0';
    std::from_chars(digits.data(), digits.data() + digits.size(), result);
    return std::copysign(result, x);
}

Value round(Arguments a, Context&) {
    const double x = a[0].as_number();
    if (a.size() == 1) {  // halves towards positive infinity; beyond 2^52 every float is whole
        if (!(std::fabs(x) < 0x1p52)) return x;
        const double floor = std::floor(x);
        return x - floor >= 0.5 ? floor + 1 : floor;
    }
    if (a[1].as_int() < 0) throw Error{Code::number_out_of_range, "the precision of round() must not be negative"};
    return round_decimal(x, a[1].as_int(), a.size() > 2 ? parse_rounding(a[2].as_string()) : Rounding::half_up);
}

std::uint64_t random_bits(Context& context) {
    MAINSTAY_ASSERT(context.random);
    return context.random()();
}

Value rand(Arguments, Context& context) { return static_cast<double>(random_bits(context) >> 11) * 0x1p-53; }

Value random_uuid(Arguments, Context& context) {
    // Version 4 of RFC 4122.
    const std::uint64_t high = (random_bits(context) & 0xFFFFFFFFFFFF0FFF) | 0x0000000000004000;
    const std::uint64_t low = (random_bits(context) & 0x3FFFFFFFFFFFFFFF) | 0x8000000000000000;
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF, low >> 48,
                       low & 0xFFFFFFFFFFFF);
}

constexpr Function of_number(std::string_view name, Types result, Body body, std::string_view help) {
    return {.name = name,
            .parameters = {{{"number", number}}},
            .arguments_min = 1,
            .arguments_max = 1,
            .result = result,
            .category = Category::math,
            .body = body,
            .help = help};
}

constexpr Function constant(std::string_view name, Types result, Purity purity, Body body, std::string_view help) {
    return {.name = name, .result = result, .purity = purity, .category = Category::math, .body = body, .help = help};
}

constexpr Function math_rows[] = {
    of_number("abs", number, absolute, "The magnitude of a number."),
    of_number("sign", ValueType::integer, sign, "1, 0 or -1: the sign of a number."),
    of_number("isNaN", ValueType::boolean, is_nan, "Whether a number is NaN."),
    of_number("ceil", ValueType::floating, real<std::ceil>, "The smallest whole Float not below a number."),
    of_number("floor", ValueType::floating, real<std::floor>, "The largest whole Float not above a number."),
    of_number("sqrt", ValueType::floating, real<std::sqrt>, "The square root."),
    of_number("exp", ValueType::floating, real<std::exp>, "e to the power of a number."),
    of_number("log", ValueType::floating, real<std::log>, "The natural logarithm."),
    of_number("ln", ValueType::floating, real<std::log>, "The natural logarithm."),
    of_number("log10", ValueType::floating, real<std::log10>, "The logarithm to base 10."),
    of_number("sin", ValueType::floating, real<std::sin>, "The sine of an angle in radians."),
    of_number("cos", ValueType::floating, real<std::cos>, "The cosine of an angle in radians."),
    of_number("tan", ValueType::floating, real<std::tan>, "The tangent of an angle in radians."),
    of_number("cot", ValueType::floating, real<cotangent>, "The cotangent of an angle in radians."),
    of_number("asin", ValueType::floating, real<std::asin>, "The angle with a given sine."),
    of_number("acos", ValueType::floating, real<std::acos>, "The angle with a given cosine."),
    of_number("atan", ValueType::floating, real<std::atan>, "The angle with a given tangent."),
    of_number("sinh", ValueType::floating, real<std::sinh>, "The hyperbolic sine."),
    of_number("cosh", ValueType::floating, real<std::cosh>, "The hyperbolic cosine."),
    of_number("tanh", ValueType::floating, real<std::tanh>, "The hyperbolic tangent."),
    of_number("haversin", ValueType::floating, real<haversine>, "Half the versine of an angle in radians."),
    of_number("degrees", ValueType::floating, real<to_degrees>, "Radians as degrees."),
    of_number("radians", ValueType::floating, real<to_radians>, "Degrees as radians."),
    {.name = "atan2",
     .parameters = {{{"y", number}, {"x", number}}},
     .arguments_min = 2,
     .arguments_max = 2,
     .result = ValueType::floating,
     .category = Category::math,
     .body = atan2,
     .help = "The angle of the point (x, y) in radians."},
    {.name = "round",
     .parameters = {{{"number", number}, {"precision", ValueType::integer}, {"mode", ValueType::string}}},
     .arguments_min = 1,
     .arguments_max = 3,
     .result = ValueType::floating,
     .category = Category::math,
     .body = round,
     .help = "A number rounded, halves upwards; with a precision, to so many decimal places, halves away from zero."},
    constant("pi", ValueType::floating, Purity::constant, pi, "The number pi."),
    constant("e", ValueType::floating, Purity::constant, e, "The number e."),
    constant("rand", ValueType::floating, Purity::random, rand, "A random Float from 0 up to, not including, 1."),
    constant("randomUUID", ValueType::string, Purity::random, random_uuid, "A random UUID (version 4) as text."),
};

}  // namespace

std::span<const Function> math_functions() noexcept { return math_rows; }

}  // namespace mainstay::function
