#include "temporal/calendar.hpp"

#include "mainstay/core/error.hpp"

#include <algorithm>
#include <array>

namespace mainstay::temporal {

int days_in_month(std::int64_t year, int month) noexcept {
    static constexpr std::array<int, 13> days{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month)];
}

// Both directions after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the
// leap day is the last of its year, and repeat every 400 years (146,097 days).
std::int64_t days_from(std::int64_t year, int month, int day) noexcept {
    if (month <= 2) --year;
    const std::int64_t era = floor_div(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_march_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_march_year - 719'468;
}

YearMonthDay year_month_day(std::int64_t days) noexcept {
    days += 719'468;
    const std::int64_t era = floor_div(days, 146'097);
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_march_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t march_month = (5 * day_of_march_year + 2) / 153;
    const int day = static_cast<int>(day_of_march_year - (153 * march_month + 2) / 5) + 1;
    const int month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int day_of_week(std::int64_t days) noexcept {
    return static_cast<int>(floor_mod(days + 3, 7)) + 1;  // 1970-01-01 was a Thursday
}

int day_of_year(std::int64_t days) noexcept {
    return static_cast<int>(days - days_from(year_month_day(days).year, 1, 1)) + 1;
}

int quarter_of_month(int month) noexcept { return (month - 1) / 3 + 1; }

int day_of_quarter(std::int64_t days) noexcept {
    const YearMonthDay ymd = year_month_day(days);
    return static_cast<int>(days - days_from(ymd.year, quarter_of_month(ymd.month) * 3 - 2, 1)) + 1;
}

int days_in_quarter(std::int64_t year, int quarter) noexcept {
    const int last = quarter * 3;
    return days_in_month(year, last - 2) + days_in_month(year, last - 1) + days_in_month(year, last);
}

namespace {
// The Monday of week 1: the week with January 4th.
std::int64_t first_monday(std::int64_t week_year) noexcept {
    const std::int64_t fourth = days_from(week_year, 1, 4);
    return fourth - (day_of_week(fourth) - 1);
}
}  // namespace

WeekDate week_date(std::int64_t days) noexcept {
    const int weekday = day_of_week(days);
    const std::int64_t year =
        year_month_day(days - weekday + 4).year;  // an ISO week belongs to the year of its Thursday
    return {year, static_cast<int>((days - first_monday(year)) / 7) + 1, weekday};
}

std::int64_t days_from_week(std::int64_t week_year, int week, int day) noexcept {
    return first_monday(week_year) + (week - 1) * 7 + (day - 1);
}

int weeks_in_year(std::int64_t week_year) noexcept {
    return static_cast<int>((first_monday(week_year + 1) - first_monday(week_year)) / 7);
}

std::int64_t plus_months(std::int64_t days, std::int64_t months) {
    const YearMonthDay ymd = year_month_day(days);
    std::int64_t month_number;
    if (__builtin_add_overflow(ymd.year * 12 + ymd.month - 1, months, &month_number))
        throw Error{Code::invalid_temporal, "the year is out of range (-999,999,999 to 999,999,999)"};
    const std::int64_t year = floor_div(month_number, 12);
    check_year(year);
    const int month = static_cast<int>(floor_mod(month_number, 12)) + 1;
    return days_from(year, month, std::min(ymd.day, days_in_month(year, month)));
}

Date checked_date(std::int64_t days) {
    static const std::int64_t first = days_from(year_min, 1, 1), last = days_from(year_max, 12, 31);
    if (days < first || days > last)
        throw Error{Code::invalid_temporal, "the year is out of range (-999,999,999 to 999,999,999)"};
    return Date{days};
}

void check_year(std::int64_t year) {
    if (year < year_min || year > year_max)
        throw Error{Code::invalid_temporal, "the year is out of range (-999,999,999 to 999,999,999)"};
}

DayTime split(LocalDateTime value) noexcept {
    const std::int64_t days = floor_div(value.seconds, seconds_per_day);
    return {days, (value.seconds - days * seconds_per_day) * nanos_per_second + value.nanos};
}

LocalDateTime join(std::int64_t days, std::int64_t nanos_of_day) noexcept {
    return {days * seconds_per_day + nanos_of_day / nanos_per_second,
            static_cast<std::int32_t>(nanos_of_day % nanos_per_second)};
}

LocalDateTime local_of(const DateTime& value) noexcept {
    return {value.seconds + value.offset, static_cast<std::int32_t>(value.nanos)};
}

}  // namespace mainstay::temporal
