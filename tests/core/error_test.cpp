#include "mainstay/core/error.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace mainstay;

TEST_CASE("every code has a row with a name of its own, a type, a detail and a Bolt code", "[error]") {
    std::set<std::string_view> names;
    for (const Code code : all_codes()) {
        const ErrorInfo& row = info(code);
        CAPTURE(row.name);
        CHECK(names.insert(row.name).second);
        CHECK_FALSE(row.type.empty());
        CHECK_FALSE(row.detail.empty());
        CHECK(row.bolt_code.starts_with("Neo."));
        CHECK((row.exit_status >= 1 && row.exit_status <= 3));
        CHECK((row.http_status >= 400 && row.http_status < 600));
    }
    CHECK(info(Code::internal).name == "internal");
}

TEST_CASE("a description has line, column, message, hint, the line and a caret under the span", "[error]") {
    const std::string text = "MATCH (s)\nRETURN srv.name";
    const Error error =
        Error{Code::undefined_variable, Span{17, 20}, "`srv` is not defined here"}.with_hint("did you mean `s`?");
    CHECK(describe(error, text) ==
          "2:8 `srv` is not defined here; did you mean `s`?\n"
          "RETURN srv.name\n"
          "       ^^^");
}

TEST_CASE("columns count code points, not bytes", "[error]") {
    const std::string text = "RETURN 'äö' + x";
    const auto at = static_cast<std::uint32_t>(text.find('x'));
    CHECK(place_of(text, at).column == 15);
    CHECK(describe(Error{Code::syntax, Span{at, at + 1}, "no"}, text) == "1:15 no\nRETURN 'äö' + x\n              ^");
}

TEST_CASE("a span at the end of the text gets one caret", "[error]") {
    CHECK(describe(Error{Code::syntax, Span{6, 6}, "more is wanted"}, "RETURN") ==
          "1:7 more is wanted\nRETURN\n      ^");
    CHECK(describe(Error{Code::syntax, Span{90, 95}, "beyond"}, "RETURN") == "1:7 beyond\nRETURN\n      ^");
}

TEST_CASE("of a long line only the surroundings of the error are shown", "[error]") {
    const std::string text = std::string(1000, 'a') + "x" + std::string(1000, 'b');
    const std::string shown = describe(Error{Code::syntax, Span{1000, 1001}, "no"}, text);
    CHECK(shown.size() < 300);
    CHECK(shown.starts_with("1:1001 no\n…" + std::string(60, 'a') + "x"));
    CHECK(shown.ends_with("\n" + std::string(61, ' ') + "^"));
}

TEST_CASE("the nearest candidate lies within a third of the name's length", "[error]") {
    const std::vector<std::string> candidates{"service", "server", "rack"};
    CHECK(nearest("serer", candidates) == "did you mean `server`?");
    CHECK(nearest("Rack", candidates) == "did you mean `rack`?");
    CHECK(nearest("rcak", candidates) == "did you mean `rack`?");
    CHECK(nearest("datacentre", candidates).empty());
    CHECK(nearest("x", candidates).empty());
}

TEST_CASE("a quoted name is cut and its control characters are escaped", "[error]") {
    CHECK(quoted("a\nb") == "`a\\nb`");
    CHECK(quoted(std::string_view{"\x01", 1}) == "`\\u0001`");
    CHECK(quoted(std::string(200, 'x')) == "`" + std::string(80, 'x') + "…`");
}

TEST_CASE("type, detail and phase of a row can be replaced, a span only be added", "[error]") {
    const Error error = Error{Code::type_error, "no"}
                            .with_type("ArgumentError")
                            .with_detail("InvalidArgumentType")
                            .with_phase(Phase::compile_time)
                            .with_span({1, 2})
                            .with_span({3, 4});
    CHECK(error.type() == "ArgumentError");
    CHECK(error.detail() == "InvalidArgumentType");
    CHECK(error.phase() == Phase::compile_time);
    CHECK(*error.span() == Span{1, 2});
}

TEST_CASE("what a statement holds does not steer the terminal that shows it", "[error]") {
    const std::string text = "RETURN \x1B[2J\xFF \xC2\x9B 'ä'\t1";
    CHECK(describe(Error{Code::syntax, Span{7, 8}, "no"}, text) ==
          "1:8 no\nRETURN \uFFFD[2J\uFFFD \uFFFD 'ä'\t1\n       ^");
}

TEST_CASE("a long line without a beginning of a character is shown", "[error]") {
    const std::string shown = describe(Error{Code::syntax, Span{0, 1}, "no"}, std::string(300, '\xAF'));
    CHECK(shown.starts_with("1:1 no\n"));
}
