// Statements at random over random graphs: the same bags from the planner, with its rules off, in batches of one row,
// from deltas and from segments, and from the reference interpreter (query/reference/).
//
// MAINSTAY_SEED=n begins elsewhere, MAINSTAY_STATEMENTS=n makes more or fewer, MAINSTAY_REACHED=1 prints what was met.

#include "query/reference/generator.hpp"
#include "query/reference/interpreter.hpp"
#include "query/reference/shrink.hpp"
#include "support/scratch.hpp"

#include "mainstay/query/database.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace mainstay::test {
namespace {

using namespace reference;
using Engine = mainstay::Database;

enum class Folded : std::uint8_t { nothing, half, all };
constexpr std::array folds = {Folded::nothing, Folded::half, Folded::all};

std::unique_ptr<Engine> open(const ScratchFolder& folder, const std::string& name, bool with_model, Folded folded) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = with_model ? Model::from_json(model_json) : Model::empty();
    options.store.fold = folded != Folded::nothing;
    options.store.map_bytes = std::uint64_t{1} << 32;
    auto database = Engine::open(folder / name, std::move(options));
    if (!with_model) database->run("CREATE CONSTRAINT FOR (n:A) REQUIRE n.id IS UNIQUE")->all();
    for (const char* index : {"(n:A) ON (n.x)", "(n:B) ON (n.s)", "(n:C) ON (n.x, n.y)", "(n:C) ON (n.y)"})
        database->run(std::string("CREATE INDEX FOR ") + index)->all();
    return database;
}

// The same graph as deltas, in segments, and in segments with changes on top.
class Graphs {
public:
    Graphs(const ScratchFolder& folder, bool with_model) : folder_(folder), with_model_(with_model) {}

    void load(const Graph& graph) {
        if (loads_++ % loads_of_a_file == 0) open_new();
        for (const Folded folded : folds) {
            Engine& database = at(folded);
            database.run("MATCH (n) DETACH DELETE n")->all();
            for (const std::string& statement : graph.first) database.run(statement)->all();
            if (folded == Folded::half) database.store().fold_all();
            for (const std::string& statement : graph.second) database.run(statement)->all();
            if (folded == Folded::all) database.store().fold_all();
        }
    }

    Engine& at(Folded folded) { return *databases_[static_cast<std::size_t>(folded)]; }

private:
    static constexpr int loads_of_a_file = 100;  // what was deleted would slow down later ones

    void open_new() {
        databases_.clear();
        for (const Folded folded : folds) {
            const std::string name =
                (with_model_ ? "model" : "free") + std::to_string(loads_) + "-" + std::to_string(databases_.size());
            databases_.push_back(open(folder_, name, with_model_, folded));
        }
    }

    const ScratchFolder& folder_;
    bool with_model_;
    int loads_ = 0;
    std::vector<std::unique_ptr<Engine>> databases_;
};

// --- rows of the engine as the reference shows them

Val number_of(const mainstay::Properties& source, auto element, const Names& names, Val (*as)(std::size_t)) {
    return as(static_cast<std::size_t>(source.property(element, names.find_key("id")).as_int()));
}

Val from_engine(const Value& v, const Names& names) {
    switch (v.type()) {
        case ValueType::null: return {};
        case ValueType::boolean: return boolean(v.as_bool());
        case ValueType::integer: return integer(v.as_int());
        case ValueType::floating: return floating(v.as_double());
        case ValueType::string: return text(std::string(v.as_string()));
        case ValueType::list: {
            Val out = list({});
            for (const Value& item : v.as_list()) out.items.push_back(from_engine(item, names));
            return out;
        }
        case ValueType::node: return number_of(*v.as_node().source, v.as_node().id, names, node);
        case ValueType::relationship: return number_of(*v.as_relationship().source, v.as_relationship().id, names, rel);
        case ValueType::path: {
            Val out;
            out.kind = Val::Kind::path;
            const PathData& path = v.as_path();
            for (std::size_t i = 0; i < path.nodes.size(); ++i) {
                if (i > 0) out.items.push_back(from_engine(Value{path.rels[i - 1]}, names));
                out.items.push_back(from_engine(Value{path.nodes[i]}, names));
            }
            return out;
        }
        default: return text("a value that no statement makes");
    }
}

Value to_engine(const Val& v) {
    switch (v.kind) {
        case Val::Kind::boolean: return v.i != 0;
        case Val::Kind::integer: return v.i;
        case Val::Kind::floating: return v.d;
        case Val::Kind::text: return v.s;
        default: return {};
    }
}

using Rows = std::vector<std::string>;

Rows shown(const Table& table, bool ordered) {
    Rows rows;
    for (const auto& values : table.rows) {
        std::string row;
        for (std::size_t i = 0; i < values.size(); ++i) row += (i ? " | " : "") + show(values[i]);
        rows.push_back(row);
    }
    if (!ordered) std::sort(rows.begin(), rows.end());
    return rows;
}

// --- one way to run a statement

struct Way {
    const char* name;
    Folded folded;
    bool optimise;
    std::uint32_t batch_rows;
};
constexpr std::array ways = {Way{"planner, deltas", Folded::nothing, true, 2048},
                             Way{"planner, segments", Folded::all, true, 2048},
                             Way{"planner, segments and deltas", Folded::half, true, 2048},
                             Way{"rules off", Folded::half, false, 2048},
                             Way{"batches of one row", Folded::half, true, 1},
                             Way{"rules off, batches of one row, segments", Folded::all, false, 1}};

// Whether a column has lists in no order.
bool is_bag(const Table& table, std::size_t column) {
    return std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row[column].bag; });
}

struct Answer {
    Rows rows;
    std::string error;    // its message, if there is no answer
    std::string message;  // with its place
};

Answer ask(Engine& database, const std::string& statement, const Parameters& parameters, const Way& way,
           const Table& expected, bool ordered) {
    ExecuteOptions options;
    options.optimise = way.optimise;
    options.batch_rows = way.batch_rows;
    options.limits.time = std::chrono::seconds{60};
    Answer answer;
    try {
        const auto result = database.run(statement, parameters, options);
        Table table{expected.columns, {}};
        while (const std::vector<Value>* row = result->next()) {
            auto& values = table.rows.emplace_back();
            for (const Value& v : *row) {
                values.push_back(from_engine(v, database.store().names()));
                values.back().bag = is_bag(expected, values.size() - 1);
            }
        }
        answer.rows = shown(table, ordered);
    } catch (const Error& error) {
        answer.error = error.message();
        answer.message = describe(error, statement);
    }
    return answer;
}

// Whether the rows come in the order of the last RETURN, which names every column where it has one.
bool is_ordered(const Query& query) { return query.parts.size() == 1 && !query.parts[0].back().order.empty(); }

struct Difference {
    std::string way, error, text;
};

std::optional<Difference> find_difference(Graphs& graphs, const Graph& graph, const Query& query, Reached& reached,
                                          bool& compared) {
    compared = false;
    Table expected;
    try {
        expected = interpret(graph, query, reached);
    } catch (const Unfit&) {
        return std::nullopt;
    }
    compared = true;
    const bool ordered = is_ordered(query);
    const Rows wanted = shown(expected, ordered);
    if (!wanted.empty()) ++reached["statements with rows"];
    if (ordered && wanted.size() > 1) ++reached["rows compared in order"];
    std::map<std::string, Val> values;
    find_parameters(query, values);
    Parameters parameters;
    for (const auto& [name, value] : values) parameters[name] = to_engine(value);
    if (!parameters.empty()) ++reached["parameters"];
    const std::string statement = print(query);
    for (const Way& way : ways) {
        const Answer answer = ask(graphs.at(way.folded), statement, parameters, way, expected, ordered);
        if (answer.error.empty() && answer.rows == wanted) continue;
        std::string text = std::string(way.name) + "\n" + statement + "\n";
        for (const auto& [name, value] : values) text += "$" + name + " = " + literal(value) + "\n";
        text += "expected:\n";
        for (const std::string& row : wanted) text += "  " + row + "\n";
        text += "got:\n";
        if (!answer.error.empty()) text += answer.message + "\n";
        for (const std::string& row : answer.rows) text += "  " + row + "\n";
        return Difference{way.name, answer.error, std::move(text)};
    }
    return std::nullopt;
}

// The smallest that is found by leaving out one thing after another, as long as it fails in the same manner.
Difference shrink(Graphs& graphs, Graph graph, Query query, Difference difference) {
    constexpr int tries_max = 20'000;
    int tries = 0;
    Reached ignored;
    bool compared = false;
    Random random{1};
    const auto fails = [&](const Graph& g, const Query& q) {
        if (++tries > tries_max) return false;
        const auto found = find_difference(graphs, g, q, ignored, compared);
        if (!found || found->error != difference.error) return false;
        difference = *found;
        return true;
    };
    for (bool smaller_found = true; smaller_found && tries < tries_max;) {
        smaller_found = false;
        for (const Query& one : smaller(query))
            if (fails(graph, one)) {
                query = one;
                smaller_found = true;
                break;
            }
        if (smaller_found) continue;
        for (Graph& one : smaller(graph)) {
            one.write_statements(random);
            graphs.load(one);
            if (fails(one, query)) {
                graph = one;
                smaller_found = true;
                break;
            }
        }
        graphs.load(graph);
    }
    for (const auto* part : {&graph.first, &graph.second}) {
        difference.text += part == &graph.first ? "graph:\n" : "then:\n";
        for (const std::string& statement : *part) difference.text += "  " + statement + ";\n";
    }
    return difference;
}

// One that mostly gives rows: of what gives none, all ways agree too easily.
Query query_with_rows(Random& random, const Graph& graph) {
    Query query;
    for (int tries = 0; tries < 5; ++tries) {
        query = random_query(random, graph.with_model);
        try {
            Reached ignored;
            if (!interpret(graph, query, ignored).rows.empty() || chance(random, 5)) break;
        } catch (const Unfit&) {
        }
    }
    return query;
}

unsigned long long setting(const char* name, unsigned long long otherwise) {
    const char* value = std::getenv(name);
    return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

void find_operators(const PlanNode& plan, Reached& operators) {
    ++operators[plan.name];
    for (const PlanNode& child : plan.children) find_operators(child, operators);
}

// Features that a test of this kind is worth little without, and how often of 1,000 compared statements at least.
constexpr std::pair<const char*, int> wanted_of_1000[] = {{"statements with rows", 500},
                                                          {"OPTIONAL MATCH with a match", 40},
                                                          {"OPTIONAL MATCH without a match", 60},
                                                          {"EXISTS true", 6},
                                                          {"EXISTS false", 15},
                                                          {"pattern predicate true", 5},
                                                          {"variable length 2 and more", 20},
                                                          {"named path", 40},
                                                          {"UNION of rows", 7},
                                                          {"LIMIT that drops rows", 12},
                                                          {"DISTINCT that drops rows", 25},
                                                          {"several groups", 20},
                                                          {"rows compared in order", 20},
                                                          {"COUNT {} of rows", 7},
                                                          {"CALL (...) {...}", 25},
                                                          {"relationship bound before", 1},
                                                          {"pattern comprehension", 1}};

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int statements_usual = 500;
#else
constexpr int statements_usual = 2'500;
#endif

}  // namespace

TEST_CASE("statements at random give what a slow interpreter gives, whatever the plan, batch and fold", "[random]") {
    constexpr int statements_of_a_graph = 25;
    const auto seed = setting("MAINSTAY_SEED", 20261130);
    const auto statements = static_cast<int>(setting("MAINSTAY_STATEMENTS", statements_usual));
    const auto differences_max = static_cast<int>(setting("MAINSTAY_DIFFERENCES", 1));
    CAPTURE(seed);
    const ScratchFolder folder;
    Graphs with_model{folder, true}, without_model{folder, false};
    Reached reached, operators;
    int compared_count = 0, made = 0, differences = 0;
    for (std::uint64_t g = 0; made < statements; ++g) {
        Random random{seed + g};
        const bool has_model = chance(random, 60);
        Graphs& graphs = has_model ? with_model : without_model;
        const Graph graph = random_graph(random, has_model);
        graphs.load(graph);
        for (int i = 0; i < statements_of_a_graph && made < statements; ++i, ++made) {
            const Query query = query_with_rows(random, graph);
            Reached here;
            bool compared = false;
            const auto difference = find_difference(graphs, graph, query, here, compared);
            if (difference) {
                INFO("MAINSTAY_SEED=" << seed + g << " MAINSTAY_STATEMENTS=" << i + 1 << "\nof: " << print(query));
                const Difference least = shrink(graphs, graph, query, *difference);
                if (++differences >= differences_max) FAIL(least.text);
                FAIL_CHECK(least.text);
                graphs.load(graph);
                continue;
            }
            if (!compared) continue;
            ++compared_count;
            for (const auto& [what, count] : here) reached[what] += std::min(count, 1);
            if (made % 10 == 0) {
                std::map<std::string, Val> values;
                find_parameters(query, values);
                Parameters parameters;
                for (const auto& [name, value] : values) parameters[name] = to_engine(value);
                const auto explained = graphs.at(Folded::half).run("EXPLAIN " + print(query), parameters);
                explained->all();
                if (explained->plan()) find_operators(*explained->plan(), operators);
            }
        }
    }
    if (setting("MAINSTAY_REACHED", 0) != 0) {
        std::printf("%d statements of %d compared\n", compared_count, made);
        for (const auto& [what, count] : reached) std::printf("%8d %s\n", count, what.c_str());
        std::printf("operators in the plans of a tenth:\n");
        for (const auto& [what, count] : operators) std::printf("%8d %s\n", count, what.c_str());
    }
    CHECK(compared_count > statements * 8 / 10);
    if (statements < 1'000) return;
    for (const auto& [what, count] : wanted_of_1000) {
        INFO(what);
        CHECK(reached[what] >= compared_count / 1'000 * count);
    }
}

}  // namespace mainstay::test
