#include "mainstay/core/temporal_functions.hpp"

#include "mainstay/core/error.hpp"
#include "support/random_value.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace mainstay;

// What the conformance suite's folder expressions/temporal checks is not repeated here: these are its edges.

namespace {

const DateTime now = *parse_datetime("2026-09-01T10:20:30.123Z");

Value map(ValueMapEntries entries) { return Value::map(std::move(entries)); }
std::string made(ValueType type, const Value& argument) { return to_text(make_temporal(type, argument, now)); }
Value date(std::string_view text) { return *parse_date(text); }
Value datetime(std::string_view text) { return *parse_datetime(text); }

template <typename F>
Code code_of(F&& f) {
    try {
        f();
    } catch (const Error& error) {
        return error.code();
    }
    return Code::internal;
}

}  // namespace

TEST_CASE("the clock is what is passed, in the zone asked for", "[temporal]") {
    CHECK(to_text(current_temporal(ValueType::date, now)) == "2026-09-01");
    CHECK(to_text(current_temporal(ValueType::time, now, "Asia/Tokyo")) == "19:20:30.123+09:00");
    CHECK(to_text(current_temporal(ValueType::datetime, now, "+02:00")) == "2026-09-01T12:20:30.123+02:00");
    CHECK(to_text(current_temporal(ValueType::datetime, now, "Europe/Berlin")) ==
          "2026-09-01T12:20:30.123+02:00[Europe/Berlin]");
}

TEST_CASE("a smaller component needs the larger ones", "[temporal]") {
    for (const Value& wrong : {map({}), map({{"month", 1}}), map({{"year", 2020}, {"day", 1}}),
                               map({{"year", 2020}, {"dayOfWeek", 1}}), map({{"year", 2020}, {"dayOfQuarter", 1}})})
        CHECK(code_of([&] { make_temporal(ValueType::date, wrong, now); }) == Code::invalid_temporal);
    for (const Value& wrong :
         {map({}), map({{"minute", 1}}), map({{"hour", 1}, {"second", 1}}), map({{"hour", 1}, {"nanosecond", 1}})})
        CHECK(code_of([&] { make_temporal(ValueType::local_time, wrong, now); }) == Code::invalid_temporal);
}

TEST_CASE("components outside their range, mixed, misspelt or of another type are refused", "[temporal]") {
    const auto refused = [](ValueMapEntries entries) {
        return code_of([&] { make_temporal(ValueType::datetime, map(entries), now); });
    };
    CHECK(refused({{"year", 2021}, {"month", 2}, {"day", 29}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 2014}, {"week", 53}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 2021}, {"ordinalDay", 366}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 2021}, {"quarter", 1}, {"dayOfQuarter", 91}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 1'000'000'000}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 2021}, {"month", 1}, {"week", 1}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 2021}, {"mont", 1}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 2021}, {"month", "1"}}) == Code::type_error);
    CHECK(refused({{"year", Value{}}}) == Code::type_error);
    CHECK(refused({{"year", 2021}, {"timezone", "Nowhere/Land"}}) == Code::invalid_temporal);
    CHECK(refused({{"year", 2021}, {"timezone", 3}}) == Code::type_error);
    CHECK(code_of([] { make_temporal(ValueType::date, 3, now); }) == Code::type_error);
    CHECK(code_of([] { make_temporal(ValueType::date, "2021-02-29", now); }) == Code::invalid_temporal);
    CHECK(code_of([] { make_temporal(ValueType::date, LocalTime{}, now); }) == Code::type_error);
    CHECK(code_of([] {
              make_temporal(ValueType::date, map({{"hour", 1}, {"year", 2020}}), now);
          }) == Code::invalid_temporal);
}

TEST_CASE("a base gives what is not named, cut to what the month has", "[temporal]") {
    CHECK(made(ValueType::date, map({{"date", date("2024-02-29")}, {"year", 2023}})) == "2023-02-28");
    CHECK(made(ValueType::date, map({{"date", date("2024-01-31")}, {"month", 4}})) == "2024-04-30");
    CHECK(made(ValueType::date, map({{"date", date("2020-12-31")}, {"year", 2021}, {"week", 10}})) == "2021-03-11");
    CHECK(made(ValueType::datetime, map({{"datetime", datetime("2017-10-29T02:30+01:00[Europe/Berlin]")},
                                         {"minute", 45}})) == "2017-10-29T02:45+01:00[Europe/Berlin]");
}

TEST_CASE("a datetime can be made from epoch seconds or milliseconds", "[temporal]") {
    CHECK(made(ValueType::datetime, map({{"epochSeconds", 1}, {"nanosecond", 5}})) == "1970-01-01T00:00:01.000000005Z");
    CHECK(made(ValueType::datetime, map({{"epochMillis", -1}})) == "1969-12-31T23:59:59.999Z");
    CHECK(made(ValueType::datetime, map({{"epochSeconds", 0}, {"timezone", "Asia/Tokyo"}})) ==
          "1970-01-01T09:00+09:00[Asia/Tokyo]");
    CHECK(code_of([] { datetime_from_epoch(std::numeric_limits<std::int64_t>::max(), 0); }) == Code::invalid_temporal);
}

TEST_CASE("truncation refuses units that the type or the value does not have", "[temporal]") {
    const auto refused = [](ValueType type, std::string_view unit, const Value& value) {
        return code_of([&] { truncate_temporal(type, unit, value, {}, now); });
    };
    CHECK(refused(ValueType::date, "hour", date("2020-01-01")) == Code::invalid_temporal);
    CHECK(refused(ValueType::local_time, "month", LocalTime{}) == Code::invalid_temporal);
    CHECK(refused(ValueType::datetime, "day", LocalTime{}) == Code::type_error);
    CHECK(refused(ValueType::date, "fortnight", date("2020-01-01")) == Code::invalid_temporal);
    CHECK(refused(ValueType::date, "millennium", date("-999999999-01-01")) == Code::invalid_temporal);
    CHECK(to_text(truncate_temporal(ValueType::date, "decade", date("-0001-01-01"), {}, now)) == "-0010-01-01");
}

TEST_CASE("days keep the local time across a change of clocks, hours do not", "[temporal]") {
    const Value before = datetime("2017-10-28T12:00[Europe/Berlin]");
    CHECK(to_text(plus(before, Duration{0, 1, 0, 0})) == "2017-10-29T12:00+01:00[Europe/Berlin]");
    CHECK(to_text(plus(before, Duration{0, 0, 86'400, 0})) == "2017-10-29T11:00+01:00[Europe/Berlin]");
    CHECK(to_text(minus(date("2024-03-31"), Duration{1, 0, 0, 0})) == "2024-02-29");
}

TEST_CASE("arithmetic beyond the range is an error, not a wrong date", "[temporal]") {
    CHECK(code_of([] { plus(date("+999999999-12-31"), Duration{0, 1, 0, 0}); }) == Code::invalid_temporal);
    CHECK(code_of([] {
              plus(date("2020-01-01"), Duration{std::numeric_limits<std::int64_t>::max(), 0, 0, 0});
          }) == Code::invalid_temporal);
    CHECK(code_of([] {
              plus(date("2020-01-01"), Duration{0, std::numeric_limits<std::int64_t>::max(), 0, 0});
          }) == Code::invalid_temporal);
    CHECK(code_of([] {
              minus(datetime("2020-01-01"), Duration{0, 0, std::numeric_limits<std::int64_t>::min(), 0});
          }) == Code::invalid_temporal);
    const Duration most{std::numeric_limits<std::int64_t>::max(), 0, 0, 0};
    CHECK(code_of([&] { plus(most, most); }) == Code::invalid_temporal);
    CHECK(code_of([&] { times(most, 2); }) == Code::invalid_temporal);
    CHECK(code_of([&] { times(most, 1e300); }) == Code::invalid_temporal);
    CHECK(code_of([&] {
              times(Duration{0, 0, std::numeric_limits<std::int64_t>::max(), 0},
                    std::numeric_limits<std::int64_t>::max());
          }) == Code::invalid_temporal);
    CHECK(code_of([&] { times(most, std::numeric_limits<double>::quiet_NaN()); }) == Code::invalid_temporal);
    CHECK(code_of([&] { divided_by(most, 0); }) == Code::division_by_zero);
    CHECK(code_of([&] {
              divided_by(Duration{std::numeric_limits<std::int64_t>::min(), 0, 0, 0}, -1);
          }) == Code::invalid_temporal);
    CHECK(code_of([&] { times(most, "2"); }) == Code::type_error);
}

TEST_CASE("division and multiplication by decimals give what a person expects", "[temporal]") {
    CHECK(to_string(divided_by(Duration{3, 0, 0, 0}, 0.1)) == "P2Y6M");
    CHECK(to_string(times(Duration{0, 0, 3600, 0}, 0.1)) == "PT6M");
    CHECK(to_string(divided_by(Duration{1, 0, 0, 0}, 2)) == "P15DT5H14M33S");
    CHECK(to_text(make_duration(map({{"hours", 0.1}}))) == "PT6M");
    CHECK(to_text(make_duration(map({{"days", -1.5}}))) == "P-1DT-12H");
}

TEST_CASE("a duration from unknown units or values that are no numbers is refused", "[temporal]") {
    CHECK(code_of([] { make_duration(map({{"year", 1}})); }) == Code::invalid_temporal);
    CHECK(code_of([] { make_duration(map({{"years", "1"}})); }) == Code::type_error);
    CHECK(code_of([] {
              make_duration(map({{"years", std::numeric_limits<std::int64_t>::max()}}));
          }) == Code::invalid_temporal);
    CHECK(code_of([] { make_duration("one day"); }) == Code::invalid_temporal);
}

TEST_CASE("adding the duration between two moments to the first gives the second", "[temporal][random]") {
    const std::uint64_t seed = test::seed("durations between");
    std::mt19937_64 random{seed};
    static constexpr std::string_view zones[] = {"", "+03:00", "Europe/Berlin", "America/Sao_Paulo"};
    for (int i = 0; i < 20'000; ++i) {
        const auto moment = [&] {
            const DateTime utc = datetime_from_epoch(static_cast<std::int64_t>(random() % 4'000'000'000),
                                                     static_cast<std::int64_t>(random() % 1'000'000'000));
            return utc;
        };
        const std::string_view zone = zones[random() % 4];
        const Value from = current_temporal(ValueType::datetime, moment(), zone),
                    to = current_temporal(ValueType::datetime, moment(), zone);
        const Duration between = duration_between(from, to);
        INFO("seed " << seed << ": " << to_text(from) << " to " << to_text(to) << " is " << to_string(between));
        // Whole months, then days, then the rest, all of one sign, and it leads there.
        const bool forward = order(from.get<DateTime>(), to.get<DateTime>()) <= 0;
        if (forward)
            REQUIRE((between.months >= 0 && between.days >= 0));
        else
            REQUIRE((between.months <= 0 && between.days <= 0));
        REQUIRE(plus(from, between).get<DateTime>().seconds == to.get<DateTime>().seconds);
        const Duration seconds = duration_in_seconds(from, to);
        REQUIRE(to_text(plus(from, seconds)) == to_text(to));
    }
}

TEST_CASE("components of each type are those it lists, whatever the case", "[temporal]") {
    const Value values[] = {date("2020-05-06"),
                            *parse_local_time("01:02:03"),
                            *parse_time("01:02:03+01:00"),
                            *parse_local_datetime("2020-05-06T01:02"),
                            datetime("2020-05-06T01:02[Europe/Berlin]"),
                            *parse_duration("P1Y2M3DT4H5M6.007S")};
    for (const Value& value : values) {
        CAPTURE(to_text(value));
        CHECK_FALSE(temporal_component_names(value.type()).empty());
        for (const std::string_view name : temporal_component_names(value.type()))
            CHECK(temporal_component(value, name));
        CHECK_FALSE(temporal_component(value, "colour"));
    }
    CHECK(temporal_component(values[0], "WEEKYEAR")->as_int() == 2020);
    CHECK(temporal_component(values[4], "timezone")->as_string() == "Europe/Berlin");
    CHECK(temporal_component(values[4], "offset")->as_string() == "+02:00");
    CHECK(temporal_component(values[4], "epochMillis")->as_int() == 1'588'719'720'000);
    CHECK(temporal_component(values[5], "minutes")->as_int() == 245);
    CHECK(temporal_component(values[5], "millisecondsOfSecond")->as_int() == 7);
    CHECK_FALSE(temporal_component(values[0], "hour"));
    CHECK(code_of([] {
              temporal_component(Duration{0, 0, std::numeric_limits<std::int64_t>::max(), 0}, "nanoseconds");
          }) == Code::arithmetic_overflow);
}
