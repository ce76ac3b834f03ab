#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"
#include "temporal/calendar.hpp"
#include "temporal/duration_builder.hpp"
#include "temporal/fields.hpp"

#include <fmt/core.h>

#include <limits>

namespace mainstay {

using temporal::Fields;
using temporal::nanos_per_day;
using temporal::nanos_per_second;
using temporal::Parts;
using temporal::ZoneSpec;

namespace {

bool has_date(ValueType type) noexcept {
    return type == ValueType::date || type == ValueType::local_datetime || type == ValueType::datetime;
}
bool has_time(ValueType type) noexcept { return type != ValueType::date; }
bool has_zone(ValueType type) noexcept { return type == ValueType::time || type == ValueType::datetime; }

Value parsed(ValueType type, std::string_view text) {
    const auto or_null = [](const auto& result) { return result ? Value{*result} : Value{}; };
    Value value;
    switch (type) {
        case ValueType::date: value = or_null(parse_date(text)); break;
        case ValueType::local_time: value = or_null(parse_local_time(text)); break;
        case ValueType::time: value = or_null(parse_time(text)); break;
        case ValueType::local_datetime: value = or_null(parse_local_datetime(text)); break;
        default: value = or_null(parse_datetime(text)); break;
    }
    if (!value.is_null()) return value;
    static constexpr std::string_view examples[] = {"2026-09-01", "14:30:00", "14:30:00+02:00", "2026-09-01T14:30:00",
                                                    "2026-09-01T14:30:00+02:00"};
    throw Error{Code::invalid_temporal, fmt::format("{} is not a {}", quoted(text), name_of(type))}.with_hint(
        fmt::format("write it like {}", examples[static_cast<int>(type) - static_cast<int>(ValueType::date)]));
}

// The part of another temporal value that `type` has.
Value selected(ValueType type, const Value& from) {
    const Parts parts = Parts::of(from);
    if ((type == ValueType::date && !parts.days) || (!has_date(type) && !parts.nanos) ||
        (has_date(type) && !parts.days))
        throw Error{Code::type_error,
                    fmt::format("a {} cannot be made from a {}", name_of(type), name_of(from.type()))};
    if (type == ValueType::time) return Time{*parts.nanos, parts.offset.value_or(0)};
    return temporal::assemble(type, parts.days.value_or(0), parts.nanos.value_or(0), parts.zone.value_or(ZoneSpec{}),
                              parts.offset);
}

Parts base_part(const Fields& fields, std::string_view name) {
    const Value* base = fields.find(name);
    if (!base) return {};
    if (!temporal::is_instant(*base))
        throw Error{Code::type_error,
                    fmt::format("{} must be a temporal value, not {}", quoted(name), name_of(base->type()))};
    Parts parts = Parts::of(*base);
    if ((name != "time" && !parts.days) || (name != "date" && !parts.nanos))
        throw Error{Code::type_error, fmt::format("{} cannot be taken from a {}", quoted(name), name_of(base->type()))};
    if (name == "date") parts = {parts.days, {}, {}, {}};  // its zone belongs to its time of day
    if (name == "time") parts.days.reset();
    return parts;
}

Value from_epoch_fields(const Fields& fields) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (fields.has("epochSeconds") && fields.has("epochMillis"))
        throw Error{Code::invalid_temporal, "give epochSeconds or epochMillis, not both"};
    if (fields.has_any({"year", "month", "day", "week", "dayOfWeek", "quarter", "dayOfQuarter", "ordinalDay", "date",
                        "datetime", "time", "hour", "minute", "second", "millisecond", "microsecond"}))
        throw Error{Code::invalid_temporal, "epochSeconds and epochMillis go only with nanosecond and timezone"};
    DateTime instant;
    if (const auto seconds = fields.number("epochSeconds", -most, most))
        instant = datetime_from_epoch(*seconds, fields.number("nanosecond", 0, nanos_per_second - 1).value_or(0));
    else {
        instant = datetime_from_epoch_millis(*fields.number("epochMillis", -most, most));
        const auto nanos = fields.number("nanosecond", 0, 999'999).value_or(0);
        instant.nanos = (instant.nanos + static_cast<std::uint32_t>(nanos)) & 0x3FFFFFFF;
    }
    const auto zone = fields.zone();
    return zone ? temporal::in_zone(instant, *zone) : instant;
}

Value from_map(ValueType type, const Value& map, const DateTime& now) {
    const Fields fields{type, map};
    if (fields.has_any({"epochSeconds", "epochMillis"})) return from_epoch_fields(fields);
    if (fields.has("datetime") && fields.has_any({"date", "time"}))
        throw Error{Code::invalid_temporal, "give `datetime`, or `date` and `time`, not both"};

    Parts base = base_part(fields, "datetime");
    if (fields.has("date")) base.days = base_part(fields, "date").days;
    if (fields.has("time")) {
        const Parts time = base_part(fields, "time");
        base.nanos = time.nanos;
        base.zone = time.zone;
        base.offset = time.offset;
    }
    const std::int64_t days = has_date(type) ? temporal::date_of(fields, base.days) : 0;
    const std::int64_t nanos = has_time(type) ? temporal::time_of(fields, base.nanos) : 0;
    if (type == ValueType::local_time || type == ValueType::time)
        if (!base.nanos && !fields.has("hour"))
            throw Error{Code::invalid_temporal, fmt::format("a {} needs `hour`", name_of(type))};
    if (!has_zone(type)) return temporal::assemble(type, days, nanos, {}, {});

    const auto zone = fields.zone();
    if (type == ValueType::time) {
        const std::int32_t old = base.offset.value_or(0);
        if (!zone) return Time{nanos, old};
        const std::int32_t offset = temporal::offset_of(*zone, now);
        if (!base.zone) return Time{nanos, offset};
        return Time{temporal::floor_mod(nanos + (offset - old) * nanos_per_second, nanos_per_day), offset};
    }
    // Components are set in the base's own zone, which is then converted.
    const Value value =
        temporal::assemble(type, days, nanos, base.zone ? *base.zone : zone.value_or(ZoneSpec{}), base.offset);
    return base.zone && zone ? temporal::in_zone(value.get<DateTime>(), *zone) : value;
}

}  // namespace

Value make_temporal(ValueType type, const Value& argument, const DateTime& now) {
    MAINSTAY_ASSERT(type >= ValueType::date && type <= ValueType::datetime);
    if (argument.is_null()) return {};
    if (argument.is(ValueType::string)) return parsed(type, argument.as_string());
    if (argument.is(ValueType::map)) return from_map(type, argument, now);
    if (temporal::is_instant(argument)) return selected(type, argument);
    throw Error{Code::type_error,
                fmt::format("a {} is made from a String, a Map of components or a temporal value, not from {}",
                            name_of(type), name_of(argument.type()))};
}

Value current_temporal(ValueType type, const DateTime& now, std::string_view zone) {
    MAINSTAY_ASSERT(type >= ValueType::date && type <= ValueType::datetime);
    return selected(type, temporal::in_zone(now, zone.empty() ? ZoneSpec{} : temporal::parse_zone(zone)));
}

DateTime datetime_from_epoch(std::int64_t seconds, std::int64_t nanos) {
    const std::int64_t carry = temporal::floor_div(nanos, nanos_per_second);
    std::int64_t total;
    if (__builtin_add_overflow(seconds, carry, &total))
        throw Error{Code::invalid_temporal, "the instant is out of range"};
    temporal::checked_date(temporal::floor_div(total, temporal::seconds_per_day));
    DateTime result;
    result.seconds = total;
    result.nanos = static_cast<std::uint32_t>(nanos - carry * nanos_per_second) & 0x3FFFFFFF;
    return result;
}

DateTime datetime_from_epoch_millis(std::int64_t millis) {
    const std::int64_t seconds = temporal::floor_div(millis, 1000);
    return datetime_from_epoch(seconds, temporal::floor_mod(millis, 1000) * 1'000'000);
}

Value make_duration(const Value& argument) {
    if (argument.is_null() || argument.is(ValueType::duration)) return argument;
    if (argument.is(ValueType::string)) {
        if (const auto duration = parse_duration(argument.as_string())) return *duration;
        throw Error{Code::invalid_temporal, fmt::format("{} is not a Duration", quoted(argument.as_string()))}
            .with_hint("write it like P1Y2M3DT4H5M6.7S");
    }
    if (!argument.is(ValueType::map))
        throw Error{Code::type_error, fmt::format("a Duration is made from a String or a Map of units, not from {}",
                                                  name_of(argument.type()))};
    temporal::DurationBuilder builder;
    for (const auto& [key, amount] : argument.as_map()) {
        const auto* unit = temporal::DurationBuilder::find_unit(key);
        if (!unit) {
            std::vector<std::string> candidates;
            for (const auto& known : temporal::DurationBuilder::units()) candidates.emplace_back(known.name);
            throw Error{Code::invalid_temporal, fmt::format("{} is not a unit of a Duration", quoted(key))}.with_hint(
                nearest(key, candidates));
        }
        if (amount.is(ValueType::integer))
            builder.add(*unit, amount.as_int());
        else if (amount.is(ValueType::floating))
            builder.add(*unit, amount.as_double());
        else
            throw Error{Code::type_error,
                        fmt::format("{} must be a number, not {}", quoted(key), name_of(amount.type()))};
    }
    return builder.build();
}

}  // namespace mainstay
