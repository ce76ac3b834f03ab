#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"
#include "temporal/calendar.hpp"
#include "temporal/duration_builder.hpp"
#include "temporal/fields.hpp"

#include <fmt/core.h>

namespace mainstay {

using temporal::floor_div;
using temporal::nanos_per_second;
using temporal::Parts;
using temporal::ZoneSpec;

namespace {

// Two moments made comparable. Without a date on either side both lie on the same day.
struct Pair {
    bool have_dates;
    std::optional<ZoneSpec> zone;  // in which both are expressed; none: local times
    LocalDateTime from, to;        // local in that zone
    LocalDateTime from_instant, to_instant;
    std::int32_t from_offset;  // if there is a zone
};

LocalDateTime instant_of(const DateTime& value) { return {value.seconds, static_cast<std::int32_t>(value.nanos)}; }

Pair align(const Value& from_value, const Value& to_value) {
    for (const Value* value : {&from_value, &to_value})
        if (!temporal::is_instant(*value))
            throw Error{Code::type_error,
                        fmt::format("a duration lies between two temporal values, not {}", name_of(value->type()))};
    Parts from = Parts::of(from_value), to = Parts::of(to_value);
    Pair pair{};
    pair.have_dates = from.days && to.days;
    if (!from.days) from.days = to.days;
    if (!to.days) to.days = from.days;
    pair.from = temporal::join(from.days.value_or(0), from.nanos.value_or(0));
    pair.to = temporal::join(to.days.value_or(0), to.nanos.value_or(0));
    pair.zone = from.zone ? from.zone : to.zone;
    if (!pair.zone) {
        pair.from_instant = pair.from;
        pair.to_instant = pair.to;
        return pair;
    }
    const DateTime from_there = temporal::at_zone(pair.from, from.zone.value_or(*pair.zone), from.offset);
    const DateTime to_there =
        temporal::in_zone(temporal::at_zone(pair.to, to.zone.value_or(*pair.zone), to.offset), *pair.zone);
    pair.from_offset = from_there.offset;
    pair.from = temporal::local_of(from_there);
    pair.to = temporal::local_of(to_there);
    pair.from_instant = instant_of(from_there);
    pair.to_instant = instant_of(to_there);
    return pair;
}

// The end's day, moved to where a whole day's step from the start can reach it (as java.time's LocalDateTime.until).
std::int64_t reachable_day(LocalDateTime from, LocalDateTime to) {
    const temporal::DayTime a = temporal::split(from), b = temporal::split(to);
    if (b.days > a.days && b.nanos < a.nanos) return b.days - 1;
    if (b.days < a.days && b.nanos > a.nanos) return b.days + 1;
    return b.days;
}

std::int64_t whole_months(LocalDateTime from, LocalDateTime to) {
    const temporal::YearMonthDay a = temporal::year_month_day(temporal::split(from).days);
    const temporal::YearMonthDay b = temporal::year_month_day(reachable_day(from, to));
    const auto packed = [](const temporal::YearMonthDay& d) { return (d.year * 12 + d.month - 1) * 32 + d.day; };
    return (packed(b) - packed(a)) / 32;
}

std::int64_t whole_days(LocalDateTime from, LocalDateTime to) {
    return reachable_day(from, to) - temporal::split(from).days;
}

Duration distance(LocalDateTime from, LocalDateTime to) {
    return temporal::normalized(0, 0, to.seconds - from.seconds, std::int64_t{to.nanos} - from.nanos);
}

}  // namespace

Duration duration_between(const Value& from_value, const Value& to_value) {
    const Pair pair = align(from_value, to_value);
    if (!pair.have_dates) return distance(pair.from_instant, pair.to_instant);
    const std::int64_t months = whole_months(pair.from, pair.to);
    temporal::DayTime from = temporal::split(pair.from);
    from.days = temporal::plus_months(from.days, months);
    const std::int64_t days = whole_days(temporal::join(from.days, from.nanos), pair.to);
    const LocalDateTime moved = temporal::join(from.days + days, from.nanos);
    Duration rest;
    if (pair.zone && (months != 0 || days != 0))
        rest = distance(instant_of(temporal::at_zone(moved, *pair.zone, pair.from_offset)), pair.to_instant);
    else
        rest = distance(months == 0 && days == 0 ? pair.from_instant : moved, pair.to_instant);
    rest.months = months;
    rest.days = days;
    return rest;
}

Duration duration_in_months(const Value& from, const Value& to) {
    const Pair pair = align(from, to);
    Duration result;
    if (pair.have_dates) result.months = whole_months(pair.from, pair.to);
    return result;
}

Duration duration_in_days(const Value& from, const Value& to) {
    const Pair pair = align(from, to);
    Duration result;
    if (pair.have_dates) result.days = whole_days(pair.from, pair.to);
    return result;
}

Duration duration_in_seconds(const Value& from, const Value& to) {
    const Pair pair = align(from, to);
    return distance(pair.from_instant, pair.to_instant);
}

}  // namespace mainstay
