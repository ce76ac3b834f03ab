#include "language/lexer.hpp"

#include "language/highlight.hpp"
#include "language/words.hpp"

#include <catch2/catch.hpp>

using namespace mainstay::shell;

namespace {

std::vector<std::string> statements(std::string_view script) {
    std::vector<std::string> result;
    for (const Statement& statement : split_statements(script)) result.emplace_back(statement.text);
    return result;
}

// "keyword:MATCH function:count ..."
std::string inks(std::string_view text) {
    std::string result;
    for (const InkSpan& span : highlight(text)) {
        if (!result.empty()) result += ' ';
        result += std::string{text.substr(span.begin, span.end - span.begin)} + "=" +
                  std::to_string(static_cast<int>(span.ink));
    }
    return result;
}
std::string ink(Ink i) { return "=" + std::to_string(static_cast<int>(i)); }

}  // namespace

using Texts = std::vector<std::string>;

TEST_CASE("statements end at semicolons", "[lexer]") {
    CHECK(statements(" RETURN 1 ; RETURN 2") == Texts{"RETURN 1", "RETURN 2"});
}
TEST_CASE("a semicolon in a string, name or comment ends nothing", "[lexer]") {
    CHECK(statements("RETURN ';' AS `a;b` // c;\n, /* ; */ 1; RETURN \"a\\\";\"") ==
          Texts{"RETURN ';' AS `a;b` // c;\n, /* ; */ 1", "RETURN \"a\\\";\""});
}
TEST_CASE("statements of nothing but comments are left out", "[lexer]") {
    CHECK(statements("// one\n;; /* two */ ; RETURN 1;") == Texts{"RETURN 1"});
}
TEST_CASE("a statement knows where in the script it stands", "[lexer]") {
    CHECK(split_statements("RETURN 1;\n  RETURN 2").at(1).offset == 12);
}
TEST_CASE("a byte order mark is no part of the first statement", "[lexer]") {
    CHECK(statements("\xEF\xBB\xBFRETURN 1") == Texts{"RETURN 1"});
}

TEST_CASE("completeness tells when Enter may end a statement", "[lexer]") {
    CHECK(completeness_of("  // only a comment") == Completeness::empty);
    CHECK(completeness_of("MATCH (n") == Completeness::open);
    CHECK(completeness_of("RETURN 'a;") == Completeness::open);
    CHECK(completeness_of("RETURN 1 /* ;") == Completeness::open);
    CHECK(completeness_of("RETURN 1") == Completeness::balanced);
    CHECK(completeness_of("RETURN 1; // done") == Completeness::terminated);
    CHECK(completeness_of("MATCH (n;") == Completeness::terminated);
}

TEST_CASE("tokens cover the text without gaps", "[lexer]") {
    const std::string_view text = "MATCH (n:`a b`)-[*1..3]->() WHERE n.x >= 1.5e-3 AND n.s = 'é' RETURN $p";
    std::size_t at = 0;
    for (const Token& token : tokens_of(text)) {
        CHECK(token.begin == at);
        at = token.end;
    }
    CHECK(at == text.size());
}
TEST_CASE("a comment that never ends is part of a statement, for the parser to refuse", "[lexer]") {
    const auto statements = split_statements("RETURN 1; /* note RETURN 2;");
    REQUIRE(statements.size() == 2);
    CHECK(statements[1].text == "/* note RETURN 2;");
}
TEST_CASE("two dots are a range and not part of a number", "[lexer]") {
    const auto tokens = tokens_of("1..3");
    REQUIRE(tokens.size() == 4);
    CHECK(tokens[0].end == 1);
}

TEST_CASE("keywords, labels, functions and literals have their colours", "[highlight]") {
    CHECK(inks("MATCH (n:Server {name: 'a'}) RETURN count(n), 1, $p") ==
          "MATCH" + ink(Ink::keyword) + " Server" + ink(Ink::label) + " 'a'" + ink(Ink::string) + " RETURN" +
              ink(Ink::keyword) + " count" + ink(Ink::function) + " 1" + ink(Ink::number) + " $p" +
              ink(Ink::parameter));
}
TEST_CASE("a property named like a keyword is not coloured as one", "[highlight]") {
    CHECK(inks("n.status, {when: 1}") == "1" + ink(Ink::number));
}
TEST_CASE("an open string is coloured to the end", "[highlight]") { CHECK(inks("'abc") == "'abc" + ink(Ink::string)); }

TEST_CASE("words are found in any case", "[words]") {
    CHECK(is_keyword("match"));
    CHECK(is_keyword("Valid_Time"));
    CHECK_FALSE(is_keyword("server"));
    CHECK_FALSE(is_keyword("averyveryverylongword"));
}
