#include "mainstay/core/json_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mainstay;

TEST_CASE("brackets within strings do not nest") {
    CHECK_FALSE(is_nested_too_deep("[\"" + std::string(300, '[') + "\\\"[\"]"));
    CHECK(is_nested_too_deep(std::string(201, '[')));
    CHECK_FALSE(is_nested_too_deep(std::string(200, '[')));
}

TEST_CASE("an integer that 64 bits do not hold is found where it stands as a number") {
    CHECK(wide_integer_in(R"({"a": 9223372036854775808})") == "9223372036854775808");
    CHECK(wide_integer_in("[1, -9223372036854775809]") == "-9223372036854775809");
    CHECK(wide_integer_in("123456789012345678901234567890") == "123456789012345678901234567890");
}

TEST_CASE("what 64 bits hold, floats and text are no wide integers") {
    CHECK(wide_integer_in("[9223372036854775807, -9223372036854775808, 18]").empty());
    CHECK(wide_integer_in("[9223372036854775808.0, 99999999999999999999e3, 1.99999999999999999999]").empty());
    CHECK(wide_integer_in(R"({"99999999999999999999": "99999999999999999999 \" 99999999999999999999"})").empty());
    CHECK(wide_integer_in("").empty());
}

TEST_CASE("a member that an object has twice is found at any depth", "[json]") {
    CHECK(repeated_member_in(R"({"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]})").empty());
    CHECK(repeated_member_in(R"({"a": "b", "b": "a"})").empty());
    CHECK(repeated_member_in(R"({"a": [{"x": 1, "y": {"k": 1, "k": 2}}]})") == "k");
    CHECK(repeated_member_in(R"({"a\"": 1, "a\"": 2})") == R"(a\")");
}
