// The room that a writer keeps at the end of the file: there while it writes, gone when it closes.

#include "mainstay/storage/store.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace mainstay::test {
namespace {

OpenOptions options() {
    OpenOptions options;
    options.mode = OpenMode::create_if_missing;
    options.map_bytes = std::uint64_t{1} << 30;
    options.initial_model = Model::empty();
    return options;
}

void write(Store& store, int commits) {
    for (int i = 0; i < commits; ++i) {
        const auto t = store.begin();
        const auto label = t->label("Server");
        t->create_node({&label, 1}, {{t->key("number"), std::int64_t{i}}});
        REQUIRE(t->commit({"test", "", "", ""}));
    }
}

std::uint64_t blocks_bytes(const std::filesystem::path& file) {
    struct stat st {};
    REQUIRE(::stat(file.c_str(), &st) == 0);
    return static_cast<std::uint64_t>(st.st_blocks) * 512;
}

}  // namespace

TEST_CASE("a writer of many commits keeps room at the end of its file, and gives it back", "[room]") {
    const ScratchFolder folder;
    {
        const auto store = Store::open(folder / "db", options());
        write(*store, 10);
        const auto stats = store->stats();
        CHECK(stats.file_bytes > stats.used_bytes + (std::uint64_t{1} << 20));
        // Without taking any.
        CHECK(blocks_bytes(folder / "db") < stats.used_bytes + (std::uint64_t{1} << 20));
        // Others read it as it is.
        auto read_only = options();
        read_only.mode = OpenMode::read_only;
        CHECK(Store::open(folder / "db", read_only)->verify({}).problems.empty());
    }
    const auto store = Store::open(folder / "db", options());
    const auto stats = store->stats();
    CHECK(stats.file_bytes == stats.used_bytes);
    CHECK(stats.nodes == 10);
    CHECK(store->verify({}).problems.empty());
}

TEST_CASE("a file that a killed writer left long is as good as another, and the next writer cuts it", "[room]") {
    const ScratchFolder folder;
    const pid_t writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) {
        const auto store = Store::open(folder / "db", options());
        write(*store, 10);
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(writer, nullptr, 0);
    {
        const auto store = Store::open(folder / "db", options());
        const auto stats = store->stats();
        CHECK(stats.file_bytes > stats.used_bytes);
        CHECK(stats.nodes == 10);
        CHECK(store->verify({}).problems.empty());
        write(*store, 10);
    }
    const auto stats = Store::open(folder / "db", options())->stats();
    CHECK(stats.file_bytes == stats.used_bytes);
    CHECK(stats.nodes == 20);
}

TEST_CASE("a limit on the size of files ends no writer that does not need to pass it", "[room]") {
    const ScratchFolder folder;
    const pid_t writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) {
        const rlimit limit{1 << 20, 1 << 20};  // to pass it is a signal that ends the process
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
        try {
            const auto store = Store::open(folder / "db", options());
            for (int i = 0; i < 10; ++i) {
                const auto t = store->begin();
                const auto label = t->label("Server");
                t->create_node({&label, 1}, {});
                if (!t->commit({"test", "", "", ""})) ::_exit(3);
            }
        } catch (...) {
            ::_exit(4);
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(writer, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(Store::open(folder / "db", options())->stats().nodes == 10);
}

}  // namespace mainstay::test
