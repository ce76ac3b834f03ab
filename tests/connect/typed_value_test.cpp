#include "typed_value.hpp"

#include <catch2/catch.hpp>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

std::string typed(const Value& cell, AttributeType type) {
    const auto value = as_type(cell, type);
    return value ? std::string{name_of(value->type())} + " " + print(*value) : "none";
}

}  // namespace

TEST_CASE("text becomes the asked type", "[typed]") {
    CHECK(typed(" 42 ", AttributeType::integer) == "Integer 42");
    CHECK(typed("+7", AttributeType::integer) == "Integer 7");
    CHECK(typed("1.5", AttributeType::floating) == "Float 1.5");
    CHECK(typed("YES", AttributeType::boolean) == "Boolean true");
    CHECK(typed("0", AttributeType::boolean) == "Boolean false");
    CHECK(as_type("2026-09-01", AttributeType::date)->is(ValueType::date));
    CHECK(as_type("2026-09-02T22:00", AttributeType::local_datetime)->is(ValueType::local_datetime));
    CHECK(as_type("2026-09-02T22:00Z", AttributeType::datetime)->is(ValueType::datetime));
    CHECK(typed("a; b;;c", AttributeType::list) == "List ['a', 'b', 'c']");
    CHECK(typed(" kept ", AttributeType::string) == "String ' kept '");
}

TEST_CASE("text that is no such value is told", "[typed]") {
    CHECK(typed("12x", AttributeType::integer) == "none");
    CHECK(typed("", AttributeType::integer) == "none");
    CHECK(typed("99999999999999999999", AttributeType::integer) == "none");
    CHECK(typed("2026-13-01", AttributeType::date) == "none");
    CHECK(typed("maybe", AttributeType::boolean) == "none");
}

TEST_CASE("values of JSON convert where nothing is lost", "[typed]") {
    CHECK(typed(Value{3.0}, AttributeType::integer) == "Integer 3");
    CHECK(typed(Value{3.5}, AttributeType::integer) == "none");
    CHECK(typed(Value{3}, AttributeType::floating) == "Float 3.0");
    CHECK(typed(Value{3}, AttributeType::string) == "String '3'");
    CHECK(typed(Value{true}, AttributeType::integer) == "none");
    CHECK(as_type(Value{}, AttributeType::date)->is_null());
}

TEST_CASE("keys are normalised step by step", "[typed]") {
    CHECK(print(normalised(" SRVE1259 ", {Normalise::trim, Normalise::casefold})) == "'srve1259'");
    CHECK(print(normalised("a  \t b", {Normalise::collapse})) == "'a b'");
    CHECK(print(normalised("abc", {Normalise::upper})) == "'ABC'");
    CHECK(print(normalised("M\xC3\x9CNCHEN \xD0\x96 \xCE\xA3\xCF\x82 \xC5\xBD", {Normalise::casefold})) ==
          "'m\xC3\xBCnchen \xD0\xB6 \xCF\x83\xCF\x83 \xC5\xBE'");
    CHECK(print(normalised(Value{7}, {Normalise::upper})) == "7");
}
