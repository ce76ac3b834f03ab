// Somebody reads for long while others write: how far the file grows, who is told, and that the room comes back.

#include "mainstay/storage/store.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <memory>
#include <optional>

namespace mainstay::test {
namespace {

// A store whose clock goes on by so much with every look at it, and a steady writer.
class Steady {
public:
    explicit Steady(std::int64_t step_us) {
        options_.mode = OpenMode::create_if_missing;
        options_.durability = Durability::relaxed;
        options_.map_bytes = std::uint64_t{1} << 33;
        options_.initial_model = Model::empty();
        options_.fold_slots = 16;
        options_.clock = [this, step_us] { return clock_ += step_us; };
        store_ = Store::open(file(), options_);
        {
            const auto t = store_->begin();
            const auto label = t->label("Server");
            const auto load = t->key("load");
            for (std::int64_t i = 0; i < nodes; ++i) t->create_node({&label, 1}, {{load, i}});
            REQUIRE(t->commit({"test", "", "", ""}));
        }
        store_->fold_all();
        write(2000);  // room that is reused comes with the first writes
    }

    std::filesystem::path file() const { return folder_ / "db"; }
    Store& store() { return *store_; }
    const OpenOptions& options() const { return options_; }
    std::uint64_t size() const { return store_->stats().used_bytes; }
    std::int64_t value() const { return value_; }  // the last that was written
    void pass(std::int64_t us) { clock_ += us; }

    void write(int commits) {
        for (int i = 0; i < commits; ++i) {
            const auto t = store_->begin();
            const auto node = NodeId{next_ = (next_ * 1103515245 + 12345) % nodes};
            t->set_property(node, t->key("load"), ++value_);
            if (!t->commit({"test", "", "", ""})) throw std::runtime_error("lost against nobody");
        }
    }

    static constexpr std::uint32_t nodes = 256;

private:
    ScratchFolder folder_;
    std::int64_t clock_ = 1'000'000'000;
    OpenOptions options_;
    std::unique_ptr<Store> store_;
    std::uint32_t next_ = 1;
    std::int64_t value_ = 0;
};

constexpr int commits = 6000, few = 400;

// By how much the file grew under a reader.
struct Growth {
    std::uint64_t held = 0;      // while it was held
    std::uint64_t after = 0;     // by as many writes again, afterwards
    std::uint64_t rows = 0;      // deltas at the end of that
    std::uint64_t unfolded = 0;  // rows that were not folded for its sake, after a few commits
};

Growth growth(std::int64_t step_us, bool held) {
    Steady s(step_us);
    Growth g;
    auto view = held ? s.store().view() : nullptr;
    const auto seen = s.value();
    const auto before = s.size();
    s.write(few);
    g.unfolded = s.store().stats().delta_rows;
    s.write(commits - few);
    g.rows = s.store().stats().delta_rows;
    const auto after = s.size();
    g.held = after - before;
    if (view) {
        // It has seen none of it.
        const auto load = view->names().find_key("load");
        std::int64_t newest = 0;
        view->for_each_node(no_label, [&](NodeId n) { newest = std::max(newest, view->property(n, load).as_int()); });
        CHECK(newest == seen);
    }
    view.reset();
    s.write(commits);
    g.after = s.size() - after;
    CHECK(s.store().verify({}).problems.empty());
    return g;
}

}  // namespace

TEST_CASE("Under a long reader the file grows by what commits write, and afterwards that is reused", "[long_reader]") {
    constexpr std::int64_t quick = 1, slow = 20'000;  // microseconds a look: all in an instant; over minutes
    const auto none = growth(slow, false), young = growth(quick, true), old = growth(slow, true);
    constexpr double mb = 1 << 20;
    fmt::print(
        "long reader: {} commits grow the file by {:.1f} MB without a reader; beside one by {:.1f} MB while folding "
        "goes on, by {:.1f} MB while it waits ({:.1f} KB a commit); as many again afterwards by {:.1f} and {:.1f} MB; "
        "rows unfolded after {} commits: {}, {}, {}\n",
        commits, none.held / mb, young.held / mb, old.held / mb, old.held / 1024.0 / commits, young.after / mb,
        old.after / mb, few, none.unfolded, young.unfolded, old.unfolded);
    // Folding waits for the old one, but not for ever: 32 changed slots of 256 are folded, or sixteen times as many.
    CHECK(none.unfolded < 100);
    CHECK(young.unfolded < 100);
    CHECK(old.unfolded > few / 2);
    CHECK(old.rows < 16 * 32 + 100);
    // A commit writes a path in two or three trees: 16 pages are plenty.
    for (const auto& g : {young, old}) {
        CHECK(g.held < std::uint64_t{commits} * 16 * 4096);
        CHECK(none.held < g.held / 10);
        CHECK(g.after < g.held / 10);
    }
}

TEST_CASE("An open transaction holds a snapshot as a view does", "[long_reader]") {
    Steady s(1);
    auto idle = s.store().begin();
    const auto before = s.size();
    s.write(1000);
    const auto held = s.size() - before;
    CHECK(held > 1000 * 4096);
    CHECK(s.store().oldest_reader().behind >= 1000);
    idle.reset();
    CHECK(s.store().oldest_reader().behind == 0);
    const auto after = s.size();
    s.write(1000);
    CHECK(s.size() - after < held / 10);
}

TEST_CASE("The oldest reader is told with its age and its process", "[long_reader]") {
    Steady s(1);
    CHECK(s.store().oldest_reader().behind == 0);
    CHECK(s.store().oldest_reader().process == 0);
    auto view = s.store().view();
    CHECK(s.store().oldest_reader().behind == 0);  // nothing was written since
    s.write(1);
    for (int i = 1; i <= 120; ++i) {  // for two minutes, once a second
        s.pass(1'000'000);
        s.write(1);
    }
    const auto reader = s.store().stats().oldest_reader;
    CHECK(reader.behind >= 121);
    CHECK(reader.process == ::getpid());
    CHECK(reader.age_us >= 110'000'000);
    CHECK(reader.age_us <= 130'000'000);
    view.reset();
    CHECK(s.store().oldest_reader().age_us == 0);
}

TEST_CASE("A reader in another process is told by its number, and one that was killed is forgotten", "[long_reader]") {
    std::optional<Steady> s;
    int to_parent[2], to_child[2];
    REQUIRE(::pipe(to_parent) == 0);
    REQUIRE(::pipe(to_child) == 0);
    // Forked before this process has the file open.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    char byte = 0;
    if (child == 0) {
        char name[4096] = {};
        if (::read(to_child[0], name, sizeof name) <= 0) ::_exit(1);
        OpenOptions o;
        o.mode = OpenMode::read_only;
        o.map_bytes = std::uint64_t{1} << 33;
        const auto store = Store::open(name, o);
        const auto view = store->view();
        if (::write(to_parent[1], &byte, 1) != 1) ::_exit(1);
        (void)::read(to_child[0], &byte, 1);  // for ever
        ::_exit(0);
    }
    s.emplace(1);
    const auto name = s->file().string();
    REQUIRE(::write(to_child[1], name.c_str(), name.size()) == static_cast<ssize_t>(name.size()));
    REQUIRE(::read(to_parent[0], &byte, 1) == 1);
    s->write(1);
    s->pass(10'000'000);
    s->write(1);
    CHECK(s->store().oldest_reader().process == child);
    CHECK(s->store().oldest_reader().age_us >= 9'000'000);
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    s->pass(2'000'000);
    s->write(1);
    CHECK(s->store().oldest_reader().behind == 0);
    for (const auto fd : {to_parent[0], to_parent[1], to_child[0], to_child[1]}) ::close(fd);
}

}  // namespace mainstay::test
