#include "editor/line_editor.hpp"

#include "language/lexer.hpp"
#include "scripted_terminal.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace mainstay::shell;

namespace {

const std::string up = "\x1b[A", down = "\x1b[B", right = "\x1b[C", left = "\x1b[D", home = "\x1b[H", end = "\x1b[F";
const std::string ctrl_left = "\x1b[1;5D", alt_b =
                                               "\x1b"
                                               "b";

bool ends_with_semicolon(std::string_view text, std::size_t) {
    return completeness_of(text) == Completeness::terminated;
}

class WordCompleter final : public Completer {
public:
    explicit WordCompleter(std::vector<std::string> words) : words_(std::move(words)) {}
    Completions complete(std::string_view text, std::size_t cursor) override {
        std::size_t begin = cursor;
        while (begin > 0 && text[begin - 1] != ' ') --begin;
        Completions result{begin, cursor, {}};
        for (const std::string& word : words_)
            if (word.starts_with(text.substr(begin, cursor - begin))) result.candidates.push_back({word, "word"});
        return result;
    }

private:
    std::vector<std::string> words_;
};

struct Bench {
    ScriptedTerminal terminal{};
    History history;
    WordCompleter completer{{"MATCH", "MERGE", "RETURN"}};
    LineEditor editor{terminal, history, Palette{false}, {ends_with_semicolon, {}, &completer}};

    ReadResult read() { return editor.read("> ", ". "); }
    std::string text_of(std::string keys) {
        terminal.type(std::move(keys));
        return read().text;
    }
};

}  // namespace

TEST_CASE("typed text is handed in by Enter", "[editor]") { CHECK(Bench{}.text_of("RETURN 1;\r") == "RETURN 1;"); }

TEST_CASE("Enter breaks the line until the statement ends", "[editor]") {
    Bench bench;
    CHECK(bench.text_of("MATCH (n)\rRETURN n;\r") == "MATCH (n)\nRETURN n;");
    CHECK(bench.terminal.screen() == "> MATCH (n)\n. RETURN n;\n");
}

TEST_CASE("arrows move by character and insertion happens at the cursor", "[editor]") {
    CHECK(Bench{}.text_of("ac;" + left + left + "b" + "\r") == "abc;");
}
TEST_CASE("backspace takes a whole emoji sequence", "[editor]") {
    CHECK(Bench{}.text_of("x\U0001F469\u200D\U0001F4BB\x7F;\r") == "x;");
}
TEST_CASE("a character split between two reads is one character", "[editor]") {
    Bench bench;
    bench.terminal.type("\xC3").type("\xA9;\r");
    CHECK(bench.read().text == "é;");
}
TEST_CASE("an escape sequence split between two reads is one key", "[editor]") {
    Bench bench;
    bench.terminal.type("b;\x1b").type("[").type("Ha\r");
    CHECK(bench.read().text == "ab;");
}
TEST_CASE("Home and End go to the ends of the line, not of the text", "[editor]") {
    CHECK(Bench{}.text_of("a\rb;" + home + "x" + end + " \r") == "a\nxb; ");
}
TEST_CASE("word motions skip a word", "[editor]") {
    CHECK(Bench{}.text_of("one two;" + ctrl_left + "X" + alt_b + alt_b + "Y\r") == "Yone Xtwo;");
}
TEST_CASE("killed text can be yanked", "[editor]") { CHECK(Bench{}.text_of("one two\x17\x17\x19; \r") == "one ; "); }
TEST_CASE("Ctrl-U and Ctrl-K kill to the ends of the line", "[editor]") {
    CHECK(Bench{}.text_of("abc\x15xyz" + left + "\x0B;\r") == "xy;");
}
TEST_CASE("Ctrl-T swaps two characters", "[editor]") { CHECK(Bench{}.text_of("ba\x14;\r") == "ab;"); }
TEST_CASE("undo takes back a typed word at once", "[editor]") {
    Bench bench;
    bench.terminal.type("one").type(" ").type("t").type("wo").type("\x1F;\r");
    CHECK(bench.read().text == "one ;");
}

TEST_CASE("Ctrl-C drops the statement", "[editor]") {
    Bench bench;
    bench.terminal.type("RETURN\x03");
    CHECK(bench.read().kind == ReadResult::Kind::interrupted);
    CHECK(bench.history.size() == 0);
}
TEST_CASE("Ctrl-D ends on an empty line and erases on another", "[editor]") {
    Bench bench;
    bench.terminal.type("a;" + home + "\x04\r").type("\x04");
    CHECK(bench.read().text == ";");
    CHECK(bench.read().kind == ReadResult::Kind::ended);
}
TEST_CASE("the end of input ends the editor", "[editor]") {
    Bench bench;
    CHECK(bench.read().kind == ReadResult::Kind::ended);
    CHECK_FALSE(bench.terminal.is_raw());
}
TEST_CASE("keys typed ahead go to the next statement", "[editor]") {
    Bench bench;
    bench.terminal.type("a;\rb;\r");
    CHECK(bench.read().text == "a;");
    CHECK(bench.read().text == "b;");
}

TEST_CASE("pasted text is inserted as it is, newlines and all", "[editor]") {
    Bench bench;
    bench.terminal.type("\x1b[200~MATCH (n);\rRETURN\t").type("n\x1b[20").type("1~;").type("\r");
    CHECK(bench.read().text == "MATCH (n);\nRETURN\tn;");
}

TEST_CASE("arrow up brings back older statements, arrow down what was being written", "[editor]") {
    Bench bench;
    bench.history.add("one;");
    bench.history.add("two;");
    CHECK(bench.text_of("x" + up + up + down + down + ";\r") == "x;");
    CHECK(bench.text_of(up + up + "\r") == "two;");
}
TEST_CASE("arrow up moves within a text of several lines first", "[editor]") {
    Bench bench;
    bench.history.add("old;");
    CHECK(bench.text_of("ab\rcd;" + up + "X\r").substr(0, 4) == "abX\n");
}
TEST_CASE("Ctrl-R finds older statements as you type", "[editor]") {
    Bench bench;
    bench.history.add("MATCH (a);");
    bench.history.add("MATCH (b);");
    bench.history.add("RETURN 1;");
    bench.terminal
        .type(
            "\x12"
            "match")
        .type("\x12")
        .type("\r");
    CHECK(bench.read().text == "MATCH (a);");
    CHECK(bench.terminal.shown().at(1) == "(search) `match': MATCH (b);\n");
}
TEST_CASE("Escape leaves the search with what was there before", "[editor]") {
    Bench bench;
    bench.history.add("old;");
    bench.terminal.type("new;\x12old").type("\x1b").pause().type("\r");
    CHECK(bench.read().text == "new;");
}

TEST_CASE("Tab completes what is unambiguous", "[editor]") { CHECK(Bench{}.text_of("R\t;\r") == "RETURN;"); }
TEST_CASE("Tab shows a menu and steps through it", "[editor]") {
    Bench bench;
    bench.terminal.type("M\t").type("\t\t").type(";\r");
    CHECK(bench.read().text == "MERGE;");
    CHECK(bench.terminal.shown().at(1) == "> M\nMATCH word  MERGE word\n");
    CHECK(bench.terminal.screen() == "> MERGE;\n");
}
TEST_CASE("Escape takes back what was chosen from the menu", "[editor]") {
    Bench bench;
    bench.terminal.type("M\t\t").type("\x1b").pause().type(";\r");
    CHECK(bench.read().text == "M;");
}
TEST_CASE("Enter takes what is selected and does not hand it in", "[editor]") {
    CHECK(Bench{}.text_of("M\t\t\r;\r") == "MATCH;");
}

TEST_CASE("long lines wrap and the cursor stands where it should", "[editor]") {
    Bench bench;
    bench.terminal.resize({10, 6}).type("abcdefghijkl").type(left + left);
    bench.read();
    const auto& shown = bench.terminal.shown();
    CHECK(shown.at(2) == "> abcdefgh\nijkl\n");
    CHECK(bench.terminal.screen() == "> abcdefgh\nijkl\n");
}
TEST_CASE("a wide character that does not fit begins the next row", "[editor]") {
    Bench bench;
    bench.terminal.resize({5, 6}).type("ab機");
    bench.read();
    CHECK(bench.terminal.screen() == "> ab\n機\n");
}
TEST_CASE("a text taller than the screen shows the rows around the cursor", "[editor]") {
    Bench bench;
    bench.terminal.resize({10, 3}).type("1\r2\r3\r4\r5");
    bench.read();
    CHECK(bench.terminal.shown().back() == ". 3\n. 4\n. 5\n");
}
TEST_CASE("a resize redraws for the new width", "[editor]") {
    Bench bench;
    bench.terminal.type("abcdef;").resize({6, 12}).type("\r");
    CHECK(bench.read().text == "abcdef;");
    CHECK(bench.terminal.screen() == "> abcd\nef;\n");
}
TEST_CASE("Ctrl-Z suspends and the statement is still there", "[editor]") {
    Bench bench;
    CHECK(bench.text_of("a\x1A;\r") == "a;");
    CHECK(bench.terminal.suspended() == 1);
}

TEST_CASE("history keeps statements of several lines in a file", "[history]") {
    const auto folder = std::filesystem::temp_directory_path() / "mainstay-history-test";
    std::filesystem::remove_all(folder);
    const auto file = folder / "state" / "history";
    {
        History history{file};
        history.add("MATCH (n)\nRETURN 'a\\n';");
        history.add("MATCH (n)\nRETURN 'a\\n';");
        history.add("  \n");
        history.add("RETURN 2;");
    }
    const History again{file};
    REQUIRE(again.size() == 2);
    CHECK(again[0] == "MATCH (n)\nRETURN 'a\\n';");
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    CHECK((std::filesystem::status(file).permissions() & others) == std::filesystem::perms::none);
    std::filesystem::remove_all(folder);
}
TEST_CASE("a history search in lower case ignores case", "[history]") {
    History history;
    history.add("MATCH");
    CHECK(history.find_before(1, "mat") == 0);
    CHECK_FALSE(history.find_before(1, "Mat"));
}
