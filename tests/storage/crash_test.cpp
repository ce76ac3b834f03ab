// A process that commits is killed at random moments; what it was told is committed must be there.

#include "mainstay/storage/bulk.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>

namespace mainstay::test {
namespace {

OpenOptions options() {
    OpenOptions o;
    o.mode = OpenMode::create_if_missing;
    o.initial_model = Model::empty();
    o.fold_slots = 16;
    o.load_batch_bytes = 4096;
    return o;
}

// Commits for ever, number after number, and says so; each commit makes a node with its number, connected to the one
// before.
[[noreturn]] void commit_for_ever(const std::filesystem::path& file, std::int64_t next, int pipe, std::uint64_t seed) {
    try {
        std::mt19937_64 random(seed);
        const auto store = Store::open(file, options());
        std::optional<NodeId> last;
        for (;; ++next) {
            if (random() % 8 == 0) {
                const auto loader = BulkLoader::start(*store);
                const auto label = loader->label("Loaded");
                const auto node = loader->add_node({&label, 1}, {{loader->key("number"), next}});
                for (auto n = random() % 3000; n > 0; --n)
                    loader->add_relationship(loader->type("NEXT"), last.value_or(node), node, {});
                last = node;
                loader->finish({"child", "", "", ""}, {});
            } else {
                const auto t = store->begin();
                const auto label = t->label("Made");
                const auto node = t->create_node({&label, 1}, {{t->key("number"), next}});
                if (last) t->create_relationship(t->type("NEXT"), *last, node, {});
                if (last && random() % 3 == 0) t->set_property(*last, t->key("seen"), next);
                last = node;
                if (!t->commit({"child", "", "", ""})) ::_exit(2);
            }
            if (random() % 30 == 0) store->fold_all();
            if (::write(pipe, &next, sizeof next) != sizeof next) ::_exit(3);
        }
    } catch (...) {
        ::_exit(4);
    }
}

}  // namespace

TEST_CASE("Every acknowledged commit survives SIGKILL, and the file stays sound", "[crash]") {
    std::mt19937_64 random(seed("crash"));
    const char* given = std::getenv("MAINSTAY_CRASHES");
    const std::uint64_t crashes = given ? std::strtoull(given, nullptr, 10) : 20;
    const ScratchFolder folder;
    const auto file = folder / "db";
    std::int64_t acknowledged = 0;
    for (std::uint64_t i = 0; i < crashes; ++i) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const auto child_seed = random();
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(ends[0]);
            commit_for_ever(file, acknowledged + 1, ends[1], child_seed);
        }
        ::close(ends[1]);
        // So many acknowledgements, and then any moment of what follows.
        const auto wanted = acknowledged + 1 + static_cast<std::int64_t>(random() % 40);
        std::int64_t number = 0;
        while (number < wanted && ::read(ends[0], &number, sizeof number) == sizeof number) acknowledged = number;
        pollfd more{ends[0], POLLIN, 0};
        (void)::poll(&more, 1, static_cast<int>(random() % 4));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFSIGNALED(status));
        while (::read(ends[0], &number, sizeof number) == sizeof number) acknowledged = number;
        ::close(ends[0]);

        const auto store = Store::open(file, options());
        const auto view = store->view();
        std::vector<std::int64_t> numbers;
        const auto key = view->names().find_key("number");
        view->for_each_node(no_label, [&](NodeId node) { numbers.push_back(view->property(node, key).as_int()); });
        std::sort(numbers.begin(), numbers.end());
        // The last commit may have been made and not acknowledged.
        REQUIRE(numbers.size() >= static_cast<std::size_t>(acknowledged));
        REQUIRE(numbers.size() <= static_cast<std::size_t>(acknowledged) + 1);
        std::int64_t due = 0;
        for (const auto n : numbers) REQUIRE(n == ++due);
        REQUIRE(store->verify({}).problems == std::vector<std::string>{});
        acknowledged = due;
    }
}

}  // namespace mainstay::test
