// Every call that writes, syncs or lengthens is made to fail in turn. A statement that fails says so; what was
// acknowledged stays; the database goes on or says what to do.

#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "support/faulty_system.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

namespace mainstay::test {
namespace {

OpenOptions options() {
    OpenOptions o;
    o.mode = OpenMode::create_if_missing;
    o.initial_model = Model::empty();
    o.fold_slots = 8;
    o.load_batch_bytes = 4096;
    return o;
}

void check_failure(const Error& error) {
    INFO(error.message());
    const bool is_told =
        error.code() == Code::io_error || error.code() == Code::disk_full || error.code() == Code::permission_denied;
    REQUIRE(is_told);
    REQUIRE_FALSE(error.message().empty());
}

// A node with the number, connected to the one before.
void commit_number(Store& store, std::int64_t number, std::size_t text_bytes = 0) {
    const auto t = store.begin();
    const auto label = t->label("Made");
    const auto node = t->create_node({&label, 1}, {{t->key("number"), number}});
    if (text_bytes) t->set_property(node, t->key("text"), std::string(text_bytes, 'x'));
    if (node != NodeId{0}) t->create_relationship(t->type("NEXT"), NodeId{0}, node, {});
    const auto result = t->commit({"test", "", "", ""});
    REQUIRE(result);
}

void load_number(Store& store, std::int64_t number) {
    const auto loader = BulkLoader::start(store);
    const auto label = loader->label("Loaded");
    const auto node = loader->add_node({&label, 1}, {{loader->key("number"), number}});
    for (int i = 0; i < 500; ++i) loader->add_relationship(loader->type("NEXT"), node, node, {});
    loader->finish({"test", "", "", ""}, {});
}

struct Outcome {
    std::vector<std::int64_t> acknowledged, failed;
};

// One process' work: opens, commits, loads, folds, closes. What fails is noted, and the next is tried.
void work(const std::filesystem::path& file, std::int64_t first, Outcome& outcome) {
    std::unique_ptr<Store> store;
    try {
        store = Store::open(file, options());
    } catch (const Error& error) {
        check_failure(error);
        return;
    }
    for (auto number = first; number < first + 24; ++number) {
        try {
            if (number % 12 == 5)
                load_number(*store, number);
            else
                commit_number(*store, number, number % 7 == 3 ? 9000 : 0);
            outcome.acknowledged.push_back(number);
        } catch (const Error& error) {
            check_failure(error);
            outcome.failed.push_back(number);
        }
        if (number % 12 == 9) try {
                store->fold_all();
            } catch (const Error& error) {
                check_failure(error);
            }
    }
}

void check(const std::filesystem::path& file, const Outcome& outcome) {
    const auto store = Store::open(file, options());
    REQUIRE(store->verify({}).problems == std::vector<std::string>{});
    const auto view = store->view();
    const auto key = view->names().find_key("number");
    std::map<std::int64_t, int> there;
    view->for_each_node(no_label, [&](NodeId node) { ++there[view->property(node, key).as_int()]; });
    for (const auto number : outcome.acknowledged) {
        INFO("number " << number);
        REQUIRE(there[number] == 1);
    }
    // A commit that failed at its very last step may be there after all, as a whole.
    std::size_t others = 0;
    for (const auto& [number, count] : there)
        others +=
            std::find(outcome.acknowledged.begin(), outcome.acknowledged.end(), number) == outcome.acknowledged.end();
    REQUIRE(others <= outcome.failed.size());
    commit_number(*store, 1'000'000);
}

struct Fault {
    int error;
    bool torn, for_ever;
};

std::uint64_t sweep(const Fault& fault) {
    const ScratchFolder origin;
    {
        const auto store = Store::open(origin / "db", options());
        for (std::int64_t n = 1; n <= 5; ++n) commit_number(*store, n);
    }
    std::uint64_t points = 0, refused = 0;
    for (std::uint64_t nth = 1;; ++nth) {
        const ScratchFolder folder;
        std::filesystem::copy_file(origin / "db", folder / "db");
        Outcome outcome{{1, 2, 3, 4, 5}, {}};
        bool has_failed = false;
        {
            FaultySystem system(folder.path());
            system.fail(nth, fault.error, fault.torn, fault.for_ever);
            work(folder / "db", 10, outcome);
            has_failed = system.has_failed();
        }
        INFO("call " << nth << ", " << std::strerror(fault.error));
        check(folder / "db", outcome);
        if (!has_failed) break;
        ++points;
        refused += outcome.failed.size();
    }
    WARN(fmt::format("{}{}{}: {} points, {} commits refused", std::strerror(fault.error), fault.torn ? ", torn" : "",
                     fault.for_ever ? ", from then on" : ", once", points, refused));
    return points;
}

}  // namespace

TEST_CASE("A disk that fails once, anywhere, loses nothing that was acknowledged", "[fault]") {
    for (const int error : {ENOSPC, EIO})
        for (const bool torn : {false, true}) REQUIRE(sweep({error, torn, false}) > 100);
}

TEST_CASE("A disk that fails from some moment on loses nothing that was acknowledged", "[fault]") {
    for (const int error : {ENOSPC, EIO}) REQUIRE(sweep({error, true, true}) > 100);
}

TEST_CASE("A database that reaches the largest size a process may write goes on when there is room", "[fault]") {
    const ScratchFolder folder;
    commit_number(*Store::open(folder / "db", options()), 1);
    const auto limit = std::filesystem::file_size(folder / "db") + 300'000;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const rlimit size{limit, limit};
        ::setrlimit(RLIMIT_FSIZE, &size);
        std::signal(SIGXFSZ, SIG_IGN);
        std::int64_t acknowledged = 1;
        try {
            const auto store = Store::open(folder / "db", options());
            for (; acknowledged < 1000; ++acknowledged) commit_number(*store, acknowledged + 1, 5000);
        } catch (const Error& error) {
            const bool is_told = error.code() == Code::disk_full || error.code() == Code::io_error;
            if (!is_told || ::write(ends[1], &acknowledged, sizeof acknowledged) != sizeof acknowledged) ::_exit(1);
            ::_exit(0);
        }
        ::_exit(2);
    }
    ::close(ends[1]);
    std::int64_t acknowledged = 0;
    REQUIRE(::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    ::close(ends[0]);
    REQUIRE(acknowledged > 5);
    Outcome outcome;
    for (std::int64_t n = 1; n <= acknowledged; ++n) outcome.acknowledged.push_back(n);
    outcome.failed.push_back(acknowledged + 1);
    check(folder / "db", outcome);
}

}  // namespace mainstay::test
