#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal_functions.hpp"
#include "temporal/calendar.hpp"
#include "temporal/duration_builder.hpp"
#include "temporal/fields.hpp"

#include <array>

namespace mainstay {

using temporal::nanos_per_second;
using temporal::Parts;

namespace {

struct DateComponent {
    std::string_view name;
    std::int64_t (*of)(std::int64_t days);
};
constexpr std::array date_components = std::to_array<DateComponent>({
    {"year", [](std::int64_t d) { return temporal::year_month_day(d).year; }},
    {"quarter",
     [](std::int64_t d) -> std::int64_t { return temporal::quarter_of_month(temporal::year_month_day(d).month); }},
    {"month", [](std::int64_t d) -> std::int64_t { return temporal::year_month_day(d).month; }},
    {"week", [](std::int64_t d) -> std::int64_t { return temporal::week_date(d).week; }},
    {"weekYear", [](std::int64_t d) { return temporal::week_date(d).year; }},
    {"day", [](std::int64_t d) -> std::int64_t { return temporal::year_month_day(d).day; }},
    {"ordinalDay", [](std::int64_t d) -> std::int64_t { return temporal::day_of_year(d); }},
    {"weekDay", [](std::int64_t d) -> std::int64_t { return temporal::day_of_week(d); }},
    {"dayOfWeek", [](std::int64_t d) -> std::int64_t { return temporal::day_of_week(d); }},
    {"dayOfQuarter", [](std::int64_t d) -> std::int64_t { return temporal::day_of_quarter(d); }},
});

struct TimeComponent {
    std::string_view name;
    std::int64_t (*of)(std::int64_t nanos);
};
constexpr std::array time_components = std::to_array<TimeComponent>({
    {"hour", [](std::int64_t n) { return n / (3600 * nanos_per_second); }},
    {"minute", [](std::int64_t n) { return n / (60 * nanos_per_second) % 60; }},
    {"second", [](std::int64_t n) { return n / nanos_per_second % 60; }},
    {"millisecond", [](std::int64_t n) { return n % nanos_per_second / 1'000'000; }},
    {"microsecond", [](std::int64_t n) { return n % nanos_per_second / 1'000; }},
    {"nanosecond", [](std::int64_t n) { return n % nanos_per_second; }},
});

std::int64_t total(std::int64_t seconds, std::int64_t per_second, std::int64_t rest) {
    std::int64_t scaled;
    if (__builtin_mul_overflow(seconds, per_second, &scaled) || __builtin_add_overflow(scaled, rest, &scaled))
        throw Error{Code::arithmetic_overflow, "the number of units does not fit into 64 bits"};
    return scaled;
}

struct DurationComponent {
    std::string_view name;
    std::int64_t (*of)(const Duration&);
};
constexpr std::array duration_components = std::to_array<DurationComponent>({
    {"years", [](const Duration& d) { return d.months / 12; }},
    {"quarters", [](const Duration& d) { return d.months / 3; }},
    {"months", [](const Duration& d) { return d.months; }},
    {"weeks", [](const Duration& d) { return d.days / 7; }},
    {"days", [](const Duration& d) { return d.days; }},
    {"hours", [](const Duration& d) { return d.seconds / 3600; }},
    {"minutes", [](const Duration& d) { return d.seconds / 60; }},
    {"seconds", [](const Duration& d) { return d.seconds; }},
    {"milliseconds", [](const Duration& d) { return total(d.seconds, 1'000, d.nanos / 1'000'000); }},
    {"microseconds", [](const Duration& d) { return total(d.seconds, 1'000'000, d.nanos / 1'000); }},
    {"nanoseconds", [](const Duration& d) { return total(d.seconds, nanos_per_second, d.nanos); }},
    {"quartersOfYear", [](const Duration& d) { return d.months / 3 % 4; }},
    {"monthsOfQuarter", [](const Duration& d) { return d.months % 3; }},
    {"monthsOfYear", [](const Duration& d) { return d.months % 12; }},
    {"daysOfWeek", [](const Duration& d) { return d.days % 7; }},
    {"minutesOfHour", [](const Duration& d) { return d.seconds / 60 % 60; }},
    {"secondsOfMinute", [](const Duration& d) { return d.seconds % 60; }},
    {"millisecondsOfSecond", [](const Duration& d) -> std::int64_t { return d.nanos / 1'000'000; }},
    {"microsecondsOfSecond", [](const Duration& d) -> std::int64_t { return d.nanos / 1'000; }},
    {"nanosecondsOfSecond", [](const Duration& d) -> std::int64_t { return d.nanos; }},
});

constexpr std::array zone_names{std::string_view{"timezone"}, std::string_view{"offset"},
                                std::string_view{"offsetMinutes"}, std::string_view{"offsetSeconds"}};
constexpr std::array epoch_names{std::string_view{"epochSeconds"}, std::string_view{"epochMillis"}};

template <typename Table, typename Argument>
std::optional<Value> look_up(const Table& table, std::string_view name, const Argument& argument) {
    for (const auto& component : table)
        if (temporal::equal_ignoring_case(component.name, name)) return Value{component.of(argument)};
    return std::nullopt;
}

bool is(std::string_view name, std::string_view known) noexcept { return temporal::equal_ignoring_case(name, known); }

}  // namespace

std::optional<Value> temporal_component(const Value& value, std::string_view name) {
    if (value.is(ValueType::duration)) return look_up(duration_components, name, value.as_duration());
    if (!temporal::is_instant(value)) return std::nullopt;
    const Parts parts = Parts::of(value);
    if (parts.days)
        if (auto found = look_up(date_components, name, *parts.days)) return found;
    if (parts.nanos)
        if (auto found = look_up(time_components, name, *parts.nanos)) return found;
    if (parts.zone) {
        if (is(name, "timezone"))
            return parts.zone->zone == ZoneId::none ? Value{temporal::print_offset(*parts.offset)}
                                                    : Value{zone_name(parts.zone->zone)};
        if (is(name, "offset")) return Value{temporal::print_offset(*parts.offset)};
        if (is(name, "offsetMinutes")) return Value{std::int64_t{*parts.offset / 60}};
        if (is(name, "offsetSeconds")) return Value{std::int64_t{*parts.offset}};
    }
    if (value.is(ValueType::datetime)) {
        const DateTime& instant = value.get<DateTime>();
        if (is(name, "epochSeconds")) return Value{instant.seconds};
        if (is(name, "epochMillis")) return Value{total(instant.seconds, 1'000, instant.nanos / 1'000'000)};
    }
    return std::nullopt;
}

std::span<const std::string_view> temporal_component_names(ValueType type) noexcept {
    // Of a datetime, then cut down: dates first, then times, zone, epoch.
    static const auto all = [] {
        std::array<std::string_view,
                   date_components.size() + time_components.size() + zone_names.size() + epoch_names.size()>
            names;
        std::size_t next = 0;
        for (const auto& c : date_components) names[next++] = c.name;
        for (const auto& c : time_components) names[next++] = c.name;
        for (const auto& name : zone_names) names[next++] = name;
        for (const auto& name : epoch_names) names[next++] = name;
        return names;
    }();
    static const auto durations = [] {
        std::array<std::string_view, duration_components.size()> names;
        for (std::size_t i = 0; i < names.size(); ++i) names[i] = duration_components[i].name;
        return names;
    }();
    const std::span<const std::string_view> span{all};
    constexpr std::size_t dates = date_components.size(), times = time_components.size();
    switch (type) {
        case ValueType::date: return span.first(dates);
        case ValueType::local_time: return span.subspan(dates, times);
        case ValueType::time: return span.subspan(dates, times + zone_names.size());
        case ValueType::local_datetime: return span.first(dates + times);
        case ValueType::datetime: return span;
        case ValueType::duration: return durations;
        default: return {};
    }
}

}  // namespace mainstay
