#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"
#include "temporal/calendar.hpp"
#include "temporal/duration_builder.hpp"
#include "temporal/fields.hpp"

#include <fmt/core.h>

#include <cmath>
#include <limits>

namespace mainstay {

using temporal::DurationBuilder;
using temporal::floor_div;
using temporal::floor_mod;
using temporal::nanos_per_day;
using temporal::nanos_per_second;
using temporal::seconds_per_day;

namespace {

__extension__ using Wide = __int128;

[[noreturn]] void out_of_range() { throw Error{Code::invalid_temporal, "the result is out of range"}; }

std::int64_t add(std::int64_t a, std::int64_t b) {
    std::int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) out_of_range();
    return sum;
}

std::int64_t multiply(std::int64_t a, std::int64_t b) {
    std::int64_t product;
    if (__builtin_mul_overflow(a, b, &product)) out_of_range();
    return product;
}

std::int64_t narrow(Wide value) {
    if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
        out_of_range();
    return static_cast<std::int64_t>(value);
}

Duration negated(const Duration& d) {
    return temporal::normalized(multiply(d.months, -1), multiply(d.days, -1), multiply(d.seconds, -1), -d.nanos);
}

std::int64_t time_plus(std::int64_t nanos_of_day, const Duration& d) {
    return floor_mod(nanos_of_day + floor_mod(d.seconds, seconds_per_day) * nanos_per_second + d.nanos, nanos_per_day);
}

std::int64_t days_plus(std::int64_t days, const Duration& d) {
    if (d.months != 0) days = temporal::plus_months(days, d.months);
    return temporal::checked_date(add(days, d.days)).days;
}

LocalDateTime seconds_plus(LocalDateTime value, const Duration& d) {
    const std::int64_t nanos = std::int64_t{value.nanos} + d.nanos;  // both below a second
    const std::int64_t seconds = add(add(value.seconds, d.seconds), nanos / nanos_per_second);
    temporal::checked_date(floor_div(seconds, seconds_per_day));
    return {seconds, static_cast<std::int32_t>(nanos % nanos_per_second)};
}

LocalDateTime months_and_days_plus(LocalDateTime value, const Duration& d) {
    const temporal::DayTime parts = temporal::split(value);
    return temporal::join(days_plus(parts.days, d), parts.nanos);
}

DateTime datetime_plus(const DateTime& value, const Duration& d) {
    DateTime moved = value;
    if (d.months != 0 || d.days != 0)
        moved = temporal::at_zone(months_and_days_plus(temporal::local_of(value), d), temporal::zone_of(value),
                                  value.offset);
    if (d.seconds == 0 && d.nanos == 0) return moved;
    const LocalDateTime instant = seconds_plus({moved.seconds, static_cast<std::int32_t>(moved.nanos)}, d);
    moved.seconds = instant.seconds;
    moved.nanos = static_cast<std::uint32_t>(instant.nanos) & 0x3FFFFFFF;
    return moved.zone_id() == ZoneId::none ? moved : temporal::in_zone(moved, temporal::zone_of(moved));
}

void require_number(const Value& number) {
    if (!number.is_number())
        throw Error{Code::type_error,
                    fmt::format("a Duration is multiplied or divided by a number, not by {}", name_of(number.type()))};
}

// Each group on its own, as plain floats, whose rounding gives 3 / 0.1 = 30; what is left of a month or day goes down.
template <typename Operation>
Duration scaled(const Duration& d, Operation operation) {
    DurationBuilder builder;
    builder.add(DurationBuilder::Group::months, operation(static_cast<double>(d.months)));
    builder.add(DurationBuilder::Group::days, operation(static_cast<double>(d.days)));
    builder.add(DurationBuilder::Group::seconds, operation(static_cast<double>(d.seconds)));
    builder.add(DurationBuilder::Group::nanos, operation(static_cast<double>(d.nanos)));
    return builder.build();
}

}  // namespace

Value plus(const Value& value, const Duration& d) {
    switch (value.type()) {
        case ValueType::date: {
            // Whole days of the rest count (TCK, Temporal8).
            const std::int64_t days = days_plus(value.get<Date>().days, d);
            const std::int64_t seconds = d.seconds < 0 && d.nanos > 0 ? d.seconds + 1 : d.seconds;
            return temporal::checked_date(add(days, seconds / seconds_per_day));
        }
        case ValueType::local_time: return LocalTime{time_plus(value.get<LocalTime>().nanos, d)};
        case ValueType::time: return Time{time_plus(value.get<Time>().nanos, d), value.get<Time>().offset};
        case ValueType::local_datetime: return seconds_plus(months_and_days_plus(value.get<LocalDateTime>(), d), d);
        case ValueType::datetime: return datetime_plus(value.get<DateTime>(), d);
        default: break;
    }
    throw Error{Code::type_error, fmt::format("a Duration cannot be added to a {}", name_of(value.type()))};
}

Value minus(const Value& value, const Duration& d) { return plus(value, negated(d)); }

Duration plus(const Duration& a, const Duration& b) {
    return temporal::normalized(add(a.months, b.months), add(a.days, b.days), add(a.seconds, b.seconds),
                                std::int64_t{a.nanos} + b.nanos);
}

Duration minus(const Duration& a, const Duration& b) { return plus(a, negated(b)); }

Duration times(const Duration& d, const Value& number) {
    require_number(number);
    if (number.is(ValueType::floating)) return scaled(d, [&](double x) { return x * number.as_double(); });
    const std::int64_t factor = number.as_int();
    Wide nanos;
    if (__builtin_mul_overflow(Wide{d.seconds} * nanos_per_second + d.nanos, Wide{factor}, &nanos)) out_of_range();
    const Wide seconds = nanos / nanos_per_second;
    return temporal::normalized(multiply(d.months, factor), multiply(d.days, factor), narrow(seconds),
                                static_cast<std::int64_t>(nanos - seconds * nanos_per_second));
}

Duration divided_by(const Duration& d, const Value& number) {
    require_number(number);
    if (number.as_number() == 0) throw Error{Code::division_by_zero, "a Duration cannot be divided by zero"};
    if (number.is(ValueType::floating)) return scaled(d, [&](double x) { return x / number.as_double(); });

    // Whole numbers exactly: remainders of months go down as their average length, those of days as 24 hours.
    const std::int64_t divisor = number.as_int();
    const Wide below_month =
        Wide{d.months} % divisor * temporal::average_seconds_per_month * nanos_per_second / divisor;
    const Wide below_day = Wide{d.days} % divisor * nanos_per_day / divisor + below_month % nanos_per_day;
    const Wide nanos = (Wide{d.seconds} * nanos_per_second + d.nanos) / divisor + below_day % nanos_per_day;
    const Wide seconds = nanos / nanos_per_second;
    return temporal::normalized(
        narrow(Wide{d.months} / divisor),
        narrow(Wide{d.days} / divisor + below_month / nanos_per_day + below_day / nanos_per_day), narrow(seconds),
        static_cast<std::int64_t>(nanos - seconds * nanos_per_second));
}

}  // namespace mainstay
