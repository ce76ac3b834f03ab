#include "temporal/fields.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"
#include "temporal/calendar.hpp"
#include "temporal/duration_builder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

namespace mainstay::temporal {
namespace {

enum : unsigned { date_part = 1, time_part = 2, zone_part = 4, instant_part = 8 };

struct Name {
    std::string_view name;
    unsigned part;
};

constexpr std::array names = std::to_array<Name>({
    {"year", date_part},
    {"month", date_part},
    {"day", date_part},
    {"week", date_part},
    {"dayOfWeek", date_part},
    {"quarter", date_part},
    {"dayOfQuarter", date_part},
    {"ordinalDay", date_part},
    {"date", date_part},
    {"hour", time_part},
    {"minute", time_part},
    {"second", time_part},
    {"millisecond", time_part},
    {"microsecond", time_part},
    {"nanosecond", time_part},
    {"time", time_part},
    {"timezone", zone_part},
    {"datetime", date_part | time_part},
    {"epochSeconds", instant_part},
    {"epochMillis", instant_part},
});

unsigned parts_of(ValueType type) noexcept {
    switch (type) {
        case ValueType::date: return date_part;
        case ValueType::local_time: return time_part;
        case ValueType::time: return time_part | zone_part;
        case ValueType::local_datetime: return date_part | time_part;
        default: return date_part | time_part | zone_part | instant_part;
    }
}

[[noreturn]] void needs(std::string_view smaller, std::string_view larger) {
    throw Error{Code::invalid_temporal, fmt::format("{} needs {}", quoted(smaller), quoted(larger))};
}

[[noreturn]] void not_in(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high) {
    throw Error{Code::invalid_temporal,
                fmt::format("{} must be from {} to {}, not {}", quoted(name), low, high, value)};
}

int narrow(std::int64_t value) noexcept { return static_cast<int>(value); }

std::int64_t week_based(const Fields& fields, std::optional<std::int64_t> year, std::optional<std::int64_t> base) {
    const auto old = base ? std::optional{week_date(*base)} : std::nullopt;
    if (!year && !old) needs("week", "year");
    const std::int64_t week_year = year ? *year : old->year;
    const int weeks = weeks_in_year(week_year);
    auto week = fields.number("week", 1, 53);
    if (week && *week > weeks) not_in("week", *week, 1, weeks);
    const auto day = fields.number("dayOfWeek", 1, 7);
    if (!week && !old) needs("dayOfWeek", "week");
    if (!week) week = std::min(old->week, weeks);
    return days_from_week(week_year, narrow(*week), narrow(day.value_or(old ? old->day : 1)));
}

std::int64_t quarter_based(const Fields& fields, std::optional<std::int64_t> year, std::optional<std::int64_t> base) {
    const auto old = base ? std::optional{year_month_day(*base)} : std::nullopt;
    if (!year && !old) needs("quarter", "year");
    if (!year) year = old->year;
    auto quarter = fields.number("quarter", 1, 4);
    if (!quarter && !old) needs("dayOfQuarter", "quarter");
    if (!quarter) quarter = quarter_of_month(old->month);
    const int first_month = narrow(*quarter) * 3 - 2;
    if (const auto day = fields.number("dayOfQuarter", 1, 92)) {
        const int days = days_in_quarter(*year, narrow(*quarter));
        if (*day > days) not_in("dayOfQuarter", *day, 1, days);
        return days_from(*year, first_month, 1) + *day - 1;
    }
    if (!old) return days_from(*year, first_month, 1);
    const int month = first_month + (old->month - 1) % 3;
    return days_from(*year, month, std::min(old->day, days_in_month(*year, month)));
}

std::int64_t ordinal(const Fields& fields, std::optional<std::int64_t> year, std::optional<std::int64_t> base) {
    if (!year && !base) needs("ordinalDay", "year");
    if (!year) year = year_month_day(*base).year;
    const auto day = fields.number("ordinalDay", 1, 366);
    if (*day > days_in_year(*year)) not_in("ordinalDay", *day, 1, days_in_year(*year));
    return days_from(*year, 1, 1) + *day - 1;
}

std::int64_t calendar_based(const Fields& fields, std::optional<std::int64_t> year, std::optional<std::int64_t> base) {
    const auto old = base ? std::optional{year_month_day(*base)} : std::nullopt;
    if (!year && !old) needs(fields.has("month") ? "month" : fields.has("day") ? "day" : "a date", "year");
    if (!year) year = old->year;
    const auto given_month = fields.number("month", 1, 12);
    const auto given_day = fields.number("day", 1, 31);
    if (given_day && !given_month && !old) needs("day", "month");
    const int month = narrow(given_month.value_or(old ? old->month : 1));
    const int days = days_in_month(*year, month);
    if (given_day && *given_day > days) not_in("day", *given_day, 1, days);
    return days_from(*year, month, narrow(given_day.value_or(old ? std::min(old->day, days) : 1)));
}

// The part of the second that the fields give, or nullopt if they give none.
std::optional<std::int64_t> subsecond(const Fields& fields) {
    if (!fields.has_any({"millisecond", "microsecond", "nanosecond"})) return std::nullopt;
    const bool has_milli = fields.has("millisecond"), has_micro = fields.has("microsecond");
    // Each is what is left below the next larger one given.
    const auto milli = fields.number("millisecond", 0, 999);
    const auto micro = fields.number("microsecond", 0, has_milli ? 999 : 999'999);
    const auto nano = fields.number("nanosecond", 0, has_micro ? 999 : has_milli ? 999'999 : 999'999'999);
    return milli.value_or(0) * 1'000'000 + micro.value_or(0) * 1'000 + nano.value_or(0);
}

}  // namespace

Fields::Fields(ValueType type, const Value& map) : entries_(&map.as_map()) {
    for (const auto& [key, value] : *entries_) {
        const auto known = std::find_if(names.begin(), names.end(),
                                        [&, &k = key](const Name& n) { return equal_ignoring_case(n.name, k); });
        if (known != names.end() && (known->part & parts_of(type)) != 0) continue;
        std::vector<std::string> candidates;
        for (const Name& n : names)
            if ((n.part & parts_of(type)) != 0) candidates.emplace_back(n.name);
        throw Error{Code::invalid_temporal, fmt::format("{} is not a component of a {}", quoted(key), name_of(type))}
            .with_hint(nearest(key, candidates));
    }
}

const Value* Fields::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : *entries_)
        if (equal_ignoring_case(key, name)) return &value;
    return nullptr;
}

bool Fields::has_any(std::initializer_list<std::string_view> wanted) const noexcept {
    return std::any_of(wanted.begin(), wanted.end(), [this](std::string_view name) { return has(name); });
}

std::optional<std::int64_t> Fields::number(std::string_view name, std::int64_t low, std::int64_t high) const {
    const Value* value = find(name);
    if (!value) return std::nullopt;
    if (!value->is(ValueType::integer))
        throw Error{Code::type_error, fmt::format("{} must be an Integer, not {} {}", quoted(name),
                                                  name_of(value->type()), print(*value))};
    if (value->as_int() < low || value->as_int() > high) not_in(name, value->as_int(), low, high);
    return value->as_int();
}

std::optional<ZoneSpec> Fields::zone() const {
    const Value* value = find("timezone");
    if (!value) return std::nullopt;
    if (!value->is(ValueType::string))
        throw Error{Code::type_error, fmt::format("`timezone` must be a String, not {}", name_of(value->type()))};
    return parse_zone(value->as_string());
}

Parts Parts::of(const Value& v) {
    Parts parts;
    switch (v.type()) {
        case ValueType::date: parts.days = v.get<Date>().days; break;
        case ValueType::local_time: parts.nanos = v.get<LocalTime>().nanos; break;
        case ValueType::time:
            parts.nanos = v.get<Time>().nanos;
            parts.offset = v.get<Time>().offset;
            parts.zone = ZoneSpec{ZoneId::none, v.get<Time>().offset};
            break;
        case ValueType::local_datetime: {
            const DayTime local = split(v.get<LocalDateTime>());
            parts.days = local.days;
            parts.nanos = local.nanos;
            break;
        }
        case ValueType::datetime: {
            const DayTime local = split(local_of(v.get<DateTime>()));
            parts.days = local.days;
            parts.nanos = local.nanos;
            parts.offset = v.get<DateTime>().offset;
            parts.zone = zone_of(v.get<DateTime>());
            break;
        }
        default: MAINSTAY_ASSERT(false);
    }
    return parts;
}

bool is_instant(const Value& v) noexcept { return v.is_temporal() && !v.is(ValueType::duration); }

std::int64_t date_of(const Fields& fields, std::optional<std::int64_t> base) {
    const bool week = fields.has_any({"week", "dayOfWeek"}), quarter = fields.has_any({"quarter", "dayOfQuarter"});
    const bool ordinal_day = fields.has("ordinalDay"), calendar = fields.has_any({"month", "day"});
    if (week + quarter + ordinal_day + calendar > 1)
        throw Error{Code::invalid_temporal,
                    "a date is given by month and day, or week and dayOfWeek, or quarter and "
                    "dayOfQuarter, or ordinalDay; not by a mixture"};
    const auto year = fields.number("year", year_min, year_max);
    const std::int64_t days = week          ? week_based(fields, year, base)
                              : quarter     ? quarter_based(fields, year, base)
                              : ordinal_day ? ordinal(fields, year, base)
                                            : calendar_based(fields, year, base);
    return checked_date(days).days;  // a week may reach over the last year's end
}

std::int64_t time_of(const Fields& fields, std::optional<std::int64_t> base, std::int64_t kept_nanos) {
    if (!base) {
        const bool hour = fields.has("hour"), minute = fields.has("minute"), second = fields.has("second");
        if (minute && !hour) needs("minute", "hour");
        if (second && !minute) needs("second", "minute");
        for (const std::string_view name : {"millisecond", "microsecond", "nanosecond"})
            if (fields.has(name) && !second) needs(name, "second");
    }
    const std::int64_t old = base.value_or(0), old_seconds = old / nanos_per_second;
    const std::int64_t hour = fields.number("hour", 0, 23).value_or(old_seconds / 3600);
    const std::int64_t minute = fields.number("minute", 0, 59).value_or(old_seconds / 60 % 60);
    const std::int64_t second = fields.number("second", 0, 59).value_or(old_seconds % 60);
    const auto given = subsecond(fields);
    const std::int64_t nanos = given ? *given + kept_nanos : old % nanos_per_second;
    if (nanos >= nanos_per_second)
        throw Error{Code::invalid_temporal, "the parts of the second given make more than one second"};
    return ((hour * 60 + minute) * 60 + second) * nanos_per_second + nanos;
}

Value assemble(ValueType type, std::int64_t days, std::int64_t nanos, const ZoneSpec& zone,
               std::optional<std::int32_t> preferred_offset) {
    switch (type) {
        case ValueType::date: return Date{days};
        case ValueType::local_time: return LocalTime{nanos};
        case ValueType::time: return Time{nanos, zone.offset};
        case ValueType::local_datetime: return join(days, nanos);
        default: return at_zone(join(days, nanos), zone, preferred_offset);
    }
}

std::int32_t offset_of(const ZoneSpec& zone, const DateTime& now) {
    return zone.zone == ZoneId::none ? zone.offset : rules_of(zone.zone).offset_at(now.seconds);
}

}  // namespace mainstay::temporal
