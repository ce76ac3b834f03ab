#include "function/aggregate.hpp"

#include "mainstay/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace mainstay;

namespace {

std::string aggregated(std::string_view name, const ValueList& values, const Value& fraction = {}) {
    const function::Aggregate* aggregate = function::find_aggregate(name);
    REQUIRE(aggregate);
    function::Accumulator accumulator{*aggregate};
    try {
        for (const Value& value : values) {
            const Value arguments[] = {value, fraction};
            accumulator.add(std::span{arguments, aggregate->arguments});
        }
    } catch (const Error& error) {
        return std::string{"error "} + std::string{error.type()} + ": " + std::string{error.detail()};
    }
    const Value result = accumulator.result();
    return result.is_temporal() ? to_text(result) : print(result);
}

}  // namespace

TEST_CASE("aggregates of nothing are 0, an empty list or null", "[aggregate]") {
    CHECK(aggregated("count", {}) == "0");
    CHECK(aggregated("sum", {Value{}}) == "0");
    CHECK(aggregated("collect", {Value{}}) == "[]");
    CHECK(aggregated("avg", {}) == "null");
    CHECK(aggregated("min", {}) == "null");
    CHECK(aggregated("stDev", {}) == "0.0");
    CHECK(aggregated("percentileCont", {}, 0.5) == "null");
}

TEST_CASE("nulls do not count", "[aggregate]") {
    CHECK(aggregated("count", {1, Value{}, "a"}) == "2");
    CHECK(aggregated("avg", {1, Value{}, 2}) == "1.5");
}

TEST_CASE("a sum of integers is an integer, or an error if it does not fit", "[aggregate]") {
    CHECK(aggregated("sum", {1, 2}) == "3");
    CHECK(aggregated("sum", {1, 2.5, 3}) == "6.5");
    CHECK(aggregated("sum", {std::numeric_limits<std::int64_t>::max(), 1}) == "error ArithmeticError: IntegerOverflow");
    CHECK(aggregated("avg", {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max()}) ==
          "9.223372036854776E18");
    CHECK(aggregated("sum", {"a"}) == "error TypeError: InvalidArgumentType");
}

TEST_CASE("durations add up with each other only", "[aggregate]") {
    CHECK(aggregated("sum", {Duration{0, 1, 0, 0}, Duration{0, 0, 60, 0}}) == "P1DT1M");
    CHECK(aggregated("avg", {Duration{0, 1, 0, 0}, Duration{0, 2, 0, 0}}) == "P1DT12H");
    CHECK(aggregated("sum", {1, Duration{}}).starts_with("error TypeError"));
    CHECK(aggregated("sum", {Duration{}, 1}).starts_with("error TypeError"));
}

TEST_CASE("min and max follow the order of all values", "[aggregate]") {
    const ValueList mixed{1, "a", Value{}, Value::list({1, 2}), 0.2, "b"};
    CHECK(aggregated("max", mixed) == "1");
    CHECK(aggregated("min", mixed) == "[1, 2]");
}

TEST_CASE("standard deviations of a sample and a population", "[aggregate]") {
    const ValueList values{2, 4, 4, 4, 5, 5, 7, 9};
    CHECK(aggregated("stDevP", values) == "2.0");
    CHECK(aggregated("stDev", values) == "2.138089935299395");
    CHECK(aggregated("stDev", {5}) == "0.0");
    CHECK(aggregated("stDev", {"a"}).starts_with("error TypeError"));
}

TEST_CASE("percentiles are a value of the group, or between two", "[aggregate]") {
    const ValueList values{30.0, 10.0, 20.0, 40};
    CHECK(aggregated("percentileDisc", values, 0) == "10.0");
    CHECK(aggregated("percentileDisc", values, 0.5) == "20.0");
    CHECK(aggregated("percentileDisc", values, 1) == "40");
    CHECK(aggregated("percentileCont", values, 0.5) == "25.0");
    CHECK(aggregated("percentileCont", values, 1.0) == "40.0");
    for (const Value& wrong : {Value{1.1}, Value{-1}, Value{1000}})
        CHECK(aggregated("percentileCont", values, wrong) == "error ArgumentError: NumberOutOfRange");
}
