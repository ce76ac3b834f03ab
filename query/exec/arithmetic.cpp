#include "exec/arithmetic.hpp"

#include "exec/temporal_arithmetic.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mainstay::exec {
namespace {

using bound::ArithmeticOp;

std::string_view sign_of(ArithmeticOp op) {
    constexpr std::string_view signs[] = {"+", "-", "*", "/", "%", "^"};
    return signs[static_cast<std::size_t>(op)];
}

[[noreturn]] void refuse(ArithmeticOp op, const Value& a, const Value& b, Span span) {
    throw Error{Code::type_error, span,
                fmt::format("{} {} {} has no meaning", name_of(a.type()), sign_of(op), name_of(b.type()))};
}

Value integers(ArithmeticOp op, std::int64_t a, std::int64_t b, Span span) {
    std::int64_t result = 0;
    bool overflow = false;
    switch (op) {
        case ArithmeticOp::add: overflow = __builtin_add_overflow(a, b, &result); break;
        case ArithmeticOp::subtract: overflow = __builtin_sub_overflow(a, b, &result); break;
        case ArithmeticOp::multiply: overflow = __builtin_mul_overflow(a, b, &result); break;
        case ArithmeticOp::divide:
        case ArithmeticOp::modulo:
            if (b == 0) throw Error{Code::division_by_zero, span, "division by zero"};
            if (b == -1) {  // the smallest integer / -1 would trap
                if (op == ArithmeticOp::modulo) return 0;
                overflow = __builtin_sub_overflow(std::int64_t{0}, a, &result);
            } else {
                result = op == ArithmeticOp::divide ? a / b : a % b;
            }
            break;
        case ArithmeticOp::power: return std::pow(static_cast<double>(a), static_cast<double>(b));
    }
    if (overflow)
        throw Error{Code::arithmetic_overflow, span,
                    fmt::format("{} {} {} is beyond a 64-bit integer", a, sign_of(op), b)};
    return result;
}

Value floats(ArithmeticOp op, double a, double b) {
    switch (op) {
        case ArithmeticOp::add: return a + b;
        case ArithmeticOp::subtract: return a - b;
        case ArithmeticOp::multiply: return a * b;
        case ArithmeticOp::divide: return a / b;
        case ArithmeticOp::modulo: return std::fmod(a, b);
        case ArithmeticOp::power: return std::pow(a, b);
    }
    return {};
}

Value join_lists(const Value& a, const Value& b) {
    ValueList items;
    const auto add = [&](const Value& v) {
        if (v.is(ValueType::list)) {
            items.insert(items.end(), v.as_list().begin(), v.as_list().end());
        } else {
            items.push_back(v);
        }
    };
    items.reserve((a.is(ValueType::list) ? a.as_list().size() : 1) + (b.is(ValueType::list) ? b.as_list().size() : 1));
    add(a);
    add(b);
    return Value::list(std::move(items));
}

}  // namespace

Value calculate(ArithmeticOp op, const Value& a, const Value& b, Span span) {
    if (a.is(ValueType::integer) && b.is(ValueType::integer)) return integers(op, a.as_int(), b.as_int(), span);
    if (a.is_null() || b.is_null()) return {};
    if (a.is_number() && b.is_number()) return floats(op, a.as_number(), b.as_number());
    if (op == ArithmeticOp::add) {
        if (a.is(ValueType::list) || b.is(ValueType::list)) return join_lists(a, b);
        if (a.is(ValueType::string) && b.is(ValueType::string)) {
            std::string text{a.as_string()};
            text += b.as_string();
            return text;
        }
        const auto joins = [](const Value& v) { return v.is_number() || v.is(ValueType::boolean) || v.is_temporal(); };
        if ((a.is(ValueType::string) && joins(b)) || (joins(a) && b.is(ValueType::string)))
            return to_text(a) + to_text(b);
    }
    if (a.is_temporal() || b.is_temporal())
        if (auto result = calculate_temporal(op, a, b)) return *std::move(result);
    refuse(op, a, b, span);
}

Value negate(const Value& v, Span span) {
    switch (v.type()) {
        case ValueType::null: return {};
        case ValueType::integer: return integers(ArithmeticOp::subtract, 0, v.as_int(), span);
        case ValueType::floating: return -v.as_double();
        case ValueType::duration:
            if (auto result = calculate_temporal(ArithmeticOp::multiply, v, Value{-1})) return *std::move(result);
            [[fallthrough]];
        default: throw Error{Code::type_error, span, fmt::format("- of {} has no meaning", name_of(v.type()))};
    }
}

Value item_of(const Value& object, const Value& index, Span span) {
    if (object.is_null() || index.is_null()) {
        return {};
    }
    if (object.is(ValueType::list)) {
        if (!index.is(ValueType::integer))
            throw Error{Code::type_error, span,
                        fmt::format("a list is indexed by Integer, not by {}", name_of(index.type()))}
                .with_detail("ListElementAccessByNonInteger");
        const auto size = static_cast<std::int64_t>(object.as_list().size());
        const std::int64_t at = index.as_int() < 0 ? index.as_int() + size : index.as_int();
        return at < 0 || at >= size ? Value{} : object.as_list()[static_cast<std::size_t>(at)];
    }
    if (object.is(ValueType::map)) {
        if (!index.is(ValueType::string))
            throw Error{Code::map_element_access_by_non_string, span,
                        fmt::format("a map is indexed by String, not by {}", name_of(index.type()))};
        return object.at(index.as_string());
    }
    throw Error{Code::type_error, span, fmt::format("{} cannot be indexed", name_of(object.type()))}.with_hint(
        "only lists, maps, nodes and relationships can");
}

Value slice_of(const Value& list, const Value& from, const Value& to, Span span) {
    if (list.is_null() || from.is_null() || to.is_null()) return {};
    if (!list.is(ValueType::list))
        throw Error{Code::type_error, span, fmt::format("{} cannot be sliced, only a list", name_of(list.type()))};
    if (!from.is(ValueType::integer) || !to.is(ValueType::integer))
        throw Error{Code::type_error, span, "the bounds of a slice must be Integers"};
    const auto& items = list.as_list();
    const auto size = static_cast<std::int64_t>(items.size());
    const auto place = [size](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + size : i, 0, size); };
    const std::int64_t begin = place(from.as_int()), end = place(to.as_int());
    if (begin >= end) return Value::list({});
    return Value::list(ValueList{items.begin() + begin, items.begin() + end});
}

Ternary is_in(const Value& item, const Value& list, Span span) {
    if (list.is_null()) return Ternary::unknown;
    if (!list.is(ValueType::list))
        throw Error{Code::type_error, span, fmt::format("IN needs a list, not {}", name_of(list.type()))};
    Ternary result = Ternary::no;
    for (const Value& candidate : list.as_list()) {
        const Ternary one = equals(item, candidate);
        if (one == Ternary::yes) return one;
        if (one == Ternary::unknown) result = one;
    }
    return result;
}

}  // namespace mainstay::exec
