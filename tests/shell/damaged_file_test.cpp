// Files that are no sound database, or that the user may not touch, given to commands as a user would: each command is
// a process, ends by itself, says what to do, and never passes a part of the truth off as all of it.

#include "commands/command.hpp"

#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

using namespace mainstay;
using namespace mainstay::shell;

namespace {

using Catch::Matchers::Contains;

struct Ended {
    int status = 0;  // -1: by a signal
    std::string out, err;
};

constexpr unsigned seconds_max = 60;
constexpr int could_not_prepare = 125;

// Runs a command in a process of its own, after `prepare` there.
Ended run(
    const std::vector<std::string>& arguments, const std::function<bool()>& prepare = [] { return true; }) {
    std::array<int, 2> out{}, err{};
    REQUIRE(::pipe(out.data()) == 0);
    REQUIRE(::pipe(err.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(seconds_max);
        if (!prepare()) ::_exit(could_not_prepare);
        StringOutput said, complained;
        const int status = run_command_line(arguments, Console{.out = said, .err = complained});
        // What is said first fits a pipe; the rest waits for the reader.
        const auto write_all = [](int to, std::string_view text) {
            while (!text.empty()) {
                const auto n = ::write(to, text.data(), text.size());
                if (n <= 0) ::_exit(could_not_prepare);
                text.remove_prefix(static_cast<std::size_t>(n));
            }
            ::close(to);
        };
        write_all(out[1], said.text());
        write_all(err[1], complained.text());
        ::_exit(status);
    }
    ::close(out[1]), ::close(err[1]);
    const auto read_all = [](int from) {
        std::string text;
        std::array<char, 4096> buffer;
        for (ssize_t n = 0; (n = ::read(from, buffer.data(), buffer.size())) > 0;)
            text.append(buffer.data(), static_cast<std::size_t>(n));
        ::close(from);
        return text;
    };
    Ended ended;
    ended.out = read_all(out[0]);
    ended.err = read_all(err[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ended;
}

std::string content(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << bytes;
}

// Parts, deltas, an index and history.
void make_database(const std::filesystem::path& file) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty();
    const auto database = Database::open(file, std::move(options));
    const auto ask = [&](std::string_view text) {
        const auto result = database->run(text);
        while (result->next()) {
        }
    };
    ask("CREATE INDEX hosts FOR (n:Host) ON (n.id)");
    ask("UNWIND range(0, 299) AS i CREATE (:Host {id: 'h' + toString(i), size: i, text: 'some text ' + toString(i)})");
    ask("MATCH (a:Host), (b:Host) WHERE b.size = a.size * 7 % 300 CREATE (a)-[:NEEDS {weight: a.size}]->(b)");
    database->store().fold_all();
    ask("MATCH (n:Host) WHERE n.size % 50 = 0 SET n.size = -n.size");
}

// What a dump says: nodes, relationships, and the properties of each.
std::set<std::string> facts_of(const std::string& dump) {
    std::set<std::string> facts;
    std::istringstream lines{dump};
    for (std::string line; std::getline(lines, line);) {
        const auto json = nlohmann::json::parse(line);
        const std::string kind = json.contains("node") ? "node" : "relationship";
        if (!json.contains(kind)) continue;
        std::string name = kind + " " + json[kind].dump();
        if (kind == "relationship") name += json["source"].dump() + json["type"].dump() + json["target"].dump();
        facts.insert(name);
        if (json.contains("properties"))
            for (const auto& [key, value] : json["properties"].items()) facts.insert(name + " " + key + value.dump());
    }
    return facts;
}

// A folder that others may look into.
struct OpenFolder : test::ScratchFolder {
    OpenFolder() { std::filesystem::permissions(path(), std::filesystem::perms{0755}); }
    std::string name(const std::string& file) const { return (*this / file).string(); }
};

// Who has no rights of the superuser, and none of the files' owner if the tests run as that.
bool become_nobody() {
    constexpr unsigned nobody = 65534;
    return ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0);
}

void allow(const std::filesystem::path& file, unsigned mode) {
    std::filesystem::permissions(file, std::filesystem::perms{mode});
}

}  // namespace

TEST_CASE("a file that is cut at any page is refused, checked and saved from", "[damage]") {
    const test::ScratchFolder folder;
    make_database(folder / "whole");
    const auto bytes = content(folder / "whole");
    const auto whole = facts_of(run({"export", (folder / "whole").string()}).out);
    REQUIRE(whole.size() > 1'500);
    const std::string cut = (folder / "cut").string();
    std::size_t some = 0, lossless = 0;
    for (std::size_t size = 0; size < bytes.size(); size += 2048) {
        INFO("cut to " << size << " bytes of " << bytes.size());
        write(cut, std::string_view{bytes}.substr(0, size));
        const auto query = run({"query", cut, "MATCH (n) RETURN count(n) AS c"});
        const auto verify = run({"verify", cut});
        const auto saved = run({"export", cut, "--partial"});
        CHECK(content(cut) == bytes.substr(0, size));
        std::filesystem::remove(cut + "-lock");
        REQUIRE((query.status == 0 || query.status == 3));
        if (query.status == 0) {
            // What is missing is used by nobody.
            ++lossless;
            CHECK_THAT(query.out, Contains("300"));
            CHECK(verify.status == 0);
            CHECK(facts_of(saved.out) == whole);
            continue;
        }
        if (size > 8192) CHECK_THAT(query.err, Contains("is cut off: " + std::to_string(size) + " bytes of"));
        CHECK(verify.status == 3);
        CHECK_THAT(verify.err, Contains("restore a backup") || Contains("remove it"));
        CHECK((saved.status == 0 || saved.status == 3));
        const auto found = facts_of(saved.out);
        CHECK(std::includes(whole.begin(), whole.end(), found.begin(), found.end()));
        if (saved.status == 0) CHECK(found == whole);
        some += !found.empty();
    }
    INFO(some << " with something left, " << lossless << " whole");
    CHECK(some > 0);
}

TEST_CASE("a file of another kind is called by its name and left alone", "[damage]") {
    using namespace std::string_literals;
    const test::ScratchFolder folder;
    const std::map<std::string, std::string> kinds{
        {"SQLite format 3\0"s + std::string(20'000, '\7'), "is an SQLite database, not a Mainstay database"},
        {"PK\3\4"s + std::string(20'000, '\1'), "is a zip archive, not a Mainstay database"},
        {"\x1F\x8B\x08"s + std::string(100, '\0'), "is compressed by gzip, not a Mainstay database"},
        {"id,name\n1,one\n", "is not a Mainstay database"},
        {"\n", "is not a Mainstay database"},
        {std::string(1'000'000, '\0'), "is not a Mainstay database"},
    };
    const std::string file = (folder / "file").string();
    for (const auto& [bytes, says] : kinds) {
        INFO(says);
        write(file, bytes);
        for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
                 {"query", file, "RETURN 1"}, {"verify", file}, {"export", file, "--partial"}, {"compact", file}}) {
            const auto ended = run(command);
            CHECK(ended.status == 3);
            CHECK_THAT(ended.err, Contains(says) && Contains("name a file that Mainstay has made"));
        }
        CHECK(content(file) == bytes);
        CHECK_FALSE(std::filesystem::exists(file + "-lock"));
    }
}

TEST_CASE("what the user may not read or write is said with what to do", "[damage]") {
    const OpenFolder folder;
    const auto as_nobody = [](const std::vector<std::string>& arguments) { return run(arguments, become_nobody); };
    make_database(folder / "g");
    const std::string file = folder.name("g"), lock = file + "-lock";
    const std::vector<std::vector<std::string>> reading{
        {"query", file, "RETURN 1"}, {"verify", file}, {"export", file, "--partial"}};

    std::filesystem::remove(lock);
    allow(file, 0000);
    for (const auto& command : reading) {
        const auto ended = as_nobody(command);
        CHECK(ended.status == 3);
        CHECK_THAT(ended.err, Contains("Permission denied") && Contains("let your user read"));
    }

    allow(folder.path(), 0555);
    allow(file, 0444);
    for (const auto& command : reading) {
        const auto ended = as_nobody(command);
        CHECK(ended.status == 3);
        CHECK_THAT(ended.err,
                   Contains("may be read, but not its lock file") && Contains("let your user write that file"));
    }
    const auto made = as_nobody({"query", folder.name("new"), "RETURN 1"});
    CHECK(made.status == 3);
    CHECK_THAT(made.err, Contains("Permission denied") && Contains("make files in its folder"));

    allow(file, 0666);
    const auto written = as_nobody({"query", file, "CREATE (:Host)"});
    CHECK(written.status == 3);
    CHECK_THAT(written.err, Contains("may be written, but not its lock file"));

    allow(folder.path(), 0755);
    write(lock, "");
    allow(lock, 0666);
    allow(file, 0444);
    allow(folder.path(), 0555);
    for (const auto& command : reading) CHECK(as_nobody(command).status == 0);
    const auto refused = as_nobody({"query", file, "CREATE (:Host)"});
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, Contains("open for reading only") && Contains("as a user who may write"));
    allow(folder.path(), 0755);
}

TEST_CASE("a database on a file system that is mounted for reading is read", "[damage]") {
    const OpenFolder folder;
    std::filesystem::create_directory(folder / "mount");
    make_database(folder / "mount" / "g");
    const std::string mount = folder.name("mount"), file = mount + "/g";
    std::filesystem::remove(file + "-lock");
    const auto on_it = [&](const std::vector<std::string>& arguments) {
        return run(arguments, [&] {
            return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   ::mount(mount.c_str(), mount.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
                   ::mount(nullptr, mount.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
        });
    };
    const auto counted = on_it({"query", file, "MATCH (n) RETURN count(n) AS c"});
    if (counted.status == could_not_prepare) {
        WARN("not checked: this user may not mount");
        return;
    }
    CHECK(counted.status == 0);
    CHECK_THAT(counted.out, Contains("300"));
    CHECK(on_it({"verify", file}).status == 0);
    CHECK(facts_of(on_it({"export", file, "--partial"}).out) == facts_of(run({"export", file}).out));
    const auto refused = on_it({"query", file, "CREATE (:Host)"});
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, Contains("open for reading only") && Contains("as a user who may write"));
    const auto made = on_it({"query", mount + "/new", "RETURN 1"});
    CHECK(made.status == 3);
    CHECK_THAT(made.err, Contains("Read-only file system") && Contains("choose a place"));
}
