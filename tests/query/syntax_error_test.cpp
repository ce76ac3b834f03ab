// What people are told when a statement does not parse: where, what, and what to do.

#include "syntax/parse.hpp"

#include <catch2/catch.hpp>

#include <fmt/core.h>

#include <string>

using namespace mainstay;
using syntax::parse;

namespace {

// "line:column code message; hint" of the error that parsing `text` throws.
std::string error_of(const std::string& text) {
    try {
        (void)parse(text);
    } catch (const Error& error) {
        REQUIRE(error.span().has_value());
        CHECK(error.span()->begin <= error.span()->end);
        CHECK(error.span()->end <= text.size());
        const Place place = place_of(text, error.span()->begin);
        return fmt::format("{}:{} {} {}{}{}", place.line, place.column, info(error.code()).name, error.message(),
                           error.hint().empty() ? "" : "; ", error.hint());
    }
    return "parsed";
}

}  // namespace

TEST_CASE("a misspelt keyword is named with the right one", "[syntax]") {
    const std::string expected = "expected another clause or the end of the statement after ";
    CHECK(error_of("MATCH (n) RETRUN n") == "1:11 syntax " + expected + "`)`, found `RETRUN`; did you mean `RETURN`?");
    CHECK(error_of("MATCH (n) WEHRE n.x = 1 RETURN n") ==
          "1:11 syntax " + expected + "`)`, found `WEHRE`; did you mean `WHERE`?");
    CHECK(error_of("MTACH (n) RETURN n") == "1:1 syntax expected a statement, found `MTACH`; did you mean `MATCH`?");
    CHECK(error_of("RETURN n.a ODER BY n.a") == "1:12 syntax " + expected + "`a`, found `ODER`; did you mean `ORDER`?");
    CHECK(error_of("RETURN n.a STRATS WITH 'x'") ==
          "1:12 syntax " + expected + "`a`, found `STRATS`; did you mean `STARTS`?");
    CHECK(error_of("CREATE INDX FOR (n:L) ON (n.x)") ==
          "1:8 syntax expected a pattern, such as (a)-[:TYPE]->(b) after CREATE, found `INDX`; did you mean `INDEX`?");
}

TEST_CASE("what is missing is named by the word before it", "[syntax]") {
    CHECK(error_of("MATCH (n) WHERE RETURN n") == "1:17 syntax expected an expression after WHERE, found `RETURN`");
    CHECK(error_of("RETURN 1 +") == "1:11 syntax expected an expression after `+`, but the statement ends here");
    CHECK(error_of("MATCH (n) RETURN") ==
          "1:17 syntax expected * or an expression after RETURN, but the statement ends here");
    CHECK(error_of("UNWIND [1] x RETURN x") == "1:12 syntax expected AS after `]`, found `x`");
    CHECK(error_of("MATCH (n)-[r] RETURN n") == "1:15 syntax expected `-` after `]`, found `RETURN`");
    CHECK(error_of("RETURN CASE WHEN true 1 END") == "1:23 syntax expected THEN after TRUE, found `1`");
    CHECK(error_of("MERGE (n) ON DELETE SET n.x = 1") ==
          "1:14 syntax expected CREATE or MATCH after ON, found `DELETE`");
    CHECK(error_of("DEPENDENCIES OF b WITHIN 6 RETURN 1") == "1:28 syntax expected HOPS after `6`, found `RETURN`");
    CHECK(error_of("SHOW TABLES").substr(0, 25) == "1:6 syntax expected INDEX");
}

TEST_CASE("errors on later lines have their line and their column in characters", "[syntax]") {
    CHECK(error_of("MATCH (n)\nWHERE n.name = 'é' AND\nRETURN n") ==
          "3:1 syntax expected an expression after AND, found `RETURN`");
    CHECK(error_of("RETURN 'ééé' +\t)") == "1:16 syntax expected an expression after `+`, found `)`");
    CHECK(error_of("// comment\nRETURN /* two\nlines */ )").substr(0, 10) == "3:10 synta");
}

TEST_CASE("operators of other languages are answered with ours", "[syntax]") {
    CHECK_THAT(error_of("RETURN a != b"), Catch::EndsWith("; not equal is written <>"));
    CHECK_THAT(error_of("RETURN a == b"), Catch::EndsWith("; equality is written with one ="));
    CHECK_THAT(error_of("RETURN a && b"), Catch::EndsWith("; a logical and is written AND"));
    CHECK_THAT(error_of("RETURN !a"), Catch::EndsWith("; a negation is written NOT"));
    CHECK_THAT(error_of("RETURN a NOT NULL"), Catch::Contains("IS NOT NULL"));
    CHECK_THAT(error_of("FOREACH x IN y"), Catch::Contains("FOREACH (x IN list | clauses)"));
}

TEST_CASE("a reserved word as a variable is answered with backticks", "[syntax]") {
    CHECK_THAT(error_of("MATCH (order:A) RETURN 1"), Catch::Contains("ORDER is a word of the language"));
    CHECK_THAT(error_of("UNWIND [1] AS limit RETURN 1"), Catch::Contains("write it in backticks"));
    CHECK(error_of("UNWIND [1] AS `limit` RETURN `limit`") == "parsed");
}

TEST_CASE("what is opened and not closed is reported where it opens", "[syntax]") {
    CHECK(error_of("RETURN 'abc") == "1:8 syntax this string is never closed; close it with '");
    CHECK(error_of("RETURN `abc") == "1:8 syntax this name is never closed; close it with `");
    CHECK(error_of("RETURN 1 /* abc") == "1:10 syntax this comment is never closed; close it with */");
    CHECK(error_of("MATCH (a)-[r:T RETURN a") ==
          "1:16 syntax expected `]` after `T`, found `RETURN`; the `[` at 1:11 is not closed");
    CHECK(error_of("RETURN (1 + (2 * 3)") ==
          "1:20 syntax expected `)` after `)`, but the statement ends here; the `(` at 1:8 is not closed");
}

TEST_CASE("numbers that are none are refused whole", "[syntax]") {
    CHECK_THAT(error_of("RETURN 12ab"), Catch::StartsWith("1:8 invalid_number_literal `12ab`"));
    CHECK_THAT(error_of("RETURN 0x1G"), Catch::StartsWith("1:8 invalid_number_literal `0x1G`"));
    CHECK_THAT(error_of("RETURN 0x"), Catch::StartsWith("1:8 invalid_number_literal `0x`"));
    CHECK_THAT(error_of("RETURN 0o8"), Catch::StartsWith("1:8 invalid_number_literal `0o8`"));
    CHECK_THAT(error_of("RETURN 012"), Catch::Contains("0o17"));
    CHECK_THAT(error_of("RETURN 1.5e"), Catch::StartsWith("1:8 invalid_number_literal `1.5e`"));
    CHECK_THAT(error_of("RETURN 9223372036854775808"), Catch::StartsWith("1:8 integer_overflow_literal"));
    CHECK_THAT(error_of("RETURN 1e999"), Catch::StartsWith("1:8 floating_point_overflow"));
}

TEST_CASE("characters that have no meaning are named, look-alikes with the real one", "[syntax]") {
    CHECK(error_of("RETURN 42 — 41") ==
          "1:11 invalid_unicode_character the character `—` (U+2014) has no meaning here; did you mean `-`?");
    CHECK_THAT(error_of("RETURN “x”"), Catch::Contains("U+201C"));
    CHECK(error_of("RETURN 'a\xFF'") ==
          "1:10 invalid_unicode_character the statement is not valid UTF-8 here; save the text as UTF-8");
    CHECK_THAT(error_of("RETURN '\\uZZZZ'"), Catch::StartsWith("1:9 invalid_unicode_literal"));
    CHECK_THAT(error_of("RETURN '\\uD83D'"), Catch::StartsWith("1:9 invalid_unicode_literal"));
    CHECK_THAT(error_of("RETURN '\\q'"), Catch::StartsWith("1:9 syntax \\q is not an escape"));
}

TEST_CASE("a number of hops or repetitions is a whole number", "[syntax]") {
    CHECK(error_of("MATCH (a)-[:R*2..1e1]->(c) RETURN c") ==
          "1:18 syntax expected a whole number after `..`, found `1e1`");
    CHECK(error_of("MATCH (a)-[:R]->{1e1}(c) RETURN c") ==
          "1:18 syntax expected a whole number after `{`, found `1e1`");
    CHECK(error_of("DEPENDENCIES OF b WITHIN 1.5 HOPS") ==
          "1:26 syntax expected a whole number or a parameter after WITHIN, found `1.5`");
}

TEST_CASE("a range of hops without its star is an invalid relationship pattern", "[syntax]") {
    CHECK(error_of("MATCH (a)-[:LIKES..]->(c) RETURN c") ==
          "1:18 invalid_relationship_pattern a range of hops begins with *; write [:TYPE*..] or [:TYPE*1..3]");
}

TEST_CASE("a state that does not exist is refused with its place", "[syntax]") {
    CHECK(error_of("MATCH (s:Server) IMPACT OF s WHEN broken YIELD ci RETURN ci") ==
          "1:35 unknown_state `broken` is not a state to inject; use down or degraded");
}

TEST_CASE("an empty statement and two statements are refused", "[syntax]") {
    CHECK(error_of("") == "1:1 syntax there is no statement here");
    CHECK_THAT(error_of(" // nothing\n"), Catch::Contains("there is no statement here"));
    CHECK_THAT(error_of("RETURN 1; RETURN 2"), Catch::EndsWith("; give one statement at a time"));
    CHECK(error_of("RETURN 1 ; ") == "parsed");
}
