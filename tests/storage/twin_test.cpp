// The store against its twin: random histories of concurrent transactions, conflicts, constraints, models, bulk loads,
// folds and reopenings; after every step what views show is compared. MAINSTAY_SEED repeats a run, MAINSTAY_HISTORIES
// sets how many.

#include "storage/twin_compare.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/storage/bulk.hpp"
#include "support/random_value.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <memory>

namespace mainstay::test {
namespace {

using Random = std::mt19937_64;

// What a transaction touches, to say which two may both commit.
struct Footprint {
    std::set<std::tuple<ElementKind, std::uint32_t, std::size_t>> properties;  // of elements that were there
    std::set<std::pair<ElementKind, std::uint32_t>> written, deleted;
    std::set<std::uint32_t> relabelled, connected;  // nodes
    bool definitions = false;
    void add(const Footprint& o) {
        properties.insert(o.properties.begin(), o.properties.end());
        written.insert(o.written.begin(), o.written.end());
        deleted.insert(o.deleted.begin(), o.deleted.end());
        relabelled.insert(o.relabelled.begin(), o.relabelled.end());
        connected.insert(o.connected.begin(), o.connected.end());
        definitions |= o.definitions;
    }
    // True if at most one of the two may commit (the other way round is asked too).
    bool forbids(const Footprint& o) const {
        for (const auto& p : properties)
            if (o.properties.contains(p) || o.deleted.contains({std::get<0>(p), std::get<1>(p)})) return true;
        for (const auto& e : deleted)
            if (o.deleted.contains(e) || (e.first == ElementKind::node && o.connected.contains(e.second))) return true;
        for (const auto node : relabelled)
            if (o.relabelled.contains(node) || o.deleted.contains({ElementKind::node, node})) return true;
        return definitions && (o.definitions || !o.written.empty());
    }
    std::set<std::uint32_t> nodes() const {
        std::set<std::uint32_t> all = connected;
        for (const auto& [kind, id] : written)
            if (kind == ElementKind::node) all.insert(id);
        return all;
    }
};

// What the histories of a run came to: that none of it is rare.
struct Tally {
    std::uint64_t commits = 0, conflicts = 0, broken = 0, definitions = 0, loads = 0, loads_refused = 0, loads_lost = 0,
                  folds = 0, reopenings = 0, views = 0, deltas = 0, history = 0;
};

class Twin {
public:
    Twin(const std::filesystem::path& file, Random& random, Tally& tally)
        : file_(file), random_(random), tally_(tally) {
        options_.mode = OpenMode::create_if_missing;
        options_.durability = Durability::none;
        options_.map_bytes = std::uint64_t{1} << 30;
        options_.clock = [this] { return clock_ += below(3); };
        options_.fold = below(4) != 0;
        options_.fold_slots = static_cast<std::uint32_t>(1 + below(12));
        graph_.model = static_cast<TwinModel>(below(3));
        options_.initial_model = model_of(graph_.model);
        store_ = Store::open(file_, options_);
        known_.push_back(TwinGraph{});
        if (graph_.model != TwinModel::none) known_.push_back(graph_);
    }

    void run(std::size_t steps) {
        for (std::size_t i = 0; i < steps; ++i) {
            step();
            compare();
        }
        compare_all();
    }

private:
    std::uint64_t below(std::uint64_t n) { return random_() % n; }

    // --- random material
    Value value(std::size_t key) {
        if (key >= twin_date_keys) {
            // Begins lie before ends: the store refuses it otherwise.
            const auto day = static_cast<std::int64_t>(key == twin_date_keys ? below(3) : 3 + below(2));
            switch (below(5)) {
                case 0: return LocalDateTime{day * 86'400 + 1, 5000};
                case 1: {
                    DateTime d;
                    d.seconds = day * 86'400;
                    d.offset = 3600;
                    return d;
                }
                case 2: return {};
                default: return Date{day};
            }
        }
        switch (below(12)) {
            case 0: return {};
            case 1: return below(2) == 0;
            case 2: return static_cast<double>(below(5)) / 2;
            case 3: return std::string(below(3) == 0 ? 500 : 3, 'x') + std::to_string(below(3));
            case 4: return Date{static_cast<std::int64_t>(below(3))};
            case 5: return Value::list({static_cast<std::int64_t>(below(2)), Value{"y"}});
            case 6: {
                auto v = random_value(random_, 0);
                return is_storable(v) && !(v.is(ValueType::floating) && v.as_double() != v.as_double()) ? v : Value{};
            }
            case 7: return std::string(1, static_cast<char>('a' + below(3))) + std::string(below(2), '\0');
            default: return static_cast<std::int64_t>(below(key == twin_unique_key ? 12 : 4));
        }
    }
    TwinProperties properties() {
        TwinProperties all;
        for (std::size_t k = 0; k < twin_keys.size(); ++k)
            if (below(3) == 0)
                if (auto v = value(k); !v.is_null()) all.emplace(k, std::move(v));
        return all;
    }
    std::set<std::size_t> labels() {
        std::set<std::size_t> all;
        for (std::size_t l = 0; l < twin_labels.size(); ++l)
            if (below(3) == 0) all.insert(l);
        return all;
    }
    static PropertyList list_of(const TwinProperties& properties, auto& names) {
        PropertyList list;
        for (const auto& [k, v] : properties) list.emplace_back(names.key(twin_keys[k]), v);
        return list;
    }
    static std::vector<LabelId> ids_of(const std::set<std::size_t>& labels, auto& names) {
        std::vector<LabelId> ids;
        for (const auto l : labels) ids.push_back(names.label(twin_labels[l]));
        return ids;
    }
    std::optional<std::uint32_t> any_of(const auto& elements) {
        if (elements.empty()) return std::nullopt;
        return std::next(elements.begin(), static_cast<std::ptrdiff_t>(below(elements.size())))->first;
    }
    ValidTime any_valid_time() {
        if (below(2)) return {};
        return {static_cast<std::int64_t>(below(6)) * 86'400'000'000 - 43'200'000'000};
    }

    // --- transactions
    struct Open {
        std::unique_ptr<Transaction> transaction;
        TwinGraph graph;  // as this transaction sees it
        std::vector<SchemaEntry> schema;
        std::size_t base = 0;  // number of the commit it began at
        Footprint footprint;
        std::set<std::uint32_t> created_nodes, created_rels;
        std::vector<std::string> dropped;
        std::vector<SchemaEntry> added;
        bool failed = false;  // a constraint was broken: rollback is left
    };

    std::unique_ptr<Open> begin() {
        auto open = std::make_unique<Open>();
        open->transaction = store_->begin(any_valid_time());
        open->graph = graph_;
        open->schema = schema_;
        open->base = known_.size();
        return open;
    }

    void write_node(Open& t, std::uint32_t id) { t.footprint.written.insert({ElementKind::node, id}); }
    void connect(Open& t, const TwinRel& rel) { t.footprint.connected.insert({rel.source, rel.target}); }

    void delete_rel(Open& t, std::uint32_t id) {
        if (!t.created_rels.contains(id)) connect(t, t.graph.rels.at(id));
        t.footprint.written.insert({ElementKind::relationship, id});
        if (!t.created_rels.contains(id)) t.footprint.deleted.insert({ElementKind::relationship, id});
        t.graph.rels.erase(id);
    }

    void operate(Open& t) {
        auto& tx = *t.transaction;
        switch (below(12)) {
            case 0:
            case 1:
            case 2: {
                TwinNode node{labels(), properties()};
                const auto id = raw(tx.create_node(ids_of(node.labels, tx), list_of(node.properties, tx)));
                if (!t.graph.nodes.emplace(id, std::move(node)).second)
                    throw std::runtime_error(fmt::format("node id {} is used twice", id));
                t.created_nodes.insert(id);
                break;
            }
            case 3:
            case 4:
            case 5: {
                const auto source = any_of(t.graph.nodes), target = any_of(t.graph.nodes);
                if (!source) return;
                TwinRel rel{below(twin_types.size()), *source, *target, properties()};
                const auto id = raw(tx.create_relationship(tx.type(twin_types[rel.type]), NodeId{*source},
                                                           NodeId{*target}, list_of(rel.properties, tx)));
                if (!t.graph.rels.emplace(id, std::move(rel)).second)
                    throw std::runtime_error(fmt::format("relationship id {} is used twice", id));
                t.created_rels.insert(id);
                t.footprint.written.insert({ElementKind::relationship, id});
                break;
            }
            case 6:
            case 7: {
                const auto id = any_of(t.graph.nodes);
                if (!id) return;
                const auto k = below(twin_keys.size());
                set(t, ElementKind::node, *id, k, t.graph.nodes.at(*id).properties, t.created_nodes.contains(*id));
                break;
            }
            case 8: {
                const auto id = any_of(t.graph.rels);
                if (!id) return;
                const auto k = below(twin_keys.size());
                set(t, ElementKind::relationship, *id, k, t.graph.rels.at(*id).properties,
                    t.created_rels.contains(*id));
                break;
            }
            case 9: {
                const auto id = any_of(t.graph.nodes);
                if (!id) return;
                auto& node = t.graph.nodes.at(*id);
                const auto l = below(twin_labels.size());
                const bool had = node.labels.contains(l);
                if (below(2) == 0) {
                    tx.add_label(NodeId{*id}, tx.label(twin_labels[l]));
                    node.labels.insert(l);
                } else {
                    tx.remove_label(NodeId{*id}, tx.label(twin_labels[l]));
                    node.labels.erase(l);
                }
                if (had != node.labels.contains(l)) {
                    write_node(t, *id);
                    if (!t.created_nodes.contains(*id)) t.footprint.relabelled.insert(*id);
                }
                break;
            }
            case 10: {
                const auto id = any_of(t.graph.rels);
                if (!id) return;
                tx.delete_relationship(RelId{*id});
                delete_rel(t, *id);
                break;
            }
            default: {
                const auto id = any_of(t.graph.nodes);
                if (!id) return;
                tx.detach_node(NodeId{*id});
                tx.delete_node(NodeId{*id});
                std::vector<std::uint32_t> rels;
                for (const auto& [r, rel] : t.graph.rels)
                    if (rel.source == *id || rel.target == *id) rels.push_back(r);
                for (const auto r : rels) delete_rel(t, r);
                t.graph.nodes.erase(*id);
                write_node(t, *id);
                if (!t.created_nodes.contains(*id)) t.footprint.deleted.insert({ElementKind::node, *id});
            }
        }
    }

    void set(Open& t, ElementKind kind, std::uint32_t id, std::size_t k, TwinProperties& at, bool is_new) {
        const auto v = value(k);
        auto& tx = *t.transaction;
        const auto key = tx.key(twin_keys[k]);
        if (kind == ElementKind::node)
            tx.set_property(NodeId{id}, key, v);
        else
            tx.set_property(RelId{id}, key, v);
        if (identical(twin::find(at, k), v)) return;
        if (v.is_null())
            at.erase(k);
        else
            at[k] = v;
        t.footprint.written.insert({kind, id});
        if (!is_new) t.footprint.properties.insert({kind, id, k});
    }

    bool satisfied(const TwinGraph& graph, const std::vector<SchemaEntry>& schema) const {
        return std::all_of(schema.begin(), schema.end(), [&](const SchemaEntry& e) { return graph.satisfies(e); });
    }

    // Ends a statement; a broken constraint must be noticed, and nothing else. Only what the statement wrote is looked
    // at, so the twin's state was whole before.
    void finish(Open& t) {
        const bool good = satisfied(t.graph, t.schema);
        try {
            t.transaction->finish_statement();
            if (!good) throw std::runtime_error("a broken constraint was not noticed");
        } catch (const Error& error) {
            if (error.code() != Code::constraint_violation || good)
                throw std::runtime_error(std::string("finish_statement: ") + error.what());
            t.failed = true;
            ++tally_.broken;
        }
    }

    void define(Open& t) {
        auto& tx = *t.transaction;
        t.footprint.definitions = true;
        if (below(4) == 0) {
            auto model = static_cast<TwinModel>(below(3));
            auto before = t.graph;
            t.graph.model = model;
            const bool good = satisfied(t.graph, t.schema);
            try {
                tx.set_model(model_of(model));
                if (!good) throw std::runtime_error("a model that breaks a constraint was taken");
            } catch (const Error& error) {
                if (good) throw std::runtime_error(std::string("set_model: ") + error.what());
                t.failed = true;
            }
            return;
        }
        if (!t.schema.empty() && below(3) == 0) {
            const auto at = t.schema.begin() + static_cast<std::ptrdiff_t>(below(t.schema.size()));
            tx.drop_schema(at->name);
            t.schema.erase(at);
            return;
        }
        SchemaEntry entry;
        entry.name = fmt::format("index{}", ++names_);
        entry.kind =
            below(3) == 0 ? (below(4) == 0 ? SchemaKind::exists : SchemaKind::unique) : SchemaKind::range_index;
        entry.element =
            entry.kind != SchemaKind::unique && below(3) == 0 ? ElementKind::relationship : ElementKind::node;
        entry.label = entry.element == ElementKind::node ? twin_labels[below(twin_labels.size())]
                                                         : twin_types[below(twin_types.size())];
        entry.keys = {std::string(twin_keys[entry.kind == SchemaKind::unique ? twin_unique_key : below(4)])};
        if (below(4) == 0) entry.keys.emplace_back(twin_keys[3]);
        if (entry.keys.size() == 2 && entry.keys[0] == entry.keys[1]) entry.keys.pop_back();
        const bool good = t.graph.satisfies(entry);
        try {
            entry.id = tx.create_schema(entry);
            if (!good) throw std::runtime_error(fmt::format("{} was made on data that breaks it", entry.name));
            t.schema.push_back(entry);
        } catch (const Error& error) {
            if (error.code() != Code::constraint_violation || good)
                throw std::runtime_error(std::string("create_schema: ") + error.what());
            t.failed = true;
        }
    }

    void work(Open& t) {
        for (auto n = 1 + below(4); n > 0 && !t.failed; --n) {
            if (below(t.graph.nodes.size() < 3 ? 3 : 12) == 0) define(t);
            for (auto m = below(6); m > 0 && !t.failed; --m) operate(t);
            if (!t.failed) finish(t);
        }
        if (!t.failed && below(3) == 0) {
            try {
                expect_same(t.transaction->view(), t.graph, random_);
                const auto other = t.transaction->view_at(any_valid_time());
                expect_same(*other, t.graph, random_);
            } catch (const std::runtime_error& problem) {
                throw std::runtime_error(fmt::format("in a transaction on {}{}: {}", t.base - 1,
                                                     t.footprint.definitions ? " with definitions" : "",
                                                     problem.what()));
            }
        }
    }

    // The transaction's changes on top of what others committed since.
    TwinGraph merged(const Open& t) const {
        auto g = graph_;
        for (const auto& [kind, id] : t.footprint.deleted)
            if (kind == ElementKind::node)
                g.nodes.erase(id);
            else
                g.rels.erase(id);
        for (const auto id : t.created_nodes)
            if (const auto at = t.graph.nodes.find(id); at != t.graph.nodes.end()) g.nodes[id] = at->second;
        for (const auto id : t.created_rels)
            if (const auto at = t.graph.rels.find(id); at != t.graph.rels.end()) g.rels[id] = at->second;
        for (const auto& [kind, id, k] : t.footprint.properties) {
            const auto copy = [&](const auto& from, auto& to) {
                const auto at = from.find(id);
                if (at == from.end() || !to.contains(id)) return;
                if (const auto& v = twin::find(at->second.properties, k); v.is_null())
                    to.at(id).properties.erase(k);
                else
                    to.at(id).properties[k] = v;
            };
            if (kind == ElementKind::node)
                copy(t.graph.nodes, g.nodes);
            else
                copy(t.graph.rels, g.rels);
        }
        for (const auto id : t.footprint.relabelled)
            if (const auto at = t.graph.nodes.find(id); at != t.graph.nodes.end() && g.nodes.contains(id))
                g.nodes.at(id).labels = at->second.labels;
        if (t.footprint.definitions) g.model = t.graph.model;
        return g;
    }

    void commit(std::unique_ptr<Open> t) {
        if (t->failed || below(8) == 0) return;  // rolls back
        // What was made and deleted again asks for nothing.
        for (const auto id : t->created_rels)
            if (const auto rel = t->graph.rels.find(id); rel != t->graph.rels.end()) connect(*t, rel->second);
        Footprint others;
        for (auto i = t->base; i < known_.size(); ++i) others.add(footprints_[i]);
        const bool alone = t->base == known_.size();
        const bool forbidden = !alone && (t->footprint.forbids(others) || others.forbids(t->footprint));
        auto result_graph = merged(*t);
        const bool has_writes = t->transaction->has_writes();
        const auto result = t->transaction->commit({"twin", "test", "", ""});
        if (!has_writes) return;
        if (!result) {
            ++tally_.conflicts;
            if (alone) throw std::runtime_error("a transaction lost against nobody");
            const auto mine = t->footprint.nodes(), theirs = others.nodes();
            const auto& written = t->footprint.written;
            const bool apart =
                std::none_of(mine.begin(), mine.end(), [&](auto n) { return theirs.contains(n); }) &&
                std::none_of(written.begin(), written.end(), [&](const auto& e) { return others.written.contains(e); });
            if (apart && schema_.empty() && !others.definitions && !t->footprint.definitions)
                throw std::runtime_error("a transaction lost against one that it has nothing in common with");
            return;
        }
        if (forbidden) throw std::runtime_error("two transactions with a common write both committed");
        if (raw(result->tx) != known_.size())
            throw std::runtime_error(fmt::format("transaction {} where {} was due", raw(result->tx), known_.size()));
        take(std::move(result_graph), t->footprint);
        if (t->footprint.definitions) schema_ = t->schema, ++tally_.definitions;
        ++tally_.commits;
    }

    void take(TwinGraph graph, Footprint footprint) {
        graph_ = std::move(graph);
        footprints_.resize(known_.size());
        footprints_.push_back(std::move(footprint));
        known_.push_back(graph_);
    }

    // --- bulk loads
    void bulk_load() {
        auto loader = BulkLoader::start(*store_);
        auto loaded = graph_;
        TwinGraph added;
        Footprint footprint;
        const bool changed_between = below(3) == 0;
        const auto model_before = graph_.model;
        const auto nodes = below(12);
        for (std::uint64_t i = 0; i < nodes; ++i) {
            TwinNode node{labels(), properties()};
            const auto id = raw(loader->add_node(ids_of(node.labels, *loader), list_of(node.properties, *loader)));
            if (loaded.nodes.contains(id)) throw std::runtime_error(fmt::format("node id {} is used twice", id));
            loaded.nodes.emplace(id, node);
            added.nodes.emplace(id, std::move(node));
        }
        for (std::uint64_t i = below(16); i > 0 && !loaded.nodes.empty(); --i) {
            TwinRel rel{below(twin_types.size()), *any_of(loaded.nodes), *any_of(loaded.nodes), properties()};
            const auto id = raw(loader->add_relationship(loader->type(twin_types[rel.type]), NodeId{rel.source},
                                                         NodeId{rel.target}, list_of(rel.properties, *loader)));
            if (loaded.rels.contains(id)) throw std::runtime_error(fmt::format("relationship id {} is used twice", id));
            loaded.rels.emplace(id, rel);
            added.rels.emplace(id, std::move(rel));
        }
        if (changed_between) {
            transactions();
            compare();
        }
        if (below(5) == 0) return;  // given up
        auto result_graph = graph_;
        bool whole = true;
        for (const auto& [id, node] : added.nodes) result_graph.nodes.emplace(id, node);
        for (const auto& [id, rel] : added.rels) {
            whole &= result_graph.nodes.contains(rel.source) && result_graph.nodes.contains(rel.target);
            result_graph.rels.emplace(id, rel);
            footprint.connected.insert({rel.source, rel.target});
        }
        const bool good = whole && satisfied(result_graph, schema_);
        try {
            const auto result = loader->finish({"twin", "bulk", "load", ""}, {});
            if (added.nodes.empty() && added.rels.empty()) return;
            if (!good) throw std::runtime_error("a load that breaks a constraint was taken");
            if (raw(result.tx) != known_.size()) throw std::runtime_error("a load got an unexpected number");
            take(std::move(result_graph), footprint);
            ++tally_.loads;
        } catch (const Error& error) {
            ++(error.code() == Code::write_conflict ? tally_.loads_lost : tally_.loads_refused);
            if (changed_between && error.code() == Code::write_conflict) return;
            if (good || (error.code() != Code::constraint_violation && error.code() != Code::entity_not_found) ||
                model_before != graph_.model)
                throw std::runtime_error(std::string("bulk load: ") + error.what());
        }
    }

    // --- steps
    void transactions() {
        std::vector<std::unique_ptr<Open>> open;
        for (auto n = 1 + below(2) * below(3); n > 0; --n) {
            open.push_back(begin());
            if (below(2)) work(*open.back());
        }
        for (auto& t : open)
            if (!t->failed && t->transaction) work(*t);
        while (!open.empty()) {
            const auto at = open.begin() + static_cast<std::ptrdiff_t>(below(open.size()));
            commit(std::move(*at));
            open.erase(at);
        }
    }

    void step() {
        switch (below(10)) {
            case 0: bulk_load(); break;
            case 1:
                store_->fold_all();
                ++tally_.folds;
                break;
            case 2:
                reopen();
                ++tally_.reopenings;
                break;
            default: transactions();
        }
    }

    void reopen() {
        store_.reset();
        options_.mode = OpenMode::read_write;
        options_.fold = below(4) != 0;
        store_ = Store::open(file_, options_);
    }

    void compare_at(std::size_t tx) {
        Store::ViewOptions options;
        options.as_of = TxNumber{tx};
        options.valid = any_valid_time();
        const auto view = store_->view(options);
        try {
            expect_same(*view, known_[tx], random_);
            ++tally_.views;
        } catch (const std::runtime_error& problem) {
            throw std::runtime_error(fmt::format("as of {} of {} at {}: {}", tx, known_.size() - 1,
                                                 options.valid->at ? std::to_string(*options.valid->at) : "all",
                                                 problem.what()));
        }
    }

    void compare() {
        if (raw(store_->last_tx()) + 1 != known_.size())
            throw std::runtime_error("the store has another number of transactions");
        Store::ViewOptions options;
        options.valid = any_valid_time();
        try {
            expect_same(*store_->view(options), graph_, random_);
        } catch (const std::runtime_error& problem) {
            throw std::runtime_error(fmt::format("now ({}) at {}: {}", known_.size() - 1,
                                                 options.valid->at ? std::to_string(*options.valid->at) : "all",
                                                 problem.what()));
        }
        compare_at(below(known_.size()));
        ++tally_.views;
        const auto stats = store_->stats();
        tally_.deltas += stats.delta_rows;
        tally_.history += stats.history_rows;
    }

    void compare_all() {
        for (int i = 0; i < 2; ++i) {
            for (std::size_t tx = 0; tx < known_.size(); tx += 1 + below(3)) compare_at(tx);
            if (const auto report = store_->verify({}); !report.problems.empty())
                throw std::runtime_error(fmt::format("verify: {}", fmt::join(report.problems, "; ")));
            if (i == 0) store_->fold_all();
        }
    }

    std::filesystem::path file_;
    Random& random_;
    Tally& tally_;
    OpenOptions options_;
    std::int64_t clock_ = 1'000'000;
    std::unique_ptr<Store> store_;
    TwinGraph graph_;
    std::vector<TwinGraph> known_;       // by transaction
    std::vector<Footprint> footprints_;  // likewise
    std::vector<SchemaEntry> schema_;
    int names_ = 0;
};

// A sanitizer makes each a dozen times slower; the plain build runs them all.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t histories_of_a_run = 60;
#else
constexpr std::uint64_t histories_of_a_run = 1000;
#endif

}  // namespace

TEST_CASE("A store shows what its twin shows, now, earlier and in a transaction", "[twin]") {
    const auto first = seed("twin");
    const char* given = std::getenv("MAINSTAY_HISTORIES");
    const std::uint64_t histories = given ? std::strtoull(given, nullptr, 10) : histories_of_a_run;
    const ScratchFolder folder;
    Tally tally;
    for (std::uint64_t i = 0; i < histories; ++i) {
        Random random(first + i);
        const auto file = folder / fmt::format("twin{}.mst", i);
        std::string problem;
        try {
            Twin twin(file, random, tally);
            twin.run(3 + random() % 12);
        } catch (const std::exception& e) {
            problem = e.what();
        }
        std::filesystem::remove(file);
        std::filesystem::remove(file.string() + "-lock");
        INFO("MAINSTAY_SEED=" << first + i << " MAINSTAY_HISTORIES=1");
        REQUIRE(problem == "");
    }
    std::cout << fmt::format(
        "twin: {} histories, {} commits ({} with definitions), {} conflicts, {} broken constraints, {} loads ({} "
        "refused, {} lost), {} folds, "
        "{} reopenings, {} views compared; on average {} delta and {} history rows\n",
        histories, tally.commits, tally.definitions, tally.conflicts, tally.broken, tally.loads, tally.loads_refused,
        tally.loads_lost, tally.folds, tally.reopenings, tally.views, tally.deltas / (tally.views / 2 + 1),
        tally.history / (tally.views / 2 + 1));
}

}  // namespace mainstay::test
