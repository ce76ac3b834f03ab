#include "readers/json.hpp"

#include "mainstay/core/error.hpp"

#include <catch2/catch.hpp>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;  // printed values
    std::vector<std::uint64_t> lines;
    std::vector<std::size_t> unfit;  // of all rows
    std::vector<std::string> bad;    // of all rows: column and why
    std::vector<ImportProblem> problems;
};

void drain(RowReader& reader, Table& table) {
    Row row;
    while (reader.next(row)) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < reader.columns().size(); ++i) cells.push_back(print(row.cell(i)));
        table.rows.push_back(cells);
        table.lines.push_back(row.line);
        for (const BadCell& each : row.bad) table.bad.push_back(reader.columns().names()[each.column] + " " + each.why);
        table.unfit.insert(table.unfit.end(), row.unfit.begin(), row.unfit.end());
    }
    table.columns = reader.columns().names();
}

Table read(std::string text, std::string_view path = "", JsonReader::Outer outer = JsonReader::Outer::left_out) {
    Table table;
    JsonReader reader{std::move(text), path, ProblemLog{"t.json", table.problems}, outer};
    drain(reader, table);
    return table;
}

Table read_lines(std::string text) {
    Table table;
    JsonLinesReader reader{std::move(text), ProblemLog{"t.jsonl", table.problems}};
    drain(reader, table);
    return table;
}

using Rows = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("the objects of a root array are rows with typed cells and lines", "[json]") {
    const Table table = read("[\n {\"a\": 1, \"b\": \"x\"},\n {\"a\": 2.5, \"b\": null, \"c\": true}\n]");
    CHECK(table.columns == std::vector<std::string>{"a", "b", "c"});
    CHECK(table.rows == Rows{{"1", "'x'"}, {"2.5", "null", "true"}});
    CHECK(table.lines == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE("an integer beyond 64 bits is a bad cell and becomes no other number", "[json]") {
    const Table table = read("[\n {\"a\": 18446744073709551616, \"b\": 1},\n {\"a\": \"18446744073709551616\"}\n]");
    CHECK(table.rows == Rows{{"null", "1"}, {"'18446744073709551616'", "null"}});
    CHECK(table.bad == std::vector<std::string>{
                           "a holds the integer `18446744073709551616`, which has more than 64 bits. Written in "
                           "quotes it is kept as text"});
    CHECK(read("[{\"a\": [1, 9223372036854775808]}]").bad.size() == 1);
}

TEST_CASE("a member that an object says twice is a bad cell", "[json]") {
    const Table table = read(R"([{"a": 1, "a": 2, "b": 3}, {"o": {"x": 1}, "o.x": 2}, {"o": [{}], "o": 1}, {"a": 4}])");
    CHECK(table.bad == std::vector<std::string>{"a is said twice by one object", "o.x is said twice by one object",
                                                "o is said twice by one object"});
    CHECK(table.rows[0] == std::vector<std::string>{"null", "3"});
    CHECK(table.rows[3][0] == "4");
    CHECK(table.unfit.empty());
}

TEST_CASE("the members of an object are rows, their names a column", "[json]") {
    const Table table = read(R"({"web\u0030": {"cpus": 4}, "web1": {"cpus": 2}, "note": 3})", "{name}");
    CHECK(table.columns == std::vector<std::string>{"cpus", "name"});
    CHECK(table.rows == Rows{{"4", "'web0'"}, {"2", "'web1'"}});
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].object == 3);
    CHECK(table.problems[0].message == "an object is expected here, not a number; row not taken");
    CHECK(read(R"({"a": {"b": {"x": {"id": 1}}}, "c": 1})", "a.b{k}").rows == Rows{{"1", "'x'"}});
}

TEST_CASE("a name of a member does not hide the member of that name", "[json]") {
    CHECK(read(R"({"web": {"name": "other"}})", "{name}").bad ==
          std::vector<std::string>{"name is said twice by one object"});
}

TEST_CASE("arrays within arrays give the rows of all of them", "[json]") {
    const std::string text = R"({"site": "east", "racks": [
      {"id": "r1", "n": {"m": 1}, "hosts": [{"id": "h1"}, {"id": "h2"}], "tail": true},
      {"id": "r2", "hosts": []},
      {"id": "r3", "hosts": 7},
      {"id": "r4", "hosts": [{"id": "h3"}]}]})";
    const Table table = read(text, "racks[].hosts");
    CHECK(table.rows == Rows{{"'h1'"}, {"'h2'"}, {"'h3'"}});
    CHECK(table.lines == std::vector<std::uint64_t>{2, 2, 5});
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 4);
    CHECK_THAT(table.problems[0].message, Catch::Contains("`hosts` is no array"));

    const Table outer = read(text, "racks[].hosts", JsonReader::Outer::taken);
    CHECK(outer.columns == std::vector<std::string>{"^^site", "^id", "^n.m", "^tail", "id"});
    CHECK(outer.rows == Rows{{"'east'", "'r1'", "1", "true", "'h1'"},
                             {"'east'", "'r1'", "1", "true", "'h2'"},
                             {"'east'", "'r4'", "null", "null", "'h3'"}});
}

TEST_CASE("arrays of arrays and objects of arrays are gone through", "[json]") {
    CHECK(read(R"([[{"a": 1}], [], [{"a": 2}, {"a": 3}]])", "[][]").rows == Rows{{"1"}, {"2"}, {"3"}});
    CHECK(read(R"({"web": [{"a": 1}], "db": [{"a": 2}]})", "{role}[]").rows == Rows{{"1", "'web'"}, {"2", "'db'"}});
}

TEST_CASE("a path that is no path is refused with what is wrong", "[json]") {
    for (const char* path : {"a..b", ".a", "a.", "a[", "a[1]", "a{}", "a{x", "[]a"}) {
        INFO(path);
        CHECK_THROWS_AS(parse_json_path(path), Error);
    }
    using Kind = JsonStep::Kind;
    CHECK(parse_json_path("a.b{c}[]") ==
          std::vector<JsonStep>{{Kind::member, "a"}, {Kind::member, "b"}, {Kind::each_member, "c"}, {Kind::each, ""}});
}

TEST_CASE("a path leads to an array inside the document", "[json]") {
    const Table table =
        read(R"({"x": [9, {"y": "]}"}], "data": {"nodes": [{"id": "a"}, {"id": "b"}]}, "z": 1})", "data.nodes");
    CHECK(table.rows == Rows{{"'a'"}, {"'b'"}});
}

TEST_CASE("a document that is one object is one row", "[json]") {
    CHECK(read(R"({"id": "a", "n": 1})").rows == Rows{{"'a'", "1"}});
}

TEST_CASE("a path that leads nowhere names what is there", "[json]") {
    try {
        read(R"({"nodes": [], "edges": []})", "node");
        FAIL("taken");
    } catch (const Error& error) {
        CHECK(error.code() == Code::input_invalid);
        CHECK_THAT(error.hint(), Catch::Contains("nodes"));
    }
    CHECK_THROWS_AS(read(R"({"nodes": 3})", "nodes"), Error);
    CHECK_THROWS_AS(read("17"), Error);
}

TEST_CASE("members of nested objects are columns with dotted names", "[json]") {
    const Table table = read(R"([{"id": 1, "site": {"name": "x", "at": {"lat": 2.0}}}])");
    CHECK(table.columns == std::vector<std::string>{"id", "site.name", "site.at.lat"});
}

TEST_CASE("lists of plain values stay lists, lists of objects are no cell", "[json]") {
    const Table table = read(R"([{"tags": ["a", null, "b"], "ips": [{"v": 4}]}, {"tags": [], "ips": [{"v": 6}]}])");
    CHECK(table.columns == std::vector<std::string>{"tags", "ips"});
    CHECK(table.rows == Rows{{"['a', 'b']", "null"}, {"[]", "null"}});
    CHECK(table.unfit == std::vector<std::size_t>{1, 1});
    CHECK(table.problems.empty());
}

TEST_CASE("what stands behind the end of a document is reported", "[json]") {
    for (const char* text :
         {"{\"id\": \"a\"}\n{\"id\": \"b\"}", "[{\"id\": \"a\"}]\n[{\"id\": \"b\"}]", "[{\"id\": \"a\"}]\n and more"}) {
        INFO(text);
        const Table table = read(text);
        CHECK(table.rows == Rows{{"'a'"}});
        REQUIRE(table.problems.size() == 1);
        CHECK(table.problems[0].line == 2);
    }
    CHECK(read("[{\"id\": \"a\"}]\n \n").problems.empty());
    CHECK(read(R"({"data": {"rows": [{"id": 1}], "n": [1, {}]}, "m": 2})", "data.rows").problems.empty());
    for (const char* text : {R"({"data": {"rows": [{"id": 1}])", R"({"data": {"rows": [{"id": 1}], "n": 1)",
                             R"({"data": {"rows": [{"id": 1}], "n"}})", R"({"data": {"rows": [{"id": 1}]}} {})"}) {
        INFO(text);
        CHECK(read(text, "data.rows").problems.size() == 1);
    }
}

TEST_CASE("an object that is malformed inside is reported with its line and loses no other", "[json]") {
    const Table table = read("[{\"a\": 1},\n{\"a\":\n 1 2},\n{\"a\": 3}, 7]");
    CHECK(table.rows == Rows{{"1"}, {"3"}});
    REQUIRE(table.problems.size() == 2);
    CHECK(table.problems[0].line == 3);
    CHECK(table.problems[1].line == 4);
}

TEST_CASE("JSON that breaks off is reported with the line it breaks off from", "[json]") {
    const Table table = read("[{\"a\": 1},\n{\"a\": [2");
    CHECK(table.rows == Rows{{"1"}});
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 2);
}

TEST_CASE("JSON nested too deep is refused", "[json]") {
    const Table table = read("[{\"a\": " + std::string(5000, '[') + std::string(5000, ']') + "}]");
    CHECK(table.rows.empty());
    REQUIRE(table.problems.size() == 1);
    CHECK_THAT(table.problems[0].message, Catch::Contains("nested deeper"));
}

TEST_CASE("every line of JSON Lines is a row, a bad line is reported", "[json]") {
    const Table table = read_lines("{\"a\": 1}\n\n{\"a\": }\r\n[1]\n{\"a\": 2}");
    CHECK(table.rows == Rows{{"1"}, {"2"}});
    CHECK(table.lines == std::vector<std::uint64_t>{1, 5});
    REQUIRE(table.problems.size() == 2);
    CHECK(table.problems[0].line == 3);
    CHECK(table.problems[1].line == 4);
}
