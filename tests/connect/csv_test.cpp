#include "readers/csv.hpp"

#include "support/shared_data.hpp"
#include "text_file.hpp"

#include "mainstay/core/utf8.hpp"

#include <catch2/catch.hpp>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::vector<std::uint64_t> lines;
    std::vector<std::string> bad;  // column and why
    std::vector<ImportProblem> problems;
    std::uint64_t rows_read = 0;
};

Table read(std::string text, std::optional<char> delimiter = std::nullopt) {
    Table table;
    CsvReader reader{std::move(text), delimiter, ProblemLog{"t.csv", table.problems}};
    Row row;
    while (reader.next(row)) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < reader.columns().size(); ++i) cells.push_back(to_text(row.cell(i)));
        table.rows.push_back(cells);
        table.lines.push_back(row.line);
        for (const BadCell& each : row.bad) table.bad.push_back(reader.columns().names()[each.column] + " " + each.why);
    }
    table.columns = reader.columns().names();
    table.rows_read = reader.rows_read();
    return table;
}

using Rows = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("quoted cells hold delimiters, line ends and doubled quotes", "[csv]") {
    const Table table = read("a,b\r\n\"x,1\",\"two\r\nlines\"\r\n\"say \"\"hi\"\"\",z\r\n");
    CHECK(table.rows == Rows{{"x,1", "two\r\nlines"}, {"say \"hi\"", "z"}});
    CHECK(table.lines == std::vector<std::uint64_t>{2, 4});
    CHECK(table.problems.empty());
}

TEST_CASE("lines may end in LF, CRLF or CR, the last one in nothing", "[csv]") {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        const Table table = read("a,b" + end + "1,2" + end + "3,4");
        CHECK(table.rows == Rows{{"1", "2"}, {"3", "4"}});
        CHECK(table.lines == std::vector<std::uint64_t>{2, 3});
    }
}

TEST_CASE("the delimiter is detected from the first lines", "[csv]") {
    CHECK(detect_delimiter("a,b\n1,2\n") == ',');
    CHECK(detect_delimiter("a;b;c\n1,5;2;3\n") == ';');
    CHECK(detect_delimiter("a\tb\n1\t2\n") == '\t');
    CHECK(detect_delimiter("a|b|c\n1|2|\"x,y,z,w\"\n") == '|');
    CHECK(detect_delimiter("only\n1\n2\n") == ',');
    CHECK(detect_delimiter("name;note\nx;\"a,b,c\"\ny;d, e\n") == ';');
}

TEST_CASE("an empty cell is null", "[csv]") {
    std::vector<ImportProblem> problems;
    CsvReader reader{"a,b,c\n1,,\"\"\n", std::nullopt, ProblemLog{"t.csv", problems}};
    Row row;
    REQUIRE(reader.next(row));
    CHECK(row.cell(1).is_null());
    CHECK(row.cell(2).is_null());
    CHECK(row.cell(99).is_null());
}

TEST_CASE("blank lines are no rows", "[csv]") {
    const Table table = read("\n\na,b\n\n1,2\n   \n\n");
    CHECK(table.rows == Rows{{"1", "2"}});
    CHECK(table.lines == std::vector<std::uint64_t>{5});
    CHECK(table.rows_read == 1);
}

TEST_CASE("a ragged row is reported with its line and loses no other", "[csv]") {
    const Table table = read("a,b\n1,2\n3\n4,5,6\n7,8\n");
    CHECK(table.rows == Rows{{"1", "2"}, {"7", "8"}});
    REQUIRE(table.problems.size() == 2);
    CHECK(table.problems[0].line == 3);
    CHECK(table.problems[1].line == 4);
    CHECK(table.problems[1].message ==
          "3 cells where the header has 2; row not taken. A cell that holds `,` or a line end stands in quotes");
    CHECK(table.rows_read == 4);
}

TEST_CASE("a quote that is never closed loses its own line only", "[csv]") {
    const Table table = read("a,b\n1,2\n\"3,4\n5,6\n");
    CHECK(table.rows == Rows{{"1", "2"}, {"5", "6"}});
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 3);
}

TEST_CASE("text after a closing quote is reported", "[csv]") {
    const Table table = read("a,b\n\"1\"x,2\n3,4\n");
    CHECK(table.rows == Rows{{"3", "4"}});
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 2);
}

TEST_CASE("a header that occurs twice is reported and the first column counts", "[csv]") {
    const Table table = read("a,b,a\n1,2,3\n");
    CHECK(table.columns == std::vector<std::string>{"a", "b"});
    CHECK(table.rows == Rows{{"1", "2"}});
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 1);
}

TEST_CASE("a column without a name is reported only if it has cells", "[csv]") {
    CHECK(read("a,,\n1,,\n2,,\n").problems.empty());
    const Table table = read("a,\n1,\n2,x\n3,y\n");
    CHECK(table.rows.size() == 3);
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 3);
}

TEST_CASE("a cell that is not UTF-8 is bad and costs no other", "[csv]") {
    const Table table = read("a,b\n1,M\xFCnchen\n2,x\n");
    CHECK(table.rows == Rows{{"1", "null"}, {"2", "x"}});
    REQUIRE(table.bad.size() == 1);
    CHECK_THAT(table.bad[0], Catch::StartsWith("b is not UTF-8") && Catch::Contains("latin-1"));
    CHECK(table.problems.empty());
}

TEST_CASE("an empty file is reported", "[csv]") {
    const Table table = read("");
    CHECK(table.rows.empty());
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0].line == 0);
}

TEST_CASE("well-formed UTF-8 is told from what is not", "[csv]") {
    CHECK_FALSE(first_invalid_utf8("plain, M\xC3\xBCnchen, \xE2\x82\xAC, \xF0\x9F\x99\x82"));
    CHECK(first_invalid_utf8("ab\xFF") == 2);
    CHECK(first_invalid_utf8("\xC0\x80") == 0);          // overlong
    CHECK(first_invalid_utf8("x\xED\xA0\x80") == 1);     // surrogate
    CHECK(first_invalid_utf8("\xF4\x90\x80\x80") == 0);  // past U+10FFFF
    CHECK(first_invalid_utf8("\xE2\x82") == 0);          // cut off
}

TEST_CASE("real asset sheets read with the counts of another reader", "[csv][data]") {
    const auto folder = test::shared_data("data/snipe-it");
    if (!folder) return;
    const std::vector<std::pair<std::string, std::size_t>> expected{
        {"assets-sample.csv", 22}, {"licenses-sample.csv", 50}, {"models-sample.csv", 20}, {"users-sample.csv", 100}};
    for (const auto& [file, rows] : expected) {
        INFO(file);
        const Table table = read(read_text(*folder / file, Encoding::utf8));
        CHECK(table.rows.size() == rows);
        CHECK(table.problems.empty());
    }
}
