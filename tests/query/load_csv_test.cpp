// LOAD CSV: which files may be read, and what becomes of their records.

#include "load/csv_records.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

namespace mainstay::test {
namespace {

class Files {
public:
    Files() : database(open({inside()})) {}
    std::filesystem::path inside() const {
        std::filesystem::create_directories(folder / "in" / "deep");
        return folder / "in";
    }
    std::unique_ptr<Database> open(std::vector<std::filesystem::path> folders) const {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        options.store.initial_model = Model::empty();
        options.load_folders = std::move(folders);
        return Database::open(folder / "assets.mst", std::move(options));
    }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream{inside() / name, std::ios::binary} << text;
    }
    std::unique_ptr<Result> run(std::string_view text, const Parameters& parameters = {}) const {
        return database->run(text, parameters);
    }
    std::string ask(std::string_view text, const Parameters& parameters = {}) const {
        std::string said;
        for (const auto& row : run(text, parameters)->all()) {
            if (!said.empty()) said += "; ";
            for (const Value& value : row) said += print(value) + (&value == &row.back() ? "" : " ");
        }
        return said;
    }
    // The rows of a file with this text.
    std::string rows_of(std::string_view text, const std::string& with = "") const {
        write("x.csv", text);
        return ask("LOAD CSV " + with + " FROM 'x.csv' AS row RETURN row");
    }
    std::string refusal_of(const std::string& text, const Parameters& parameters = {}) const {
        try {
            run(text, parameters)->all();
        } catch (const Error& error) {
            return describe(error, text);
        }
        return "";
    }

    ScratchFolder folder;
    std::unique_ptr<Database> database;
};

const std::string with_headers = "WITH HEADERS";

}  // namespace

TEST_CASE("records are lists of strings, what is empty is null, and what is quoted is not", "[load_csv]") {
    const Files files;
    CHECK(files.rows_of("a,b,c\n1,,\"\"\n") == "['a', 'b', 'c']; ['1', null, '']");
    CHECK(files.rows_of("\xEF\xBB\xBF"
                        "a,b") == "['a', 'b']");
    CHECK(files.rows_of("a,b\r\n\r\n  \n1,2\r3,4\n\n") == "['a', 'b']; ['1', '2']; ['3', '4']");
    CHECK(files.rows_of("\"a, \"\"b\"\"\",\"two\r\nlines\" ,c\n") == "['a, \"b\"', 'two\\r\\nlines', 'c']");
    CHECK(files.rows_of(" a , b\n1\n") == "[' a ', ' b']; ['1']");
    CHECK(files.rows_of("a,b,\n") == "['a', 'b', null]");
    CHECK(files.rows_of("").empty());
    CHECK(files.rows_of("sep=;\na;b,c\n") == "['a', 'b,c']");
    CHECK(files.ask("LOAD CSV FROM 'x.csv' AS row FIELDTERMINATOR 'b' RETURN row") == "['sep=;']; ['a;', ',c']");
    CHECK(files.rows_of("ærlig,\xE2\x82\xAC\n") == "['ærlig', '€']");
}

TEST_CASE("with headers records are maps, and missing cells are null", "[load_csv]") {
    const Files files;
    CHECK(files.rows_of("name, size \nx,1\ny\n", with_headers) == "{name: 'x', size: '1'}; {name: 'y', size: null}");
    CHECK(files.rows_of("name,size,\nx,1,\ny,2,,\n", with_headers) == "{name: 'x', size: '1'}; {name: 'y', size: '2'}");
    CHECK(files.rows_of("name\n", with_headers).empty());
    files.write("x.csv", "");
    auto result = files.run("LOAD CSV WITH HEADERS FROM 'x.csv' AS row RETURN row");
    CHECK(result->all().empty());
    CHECK(result->notices().at(0).code == "empty_file");
    files.write("x.csv", "name,,b\nx,1,2\n");
    result = files.run("LOAD CSV WITH HEADERS FROM 'x.csv' AS row RETURN row");
    CHECK(print(result->all().at(0).at(0)) == "{b: '2', name: 'x'}");
    CHECK(result->notices().at(0).code == "unnamed_column");
    files.write("x.csv", "name;size\nx;1\n");
    result = files.run("LOAD CSV WITH HEADERS FROM 'x.csv' AS row RETURN row");
    CHECK(result->all().size() == 1);
    CHECK(result->notices().at(0).code == "one_cell");
    CHECK(files.ask("LOAD CSV WITH HEADERS FROM 'x.csv' AS row FIELDTERMINATOR ';' RETURN row.name, row.size") ==
          "'x' '1'");
    CHECK(files.ask("LOAD CSV WITH HEADERS FROM 'x.csv' AS row FIELDTERMINATOR ';' RETURN count(*)") == "1");
}

TEST_CASE("what is wrong in a file is an error with its line", "[load_csv]") {
    const Files files;
    const auto wrong = [&](const std::string& text, const char* words, const std::string& with = "") {
        INFO(text);
        files.write("x.csv", text);
        const std::string said = files.refusal_of("LOAD CSV " + with + " FROM 'x.csv' AS row RETURN count(*)");
        CHECK_THAT(said, Catch::Contains(words));
        CHECK_THAT(said, Catch::StartsWith("1:"));
    };
    wrong("a\n\nb,\"c\nd\n", "line 3: a quote is opened here and never closed");
    wrong("a\n\"b\" c\n", "line 2: there is text after a closing quote");
    wrong("a\nb\n\xE9t\xE9\n", "line 3: cell 1 is not UTF-8");
    wrong(std::string("a\nb\0c\n", 6), "line 2: cell 1 holds a zero byte");
    wrong("a,b\n1,2\n1,2,3\n", "line 3: 3 cells where the header has 2", with_headers);
    wrong("a,b,a\n", "line 1: columns 1 and 3 are both named `a`", with_headers);
    wrong("\x1F\x8B\x08", "it is compressed");
    wrong("PK\x03\x04", "archive or a spreadsheet");
    wrong(
        "\xFF\xFE"
        "a",
        "UTF-16");
    wrong("\"" + std::string(CsvRecords::record_bytes_max + 1, 'x'), "line 1: a record of more than 16 MB begins here");
}

TEST_CASE("linenumber() and file() are those of the row", "[load_csv]") {
    const Files files;
    files.write("x.csv", "a\n\n\"1\n2\"\n3\n");
    const std::string path = print(Value{std::filesystem::canonical(files.inside() / "x.csv").string()});
    CHECK(files.ask("LOAD CSV WITH HEADERS FROM 'x.csv' AS row RETURN linenumber(), file()") ==
          "3 " + path + "; 5 " + path);
    CHECK(files.ask("LOAD CSV FROM 'x.csv' AS row WITH row WHERE lineNumber() > 1 RETURN row[0], linenumber() AS l "
                    "ORDER BY linenumber() DESC") == "'3' 5; '1\\n2' 3");
    CHECK(files.ask("LOAD CSV FROM 'x.csv' AS row RETURN sum(linenumber())") == "9");
    CHECK(files.ask("LOAD CSV FROM 'x.csv' AS row CALL (row) { RETURN linenumber() AS l } RETURN l") == "1; 3; 5");
    CHECK(files.ask("LOAD CSV FROM 'x.csv' AS row WITH count(*) AS n RETURN n, linenumber(), file()") == "3 null null");
    CHECK(files.ask("RETURN linenumber()") == "null");
    CHECK_THAT(files.refusal_of("LOAD CSV FROM 'x.csv' AS row RETURN count(*) + linenumber()"),
               Catch::Contains("`linenumber()`"));
}

TEST_CASE("a file may be named by path and by URL, in the rows of another", "[load_csv]") {
    const Files files;
    files.write("a b.csv", "1");
    files.write("deep/c.csv", "2");
    for (const char* name : {"a b.csv", "./a b.csv", "deep/../a b.csv", "file:///a b.csv", "file:///a%20b.csv",
                             "FILE:/a%20b.csv", "file://localhost/a b.csv"})
        CHECK(files.ask("LOAD CSV FROM $name AS row RETURN row[0]", {{"name", Value{name}}}) == "'1'");
    const std::string whole = (files.inside() / "deep" / "c.csv").string();
    for (const std::string& name :
         {std::string{"deep/c.csv"}, std::string{"file:///deep/c.csv"}, whole, "file://" + whole})
        CHECK(files.ask("LOAD CSV FROM $name AS row RETURN row[0]", {{"name", Value{name}}}) == "'2'");
    files.write("names.csv", "a b.csv\ndeep/c.csv\n");
    CHECK(files.ask("LOAD CSV FROM 'names.csv' AS n LOAD CSV FROM 'file:///' + n[0] AS row "
                    "RETURN n[0], row[0], linenumber()") == "'a b.csv' '1' 1; 'deep/c.csv' '2' 1");
}

TEST_CASE("nothing outside the permitted folders is read", "[load_csv]") {
    const Files files;
    std::ofstream{files.folder / "secret.csv"} << "secret";
    std::filesystem::create_directories(files.folder / "inside");
    std::ofstream{files.folder / "inside" / "x.csv"} << "a folder whose name begins alike";
    std::filesystem::create_symlink(files.folder / "secret.csv", files.inside() / "link.csv");
    std::filesystem::create_directory_symlink(files.folder.path(), files.inside() / "up");
    files.write("x.csv", "1");
    std::filesystem::create_symlink("x.csv", files.inside() / "good.csv");
    CHECK(files.ask("LOAD CSV FROM 'good.csv' AS row RETURN row[0]") == "'1'");
    const auto refused = [&](const std::string& name, const char* words) {
        INFO(name);
        CHECK_THAT(files.refusal_of("LOAD CSV FROM $name AS row RETURN row", {{"name", Value{name}}}),
                   Catch::Contains(words));
    };
    for (const std::string& name :
         {std::string{"../secret.csv"}, std::string{"deep/../../secret.csv"}, std::string{"link.csv"},
          std::string{"up/secret.csv"}, (files.folder / "secret.csv").string(),
          (files.folder / "inside" / "x.csv").string(), std::string{"/etc/passwd"}, std::string{"/nowhere"}})
        refused(name, "leads out of the folders that LOAD CSV may read");
    refused("file:///../secret.csv", "leads out");
    refused("file:///..%2Fsecret.csv", "leads out");
    refused("file://" + (files.folder / "secret.csv").string(), "there is no file");
    refused("https://example.org/x.csv", "https:// is not read");
    refused("ftp://example.org/x.csv", "ftp:// is not read");
    refused("file://example.org/x.csv", "no files of the host `example.org`");
    refused("deep", "it is a directory");
    refused("deep/..", "it is a directory");
    refused("", "it names no file");
    refused("x.cvs", "did you mean `x.csv`?");
    REQUIRE(::mkfifo((files.inside() / "pipe").c_str(), 0600) == 0);
    refused("pipe", "it is no regular file");
    CHECK_THAT(files.refusal_of("LOAD CSV FROM null AS row RETURN row"), Catch::Contains("needs the name of a file"));
    CHECK_THAT(files.refusal_of("LOAD CSV FROM 1 AS row RETURN row"), Catch::Contains("takes String"));
}

TEST_CASE("without a permitted folder the error says how to permit one", "[load_csv]") {
    const Files files;
    const ScratchFolder other;
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    const auto database = Database::open(other / "db", options);
    try {
        database->run("LOAD CSV FROM 'x.csv' AS row RETURN row")->all();
        FAIL("it was read");
    } catch (const Error& error) {
        CHECK(error.code() == Code::permission_denied);
        CHECK_THAT(error.hint(), Catch::Contains("--load-folder DIR"));
    }
    CHECK(database->run("EXPLAIN LOAD CSV FROM 'x.csv' AS row RETURN row")->plan()->details == "'x.csv' AS row");
    CHECK_THROWS_WITH(files.open({"/nowhere/at/all"}), Catch::Contains("there is no folder"));
}

TEST_CASE("what cannot be said of LOAD CSV is refused with its place", "[load_csv]") {
    const Files files;
    CHECK_THAT(files.refusal_of("LOAD CSV FROM 'x.csv' AS row FIELDTERMINATOR 'ab' RETURN row"),
               Catch::Contains("one ASCII character"));
    CHECK_THAT(files.refusal_of("UNWIND [1] AS row LOAD CSV FROM 'x.csv' AS row RETURN row"),
               Catch::StartsWith("1:44 `row` is bound already"));
    CHECK_THAT(files.refusal_of("LOAD CSV FROM 'x.csv' AS row"), Catch::Contains("a query ends with RETURN"));
    CHECK_THAT(files.refusal_of("LOAD CSV FROM nme AS row RETURN row"), Catch::Contains("is not defined here"));
}

TEST_CASE("a large file is read as it is needed and loaded in batches", "[load_csv]") {
    const Files files;
    constexpr int rows = 50'000;
    {
        std::ofstream out{files.inside() / "large.csv"};
        out << "id,text\n";
        for (int i = 1; i <= rows; ++i) out << i << ",\"" << std::string(100, 'x') << "\"\n";
    }
    ExecuteOptions options;
    options.limits.memory_bytes = 4 << 20;  // less than the file
    CHECK(files.database
              ->run("LOAD CSV WITH HEADERS FROM 'large.csv' AS row CALL (row) { CREATE (:A {id: toInteger(row.id)}) } "
                    "IN TRANSACTIONS OF 5000 ROWS RETURN count(*), max(linenumber())",
                    {}, options)
              ->all()
              .at(0)
              .at(0)
              .as_int() == rows);
    CHECK(files.ask("MATCH (a:A) RETURN count(a), sum(a.id)") == "50000 1250025000");
    CHECK(files.ask("LOAD CSV FROM 'large.csv' AS row RETURN row[0] SKIP 1 LIMIT 2") == "'1'; '2'");
    // Again by what rests of a run, of another file.
    files.write("x.csv", "1");
    for (const char* text : {"1", "2"}) {
        files.write("x.csv", text);
        CHECK(files.ask("LOAD CSV FROM 'x.csv' AS row RETURN row[0]") == "'" + std::string{text} + "'");
    }
}

}  // namespace mainstay::test
