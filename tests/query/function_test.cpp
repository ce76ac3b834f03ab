#include "function/function.hpp"

#include "function/aggregate.hpp"
#include "mainstay/core/error.hpp"
#include "support/memory_graph.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <initializer_list>
#include <limits>

using namespace mainstay;
using function::find_function;

namespace {

// The printed result of a call, or "error CODE: message".
std::string called(std::string_view name, ValueList arguments) {
    const function::Function* f = find_function(name);
    if (!f) return "no such function";
    if (!f->takes(arguments.size())) return "wrong number of arguments";
    function::Context context;
    context.statement_now = *parse_datetime("2026-09-01T10:20:30.123Z");
    context.transaction_now = *parse_datetime("2026-09-01T10:00Z");
    context.realtime = [] { return *parse_datetime("2026-09-01T11:00Z"); };
    std::mt19937_64 random{42};
    context.random = [&]() -> std::mt19937_64& { return random; };
    try {
        const Value result = function::call(*f, arguments, context);
        return result.is_temporal() ? to_text(result) : print(result);
    } catch (const Error& error) {
        return std::string{"error "} + std::string{error.type()} + ": " + std::string{error.detail()};
    }
}

Value list(ValueList items) { return Value::list(std::move(items)); }

}  // namespace

TEST_CASE("every function is found by its name in any case, says what it does and shows its arguments", "[function]") {
    CHECK(function::all_functions().size() > 100);
    for (const function::Function* f : function::all_functions()) {
        CAPTURE(f->name);
        std::string upper{f->name};
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        CHECK(find_function(upper) == f);
        CHECK(f->help.ends_with('.'));
        CHECK(f->signature().starts_with(std::string{f->name} + "("));
        for (std::size_t i = 0; i < std::min<std::size_t>(f->arguments_max, 3); ++i) {
            CHECK_FALSE(f->parameter(i).name.empty());
            CHECK_FALSE(f->parameter(i).types == function::Types{});
        }
    }
    CHECK(find_function("foo") == nullptr);
    CHECK(find_function("date.") == nullptr);
    CHECK(find_function("substring")->signature() == "substring(text, start, [length])");
    CHECK(find_function("coalesce")->signature() == "coalesce(value, ...)");
}

TEST_CASE("no function crashes on values of any type or number", "[function]") {
    const ValueList samples{Value{},
                            true,
                            0,
                            -1,
                            std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max(),
                            0.5,
                            std::nan(""),
                            HUGE_VAL,
                            "",
                            "äöü",
                            "2020-01-01",
                            "\xFF\x80",
                            list({}),
                            list({Value{}, "a", 1}),
                            Value::map({}),
                            Value::map({{"year", 2020}}),
                            Date{},
                            LocalTime{},
                            Time{},
                            LocalDateTime{},
                            DateTime{},
                            Duration{1, 2, 3, 4}};
    for (const function::Function* f : function::all_functions())
        for (std::size_t count = f->arguments_min; count <= std::min<std::size_t>(f->arguments_max, 3); ++count) {
            std::size_t combinations = 1;
            for (std::size_t i = 0; i < count; ++i) combinations *= samples.size();
            for (std::size_t n = 0; n < combinations; ++n) {
                ValueList arguments;
                for (std::size_t i = 0, rest = n; i < count; ++i, rest /= samples.size())
                    arguments.push_back(samples[rest % samples.size()]);
                called(f->name, arguments);
            }
        }
    SUCCEED();
}

TEST_CASE("a null argument gives null, but for functions that look at nulls", "[function]") {
    CHECK(called("toUpper", {Value{}}) == "null");
    CHECK(called("substring", {"abc", Value{}}) == "null");
    CHECK(called("date", {Value{}}) == "null");
    CHECK(called("coalesce", {Value{}, Value{}, 3, 4}) == "3");
    CHECK(called("coalesce", {Value{}, Value{}, Value{}, Value{}}) == "null");
    CHECK(called("exists", {Value{}}) == "false");
}

TEST_CASE("an argument of the wrong type is an error with the detail the conformance suite wants", "[function]") {
    CHECK(called("toUpper", {1}) == "error TypeError: InvalidArgumentValue");
    CHECK(called("toBoolean", {1.0}) == "error TypeError: InvalidArgumentValue");
    CHECK(called("toInteger", {list({})}) == "error TypeError: InvalidArgumentValue");
    CHECK(called("toFloat", {true}) == "error TypeError: InvalidArgumentValue");
    CHECK(called("range", {0, 1.0}) == "error ArgumentError: InvalidArgumentType");
    CHECK(called("range", {0, 1, 0}) == "error ArgumentError: NumberOutOfRange");
}

TEST_CASE("conversions give null for texts that are none, the ...OrNull forms for everything", "[function]") {
    CHECK(called("toInteger", {" 42 "}) == "42");
    CHECK(called("toInteger", {"2.9"}) == "2");
    CHECK(called("toInteger", {"-2.9"}) == "-2");
    CHECK(called("toInteger", {"0x1F"}) == "null");
    CHECK(called("toInteger", {""}) == "null");
    CHECK(called("toInteger", {true}) == "1");
    CHECK(called("toInteger", {"9223372036854775808"}) == "error ArithmeticError: IntegerOverflow");
    CHECK(called("toIntegerOrNull", {"9223372036854775808"}) == "null");
    CHECK(called("toIntegerOrNull", {list({})}) == "null");
    CHECK(called("toFloat", {"1e3"}) == "1000.0");
    CHECK(called("toFloat", {".5"}) == "0.5");
    CHECK(called("toFloat", {"inf"}) == "null");
    CHECK(called("toFloat", {"-Infinity"}) == "-Infinity");
    CHECK(called("toFloat", {3}) == "3.0");
    CHECK(called("toBoolean", {"TRUE"}) == "true");
    CHECK(called("toBoolean", {"f alse"}) == "null");
    CHECK(called("toString", {1.0}) == "'1.0'");
    CHECK(called("toString", {Date{0}}) == "'1970-01-01'");
    CHECK(called("toIntegerList", {list({"1", 2.5, Value{}, list({})})}) == "[1, 2, null, null]");
}

TEST_CASE("texts are counted and cut in characters, not bytes", "[function]") {
    CHECK(called("size", {"äöü"}) == "3");
    CHECK(called("substring", {"äöü", 1, 1}) == "'ö'");
    CHECK(called("substring", {"abc", 5}) == "''");
    CHECK(called("substring", {"abc", -1}) == "error ArgumentError: NumberOutOfRange");
    CHECK(called("left", {"äöü", 2}) == "'äö'");
    CHECK(called("right", {"äöü", 2}) == "'öü'");
    CHECK(called("right", {"ab", 9}) == "'ab'");
    CHECK(called("reverse", {"aäö"}) == "'öäa'");
    CHECK(called("toUpper", {"straße äé"}) == "'STRASSE ÄÉ'");
    CHECK(called("toLower", {"ÄÉΣ"}) == "'äéσ'");
}

TEST_CASE("trim takes white space of any script, or the characters given", "[function]") {
    CHECK(called("trim", {"\t a b\u00A0\u2003"}) == "'a b'");
    CHECK(called("ltrim", {"  a "}) == "'a '");
    CHECK(called("rtrim", {" a  "}) == "' a'");
    CHECK(called("btrim", {"xxaxyx", "xy"}) == "'a'");
    CHECK(called("trim", {"   "}) == "''");
}

TEST_CASE("split and replace take texts as they are, without patterns", "[function]") {
    CHECK(called("split", {"one1two", "1"}) == "['one', 'two']");
    CHECK(called("split", {"a,,b,", ","}) == "['a', '', 'b', '']");
    CHECK(called("split", {"", ","}) == "['']");
    CHECK(called("split", {"äb", ""}) == "['ä', 'b']");
    CHECK(called("split", {"a-b_c", list({"-", "_"})}) == "['a', 'b', 'c']");
    CHECK(called("replace", {"aaa", "aa", "b"}) == "'ba'");
    CHECK(called("replace", {"a.b", ".", ""}) == "'ab'");
    CHECK(called("replace", {"abc", "", "x"}) == "'abc'");
}

TEST_CASE("lists give their ends, rest and reverse", "[function]") {
    CHECK(called("head", {list({})}) == "null");
    CHECK(called("last", {list({1, 2})}) == "2");
    CHECK(called("tail", {list({})}) == "[]");
    CHECK(called("tail", {list({1, 2, 3})}) == "[2, 3]");
    CHECK(called("reverse", {list({1, "a"})}) == "['a', 1]");
    CHECK(called("isEmpty", {Value::map({})}) == "true");
    CHECK(called("keys", {Value::map({{"b", 1}, {"a", Value{}}})}) == "['a', 'b']");
}

TEST_CASE("range goes both ways, includes its end and stops before it fills the memory", "[function]") {
    CHECK(called("range", {1, 3}) == "[1, 2, 3]");
    CHECK(called("range", {3, 1}) == "[]");
    CHECK(called("range", {10, 3, -3}) == "[10, 7, 4]");
    CHECK(called("range", {std::numeric_limits<std::int64_t>::max() - 1, std::numeric_limits<std::int64_t>::max()}) ==
          "[9223372036854775806, 9223372036854775807]");
    CHECK(called("range", {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::min()}) == "[9223372036854775807, -1]");
    CHECK(called("range", {0, std::numeric_limits<std::int64_t>::max()}) == "error ResourceError: MemoryLimit");
}

TEST_CASE("a large result is told to the statement before it is built", "[function]") {
    function::Context context;
    std::uint64_t told = 0;
    context.charge = [&](std::uint64_t bytes) { told += bytes; };
    const ValueList arguments{0, 999'999};
    function::call(*find_function("range"), arguments, context);
    CHECK(told >= 1'000'000 * sizeof(Value));
    context.charge = [](std::uint64_t) { throw Error{Code::memory_limit, "too much"}; };
    CHECK_THROWS_AS(function::call(*find_function("range"), arguments, context), Error);
}

TEST_CASE("rounding goes to the nearest, halves upwards, or as the mode says in decimals", "[function]") {
    CHECK(called("round", {2.5}) == "3.0");
    CHECK(called("round", {-2.5}) == "-2.0");
    CHECK(called("round", {0.49999999999999994}) == "0.0");
    CHECK(called("round", {9007199254740993.0}) == "9.007199254740992E15");
    CHECK(called("round", {0.285, 2}) == "0.29");
    CHECK(called("round", {-1.005, 2}) == "-1.01");
    CHECK(called("round", {9.995, 2}) == "10.0");
    CHECK(called("round", {1.249, 1, "UP"}) == "1.3");
    CHECK(called("round", {1.249, 1, "DOWN"}) == "1.2");
    CHECK(called("round", {-1.25, 1, "CEILING"}) == "-1.2");
    CHECK(called("round", {-1.25, 1, "FLOOR"}) == "-1.3");
    CHECK(called("round", {1.25, 1, "HALF_EVEN"}) == "1.2");
    CHECK(called("round", {1.35, 1, "HALF_EVEN"}) == "1.4");
    CHECK(called("round", {1.25, 1, "HALF_DOWN"}) == "1.2");
    CHECK(called("round", {1.2, 1, "SIDEWAYS"}).starts_with("error"));
    CHECK(called("round", {5e-324, 3}) == "0.0");
    CHECK(called("round", {1.7e308, 3}) == "1.7E308");
    CHECK(called("round", {std::nan("")}) == "NaN");
}

TEST_CASE("mathematics keeps integers where it can", "[function]") {
    CHECK(called("abs", {-1}) == "1");
    CHECK(called("abs", {-1.5}) == "1.5");
    CHECK(called("abs", {std::numeric_limits<std::int64_t>::min()}) == "error ArithmeticError: IntegerOverflow");
    CHECK(called("sign", {-0.1}) == "-1");
    CHECK(called("sqrt", {12.96}) == "3.6");
    CHECK(called("ceil", {1.2}) == "2.0");
    CHECK(called("sqrt", {-1}) == "NaN");
    CHECK(called("atan2", {0, -1}) == called("pi", {}));
}

TEST_CASE("the clock is the statement's, the transaction's or the real one", "[function]") {
    CHECK(called("datetime", {}) == "2026-09-01T10:20:30.123Z");
    CHECK(called("localtime.transaction", {}) == "10:00");
    CHECK(called("time.realtime", {"Europe/Berlin"}) == "13:00+02:00");
    CHECK(called("datetime", {Value::map({{"timezone", "Asia/Tokyo"}})}) ==
          "2026-09-01T19:20:30.123+09:00[Asia/Tokyo]");
    CHECK(called("timestamp", {}) == "1788258030123");
    CHECK(called("date.truncate", {"month"}) == "2026-09-01");
}

TEST_CASE("random functions take their numbers from the context", "[function]") {
    CHECK(called("rand", {}) == called("rand", {}));
    const std::string uuid = called("randomUUID", {});
    CHECK(uuid.size() == 38);
    CHECK(uuid[15] == '4');
    CHECK(find_function("rand")->purity == function::Purity::random);
    CHECK(find_function("date")->purity == function::Purity::statement);
}

TEST_CASE("elements tell labels, type, ends, keys and properties", "[function]") {
    test::MemoryGraph graph;
    const NodeId a = graph.add_node({"A", "B"}, {{"name", "x"}, {"size", 3}}), b = graph.add_node();
    const RelId r = graph.add_rel(a, "KNOWS", b, {{"since", 2020}});
    graph.freeze();
    const Value node = Node{&graph, a}, rel = Relationship{&graph, r};
    CHECK(called("labels", {node}) == "['A', 'B']");
    CHECK(called("type", {rel}) == "'KNOWS'");
    CHECK(called("properties", {node}) == "{name: 'x', size: 3}");
    CHECK(called("keys", {rel}) == "['since']");
    CHECK(called("startNode", {rel}) == "(:A:B {name: 'x', size: 3})");
    CHECK(called("endNode", {rel}) == "()");
    CHECK(called("id", {rel}) == "0");
    CHECK(called("elementId", {node}) == "'1:n:0'");
    const Value path = Value::path({{Node{&graph, b}, Node{&graph, a}}, {Relationship{&graph, r}}, {false}});
    CHECK(called("length", {path}) == "1");
    CHECK(called("nodes", {path}) == "[(), (:A:B {name: 'x', size: 3})]");
    CHECK(called("relationships", {path}) == "[[:KNOWS {since: 2020}]]");
    CHECK(print(path) == "<()<-[:KNOWS {since: 2020}]-(:A:B {name: 'x', size: 3})>");
    CHECK(called("labels", {rel}) == "error TypeError: InvalidArgumentValue");
    CHECK(called("labels", {Node{&graph, NodeId{99}}}) == "error EntityNotFound: DeletedEntityAccess");
}

TEST_CASE("addresses have one form, and what is none is null", "[function]") {
    CHECK(called("ip", {"10.0.0.1"}) == "'10.0.0.1'");
    CHECK(called("ip", {"2001:DB8:0:0:0:0:0:1"}) == "'2001:db8::1'");
    CHECK(called("ip", {"::"}) == "'::'");
    for (const char* none : {"", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.1/8", " 10.0.0.1", "1::2::3",
                             "fe80::1%eth0", "host", "1:2:3:4:5:6:7:8:9", "10.0.0.1.", "0x0a.0.0.1"})
        CHECK(called("ip", {none}) == "null");
    CHECK(called("cidr", {"10.1.2.3/8"}) == "'10.0.0.0/8'");
    CHECK(called("cidr", {"10.1.2.3"}) == "'10.1.2.3/32'");
    CHECK(called("cidr", {"10.1.2.3/0"}) == "'0.0.0.0/0'");
    CHECK(called("cidr", {"10.1.2.255/31"}) == "'10.1.2.254/31'");
    CHECK(called("cidr", {"2001:db8:ffff::1/33"}) == "'2001:db8:8000::/33'");
    for (const char* none : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-1", "/8",
                             "10.0.0.0/8/8", "10.0.0.0/8 ", "10.0.0.0/4294967304"})
        CHECK(called("cidr", {none}) == "null");
    CHECK(called("ip", {1}) == "error TypeError: InvalidArgumentValue");
    CHECK(called("ip", {Value{}}) == "null");
}

TEST_CASE("an address or a network lies in a network", "[function]") {
    CHECK(called("ip.isIn", {"10.1.2.3", "10.0.0.0/8"}) == "true");
    CHECK(called("ip.isIn", {"11.1.2.3", "10.0.0.0/8"}) == "false");
    CHECK(called("ip.isIn", {"10.1.2.3", "10.1.2.3"}) == "true");
    CHECK(called("ip.isIn", {"10.1.2.128", "10.1.2.0/25"}) == "false");
    CHECK(called("ip.isIn", {"10.1.0.0/16", "10.0.0.0/8"}) == "true");
    CHECK(called("ip.isIn", {"10.0.0.0/8", "10.1.0.0/16"}) == "false");
    CHECK(called("ip.isIn", {"2001:db8::1", "2001:db8::/32"}) == "true");
    CHECK(called("ip.isIn", {"10.1.2.3", "::/0"}) == "false");
    CHECK(called("ip.isIn", {"host", "10.0.0.0/8"}) == "null");
    CHECK(called("ip.isIn", {"10.1.2.3", "lan"}) == "null");
}

TEST_CASE("keys of addresses sort as their numbers do", "[function]") {
    const char* ascending[] = {"0.0.0.0/0", "2.0.0.1",   "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0",
                               "10.0.0.9",  "10.0.0.10", "::1",        "2001:db8::",  "fe80::1"};
    for (std::size_t i = 1; i < std::size(ascending); ++i) {
        INFO(ascending[i]);
        CHECK(called("ip.key", {ascending[i - 1]}) < called("ip.key", {ascending[i]}));
    }
    CHECK(called("ip.key", {"host"}) == "null");
}
