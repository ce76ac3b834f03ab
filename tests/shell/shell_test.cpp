#include "interactive/shell.hpp"

#include "fake_database.hpp"
#include "interactive/pager.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

using namespace mainstay;
using namespace mainstay::shell;

namespace {

struct Bench {
    FakeDatabase database{};
    StringOutput out{}, err{};
    Console console{.out = out, .err = err};
    ShellOptions options{};
    int status = -1;

    // Runs a script as piped input does.
    void run(const std::string& script) {
        options.format = Format::jsonl;
        Shell shell{database, console, options};
        std::istringstream in{script};
        PlainReader reader{in, {}};
        status = shell.run(reader);
    }
};

using Texts = std::vector<std::string>;

std::filesystem::path temporary(const char* name) { return std::filesystem::temp_directory_path() / name; }

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("statements run as they end, blank lines of a script mean nothing", "[shell]") {
    Bench bench;
    bench.run("RETURN\n\n1;\nRETURN 2; RETURN 3;\nRETURN 4");
    CHECK(bench.database.ran == Texts{"RETURN\n\n1", "RETURN 2", "RETURN 3", "RETURN 4"});
    CHECK(bench.status == 0);
}
TEST_CASE("after an error the rest of its line is left out, and the shell goes on", "[shell]") {
    Bench bench;
    bench.run("RETURN 1; fail; RETURN 2;\nRETURN 3;");
    CHECK(bench.database.ran == Texts{"RETURN 1", "fail", "RETURN 3"});
    CHECK(bench.err.text() == "error: 1:11 cannot\nRETURN 1; fail; RETURN 2;\n          ^^^^\n");
    CHECK(bench.status == 1);
}
TEST_CASE(".quit leaves", "[shell]") {
    Bench bench;
    bench.run("RETURN 1;\n.quit\nRETURN 2;");
    CHECK(bench.database.ran == Texts{"RETURN 1"});
}
TEST_CASE(".help lists every command", "[shell]") {
    Bench bench;
    bench.run(".help");
    for (const std::string& name : Shell::command_names()) CHECK(bench.out.text().find(name) != std::string::npos);
}
TEST_CASE("an unknown command of the shell gets the nearest as a hint", "[shell]") {
    Bench bench;
    bench.run(".hel");
    CHECK(bench.err.text() == "error: there is no command `.hel`; did you mean `.help`?\n");
    CHECK(bench.status == 2);
}
TEST_CASE(".format changes how results are written", "[shell]") {
    Bench bench;
    bench.run(".format csv\nRETURN 1;");
    CHECK(bench.out.text() == "text\r\nRETURN 1\r\n");
}
TEST_CASE("a parameter is set to what its expression is worth, and used", "[shell]") {
    Bench bench;
    bench.run(".params n = 1 + 1\nRETURN $n;");
    CHECK(bench.database.ran == Texts{"RETURN 1 + 1 AS value", "RETURN $n"});
    CHECK(print(bench.database.parameters.at(1).at("n")) == "2");
}
TEST_CASE("an expression that fails shows where", "[shell]") {
    Bench bench;
    bench.run(".params n = ");
    CHECK(bench.status == 2);
    CHECK(bench.err.text().find("a parameter is set by") != std::string::npos);
}
TEST_CASE("a transaction runs its statements in one session and commits with author and reason", "[shell]") {
    Bench bench;
    bench.options.commit.author = "ann";
    bench.run(".begin\nCREATE (a);\n.reason moving\n.commit\nRETURN 1;");
    CHECK(bench.database.ran == Texts{"*CREATE (a)", "RETURN 1"});
    REQUIRE(bench.database.commits.size() == 1);
    CHECK(bench.database.commits.front().author == "ann");
    CHECK(bench.database.commits.front().reason == "moving");
}
TEST_CASE("a transaction left open is rolled back and said so", "[shell]") {
    Bench bench;
    bench.run(".begin\nCREATE (a);");
    CHECK(bench.database.commits.empty());
    CHECK(bench.err.text().find("rolled back") != std::string::npos);
    CHECK(bench.status == 2);
}
TEST_CASE("a script's status is that of its first failure", "[shell]") {
    Bench bench;
    bench.run("fail;\n.nonsense\nRETURN 1;");
    CHECK(bench.status == 1);
}
TEST_CASE(".read runs a file, and a file that reads itself comes to an end", "[shell]") {
    const auto file = temporary("mainstay-shell-test.mql");
    std::ofstream{file} << "RETURN 1;\nRETURN\n\n2;";
    Bench bench;
    bench.run(".read " + file.string());
    CHECK(bench.database.ran == Texts{"RETURN 1", "RETURN\n\n2"});
    std::ofstream{file} << ".read " << file.string();
    bench.run(".read " + file.string());
    CHECK(bench.status == 2);
    std::filesystem::remove(file);
}
TEST_CASE("blanks before a command of the shell do not make it a statement", "[shell]") {
    Bench bench;
    bench.run("  .author Bob\nCREATE (a);\n\n .begin\nCREATE (b);\n\t.commit");
    CHECK(bench.database.ran == Texts{"CREATE (a)", "*CREATE (b)"});
    CHECK(bench.database.commits.size() == 1);
}
TEST_CASE("a file that is read may hold commands, and ends at its first failure", "[shell]") {
    const auto file = temporary("mainstay-shell-commands.mql");
    std::ofstream{file} << ".format csv\nRETURN 1;\nfail;\nRETURN 2;";
    Bench bench;
    bench.run(".read " + file.string() + "\nRETURN 3;");
    CHECK(bench.database.ran == Texts{"RETURN 1", "fail", "RETURN 3"});
    CHECK(bench.status == 1);
    std::filesystem::remove(file);
}
TEST_CASE(".read of a missing file is an error with its name", "[shell]") {
    Bench bench;
    bench.run(".read /nonexistent.mql");
    CHECK(bench.status == 3);
    CHECK(bench.err.text().find("/nonexistent.mql") != std::string::npos);
}

TEST_CASE("a blank last line ends a statement whose brackets are closed", "[shell]") {
    CHECK(submits("RETURN 1\n", 9));
    CHECK_FALSE(submits("RETURN (1\n", 10));
    CHECK_FALSE(submits("RETURN 1", 8));
    CHECK(submits("RETURN 1;", 9));
    CHECK(submits(".help", 5));
    CHECK(submits("  ", 2));
}

TEST_CASE("output that fits the screen is not paged", "[pager]") {
    StringOutput terminal;
    PagedOutput paged{terminal, "false", 5, 80};
    paged.write("1\n2\n3\n");
    paged.finish();
    CHECK(terminal.text() == "1\n2\n3\n");
}
TEST_CASE("output taller than the screen goes through the pager whole", "[pager]") {
    const auto file = temporary("mainstay-pager-test");
    StringOutput terminal;
    PagedOutput paged{terminal, "cat > '" + file.string() + "'", 5, 80};
    for (const char* line : {"1\n", "2\n", "3\n", "4\n", "5\n"}) paged.write(line);
    CHECK(paged.is_paging());
    paged.finish();
    CHECK(terminal.text().empty());
    CHECK(content_of(file) == "1\n2\n3\n4\n5\n");
    std::filesystem::remove(file);
}
TEST_CASE("a line wider than the screen counts as several", "[pager]") {
    StringOutput terminal;
    PagedOutput paged{terminal, "cat > /dev/null", 5, 10};
    paged.write(std::string(39, 'x') + "\n");
    CHECK(paged.is_paging());
}
TEST_CASE("when the user leaves the pager nobody wants more", "[pager]") {
    signal(SIGPIPE, SIG_IGN);
    StringOutput terminal;
    PagedOutput paged{terminal, "true", 2, 80};
    const auto fill = [&] {
        for (int i = 0; i < 1'000'000; ++i) paged.write("line\n");
    };
    CHECK_THROWS_AS(fill(), OutputClosed);
}
