// CSV as it comes out of other tools. Each case says what is taken and what is said of the rest.

#include "mainstay/connect/connect.hpp"

#include "connect/statements.hpp"
#include "mainstay/core/error.hpp"
#include "support/scratch.hpp"
#include "support/shared_data.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace mainstay;

namespace {

// A model of hosts, and a file a.csv that makes them by `id`.
struct Field {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;

    Field() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "t.db", options);
        write("model.json", R"({"classes": [{"name": "Host", "keys": [["id"]], "attributes": [
          {"name": "id", "type": "string"}, {"name": "cpus", "type": "integer"}, {"name": "owner"}]}]})");
    }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream{folder / name, std::ios::binary} << text;
    }
    std::string dump() const {
        std::ostringstream out;
        export_jsonl(*database->store().view(), out, {});
        return out.str();
    }
    ImportReport import(std::string_view csv, const std::string& more = "") const {
        write("a.csv", csv);
        write("map.json", R"({"source": "s", "model": "model.json", "files": [{"file": "a.csv", )" + more +
                              R"("nodes": [{"class": "Host", "key": "id"}]}]})");
        ImportOptions options;
        options.mapping = folder / "map.json";
        return import_files(*database, folder / "a.csv", options);
    }
    // "h1 4 ann; h2 null null"
    std::string hosts() const {
        std::string text;
        for (const auto& row : test::rows_of(*database, "MATCH (h:Host) RETURN h.id, h.cpus, h.owner ORDER BY h.id"))
            text += (text.empty() ? "" : "; ") + row[0] + " " + row[1] + " " + row[2];
        return text;
    }
};

std::string taken(std::string_view csv, const std::string& more = "") {
    const Field field;
    const ImportReport report = field.import(csv, more);
    for (const ImportProblem& each : report.problems) UNSCOPED_INFO(each.message);
    CHECK(report.problems.empty());
    return field.hosts();
}

std::string utf16(std::string_view ascii, bool is_little) {
    std::string out;
    for (const char c : ascii) out += is_little ? std::string{c, '\0'} : std::string{'\0', c};
    return out;
}

// What a file is refused for as a whole.
std::string refusal(std::string_view csv, const std::string& more = "") {
    const Field field;
    field.import("id\nh0\n");
    const std::string before = field.dump();
    try {
        field.import(csv, more);
    } catch (const Error& error) {
        CHECK(error.code() == Code::input_unreadable);
        CHECK(field.dump() == before);
        return error.message();
    }
    return "taken";
}

}  // namespace

TEST_CASE("every encoding that can be recognised is taken", "[csv][field]") {
    const std::string plain = "id,owner\nh1,ann\n";
    CHECK(taken("\xEF\xBB\xBF" + plain) == "h1 null ann");
    CHECK(taken("\xFF\xFE" + utf16(plain, true)) == "h1 null ann");
    CHECK(taken("\xFE\xFF" + utf16(plain, false)) == "h1 null ann");
    CHECK(taken(utf16(plain, true)) == "h1 null ann");  // without its mark
    CHECK(taken(utf16(plain, false)) == "h1 null ann");
    CHECK(taken("id,owner\nh1,J\xFCrgen \x80\x93\n", R"("encoding": "latin-1", )") == "h1 null Jürgen €“");
}

TEST_CASE("half of a surrogate pair costs its cell and is reported", "[csv][field]") {
    using namespace std::string_literals;
    const Field field;
    const auto report = field.import("\xFF\xFE" + utf16("id,owner\nh1,a", true) + "\x00\xD8"s + utf16("\nh2,", true) +
                                     "\x3D\xD8\x00\xDE"s + utf16("\n", true));
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].line == 2);
    CHECK(report.problems[0].message ==
          "`owner` holds half of a pair of UTF-16 surrogates, which is no character; value not taken");
    CHECK(field.hosts() == "h1 null null; h2 null \xF0\x9F\x98\x80");
}

TEST_CASE("what is no text, or not the text it is said to be, is refused with what to do", "[csv][field]") {
    CHECK_THAT(refusal("PK\x03\x04rest"), Catch::Contains("save the sheet as CSV"));
    CHECK_THAT(refusal(std::string_view{"\xFF\xFE\0\0i\0\0\0", 8}), Catch::Contains("is UTF-32; save it as UTF-8"));
    CHECK_THAT(refusal("\xFF\xFE" + utf16("id\nh1\n", true) + "x"), Catch::Contains("cut off"));
    CHECK_THAT(refusal("id,owner\nh1,Jürgen\n", R"("encoding": "latin-1", )"),
               Catch::Contains("it is UTF-8, though the mapping says latin-1"));
    CHECK_THAT(refusal("\x1F\x8B\x08 no gzip"), Catch::Contains("compression is damaged"));
}

TEST_CASE("line ends may be mixed, and the last may be missing", "[csv][field]") {
    CHECK(taken("id,cpus\rh1,1\rh2,2\r") == "h1 1 null; h2 2 null");
    CHECK(taken("id,cpus\nh1,1\r\nh2,2\rh3,3\n\r\n\nh4,4") == "h1 1 null; h2 2 null; h3 3 null; h4 4 null");
}

TEST_CASE("delimiters are detected, given, or named by a first line", "[csv][field]") {
    for (const std::string delimiter : {";", "\t", "|", ","})
        CHECK(taken("id" + delimiter + "owner\nh1" + delimiter + "a\n") == "h1 null a");
    CHECK(taken("id:owner\nh1:a\n", R"("delimiter": ":", )") == "h1 null a");
    CHECK(taken("sep=;\r\nid;owner\r\nh1;a,b\r\n") == "h1 null a,b");
    CHECK(taken("sep=:\nid:owner\nh1:a\n") == "h1 null a");
}

TEST_CASE("trailing delimiters are no cells", "[csv][field]") {
    CHECK(taken("id,cpus\nh1,1,\nh2,2,,,\n") == "h1 1 null; h2 2 null");
    CHECK(taken("id,cpus,,\nh1,1\nh2,2,,\nh3,3,\n") == "h1 1 null; h2 2 null; h3 3 null");
}

TEST_CASE("a file of column names alone has no rows and no problems", "[csv][field]") {
    CHECK(taken("id,cpus\n").empty());
    CHECK(taken("id,cpus").empty());
}

TEST_CASE("a cell may be very long and hold anything between quotes", "[csv][field]") {
    const std::string text(1'000'000, 'x');
    CHECK(taken("id,owner\nh1," + text + "\n") == "h1 null " + text);
    CHECK(taken("id,owner\nh1,\"a\r\nb,\"\"c\"\"\"\n") == "h1 null a\r\nb,\"c\"");
}

TEST_CASE("what is not taken is counted and listed with its line, and costs nothing else", "[csv][field]") {
    struct Case {
        std::string csv;
        std::uint64_t line;
        NotTaken cost;
        std::string says, leaves;
    };
    using namespace std::string_literals;
    for (const Case& each : {
             Case{"id,cpus,owner\nh1,1\nh2,2,b\n", 2, NotTaken::row, "2 cells where the header has 3", "h2 2 b"},
             Case{"id,cpus\nh1,1,x\nh2,2\n", 2, NotTaken::row, "3 cells where the header has 2", "h2 2 null"},
             Case{"id,owner\nh1,\"a\nh2,b\n", 2, NotTaken::row, "never closed", "h2 null b"},
             Case{"id,owner\nh1,\"a\nx\"b\nh2,b\n", 2, NotTaken::row, "lines 2 to 3 not taken", "h2 null b"},
             Case{"id,owner\nh1,\"a\"b\nh2,b\n", 2, NotTaken::row, "written twice); row not taken", "h2 null b"},
             Case{"id,owner,owner\nh1,a,b\n", 1, NotTaken::column, "column left out", "h1 null a"},
             Case{"id,,owner\nh1,x,a\nh2,y,b\n", 2, NotTaken::column, "no name", "h1 null a; h2 null b"},
             Case{"id,owner\nh1,J\xFCrgen\n", 2, NotTaken::value, "`owner` is not UTF-8", "h1 null null"},
             Case{"id,owner\nh1,a\0b\nh2,c\n"s, 2, NotTaken::value, "`owner` holds a zero byte",
                  "h1 null null; h2 null c"},
             Case{"id,owner\n\xFCh,a\nh2,b\n", 2, NotTaken::row, "`id` is not UTF-8", "h2 null b"},
             Case{"id,cpus\nh1,99999999999999999999\n", 2, NotTaken::value, "of 64 bits; value not taken",
                  "h1 null null"},
             Case{"id,cpus\n   ,1\nh2,2\n", 2, NotTaken::row, "identifies the Host; node not taken", "h2 2 null"},
             Case{"", 0, NotTaken::file, "the file is empty", ""},
         }) {
        INFO(each.csv);
        const Field field;
        const ImportReport report = field.import(each.csv);
        REQUIRE(report.problems.size() == 1);
        CHECK(report.problems[0].line == each.line);
        CHECK(report.problems[0].not_taken == each.cost);
        CHECK_THAT(report.problems[0].message, Catch::Contains(each.says));
        CHECK(field.hosts() == each.leaves);
    }
}

TEST_CASE("a file without the column that identifies its nodes says which columns it has", "[csv][field]") {
    for (const char* csv : {"name;cpus\nh1;1\n", "<html><body>log in</body></html>\n", "id:cpus\nh1:1\n"}) {
        INFO(csv);
        const Field field;
        const ImportReport report = field.import(csv);
        REQUIRE_FALSE(report.problems.empty());
        CHECK(report.problems[0].line == 1);
        CHECK_THAT(report.problems[0].message,
                   Catch::StartsWith("there is no column `id`, which identifies the nodes "
                                     "(files[0].nodes[0].key), so none of them is taken; the columns "
                                     "are `"));
        CHECK(report.problems.size() == 1);
        CHECK(field.hosts().empty());
    }
}

TEST_CASE("a bad cell does not remove what is stored where empty cells do", "[csv][field]") {
    const Field field;
    field.import("id,cpus,owner\nh1,4,ann\n");
    field.import("id,cpus,owner\nh1,four,\n", R"("empty_cells": "remove", )");
    CHECK(field.hosts() == "h1 4 null");
    field.import("id,cpus,owner\nh1,\xFF,bob\n", R"("empty_cells": "remove", )");
    CHECK(field.hosts() == "h1 4 bob");
}

TEST_CASE("a bad cell where a condition looks decides nothing", "[csv][field]") {
    const Field field;
    field.write("a.csv", "id,disposed\nh1,\xFF\nh2,\nh3,yes\n");
    field.write("map.json", R"({"source": "s", "model": "model.json", "files": [{"file": "a.csv",
      "nodes": [{"class": "Host", "key": "id", "ignore": ["disposed"], "when": {"disposed": false}}]}]})");
    ImportOptions options;
    options.mapping = field.folder / "map.json";
    const ImportReport report = import_files(*field.database, field.folder / "a.csv", options);
    REQUIRE(report.problems.size() == 1);
    CHECK_THAT(report.problems[0].message, Catch::StartsWith("the cell `disposed` is not UTF-8"));
    CHECK(field.hosts() == "h2 null null");
}

TEST_CASE("the inventory of Snipe-IT is taken row by row", "[csv][field]") {
    const auto data = test::shared_data("data/snipe-it");
    if (!data) return;
    const Field field;
    field.write("map.json", R"({"source": "snipe-it", "model": "model.json", "files": [{"file": "assets-sample.csv",
      "nodes": [{"class": "Host", "key": "id", "attributes": ["*", {"column": "Asset Tag", "name": "id"}]}]}]})");
    ImportOptions options;
    options.mapping = field.folder / "map.json";
    const ImportReport report = import_files(*field.database, *data, options);
    CHECK(report.problems.empty());
    CHECK(report.rows_read == 22);
    CHECK(report.nodes_created == 22);
}
