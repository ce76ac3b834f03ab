// Paths of the language against a slow matcher (path_oracle.hpp), on random graphs: the same bags, whatever the plan.

#include "mainstay/core/error.hpp"
#include "mainstay/query/database.hpp"
#include "query/path_oracle.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <set>

namespace mainstay::test {
namespace {

std::unique_ptr<Database> without_model(const ScratchFolder& folder, const std::string& name) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.initial_model = Model::empty();
    return Database::open(folder / name, std::move(options));
}

// --- patterns at random

struct Names {
    int nodes = 0, rels = 0, lists = 0;
    std::string node() { return "n" + std::to_string(nodes++); }
    std::string rel() { return "r" + std::to_string(rels++); }
    std::string list() { return "g" + std::to_string(lists++); }
};

HopText random_hop(Random& random, const std::string& name) {
    static constexpr const char* types[] = {"", "T", "T", "U", "T|U"};
    HopText hop{name, below(random, 3), types[below(random, 5)], 0};
    if (!name.empty() && chance(random, 25)) hop.w_min = 1;
    return hop;
}

NodePatternText random_node(Random& random, const std::string& name) {
    NodePatternText node{name, chance(random, 15), 0};
    if (!name.empty() && chance(random, 15)) node.x_min = 1;
    return node;
}

LinkText random_link(Random& random, Names& names, bool bounded) {
    LinkText link;
    const int kind = below(random, 10);
    link.kind = kind < 3   ? LinkText::Kind::single
                : kind < 5 ? LinkText::Kind::star
                : kind < 8 ? LinkText::Kind::quantified
                           : LinkText::Kind::group;
    if (link.kind == LinkText::Kind::group) {
        const int hops = 1 + below(random, 2);
        for (int i = 0; i < hops; ++i) link.hops.push_back(random_hop(random, chance(random, 60) ? names.list() : ""));
        for (int i = 0; i <= hops; ++i)
            link.nodes.push_back(random_node(random, chance(random, 60) ? names.list() : ""));
        if (hops == 2 && !link.nodes[0].name.empty() && chance(random, 15))
            link.nodes[2] = {link.nodes[0].name, false, 0};
        link.ascends = !link.nodes.front().name.empty() && !link.nodes.back().name.empty() && chance(random, 50);
    } else {
        link.hops.push_back(random_hop(random, chance(random, 60) ? names.rel() : ""));
        // Of `*` the variable is the list: a condition on each is written otherwise.
        if (link.kind == LinkText::Kind::star) link.hops[0].w_min = 0;
    }
    link.min = below(random, 3);
    link.max = bounded || chance(random, 50) ? link.min + below(random, 3) : -1;
    if (link.max == 0) link.max = 1;
    return link;
}

PartText random_part(Random& random, Names& names, int links, bool bounded, const std::string& first) {
    PartText part;
    part.nodes.push_back(random_node(random, first));
    for (int i = 0; i < links; ++i) {
        part.links.push_back(random_link(random, names, bounded));
        part.nodes.push_back(random_node(random, i + 1 == links || chance(random, 70) ? names.node() : ""));
    }
    return part;
}

// --- rows as text

std::string text_of(const std::vector<int>& ids) {
    std::string out = "[";
    for (std::size_t i = 0; i < ids.size(); ++i) out += (i ? ", " : "") + std::to_string(ids[i]);
    return out + "]";
}

std::string text_of(const Found& found, const std::vector<std::string>& names) {
    std::string row;
    for (const std::string& name : names) {
        const Bound& bound = found.bindings.at(name);
        row += (bound.list ? text_of(bound.ids) : std::to_string(bound.ids[0])) + " ";
    }
    return row + text_of(found.nodes) + text_of(found.rels);
}

// What a selector leaves of the candidates of one pair of ends: rows that must come, and lengths that must.
struct Case {
    std::vector<PartText> parts;
    std::string selector;  // "", "ANY", "ANY SHORTEST", "ALL SHORTEST", "SHORTEST 2", "SHORTEST 2 GROUPS", ...
    Mode mode = Mode::trail;
    bool mode_written = false;
    std::string where_inside, where_after;
    std::optional<std::size_t> length_not_inside, length_not_after;
    Bindings given;
    std::string before;

    bool is_function() const { return selector.ends_with("Path") || selector.ends_with("Paths"); }
};

const char* text_of(Mode mode) {
    switch (mode) {
        case Mode::walk: return "WALK ";
        case Mode::trail: return "TRAIL ";
        case Mode::acyclic: return "ACYCLIC ";
        case Mode::simple: return "SIMPLE ";
    }
    return "";
}

std::string pattern_of(const Case& c) {
    std::string text;
    for (std::size_t i = 0; i < c.parts.size(); ++i) {
        if (i > 0) text += ", ";
        if (i + 1 == c.parts.size()) text += "p = ";
        if (c.is_function()) {
            PartText part = c.parts[i];
            part.links[0].hops[0].w_min = 0;  // said in WHERE
            text += c.selector + "(" + part.text() + ")";
            continue;
        }
        if (!c.selector.empty()) text += c.selector.starts_with("SHORTEST") ? "" : c.selector + " ";
        std::string groups;
        if (c.selector.starts_with("SHORTEST")) {
            const std::size_t end = c.selector.find(" GROUPS");
            text += c.selector.substr(0, end) + " ";
            if (end != std::string::npos) groups = "PATH GROUPS ";
        }
        if (c.mode_written) text += text_of(c.mode);
        text += groups;
        text += c.where_inside.empty() ? c.parts[i].text() : "(" + c.parts[i].text() + " WHERE " + c.where_inside + ")";
    }
    return text;
}

using Bag = std::multiset<std::string>;

// The verdict on rows (text, length) of one pair of ends; empty: right.
std::string judge(const Case& c, const std::vector<std::pair<std::string, std::size_t>>& rows,
                  std::vector<std::pair<std::string, std::size_t>> all) {
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto digit = std::find_if(c.selector.begin(), c.selector.end(), [](char x) { return x >= '0' && x <= '9'; });
    const std::size_t count = digit == c.selector.end() ? 1 : static_cast<std::size_t>(*digit - '0');
    const bool groups =
        c.selector.starts_with("ALL SHORTEST") || c.selector == "allShortestPaths" || c.selector.ends_with("GROUPS");
    std::vector<std::pair<std::string, std::size_t>> chosen;
    std::size_t lengths = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == 0 || all[i].second != all[i - 1].second) ++lengths;
        if (c.selector.empty() || (groups ? lengths <= count : i < count)) chosen.push_back(all[i]);
    }
    std::multiset<std::size_t> wanted_lengths, got_lengths;
    Bag wanted, candidates, got;
    const auto counts = [&](std::size_t length) { return !c.length_not_after || length != *c.length_not_after; };
    for (const auto& [text, length] : all) candidates.insert(text);
    for (const auto& [text, length] : chosen)
        if (counts(length)) wanted.insert(text), wanted_lengths.insert(length);
    for (const auto& [text, length] : rows) got.insert(text), got_lengths.insert(length);
    if (c.selector.empty() || groups) return got == wanted ? "" : "other rows";
    if (!std::includes(candidates.begin(), candidates.end(), got.begin(), got.end())) return "rows that do not match";
    if (c.selector.starts_with("ANY") && !c.selector.ends_with("SHORTEST"))
        return got.size() == std::min(count, all.size()) ? "" : "another number of rows";
    return got_lengths == wanted_lengths ? "" : "other lengths";
}

// How often the slow matcher found something: a test of empty bags would show little.
int found_something = 0;

void compare(Database& database, const PathGraph& graph, const Case& c, ExecuteOptions options) {
    PathOracle oracle{graph, c.mode};
    std::vector<Found> found = oracle.match(c.parts, c.given);
    std::vector<std::string> names;
    std::string returns;
    const auto name = [&](const std::string& n, bool list) {
        if (n.empty() || std::find(names.begin(), names.end(), n) != names.end()) return;
        names.push_back(n);
        returns += list ? "[v IN " + n + " | v.id], " : n + ".id, ";
    };
    for (const PartText& part : c.parts) {
        for (const NodePatternText& node : part.nodes) name(node.name, false);
        for (const LinkText& link : part.links) {
            for (const HopText& hop : link.hops) name(hop.name, link.kind != LinkText::Kind::single);
            for (const NodePatternText& node : link.nodes) name(node.name, true);
        }
    }
    const std::string match =
        c.before + "MATCH " + pattern_of(c) + (c.where_after.empty() ? "" : " WHERE " + c.where_after);
    const std::string text =
        match + " RETURN " + returns + "[v IN nodes(p) | v.id], [v IN relationships(p) | v.id], length(p)";
    INFO(text << "\n" << graph.create());

    std::map<std::string, std::vector<std::pair<std::string, std::size_t>>> candidates, rows;
    const auto key = [&](const Found& f) {
        return c.selector.empty() ? std::string{}
                                  : std::to_string(f.nodes.front()) + "-" + std::to_string(f.nodes.back());
    };
    for (const Found& f : found) {
        const std::size_t length = f.rels.size();
        if (c.length_not_inside && length == *c.length_not_inside) continue;
        if (c.selector.empty() && c.length_not_after && length == *c.length_not_after) continue;
        candidates[key(f)].emplace_back(text_of(f, names), length);
    }
    found_something += found.empty() ? 0 : 1;
    std::set<std::string> all_keys;
    for (const auto& [k, v] : candidates) all_keys.insert(k);
    for (const std::vector<Value>& row : database.run(text, {}, options)->all()) {
        std::string line;
        for (std::size_t i = 0; i < names.size(); ++i) line += print(row[i]) + " ";
        const Value &nodes = row[names.size()], &rels = row[names.size() + 1];
        line += print(nodes) + print(rels);
        const std::string ends = c.selector.empty() ? ""
                                                    : std::to_string(nodes.as_list().front().as_int()) + "-" +
                                                          std::to_string(nodes.as_list().back().as_int());
        rows[ends].emplace_back(line, static_cast<std::size_t>(row.back().as_int()));
        all_keys.insert(ends);
    }
    for (const std::string& k : all_keys) {
        const std::string verdict = judge(c, rows[k], candidates[k]);
        if (verdict.empty()) continue;
        std::string shown = "ends " + k + ": " + verdict + "\nrows:\n";
        for (const auto& [line, length] : rows[k]) shown += line + "\n";
        shown += "of:\n";
        for (const auto& [line, length] : candidates[k]) shown += line + "\n";
        FAIL(shown);
    }

    // The same, of which nothing but the ends is wanted.
    if (!c.selector.empty() || c.parts.back().nodes.back().name.empty() || c.parts.back().nodes.front().name.empty() ||
        !c.where_after.empty())
        return;
    std::set<std::pair<std::int64_t, std::int64_t>> pairs, got;
    for (const Found& f : found)
        if (!c.length_not_inside || f.rels.size() != *c.length_not_inside)
            pairs.emplace(f.nodes.front(), f.nodes.back());
    const std::string ends = match + " RETURN DISTINCT " + c.parts.back().nodes.front().name + ".id, " +
                             c.parts.back().nodes.back().name + ".id";
    INFO(ends);
    for (const std::vector<Value>& row : database.run(ends, {}, options)->all())
        got.emplace(row[0].as_int(), row[1].as_int());
    CHECK(got == pairs);
}

Case random_case(Random& random, const PathGraph& graph) {
    Case c;
    Names names;
    const int what = below(random, 10);
    if (what < 3) {  // all of one or two parts
        const int parts = 1 + below(random, 2);
        for (int i = 0; i < parts; ++i) {
            // The later part begins at a node of the earlier one.
            const std::string first = i == 0 ? names.node() : c.parts[0].nodes.back().name;
            c.parts.push_back(random_part(random, names, 1 + below(random, 2), false, first));
        }
        if (chance(random, 30)) {
            c.mode_written = true;
            if (parts == 1) {
                static constexpr Mode modes[] = {Mode::trail, Mode::acyclic, Mode::simple};
                c.mode = modes[below(random, 3)];
            }
            if (parts > 1) c.mode_written = false;
        }
    } else if (what < 4) {
        c.parts.push_back(random_part(random, names, 1 + below(random, 2), true, names.node()));
        c.mode = Mode::walk;
        c.mode_written = true;
    } else if (what < 9) {
        static constexpr const char* selectors[] = {
            "ANY",        "ANY 2",      "ANY SHORTEST", "ANY SHORTEST",      "ALL SHORTEST",     "ALL SHORTEST",
            "SHORTEST 1", "SHORTEST 2", "SHORTEST 3",   "SHORTEST 1 GROUPS", "SHORTEST 2 GROUPS"};
        c.selector = selectors[below(random, 11)];
        static constexpr Mode modes[] = {Mode::trail, Mode::trail, Mode::walk, Mode::acyclic, Mode::simple};
        c.mode = modes[below(random, 5)];
        c.mode_written = c.mode != Mode::trail || chance(random, 20);
        c.parts.push_back(random_part(random, names, 1 + below(random, 3) / 2, c.mode == Mode::walk, names.node()));
        if (chance(random, 15)) {
            c.length_not_inside = 1 + below(random, 3);
            c.where_inside = "length(p) <> " + std::to_string(*c.length_not_inside);
        }
        if (chance(random, 15) && !(c.selector.starts_with("ANY") && !c.selector.ends_with("SHORTEST"))) {
            c.length_not_after = 1 + below(random, 3);
            c.where_after = "length(p) <> " + std::to_string(*c.length_not_after);
        }
    } else {
        c.selector = chance(random, 50) ? "shortestPath" : "allShortestPaths";
        PartText part = random_part(random, names, 1, false, names.node());
        LinkText& link = part.links[0];
        link = {};
        link.kind = chance(random, 85) ? LinkText::Kind::star : LinkText::Kind::single;
        link.hops.push_back(random_hop(random, ""));
        link.min = below(random, 2);
        link.max = chance(random, 50) ? link.min + 1 + below(random, 3) : -1;
        if (link.kind == LinkText::Kind::single) link.min = link.max = 1;
        c.parts.push_back(std::move(part));
        const int condition = below(random, 4);
        if (condition == 0) {  // of the older functions WHERE is about what they look for
            c.length_not_inside = 1 + below(random, 3);
            c.where_after = "length(p) <> " + std::to_string(*c.length_not_inside);
        } else if (condition == 1) {
            c.where_after = "all(r IN relationships(p) WHERE r.w >= 1)";
            c.parts[0].links[0].hops[0].w_min = 1;
        } else if (condition == 2) {
            c.where_after = "none(r IN relationships(p) WHERE r.w < 1)";
            c.parts[0].links[0].hops[0].w_min = 1;
        }
    }
    // Ends that are known: from an earlier clause.
    const int known = below(random, 4);
    std::vector<std::string> ends;
    if (known & 1) ends.push_back(c.parts.front().nodes.front().name);
    if (known & 2) ends.push_back(c.parts.front().nodes.back().name);
    for (const std::string& end : ends) {
        const int id = below(random, static_cast<int>(graph.nodes.size()));
        c.given[end] = {false, {id}};
        c.before += "MATCH (" + end + " {id: " + std::to_string(id) + "}) ";
    }
    if (!c.selector.empty() && chance(random, 10)) {  // back to where it began
        PartText& part = c.parts.back();
        if (part.nodes.back().name.empty() || c.given.contains(part.nodes.back().name)) return c;
        part.nodes.back() = {part.nodes.front().name, false, 0};
    }
    return c;
}

}  // namespace

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int graphs_usual = 40;
#else
constexpr int graphs_usual = 200;
#endif

TEST_CASE("path patterns give what a slow matcher gives", "[paths]") {
    const ScratchFolder folder;
    const char* given = std::getenv("MAINSTAY_SEED");
    const auto seed = given ? std::strtoull(given, nullptr, 10) : 20261130ULL;
    const char* more = std::getenv("MAINSTAY_PATH_GRAPHS");
    const int graphs = more ? std::atoi(more) : graphs_usual;
    CAPTURE(seed);
    Random random{seed};
    const auto database = without_model(folder, "graph");
    found_something = 0;
    for (int g = 0; g < graphs; ++g) {
        const PathGraph graph = random_graph(random);
        database->run("MATCH (n) DETACH DELETE n")->all();
        database->run(graph.create())->all();
        for (int i = 0; i < 60; ++i) {
            const Case c = random_case(random, graph);
            ExecuteOptions options;
            options.optimise = !chance(random, 25);
            options.batch_rows = chance(random, 25) ? 1 : 2048;
            compare(*database, graph, c, options);
        }
    }
    CHECK(found_something > graphs * 20);
}

namespace {

// 200 diamonds in a row: 2^200 paths from one end to the other.
std::unique_ptr<Database> ladder(const ScratchFolder& folder) {
    auto database = without_model(folder, "ladder");
    std::string text = "CREATE (n0:N {i: 0})";
    for (int i = 1; i <= 200; ++i) {
        const std::string from = "(n" + std::to_string(i - 1) + ")", to = "(n" + std::to_string(i);
        text += ", " + to + ":N {i: " + std::to_string(i) + "})";
        for (const char* side : {":L {i: ", ":R {i: "})
            text += ", " + from + "-[:T]->(" + side + std::to_string(i) + "})-[:T]->" + to + ")";
    }
    database->run(text)->all();
    return database;
}

}  // namespace

TEST_CASE("2^200 paths are not looked at one by one", "[paths]") {
    const ScratchFolder folder;
    const auto database = ladder(folder);
    const std::string ends = "MATCH (a:N {i: 0}), (b:N {i: 200}) ";
    const std::pair<std::string, std::int64_t> questions[] = {
        {ends + "MATCH p = shortestPath((a)-[:T*]->(b)) RETURN length(p)", 400},
        {ends + "MATCH p = shortestPath((a)-[:T*]-(b)) RETURN length(p)", 400},
        {ends + "RETURN length(shortestPath((b)<-[*]-(a)))", 400},
        {ends + "MATCH p = ANY SHORTEST (a)-[:T]->+(b) RETURN length(p)", 400},
        {ends + "MATCH p = ANY (a) ((x)-[:T]->(y)-[:T]->(z))+ (b) RETURN length(p)", 400},
        {ends + "MATCH p = ALL SHORTEST (a)-[:T]->+(b) WITH p LIMIT 7 RETURN sum(length(p))", 2800},
        {ends + "MATCH p = SHORTEST 5 (a)-[:T]->+(b) RETURN sum(length(p))", 2000},
        {ends + "MATCH p = SHORTEST 3 ACYCLIC (a)-[:T]-+(b) RETURN sum(length(p))", 1200},
        {"MATCH p = ANY SHORTEST (a:N {i: 0})-[:T]->+(b) RETURN count(p)", 600},
        {"MATCH (a:N {i: 0})-[:T]->+(b) RETURN count(DISTINCT b)", 600},
        {"MATCH (a:N {i: 0})-[:T]->*(b:N) RETURN count(DISTINCT b)", 201},
        {"MATCH (a:N {i: 0})-[r:T WHERE r.none IS NULL]->+(b) RETURN count(DISTINCT b)", 600},
        {"MATCH (a:N {i: 0})-[:T*1.. {none: 1}]->(b) RETURN count(DISTINCT b)", 0},
        {"MATCH (a:N {i: 0}) ((x)-[:T]->(y) WHERE x.i <= y.i)+ (b) RETURN count(DISTINCT b)", 600},
        {"MATCH ACYCLIC (a:N {i: 0})-[:T]-+(b) RETURN count(DISTINCT b)", 600},
        {"MATCH (a:N {i: 0})-[:T]-+(b) RETURN count(DISTINCT b)", 601},
    };
    for (const auto& [text, answer] : questions) {
        INFO(text);
        ExecuteOptions options;
        options.limits.time = std::chrono::seconds{20};
        CHECK(database->run(text, {}, options)->all().at(0).at(0).as_int() == answer);
    }
}

TEST_CASE("a search for paths can be stopped and is bounded in memory", "[paths]") {
    const ScratchFolder folder;
    const auto database = without_model(folder, "mesh");
    database->run("UNWIND range(1, 60) AS i CREATE (:N {i: i})")->all();
    database->run("MATCH (a:N), (b:N) WHERE a <> b CREATE (a)-[:T]->(b)")->all();
    const std::string endless[] = {
        "MATCH (a:N {i: 1}), (b:N {i: 2}) MATCH p = SHORTEST 100000000 (a)-[:T]->+(b) RETURN count(p)",
        "MATCH p = (a:N {i: 1}) ((x)-[:T]->(y)-[:T]->(z)){1,50} (b:N {i: 2}) RETURN count(p)",
        "MATCH p = shortestPath((a:N {i: 1})-[:T*]->(b:N {i: 2})) WHERE length(p) > 70 AND length(p) < 70 RETURN p"};
    for (const std::string& text : endless) {
        INFO(text);
        ExecuteOptions options;
        options.limits.time = std::chrono::milliseconds{200};
        try {
            database->run(text, {}, options)->all();
            FAIL("it came to an end");
        } catch (const Error& error) {
            CHECK(error.code() == Code::time_out);
        }
        auto cancellation = std::make_shared<Cancellation>();
        options = {};
        options.cancellation = cancellation;
        cancellation->cancel();
        CHECK_THROWS_AS(database->run(text, {}, options)->all(), Error);
    }
    ExecuteOptions options;
    options.limits.memory_bytes = std::uint64_t{1} << 20;
    try {
        database->run(endless[0], {}, options)->all();
        FAIL("it came to an end");
    } catch (const Error& error) {
        CHECK(error.code() == Code::memory_limit);
    }
}

}  // namespace mainstay::test
