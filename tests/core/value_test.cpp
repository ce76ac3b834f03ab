#include "mainstay/core/value.hpp"

#include "mainstay/core/error.hpp"
#include "support/random_value.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mainstay;

namespace {

const Value null;
const double nan_value = std::nan("");

Value list(ValueList items) { return Value::list(std::move(items)); }
Value map(ValueMapEntries entries) { return Value::map(std::move(entries)); }

}  // namespace

TEST_CASE("strings are shared beyond 15 bytes and live on when copies die", "[value]") {
    for (const std::size_t size : {0U, 1U, 14U, 15U, 16U, 100U, 70000U}) {
        const std::string text(size, 'x');
        String copy;
        {
            String original{text};
            copy = original;
            const String moved = std::move(original);
            CHECK(moved.view() == text);
        }
        CHECK(copy.view() == text);
        String& self = copy;
        copy = self;
        CHECK(copy.view() == text);
    }
}

TEST_CASE("a map keeps the last of equal keys and finds by key", "[value]") {
    const Value m = map({{"b", 1}, {"a", 2}, {"b", 3}});
    REQUIRE(m.as_map().size() == 2);
    CHECK(m.at("b").as_int() == 3);
    CHECK(m.at("a").as_int() == 2);
    CHECK(m.at("c").is_null());
}

TEST_CASE("lists and maps nest 1,000 deep and no deeper", "[value]") {
    Value deep = 1;
    for (std::uint32_t i = 0; i < value_depth_max; ++i) deep = i % 2 == 0 ? list({deep}) : map({{"k", deep}});
    CHECK(equivalent(deep, deep));
    CHECK(equals(deep, deep) == Ternary::yes);
    CHECK(hash_value(deep) == hash_value(deep));
    CHECK(print(deep).size() > value_depth_max);
    CHECK_THROWS_AS(list({deep}), Error);
    CHECK_THROWS_AS(map({{"k", deep}}), Error);
}

TEST_CASE("null equals nothing and is different from nothing", "[value]") {
    CHECK(equals(null, null) == Ternary::unknown);
    CHECK(equals(null, 1) == Ternary::unknown);
    CHECK(equals(1, "1") == Ternary::no);
}

TEST_CASE("numbers are equal by value, exactly beyond 2^53", "[value]") {
    const std::int64_t big = (std::int64_t{1} << 53) + 1;
    CHECK(equals(1, 1.0) == Ternary::yes);
    CHECK(equals(big, static_cast<double>(big)) == Ternary::no);
    CHECK((*compare(big, static_cast<double>(big)) > 0));
    CHECK((*compare(std::numeric_limits<std::int64_t>::max(), 0x1p63) < 0));
    CHECK((*compare(std::numeric_limits<std::int64_t>::min(), -0x1p63) == 0));
    CHECK((*compare(std::int64_t{-1}, -0.5) < 0));
    CHECK(equals(0.0, -0.0) == Ternary::yes);
}

TEST_CASE("NaN equals nothing, compares with numbers as unordered, and is equivalent to itself", "[value]") {
    CHECK(equals(nan_value, nan_value) == Ternary::no);
    CHECK((*compare(nan_value, 1) == std::partial_ordering::unordered));
    CHECK(!compare(nan_value, "a"));
    CHECK(equivalent(nan_value, nan_value));
    CHECK((order(nan_value, std::numeric_limits<double>::infinity()) > 0));
    CHECK((order(nan_value, null) < 0));
}

TEST_CASE("lists are equal item by item, unknown only if nothing differs", "[value]") {
    CHECK(equals(list({1, 2}), list({1})) == Ternary::no);
    CHECK(equals(list({null}), list({1})) == Ternary::unknown);
    CHECK(equals(list({1, null}), list({2, null})) == Ternary::no);
    CHECK(equals(list({list({1}), list({2, 3})}), list({list({1}), list({null})})) == Ternary::no);
}

TEST_CASE("maps are equal if they have the same keys with equal values", "[value]") {
    CHECK(equals(map({{"k", null}}), map({})) == Ternary::no);
    CHECK(equals(map({{"k", 1}}), map({{"k", null}})) == Ternary::unknown);
    CHECK(equals(map({{"k", 1}, {"l", 2}}), map({{"l", 2.0}, {"k", 1}})) == Ternary::yes);
}

TEST_CASE("lists compare by their first difference", "[value]") {
    CHECK((*compare(list({1, null}), list({1})) > 0));
    CHECK(!compare(list({1, 2}), list({1, null})));
    CHECK(!compare(list({1, "a"}), list({1, 2})));
    CHECK((*compare(list({1, 2}), list({3, null})) < 0));
}

TEST_CASE("maps, durations and values of different types have no order in comparisons", "[value]") {
    CHECK(!compare(map({}), map({})));
    CHECK(!compare(Duration{1, 0, 0, 0}, Duration{2, 0, 0, 0}));
    CHECK(!compare(1, "a"));
    CHECK(!compare(Date{1}, LocalDateTime{1, 0}));
    CHECK((*compare(false, true) < 0));
}

TEST_CASE("the order of types is map, list, datetime, ..., string, boolean, number, null", "[value]") {
    const ValueList ascending{map({}),
                              Node{nullptr, NodeId{7}},
                              Relationship{nullptr, RelId{3}},
                              list({null}),
                              Value::path({{Node{nullptr, NodeId{1}}}, {}, {}}),
                              DateTime{},
                              LocalDateTime{},
                              Date{},
                              Time{},
                              LocalTime{},
                              Duration{},
                              "",
                              false,
                              true,
                              -std::numeric_limits<double>::infinity(),
                              -1,
                              1.5,
                              2,
                              nan_value,
                              null};
    for (std::size_t i = 0; i + 1 < ascending.size(); ++i) {
        CAPTURE(i);
        CHECK((order(ascending[i], ascending[i + 1]) < 0));
        CHECK((order(ascending[i + 1], ascending[i]) > 0));
    }
}

TEST_CASE("order is total and agrees with equivalence, hashes and comparison", "[value][random]") {
    const std::uint64_t seed = test::seed("value order");
    std::mt19937_64 random{seed};
    std::vector<Value> values;
    for (int i = 0; i < 150; ++i) values.push_back(test::random_value(random, 3));
    for (const Value& a : values)
        for (const Value& b : values) {
            const auto o = order(a, b);
            INFO("seed " << seed << ": " << print(a) << " and " << print(b));
            REQUIRE((order(b, a) == (0 <=> o)));
            REQUIRE((equivalent(a, b) == (o == 0)));
            if (o == 0) REQUIRE(hash_value(a) == hash_value(b));
            if (equals(a, b) == Ternary::yes) REQUIRE((o == 0));
            const auto c = compare(a, b);
            if (c && *c != std::partial_ordering::unordered) REQUIRE((*c == o));
        }
    std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) { return order(a, b) < 0; });
    for (std::size_t i = 0; i + 2 < values.size(); ++i) REQUIRE((order(values[i], values[i + 2]) <= 0));
}

TEST_CASE("floats print as the shortest text that reads back, in Java's manner", "[value]") {
    CHECK(print_float(1) == "1.0");
    CHECK(print_float(-0.0) == "-0.0");
    CHECK(print_float(0.1) == "0.1");
    CHECK(print_float(0.001) == "0.001");
    CHECK(print_float(0.0001) == "1.0E-4");
    CHECK(print_float(9999999) == "9999999.0");
    CHECK(print_float(1e7) == "1.0E7");
    CHECK(print_float(1.5e300) == "1.5E300");
    CHECK(print_float(123456.789) == "123456.789");
    CHECK(print_float(nan_value) == "NaN");
    CHECK(print_float(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("values print as literals of the language", "[value]") {
    CHECK(print(list({1, 2.5, "it's \\ \n", null, true})) == "[1, 2.5, 'it\\'s \\\\ \\n', null, true]");
    CHECK(print(map({{"odd key", 1}, {"k", list({})}})) == "{k: [], `odd key`: 1}");
    CHECK(print(Date{0}) == "date('1970-01-01')");
    CHECK(to_text(Date{0}) == "1970-01-01");
    CHECK(to_text("plain") == "plain");
    CHECK(to_text(list({"a"})) == "['a']");
}

TEST_CASE("scalars, temporal values and flat lists of them can be stored", "[value]") {
    CHECK(is_storable(1));
    CHECK(is_storable(Duration{}));
    CHECK(is_storable(list({1, "a", Date{}})));
    CHECK_FALSE(is_storable(null));
    CHECK_FALSE(is_storable(list({1, null})));
    CHECK_FALSE(is_storable(list({list({})})));
    CHECK_FALSE(is_storable(map({})));
    CHECK_FALSE(is_storable(Node{nullptr, NodeId{1}}));
}
