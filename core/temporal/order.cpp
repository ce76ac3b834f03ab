#include "mainstay/core/temporal.hpp"
#include "temporal/calendar.hpp"

namespace mainstay {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t average_seconds_per_month = 2'629'746;  // a year of 365.2425 days, by twelve

Wide average_seconds(const Duration& d) noexcept {
    return Wide{d.months} * average_seconds_per_month + Wide{d.days} * seconds_per_day + d.seconds;
}

}  // namespace

bool operator==(const DateTime& a, const DateTime& b) noexcept {
    return a.seconds == b.seconds && a.nanos == b.nanos && a.offset == b.offset && a.zone == b.zone;
}

std::strong_ordering order(const Time& a, const Time& b) noexcept {
    const auto instant = [](const Time& t) { return t.nanos - t.offset * temporal::nanos_per_second; };
    if (const auto c = instant(a) <=> instant(b); c != 0) return c;
    return a.offset <=> b.offset;
}

std::strong_ordering order(const DateTime& a, const DateTime& b) noexcept {
    if (const auto c = a.seconds <=> b.seconds; c != 0) return c;
    const std::uint32_t a_nanos = a.nanos, b_nanos = b.nanos;
    if (const auto c = a_nanos <=> b_nanos; c != 0) return c;
    const std::int32_t a_offset = a.offset, b_offset = b.offset;
    if (const auto c = a_offset <=> b_offset; c != 0) return c;
    if (a.zone == b.zone) return std::strong_ordering::equal;
    return zone_name(a.zone_id()) <=> zone_name(b.zone_id());
}

std::strong_ordering order(const Duration& a, const Duration& b) noexcept {
    const Wide a_average = average_seconds(a), b_average = average_seconds(b);
    if (a_average != b_average)
        return a_average < b_average ? std::strong_ordering::less : std::strong_ordering::greater;
    if (const auto c = a.nanos <=> b.nanos; c != 0) return c;
    if (const auto c = a.months <=> b.months; c != 0) return c;
    return a.days <=> b.days;
}

}  // namespace mainstay
