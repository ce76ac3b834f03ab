#include "mainstay/core/temporal.hpp"

#include "mainstay/core/error.hpp"
#include "support/random_value.hpp"
#include "temporal/calendar.hpp"
#include "temporal/zone.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace mainstay;

namespace {

template <typename T>
std::string text(const std::optional<T>& value) {
    return value ? to_string(*value) : "none";
}

}  // namespace

TEST_CASE("the calendar agrees with the standard library's, day by day", "[temporal]") {
    for (std::int64_t days = -250'000; days <= 250'000; ++days) {
        const std::chrono::year_month_day known{std::chrono::sys_days{std::chrono::days{days}}};
        const temporal::YearMonthDay ours = temporal::year_month_day(days);
        REQUIRE((ours.year == static_cast<int>(known.year()) &&
                 ours.month == static_cast<int>(unsigned{known.month()}) &&
                 ours.day == static_cast<int>(unsigned{known.day()})));
        REQUIRE(temporal::days_from(ours.year, ours.month, ours.day) == days);
        const temporal::WeekDate week = temporal::week_date(days);
        REQUIRE(temporal::days_from_week(week.year, week.week, week.day) == days);
        REQUIRE((week.week >= 1 && week.week <= temporal::weeks_in_year(week.year)));
        REQUIRE(week.day == static_cast<int>(std::chrono::weekday{std::chrono::sys_days{known}}.iso_encoding()));
    }
}

TEST_CASE("dates at the ends of the range of years keep their text", "[temporal]") {
    CHECK(text(parse_date("-999999999-01-01")) == "-999999999-01-01");
    CHECK(text(parse_date("+999999999-12-31")) == "+999999999-12-31");
    CHECK(text(parse_local_datetime("+999999999-12-31T23:59:59")) == "+999999999-12-31T23:59:59");
    CHECK(text(parse_datetime("-999999999-01-01T00:00+18:00")) == "-999999999-01-01T00:00+18:00");
}

TEST_CASE("dates are read in calendar, week, quarter and ordinal form, extended and basic", "[temporal]") {
    for (const auto form :
         {"2015-07-21", "20150721", "2015-W30-2", "2015W302", "2015-202", "2015202", "2015-Q3-21", "2015Q321"}) {
        CAPTURE(form);
        CHECK(text(parse_date(form)) == "2015-07-21");
    }
    CHECK(text(parse_date("2015-07")) == "2015-07-01");
    CHECK(text(parse_date("201507")) == "2015-07-01");
    CHECK(text(parse_date("2015-W30")) == "2015-07-20");
    CHECK(text(parse_date("2015")) == "2015-01-01");
    CHECK(text(parse_date("-0001-03-04")) == "-0001-03-04");
}

TEST_CASE("what is no date is none", "[temporal]") {
    for (const auto wrong :
         {"", "2015-", "2015-13-01", "2015-00-01", "2015-02-29", "2015-2-3", "2015-07-21x", "2015-07-2", "15-07-21",
          "2015-W54", "2014-W53", "2015-W30-8", "2015-000", "2015-366", "2015-Q5", "2015-Q1-91", "+", "2015-07-21T"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_date(wrong));
    }
    for (const auto wrong :
         {"", "24", "12:60", "12:00:60", "12:", "1:00", "12:00:00.", "12:00:00.1234567890", "12:0000"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_local_time(wrong));
    }
    for (const auto wrong : {"12:00+18:01", "12:00+", "12:00+1:00:00:00", "12:00Zx"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_time(wrong));
    }
    for (const auto wrong : {"P", "PT", "1D", "P1", "P1DT", "P1H", "PT1D", "P1D2M", "P1.D", "P--1D"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_duration(wrong));
    }
}

TEST_CASE("times print without zero seconds and with 3, 6 or 9 digits of fraction", "[temporal]") {
    CHECK(text(parse_local_time("12")) == "12:00");
    CHECK(text(parse_local_time("12:31:14.5")) == "12:31:14.500");
    CHECK(text(parse_local_time("123114,000001")) == "12:31:14.000001");
    CHECK(text(parse_local_time("00:00:00.000000001")) == "00:00:00.000000001");
    CHECK(text(parse_time("12:00+00:00")) == "12:00Z");
    CHECK(text(parse_time("12:00-02:05:07")) == "12:00-02:05:07");
}

TEST_CASE("durations print signs with each part and no trailing zeros", "[temporal]") {
    CHECK(to_string(Duration{}) == "PT0S");
    CHECK(to_string(Duration{0, 1, -1, 999'000'000}) == "P1DT-0.001S");
    CHECK(to_string(Duration{0, 0, -86'400, 100'000'000}) == "PT-23H-59M-59.9S");
    CHECK(to_string(Duration{-14, 0, 0, 0}) == "P-1Y-2M");
    CHECK(text(parse_duration("-P1Y2DT-3S")) == "P-1Y-2DT3S");
    CHECK(text(parse_duration("P0.75M")) == "P22DT19H51M49.5S");
}

TEST_CASE("texts of random temporal values read back equal", "[temporal][random]") {
    const std::uint64_t seed = test::seed("temporal texts");
    std::mt19937_64 random{seed};
    const auto in_range = [&] { return static_cast<std::int64_t>(random() % 600'000'000'000) - 300'000'000'000; };
    for (int i = 0; i < 20'000; ++i) {
        const Date date{in_range()};
        const LocalTime time{static_cast<std::int64_t>(random() % 86'400'000'000'000)};
        const LocalDateTime local = temporal::join(date.days, time.nanos);
        const auto offset = static_cast<std::int32_t>(random() % 129'601) - 64'800;
        const DateTime instant = temporal::at_zone(local, {ZoneId::none, offset});
        INFO("seed " << seed << ": " << to_string(instant));
        REQUIRE(parse_date(to_string(date)) == date);
        REQUIRE(parse_local_time(to_string(time)) == time);
        REQUIRE(parse_local_datetime(to_string(local)) == local);
        REQUIRE(parse_datetime(to_string(instant)) == instant);
        REQUIRE(parse_time(to_string(Time{time.nanos, offset})) == Time{time.nanos, offset});
        const Duration duration{static_cast<std::int64_t>(random() % 4000) - 2000,
                                static_cast<std::int64_t>(random() % 400) - 200,
                                static_cast<std::int64_t>(random() % 100'000) - 50'000,
                                static_cast<std::int32_t>(random() % 1'000'000'000)};
        INFO(to_string(duration));
        REQUIRE(parse_duration(to_string(duration)) == duration);
    }
}

TEST_CASE("instants order by instant, then offset, then zone name", "[temporal]") {
    const auto at = [](std::string_view s) { return *parse_datetime(s); };
    CHECK((order(at("2020-01-01T10:00+01:00"), at("2020-01-01T09:30Z")) < 0));
    CHECK((order(at("2020-01-01T10:00+01:00"), at("2020-01-01T09:00Z")) > 0));
    CHECK((order(at("2020-01-01T10:00[Europe/Berlin]"), at("2020-01-01T10:00[Europe/Paris]")) < 0));
    CHECK((order(Time{0, 3600}, Time{0, 0}) < 0));
    CHECK((order(Duration{1, 0, 0, 0}, Duration{0, 30, 0, 0}) > 0));
    CHECK((order(Duration{1, 0, 0, 0}, Duration{0, 31, 0, 0}) < 0));
}

TEST_CASE("durations of any size read back from their text", "[temporal]") {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(),
                           least = std::numeric_limits<std::int64_t>::min();
    for (const Duration& duration : {Duration{most, most, most, 999'999'999}, Duration{least, least, least, 1},
                                     Duration{0, -1455249524405611956, 0, 0}, Duration{0, 0, least, 0}}) {
        INFO(to_string(duration));
        CHECK(parse_duration(to_string(duration)) == duration);
    }
    CHECK_FALSE(parse_duration("P9223372036854775808D"));
    CHECK(parse_duration("-P9223372036854775808D") == Duration{0, least, 0, 0});
}

TEST_CASE("random texts are read or refused, nothing else", "[temporal][random]") {
    const std::uint64_t seed = test::seed("random temporal texts");
    std::mt19937_64 random{seed};
    static constexpr std::string_view alphabet = "0123456789012345678901234567890123456789-+:.,TZWQPYMDHS[]/aE";
    for (int i = 0; i < 200'000; ++i) {
        std::string text = random() % 2 ? "P" : "";
        for (auto n = random() % 30; n > 0; --n) text += alphabet[random() % alphabet.size()];
        INFO("seed " << seed << ": " << text);
        if (const auto v = parse_date(text)) REQUIRE(parse_date(to_string(*v)) == *v);
        if (const auto v = parse_time(text)) REQUIRE(parse_time(to_string(*v)) == *v);
        if (const auto v = parse_local_datetime(text)) REQUIRE(parse_local_datetime(to_string(*v)) == *v);
        try {
            if (const auto v = parse_datetime(text)) REQUIRE(parse_datetime(to_string(*v)) == *v);
            if (const auto v = parse_duration(text)) REQUIRE(parse_duration(to_string(*v)) == *v);
        } catch (const Error& error) {
            REQUIRE(error.code() == Code::invalid_temporal);
        }
    }
}
