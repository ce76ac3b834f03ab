// `mainstay user`, and --as.

#include "commands/command.hpp"

#include "commands/options.hpp"
#include "mainstay/core/error.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace mainstay;
using namespace mainstay::shell;

namespace {

struct Outcome {
    int status = 0;
    std::string out, err;
};

struct Scene {
    test::ScratchFolder folder;
    std::string database = path("g.db");
    std::string input;                 // standard input
    std::vector<std::string> typed;    // on the terminal
    std::vector<std::string> prompts;  // that asked for it

    Scene() { REQUIRE(run({"query", database, "CREATE (:Server {name: 'db01'})"}).status == 0); }
    std::string path(const std::string& name) const { return (folder / name).string(); }
    Outcome run(const std::vector<std::string>& arguments, bool is_terminal = false) {
        StringOutput out, err;
        std::size_t next = 0;
        const Console console{.out = out,
                              .err = err,
                              .in_is_terminal = is_terminal,
                              .author = "local",
                              .read_input = [&] { return input; },
                              .read_hidden =
                                  [&](const std::string& prompt) {
                                      prompts.push_back(prompt);
                                      return typed.at(next++);
                                  }};
        const int status = run_command_line(arguments, console);
        return {status, out.text(), err.text()};
    }
    Outcome add(const std::string& name, const std::string& role) {
        return run({"user", "add", database, name, "--role", role, "--no-password"});
    }
    std::unique_ptr<Database> open() const {
        DatabaseOptions options;
        options.store.mode = OpenMode::read_only;
        return Database::open(database, std::move(options));
    }
    bool signs_in(const std::string& name, const std::string& password) const {
        return open()->store().accounts().verify_password(name, password).has_value();
    }
    // Author, whether verified, reason.
    std::string newest() const {
        const auto record = open()->store().log(1).front();
        return record.info.author + "|" + (record.verified ? "verified" : "unverified") + "|" + record.info.reason;
    }
};

}  // namespace

TEST_CASE("the first account is an administrator, with the password that is typed twice", "[user]") {
    Scene scene;
    scene.typed = {"correct horse", "correct horse"};
    const auto outcome = scene.run({"user", "add", scene.database, "ann"}, true);
    CHECK(outcome.status == 0);
    CHECK(scene.prompts == std::vector<std::string>{"Password: ", "Once more: "});
    CHECK_THAT(outcome.out, Catch::Contains("ann") && Catch::Contains("admin") && Catch::Contains("ann (Person)"));
    CHECK(outcome.out.find("correct") == std::string::npos);
    CHECK(scene.signs_in("ann", "correct horse"));
    CHECK(scene.newest() == "local|unverified|account ann: added as admin");
}

TEST_CASE("a password that is typed differently the second time changes nothing", "[user]") {
    Scene scene;
    scene.typed = {"correct horse", "correct house"};
    const auto outcome = scene.run({"user", "add", scene.database, "ann"}, true);
    CHECK(outcome.status == info(Code::usage).exit_status);
    CHECK_THAT(outcome.err, Catch::Contains("the two are not the same"));
    CHECK_FALSE(scene.open()->store().accounts().any());
}

TEST_CASE("a password comes from standard input, a file, or is made up", "[user]") {
    Scene scene;
    scene.input = "from standard input\n";
    CHECK(scene.run({"user", "add", scene.database, "ann", "--password-file", "-"}).status == 0);
    CHECK(scene.signs_in("ann", "from standard input"));
    std::ofstream{scene.folder / "secret"} << "from a file\r\n";
    CHECK(scene.run({"user", "passwd", scene.database, "ann", "--password-file", scene.path("secret")}).status == 0);
    CHECK(scene.signs_in("ann", "from a file"));
    CHECK_FALSE(scene.signs_in("ann", "from standard input"));
    const auto made = scene.run({"user", "passwd", scene.database, "ann", "--generate", "--format", "csv"});
    REQUIRE(made.out.starts_with("name,password"));
    const auto at = made.out.find("ann,") + 4;
    CHECK(scene.signs_in("ann", made.out.substr(at, 20)));
}

TEST_CASE("without a terminal and without a password it is said how to give one", "[user]") {
    Scene scene;
    const auto outcome = scene.run({"user", "add", scene.database, "ann"});
    CHECK(outcome.status == info(Code::usage).exit_status);
    CHECK_THAT(outcome.err, Catch::Contains("--password-file"));
    for (const std::string bad : {"short", "two\nlines of it\n"}) {
        scene.input = bad;
        CHECK(scene.run({"user", "add", scene.database, "ann", "--password-file", "-"}).status != 0);
    }
    CHECK_FALSE(scene.open()->store().accounts().any());
}

TEST_CASE("a user command does not make a database", "[user]") {
    Scene scene;
    CHECK(scene.run({"user", "add", scene.path("none.db"), "ann", "--generate"}).status ==
          info(Code::file_not_found).exit_status);
    CHECK_FALSE(std::filesystem::exists(scene.path("none.db")));
    CHECK(scene.run({"query", scene.path("none.db"), "RETURN 1", "--as", "ann"}).status ==
          info(Code::file_not_found).exit_status);
    CHECK_FALSE(std::filesystem::exists(scene.path("none.db")));
}

TEST_CASE("accounts are listed, given roles, disabled and removed", "[user]") {
    Scene scene;
    REQUIRE(scene.add("ann", "admin").status == 0);
    REQUIRE(scene.add("bob", "editor").status == 0);
    CHECK(scene.add("bob", "editor").status == info(Code::constraint_violation).exit_status);
    CHECK(scene.run({"user", "role", scene.database, "bob", "reader", "--reason", "moved"}).status == 0);
    CHECK(scene.newest() == "local|unverified|account bob: role editor -> reader; moved");
    CHECK(scene.run({"user", "disable", scene.database, "bob"}).status == 0);
    auto list = scene.run({"user", "list", scene.database, "--format", "csv"}).out;
    CHECK_THAT(list, Catch::Contains("ann,admin,active,ann (Person),false,0,"));
    CHECK_THAT(list, Catch::Contains("bob,reader,disabled,bob (Person),false,0,"));
    CHECK(scene.run({"user", "enable", scene.database, "bob"}).status == 0);
    CHECK(scene.run({"user", "remove", scene.database, "bob"}).status == 0);
    list = scene.run({"user", "list", scene.database, "--format", "csv"}).out;
    CHECK(list.find("bob") == std::string::npos);
    const auto refused = scene.run({"user", "remove", scene.database, "ann"});
    CHECK(refused.status == info(Code::constraint_violation).exit_status);
    CHECK_THAT(refused.err, Catch::Contains("no administrator would be left"));
    CHECK_THAT(scene.run({"user", "role", scene.database, "bbo", "reader"}).err,
               Catch::Contains("there is no account `bbo`"));
    CHECK(scene.run({"user", "role", scene.database, "ann"}).status == info(Code::usage).exit_status);
    CHECK(scene.run({"user", "role", scene.database, "ann", "king"}).status == info(Code::usage).exit_status);
    CHECK(scene.run({"user", "frob", scene.database}).status == info(Code::usage).exit_status);
}

TEST_CASE("an account can be of a node that is there", "[user]") {
    Scene scene;
    REQUIRE(
        scene.run({"query", scene.database, "CREATE (:Person {email: 'ann@example.org', name: 'Ann Lind'})"}).status ==
        0);
    const auto outcome = scene.run(
        {"user", "add", scene.database, "ann", "--node", "ann@example.org", "--no-password", "--format", "csv"});
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.out, Catch::Contains("ann@example.org (Person)"));
    CHECK(scene.run({"query", scene.database, "MATCH (p:Person) RETURN count(p) AS n", "--format", "csv"}).out ==
          "n\r\n1\r\n");
}

TEST_CASE("a token is printed once, listed by its end, and revoked", "[user]") {
    Scene scene;
    REQUIRE(scene.add("ann", "admin").status == 0);
    const auto made =
        scene.run({"user", "token", scene.database, "ann", "--label", "backup", "--role", "reader", "--expires", "2d"});
    REQUIRE(made.status == 0);
    const auto text = made.out.substr(0, made.out.size() - 1);
    CHECK(text.size() == 47);
    {
        const auto database = scene.open();
        CHECK(database->store().accounts().verify_token(text)->role == Role::reader);
        const auto token = database->store().accounts().list_tokens().at(0);
        CHECK(*token.expires_us - token.created_us <= 2 * 86'400'000'000LL);
        CHECK(*token.expires_us - token.created_us > 2 * 86'400'000'000LL - 60'000'000);
    }
    const auto list = scene.run({"user", "tokens", scene.database, "ann", "--format", "csv"}).out;
    CHECK_THAT(list, Catch::Contains("ann,backup,reader,…" + text.substr(43)));
    CHECK(list.find(text) == std::string::npos);
    const auto id = list.substr(list.find('\n') + 1, list.find(',', list.find('\n')) - list.find('\n') - 1);
    CHECK(scene.run({"user", "revoke", scene.database, id}).status == 0);
    CHECK_FALSE(scene.open()->store().accounts().verify_token(text));
    CHECK(scene.run({"user", "revoke", scene.database, id}).status == info(Code::entity_not_found).exit_status);
    CHECK(scene.run({"user", "revoke", scene.database, "x"}).status == info(Code::usage).exit_status);
    CHECK(scene.run({"user", "token", scene.database, "ann", "--expires", "soon"}).status ==
          info(Code::usage).exit_status);
}

TEST_CASE("times of expiry are counts of minutes, hours, days and weeks, instants or never", "[options]") {
    constexpr std::int64_t hour = 3'600'000'000;
    CHECK(parse_expiry("30m", 7) == 7 + hour / 2);
    CHECK(parse_expiry("12h", 7) == 7 + 12 * hour);
    CHECK(parse_expiry("90d", 7) == 7 + 90 * 24 * hour);
    CHECK(parse_expiry("2w", 7) == 7 + 14 * 24 * hour);
    CHECK(parse_expiry("1970-01-02", 7) == 24 * hour);
    CHECK(parse_expiry("never", 7) == std::nullopt);
    for (const auto* bad : {"", "d", "0d", "-1d", "5", "5y", "99999999999999999999d", "1000000w"})
        CHECK_THROWS_AS(parse_expiry(bad, 7), Error);
}

TEST_CASE("the option --as applies the rights of an account, and says who it was without a proof", "[user]") {
    Scene scene;
    REQUIRE(scene.add("ann", "admin").status == 0);
    REQUIRE(scene.add("eve", "editor").status == 0);
    REQUIRE(scene.add("rita", "reader").status == 0);
    const auto query = [&](const char* text, const char* who) {
        return scene.run({"query", scene.database, text, "--as", who});
    };
    CHECK(query("MATCH (n) RETURN n", "rita").status == 0);
    const auto refused = query("CREATE (:Server {name: 'x'})", "rita");
    CHECK(refused.status == info(Code::forbidden).exit_status);
    CHECK_THAT(refused.err, Catch::Contains("rita is a reader; writing needs the role editor"));
    CHECK(query("CREATE (:Server {name: 'x'})", "eve").status == 0);
    CHECK(scene.newest() == "eve|unverified|");
    CHECK(query("CREATE INDEX FOR (n:Server) ON (n.name)", "eve").status == info(Code::forbidden).exit_status);
    CHECK(query("CREATE INDEX FOR (n:Server) ON (n.name)", "ann").status == 0);
    CHECK(query("RETURN 1", "nobody").status == info(Code::entity_not_found).exit_status);
    CHECK(scene.run({"query", scene.database, "RETURN 1", "--as", "eve", "--author", "ann"}).status ==
          info(Code::usage).exit_status);

    std::ofstream{scene.folder / "m.json"} << R"({"classes": [{"name": "Rack2"}]})";
    CHECK(scene.run({"model", "load", scene.database, scene.path("m.json"), "--as", "eve"}).status ==
          info(Code::forbidden).exit_status);
    CHECK(scene.run({"model", "load", scene.database, scene.path("m.json"), "--as", "ann"}).status == 0);
    CHECK(scene.run({"user", "add", scene.database, "dan", "--no-password", "--as", "eve"}).status ==
          info(Code::forbidden).exit_status);
    CHECK(scene.run({"user", "add", scene.database, "dan", "--no-password", "--as", "ann"}).status == 0);
    CHECK(scene.newest() == "ann|unverified|account dan: added as reader");

    std::ofstream{scene.folder / "h.csv"} << "id,name\nh1,web\n";
    std::ofstream{scene.folder / "map.json"}
        << R"({"source": "t", "files": [{"file": "h.csv", "nodes": [{"class": "Server", "key": "id"}]}]})";
    const auto import = [&](const char* who) {
        return scene.run({"import", scene.database, scene.path("h.csv"), "--map", scene.path("map.json"), "--as", who});
    };
    CHECK(import("rita").status == info(Code::forbidden).exit_status);
    CHECK(import("eve").status == 0);
    CHECK(scene.run({"export", scene.database, "--as", "rita"}).status == 0);
    CHECK(scene.run({"export", scene.database, "--as", "nobody"}).status == info(Code::entity_not_found).exit_status);
    CHECK(scene.run({"impact", scene.database, "h1", "--as", "rita"}).status == 0);
    REQUIRE(scene.run({"user", "disable", scene.database, "rita"}).status == 0);
    CHECK(query("RETURN 1", "rita").status == info(Code::forbidden).exit_status);
}

TEST_CASE("the log says whether an author had signed in", "[user]") {
    Scene scene;
    REQUIRE(scene.add("ann", "admin").status == 0);
    {
        DatabaseOptions options;
        const auto database = Database::open(scene.database, std::move(options));
        auto& accounts = database->store().accounts();
        const auto token = accounts.make_token({"ann", "", std::nullopt, std::nullopt}, {});
        ExecuteOptions execute;
        execute.principal = accounts.verify_token(token.text).value();
        database->run("CREATE (:Server {name: 'y'})", {}, execute)->all();
    }
    const auto log = scene.run({"log", scene.database, "--format", "csv"}).out;
    CHECK_THAT(log, Catch::Contains("author,verified,reason"));
    CHECK_THAT(log, Catch::Contains(",ann,true,"));
    CHECK_THAT(log, Catch::Contains(",local,false,account ann: added as admin"));
    CHECK_THAT(log, Catch::Contains("accounts"));
}

TEST_CASE("a sound database with accounts is found sound", "[user]") {
    Scene scene;
    REQUIRE(scene.add("ann", "admin").status == 0);
    CHECK(scene.run({"verify", scene.database}).status == 0);
    REQUIRE(scene.run({"backup", scene.database, scene.path("copy.db")}).status == 0);
    CHECK_THAT(scene.run({"user", "list", scene.path("copy.db")}).out, Catch::Contains("ann"));
    CHECK(scene.run({"export", scene.database}).out.find("argon2") == std::string::npos);
}
