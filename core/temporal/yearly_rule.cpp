#include "temporal/calendar.hpp"
#include "temporal/zone.hpp"

// The footer of a TZif file: a POSIX TZ string with the extensions of RFC 8536, such as "CET-1CEST,M3.5.0,M10.5.0/3" or
// "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1".

namespace mainstay::temporal {
namespace {

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool skip_name() noexcept {
        if (take('<')) {
            const std::size_t close = rest_.find('>');
            if (close == std::string_view::npos) return false;
            rest_.remove_prefix(close + 1);
            return true;
        }
        std::size_t letters = 0;
        while (letters < rest_.size() && ((rest_[letters] | 0x20) >= 'a') && ((rest_[letters] | 0x20) <= 'z'))
            ++letters;
        rest_.remove_prefix(letters);
        return letters >= 3;
    }
    std::optional<int> number() noexcept {
        int value = 0;
        std::size_t digits = 0;
        while (digits < rest_.size() && digits < 4 && rest_[digits] >= '0' && rest_[digits] <= '9')
            value = value * 10 + (rest_[digits++] - '0');
        if (digits == 0) return std::nullopt;
        rest_.remove_prefix(digits);
        return value;
    }
    // [+-]h[:mm[:ss]] in seconds.
    std::optional<std::int32_t> time() noexcept {
        const bool negative = take('-');
        if (!negative) take('+');
        std::int32_t seconds = 0, unit = 3600;
        do {
            const std::optional<int> part = number();
            if (!part) return std::nullopt;
            seconds += *part * unit;
            unit /= 60;
        } while (unit > 0 && take(':'));
        return negative ? -seconds : seconds;
    }
    std::optional<YearlySwitch> yearly_switch() noexcept {
        YearlySwitch result;
        if (take('M')) {
            const auto month = number();
            if (!month || !take('.')) return std::nullopt;
            const auto week = number();
            if (!week || !take('.')) return std::nullopt;
            const auto weekday = number();
            if (!weekday) return std::nullopt;
            if (*month < 1 || *month > 12 || *week < 1 || *week > 5 || *weekday > 6) return std::nullopt;
            result.month = *month;
            result.week = *week;
            result.weekday = *weekday;
        } else {
            result.kind = take('J') ? YearlySwitch::Kind::julian_without_leap_day : YearlySwitch::Kind::day_of_year;
            const auto day = number();
            if (!day || *day > 365) return std::nullopt;
            result.day = *day;
        }
        if (take('/')) {
            const auto seconds = time();
            if (!seconds) return std::nullopt;
            result.seconds = *seconds;
        }
        return result;
    }

private:
    std::string_view rest_;
};

std::int64_t day_of(const YearlySwitch& s, std::int64_t year) noexcept {
    switch (s.kind) {
        case YearlySwitch::Kind::julian_without_leap_day:
            return days_from(year, 1, 1) + s.day - 1 + (is_leap(year) && s.day >= 60 ? 1 : 0);
        case YearlySwitch::Kind::day_of_year: return days_from(year, 1, 1) + s.day;
        case YearlySwitch::Kind::month_week_day: break;
    }
    const std::int64_t first = days_from(year, s.month, 1);
    std::int64_t day = first + floor_mod(s.weekday - day_of_week(first) % 7, 7) + (s.week - 1) * 7;
    while (day >= first + days_in_month(year, s.month)) day -= 7;  // week 5 means the last one
    return day;
}

}  // namespace

std::optional<YearlyRule> parse_yearly_rule(std::string_view posix_tz) {
    Reader in{posix_tz};
    YearlyRule rule;
    if (!in.skip_name()) return std::nullopt;
    const auto standard_west = in.time();  // POSIX counts west of Greenwich
    if (!standard_west) return std::nullopt;
    rule.standard = rule.daylight = -*standard_west;
    if (in.at_end()) return rule;

    if (!in.skip_name()) return std::nullopt;
    rule.daylight = rule.standard + 3600;
    if (!in.take(',')) {
        const auto daylight_west = in.time();
        if (!daylight_west || !in.take(',')) return std::nullopt;
        rule.daylight = -*daylight_west;
    }
    rule.to_daylight = in.yearly_switch();
    if (!rule.to_daylight || !in.take(',')) return std::nullopt;
    rule.to_standard = in.yearly_switch();
    if (!rule.to_standard || !in.at_end()) return std::nullopt;
    return rule;
}

std::int32_t YearlyRule::offset_at(std::int64_t utc_seconds) const noexcept {
    if (!to_daylight) return standard;
    const std::int64_t year = year_month_day(floor_div(utc_seconds + standard, seconds_per_day)).year;
    const std::int64_t starts = day_of(*to_daylight, year) * seconds_per_day + to_daylight->seconds - standard;
    const std::int64_t ends = day_of(*to_standard, year) * seconds_per_day + to_standard->seconds - daylight;
    const bool is_daylight =
        starts < ends ? utc_seconds >= starts && utc_seconds < ends : !(utc_seconds >= ends && utc_seconds < starts);
    return is_daylight ? daylight : standard;
}

}  // namespace mainstay::temporal
