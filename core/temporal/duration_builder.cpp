#include "temporal/duration_builder.hpp"

#include "mainstay/core/error.hpp"
#include "temporal/calendar.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mainstay::temporal {
namespace {

[[noreturn]] void out_of_range() { throw Error{Code::invalid_temporal, "the duration is out of range"}; }

std::int64_t add_checked(std::int64_t a, std::int64_t b) {
    std::int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) out_of_range();
    return sum;
}

// A fraction of a unit in nanoseconds, towards zero; what is within a twentieth of a whole one counts as that, since
// the fractions of common decimals are not exact.
std::int64_t nanos_of(long double fraction, std::int64_t unit_nanos) {
    const long double exact = fraction * static_cast<long double>(unit_nanos);
    const long double rounded = std::round(exact);
    return static_cast<std::int64_t>(std::fabs(exact - rounded) < 0.05L ? rounded : std::trunc(exact));
}

constexpr std::array units_table = std::to_array<DurationBuilder::Unit>({
    {"years", DurationBuilder::Group::months, 12},
    {"quarters", DurationBuilder::Group::months, 3},
    {"months", DurationBuilder::Group::months, 1},
    {"weeks", DurationBuilder::Group::days, 7},
    {"days", DurationBuilder::Group::days, 1},
    {"hours", DurationBuilder::Group::seconds, 3600},
    {"minutes", DurationBuilder::Group::seconds, 60},
    {"seconds", DurationBuilder::Group::seconds, 1},
    {"milliseconds", DurationBuilder::Group::nanos, 1'000'000},
    {"microseconds", DurationBuilder::Group::nanos, 1'000},
    {"nanoseconds", DurationBuilder::Group::nanos, 1},
});

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::span<const DurationBuilder::Unit> DurationBuilder::units() noexcept { return units_table; }

const DurationBuilder::Unit* DurationBuilder::find_unit(std::string_view name) noexcept {
    const auto found = std::find_if(units_table.begin(), units_table.end(),
                                    [&](const Unit& unit) { return equal_ignoring_case(unit.name, name); });
    return found == units_table.end() ? nullptr : &*found;
}

void DurationBuilder::add(const Unit& unit, std::int64_t whole, long double fraction) {
    std::int64_t scaled;
    if (__builtin_mul_overflow(whole, unit.factor, &scaled)) out_of_range();
    Sum& sum = sums_[static_cast<std::size_t>(unit.group)];
    sum.whole = add_checked(sum.whole, scaled);
    if (fraction != 0) add(unit.group, fraction * static_cast<long double>(unit.factor));
}

void DurationBuilder::add(const Unit& unit, double amount) {
    if (!std::isfinite(amount)) throw Error{Code::invalid_temporal, "a duration needs finite numbers"};
    // Before scaling, so that 0.1 hours are 360 seconds and not a rounding error less.
    const double whole = std::trunc(amount);
    if (whole >= 0x1p63 || whole < -0x1p63) out_of_range();
    add(unit, static_cast<std::int64_t>(whole), static_cast<long double>(amount) - static_cast<long double>(whole));
}

void DurationBuilder::add(Group group, long double amount) {
    if (!std::isfinite(amount)) throw Error{Code::invalid_temporal, "a duration needs finite numbers"};
    const long double whole = std::trunc(amount);
    if (whole >= 0x1p63L || whole < -0x1p63L) out_of_range();
    Sum& sum = sums_[static_cast<std::size_t>(group)];
    sum.whole = add_checked(sum.whole, static_cast<std::int64_t>(whole));
    sum.fraction += amount - whole;
}

Duration DurationBuilder::build() const {
    const auto& [months, days, seconds, nanos] = sums_;
    // Fractions may have summed up to more than one: the whole part returns to its own unit.
    const auto whole_of = [](const Sum& sum) {
        return add_checked(sum.whole, static_cast<std::int64_t>(std::trunc(sum.fraction)));
    };
    const auto fraction_of = [](const Sum& sum) { return sum.fraction - std::trunc(sum.fraction); };

    const std::int64_t below_month = nanos_of(fraction_of(months), average_seconds_per_month * nanos_per_second) +
                                     nanos_of(fraction_of(days), nanos_per_day);
    const std::int64_t below_day = below_month % nanos_per_day;
    return normalized(
        whole_of(months), add_checked(whole_of(days), below_month / nanos_per_day),
        add_checked(whole_of(seconds), below_day / nanos_per_second),
        add_checked(whole_of(nanos), below_day % nanos_per_second + nanos_of(fraction_of(seconds), nanos_per_second)));
}

Duration normalized(std::int64_t months, std::int64_t days, std::int64_t seconds, std::int64_t nanos) {
    const std::int64_t carry = floor_div(nanos, nanos_per_second);
    return {months, days, add_checked(seconds, carry), static_cast<std::int32_t>(nanos - carry * nanos_per_second)};
}

}  // namespace mainstay::temporal
