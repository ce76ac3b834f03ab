#pragma once

// The proleptic Gregorian calendar as arithmetic on day numbers (days since 1970-01-01). No ranges are checked here
// except where a function says so; year_min..year_max keep every intermediate result within 64 bits.

#include "mainstay/core/temporal.hpp"

#include <cstdint>
#include <string>

namespace mainstay::temporal {

inline constexpr std::int64_t year_min = -999'999'999;
inline constexpr std::int64_t year_max = 999'999'999;
inline constexpr std::int64_t nanos_per_second = 1'000'000'000;
inline constexpr std::int64_t seconds_per_day = 86'400;
inline constexpr std::int64_t nanos_per_day = seconds_per_day * nanos_per_second;
inline constexpr std::int64_t average_seconds_per_month = 2'629'746;  // a year of 365.2425 days, by twelve
inline constexpr std::int32_t offset_max = 18 * 3600;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
constexpr std::int64_t floor_mod(std::int64_t a, std::int64_t b) noexcept {
    const std::int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

struct YearMonthDay {
    std::int64_t year;
    int month;  // 1..12
    int day;    // 1..31
};
struct WeekDate {
    std::int64_t year;  // the ISO week-based year
    int week;           // 1..53
    int day;            // 1 (Monday) .. 7
};

constexpr bool is_leap(std::int64_t year) noexcept { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int days_in_month(std::int64_t year, int month) noexcept;
constexpr int days_in_year(std::int64_t year) noexcept { return is_leap(year) ? 366 : 365; }

std::int64_t days_from(std::int64_t year, int month, int day) noexcept;
YearMonthDay year_month_day(std::int64_t days) noexcept;

int day_of_week(std::int64_t days) noexcept;  // 1 (Monday) .. 7
int day_of_year(std::int64_t days) noexcept;  // 1..366
int quarter_of_month(int month) noexcept;     // 1..4
int day_of_quarter(std::int64_t days) noexcept;
int days_in_quarter(std::int64_t year, int quarter) noexcept;
WeekDate week_date(std::int64_t days) noexcept;
std::int64_t days_from_week(std::int64_t week_year, int week, int day) noexcept;
int weeks_in_year(std::int64_t week_year) noexcept;  // 52 or 53

// The day `months` later, on the last day of the month where it has no such day. Throws
// Error(Code::invalid_temporal) if the year leaves the range.
std::int64_t plus_months(std::int64_t days, std::int64_t months);

// Both throw Error(Code::invalid_temporal) if the year is out of range; `days` may be any number.
Date checked_date(std::int64_t days);
void check_year(std::int64_t year);

// A local date and time split into day number and nanoseconds since midnight, and back.
struct DayTime {
    std::int64_t days;
    std::int64_t nanos;
};
DayTime split(LocalDateTime value) noexcept;
LocalDateTime join(std::int64_t days, std::int64_t nanos_of_day) noexcept;
LocalDateTime local_of(const DateTime& value) noexcept;

std::string print_offset(std::int32_t offset);  // "Z", "+01:00", "-02:05:07"

}  // namespace mainstay::temporal
