// Threads and processes that read and write at once, under folding, backups, compaction and bulk loads. What each saw
// and did is written down, and the whole history is checked afterwards: every read against the commits before its
// snapshot, every write against those that came between.

#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace mainstay::test {
namespace {

using Random = std::mt19937_64;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t commits_wanted = 400;
#else
constexpr std::uint64_t commits_wanted = 4000;
#endif
constexpr int writers = 4, readers = 2, reading_processes = 2;
constexpr std::int64_t accounts = 6, balance_at_first = 1000, keys = 25, merged = 12;

OpenOptions options() {
    OpenOptions o;
    o.mode = OpenMode::create_if_missing;
    o.map_bytes = std::uint64_t{1} << 32;
    o.fold_slots = 64;
    o.load_batch_bytes = 4096;
    o.initial_model = Model::empty().merged_with(Model::from_json(R"({
        "classes": [{"name": "Account", "attributes": [{"name": "balance", "required": true}, {"name": "written_by"}]},
                    {"name": "Item", "attributes": [{"name": "name"}]},
                    {"name": "Keyed", "attributes": [{"name": "key", "unique": true}]},
                    {"name": "Merged", "attributes": [{"name": "value"}]}],
        "relationship_types": [{"name": "ANY"}, {"name": "ONE_OUT", "max_out": 1}, {"name": "ONE_IN", "max_in": 1},
                               {"name": "ONE_AT_ONCE", "dated": true, "max_out": 1}]})"));
    return o;
}

std::vector<NodeId> all(const View& view, std::string_view label) {
    std::vector<NodeId> nodes;
    if (const auto id = view.names().find_label(label); id != no_label)
        view.for_each_node(id, [&](NodeId node) { nodes.push_back(node); });
    return nodes;
}

// --- what every snapshot must show, whoever reads it; "" or what is wrong

std::string values_problem(const View& view) {
    std::int64_t sum = 0;
    const auto balance = view.names().find_key("balance");
    const auto nodes = all(view, "Account");
    for (const auto node : nodes) sum += view.property(node, balance).as_int();
    if (static_cast<std::int64_t>(nodes.size()) != accounts || sum != accounts * balance_at_first)
        return fmt::format("{} accounts hold {}", nodes.size(), sum);
    for (const auto& [label, key] : {std::pair("Keyed", "key"), std::pair("Merged", "value")}) {
        std::set<std::int64_t> seen;
        const auto k = view.names().find_key(key);
        for (const auto node : all(view, label))
            if (const auto v = view.property(node, k).as_int(); !seen.insert(v).second)
                return fmt::format("two :{} have {} = {}", label, key, v);
        if (label != std::string_view{"Keyed"}) continue;
        for (std::int64_t v = 0; v < keys; ++v) {
            const Value wanted{v};
            const auto found = view.seek(view.schema().at(0).id, {&wanted, 1});
            if (found.size() != seen.count(v)) return fmt::format("the index finds {} of key {}", found.size(), v);
        }
    }
    return {};
}

std::string edges_problem(const View& view) {
    const auto& names = view.names();
    std::map<std::string, std::uint64_t> counted;
    std::set<RelId> outgoing, incoming;
    for (const auto node : all(view, "Item"))
        for (const char* name : {"ANY", "ONE_OUT", "ONE_IN", "ONE_AT_ONCE"}) {
            const auto type = names.find_type(name);
            if (type == no_type) continue;
            std::string problem;
            const auto out = view.run(node, Direction::out, type), in = view.run(node, Direction::in, type);
            out.for_each([&](NodeId other, RelId rel) {
                if (!view.contains_node(other)) problem = fmt::format("{} ends at {}, which is gone", name, raw(other));
                outgoing.insert(rel);
            });
            in.for_each([&](NodeId other, RelId rel) {
                if (!view.contains_node(other))
                    problem = fmt::format("{} begins at {}, which is gone", name, raw(other));
                incoming.insert(rel);
            });
            counted[name] += out.count();
            if ((name == std::string_view{"ONE_OUT"} && out.count() > 1) ||
                (name == std::string_view{"ONE_IN"} && in.count() > 1))
                problem = fmt::format("a node has {} and {} {}", out.count(), in.count(), name);
            if (name == std::string_view{"ONE_AT_ONCE"}) {
                std::vector<std::pair<std::int64_t, std::int64_t>> spans;
                out.for_each([&](NodeId, RelId rel) {
                    spans.emplace_back(view.property(rel, names.find_key("valid_from")).get<Date>().days,
                                       view.property(rel, names.find_key("valid_to")).get<Date>().days);
                });
                std::sort(spans.begin(), spans.end());
                for (std::size_t i = 1; i < spans.size(); ++i)
                    if (spans[i].first < spans[i - 1].second) problem = "two ONE_AT_ONCE are valid at once";
            }
            if (!problem.empty()) return problem;
        }
    if (outgoing != incoming) return fmt::format("{} go out, {} come in", outgoing.size(), incoming.size());
    for (const auto& [name, count] : counted)
        if (count != view.count_rels(names.find_type(name)))
            return fmt::format("{} {} are found and {} counted", count, name, view.count_rels(names.find_type(name)));
    return {};
}

std::string problem_of(const View& view) {
    auto problem = values_problem(view);
    if (problem.empty()) problem = edges_problem(view);
    return problem.empty() ? problem : fmt::format("as of {}: {}", raw(view.tx()), problem);
}

ViewPtr all_times(const Store& store) { return store.view({std::nullopt, ValidTime{}}); }

// --- what threads and processes share

struct Shared {
    std::atomic<std::uint64_t> acknowledged{0};  // the newest transaction somebody was told of
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> snapshots{0};  // that reading processes have checked
};

// Reads until it is told to stop, and says what is wrong.
std::string read_on(const Store& store, Shared& shared) {
    TxNumber last{};
    while (!shared.stop.load()) {
        const auto known = shared.acknowledged.load();
        const auto view = all_times(store);
        if (raw(view->tx()) < known)
            return fmt::format("transaction {} was acknowledged, and {} is shown", known, raw(view->tx()));
        if (view->tx() < last) return fmt::format("{} is shown after {}", raw(view->tx()), raw(last));
        last = view->tx();
        if (auto problem = problem_of(*view); !problem.empty()) return problem;
        // The same snapshot again, after others have committed and folded.
        if (auto problem = problem_of(*view->again()); !problem.empty()) return "read again, " + problem;
        ++shared.snapshots;
    }
    return {};
}

// A process of its own; its exit says whether all was well.
pid_t read_in_process(const std::filesystem::path& file, Shared& shared) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
        auto o = options();
        o.mode = OpenMode::read_only;
        const auto store = Store::open(file, o);
        const auto problem = read_on(*store, shared);
        if (!problem.empty()) fmt::print(stderr, "reading process: {}\n", problem);
        ::_exit(problem.empty() ? 0 : 1);
    } catch (const std::exception& e) {
        fmt::print(stderr, "reading process: {}\n", e.what());
        ::_exit(2);
    }
}

// --- the history of the accounts: what each committed transaction read and wrote

struct Step {
    std::uint64_t snapshot = 0, tx = 0;                   // tx 0: only read
    std::map<std::uint32_t, std::int64_t> read, written;  // account -> who wrote it
};

// What contradicts snapshot isolation: a read that is not the newest write before the snapshot, or a write to what
// somebody else wrote between the snapshot and the commit.
std::vector<std::string> contradictions(const std::vector<Step>& history) {
    std::map<std::uint32_t, std::map<std::uint64_t, std::int64_t>> versions;  // account, tx -> writer
    std::vector<std::string> found;
    for (const auto& step : history)
        for (const auto& [account, writer] : step.written)
            if (!versions[account].emplace(step.tx, writer).second)
                found.push_back(fmt::format("two commits have the number {}", step.tx));
    for (const auto& step : history) {
        for (const auto& [account, writer] : step.read) {
            const auto& of = versions[account];
            const auto after = of.upper_bound(step.snapshot);
            const std::int64_t due = after == of.begin() ? 0 : std::prev(after)->second;
            if (writer != due)
                found.push_back(fmt::format("as of {} account {} was written by {}, and {} was read", step.snapshot,
                                            account, due, writer));
        }
        for (const auto& [account, writer] : step.written) {
            const auto next = versions[account].upper_bound(step.snapshot);
            if (next->first != step.tx)
                found.push_back(fmt::format("{} lost the update of {} to account {}", step.tx, next->first, account));
        }
    }
    return found;
}

class Run {
public:
    Run(const std::filesystem::path& folder, Store& store, Shared& shared, std::uint64_t seed)
        : folder_(folder), store_(store), shared_(shared), seed_(seed) {}

    void write(int number) {
        Random random(seed_ + static_cast<std::uint64_t>(number) * 7919);
        std::vector<Step> steps;
        std::int64_t written = 0;
        while (commits_ < commits_wanted) {
            // Who writes an account says so, so that each version is known by its writer.
            const auto by = ++written * 100 + number + 1;
            Step step;
            const auto t = store_.begin(ValidTime{});
            step.snapshot = raw(t->view().tx());
            try {
                operate(*t, random, by, step);
                t->finish_statement();
                const auto result = t->commit({fmt::format("writer {}", number), "", "", ""});
                if (!result) {
                    ++conflicts_;
                    continue;
                }
                if (raw(result->tx) == 0) continue;
                step.tx = raw(result->tx);
                ++commits_;
                auto known = shared_.acknowledged.load();
                while (known < step.tx && !shared_.acknowledged.compare_exchange_weak(known, step.tx)) {
                }
                if (!step.read.empty()) steps.push_back(std::move(step));
            } catch (const Error& error) {
                if (error.code() == Code::constraint_violation)
                    ++refused_;
                else
                    fail(fmt::format("writer: {}", error.what()));
            }
        }
        keep(steps);
    }

    void read(int number) {
        Random random(seed_ + 1000 + static_cast<std::uint64_t>(number));
        std::vector<Step> steps;
        while (!shared_.stop.load()) {
            const auto known = shared_.acknowledged.load();
            const auto view = all_times(store_);
            if (raw(view->tx()) < known) fail("a reading thread does not see what was acknowledged");
            if (auto problem = problem_of(*view); !problem.empty()) fail("reading thread: " + problem);
            Step step;
            step.snapshot = raw(view->tx());
            note_accounts(*view, step);
            // An earlier state, while it is folded into history.
            Store::ViewOptions past;
            past.as_of = TxNumber{first_ + random() % (raw(view->tx()) - first_ + 1)};
            past.valid = ValidTime{};
            const auto then = store_.view(past);
            if (auto problem = problem_of(*then); !problem.empty()) fail("as of earlier: " + problem);
            Step earlier;
            earlier.snapshot = raw(*past.as_of);
            note_accounts(*then, earlier);
            steps.push_back(std::move(step));
            steps.push_back(std::move(earlier));
        }
        keep(steps);
    }

    // Everything that rewrites the file meanwhile.
    void maintain() {
        Random random(seed_ + 2000);
        for (int i = 0; !shared_.stop.load(); ++i) {
            try {
                switch (random() % 5) {
                    case 0: store_.fold_all(); break;
                    case 1:
                    case 2: copy(i, random() % 2 == 0); break;
                    case 3: load(random); break;
                    default: define(i);
                }
                ++maintained_;
            } catch (const Error& error) {
                // A load meets what others do: it is refused whole.
                if (error.code() != Code::constraint_violation && error.code() != Code::entity_not_found &&
                    error.code() != Code::write_conflict)
                    fail(fmt::format("maintenance: {}", error.what()));
            }
        }
    }

    void set_first(std::uint64_t tx) { first_ = tx; }
    const std::vector<Step>& history() const { return history_; }
    const std::vector<std::string>& problems() const { return problems_; }
    std::uint64_t commits() const { return commits_; }
    std::string summary() const {
        return fmt::format(
            "{} commits, {} conflicts, {} refused; {} maintenance steps, {} copies, {} loads, {} definitions",
            commits_.load(), conflicts_.load(), refused_.load(), maintained_, copies_, loads_, definitions_);
    }

private:
    void note_accounts(const View& view, Step& step) const {
        const auto by = view.names().find_key("written_by");
        for (const auto node : all(view, "Account"))
            step.read[raw(node)] = by == no_key                        ? 0
                                   : view.property(node, by).is_null() ? 0
                                                                       : view.property(node, by).as_int();
    }

    void operate(Transaction& t, Random& random, std::int64_t by, Step& step) {
        const auto& view = t.view();
        const auto pick = [&](const std::vector<NodeId>& from) { return from[random() % from.size()]; };
        const auto label = [&](const char* name) { return t.label(name); };
        const auto items = all(view, "Item");
        switch (random() % 10) {
            case 0:
            case 1:
            case 2: {  // from one account to another
                note_accounts(view, step);
                const auto nodes = all(view, "Account");
                const auto from = pick(nodes), to = pick(nodes);
                if (from == to) return;
                const auto balance = t.key("balance"), written_by = t.key("written_by");
                const auto amount = static_cast<std::int64_t>(random() % 50);
                t.set_property(from, balance, view.property(from, balance).as_int() - amount);
                t.set_property(to, balance, view.property(to, balance).as_int() + amount);
                for (const auto node : {from, to}) {
                    t.set_property(node, written_by, by);
                    step.written[raw(node)] = by;
                }
                return;
            }
            case 3: {
                const auto l = label("Item");
                const auto node = t.create_node({&l, 1}, {{t.key("name"), by}});
                if (!items.empty()) t.create_relationship(t.type("ANY"), node, pick(items), {});
                return;
            }
            case 4: {
                if (items.size() < 10) return;
                const auto node = pick(items);
                t.detach_node(node);
                t.delete_node(node);
                return;
            }
            case 5:
            case 6: {
                if (items.empty()) return;
                static constexpr std::array types = {"ANY", "ONE_OUT", "ONE_IN", "ONE_AT_ONCE"};
                const char* type = types[random() % types.size()];
                const auto source = pick(items), target = pick(items);
                // Away with one that is there, or a new one, or its dates moved.
                std::vector<RelId> there;
                view.run(source, Direction::out, t.type(type)).for_each([&](NodeId, RelId r) { there.push_back(r); });
                const auto day = static_cast<std::int64_t>(random() % 20);
                if (!there.empty() && random() % 3 == 0) {
                    t.delete_relationship(there[random() % there.size()]);
                } else if (!there.empty() && type == types[3] && random() % 2 == 0) {
                    const auto rel = there[random() % there.size()];
                    t.set_property(rel, t.key("valid_from"), Date{day});
                    t.set_property(rel, t.key("valid_to"), Date{day + 5});
                } else {
                    PropertyList dates;
                    if (type == types[3])
                        dates = {{t.key("valid_from"), Date{day}}, {t.key("valid_to"), Date{day + 5}}};
                    t.create_relationship(t.type(type), source, target, dates);
                }
                return;
            }
            case 7: {
                const auto nodes = all(view, "Keyed");
                if (!nodes.empty() && random() % 3 == 0) return t.delete_node(pick(nodes));
                const auto l = label("Keyed");
                t.create_node({&l, 1}, {{t.key("key"), static_cast<std::int64_t>(random() % keys)}});
                return;
            }
            default: {  // find or create, as MERGE does
                const auto value = static_cast<std::int64_t>(random() % merged);
                const auto key = t.key("value");
                for (const auto node : all(view, "Merged"))
                    if (view.property(node, key).as_int() == value) {
                        if (random() % 2 == 0) t.delete_node(node);
                        return;
                    }
                t.claim(static_cast<std::uint64_t>(value) + 1);
                const auto l = label("Merged");
                t.create_node({&l, 1}, {{key, value}});
                return;
            }
        }
    }

    void copy(int number, bool compacted) {
        const auto target = folder_ / fmt::format("copy{}", number);
        const auto before = shared_.acknowledged.load();
        if (compacted)
            store_.compact_to(target, {});
        else
            store_.backup(target, {});
        {
            auto o = options();
            o.mode = OpenMode::read_only;
            const auto opened = Store::open(target, o);
            if (raw(opened->last_tx()) < before) fail("a copy lacks what was acknowledged before it began");
            if (auto problem = problem_of(*all_times(*opened)); !problem.empty()) fail("copy: " + problem);
            if (const auto report = opened->verify({}); !report.problems.empty())
                fail("verify of a copy: " + report.problems.front());
        }
        std::filesystem::remove(target);
        std::filesystem::remove(target.string() + "-lock");
        ++copies_;
    }

    void load(Random& random) {
        const auto loader = BulkLoader::start(store_);
        const auto item = loader->label("Item"), keyed = loader->label("Keyed");
        const auto name = loader->key("name");
        const auto old = all(*all_times(store_), "Item");
        std::vector<NodeId> nodes;
        for (int i = 0; i < 20; ++i) {
            nodes.push_back(loader->add_node({&item, 1}, {{name, std::int64_t{i}}}));
            loader->add_relationship(loader->type("ANY"), nodes.back(),
                                     old.empty() || i % 2 ? nodes.front() : old[random() % old.size()], {});
            if (i > 0 && i % 4 == 0) loader->add_relationship(loader->type("ONE_OUT"), nodes[i], nodes[i - 1], {});
        }
        if (!old.empty() && random() % 2)
            loader->add_relationship(loader->type("ONE_OUT"), old[random() % old.size()], nodes[1], {});
        if (random() % 2)
            loader->add_node({&keyed, 1}, {{loader->key("key"), static_cast<std::int64_t>(random() % keys)}});
        if (random() % 4 == 0) return;  // given up
        loader->finish({"load", "", "", ""}, {});
        ++loads_;
    }

    // An index comes or goes; it loses against any commit, so it is tried a few times.
    void define(int number) {
        for (int i = 0; i < 50; ++i) {
            const auto t = store_.begin();
            if (is_defined_) {
                t->drop_schema("by_name");
            } else {
                SchemaEntry entry;
                entry.name = "by_name";
                entry.label = number % 2 ? "Item" : "Merged";
                entry.keys = {number % 2 ? "name" : "value"};
                t->create_schema(entry);
            }
            t->finish_statement();
            if (!t->commit({"definitions", "", "", ""})) continue;
            is_defined_ = !is_defined_;
            ++definitions_;
            return;
        }
    }

    void keep(std::vector<Step>& steps) {
        const std::lock_guard lock(mutex_);
        std::move(steps.begin(), steps.end(), std::back_inserter(history_));
    }
    void fail(std::string problem) {
        const std::lock_guard lock(mutex_);
        if (problems_.size() < 5) problems_.push_back(std::move(problem));
    }

    const std::filesystem::path folder_;
    Store& store_;
    Shared& shared_;
    const std::uint64_t seed_;
    std::uint64_t first_ = 0;
    std::atomic<std::uint64_t> commits_{0}, conflicts_{0}, refused_{0};
    std::uint64_t maintained_ = 0, copies_ = 0, loads_ = 0, definitions_ = 0;  // of the one that maintains
    bool is_defined_ = false;
    std::mutex mutex_;
    std::vector<Step> history_;
    std::vector<std::string> problems_;
};

}  // namespace

TEST_CASE("Histories of many threads and processes keep to snapshot isolation and to every rule", "[history]") {
    const auto first_seed = seed("history");
    const ScratchFolder folder;
    const auto file = folder / "db";
    std::uint64_t first = 0;
    {
        const auto store = Store::open(file, options());
        const auto t = store->begin();
        const auto label = t->label("Account");
        for (std::int64_t i = 0; i < accounts; ++i)
            t->create_node({&label, 1}, {{t->key("balance"), balance_at_first}});
        const auto result = t->commit({"test", "", "", ""});
        REQUIRE(result);
        first = raw(result->tx);
    }
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    auto& shared = *new (memory) Shared;
    // Before there are threads, and before this process has the file open.
    std::vector<pid_t> children;
    for (int i = 0; i < reading_processes; ++i) children.push_back(read_in_process(file, shared));

    const auto store = Store::open(file, options());
    Run run(folder.path(), *store, shared, first_seed);
    run.set_first(first);
    {
        std::vector<std::thread> writing, others;
        for (int i = 0; i < writers; ++i) writing.emplace_back([&run, i] { run.write(i); });
        for (int i = 0; i < readers; ++i) others.emplace_back([&run, i] { run.read(i); });
        others.emplace_back([&run] { run.maintain(); });
        for (auto& thread : writing) thread.join();
        shared.stop = true;
        for (auto& thread : others) thread.join();
    }
    for (const auto child : children) {
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    }
    INFO("MAINSTAY_SEED=" << first_seed);
    CHECK(run.problems() == std::vector<std::string>{});
    CHECK(contradictions(run.history()) == std::vector<std::string>{});
    CHECK(store->verify({}).problems == std::vector<std::string>{});
    store->fold_all();
    CHECK(store->verify({}).problems == std::vector<std::string>{});
    // Every state there was, looked at from now.
    std::uint64_t as_of = 0;
    for (auto tx = first; tx <= raw(store->last_tx()); tx += 1 + raw(store->last_tx()) / 200, ++as_of)
        CHECK(problem_of(*store->view({TxNumber{tx}, ValidTime{}})) == "");
    CHECK(run.commits() >= commits_wanted);
    CHECK(shared.snapshots > 0);
    fmt::print(
        "history: {} writing and {} reading threads, {} reading processes; {}; {} snapshots read by processes, {} "
        "steps of histories, {} states as of\n",
        writers, readers, reading_processes, run.summary(), shared.snapshots.load(), run.history().size(), as_of);
    ::munmap(memory, sizeof(Shared));
}

TEST_CASE("The checker of histories finds a lost update and a read of what was not there", "[history]") {
    const Step first{10, 11, {{1, 0}}, {{1, 100}}};
    CHECK(contradictions({first}).empty());
    CHECK(contradictions({first, {10, 12, {{1, 0}}, {{1, 200}}}}).size() == 1);  // lost
    CHECK(contradictions({first, {11, 12, {{1, 100}}, {{1, 200}}}}).empty());
    CHECK(contradictions({first, {10, 0, {{1, 100}}, {}}}).size() == 1);  // too new
    CHECK(contradictions({first, {11, 0, {{1, 0}}, {}}}).size() == 1);    // too old
}

}  // namespace mainstay::test
