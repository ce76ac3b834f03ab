// A small file system that is really full: what does not fit says so, what was there stays, and work goes on when there
// is room.

#include "connect/statements.hpp"
#include "mainstay/connect/connect.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>

namespace mainstay::test {
namespace {

namespace fs = std::filesystem;

// What a case has to say is a text, since it runs in another process; "": all is well.
struct Wrong {
    std::string what;
};
void require(bool holds, std::string_view what) {
    if (!holds) throw Wrong{std::string(what)};
}

// 8 MB in memory, 3 of them taken by something else.
class Disk {
public:
    explicit Disk(fs::path folder) : folder_(std::move(folder)) { write(ballast(), 3 << 20); }
    fs::path operator/(const fs::path& name) const { return folder_ / name; }
    void remove_ballast() const { fs::remove(ballast()); }
    void grow() const {
        require(::mount(nullptr, folder_.c_str(), nullptr, MS_REMOUNT, "size=64m") == 0, "the disk cannot grow");
    }
    // Leaves less than a page.
    void fill() const { write(folder_ / "more", 64 << 20); }
    void remove_more() const { fs::remove(folder_ / "more"); }

private:
    fs::path ballast() const { return folder_ / "ballast"; }
    static void write(const fs::path& file, std::size_t bytes) {
        std::ofstream out{file, std::ios::binary};
        const std::string block(4096, 'x');
        for (std::size_t i = 0; i < bytes && out; i += block.size()) out.write(block.data(), 4096).flush();
    }
    fs::path folder_;
};

void map_to_root() {
    const auto user = ::geteuid(), group = ::getegid();
    require(::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0, "a mount namespace");
    std::ofstream{"/proc/self/setgroups"} << "deny";
    std::ofstream{"/proc/self/uid_map"} << "0 " << user << " 1";
    std::ofstream{"/proc/self/gid_map"} << "0 " << group << " 1";
}

std::string in_small_disk(const fs::path& folder, const std::function<void(const Disk&)>& body) {
    try {
        if (::unshare(CLONE_NEWNS) != 0) map_to_root();
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("small", folder.c_str(), "tmpfs", 0, "size=8m") != 0)
            return "not permitted";
    } catch (const Wrong&) {
        return "not permitted";
    }
    try {
        body(Disk{folder});
        return "";
    } catch (const Wrong& wrong) {
        return wrong.what;
    } catch (const std::exception& error) {
        return fmt::format("thrown: {}", error.what());
    }
}

// Runs `body` in a process of its own, which alone sees the small file system.
void on_small_disk(const std::function<void(const Disk&)>& body) {
    const ScratchFolder folder;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto said = in_small_disk(folder.path(), body);
        const bool is_said = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
        ::_exit(is_said ? 0 : 1);
    }
    ::close(ends[1]);
    std::string said;
    char bytes[1024];
    for (ssize_t n = 0; (n = ::read(ends[0], bytes, sizeof bytes)) > 0;)
        said.append(bytes, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (said == "not permitted") {
        std::cout << "SKIPPED: no file system may be mounted here\n";  // a container without that right cannot run it
        return;
    }
    REQUIRE(said == "");
    REQUIRE(status == 0);
}

std::unique_ptr<Database> open(const fs::path& file) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.initial_model = Model::empty();
    options.store.fold_slots = 8;
    options.store.load_batch_bytes = 64 << 10;
    return Database::open(file, std::move(options));
}

// That `f` fails for want of room, and says so.
void require_full(const char* what, const std::function<void()>& f) {
    try {
        f();
    } catch (const Error& error) {
        require(error.code() == Code::disk_full, fmt::format("{}: another error: {}", what, error.message()));
        require(!error.hint().empty(), fmt::format("{}: no word on what to do: {}", what, error.message()));
        return;
    }
    throw Wrong{fmt::format("{}: it fits", what)};
}

void create(Database& database, std::int64_t number, std::size_t text_bytes = 3000) {
    Parameters parameters;
    parameters.emplace("number", Value{number});
    parameters.emplace("text", Value{std::string(text_bytes, 'x')});
    database.run("CREATE (:Made {number: $number, text: $text})", parameters);
}

std::int64_t first_of(Database& database, std::string_view statement) {
    return database.run(statement)->all().at(0).at(0).as_int();
}

std::int64_t fill_with_nodes(Database& database) {
    std::int64_t acknowledged = 0;
    require_full("a statement that writes", [&] {
        for (; acknowledged < 10'000; ++acknowledged) create(database, acknowledged + 1);
    });
    return acknowledged;
}

void require_sound(const fs::path& file, std::string_view count, std::int64_t expected) {
    const auto database = open(file);
    const auto report = database->store().verify({});
    require(report.problems.empty(), report.problems.empty() ? "" : "verify: " + report.problems.front());
    const auto found = first_of(*database, count);
    require(found == expected, fmt::format("{}: {}, not {}", count, found, expected));
}

constexpr auto made = "MATCH (n:Made) RETURN count(DISTINCT n.number)";

}  // namespace

TEST_CASE("a full disk refuses a commit and takes it when there is room", "[full_disk]") {
    on_small_disk([](const Disk& disk) {
        const auto database = open(disk / "db");
        auto acknowledged = fill_with_nodes(*database);
        require(acknowledged > 50, "hardly anything fitted");
        require(first_of(*database, made) == acknowledged, "what is read is not what was acknowledged");
        require_full("the next one", [&] {
            for (int i = 0; i < 100; ++i) create(*database, ++acknowledged, 100'000);
        });
        --acknowledged;  // what failed is not there
        disk.remove_ballast();
        for (int i = 0; i < 100; ++i) create(*database, ++acknowledged, 100);
        require(first_of(*database, made) == acknowledged, "what is read afterwards is not what was acknowledged");
        require_sound(disk / "db", made, acknowledged);
    });
}

TEST_CASE("a database that is closed on a full disk opens with all that was acknowledged", "[full_disk]") {
    on_small_disk([](const Disk& disk) {
        const auto acknowledged = fill_with_nodes(*open(disk / "db"));
        disk.fill();
        {
            // Reading needs no room but for the lock file, which is there.
            const auto database = open(disk / "db");
            require(first_of(*database, made) == acknowledged, "what is read is not what was acknowledged");
            require_full("a write", [&] { create(*database, 0, 200'000); });
        }
        disk.remove_more();
        disk.remove_ballast();
        require_sound(disk / "db", made, acknowledged);
    });
}

TEST_CASE("a database that cannot be made on a full disk leaves its name free", "[full_disk]") {
    on_small_disk([](const Disk& disk) {
        disk.fill();
        require_full("a new database", [&] { open(disk / "db"); });
        disk.remove_more();
        create(*open(disk / "db"), 1);
        require_sound(disk / "db", made, 1);
    });
}

TEST_CASE("a bulk load that does not fit leaves nothing, and fits when there is room", "[full_disk]") {
    on_small_disk([](const Disk& disk) {
        const auto database = open(disk / "db");
        create(*database, 1);
        const auto load = [&] {
            const auto loader = BulkLoader::start(database->store());
            const auto label = loader->label("Loaded");
            const auto key = loader->key("text");
            for (int i = 0; i < 20'000; ++i) loader->add_node({&label, 1}, {{key, Value{fmt::format("{:0>300}", i)}}});
            loader->finish({"test", "", "", ""}, {});
        };
        require_full("a bulk load", load);
        require(first_of(*database, "MATCH (n:Loaded) RETURN count(n)") == 0, "a part of the load is there");
        disk.grow();  // what the load has written stands in the file until the next one
        create(*database, 2);
        load();
        require(first_of(*database, made) == 2, "what was there before the load is not there");
        require_sound(disk / "db", "MATCH (n:Loaded) RETURN count(n)", 20'000);
    });
}

TEST_CASE("an import that does not fit leaves nothing, and fits when there is room", "[full_disk]") {
    const ScratchFolder input;
    {
        std::ofstream rows{input / "rows.csv"};
        rows << "id,text\n";
        for (int i = 0; i < 20'000; ++i) rows << i << ',' << fmt::format("{:0>300}", i) << '\n';
        std::ofstream{input / "map.json"} << R"({"source": "test", "files": [{"file": "rows.csv",
            "nodes": [{"class": "Row", "key": "id", "attributes": ["id", "text"]}]}]})";
    }
    // The first into an empty database loads its segments, one into another is a transaction.
    for (const bool is_first : {true, false})
        on_small_disk([&](const Disk& disk) {
            const auto database = open(disk / "db");
            if (!is_first) create(*database, 1);
            ImportOptions options;
            options.mapping = input / "map.json";
            require_full("an import", [&] { import_files(*database, input.path(), options); });
            require(first_of(*database, "MATCH (n:Row) RETURN count(n)") == 0, "a part of the import is there");
            disk.grow();
            const auto report = import_files(*database, input.path(), options);
            require(report.problems.empty(), "the import has problems");
            require_sound(disk / "db", "MATCH (n:Row) RETURN count(n)", 20'000);
        });
}

TEST_CASE("a copy, a compaction and a dump that do not fit leave the database as it was", "[full_disk]") {
    on_small_disk([](const Disk& disk) {
        auto database = open(disk / "db");
        const auto acknowledged = fill_with_nodes(*database);
        require_full("a backup", [&] { database->store().backup(disk / "copy", {}); });
        require(!fs::exists(disk / "copy"), "a part of a copy is left");
        require_full("a compacted copy", [&] { database->store().compact_to(disk / "copy", {}); });
        require(!fs::exists(disk / "copy"), "a part of a compacted copy is left");
        require_full("a compaction", [&] { database->store().compact({}); });
        require(!fs::exists(disk / "db.compacting"), "a part of a compacted file is left");
        {
            std::ofstream out{disk / "dump", std::ios::binary};
            bool is_told = false;
            try {
                export_jsonl(*database->store().view(), out, {});
            } catch (const Error& error) {
                is_told = error.code() == Code::io_error;
            }
            require(is_told, "a dump that was cut is said to be whole");
        }
        fs::remove(disk / "dump");
        require(first_of(*database, made) == acknowledged, "what is read is not what was acknowledged");
        disk.grow();
        create(*database, acknowledged + 1);
        database->store().compact({});
        database.reset();
        require_sound(disk / "db", made, acknowledged + 1);
    });
}

}  // namespace mainstay::test
