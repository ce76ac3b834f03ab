// One database reached in more than one way: through links, mounts, and without its lock file. Each way has the same
// lock file, or is refused before anything is written. And that it is never opened as a standard descriptor.

#include "mainstay/core/error.hpp"
#include "mainstay/core/standard_descriptors.hpp"
#include "mainstay/storage/store.hpp"
#include "presence.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <set>
#include <vector>

namespace mainstay::test {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

std::unique_ptr<Store> open(const fs::path& file, OpenMode mode = OpenMode::create_if_missing) {
    OpenOptions options;
    options.mode = mode;
    options.durability = Durability::none;
    options.writer_wait = std::chrono::seconds{20};
    return Store::open(file, options);
}

void add_node(const fs::path& file) {
    const auto store = open(file);
    for (bool is_done = false; !is_done;) {
        const auto t = store->begin();
        t->create_node({}, {});
        is_done = t->commit({}).has_value();
    }
}

std::uint64_t nodes_of(const fs::path& file) { return open(file, OpenMode::read_only)->view()->count_nodes(no_label); }

std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& each : fs::directory_iterator{folder}) names.insert(each.path().filename());
    return names;
}

}  // namespace

TEST_CASE("a symbolic link, or a chain of them, is the file it leads to", "[open]") {
    const ScratchFolder folder;
    fs::create_directory(folder / "data");
    fs::create_symlink("data/cmdb.db", folder / "link.db");
    fs::create_symlink(folder / "link.db", folder / "again.db");
    add_node(folder / "again.db");  // makes what the links lead to
    CHECK(names_in(folder.path()) == std::set<std::string>{"data", "link.db", "again.db"});
    CHECK(names_in(folder / "data") == std::set<std::string>{"cmdb.db", "cmdb.db-lock"});
    add_node(folder / "link.db");
    add_node(folder / "data/cmdb.db");
    CHECK(nodes_of(folder / "again.db") == 3);
    open(folder / "link.db")->compact({});
    CHECK(fs::is_symlink(folder / "link.db"));
    CHECK(names_in(folder / "data") == std::set<std::string>{"cmdb.db", "cmdb.db-lock"});
    CHECK(nodes_of(folder / "data/cmdb.db") == 3);
}

TEST_CASE("links that lead to each other are no file", "[open]") {
    const ScratchFolder folder;
    fs::create_symlink("b", folder / "a");
    fs::create_symlink("a", folder / "b");
    CHECK_THROWS_AS(open(folder / "a"), Error);
}

TEST_CASE("a file that others use with another lock file is not opened", "[open]") {
    const ScratchFolder folder;
    add_node(folder / "db");
    fs::create_hard_link(folder / "db", folder / "other");
    {
        Presence process{folder / "db"};
        process.use_lock_file(folder / "db-lock");
        for (const auto mode : {OpenMode::read_only, OpenMode::read_write}) {
            try {
                open(folder / "other", mode);
                FAIL("opened");
            } catch (const Error& error) {
                CHECK(error.code() == Code::writer_locked);
                CHECK_THAT(error.message(), Contains("is open in another process with another lock file"));
                CHECK_THAT(error.hint(), Contains("use one name of the file everywhere"));
            }
            CHECK(open(folder / "db", mode)->view()->count_nodes(no_label) == 1);
        }
        // Somebody tidied up.
        fs::rename(folder / "db-lock", folder / "removed");
        CHECK_THROWS_WITH(open(folder / "db"), Contains("was removed meanwhile"));
        fs::rename(folder / "removed", folder / "db-lock");
        add_node(folder / "db");
    }
    add_node(folder / "other");  // one after the other does no harm
    CHECK(nodes_of(folder / "db") == 3);
    CHECK(open(folder / "db")->verify({}).problems.empty());
}

TEST_CASE("a lock file that another database uses is left to it", "[open]") {
    const ScratchFolder folder;
    add_node(folder / "db");
    const auto store = open(folder / "db");
    const auto t = store->begin();
    t->create_node({}, {});
    fs::rename(folder / "db", folder / "moved");
    CHECK_THROWS_WITH(open(folder / "db"), Contains("is in use for another file"));
    CHECK_FALSE(fs::exists(folder / "db"));
    CHECK_THROWS_WITH(t->commit({}), Contains("was replaced by another file"));
    CHECK(nodes_of(folder / "moved") == 1);
}

TEST_CASE("names of lock files and tails are no names of databases", "[open]") {
    const ScratchFolder folder;
    for (const char* name : {"db-lock", "db-tail"}) {
        CHECK_THROWS_WITH(open(folder / name), Contains("no database can be called"));
        CHECK_FALSE(fs::exists(folder / name));
    }
    add_node(folder / "db");
    CHECK_THROWS_WITH(open(folder / "db")->backup(folder / "x-tail", {}), Contains("no database can be called"));
    // Somebody's files stay what they are.
    fs::rename(folder / "db", folder / "other");
    fs::remove(folder / "db-lock");
    std::ofstream{folder / "db-lock"} << "my notes about this lock";
    CHECK_THROWS_WITH(open(folder / "db"), Contains("is no lock file"));
    fs::remove(folder / "db-lock");
    fs::copy_file(folder / "other", folder / "db-lock");
    CHECK_THROWS_WITH(open(folder / "db"), Contains("is no lock file"));
    fs::remove(folder / "db-lock");
    std::ofstream{folder / "db-tail"} << "my notes about this tail";
    const auto write_ten = [&] {
        OpenOptions durable;
        durable.mode = OpenMode::create_if_missing;
        const auto store = Store::open(folder / "db", durable);
        for (int i = 0; i < 10; ++i) {
            const auto t = store->begin();
            t->create_node({}, {});
            t->commit({});
        }
    };
    write_ten();
    std::string notes;
    std::getline(std::ifstream{folder / "db-tail"} >> std::ws, notes);
    CHECK(notes == "my notes about this tail");
    CHECK(nodes_of(folder / "db") == 10);
    // What a process that was killed while it made its tail has left is nobody's.
    std::ofstream{folder / "db-tail"} << std::string(100'000, '\0');
    write_ten();
    CHECK_FALSE(fs::exists(folder / "db-tail"));
    CHECK(nodes_of(folder / "db") == 20);
}

TEST_CASE("processes that come while a database is made wait for it", "[open]") {
    const ScratchFolder folder;
    constexpr int processes = 8;
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            try {
                add_node(folder / "db");
                ::_exit(0);
            } catch (const std::exception& error) {
                std::fprintf(stderr, "%s\n", error.what());
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    int failed = 0;
    for (const pid_t child : children) {
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        failed += !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    CHECK(failed == 0);
    CHECK(nodes_of(folder / "db") == processes);
}

TEST_CASE("a value that could not be read back is not stored", "[open]") {
    const ScratchFolder folder;
    add_node(folder / "db");
    const auto store = open(folder / "db");
    constexpr std::int64_t days_most = 365'241'780'471, day = 86'400;
    const auto stores = [&](const Value& value) {
        const auto t = store->begin();
        try {
            t->create_node({}, {{t->key("v"), value}});
            t->commit({});
        } catch (const Error& error) {
            CHECK(error.code() == Code::invalid_temporal);
            return false;
        }
        return true;
    };
    CHECK(stores(Date{days_most}));
    CHECK(stores(LocalDateTime{days_most * day + day - 1, 999'999'999}));
    for (const Value& value : {Value{Date{days_most + 1}}, Value{Date{-365'243'219'163}}, Value{Date{INT64_MIN}},
                               Value{LocalDateTime{days_most * day + day, 0}}, Value{LocalDateTime{0, 1'000'000'000}},
                               Value{LocalTime{-1}}, Value{Time{0, 70'000}}, Value{Duration{0, 0, 0, -1}}}) {
        CHECK_FALSE(stores(value));
        CHECK_FALSE(stores(Value::list({Date{1}, value})));
    }
    CHECK(store->verify({}).problems.empty());
}

TEST_CASE("a file with two names is not compacted in place, which would make two files of it", "[open]") {
    const ScratchFolder folder;
    add_node(folder / "db");
    fs::create_hard_link(folder / "db", folder / "other");
    CHECK_THROWS_WITH(open(folder / "db")->compact({}), Contains("has another name, a hard link"));
    CHECK(fs::equivalent(folder / "db", folder / "other"));
    open(folder / "db")->compact_to(folder / "copy", {});
    fs::remove(folder / "other");
    open(folder / "db")->compact({});
    CHECK(nodes_of(folder / "db") == 1);
    CHECK(nodes_of(folder / "copy") == 1);
}

TEST_CASE("a copy has its name when it is whole", "[open]") {
    const ScratchFolder folder;
    add_node(folder / "db");
    std::ofstream{folder / "copy.part"} << "left by one that was killed";
    open(folder / "db")->backup(folder / "copy", {});
    CHECK(nodes_of(folder / "copy") == 1);
    CHECK_FALSE(fs::exists(folder / "copy.part"));
    CHECK_THROWS_AS(open(folder / "db")->backup(folder / "none/copy", {}), Error);
}

TEST_CASE("a copy that is given up leaves nothing, and the database as it was", "[open]") {
    const ScratchFolder folder;
    {
        const auto store = open(folder / "db");
        const auto t = store->begin();
        t->create_node({}, {{t->key("text"), Value{std::string(3'000'000, 'x')}}});
        t->commit({});
    }
    const auto give_up = [](const Progress& progress) {
        CHECK(progress.done <= progress.total);
        if (progress.total > 0) throw Error{Code::cancelled, "enough"};
    };
    CHECK_THROWS_WITH(open(folder / "db")->backup(folder / "copy", give_up), "enough");
    CHECK_THROWS_WITH(open(folder / "db")->compact_to(folder / "copy", give_up), "enough");
    const auto store = open(folder / "db");
    CHECK_THROWS_WITH(store->compact(give_up), "enough");
    CHECK(names_in(folder.path()) == std::set<std::string>{"db", "db-lock"});
    CHECK(store->view()->count_nodes(no_label) == 1);
    store->compact({});
    CHECK(nodes_of(folder / "db") == 1);
}

TEST_CASE("what is printed where a standard descriptor was closed never reaches a database", "[open]") {
    const ScratchFolder folder;
    add_node(folder / "db");
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(STDIN_FILENO), ::close(STDOUT_FILENO), ::close(STDERR_FILENO);
        const auto store = open(folder / "db");
        const auto t = store->begin();
        t->create_node({}, {});
        t->commit({});
        const std::string text(9'000, 'x');
        for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; ++standard)
            if (::write(standard, text.data(), text.size()) >= 0 || errno != EBADF) ::_exit(1);
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    CHECK(nodes_of(folder / "db") == 2);
    CHECK(open(folder / "db")->verify({}).problems.empty());
    hold_standard_descriptors();  // all are open: nothing changes
    CHECK(::fcntl(STDOUT_FILENO, F_GETFD) != -1);
}

}  // namespace mainstay::test
