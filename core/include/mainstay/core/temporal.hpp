#pragma once

// The temporal types of openCypher: date, local time, time, local datetime, datetime, duration. Plain values;
// construction from components, parsing, truncation and arithmetic live in core/temporal/. Proleptic Gregorian
// calendar, years -999,999,999 to 999,999,999, no leap seconds. Formats are ISO 8601 as java.time prints them (the TCK
// compares strings): seconds dropped when they and the fraction are zero; fractions of 3, 6 or 9 digits; UTC is Z.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay {

struct Date {
    std::int64_t days = 0;  // since 1970-01-01
    friend auto operator<=>(const Date&, const Date&) = default;
};

struct LocalTime {
    std::int64_t nanos = 0;  // since midnight, < 86,400 * 10^9
    friend auto operator<=>(const LocalTime&, const LocalTime&) = default;
};

// Ordered by instant (local nanos minus offset), then by offset.
struct Time {
    std::int64_t nanos = 0;   // local, since midnight
    std::int32_t offset = 0;  // seconds east of UTC, |offset| <= 64,800
    friend bool operator==(const Time&, const Time&) = default;
};

struct LocalDateTime {
    std::int64_t seconds = 0;  // local seconds since 1970-01-01T00:00
    std::int32_t nanos = 0;    // 0 .. 999,999,999
    friend auto operator<=>(const LocalDateTime&, const LocalDateTime&) = default;
};

// A zone by name, interned process-wide: 0 is "offset only, no zone name". Numbers differ from process to process: a
// file keeps the name.
enum class ZoneId : std::uint16_t { none = 0 };

// The number for `name`, known to the system's zone data or not (a stored value must be readable anywhere).
// Thread-safe. Throws Error(Code::invalid_temporal) if the name is empty, over 64 bytes or not of [A-Za-z0-9_+-/], or
// after 16,383 names.
ZoneId intern_zone(std::string_view name);
std::string_view zone_name(ZoneId) noexcept;  // lives as long as the process; empty for none

// Ordered by instant, then offset, then zone name.
struct DateTime {
    std::int64_t seconds = 0;  // UTC seconds since the epoch
    std::uint32_t nanos : 30 = 0;
    std::int32_t offset_zone_pad_ : 2 = 0;
    std::int32_t offset : 18 = 0;  // seconds east of UTC at that instant
    std::uint32_t zone : 14 = 0;   // a ZoneId
    ZoneId zone_id() const noexcept { return static_cast<ZoneId>(zone); }
};
static_assert(sizeof(DateTime) == 16);
bool operator==(const DateTime&, const DateTime&) noexcept;

// Months, days and seconds do not convert into each other. Not ordered among themselves by comparison operators of the
// language; for ORDER BY by their average length.
struct Duration {
    std::int64_t months = 0;
    std::int64_t days = 0;
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;  // 0 .. 999,999,999; the sign is that of seconds
    friend bool operator==(const Duration&, const Duration&) = default;
};

// The orders described above; that of durations is by average length (a month is 2,629,746 s, a day 86,400 s), then by
// months, days, seconds. Equal only if ==.
std::strong_ordering order(const Time& a, const Time& b) noexcept;
std::strong_ordering order(const DateTime& a, const DateTime& b) noexcept;
std::strong_ordering order(const Duration& a, const Duration& b) noexcept;

std::string to_string(Date);
std::string to_string(LocalTime);
std::string to_string(Time);
std::string to_string(LocalDateTime);
std::string to_string(DateTime);
std::string to_string(const Duration&);

// ISO 8601 in all the forms openCypher takes (calendar, week, ordinal, quarter dates; basic and extended). nullopt: not
// one. parse_datetime takes an offset, a zone in brackets, both (if the zone has that offset then) or none (UTC), and
// throws Error(Code::invalid_temporal) if the zone is unknown. parse_duration rounds nothing: fractions go down to
// nanoseconds.
std::optional<Date> parse_date(std::string_view);
std::optional<LocalTime> parse_local_time(std::string_view);
std::optional<Time> parse_time(std::string_view);  // without an offset: UTC
std::optional<LocalDateTime> parse_local_datetime(std::string_view);
std::optional<DateTime> parse_datetime(std::string_view);
std::optional<Duration> parse_duration(std::string_view);

}  // namespace mainstay
