#include "text/width.hpp"

#include <catch2/catch.hpp>

using namespace mainstay::shell;
using Lines = std::vector<std::string>;

TEST_CASE("a letter with combining marks is one column wide", "[width]") { CHECK(width_of("e\u0301\u0323") == 1); }
TEST_CASE("a Han character is two columns wide", "[width]") { CHECK(width_of("機") == 2); }
TEST_CASE("an emoji sequence joined by ZWJ is two columns wide", "[width]") {
    CHECK(width_of("\U0001F469\u200D\U0001F4BB") == 2);
}
TEST_CASE("a flag of two regional indicators is two columns wide", "[width]") {
    CHECK(width_of("\U0001F1E9\U0001F1EA") == 2);
}
TEST_CASE("a sign shown as an emoji by a variation selector is two columns wide", "[width]") {
    CHECK(width_of("\u2708\uFE0F") == 2);
}
TEST_CASE("bytes that are not UTF-8 are one column each", "[width]") { CHECK(width_of("a\xFF\xFE") == 3); }

TEST_CASE("boundaries go from cluster to cluster", "[width]") {
    const std::string text = "ae\u0301\U0001F469\u200D\U0001F4BBz";
    CHECK(next_boundary(text, 0) == 1);
    CHECK(next_boundary(text, 1) == 4);
    CHECK(next_boundary(text, 4) == 15);
    CHECK(previous_boundary(text, 15) == 4);
    CHECK(previous_boundary(text, 4) == 1);
    CHECK(previous_boundary(text, 0) == 0);
    CHECK(previous_boundary("a\nb", 2) == 1);
}

TEST_CASE("control characters are made visible", "[width]") {
    CHECK(printable("a\x1b[31mb\tc\nd", Newlines::escape) == "a\\u001b[31mb\\tc\\nd");
    CHECK(printable("a\nb", Newlines::keep) == "a\nb");
    CHECK(printable("\u202E evil \u009B", Newlines::escape) == "\\u202e evil \\u009b");
}
TEST_CASE("bytes that are not UTF-8 print as the replacement character", "[width]") {
    CHECK(printable("a\xFFz", Newlines::escape) == "a\uFFFDz");
}

TEST_CASE("cut leaves what fits", "[width]") {
    CHECK(cut("abc", 3) == "abc");
    CHECK(cut("abcd", 3) == "ab…");
    CHECK(cut("機器室", 5) == "機器…");
    CHECK(cut("機器室", 4) == "機…");
    CHECK(cut("abc", 0).empty());
}

TEST_CASE("wrap breaks after spaces and leaves them out", "[width]") {
    CHECK(wrap("the quick brown fox", 10, 0) == Lines{"the quick", "brown fox"});
}
TEST_CASE("wrap breaks long words between clusters", "[width]") {
    CHECK(wrap("abcdefgh", 3, 0) == Lines{"abc", "def", "gh"});
    CHECK(wrap("機器室", 3, 0) == Lines{"機", "器", "室"});
}
TEST_CASE("wrap keeps newlines and empty lines", "[width]") { CHECK(wrap("a\n\nb", 5, 0) == Lines{"a", "", "b"}); }
TEST_CASE("wrap marks what it leaves out", "[width]") {
    CHECK(wrap("one two three four", 5, 2) == Lines{"one", "two…"});
    CHECK(wrap("abcdefgh", 3, 2) == Lines{"abc", "de…"});
    CHECK(wrap("a\nb\nc", 5, 2) == Lines{"a", "b…"});
}
TEST_CASE("wrap of nothing is one empty line", "[width]") { CHECK(wrap("", 5, 0) == Lines{""}); }
TEST_CASE("wrap with a cluster wider than the line still ends", "[width]") {
    CHECK(wrap("機器", 1, 0) == Lines{"機", "器"});
}
