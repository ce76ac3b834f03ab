#include "function/aggregate.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mainstay::function {

using namespace accumulator;

namespace {

constexpr Types summed = number | ValueType::duration;
constexpr Parameter fraction_parameter{"fraction", number};

constexpr Aggregate of(std::string_view name, AggregateKind kind, Types takes, Types result, std::string_view help) {
    return {.name = name, .kind = kind, .parameters = {{{"value", takes}}}, .result = result, .help = help};
}

constexpr Aggregate table[] = {
    of("avg", AggregateKind::avg, summed, ValueType::floating | ValueType::duration,
       "The mean of numbers or durations."),
    of("collect", AggregateKind::collect, any, ValueType::list, "The values that are not null, as a list."),
    of("count", AggregateKind::count, any, ValueType::integer, "How many values are not null; count(*) counts rows."),
    of("max", AggregateKind::max, any, any, "The last value in the order of ORDER BY."),
    of("min", AggregateKind::min, any, any, "The first value in the order of ORDER BY."),
    {.name = "percentileCont",
     .kind = AggregateKind::percentile_cont,
     .parameters = {{{"value", number}, fraction_parameter}},
     .arguments = 2,
     .result = ValueType::floating,
     .help = "The value below which a fraction (0 to 1) of the numbers lies, between its neighbours if need be."},
    {.name = "percentileDisc",
     .kind = AggregateKind::percentile_disc,
     .parameters = {{{"value", number}, fraction_parameter}},
     .arguments = 2,
     .result = number,
     .help = "The smallest of the numbers that a fraction (0 to 1) of them does not exceed."},
    of("stDev", AggregateKind::st_dev, number, ValueType::floating, "The standard deviation of a sample."),
    of("stDevP", AggregateKind::st_dev_p, number, ValueType::floating, "The standard deviation of a population."),
    of("sum", AggregateKind::sum, summed, number | ValueType::duration, "The sum of numbers or durations."),
};

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

[[noreturn]] void cannot(std::string_view what, const Value& value) {
    throw Error{Code::type_error,
                fmt::format("{} takes numbers, not {} ({})", what, print(value), mainstay::name_of(value.type()))};
}

double checked_fraction(const Value& value) {
    if (!value.is_number()) cannot("a percentile's fraction", value);
    const double fraction = value.as_number();
    if (!(fraction >= 0 && fraction <= 1))
        throw Error{Code::number_out_of_range,
                    fmt::format("the fraction of a percentile must be from 0 to 1, not {}", print(value))};
    return fraction;
}

}  // namespace

const Aggregate* find_aggregate(std::string_view name) noexcept {
    for (const Aggregate& aggregate : table)
        if (equal_ignoring_case(aggregate.name, name)) return &aggregate;
    return nullptr;
}

std::span<const Aggregate> all_aggregates() noexcept { return table; }

Accumulator::Accumulator(const Aggregate& aggregate) : kind_(aggregate.kind) {
    switch (kind_) {
        case AggregateKind::count: state_.emplace<Count>(); break;
        case AggregateKind::sum:
        case AggregateKind::avg: state_.emplace<Sum>(); break;
        case AggregateKind::min:
        case AggregateKind::max: state_.emplace<Extreme>(); break;
        case AggregateKind::collect: state_.emplace<Collect>(); break;
        case AggregateKind::st_dev:
        case AggregateKind::st_dev_p: state_.emplace<Deviation>(); break;
        case AggregateKind::percentile_cont:
        case AggregateKind::percentile_disc: state_.emplace<Percentile>(); break;
    }
}

void Accumulator::add_to_sum(const Value& value) {
    Sum& sum = std::get<Sum>(state_);
    const bool is_duration = value.is(ValueType::duration);
    if (!value.is_number() && !is_duration) cannot(kind_ == AggregateKind::sum ? "sum()" : "avg()", value);
    if (sum.rows > 0 && is_duration == sum.durations.is_null())
        throw Error{Code::type_error, "numbers and durations cannot be added up together"};
    ++sum.rows;
    if (is_duration) {
        sum.durations = sum.durations.is_null() ? value : Value{plus(sum.durations.as_duration(), value.as_duration())};
    } else if (value.is(ValueType::floating)) {
        sum.floats += value.as_double();
        sum.any_float = true;
    } else if (kind_ == AggregateKind::avg) {
        sum.floats += static_cast<double>(value.as_int());
    } else if (__builtin_add_overflow(sum.integers, value.as_int(), &sum.integers)) {
        throw Error{Code::arithmetic_overflow, "the sum does not fit into an Integer"}.with_hint(
            "sum toFloat() of the values");
    }
}

void Accumulator::add(std::span<const Value> arguments) {
    MAINSTAY_ASSERT(!arguments.empty());
    const Value& value = arguments[0];
    if (value.is_null()) return;
    switch (kind_) {
        case AggregateKind::count: ++std::get<Count>(state_).rows; break;
        case AggregateKind::sum:
        case AggregateKind::avg: add_to_sum(value); break;
        case AggregateKind::min:
        case AggregateKind::max: {
            Value& best = std::get<Extreme>(state_).value;
            if (best.is_null() || (kind_ == AggregateKind::min ? order(value, best) < 0 : order(value, best) > 0))
                best = value;
            break;
        }
        case AggregateKind::collect: std::get<Collect>(state_).items.push_back(value); break;
        case AggregateKind::st_dev:
        case AggregateKind::st_dev_p: {
            if (!value.is_number()) cannot("a standard deviation", value);
            Deviation& d = std::get<Deviation>(state_);
            const double x = value.as_number(), distance = x - d.mean;
            d.mean += distance / static_cast<double>(++d.rows);
            d.squares += distance * (x - d.mean);
            break;
        }
        case AggregateKind::percentile_cont:
        case AggregateKind::percentile_disc: {
            MAINSTAY_ASSERT(arguments.size() == 2);
            if (!value.is_number()) cannot("a percentile", value);
            Percentile& p = std::get<Percentile>(state_);
            const double fraction = checked_fraction(arguments[1]);
            if (p.numbers.empty()) p.fraction = fraction;
            p.numbers.push_back(value);
            break;
        }
    }
}

void Accumulator::add_integers(std::span<const std::int64_t> numbers) {
    if (numbers.empty()) return;
    switch (kind_) {
        case AggregateKind::count: std::get<Count>(state_).rows += static_cast<std::int64_t>(numbers.size()); return;
        case AggregateKind::min: return add(Value{*std::min_element(numbers.begin(), numbers.end())});
        case AggregateKind::max: return add(Value{*std::max_element(numbers.begin(), numbers.end())});
        case AggregateKind::sum: {
            Sum& sum = std::get<Sum>(state_);
            if (!sum.durations.is_null()) break;  // an error, which the first number gives
            std::int64_t total = sum.integers;
            bool is_too_large = false;
            for (const std::int64_t each : numbers) is_too_large |= __builtin_add_overflow(total, each, &total);
            if (is_too_large) break;
            sum.integers = total;
            sum.rows += static_cast<std::int64_t>(numbers.size());
            return;
        }
        default: break;
    }
    for (const std::int64_t each : numbers) add(Value{each});
}

void Accumulator::add(const Value& argument, std::uint64_t times) {
    const bool is_once_enough = kind_ == AggregateKind::min || kind_ == AggregateKind::max || argument.is_null();
    if (times == 0) return;
    if (kind_ == AggregateKind::count && !argument.is_null()) {
        std::get<Count>(state_).rows += static_cast<std::int64_t>(times);
    } else if (kind_ == AggregateKind::sum && argument.is(ValueType::integer) && argument.as_int() >= 0 &&
               argument.as_int() <= 1) {
        // What counts are made of: sum(CASE WHEN ... THEN 1 ELSE 0 END). Larger factors might overflow on the way.
        add(argument);
        Sum& sum = std::get<Sum>(state_);
        if (__builtin_add_overflow(sum.integers, argument.as_int() * static_cast<std::int64_t>(times - 1),
                                   &sum.integers))
            add_to_sum(Value{std::numeric_limits<std::int64_t>::max()});  // throws
        sum.rows += static_cast<std::int64_t>(times - 1);
    } else {
        for (std::uint64_t i = 0; i < (is_once_enough ? 1 : times); ++i) add(argument);
    }
}

Value Accumulator::result() const {
    switch (kind_) {
        case AggregateKind::count: return std::get<Count>(state_).rows;
        case AggregateKind::sum: {
            const Sum& sum = std::get<Sum>(state_);
            if (!sum.durations.is_null()) return sum.durations;
            if (sum.any_float) return sum.floats + static_cast<double>(sum.integers);
            return sum.integers;
        }
        case AggregateKind::avg: {
            const Sum& sum = std::get<Sum>(state_);
            if (sum.rows == 0) return {};
            if (!sum.durations.is_null()) return divided_by(sum.durations.as_duration(), Value{sum.rows});
            return sum.floats / static_cast<double>(sum.rows);
        }
        case AggregateKind::min:
        case AggregateKind::max: return std::get<Extreme>(state_).value;
        case AggregateKind::collect: return Value::list(std::get<Collect>(state_).items);
        case AggregateKind::st_dev:
        case AggregateKind::st_dev_p: {
            const Deviation& d = std::get<Deviation>(state_);
            const std::int64_t divisor = kind_ == AggregateKind::st_dev ? d.rows - 1 : d.rows;
            return divisor <= 0 ? 0.0 : std::sqrt(d.squares / static_cast<double>(divisor));
        }
        case AggregateKind::percentile_cont:
        case AggregateKind::percentile_disc: break;
    }
    const Percentile& p = std::get<Percentile>(state_);
    if (p.numbers.empty()) return {};
    ValueList sorted = p.numbers;
    std::sort(sorted.begin(), sorted.end(), [](const Value& a, const Value& b) { return order(a, b) < 0; });
    const auto last = static_cast<double>(sorted.size() - 1);
    if (kind_ == AggregateKind::percentile_disc) {
        const double rank = std::ceil(p.fraction * static_cast<double>(sorted.size())) - 1;
        return sorted[static_cast<std::size_t>(std::clamp(rank, 0.0, last))];
    }
    const double at = p.fraction * last, below = std::floor(at);
    const double low = sorted[static_cast<std::size_t>(below)].as_number();
    if (at == below) return low;
    return low + (sorted[static_cast<std::size_t>(below) + 1].as_number() - low) * (at - below);
}

std::uint64_t Accumulator::bytes() const noexcept {
    if (const auto* collect = std::get_if<Collect>(&state_)) return collect->items.capacity() * sizeof(Value);
    if (const auto* percentile = std::get_if<Percentile>(&state_))
        return percentile->numbers.capacity() * sizeof(Value);
    return 0;
}

}  // namespace mainstay::function
