#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"
#include "temporal/calendar.hpp"
#include "temporal/duration_builder.hpp"
#include "temporal/fields.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mainstay {

using temporal::Fields;
using temporal::Parts;
using temporal::ZoneSpec;

namespace {

enum class Unit : std::uint8_t {
    millennium,
    century,
    decade,
    year,
    week_year,
    quarter,
    month,
    week,
    day,
    hour,
    minute,
    second,
    millisecond,
    microsecond
};

struct UnitName {
    std::string_view name;
    Unit unit;
};
constexpr std::array unit_names = std::to_array<UnitName>({
    {"millennium", Unit::millennium},
    {"century", Unit::century},
    {"decade", Unit::decade},
    {"year", Unit::year},
    {"weekYear", Unit::week_year},
    {"quarter", Unit::quarter},
    {"month", Unit::month},
    {"week", Unit::week},
    {"day", Unit::day},
    {"hour", Unit::hour},
    {"minute", Unit::minute},
    {"second", Unit::second},
    {"millisecond", Unit::millisecond},
    {"microsecond", Unit::microsecond},
});

Unit find_unit(std::string_view name) {
    for (const UnitName& known : unit_names)
        if (temporal::equal_ignoring_case(known.name, name)) return known.unit;
    std::vector<std::string> candidates;
    for (const UnitName& known : unit_names) candidates.emplace_back(known.name);
    throw Error{Code::invalid_temporal, fmt::format("{} is not a unit to truncate to", quoted(name))}.with_hint(
        nearest(name, candidates));
}

std::int64_t truncate_days(Unit unit, std::int64_t days) {
    const temporal::YearMonthDay ymd = temporal::year_month_day(days);
    const auto start_of = [&](std::int64_t years) {
        const std::int64_t year = temporal::floor_div(ymd.year, years) * years;
        temporal::check_year(year);
        return temporal::days_from(year, 1, 1);
    };
    switch (unit) {
        case Unit::millennium: return start_of(1000);
        case Unit::century: return start_of(100);
        case Unit::decade: return start_of(10);
        case Unit::year: return start_of(1);
        case Unit::week_year:
            return temporal::checked_date(temporal::days_from_week(temporal::week_date(days).year, 1, 1)).days;
        case Unit::quarter: return temporal::days_from(ymd.year, temporal::quarter_of_month(ymd.month) * 3 - 2, 1);
        case Unit::month: return temporal::days_from(ymd.year, ymd.month, 1);
        case Unit::week: return temporal::checked_date(days - temporal::day_of_week(days) + 1).days;
        default: return days;
    }
}

std::int64_t truncate_nanos(Unit unit, std::int64_t nanos) {
    const auto down_to = [nanos](std::int64_t step) { return nanos - nanos % step; };
    switch (unit) {
        case Unit::hour: return down_to(3600 * temporal::nanos_per_second);
        case Unit::minute: return down_to(60 * temporal::nanos_per_second);
        case Unit::second: return down_to(temporal::nanos_per_second);
        case Unit::millisecond: return down_to(1'000'000);
        case Unit::microsecond: return down_to(1'000);
        default: return 0;
    }
}

// After truncation to milliseconds, {nanosecond: 2} means two nanoseconds more, not the whole fraction (TCK,
// Temporal9).
std::int64_t kept_nanos(Unit unit, const Fields& fields, std::int64_t nanos) {
    const bool adds = (unit == Unit::millisecond && !fields.has("millisecond")) ||
                      (unit == Unit::microsecond && !fields.has_any({"millisecond", "microsecond"}));
    return adds ? nanos % temporal::nanos_per_second : 0;
}

}  // namespace

Value truncate_temporal(ValueType type, std::string_view unit_name, const Value& value, const Value& overrides,
                        const DateTime& now) {
    MAINSTAY_ASSERT(type >= ValueType::date && type <= ValueType::datetime);
    if (value.is_null()) return {};
    const Unit unit = find_unit(unit_name);
    if (!temporal::is_instant(value))
        throw Error{Code::type_error, fmt::format("a temporal value is wanted, not {}", name_of(value.type()))};
    if (!overrides.is_null() && !overrides.is(ValueType::map))
        throw Error{Code::type_error, fmt::format("a Map of components is wanted, not {}", name_of(overrides.type()))};

    const Parts parts = Parts::of(value);
    const bool wants_date = type == ValueType::date || type == ValueType::local_datetime || type == ValueType::datetime;
    if ((wants_date && !parts.days) || (!wants_date && !parts.nanos))
        throw Error{Code::type_error,
                    fmt::format("a {} cannot be made from a {}", name_of(type), name_of(value.type()))};
    if ((type == ValueType::date && unit > Unit::day) || (!wants_date && unit < Unit::day) ||
        (!parts.nanos && unit > Unit::day))
        throw Error{Code::invalid_temporal, fmt::format("a {} cannot be truncated to {} as a {}", name_of(value.type()),
                                                        unit_name, name_of(type))};

    const Value fields_map = overrides.is_null() ? Value::map({}) : overrides;
    const Fields fields{type, fields_map};
    std::int64_t days = wants_date ? truncate_days(unit, *parts.days) : 0;
    std::int64_t nanos = truncate_nanos(unit, parts.nanos.value_or(0));
    if (wants_date) days = temporal::date_of(fields, days);
    if (type != ValueType::date) nanos = temporal::time_of(fields, nanos, kept_nanos(unit, fields, nanos));

    ZoneSpec zone = parts.zone.value_or(ZoneSpec{});
    const auto given_zone = fields.zone();
    if (given_zone) zone = *given_zone;
    if (type == ValueType::time) {
        if (given_zone)
            zone = {ZoneId::none, temporal::offset_of(*given_zone, now)};
        else
            zone = {ZoneId::none, parts.offset.value_or(0)};
    }
    return temporal::assemble(type, days, nanos, zone, given_zone ? std::nullopt : parts.offset);
}

}  // namespace mainstay
