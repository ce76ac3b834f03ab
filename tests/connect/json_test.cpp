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
    std::vector<ImportProblem> problems;
};

void drain(RowReader& reader, Table& table) {
    Row row;
    while (reader.next(row)) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < reader.columns().size(); ++i) cells.push_back(print(row.cell(i)));
        table.rows.push_back(cells);
        table.lines.push_back(row.line);
        table.unfit.insert(table.unfit.end(), row.unfit.begin(), row.unfit.end());
    }
    table.columns = reader.columns().names();
}

Table read(std::string text, std::string_view path = "") {
    Table table;
    JsonReader reader{std::move(text), path, ProblemLog{"t.json", table.problems}};
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

TEST_CASE("an integer beyond 64 bits loses its row and becomes no other number", "[json]") {
    const Table table = read("[\n {\"a\": 18446744073709551616},\n {\"a\": \"18446744073709551616\"}\n]");
    CHECK(table.rows == Rows{{"'18446744073709551616'"}});
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 2);
    CHECK(
        table.problems[0].message ==
        "the integer 18446744073709551616 has more than 64 bits; row not taken. Write it in quotes to keep it as text");
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
    CHECK(table.columns == std::vector<std::string>{"id", "site.at.lat", "site.name"});
}

TEST_CASE("lists of plain values stay lists, lists of objects are no cell", "[json]") {
    const Table table = read(R"([{"tags": ["a", null, "b"], "ips": [{"v": 4}]}, {"tags": [], "ips": [{"v": 6}]}])");
    CHECK(table.columns == std::vector<std::string>{"ips", "tags"});
    CHECK(table.rows == Rows{{"null", "['a', 'b']"}, {"null", "[]"}});
    CHECK(table.unfit == std::vector<std::size_t>{0, 0});
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
