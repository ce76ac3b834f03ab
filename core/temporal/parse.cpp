#include "mainstay/core/error.hpp"
#include "mainstay/core/temporal.hpp"
#include "temporal/calendar.hpp"
#include "temporal/scan.hpp"
#include "temporal/zone.hpp"

// Grammar of the forms (openCypher 9, temporal types; ISO 8601):
//   date   = year | year [-] MM | year [-] MM [-] DD | year [-] Www [[-] D] | year [-] Qq [[-] DD] | year [-] DDD
//   year   = YYYY | (+|-) Y{1,9}
//   time   = HH | HH [:] MM | HH [:] MM [:] SS [(.|,) f{1,9}]
//   offset = Z | (+|-) HH [[:] MM [[:] SS]]

namespace mainstay {
namespace temporal {
namespace {

std::optional<std::int64_t> calendar_days(std::int64_t year, int month, int day) {
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
    return days_from(year, month, day);
}

std::optional<std::int64_t> ordinal_days(std::int64_t year, int day) {
    if (day < 1 || day > days_in_year(year)) return std::nullopt;
    return days_from(year, 1, 1) + day - 1;
}

std::optional<std::int64_t> scan_year(Scan& in) {
    const bool negative = in.take('-');
    const bool is_signed = negative || in.take('+');
    const std::size_t digits = is_signed ? std::min<std::size_t>(in.digits(), 9) : 4;
    const auto year = in.number(digits);
    return year && negative ? std::optional{-*year} : year;
}

// The rest of a date after its year.
std::optional<std::int64_t> scan_in_year(Scan& in, std::int64_t year) {
    if (in.at_end()) return days_from(year, 1, 1);
    const bool extended = in.take('-');
    const auto separator = [&] { return !extended || in.take('-'); };

    if (in.take('W')) {
        const auto week = in.number(2);
        if (!week || *week < 1 || *week > weeks_in_year(year)) return std::nullopt;
        std::optional<std::int64_t> day = 1;
        if (!in.at_end()) day = separator() ? in.number(1) : std::nullopt;
        if (!day || *day < 1 || *day > 7) return std::nullopt;
        return days_from_week(year, static_cast<int>(*week), static_cast<int>(*day));
    }
    if (in.take('Q')) {
        const auto quarter = in.number(1);
        if (!quarter || *quarter < 1 || *quarter > 4) return std::nullopt;
        std::optional<std::int64_t> day = 1;
        if (!in.at_end()) day = separator() ? in.number(in.digits() == 1 ? 1 : 2) : std::nullopt;
        if (!day || *day < 1 || *day > days_in_quarter(year, static_cast<int>(*quarter))) return std::nullopt;
        return days_from(year, static_cast<int>(*quarter) * 3 - 2, 1) + *day - 1;
    }
    if (in.digits() == 3) {
        const auto day = in.number(3);
        return ordinal_days(year, static_cast<int>(*day));
    }
    const auto month = in.number(2);
    if (!month) return std::nullopt;
    std::optional<std::int64_t> day = 1;
    if (!in.at_end()) day = separator() ? in.number(2) : std::nullopt;
    if (!day) return std::nullopt;
    return calendar_days(year, static_cast<int>(*month), static_cast<int>(*day));
}

std::optional<std::int64_t> scan_whole_date(std::string_view text) {
    Scan in{text};
    const auto year = scan_year(in);
    if (!year) return std::nullopt;
    const auto days = scan_in_year(in, *year);
    return in.at_end() ? days : std::nullopt;
}

// Nanoseconds since midnight.
std::optional<std::int64_t> scan_time(Scan& in) {
    const auto hour = in.number(2);
    if (!hour || *hour > 23) return std::nullopt;
    std::int64_t nanos = *hour * 3600 * nanos_per_second;
    const bool extended = in.take(':');
    if (!extended && in.digits() == 0) return nanos;
    const auto minute = in.number(2);
    if (!minute || *minute > 59) return std::nullopt;
    nanos += *minute * 60 * nanos_per_second;
    if (!(extended ? in.take(':') : in.digits() > 0)) return nanos;
    const auto second = in.number(2);
    if (!second || *second > 59) return std::nullopt;
    nanos += *second * nanos_per_second;
    if (!in.take('.') && !in.take(',')) return nanos;
    const auto fraction = in.fraction(9);
    if (!fraction) return std::nullopt;
    return nanos + *fraction;
}

std::optional<std::int32_t> scan_offset(Scan& in) {
    if (in.take('Z') || in.take('z')) return 0;
    const bool negative = in.take('-');
    if (!negative && !in.take('+')) return std::nullopt;
    const auto hours = in.number(in.digits() == 1 ? 1 : 2);
    if (!hours) return std::nullopt;
    std::int64_t seconds = *hours * 3600, unit = 60;
    while (unit > 0 && (in.take(':') || in.digits() > 0)) {
        const auto part = in.number(2);
        if (!part || *part > 59) return std::nullopt;
        seconds += *part * unit;
        unit /= 60;
    }
    if (seconds > offset_max) return std::nullopt;
    return static_cast<std::int32_t>(negative ? -seconds : seconds);
}

}  // namespace

ZoneSpec parse_zone(std::string_view text) {
    Scan in{text};
    if (const auto offset = scan_offset(in); offset && in.at_end()) return {ZoneId::none, *offset};
    if (!is_zone_name(text))
        throw Error{Code::invalid_temporal, quoted(text) + " is not a time zone"}.with_hint(
            "use a name such as Europe/Stockholm, or an offset such as +01:00");
    const ZoneId zone = intern_zone(text);
    rules_of(zone);  // says now, not later, that it is unknown
    return {zone, 0};
}

}  // namespace temporal

using temporal::Scan;

std::optional<Date> parse_date(std::string_view text) {
    const auto days = temporal::scan_whole_date(text);
    return days ? std::optional{Date{*days}} : std::nullopt;
}

std::optional<LocalTime> parse_local_time(std::string_view text) {
    Scan in{text};
    const auto nanos = temporal::scan_time(in);
    return nanos && in.at_end() ? std::optional{LocalTime{*nanos}} : std::nullopt;
}

std::optional<Time> parse_time(std::string_view text) {
    Scan in{text};
    const auto nanos = temporal::scan_time(in);
    if (!nanos) return std::nullopt;
    if (in.at_end()) return Time{*nanos, 0};
    const auto offset = temporal::scan_offset(in);
    return offset && in.at_end() ? std::optional{Time{*nanos, *offset}} : std::nullopt;
}

std::optional<LocalDateTime> parse_local_datetime(std::string_view text) {
    const std::size_t t = text.find('T');
    const auto days = temporal::scan_whole_date(text.substr(0, t));
    if (!days) return std::nullopt;
    if (t == std::string_view::npos) return temporal::join(*days, 0);
    const auto time = parse_local_time(text.substr(t + 1));
    return time ? std::optional{temporal::join(*days, time->nanos)} : std::nullopt;
}

std::optional<DateTime> parse_datetime(std::string_view text) {
    std::optional<std::string_view> zone;
    if (text.ends_with(']')) {
        const std::size_t open = text.find('[');
        if (open == std::string_view::npos) return std::nullopt;
        zone = text.substr(open + 1, text.size() - open - 2);
        text = text.substr(0, open);
    }
    const std::size_t t = text.find('T');
    const auto days = temporal::scan_whole_date(text.substr(0, t));
    if (!days) return std::nullopt;

    std::int64_t nanos = 0;
    std::optional<std::int32_t> offset;
    if (t != std::string_view::npos) {
        Scan in{text.substr(t + 1)};
        const auto time = temporal::scan_time(in);
        if (!time) return std::nullopt;
        nanos = *time;
        if (!in.at_end()) {
            offset = temporal::scan_offset(in);
            if (!offset || !in.at_end()) return std::nullopt;
        }
    }
    const LocalDateTime local = temporal::join(*days, nanos);
    if (!zone) return temporal::at_zone(local, {ZoneId::none, offset.value_or(0)});
    const DateTime value = temporal::at_zone(local, temporal::parse_zone(*zone), offset);
    if (offset && value.offset != *offset) return std::nullopt;
    return value;
}

}  // namespace mainstay
