#include "mainstay/core/value.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mainstay {
namespace {

// Exact also beyond 2^53, where converting the integer to a float would make unequal numbers equal.
std::partial_ordering compare_numbers(std::int64_t i, double d) noexcept {
    if (std::isnan(d)) return std::partial_ordering::unordered;
    if (d >= 0x1p63) return std::partial_ordering::less;
    if (d < -0x1p63) return std::partial_ordering::greater;
    const auto whole = static_cast<std::int64_t>(d);
    if (i != whole) return i <=> whole;
    return static_cast<double>(whole) <=> d;  // exact: only the fraction is left
}

std::partial_ordering flip(std::partial_ordering o) noexcept { return 0 <=> o; }

std::partial_ordering compare_numbers(const Value& a, const Value& b) noexcept {
    const bool a_int = a.is(ValueType::integer), b_int = b.is(ValueType::integer);
    if (a_int && b_int) return a.as_int() <=> b.as_int();
    if (a_int) return compare_numbers(a.as_int(), b.as_double());
    if (b_int) return flip(compare_numbers(b.as_int(), a.as_double()));
    return a.as_double() <=> b.as_double();
}

// NaN is one number, above all others.
std::strong_ordering order_numbers(const Value& a, const Value& b) noexcept {
    const std::partial_ordering o = compare_numbers(a, b);
    if (o == std::partial_ordering::less) return std::strong_ordering::less;
    if (o == std::partial_ordering::greater) return std::strong_ordering::greater;
    if (o == std::partial_ordering::equivalent) return std::strong_ordering::equal;
    const auto is_nan = [](const Value& v) { return v.is(ValueType::floating) && std::isnan(v.as_double()); };
    return is_nan(a) <=> is_nan(b);
}

std::strong_ordering order_paths(const PathData& a, const PathData& b) noexcept {
    const std::size_t shorter = std::min(a.nodes.size(), b.nodes.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        if (const auto c = a.nodes[i].id <=> b.nodes[i].id; c != 0) return c;
        if (i == a.rels.size() || i == b.rels.size()) break;
        if (const auto c = a.rels[i].id <=> b.rels[i].id; c != 0) return c;
    }
    return a.nodes.size() <=> b.nodes.size();
}

Ternary ternary(bool b) noexcept { return b ? Ternary::yes : Ternary::no; }

Ternary equal_lists(const ValueList& a, const ValueList& b) {
    if (a.size() != b.size()) return Ternary::no;
    Ternary result = Ternary::yes;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Ternary one = equals(a[i], b[i]);
        if (one == Ternary::no) return Ternary::no;
        if (one == Ternary::unknown) result = Ternary::unknown;
    }
    return result;
}

Ternary equal_maps(const ValueMapEntries& a, const ValueMapEntries& b) {
    if (a.size() != b.size()) return Ternary::no;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].first != b[i].first) return Ternary::no;
    Ternary result = Ternary::yes;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Ternary one = equals(a[i].second, b[i].second);
        if (one == Ternary::no) return Ternary::no;
        if (one == Ternary::unknown) result = Ternary::unknown;
    }
    return result;
}

std::optional<std::partial_ordering> compare_lists(const ValueList& a, const ValueList& b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        if (equals(a[i], b[i]) == Ternary::yes) continue;
        return compare(a[i], b[i]);  // the first difference decides, or cannot
    }
    return a.size() <=> b.size();
}

// Ascending places of the types, indexed by ValueType. Integers and floats share one.
constexpr std::array<std::uint8_t, 16> ranks = [] {
    std::array<std::uint8_t, 16> r{};
    std::uint8_t next = 0;
    for (const ValueType t :
         {ValueType::map, ValueType::node, ValueType::relationship, ValueType::list, ValueType::path,
          ValueType::datetime, ValueType::local_datetime, ValueType::date, ValueType::time, ValueType::local_time,
          ValueType::duration, ValueType::string, ValueType::boolean, ValueType::integer, ValueType::null})
        r[static_cast<std::size_t>(t)] = next++;
    r[static_cast<std::size_t>(ValueType::floating)] = r[static_cast<std::size_t>(ValueType::integer)];
    return r;
}();

std::uint8_t rank(const Value& v) noexcept { return ranks[static_cast<std::size_t>(v.type())]; }

}  // namespace

Ternary equals(const Value& a, const Value& b) {
    if (a.is_null() || b.is_null()) return Ternary::unknown;
    if (a.is_number() && b.is_number()) return ternary(compare_numbers(a, b) == 0);
    if (a.type() != b.type()) return Ternary::no;
    switch (a.type()) {
        case ValueType::list: return equal_lists(a.as_list(), b.as_list());
        case ValueType::map: return equal_maps(a.as_map(), b.as_map());
        default: return ternary(order(a, b) == 0);
    }
}

std::optional<std::partial_ordering> compare(const Value& a, const Value& b) {
    if (a.is_null() || b.is_null()) return std::nullopt;
    if (a.is_number() && b.is_number()) return compare_numbers(a, b);
    if (a.type() != b.type()) return std::nullopt;
    switch (a.type()) {
        case ValueType::list: return compare_lists(a.as_list(), b.as_list());
        case ValueType::boolean:
        case ValueType::string:
        case ValueType::date:
        case ValueType::local_time:
        case ValueType::time:
        case ValueType::local_datetime:
        case ValueType::datetime: return order(a, b);
        default: return std::nullopt;  // maps, durations and elements have no order in the language
    }
}

bool equivalent(const Value& a, const Value& b) { return order(a, b) == 0; }

std::strong_ordering order(const Value& a, const Value& b) {
    if (const auto c = rank(a) <=> rank(b); c != 0) return c;
    switch (a.type()) {
        case ValueType::null: return std::strong_ordering::equal;
        case ValueType::boolean: return a.as_bool() <=> b.as_bool();
        case ValueType::integer:
        case ValueType::floating: return order_numbers(a, b);
        case ValueType::string: return a.as_string() <=> b.as_string();
        case ValueType::list:
            return std::lexicographical_compare_three_way(a.as_list().begin(), a.as_list().end(), b.as_list().begin(),
                                                          b.as_list().end(),
                                                          [](const Value& x, const Value& y) { return order(x, y); });
        case ValueType::map:
            // Entry by entry, the key before the value: an order that an encoding can keep.
            return std::lexicographical_compare_three_way(a.as_map().begin(), a.as_map().end(), b.as_map().begin(),
                                                          b.as_map().end(),
                                                          [](const auto& x, const auto& y) -> std::strong_ordering {
                                                              if (const auto c = x.first <=> y.first; c != 0) return c;
                                                              return order(x.second, y.second);
                                                          });
        case ValueType::date: return a.get<Date>() <=> b.get<Date>();
        case ValueType::local_time: return a.get<LocalTime>() <=> b.get<LocalTime>();
        case ValueType::time: return order(a.get<Time>(), b.get<Time>());
        case ValueType::local_datetime: return a.get<LocalDateTime>() <=> b.get<LocalDateTime>();
        case ValueType::datetime: return order(a.get<DateTime>(), b.get<DateTime>());
        case ValueType::duration: return order(a.as_duration(), b.as_duration());
        case ValueType::node: return a.as_node().id <=> b.as_node().id;
        case ValueType::relationship: return a.as_relationship().id <=> b.as_relationship().id;
        case ValueType::path: return order_paths(a.as_path(), b.as_path());
    }
    return std::strong_ordering::equal;
}

}  // namespace mainstay
