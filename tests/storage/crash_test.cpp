// A process that writes is killed at random moments, hundreds of times over one file; what it was told is committed
// must be there, whole, and nothing else. Each client numbers its commits, and a number says all of a commit's content:
// so the twin of a state is how many commits each client had made by then.

#include "mainstay/storage/bulk.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace mainstay::test {
namespace {

using Random = std::mt19937_64;
using Clock = std::chrono::steady_clock;

// --- who commits, and what a commit holds

constexpr std::uint32_t pair_clients = 3, loads = 3, indexes = 4, models = 5, clients = 6;
using Numbers = std::array<std::uint32_t, clients>;  // commits of each client so far, numbered from 1

// Commit n of a client of pairs makes the halves 0 and 1 of pair n, PAIR between them, NEXT from the half 1 before,
// which notes the number; every fifth takes half 0 of the pair before the last away, with its relationships.
bool takes_away(std::uint32_t n) { return n % 5 == 0; }
bool has_half_0(std::uint32_t pair, std::uint32_t commits) { return !(takes_away(pair + 2) && pair + 2 <= commits); }
// Load n makes so many nodes in a ring, and LINK from the first of the load before.
std::uint32_t nodes_of_load(std::uint32_t n) { return n * 37 % 200 + 1; }
// Index commits make and drop one in turn; model commits replace the class Version<n-1> by Version<n>.
Model model_of_version(std::uint32_t n) {
    return Model::empty().merged_with(Model::from_json(fmt::format(
        R"({{"classes": [{{"name": "Half"}}, {{"name": "Loaded"}}, {{"name": "Version{}"}}],
             "relationship_types": [{{"name": "PAIR"}}, {{"name": "NEXT"}}, {{"name": "RING"}}, {{"name": "LINK"}}]}})",
        n)));
}

OpenOptions options() {
    OpenOptions o;
    o.mode = OpenMode::create_if_missing;
    o.map_bytes = std::uint64_t{1} << 32;
    o.initial_model = model_of_version(0);
    o.fold_slots = 24;
    o.load_batch_bytes = 4096;
    return o;
}

std::vector<std::uint32_t> found_by(const View& view, std::string_view index, std::int64_t value) {
    for (const auto& entry : view.schema())
        if (entry.name == index) {
            const Value wanted{value};
            return view.seek(entry.id, {&wanted, 1});
        }
    throw std::runtime_error(fmt::format("there is no index {}", index));
}

// --- the process that is killed

enum class Doing : std::uint32_t { opening, commits, load, folding, copying, compacting, index, model, count };
constexpr std::array<std::string_view, 8> names_of_doing = {"opening",    "commits alone", "bulk load", "fold_all",
                                                            "compact_to", "compact",       "index",     "class model"};

struct Message {
    std::uint32_t client = clients;  // clients: says what is being done
    std::uint32_t number = 0;        // of the commit; or a Doing
    std::uint64_t tx = 0;
};

class Writer {
public:
    Writer(std::filesystem::path file, const Numbers& made, int pipe, std::uint64_t seed)
        : file_(std::move(file)), made_(made), pipe_(pipe), seed_(seed) {}

    [[noreturn]] void run() {
        try {
            Random random(seed_);
            for (;;) work(random);
        } catch (const std::exception& e) {
            fmt::print(stderr, "crash: the writer ended: {}\n", e.what());
            ::_exit(4);
        }
    }

private:
    void tell(const Message& message) const {
        if (::write(pipe_, &message, sizeof message) != sizeof message) ::_exit(3);
    }
    void doing(Doing what) const { tell({clients, static_cast<std::uint32_t>(what), 0}); }
    CommitInfo info(std::uint32_t client) const {
        return {fmt::format("{}", client), fmt::format("{}", made_[client] + 1), "", ""};
    }
    void acknowledged(std::uint32_t client, const CommitResult& result) {
        tell({client, ++made_[client], raw(result.tx)});
    }

    // Opens, lets the clients commit while something large is done a few times, closes.
    void work(Random& random) {
        doing(Doing::opening);
        auto store = Store::open(file_, options());
        doing(Doing::commits);
        std::atomic<bool> stop{false};
        std::vector<std::thread> threads;
        for (std::uint32_t client = 0; client < pair_clients; ++client)
            threads.emplace_back([&, client, client_seed = random()] {
                Random own(client_seed);
                while (!stop.load()) commit_pair(*store, client, own);
            });
        for (auto n = 1 + random() % 5; n > 0; --n) {
            switch (random() % 6) {
                case 0: doing(Doing::load), load(*store, random); break;
                case 1: doing(Doing::folding), store->fold_all(); break;
                case 2: doing(Doing::copying), copy(*store); break;
                case 3: doing(Doing::index), define(*store, indexes); break;
                case 4: doing(Doing::model), define(*store, models); break;
                default: std::this_thread::sleep_for(std::chrono::microseconds{random() % 3000});
            }
            doing(Doing::commits);
        }
        stop = true;
        for (auto& thread : threads) thread.join();
        if (random() % 3 == 0) {
            doing(Doing::compacting);
            store->compact({});
        }
    }

    void commit_pair(Store& store, std::uint32_t client, Random& random) {
        const std::shared_lock among_others(definitions_);
        const auto n = made_[client] + 1;
        const auto t = store.begin();
        const auto label = t->label("Half");
        const auto key_client = t->key("client"), key_number = t->key("number"), key_half = t->key("half");
        std::array<NodeId, 2> halves{};
        for (std::int64_t half = 0; half < 2; ++half)
            halves[half] = t->create_node(
                {&label, 1}, {{key_client, std::int64_t{client}}, {key_number, std::int64_t{n}}, {key_half, half}});
        t->create_relationship(t->type("PAIR"), halves[0], halves[1], {{key_number, std::int64_t{n}}});
        const auto half_of = [&](std::uint32_t pair, std::int64_t half) {
            for (const auto id : found_by(t->view(), "by_number", pair))
                if (const NodeId node{id}; t->view().property(node, key_client).as_int() == client &&
                                           t->view().property(node, key_half).as_int() == half)
                    return node;
            throw std::runtime_error(fmt::format("half {} of pair {} of client {} is missing", half, pair, client));
        };
        if (n > 1) {
            const auto before = half_of(n - 1, 1);
            t->create_relationship(t->type("NEXT"), before, halves[0], {});
            t->set_property(before, t->key("next"), std::int64_t{n});
        }
        if (takes_away(n)) {
            const auto gone = half_of(n - 2, 0);
            t->detach_node(gone);
            t->delete_node(gone);
        }
        t->finish_statement();
        if (random() % 16 == 0) return;  // given up
        const auto result = t->commit(info(client));
        if (!result) throw std::runtime_error("a client lost against those it has nothing in common with");
        acknowledged(client, *result);
    }

    void load(Store& store, Random& random) {
        const auto n = made_[loads] + 1;
        const std::shared_lock among_others(definitions_);
        const auto loader = BulkLoader::start(store);
        const auto label = loader->label("Loaded");
        const auto ring = loader->type("RING");
        std::vector<NodeId> nodes;
        for (std::uint32_t i = 0; i < nodes_of_load(n); ++i)
            nodes.push_back(loader->add_node(
                {&label, 1}, {{loader->key("load"), std::int64_t{n}}, {loader->key("place"), std::int64_t{i}}}));
        for (std::size_t i = 0; i < nodes.size(); ++i)
            loader->add_relationship(ring, nodes[i], nodes[(i + 1) % nodes.size()], {});
        if (n > 1)
            loader->add_relationship(loader->type("LINK"), NodeId{found_by(*store.view(), "by_load", n - 1).at(0)},
                                     nodes.at(0), {});
        if (random() % 8 == 0) return;  // given up
        acknowledged(loads, loader->finish(info(loads), {}));
    }

    void copy(Store& store) const {
        const std::filesystem::path target = file_.string() + ".copy";
        std::filesystem::remove(target);  // of one that was killed
        store.compact_to(target, {});
    }

    void define(Store& store, std::uint32_t client) {
        const std::unique_lock alone(definitions_);
        const auto n = made_[client] + 1;
        const auto t = store.begin();
        if (client == models) {
            t->set_model(model_of_version(n));
        } else if (n % 2 == 0) {
            t->drop_schema("in_turn");
        } else {
            SchemaEntry entry;
            entry.name = "in_turn";
            entry.label = "Half";
            entry.keys = {"client"};
            t->create_schema(entry);
        }
        t->finish_statement();
        const auto result = t->commit(info(client));
        if (!result) throw std::runtime_error("a definition lost against nobody");
        acknowledged(client, *result);
    }

    const std::filesystem::path file_;
    Numbers made_;
    const int pipe_;
    const std::uint64_t seed_;
    std::shared_mutex definitions_;  // they lose against any commit, so they are made while there is none
};

// --- what must be there

using Counts = std::map<std::string, std::uint64_t>;

Counts wanted_counts(const Numbers& made) {
    Counts c;
    for (std::uint32_t client = 0; client < pair_clients; ++client)
        for (std::uint32_t pair = 1; pair <= made[client]; ++pair) {
            const bool both = has_half_0(pair, made[client]);
            c["Half"] += both ? 2 : 1;
            c["PAIR"] += both;
            c["NEXT"] += both && pair > 1;
        }
    for (std::uint32_t load = 1; load <= made[loads]; ++load) {
        c["Loaded"] += nodes_of_load(load);
        c["RING"] += nodes_of_load(load);
        c["LINK"] += load > 1;
    }
    std::erase_if(c, [](const auto& e) { return e.second == 0; });
    return c;
}

// Reads every element of a view and compares it with what a state of those numbers is; "" or the first difference.
std::string difference(const View& view, const Numbers& made) {
    const auto& names = view.names();
    const auto key = [&](const char* name) { return names.find_key(name); };
    const auto number = [&](auto element, KeyId k) {
        const auto v = k == no_key ? Value{} : view.property(element, k);
        return v.is_null() ? std::int64_t{0} : v.as_int();
    };
    const auto k_client = key("client"), k_number = key("number"), k_half = key("half"), k_next = key("next");
    const auto pair_type = names.find_type("PAIR"), next_type = names.find_type("NEXT"), ring = names.find_type("RING");
    Counts found;
    std::string problem;
    const auto half = names.find_label("Half"), loaded = names.find_label("Loaded");
    std::array<std::vector<std::array<NodeId, 2>>, pair_clients> halves;
    for (std::uint32_t c = 0; c < pair_clients; ++c) halves[c].resize(made[c] + 1, {NodeId{no_id}, NodeId{no_id}});
    view.for_each_node(half, [&](NodeId node) {
        ++found["Half"];
        const auto client = number(node, k_client), n = number(node, k_number), which = number(node, k_half);
        if (client >= pair_clients || n < 1 || n > made[client] || which > 1) {
            problem = fmt::format("there is a half {} of pair {} of client {}", which, n, client);
            return;
        }
        halves[client][n][which] = node;
        const auto due = which == 1 && n < made[client] ? n + 1 : 0;
        if (number(node, k_next) != due)
            problem = fmt::format("client {}, pair {}: next is {}, not {}", client, n, number(node, k_next), due);
    });
    if (!problem.empty()) return problem;
    const auto has_edge = [&](NodeId from, TypeId type, NodeId to) {
        bool out = false, in = false;
        view.run(from, Direction::out, type).for_each([&](NodeId other, RelId) { out |= other == to; });
        view.run(to, Direction::in, type).for_each([&](NodeId other, RelId) { in |= other == from; });
        return out && in;
    };
    for (std::uint32_t client = 0; client < pair_clients; ++client)
        for (std::uint32_t n = 1; n <= made[client]; ++n) {
            const auto& [zero, one] = halves[client][n];
            const bool both = has_half_0(n, made[client]);
            if (raw(one) == no_id || (raw(zero) != no_id) != both)
                return fmt::format("client {} of {} commits: pair {} is not whole", client, made[client], n);
            if (both && !has_edge(zero, pair_type, one)) return fmt::format("client {}: PAIR {} is missing", client, n);
            if (both && n > 1 && !has_edge(halves[client][n - 1][1], next_type, zero))
                return fmt::format("client {}: NEXT to {} is missing", client, n);
        }
    std::vector<std::uint32_t> of_load(made[loads] + 1);
    view.for_each_node(loaded, [&](NodeId node) {
        ++found["Loaded"];
        const auto n = number(node, key("load"));
        if (n < 1 || n > made[loads]) {
            problem = fmt::format("there is a node of load {} of {}", n, made[loads]);
        } else {
            ++of_load[static_cast<std::size_t>(n)];
            if (view.run(node, Direction::out, ring).count() != 1) problem = fmt::format("ring {} is broken", n);
        }
    });
    if (!problem.empty()) return problem;
    for (std::uint32_t n = 1; n <= made[loads]; ++n)
        if (of_load[n] != nodes_of_load(n)) return fmt::format("load {} has {} nodes", n, of_load[n]);
    // Relationships as they are listed, and as they are counted.
    std::vector<RelId> rels;
    for (std::uint32_t segment = 0; segment < view.rel_segments(); ++segment) view.scan_rels(segment, no_type, rels);
    for (const auto rel : rels) ++found[std::string(names.type(view.ends(rel).type))];
    if (const auto wanted = wanted_counts(made); found != wanted)
        return fmt::format("found {}, wanted {}", found, wanted);
    for (const char* name : {"PAIR", "NEXT", "RING", "LINK"})
        if (const auto type = names.find_type(name); type != no_type && view.count_rels(type) != found[name])
            return fmt::format("{} {} are counted, and {} found", view.count_rels(type), name, found[name]);
    if (view.count_nodes(half) != found["Half"] || view.count_nodes(loaded) != found["Loaded"])
        return "nodes are counted wrong";
    if (!view.model().find_class(fmt::format("Version{}", made[models])) ||
        view.model().find_class(fmt::format("Version{}", made[models] + 1)))
        return fmt::format("the class model is not version {}", made[models]);
    return {};
}

// What the indexes find, of the newest state.
std::string index_difference(const View& view, const Numbers& made, Random& random) {
    const auto schema = view.schema();
    const bool in_turn =
        std::any_of(schema.begin(), schema.end(), [](const SchemaEntry& e) { return e.name == "in_turn"; });
    if (in_turn != (made[indexes] % 2 == 1)) return fmt::format("index commit {} does not show", made[indexes]);
    for (int i = 0; i < 20; ++i) {
        const auto n = static_cast<std::uint32_t>(1 + random() % 300);
        std::size_t due = 0;
        for (std::uint32_t c = 0; c < pair_clients; ++c)
            if (n <= made[c]) due += has_half_0(n, made[c]) ? 2 : 1;
        if (found_by(view, "by_number", n).size() != due) return fmt::format("the index of number {} is wrong", n);
        if (found_by(view, "by_load", n).size() != (n <= made[loads] ? nodes_of_load(n) : 0))
            return fmt::format("the index of load {} is wrong", n);
    }
    if (!in_turn) return {};
    for (std::uint32_t c = 0; c < pair_clients; ++c) {
        Numbers alone{};
        alone[c] = made[c];
        auto due = wanted_counts(alone);
        if (found_by(view, "in_turn", c).size() != due["Half"]) return "the new index is wrong";
    }
    return {};
}

// One file and all that befalls it.
class Victim {
public:
    Victim(std::filesystem::path file, Random& random) : file_(std::move(file)), random_(random) {
        const auto store = Store::open(file_, options());
        const auto t = store->begin();
        for (const auto& [name, label, key] :
             {std::array{"by_number", "Half", "number"}, std::array{"by_load", "Loaded", "load"}}) {
            SchemaEntry entry;
            entry.name = name;
            entry.label = label;
            entry.keys = {key};
            t->create_schema(entry);
        }
        const auto result = t->commit({"setup", "", "", ""});
        if (!result) throw std::runtime_error("a new file had another writer");
        first_ = raw(result->tx);
        states_.assign(first_ + 1, Numbers{});
    }

    // What the writer did when it was killed.
    Doing kill_once() {
        int ends[2];
        if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
        const auto child_seed = random_();
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            Writer(file_, states_.back(), ends[1], child_seed).run();
        }
        ::close(ends[1]);
        // Some at once, some after a while: the moments lie all over the work. Half of them soon after something large
        // has begun, if it begins in time.
        auto until = Clock::now() + std::chrono::microseconds{random_() % (std::uint64_t{1000} << random_() % 7)};
        auto awaited = random_() % 2 ? static_cast<Doing>(2 + random_() % 6) : Doing::count;
        if (awaited != Doing::count) until += std::chrono::milliseconds{40};
        auto doing = Doing::opening;
        std::vector<Message> messages;
        const auto receive = [&] {
            Message m;
            if (::read(ends[0], &m, sizeof m) != sizeof m) return false;
            if (m.client != clients) {
                messages.push_back(m);
            } else if ((doing = static_cast<Doing>(m.number)) == awaited) {
                until = Clock::now() + std::chrono::microseconds{random_() % (std::uint64_t{100} << random_() % 6)};
                awaited = Doing::count;
            }
            return true;
        };
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::microseconds>(until - Clock::now()).count();
            if (left <= 0) break;
            pollfd more{ends[0], POLLIN, 0};
            const timespec wait{left / 1'000'000, left % 1'000'000 * 1000};
            if (::ppoll(&more, 1, &wait, nullptr) > 0 && !receive()) break;
        }
        ::kill(child, SIGKILL);
        int status = 0;
        if (::waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            throw std::runtime_error("the writer ended by itself");
        while (receive()) {
        }
        ::close(ends[0]);
        acknowledged_ += messages.size();
        check(messages);
        return doing;
    }

    std::uint64_t acknowledged() const { return acknowledged_; }
    std::uint64_t in_flight() const { return in_flight_; }
    std::uint64_t as_of() const { return as_of_; }

private:
    void check(const std::vector<Message>& messages) {
        const auto store = Store::open(file_, options());
        learn(*store, messages);
        const auto compare = [&](std::uint64_t tx) {
            auto what = difference(*store->view({TxNumber{tx}, ValidTime{}}), states_[tx]);
            if (!what.empty())
                throw std::runtime_error(fmt::format("as of {} of {}: {}", tx, states_.size() - 1, what));
        };
        const auto now = store->view();
        for (auto what : {difference(*now, states_.back()), index_difference(*now, states_.back(), random_)})
            if (!what.empty()) throw std::runtime_error(fmt::format("now, {}: {}", states_.size() - 1, what));
        for (int i = 0; i < 2; ++i, ++as_of_) compare(first_ + random_() % (states_.size() - first_));
        if (states_.size() - first_ > 20) compare(states_.size() - 1 - random_() % 20), ++as_of_;
        const auto report = store->verify({});
        if (!report.problems.empty())
            throw std::runtime_error(fmt::format("verify: {}", fmt::join(report.problems, "; ")));
    }

    // The log tells which commits there are; each client's follow each other, those it was told of are there under
    // their numbers, and at most one more.
    void learn(const Store& store, const std::vector<Message>& messages) {
        const auto known = states_.size() - 1;
        const auto last = raw(store.last_tx());
        if (last < known) throw std::runtime_error(fmt::format("transaction {} is gone; the last is {}", known, last));
        const auto before = states_.back();
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> committed;
        for (const auto& record : store.log(last - known)) {
            auto state = states_.back();
            const auto client = static_cast<std::uint32_t>(std::stoul(record.info.author));
            if (raw(record.tx) != states_.size() || std::to_string(++state.at(client)) != record.info.reason)
                throw std::runtime_error(fmt::format("transaction {} is commit {} of client {}", raw(record.tx),
                                                     record.info.reason, client));
            committed[{client, state[client]}] = raw(record.tx);
            states_.push_back(state);
        }
        Numbers told = before;
        for (const auto& m : messages) {
            told.at(m.client) = m.number;
            const auto at = committed.find({m.client, m.number});
            if (at == committed.end() || at->second != m.tx)
                throw std::runtime_error(
                    fmt::format("commit {} of client {} was acknowledged as {} and is lost", m.number, m.client, m.tx));
        }
        for (std::uint32_t c = 0; c < clients; ++c) {
            if (states_.back()[c] > told[c] + 1)
                throw std::runtime_error(
                    fmt::format("client {} was told of {}, and {} are there", c, told[c], states_.back()[c]));
            in_flight_ += states_.back()[c] - told[c];
        }
    }

    const std::filesystem::path file_;
    Random& random_;
    std::uint64_t first_ = 0;
    std::vector<Numbers> states_;  // by transaction
    std::uint64_t acknowledged_ = 0, in_flight_ = 0, as_of_ = 0;
};

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kills_of_a_run = 25;
#else
constexpr std::uint64_t kills_of_a_run = 200;
#endif
constexpr std::uint64_t kills_of_a_file = 100;  // then another: checking all of one takes longer and longer

}  // namespace

TEST_CASE("Every acknowledged commit survives SIGKILL whole, and the file stays sound", "[crash]") {
    Random random(seed("crash"));
    const char* given = std::getenv("MAINSTAY_CRASHES");
    const std::uint64_t kills = given ? std::strtoull(given, nullptr, 10) : kills_of_a_run;
    std::array<std::uint64_t, static_cast<std::size_t>(Doing::count)> tally{};
    std::uint64_t acknowledged = 0, in_flight = 0, as_of = 0;
    const auto began = Clock::now();
    for (std::uint64_t i = 0; i < kills;) {
        const ScratchFolder folder;
        Victim victim(folder / "db", random);
        for (std::uint64_t k = 0; k < kills_of_a_file && i < kills; ++k, ++i) {
            INFO("kill " << i + 1 << ", " << k + 1 << " of this file");
            std::string problem;
            try {
                ++tally[static_cast<std::size_t>(victim.kill_once())];
            } catch (const std::exception& e) {
                problem = e.what();
            }
            REQUIRE(problem == "");
        }
        acknowledged += victim.acknowledged();
        in_flight += victim.in_flight();
        as_of += victim.as_of();
    }
    std::string running;
    for (std::size_t i = 0; i < tally.size(); ++i)
        running += fmt::format("{}{} {}", i ? ", " : "", names_of_doing[i], tally[i]);
    fmt::print("crash: {} kills ({}); {} commits acknowledged, {} more had been made; {} states as of compared; {} s\n",
               kills, running, acknowledged, in_flight, as_of,
               std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began).count());
}

}  // namespace mainstay::test
