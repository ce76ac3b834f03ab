#include "text_value.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

namespace mainstay::tck {
namespace {

std::string same(std::string_view text, ListOrder order = ListOrder::counts) {
    return canonical(parse_text_value(text), order);
}

}  // namespace

TEST_CASE("integers, floats and strings of the same look differ") {
    CHECK(same("1") != same("1.0"));
    CHECK(same("1") != same("'1'"));
    CHECK(same("null") != same("'null'"));
}

TEST_CASE("a float is the double it denotes") {
    CHECK(same("1.0") == same("1e0"));
    CHECK(same(".5") == same("0.5"));
    CHECK(same("0.0") == same("-0.0"));
    CHECK(same("NaN") == same("NaN"));
    CHECK(same("Inf") != same("-Inf"));
    CHECK(same("0.1") != same("0.10000000000000002"));
}

TEST_CASE("only quotes and backslashes are escaped in a string") {
    CHECK(parse_text_value(R"('it\'s')").text == "it's");
    CHECK(parse_text_value(R"('a\\b')").text == "a\\b");
    CHECK(parse_text_value(R"('a\nb')").text == "a\\nb");
}

TEST_CASE("labels and map keys have no order") {
    CHECK(same("(:A:B {x: 1, y: 2})") == same("(:B:A {y: 2, x: 1})"));
    CHECK(same("{a: null}") != same("{}"));
}

TEST_CASE("the order of a list counts unless it is ignored, at every depth") {
    CHECK(same("[1, 2]") != same("[2, 1]"));
    CHECK(same("[[1, 2], 3]", ListOrder::ignored) == same("[3, [2, 1]]", ListOrder::ignored));
    CHECK(same("[1, 1]", ListOrder::ignored) != same("[1]", ListOrder::ignored));
}

TEST_CASE("a bracket with a colon is a relationship") {
    CHECK(parse_text_value("[:T {n: 1}]").kind == TextValue::Kind::rel);
    CHECK(parse_text_value("[1]").kind == TextValue::Kind::list);
}

TEST_CASE("a path keeps the direction of its steps") {
    CHECK(same("<(:A)-[:R]->(:B)<-[:S]-(:C)>") == "<(:A)-[:R]->(:B)<-[:S]-(:C)>");
    CHECK(same("<(:A)-[:R]->(:B)>") != same("<(:A)<-[:R]-(:B)>"));
    CHECK(same("<()>") == "<()>");
}

TEST_CASE("text that is not exactly one value is refused") {
    for (const char* text :
         {"", "1 2", "[1", "'a", "(:A", "<(:A)-[:R]-(:B)>", "{a 1}", "abc", "1.2.3", "99999999999999999999"})
        CHECK_THROWS_AS(parse_text_value(text), std::invalid_argument);
}

TEST_CASE("temporal values of the engine are the strings they print as") {
    CHECK(canonical(from_engine(Value{Date{0}}), ListOrder::counts) == "'1970-01-01'");
    CHECK(canonical(from_engine(Value::list({Value{Date{1}}, Value{1.0}})), ListOrder::counts) ==
          "['1970-01-02', 1.0]");
}

TEST_CASE("scalars, lists and maps go to the engine and come back") {
    for (const char* text : {"null", "true", "-7", "1.5", "'x'", "[1, [2.0, null]]", "{a: {b: [true]}}"})
        CHECK(canonical(from_engine(to_engine(parse_text_value(text))), ListOrder::counts) == same(text));
    CHECK_THROWS_AS(to_engine(parse_text_value("(:A)")), std::invalid_argument);
}

}  // namespace mainstay::tck
