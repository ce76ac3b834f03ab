// Statements made to exhaust the stack, the time or the memory.

#include "syntax/parse.hpp"
#include "syntax/print.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

using namespace mainstay;
using syntax::parse;

namespace {

std::string repeat(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
}

Code code_of(const std::string& text) {
    try {
        (void)parse(text);
    } catch (const Error& error) {
        CHECK(error.span().has_value());
        return error.code();
    }
    FAIL("parsed");
    return Code::internal;
}

double seconds(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Every way to nest that needs no brackets of another way: text before, core, text after.
struct Nesting {
    const char* name;
    const char* before;
    const char* core;
    const char* after;
};
const Nesting nestings[] = {
    {"parentheses", "(", "1", ")"},
    {"lists", "[", "1", "]"},
    {"maps", "{a: ", "1", "}"},
    {"NOT", "NOT ", "true", ""},
    {"signs", "- ", "x", ""},
    {"CASE", "CASE WHEN ", "true", " THEN 1 END"},
    {"functions", "f(", "1", ")"},
    {"list comprehensions", "[x IN ", "xs", " | x]"},
    {"pattern comprehensions", "[(a)-->(b) | ", "1", "]"},
    {"node properties", "(n {a: ", "1", "})-->()"},
    {"subqueries", "EXISTS { MATCH (n) WHERE ", "true", "}"},
    {"quantifiers", "all(x IN xs WHERE ", "true", ")"},
    {"reduce", "reduce(a = 0, x IN ", "xs", " | a)"},
    {"indexes", "x[", "1", "]"},
    {"properties", "", "x", ".a"},
    {"IS NULL", "", "x", " IS NULL"},
    {"sums", "", "x", " + 1"},
    {"powers", "", "x", " ^ 1"},
    {"negated labels", "x:", "A", ""},
};

std::string nested(const Nesting& nesting, std::size_t depth) {
    return "RETURN " + repeat(nesting.before, depth) + nesting.core + repeat(nesting.after, depth) + " AS x";
}

}  // namespace

TEST_CASE("what is nested 10,000 deep is refused, not a crash", "[syntax]") {
    for (const Nesting& nesting : nestings) {
        if (std::string_view{nesting.name} == "negated labels") continue;
        INFO(nesting.name);
        CHECK(code_of(nested(nesting, 10'000)) == Code::nesting_too_deep);
    }
    CHECK(code_of("MATCH (n:" + repeat("!", 10'000) + "A) RETURN n") == Code::nesting_too_deep);
    CHECK(code_of("MATCH (n:" + repeat("(", 10'000) + "A" + repeat(")", 10'000) + ") RETURN n") ==
          Code::nesting_too_deep);
    CHECK(code_of("MATCH " + repeat("(", 10'000) + "(a)-->(b)" + repeat(")", 10'000) + " RETURN a") ==
          Code::nesting_too_deep);
    CHECK(code_of(repeat("FOREACH (x IN xs | ", 10'000) + "CREATE ()" + repeat(")", 10'000)) == Code::nesting_too_deep);
    CHECK(code_of(repeat("CALL { ", 10'000) + "RETURN 1" + repeat(" }", 10'000)) == Code::nesting_too_deep);
    CHECK(code_of("RETURN " + repeat("(", 10'000)) == Code::nesting_too_deep);
}

TEST_CASE("what is nested as deep as allowed parses, prints and is destroyed on a stack of 8 MiB", "[syntax]") {
    // 70 levels of each: subqueries take several levels of the tree for one of the text.
    std::thread worker{[] {
        for (const Nesting& nesting : nestings) {
            const std::string once = syntax::print(parse(nested(nesting, 70)));
            CHECK(syntax::print(parse(once)) == once);
        }
        for (const Nesting& nesting : {nestings[0], nestings[1], nestings[3], nestings[5], nestings[6], nestings[14]}) {
            INFO(nesting.name);
            CHECK_NOTHROW(parse(nested(nesting, 390)));
        }
    }};
    worker.join();
}

TEST_CASE("the depth allowed is a setting", "[syntax]") {
    const std::string text = nested(nestings[0], 20);
    CHECK_NOTHROW(parse(text, {.nesting = 21}));
    CHECK_THROWS_AS(parse(text, {.nesting = 10}), Error);
}

TEST_CASE("AND, OR and comparisons may be chained without end", "[syntax]") {
    CHECK_NOTHROW(parse("RETURN x = 0" + repeat(" OR x = 1", 20'000) + " AS x"));
    CHECK_NOTHROW(parse("RETURN x" + repeat(" AND y", 20'000) + " AS x"));
    CHECK_NOTHROW(parse("RETURN x" + repeat(" < y", 20'000) + " AS x"));
}

TEST_CASE("nesting costs time in proportion to its depth", "[syntax]") {
    for (const Nesting& nesting : nestings) {
        INFO(nesting.name);
        // 2^60 steps if anything were tried twice a level; the bound is generous to slow and sanitized builds.
        CHECK(seconds([&] { (void)parse(nested(nesting, 60)); }) < 1.0);
    }
    CHECK(seconds([&] { (void)parse(nested(nestings[0], 200)); }) < 1.0);
    // Unfinished ones fail as fast.
    for (const char* open : {"(", "[", "(n {a: ", "[x IN ", "[(a)-->(b {c: ", "{a: ", "f(", "CASE WHEN "}) {
        INFO(open);
        CHECK(seconds([&] { CHECK_THROWS_AS(parse("RETURN " + repeat(open, 200)), Error); }) < 1.0);
    }
}

TEST_CASE("long statements cost time in proportion to their length", "[syntax]") {
    CHECK(seconds([] { (void)parse("RETURN [1" + repeat(", 1", 5'000) + "] AS x"); }) < 2.0);
    CHECK(seconds([] { (void)parse("MATCH (a) " + repeat("WITH a ", 1'000) + "RETURN a"); }) < 2.0);
    CHECK(seconds([] { (void)parse("CREATE (n)" + repeat("-[:R {a: 1}]->(:L {b: 'x'})", 5'000)); }) < 4.0);
    CHECK(seconds([] { (void)parse("RETURN 1 AS x" + repeat(" UNION ALL RETURN 1 AS x", 1'000)); }) < 2.0);
    CHECK(seconds([] { (void)parse("CREATE ()" + repeat(", ()", 5'000)); }) < 2.0);
    CHECK(seconds([] { CHECK(code_of(repeat("OPTIONAL ", 20'000)) == Code::syntax); }) < 2.0);
    CHECK(seconds([] { CHECK(code_of("RETURN a" + repeat(".b", 20'000) + "(") != Code::internal); }) < 2.0);
}

TEST_CASE("a statement over the size allowed is refused", "[syntax]") {
    CHECK_NOTHROW(parse("RETURN 1", {.statement_bytes = 8}));
    CHECK_THROWS_WITH(parse("RETURN 12", {.statement_bytes = 8}), Catch::Contains("at most 8"));
}
