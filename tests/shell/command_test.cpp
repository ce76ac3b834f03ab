#include "commands/command.hpp"
#include "commands/options.hpp"
#include "commands/report.hpp"
#include "run/progress.hpp"
#include "run/script.hpp"

#include "fake_database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <csignal>
#include <fstream>

using namespace mainstay;
using namespace mainstay::shell;
using mainstay::test::ScratchFolder;

namespace {

struct FakeConsole {
    StringOutput out, err;
    Console console{.out = out, .err = err};
};

std::unique_ptr<Result> fake_run(std::string_view text, const Parameters&, const ExecuteOptions&) {
    if (text.starts_with("fail")) throw Error{Code::syntax, Span{0, 4}, "cannot"};
    auto result = std::make_unique<FakeResult>(Value{text});
    result->add_notice({"remark", "something"});
    return result;
}

int run(const std::vector<std::string>& arguments, FakeConsole& fake) {
    return run_command_line(arguments, fake.console);
}

}  // namespace

TEST_CASE("a parameter is a name and JSON", "[parameter]") {
    const auto [name, value] = parse_parameter("k=[1, 2.5, \"x\", null, {\"a\": true}]");
    CHECK(name == "k");
    CHECK(print(value) == "[1, 2.5, 'x', null, {a: true}]");
}
TEST_CASE("a parameter that is not JSON says how a string is written", "[parameter]") {
    try {
        parse_parameter("n=db01");
        FAIL("taken");
    } catch (const Error& error) {
        CHECK(error.code() == Code::usage);
        CHECK(error.hint() == "a string needs its quotes: --param 'n=\"db01\"'");
    }
}
TEST_CASE("a parameter nested without end is refused", "[parameter]") {
    const std::string deep = std::string(60'000, '[') + std::string(60'000, ']');
    try {
        parse_parameter("x=" + deep);
        FAIL("was taken");
    } catch (const Error& error) {
        CHECK(error.code() == Code::usage);
        CHECK(error.message() == "the value of parameter `x` is nested deeper than 200 levels");
    }
}
TEST_CASE("a parameter beyond 64 bits is refused, however deep it stands", "[parameter]") {
    CHECK_THROWS_AS(parse_parameter("n=18446744073709551615"), Error);
    CHECK_THROWS_AS(parse_parameter("n=[{\"a\": -99999999999999999999999}]"), Error);
    CHECK(parse_parameter("n=-9223372036854775808").second.is(ValueType::integer));
}

TEST_CASE("instants are days or times in UTC", "[options]") {
    CHECK(parse_instant("1970-01-02") == 86'400'000'000);
    CHECK(parse_instant("1970-01-01T01:00+01:00") == 0);
    CHECK(parse_instant("1970-01-01T00:00:01") == 1'000'000);
    CHECK_THROWS_AS(parse_instant("yesterday"), Error);
}

TEST_CASE("sizes have three digits", "[report]") {
    CHECK(size_text(999) == "999 B");
    CHECK(size_text(1'500'000) == "1.50 MB");
    CHECK(size_text(999'999) == "1.00 MB");
    CHECK(size_text(123'456'789) == "123 MB");
}
TEST_CASE("instants before 1970 keep their fraction", "[report]") {
    CHECK(to_text(instant_value(-1)) == "1969-12-31T23:59:59.999999Z");
}
TEST_CASE("durations are short", "[report]") {
    using namespace std::chrono_literals;
    CHECK(duration_text(850us) == "850 µs");
    CHECK(duration_text(1240us) == "1.24 ms");
    CHECK(duration_text(3100ms) == "3.1 s");
    CHECK(duration_text(125s) == "2 min 5 s");
}

TEST_CASE("a script runs statement by statement", "[script]") {
    FakeConsole fake;
    ScriptOptions options;
    options.format = Format::jsonl;
    CHECK(run_script(fake_run, "one; two", {}, options, fake.console) == 0);
    CHECK(fake.out.text() == "{\"text\":\"one\"}\n{\"text\":\"two\"}\n");
    CHECK(fake.err.text() == "note: something\nnote: something\n");
}
TEST_CASE("JSON carries the notices itself", "[script]") {
    FakeConsole fake;
    ScriptOptions options;
    options.format = Format::json;
    run_script(fake_run, "one", {}, options, fake.console);
    CHECK(fake.out.text() ==
          "{\"columns\":[\"text\"],\"rows\":[\n[\"one\"]\n],\"notices\":[{\"code\":\"remark\",\"message\":"
          "\"something\"}]}\n");
    CHECK(fake.err.text().empty());
}
TEST_CASE("a script stops at the first error and shows its place in the file", "[script]") {
    FakeConsole fake;
    CHECK(run_script(fake_run, "one;\n  fail; two", {}, {}, fake.console) == 1);
    CHECK(fake.err.text() == "note: something\nerror: 2:3 cannot\n  fail; two\n  ^^^^\n");
    CHECK(fake.out.text().find("two") == std::string::npos);
}
TEST_CASE("a script without a statement is a usage error", "[script]") {
    FakeConsole fake;
    CHECK_THROWS_AS(run_script(fake_run, " // nothing\n", {}, {}, fake.console), Error);
}

TEST_CASE("what changed is summed up", "[report]") {
    StatementReport report;
    report.counters.nodes_created = 2;
    report.counters.rels_created = 1;
    report.counters.properties_set = 5;
    report.commit = CommitResult{TxNumber{12}, 0};
    CHECK(summary_of(report, false) == "created 2 nodes, 1 relationship, set 5 properties in transaction 12");
    CHECK(summary_of({}, false) == "nothing changed");
}

TEST_CASE("every command has help with an example", "[commands]") {
    for (const auto& command : all_commands()) {
        FakeConsole fake;
        std::vector<std::string> arguments;
        std::string name{command->name()};
        if (const auto space = name.find(' '); space != std::string::npos) {
            arguments.push_back(name.substr(0, space));
            name = name.substr(space + 1);
        }
        arguments.push_back(name);
        arguments.push_back("--help");
        CHECK(run(arguments, fake) == 0);
        CHECK(fake.out.text().find("Example:\n  mainstay " + std::string{command->name()}) != std::string::npos);
        CHECK(fake.err.text().empty());
    }
}
TEST_CASE("an unknown command is a usage error on stderr", "[commands]") {
    FakeConsole fake;
    CHECK(run({"improt", "x.db"}, fake) == 2);
    CHECK(fake.out.text().empty());
    CHECK(fake.err.text() == "error: there is no command `improt`; did you mean `import`?\n");
}
TEST_CASE("an unknown format is a usage error that lists the formats", "[commands]") {
    FakeConsole fake;
    CHECK(run({"stats", "x.db", "--format", "xml"}, fake) == 2);
    CHECK(fake.err.text().find("table, json, jsonl, csv") != std::string::npos);
    CHECK(fake.err.text().find("See mainstay stats --help.") != std::string::npos);
}
TEST_CASE("a missing database is refused with its path and what to do", "[commands]") {
    FakeConsole fake;
    CHECK(run({"stats", "/nonexistent/x.db"}, fake) == 3);
    CHECK(fake.err.text() ==
          "error: there is no database `/nonexistent/x.db`; check the path, or make one: mainstay import "
          "/nonexistent/x.db …, "
          "mainstay shell /nonexistent/x.db\n");
}
TEST_CASE("a database in a missing directory is refused by commands that create", "[commands]") {
    FakeConsole fake;
    CHECK(run({"query", "/nonexistent/x.db", "RETURN 1"}, fake) == 3);
    CHECK(fake.err.text().find("there is no directory `/nonexistent`") != std::string::npos);
}
TEST_CASE("query without a statement is a usage error", "[commands]") {
    FakeConsole fake;
    CHECK(run({"query", "x.db"}, fake) == 2);
}

TEST_CASE("a parameter takes one value, the statement may follow it", "[commands]") {
    const ScratchFolder folder;
    FakeConsole fake;
    REQUIRE(run({"query", (folder / "x.db").string(), "--no-model", "--format", "csv", "--param", "a=[1, 2]", "-p",
                 "b=3", "RETURN size($a) + $b AS n"},
                fake) == 0);
    CHECK(fake.out.text() == "n\r\n5\r\n");
}
TEST_CASE("a dump takes the place of a file, not of what else has that name", "[commands]") {
    const ScratchFolder folder;
    const std::string database = (folder / "x.db").string();
    FakeConsole fake;
    REQUIRE(run({"query", database, "--no-model", "CREATE (:Server {name: 'db01'})"}, fake) == 0);
    std::ofstream(folder / "real.jsonl") << "old";
    std::filesystem::create_symlink("real.jsonl", folder / "link.jsonl");
    REQUIRE(run({"export", database, (folder / "link.jsonl").string(), "--force"}, fake) == 0);
    CHECK(std::filesystem::is_symlink(folder / "link.jsonl"));
    CHECK(std::filesystem::file_size(folder / "real.jsonl") > 3);
    CHECK(run({"export", database, folder.path().string(), "--force"}, fake) == 3);
    CHECK(fake.err.text().find("is no regular file") != std::string::npos);
}
TEST_CASE("a model or dump nested without end is refused", "[commands]") {
    const ScratchFolder folder;
    const std::string deep = std::string(60'000, '[') + std::string(60'000, ']');
    const std::string model = R"({"classes": [{"name": "A", "attributes": [{"name": "x", "default": )" + deep + "}]}]}";
    std::ofstream(folder / "model.json") << model;
    std::ofstream(folder / "map.json")
        << R"({"source": "s", "files": [{"file": "h.csv", "nodes": [{"class": "A", "key": "i", "attributes": ["i", {"constant": )"
        << deep << R"(, "name": "z"}]}]}]})";
    std::ofstream(folder / "h.csv") << "i\n1\n";
    FakeConsole fake, dump;
    REQUIRE(run({"query", (folder / "x.db").string(), "--no-model", "CREATE (:A {i: 1})"}, fake) == 0);
    REQUIRE(run({"export", (folder / "x.db").string()}, dump) == 0);
    const std::string text = dump.out.text();
    std::ofstream(folder / "d.jsonl") << text.substr(0, text.find('\n') + 1) << "{\"model\":" << model << "}\n";
    const std::string other = (folder / "y.db").string();
    CHECK(run({"model", "load", other, (folder / "model.json").string()}, fake) != 0);
    CHECK(run({"import", other, "--map", (folder / "map.json").string(), folder.path().string()}, fake) == 3);
    CHECK(run({"import", other, (folder / "d.jsonl").string()}, fake) == 3);
    CHECK(fake.err.text().find("nested deeper than 200 levels") != std::string::npos);
}
TEST_CASE("a file called .jsonl needs no word on how to read it", "[commands]") {
    const ScratchFolder folder;
    const std::string from = (folder / "from.db").string(), dump = (folder / "dump.jsonl").string(),
                      to = (folder / "to.db").string();
    FakeConsole fake, exported, again, other;
    REQUIRE(run({"query", from, "--no-model", "CREATE (:Server {name: 'db01'})"}, fake) == 0);
    REQUIRE(run({"export", from}, exported) == 0);
    std::ofstream(dump) << exported.out.text();
    REQUIRE(run({"import", to, "--no-model", dump}, fake) == 0);
    REQUIRE(run({"export", to}, again) == 0);
    CHECK(again.out.text() == exported.out.text());
    CHECK(run({"import", to, from}, other) == 2);
    CHECK(other.err.text().find("it is not said how to read") != std::string::npos);
}

TEST_CASE("a time-out is a positive number of seconds, fractions too", "[commands]") {
    const ScratchFolder folder;
    const std::string database = (folder / "x.db").string();
    const auto run_with = [&](const char* seconds, FakeConsole& fake) {
        return run({"query", database, "--no-model", "--timeout", seconds,
                    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*)"},
                   fake);
    };
    FakeConsole fake, negative, zero;
    CHECK(run_with("0.05", fake) == 1);
    CHECK(fake.err.text().find("longer than 50 ms") != std::string::npos);
    CHECK(run_with("-1", negative) == 2);
    CHECK(run_with("0", zero) == 2);
}
TEST_CASE("a statement's memory may be bounded, and the error says how to allow more", "[commands]") {
    const ScratchFolder folder;
    FakeConsole fake;
    CHECK(run({"query", (folder / "x.db").string(), "--no-model", "--memory", "1",
               "UNWIND range(1, 1000000) AS a RETURN size(collect(a))"},
              fake) == 1);
    CHECK(fake.err.text().find("more than 1 MB") != std::string::npos);
    CHECK(fake.err.text().find("--memory") != std::string::npos);
}
TEST_CASE("LOAD CSV reads the folders that --load-folder names, and no others", "[commands]") {
    const ScratchFolder folder, files, others;
    std::ofstream{files / "a.csv"} << "1\n";
    std::ofstream{others / "b.csv"} << "2\n";
    const std::string database = (folder / "x.db").string();
    const auto ask = [&](std::vector<std::string> more, const char* file, FakeConsole& fake) {
        std::vector<std::string> arguments{"query", database, "--no-model", "--format", "csv"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.push_back(std::string{"LOAD CSV FROM '"} + file + "' AS row RETURN row[0] AS x");
        return run(arguments, fake);
    };
    FakeConsole none, one, other, both, missing;
    CHECK(ask({}, "a.csv", none) != 0);
    CHECK(none.err.text().find("--load-folder DIR") != std::string::npos);
    CHECK(ask({"--load-folder", files.path().string()}, "a.csv", one) == 0);
    CHECK(one.out.text().find("x\r\n1\r\n") != std::string::npos);
    CHECK(ask({"--load-folder", files.path().string()}, "b.csv", other) != 0);
    CHECK(ask({"--load-folder", files.path().string(), "--load-folder", others.path().string()}, "file:///b.csv",
              both) == 0);
    CHECK(both.out.text().find("x\r\n2\r\n") != std::string::npos);
    CHECK(ask({"--load-folder", "/nowhere/at/all"}, "a.csv", missing) != 0);
    CHECK(missing.err.text().find("there is no folder") != std::string::npos);
}
TEST_CASE("a model that takes away a key says so", "[commands]") {
    const ScratchFolder folder;
    std::ofstream(folder / "m.json") << R"({"classes": [{"name": "Server", "parent": "ComputeCI"}]})";
    FakeConsole shown, fake;
    CHECK(run({"model", "load", (folder / "x.db").string(), (folder / "m.json").string()}, fake) == 0);
    CHECK(fake.err.text().find("class `Server` is redefined and loses") != std::string::npos);
}
TEST_CASE("an attribute that nothing has is null with a remark", "[commands]") {
    const ScratchFolder folder;
    FakeConsole fake, known, written;
    const std::string database = (folder / "x.db").string();
    CHECK(run({"query", database, "MATCH (s:Server {nmae: 'x'}) RETURN s.hostnam"}, fake) == 0);
    CHECK(fake.err.text().find("1:18 no class has the attribute `nmae`") != std::string::npos);
    CHECK(fake.err.text().find("did you mean `name`?") != std::string::npos);
    CHECK(run({"query", database, "MATCH (s:Server {name: 'x'}) RETURN s.valid_from, {nmae: 1}.nmae"}, known) == 0);
    CHECK(known.err.text().empty());
    CHECK(run({"query", database, "CREATE (s:Server {name: 'x', shelf: 3}) RETURN s.shelf"}, written) == 0);
    CHECK(run({"query", database, "MATCH (s:Server) RETURN s.shelf"}, written) == 0);
    CHECK(written.err.text().empty());
}
TEST_CASE("what is valid does not end before it begins", "[commands]") {
    const ScratchFolder folder;
    std::ofstream(folder / "m.json") << R"({"classes": [{"name": "Lease", "dated": true}]})";
    const std::string database = (folder / "x.db").string();
    FakeConsole fake;
    REQUIRE(run({"model", "load", database, (folder / "m.json").string()}, fake) == 0);
    CHECK(run({"query", database, "CREATE (:Lease {valid_from: date('2026-02-01'), valid_to: date('2026-01-01')})"},
              fake) == 1);
    CHECK(fake.err.text().find("`valid_from` 2026-02-01 is after `valid_to` 2026-01-01") != std::string::npos);
    CHECK(run({"query", database, "CREATE (:Lease {valid_from: date('2026-02-01'), valid_to: date('2026-02-01')})"},
              fake) == 0);
    CHECK(run({"query", database, "CREATE (:Lease {valid_from: date('+999999999-01-01')})"}, fake) == 0);
}

TEST_CASE("short work shows no progress", "[progress]") {
    FakeConsole fake;
    std::chrono::steady_clock::time_point now{};
    {
        ProgressPrinter printer{fake.console, [&] { return now; }};
        printer.sink()({"loading", 1, 2});
    }
    CHECK(fake.err.text().empty());
}
TEST_CASE("long work shows lines where there is no terminal, not too many", "[progress]") {
    FakeConsole fake;
    std::chrono::steady_clock::time_point now{};
    ProgressPrinter printer{fake.console, [&] { return now; }};
    for (std::uint64_t i = 0; i <= 100; ++i) {
        now += std::chrono::milliseconds{100};
        printer.sink()({"loading", i, 100});
    }
    CHECK(fake.err.text() == "loading: 4 of 100\nloading: 54 of 100\n");
}
TEST_CASE("long work shows a bar on a terminal and clears it", "[progress]") {
    FakeConsole fake;
    fake.console.err_is_terminal = true;
    fake.console.width = 30;
    std::chrono::steady_clock::time_point now{};
    {
        ProgressPrinter printer{fake.console, [&] { return now; }};
        now += std::chrono::seconds{1};
        printer.sink()({"loading", 1, 2});
    }
    CHECK(fake.err.text() == "\r\x1b[Kloading ██████▌        50 %\r\x1b[K");
}

TEST_CASE("a class that is none, and a time before the element, are said", "[impact]") {
    const ScratchFolder folder;
    const std::string db = (folder / "a.db").string();
    FakeConsole made;
    REQUIRE(run({"query", db, "CREATE (:Server {id: 'one', name: 'one'})"}, made) == 0);
    FakeConsole unknown;
    CHECK(run({"impact", db, "one", "--class", "Servr"}, unknown) == 1);
    CHECK_THAT(unknown.err.text(), Catch::Contains("there is no class `Servr`; did you mean `Server`?"));
    FakeConsole early;
    CHECK(run({"impact", db, "one", "--as-of", "1970-01-01"}, early) == 1);
    CHECK_THAT(early.err.text(), Catch::Contains("nothing is called `one` as of 1970-01-01"));
    FakeConsole odd;
    CHECK(run({"impact", db, "one", "--as-of", "last week"}, odd) == info(Code::usage).exit_status);
    CHECK_THAT(odd.err.text(), Catch::Contains("`last week` is neither a transaction number nor a date or time"));
}

TEST_CASE("a model that cannot be taken makes no database", "[model]") {
    const ScratchFolder folder;
    std::ofstream{folder / "m.json"} << R"({"classes": [{"name": "A", "parent": "Nowhere"}]})";
    FakeConsole fake;
    CHECK(run({"model", "load", (folder / "a.db").string(), (folder / "m.json").string()}, fake) ==
          info(Code::model_invalid).exit_status);
    CHECK_THAT(fake.err.text(), Catch::Contains("m.json: the model has 1 problem"));
    CHECK_FALSE(std::filesystem::exists(folder / "a.db"));
}

TEST_CASE("an interrupt ends long work at its next step, and not its last", "[progress]") {
    FakeConsole fake;
    ProgressPrinter progress{fake.console};
    const auto sink = progress.sink();
    sink({"counting", 1, 2});
    ::raise(SIGINT);
    CHECK_THROWS_WITH(sink({"counting", 1, 2}), "interrupted while counting");
    CHECK_THROWS_AS(sink({"counting", 7, 0}), Error);
    CHECK_NOTHROW(sink({"counting", 2, 2}));
}

TEST_CASE("remarks that nobody can read do not hide the exit status", "[console]") {
    constexpr int no_descriptor = 9999;
    FileOutput nowhere{no_descriptor, "nowhere", FileOutput::IfItFails::go_on};
    CHECK_NOTHROW(nowhere.write("text"));
    CHECK_NOTHROW(nowhere.flush());
    FileOutput raising{no_descriptor, "nowhere"};
    raising.write("text");
    CHECK_THROWS_WITH(raising.flush(), Catch::Contains("cannot write to nowhere"));
}
