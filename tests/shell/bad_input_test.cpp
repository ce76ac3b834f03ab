// What a command is given by mistake: it says what is wrong and where, ends with the status that docs/shell.md names,
// and leaves the database as it was.

#include "commands/command.hpp"

#include "mainstay/core/error.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

using namespace mainstay;
using namespace mainstay::shell;

namespace {

struct Outcome {
    int status = 0;
    std::string out, err;
};

Outcome run(const std::vector<std::string>& arguments) {
    StringOutput out, err;
    const int status = run_command_line(arguments, Console{.out = out, .err = err});
    return {status, out.text(), err.text()};
}

// A database of two hosts, and files beside it.
struct Scene {
    test::ScratchFolder folder;
    std::string database = path("g.db");

    Scene() {
        write("model.json", R"({"classes": [{"name": "Host", "keys": [["id"]], "attributes": [
          {"name": "id", "type": "string"}, {"name": "cpus", "type": "integer"}]}],
          "relationship_types": [{"name": "NEEDS", "depends": "source", "effect": "hard"}]})");
        REQUIRE(run({"query", database, "--no-model", "RETURN 1"}).status == 0);
        REQUIRE(run({"model", "load", database, path("model.json")}).status == 0);
        REQUIRE(run({"query", database, "CREATE (:Host {id: 'h1', cpus: 4})-[:NEEDS]->(:Host {id: 'h2'})"}).status ==
                0);
    }
    std::string path(const std::string& name) const { return (folder / name).string(); }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream{folder / name, std::ios::binary} << text;
    }
    std::string dump() const { return run({"export", database}).out; }

    // Runs a command that must fail with `status` and say `says`, and change nothing.
    void refuses(const std::vector<std::string>& arguments, int status, const std::string& says) const {
        std::string line;
        for (const auto& each : arguments) line += each.substr(0, 100) + " ";
        INFO(line);
        const std::string before = dump();
        const Outcome outcome = run(arguments);
        CHECK(outcome.status == status);
        CHECK_THAT(outcome.err, Catch::Contains(says));
        CHECK(dump() == before);
    }
    void refuses_statement(const std::string& text, int status, const std::string& says) const {
        refuses({"query", database, text}, status, says);
        write("s.mql", text);
        refuses({"query", database, "-f", path("s.mql")}, status, says);
    }
};

std::string repeated(std::string_view text, std::size_t count) {
    std::string out;
    while (count-- > 0) out += text;
    return out;
}

}  // namespace

TEST_CASE("a database that is none is refused by every command", "[bad_input]") {
    const Scene scene;
    std::ifstream in{scene.database, std::ios::binary};
    std::ostringstream whole;
    whole << in.rdbuf();
    scene.write("empty", "");
    scene.write("text", repeated("no database\n", 2'000));
    scene.write("half", whole.str().substr(0, 20'000));
    std::filesystem::create_directory(scene.path("folder"));
    REQUIRE(mkfifo(scene.path("pipe").c_str(), 0600) == 0);

    const std::vector<std::pair<std::string, std::string>> files{
        {"missing", "there is no database"},
        {"empty", "is an empty file"},
        {"text", "is not a Mainstay database"},
        {"half", "is cut off"},
        {"folder", "is a directory"},
        {"pipe", "is not a regular file"},
        {"nowhere/x.db", "there is no database"},
    };
    for (const auto& [file, says] : files) {
        const std::string path = scene.path(file);
        for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
                 {"stats", path},
                 {"schema", path},
                 {"log", path},
                 {"verify", path},
                 {"export", path},
                 {"model", "show", path},
                 {"impact", path, "h1"},
                 {"backup", path, scene.path("copy")},
             }) {
            scene.refuses(command, 3, says);
            CHECK_FALSE(std::filesystem::exists(scene.path("copy")));
        }
        scene.refuses({"compact", path}, 3, says);
        if (file == "missing") continue;
        const std::string why = file == "nowhere/x.db" ? "there is no directory" : says;
        scene.refuses({"query", path, "RETURN 1"}, 3, why);
        scene.refuses({"model", "load", path, scene.path("model.json")}, 3, why);
    }
    CHECK_FALSE(std::filesystem::exists(scene.path("missing")));
}

TEST_CASE("an input that cannot be read is refused by what reads it", "[bad_input]") {
    const Scene scene;
    std::filesystem::create_directory(scene.path("folder"));
    for (const auto& [file, says] :
         std::vector<std::pair<std::string, std::string>>{{"missing", "No such file"}, {"folder", "is a directory"}}) {
        scene.refuses({"query", scene.database, "-f", scene.path(file)}, 3, says);
        scene.refuses({"model", "load", scene.database, scene.path(file)}, 3, says);
        scene.refuses({"import", scene.database, scene.path(file), "--format", "debian"}, 3, says);
        scene.refuses({"import", scene.database, scene.path(file), "--format", "jsonl"}, 3, says);
        scene.refuses({"import", scene.database, scene.folder.path().string(), "--map", scene.path(file)}, 3, says);
    }
    CHECK(run({"import", scene.path("new.db"), scene.path("missing"), "--format", "debian"}).status == 3);
    CHECK_FALSE(std::filesystem::exists(scene.path("new.db")));
}

TEST_CASE("an export never takes the place of its database", "[bad_input]") {
    const Scene scene;
    std::filesystem::create_symlink(scene.database, scene.path("symbolic"));
    std::filesystem::create_hard_link(scene.database, scene.path("hard"));
    for (const char* name : {"g.db", "./g.db", "symbolic", "hard", "g.db-lock", "g.db-tail"}) {
        scene.refuses({"export", scene.database, scene.path(name), "--force"}, 3, "belongs to the database");
        scene.refuses({"export", scene.path("symbolic"), scene.path(name), "--force"}, 3, "belongs to the database");
    }
    CHECK_FALSE(std::filesystem::exists(scene.path("g.db-tail")));
    CHECK(run({"export", scene.database, scene.path("dump.jsonl"), "--force"}).status == 0);
}

TEST_CASE("a file of the wrong kind is refused with its name", "[bad_input]") {
    const Scene scene;
    scene.write("empty", "");
    scene.write("bytes", std::string_view{"\xFF\x00\x1B[2J\x80", 7});
    scene.write("deep", std::string(10'000, '['));
    scene.write("text", "one two three\n");
    for (const char* file : {"empty", "bytes", "deep", "text"}) {
        scene.refuses({"model", "load", scene.database, scene.path(file)}, 3, file);
        scene.refuses({"import", scene.database, scene.folder.path().string(), "--map", scene.path(file)}, 3,
                      "the mapping");
        scene.refuses({"import", scene.path("new.db"), scene.folder.path().string(), "--map", scene.path(file)}, 3,
                      "the mapping");
        CHECK_FALSE(std::filesystem::exists(scene.path("new.db")));
        scene.refuses({"import", scene.database, scene.path(file), "--format", "jsonl"}, 3, file);
        scene.refuses({"import", scene.database, scene.path(file), "--format", "debian"}, 3, "holds no package stanza");
    }
}

TEST_CASE("a mapping may come through a pipe, which is read once", "[bad_input]") {
    const Scene scene;
    scene.write("hosts.csv", "id\npiped\n");
    REQUIRE(mkfifo(scene.path("pipe").c_str(), 0600) == 0);
    std::thread writer([&] {
        scene.write(
            "pipe",
            R"({"source": "s", "files": [{"file": "hosts.csv", "nodes": [{"class": "Host", "key": "id", "attributes": ["*"]}]}]})");
    });
    const Outcome outcome = run({"import", scene.database, scene.folder.path().string(), "--map", scene.path("pipe")});
    writer.join();
    CHECK(outcome.status == 0);
    CHECK_THAT(run({"query", scene.database, "MATCH (h:Host {id: 'piped'}) RETURN h.id", "--format", "csv"}).out,
               Catch::Contains("piped"));
}

TEST_CASE("statements without bound are refused with their place", "[bad_input]") {
    const Scene scene;
    scene.refuses_statement("RETURN " + repeated("(", 10'000) + "1" + repeated(")", 10'000), 1,
                            "1:408 brackets are nested");
    scene.refuses_statement("RETURN " + repeated("[", 10'000) + "1" + repeated("]", 10'000), 1, "brackets are nested");
    scene.refuses_statement("RETURN " + repeated("NOT ", 10'000) + "true", 1, "400 levels deep");
    scene.refuses_statement("RETURN " + repeated("-", 10'001) + "1", 1, "400 levels deep");
    scene.refuses_statement("RETURN 1" + repeated("+1", 20'000), 1, "400 levels deep");
    scene.refuses_statement("RETURN " + repeated("CASE WHEN true THEN ", 2'000) + "1" + repeated(" END", 2'000), 1,
                            "400 levels deep");
    scene.refuses_statement(repeated("CALL { ", 2'000) + "RETURN 1 AS x" + repeated(" }", 2'000), 1, "nested");
    scene.refuses_statement("RETURN '" + std::string(std::size_t{20} << 20, 'x') + "'", 1,
                            "at most 16777216 are taken");
    scene.refuses_statement("UNWIND range(1, 1000000000000) AS x RETURN x", 1, "range() would make more than");
    scene.refuses(
        {"query", scene.database, "--memory", "16", "RETURN size(reduce(a = 'x', i IN range(1, 60) | a + a))"}, 1,
        "more than 16 MB");
}

TEST_CASE("numbers beyond 64 bits, bytes that are no text and unknown names are refused with their place",
          "[bad_input]") {
    const Scene scene;
    for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
             {"RETURN 9223372036854775808", "1:8 this integer does not fit into 64 bits"},
             {"RETURN 9223372036854775807 + 1", "1:8 9223372036854775807 + 1 is beyond"},
             {"RETURN -9223372036854775808 - 1", "1:8 "},
             {"RETURN 1e999", "1:8 this number is too large"},
             {"RETURN '\xFF'", "1:9 the statement is not valid UTF-8 here"},
             {std::string("\0\0\0", 3), "1:1 expected a statement"},
             {"CREATE (:Hst {id: 'x'})", "1:10 `Hst` is not a class of this database's model; did you mean `Host`?"},
             {"MATCH (a:Host), (b:Host) CREATE (a)-[:NEED]->(b)", "did you mean `NEEDS`?"},
             {"CREATE (:Host {id: 'h1'})", "there is a :Host with id = 'h1' already"},
             {"CREATE (:Host {id: 7})", "`id` must be string, not 7"},
             {"MATCH (h:Host {id: 'h1'}) DELETE h", "DETACH DELETE"},
             {"RETRUN 1", "1:1 expected a statement, found `RETRUN`; did you mean `RETURN`?"},
         }) {
        if (text.find('\0') == std::string::npos)
            scene.refuses_statement(text, 1, says);
        else
            scene.write("nul.mql", text),
                scene.refuses({"query", scene.database, "-f", scene.path("nul.mql")}, 1, says);
    }
    for (const char* nothing : {"", "  ", ";", "// nothing"})
        scene.refuses({"query", scene.database, nothing}, 2, "there is no statement to run");
}

TEST_CASE("a script that fails half way keeps the place of what failed", "[bad_input]") {
    const Scene scene;
    scene.write("s.mql", "RETURN 1;\n\nCREATE (:Host {id: 'h1'});\nCREATE (:Host {id: 'h9'});\n");
    scene.refuses({"query", scene.database, "-f", scene.path("s.mql")}, 1, "already");
}

TEST_CASE("a model that makes no sense or contradicts what is stored changes nothing", "[bad_input]") {
    const Scene scene;
    const auto refuses = [&](std::string_view model, int status, const std::string& says) {
        scene.write("m.json", model);
        scene.refuses({"model", "load", scene.database, scene.path("m.json")}, status, says);
    };
    refuses(R"({"classes": [{"name": "A", "parent": "B"}, {"name": "B", "parent": "A"}]})", 3,
            "class `A` is its own ancestor: A -> B -> A");
    refuses(R"({"classes": [{"name": "A", "parent": "Hst"}]})", 3, "there is no class `Hst`; did you mean `Host`?");
    refuses(R"({"classes": [{"nam": "A"}, 3]})", 3, "m.json: the model has 3 mistakes:");
    refuses(R"({"classes": [{"name": "Host", "attributes": [{"name": "id"}, {"name": "cpus", "type": "string"}]}]})", 1,
            "`cpus` must be string, not 4");
    refuses(R"({"classes": [{"name": "Host", "attributes": [{"name": "id"}, {"name": "owner", "required": true}]}]})",
            1, "the model contradicts 2 stored elements");
    refuses(R"({"classes": [{"name": "Host", "abstract": true}]})", 1, "is an abstract class");
    refuses(R"({"classes": [{"name": "A", "attributes": [{"name": "x", "default": 1e999}]}]})", 3, "m.json: ");
}

TEST_CASE("an import says in one line for each what it did not take, and what that cost", "[bad_input]") {
    const Scene scene;
    scene.write("map.json", R"({"source": "s", "files": [
      {"file": "h.json", "nodes": [{"class": "Host", "key": "id"}],
       "relationships": [{"type": "NEEDS", "from": "row", "to": {"class": "Host", "key": "id", "column": "on",
                                                                  "empty": "skip"}}]}]})");
    scene.write("h.json", R"([{"id": "h1", "cpus": "many"}, {"id": "h3", "on": "h9"}, {"cpus": 1}, 7])");
    const Outcome outcome = run(
        {"import", scene.database, scene.folder.path().string(), "--map", scene.path("map.json"), "--report", "json"});
    CHECK(outcome.status == 3);
    CHECK(outcome.err ==
          "h.json:1 (object 1): `cpus`: 'many' is not an integer of 64 bits; value not taken\n"
          "h.json:1 (object 2): there is no Host with `id` 'h9'; relationship not taken\n"
          "h.json:1 (object 3): `id` is empty, and it identifies the Host; node not taken\n"
          "h.json:1 (object 4): an object is expected here, not a number; row not taken\n"
          "3 rows were not taken; 1 value was not taken, see above\n");
    CHECK_THAT(outcome.out,
               Catch::Contains(R"("code":"value_not_taken")") && Catch::Contains(R"("code":"row_not_taken")"));
    CHECK(run({"query", scene.database, "MATCH (h:Host) RETURN h.id, h.cpus", "--format", "csv"}).out ==
          "h.id,h.cpus\r\nh1,4\r\nh2,\r\nh3,\r\n");
}

TEST_CASE("a mapping that contradicts itself or the model is refused before anything is read", "[bad_input]") {
    const Scene scene;
    scene.write("a.csv", "id,cpus\nh7,1\n");
    const auto refuses = [&](std::string_view mapping, const std::string& says) {
        scene.write("map.json", mapping);
        scene.refuses({"import", scene.database, scene.path("a.csv"), "--map", scene.path("map.json")}, 3, says);
    };
    refuses(R"({"source": "s", "files": [)", "map.json: the mapping is not JSON: line 1, column ");
    refuses(R"({"source": "s", "source": "t", "files": []})", "line 1: the object has a member `source` already");
    refuses(R"({"source": "s", "files": [{"file": "a.csv", "nodes": [{"class": "Hst", "key": "id"}]}]})",
            "files[0].nodes[0].class: the class model has no class `Hst`; did you mean `Host`?");
    refuses(
        R"({"source": "s", "files": [{"file": "a.csv", "nodes": [{"class": "Host", "key": "id", "ignore": "id"}]}]})",
        "files[0].nodes[0].key: `id` is among the columns to `ignore`");
    refuses(
        R"({"source": "s", "files": [{"file": "a.json", "array": "x[1]", "nodes": [{"class": "Host", "key": "id"}]}]})",
        "files[0].array: the path `x[1]` has a `[` without its `]`");
    refuses(R"({"source": "s", "files": [{"file": "b.csv", "nodes": [{"class": "Host", "key": "id"}]},
                                         {"file": "c.csv", "nodes": [{"class": "Host", "key": "id"}]}]})",
            "no file of the mapping is ");
}

TEST_CASE("what is to be written must have a place of its own", "[bad_input]") {
    const Scene scene;
    scene.refuses({"backup", scene.database, scene.database}, 3, "exists already");
    scene.refuses({"backup", scene.database, scene.path("nowhere/x.db")}, 3, "cannot be copied to");
    scene.refuses({"export", scene.database, scene.path("nowhere/x")}, 3, "cannot write");
    scene.refuses({"export", scene.database, scene.database}, 3, "belongs to the database");
    scene.refuses({"impact", scene.database, "nothing"}, 1, "nothing is called `nothing`");
    scene.refuses({"impact", scene.database, "h1", "--valid-at", "yesterday"}, 2, "is not a date or time");
}
