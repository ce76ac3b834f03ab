#include "mainstay/core/temporal.hpp"
#include "temporal/duration_builder.hpp"
#include "temporal/scan.hpp"

#include <cmath>

// [+|-] P [nY] [nM] [nW] [nD] [T [nH] [nM] [nS]], each n signed or not, with a fraction or not, at least one of them;
// or the alternative form of ISO 8601, P YYYY-MM-DD T HH:MM:SS[.f], with amounts in place of dates.

namespace mainstay {
namespace {

using temporal::DurationBuilder;
using temporal::Scan;

struct Amount {
    std::int64_t whole;
    long double fraction;
};

std::optional<Amount> scan_amount(Scan& in, bool negative) {
    if (in.take('-'))
        negative = !negative;
    else
        in.take('+');
    const auto whole = in.whole(negative);
    if (!whole) return std::nullopt;
    Amount amount{*whole, 0};
    if (in.take('.') || in.take(',')) {
        const std::size_t places = in.digits();
        const auto digits = in.number(places);
        if (!digits) return std::nullopt;
        amount.fraction = static_cast<long double>(*digits) / std::pow(10.0L, static_cast<long double>(places));
    }
    if (negative) amount.fraction = -amount.fraction;
    return amount;
}

// Reads amounts whose designators occur in `designators` in that order. The count read, or nullopt.
std::optional<int> scan_units(Scan& in, bool negative, std::string_view designators,
                              std::initializer_list<std::string_view> units, DurationBuilder& builder) {
    int count = 0;
    std::size_t next = 0;
    while (!in.at_end() && in.rest().front() != 'T') {
        const auto amount = scan_amount(in, negative);
        if (!amount || in.at_end()) return std::nullopt;
        const std::size_t found = designators.find(in.rest().front(), next);
        if (found == std::string_view::npos) return std::nullopt;
        in.take(designators[found]);
        builder.add(*DurationBuilder::find_unit(*(units.begin() + found)), amount->whole, amount->fraction);
        next = found + 1;
        ++count;
    }
    return count;
}

bool scan_date_form(Scan& in, bool negative, DurationBuilder& builder) {
    const auto add = [&](std::string_view unit, std::optional<std::int64_t> amount, long double fraction = 0) {
        if (!amount) return false;
        builder.add(*DurationBuilder::find_unit(unit), negative ? -*amount : *amount, negative ? -fraction : fraction);
        return true;
    };
    if (!add("years", in.number(4)) || !in.take('-') || !add("months", in.number(2)) || !in.take('-') ||
        !add("days", in.number(2)))
        return false;
    if (in.at_end()) return true;
    if (!in.take('T') || !add("hours", in.number(2)) || !in.take(':') || !add("minutes", in.number(2)) || !in.take(':'))
        return false;
    const auto seconds = in.number(2);
    std::int64_t nanos = 0;
    if (in.take('.') || in.take(',')) {
        const auto fraction = in.fraction(9);
        if (!fraction) return false;
        nanos = *fraction;
    }
    return add("seconds", seconds) && add("nanoseconds", nanos);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    Scan in{text};
    const bool negative = in.take('-');
    if (!negative) in.take('+');
    if (!in.take('P')) return std::nullopt;

    DurationBuilder builder;
    if (in.digits() == 4 && in.rest().size() > 4 && in.rest()[4] == '-') {
        if (!scan_date_form(in, negative, builder) || !in.at_end()) return std::nullopt;
        return builder.build();
    }
    const auto days = scan_units(in, negative, "YMWD", {"years", "months", "weeks", "days"}, builder);
    if (!days) return std::nullopt;
    if (in.at_end()) return *days > 0 ? std::optional{builder.build()} : std::nullopt;
    in.take('T');
    const auto seconds = scan_units(in, negative, "HMS", {"hours", "minutes", "seconds"}, builder);
    if (!seconds || *seconds == 0 || !in.at_end()) return std::nullopt;
    return builder.build();
}

}  // namespace mainstay
