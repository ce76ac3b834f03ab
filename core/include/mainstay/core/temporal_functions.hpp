#pragma once

// What the language does with temporal values: building them from components, text and each other, truncation,
// arithmetic, distances and components. Pure functions; "now" is an argument. Rules are openCypher 9's, and java.time's
// where that is silent. All throw Error(Code::invalid_temporal) for numbers, units, names and texts that make no sense
// or leave the range of years, and Error(Code::type_error) for values of the wrong type; both say what was expected.

#include "mainstay/core/temporal.hpp"
#include "mainstay/core/value.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mainstay {

// date(x), time(x), localtime(x), localdatetime(x), datetime(x). `type` is one of the five. `argument`: null (gives
// null), a text in any form of parse_*, another temporal value to take the part from, or a map of components:
//   date      year, then one of: month, day | week, dayOfWeek | quarter, dayOfQuarter | ordinalDay
//   time      hour, minute, second, millisecond, microsecond, nanosecond
//   base      date, time, datetime: a temporal value that gives what is not named
//   zone      timezone: converts a base that has a zone, otherwise is attached
//   instant   epochSeconds or epochMillis, with nanosecond (datetime only)
// A smaller component needs the larger ones, unless a base gives them. `now` is asked only for a named zone of a time
// of day.
Value make_temporal(ValueType type, const Value& argument, const DateTime& now);

// date(), time(), ... : the clock reading `now` in `zone` (a name or offset; empty: UTC).
Value current_temporal(ValueType type, const DateTime& now, std::string_view zone = {});

DateTime datetime_from_epoch(std::int64_t seconds, std::int64_t nanos);
DateTime datetime_from_epoch_millis(std::int64_t millis);

// date.truncate(unit, value, overrides) and kin: the value as `type`, everything below `unit` at its start, then the
// components of the map `overrides` (or null) set; its timezone is attached, not converted to. Units: millennium,
// century, decade, year, weekYear, quarter, month, week, day, hour, minute, second, millisecond, microsecond.
Value truncate_temporal(ValueType type, std::string_view unit, const Value& value, const Value& overrides,
                        const DateTime& now);

// duration(x): null, text, a duration, or a map of years, quarters, months, weeks, days, hours, minutes, seconds,
// milliseconds, microseconds, nanoseconds, each any number.
Value make_duration(const Value& argument);

// value + duration, value - duration, for the five types. Months first, then days, then the rest: on the local time
// line, and for a datetime the rest on that of instants. A date counts whole days only; a time of day wraps around.
Value plus(const Value& temporal, const Duration& duration);
Value minus(const Value& temporal, const Duration& duration);
Duration plus(const Duration& a, const Duration& b);
Duration minus(const Duration& a, const Duration& b);
Duration times(const Duration& duration, const Value& number);
Duration divided_by(const Duration& duration, const Value& number);  // throws Error(Code::division_by_zero)

// duration.between: months, then days, then the rest. in_months, in_days and in_seconds: only that, towards zero. A
// side without a date, time or zone takes the other's (time: midnight).
Duration duration_between(const Value& from, const Value& to);
Duration duration_in_months(const Value& from, const Value& to);
Duration duration_in_days(const Value& from, const Value& to);
Duration duration_in_seconds(const Value& from, const Value& to);

// `value.name`: "year", "weekYear", "epochMillis", "offset", "nanosecondsOfSecond", ... ASCII case ignored; nullopt if
// the type has no such component. Throws Error(Code::arithmetic_overflow) if a total does not fit.
std::optional<Value> temporal_component(const Value& temporal, std::string_view name);
std::span<const std::string_view> temporal_component_names(ValueType type) noexcept;  // empty for other types

}  // namespace mainstay
