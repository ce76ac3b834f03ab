#include "output/writer.hpp"

#include "fake_graph.hpp"
#include "output/columns.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace mainstay;
using namespace mainstay::shell;

namespace {

using Rows = std::vector<std::vector<Value>>;

std::string written(Format format, const std::vector<std::string>& columns, const Rows& rows, TableStyle style = {},
                    const std::vector<Notice>& notices = {}) {
    StringOutput output;
    const auto writer = make_writer(format, output, style);
    writer->begin(columns);
    for (const auto& row : rows) writer->row(row);
    writer->end(notices);
    return output.text();
}

std::string table(const std::vector<std::string>& columns, const Rows& rows, std::size_t width = 0) {
    TableStyle style;
    style.width = width;
    return written(Format::table, columns, rows, style);
}

}  // namespace

TEST_CASE("a table is aligned, numbers to the right", "[table]") {
    CHECK(table({"name", "cpus"}, {{"db01", 4}, {"機器", 128}, {Value{}, Value{}}}) ==
          "┌──────┬──────┐\n"
          "│ name │ cpus │\n"
          "├──────┼──────┤\n"
          "│ db01 │    4 │\n"
          "│ 機器 │  128 │\n"
          "│ null │ null │\n"
          "└──────┴──────┘\n");
}

TEST_CASE("a table without rows still shows its columns", "[table]") {
    CHECK(table({"a"}, {}) == "┌───┐\n│ a │\n├───┤\n└───┘\n");
}

TEST_CASE("a result without columns is written as nothing", "[table]") { CHECK(table({}, {}).empty()); }

TEST_CASE("long cells wrap within the width of the terminal", "[table]") {
    CHECK(table({"id", "text"}, {{1, "the quick brown fox"}, {2, "jumps"}}, 22) ==
          "┌────┬───────────────┐\n"
          "│ id │ text          │\n"
          "├────┼───────────────┤\n"
          "│  1 │ the quick     │\n"
          "│    │ brown fox     │\n"
          "│  2 │ jumps         │\n"
          "└────┴───────────────┘\n");
}

TEST_CASE("columns that cannot fit are written below each other", "[table]") {
    CHECK(table({"alpha", "b", "c"}, {{"aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"}}, 20) ==
          "── 1 ───────────────\n"
          "alpha │ aaaaaaaaaaaa\n"
          "b     │ bbbbbbbbbbbb\n"
          "c     │ cccccccccccc\n");
}

TEST_CASE("rows after the look-ahead keep to the widths", "[table]") {
    TableStyle style;
    style.width = 40;
    style.lookahead_rows = 1;
    CHECK(written(Format::table, {"a"}, {{"ab"}, {"abcdefghijklmnop"}}, style) ==
          "┌────┐\n"
          "│ a  │\n"
          "├────┤\n"
          "│ ab │\n"
          "│ ab │\n"
          "│ cd │\n"
          "│ ef │\n"
          "│ g… │\n"
          "└────┘\n");
}

TEST_CASE("a node shows what names it first, and no property of the system", "[table]") {
    FakeGraph graph;
    const Node node = graph.node({"Server"}, {{"cpus", 4}, {"~import", "x"}, {"name", "db01"}});
    CHECK(table({"n"}, {{node}}) ==
          "┌───────────────────────────────────┐\n"
          "│ n                                 │\n"
          "├───────────────────────────────────┤\n"
          "│ (:Server {name: 'db01', cpus: 4}) │\n"
          "└───────────────────────────────────┘\n");
}

TEST_CASE("paths and lists show nodes by name", "[table]") {
    FakeGraph graph;
    const Node a = graph.node({"App"}, {{"name", "shop"}}), b = graph.node({"Server"}, {});
    const Relationship r = graph.relationship("RUNS_ON", a, b);
    const std::string text = table({"p", "l"}, {{Value::path({{a, b}, {r}, {true}}), Value::list({Value{a}, "x"})}});
    CHECK(text.find("(shop)-[:RUNS_ON]->(:Server 1:n:1)") != std::string::npos);
    CHECK(text.find("[(:App shop), 'x']") != std::string::npos);
}

TEST_CASE("escape sequences in data do not reach the terminal", "[table]") {
    CHECK(table({"a\x1b"}, {{"\x1b[2J"}}).find('\x1b') == std::string::npos);
}

TEST_CASE("colours are only there when asked for", "[table]") {
    TableStyle style;
    style.colours = true;
    CHECK(written(Format::table, {"a"}, {{1}}, style).find("\x1b[") != std::string::npos);
}

TEST_CASE("JSON is the documented object", "[json]") {
    FakeGraph graph;
    const Node a = graph.node({"App", "Ci"}, {{"name", "a\"b"}, {"~x", 1}}), b = graph.node({}, {});
    const Relationship r = graph.relationship("RUNS_ON", a, b, {{"since", Value{Date{0}}}});
    CHECK(
        written(Format::json, {"a", "r", "p"}, {{a, r, Value::path({{a, b}, {r}, {true}})}}, {}, {{"code", "text"}}) ==
        R"({"columns":["a","r","p"],"rows":[)"
        "\n"
        R"([{"id":"1:n:0","labels":["App","Ci"],"properties":{"name":"a\"b"}},)"
        R"({"id":"1:r:0","type":"RUNS_ON","source":"1:n:0","target":"1:n:1","properties":{"since":"1970-01-01"}},)"
        R"({"nodes":[{"id":"1:n:0","labels":["App","Ci"],"properties":{"name":"a\"b"}},)"
        R"({"id":"1:n:1","labels":[],"properties":{}}],"relationships":[)"
        R"({"id":"1:r:0","type":"RUNS_ON","source":"1:n:0","target":"1:n:1","properties":{"since":"1970-01-01"}}]}])"
        "\n"
        R"(],"notices":[{"code":"code","message":"text"}]})"
        "\n");
}

TEST_CASE("JSON of a result without columns and rows is the same object", "[json]") {
    CHECK(written(Format::json, {}, {}) == "{\"columns\":[],\"rows\":[],\"notices\":[]}\n");
}

TEST_CASE("JSON writes NaN and the infinities as strings", "[json]") {
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(written(Format::jsonl, {"a", "b", "c", "d"}, {{std::nan(""), infinity, -infinity, 1.0}}) ==
          "{\"a\":\"NaN\",\"b\":\"Infinity\",\"c\":\"-Infinity\",\"d\":1.0}\n");
}

TEST_CASE("JSON is valid whatever bytes a string holds", "[json]") {
    CHECK(written(Format::jsonl, {"a"}, {{Value{"\x01\xFF\n\\é"}}}) == "{\"a\":\"\\u0001\uFFFD\\n\\\\é\"}\n");
}

TEST_CASE("CSV quotes what RFC 4180 says and tells null from an empty string", "[csv]") {
    CHECK(written(Format::csv, {"a", "b,c"}, {{"x\"y", Value{}}, {"", "two\nlines"}, {1.5, true}}) ==
          "a,\"b,c\"\r\n\"x\"\"y\",\r\n\"\",\"two\nlines\"\r\n1.5,true\r\n");
}

TEST_CASE("CSV writes lists as JSON", "[csv]") {
    CHECK(written(Format::csv, {"a"}, {{Value::list({1, "x"})}}) == "a\r\n\"[1,\"\"x\"\"]\"\r\n");
}

TEST_CASE("narrow columns keep their width and wide ones share the rest", "[table]") {
    const auto widths = share_width({{4, 4}, {50, 8}, {30, 8}}, 60);
    REQUIRE(widths);
    CHECK(*widths == std::vector<std::size_t>{4, 23, 23});
}

TEST_CASE("a width too small for the narrowest columns is refused", "[table]") {
    CHECK_FALSE(share_width({{10, 8}, {10, 8}}, 20));
}
