#include "mainstay/core/temporal.hpp"
#include "temporal/calendar.hpp"

#include <fmt/format.h>

#include <iterator>

namespace mainstay {
namespace {

void print_date(std::int64_t days, std::string& out) {
    const temporal::YearMonthDay ymd = temporal::year_month_day(days);
    const std::int64_t magnitude = ymd.year < 0 ? -ymd.year : ymd.year;
    if (ymd.year < 0) out += '-';
    if (ymd.year > 9999) out += '+';
    fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", magnitude, ymd.month, ymd.day);
}

// Fractions of 3, 6 or 9 digits; seconds dropped if they and the fraction are zero.
void print_time(std::int64_t nanos_of_day, std::string& out) {
    const std::int64_t seconds = nanos_of_day / temporal::nanos_per_second,
                       nanos = nanos_of_day % temporal::nanos_per_second;
    fmt::format_to(std::back_inserter(out), "{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    if (seconds % 60 == 0 && nanos == 0) return;
    fmt::format_to(std::back_inserter(out), ":{:02}", seconds % 60);
    if (nanos == 0) return;
    if (nanos % 1'000'000 == 0)
        fmt::format_to(std::back_inserter(out), ".{:03}", nanos / 1'000'000);
    else if (nanos % 1'000 == 0)
        fmt::format_to(std::back_inserter(out), ".{:06}", nanos / 1'000);
    else
        fmt::format_to(std::back_inserter(out), ".{:09}", nanos);
}

void print_local(LocalDateTime value, std::string& out) {
    const temporal::DayTime parts = temporal::split(value);
    print_date(parts.days, out);
    out += 'T';
    print_time(parts.nanos, out);
}

}  // namespace

namespace temporal {

std::string print_offset(std::int32_t offset) {
    if (offset == 0) return "Z";
    const std::int32_t magnitude = offset < 0 ? -offset : offset;
    std::string out = fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', magnitude / 3600, magnitude / 60 % 60);
    if (magnitude % 60 != 0) out += fmt::format(":{:02}", magnitude % 60);
    return out;
}

}  // namespace temporal

std::string to_string(Date value) {
    std::string out;
    print_date(value.days, out);
    return out;
}

std::string to_string(LocalTime value) {
    std::string out;
    print_time(value.nanos, out);
    return out;
}

std::string to_string(Time value) { return to_string(LocalTime{value.nanos}) + temporal::print_offset(value.offset); }

std::string to_string(LocalDateTime value) {
    std::string out;
    print_local(value, out);
    return out;
}

std::string to_string(DateTime value) {
    std::string out;
    print_local(temporal::local_of(value), out);
    out += temporal::print_offset(value.offset);
    if (value.zone_id() != ZoneId::none) {
        out += '[';
        out += zone_name(value.zone_id());
        out += ']';
    }
    return out;
}

std::string to_string(const Duration& value) {
    // Nanoseconds are stored as a positive part of a second; printed, they carry the sign of the whole.
    std::int64_t seconds = value.seconds, nanos = value.nanos;
    if (seconds < 0 && nanos > 0) {
        ++seconds;
        nanos -= temporal::nanos_per_second;
    }
    std::string out = "P";
    const auto part = [&out](std::int64_t number, char unit) {
        if (number != 0) fmt::format_to(std::back_inserter(out), "{}{}", number, unit);
    };
    part(value.months / 12, 'Y');
    part(value.months % 12, 'M');
    part(value.days, 'D');
    if (seconds == 0 && nanos == 0) return out == "P" ? "PT0S" : out;

    out += 'T';
    part(seconds / 3600, 'H');
    part(seconds / 60 % 60, 'M');
    const std::int64_t rest = seconds % 60;
    if (nanos == 0) {
        part(rest, 'S');
        return out;
    }
    std::string fraction = fmt::format("{:09}", nanos < 0 ? -nanos : nanos);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    fmt::format_to(std::back_inserter(out), "{}{}.{}S", rest < 0 || nanos < 0 ? "-" : "", rest < 0 ? -rest : rest,
                   fraction);
    return out;
}

}  // namespace mainstay
