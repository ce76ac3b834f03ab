// Every analysis against the oracle, on random graphs with random models. The seed of a graph is in every message.

#include "mainstay/core/analysis.hpp"
#include "support/oracle.hpp"
#include "support/random_failure_graph.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <set>
#include <sstream>

namespace mainstay {
namespace {

using test::Oracle;

// MAINSTAY_SOAK=1 runs fifty times as many; MAINSTAY_SEED=n starts elsewhere, or repeats a graph first.
std::uint32_t scaled(std::uint32_t count) { return std::getenv("MAINSTAY_SOAK") ? count * 50 : count; }
const std::uint32_t small_graphs = scaled(6000);
const std::uint32_t larger_graphs = scaled(250);

std::uint32_t first_seed() {
    const char* text = std::getenv("MAINSTAY_SEED");
    return text ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10)) : 1;
}

std::string print(std::optional<std::int64_t> margin) { return margin ? std::to_string(*margin) : "null"; }

std::string print(const CausePath& path) {
    std::ostringstream out;
    for (std::size_t i = 0; i < path.nodes.size(); ++i) {
        if (i > 0) out << " -[" << (i <= path.rels.size() ? raw(path.rels[i - 1]) : no_id) << "]- ";
        out << raw(path.nodes[i]);
    }
    return out.str();
}

template <typename Row>
std::string print(const Row& row, const CausePath& cause) {
    std::ostringstream out;
    out << raw(row.ci) << ' ' << name_of(row.state_before) << " -> " << name_of(row.state) << ", hops " << row.hops
        << ", margin " << print(row.margin_before) << " -> " << print(row.margin) << ", cause " << print(cause) << '\n';
    return out.str();
}

std::string print(const Impact& impact) {
    std::string result;
    for (std::size_t i = 0; i < impact.rows().size(); ++i) result += print(impact.rows()[i], impact.cause(i));
    return result;
}

std::string print(const Oracle::Result& result) {
    std::string text;
    for (const Oracle::Row& row : result.rows) text += print(row, row.cause);
    return text;
}

std::size_t already_down(std::span<const Notice> notices) {
    for (const Notice& notice : notices) {
        if (notice.code == "already_down") return std::stoul(notice.message);
    }
    return 0;
}

struct Comparison {
    Comparison(std::uint32_t the_seed, std::size_t nodes_max, double degree)
        : random(the_seed), seed(the_seed), made(random.make(nodes_max, degree)) {}

    void impacts() {
        for (const bool from_status : {false, true}) {
            for (const InjectedState when : {InjectedState::down, InjectedState::degraded}) {
                const std::vector<NodeId> failed = random.pick_some(made.nodes);
                const ImpactOptions options{when, from_status};
                const Oracle::Result expected = oracle.impact({failed.begin(), failed.end()}, options);
                const std::vector<NodeId>* seeds = random.chance(0.5) ? &made.nodes : nullptr;
                const Impact actual = impact_of(graph, failed, options, seeds, {});
                INFO("seed " << seed << ", from status " << from_status << ", degraded "
                             << (when == InjectedState::degraded) << ", first failed " << raw(failed.front()) << " of "
                             << failed.size());
                REQUIRE(print(actual) == print(expected));
                REQUIRE(already_down(actual.notices()) == expected.already_down);
            }
        }
    }

    void single_points() {
        const NodeId of = made.nodes[random.below(made.nodes.size())];
        INFO("seed " << seed << ", single points of failure of " << raw(of));
        const auto expected = oracle.single_points_of_failure(of);
        const std::vector<NodeId>* seeds = random.chance(0.5) ? &made.nodes : nullptr;
        const SinglePoints actual = single_points_of_failure(graph, of, seeds, {});
        const bool down = std::any_of(actual.notices.begin(), actual.notices.end(),
                                      [](const Notice& notice) { return notice.code == "already_down"; });
        REQUIRE(down == !expected.has_value());
        REQUIRE(actual.cis == expected.value_or(std::vector<NodeId>{}));
    }

    void reach() {
        const std::vector<NodeId> starts = random.pick_some(made.nodes);
        const std::optional<std::uint32_t> within = random.chance(0.3) ? std::optional{1u} : std::nullopt;
        for (const bool dependents : {false, true}) {
            INFO("seed " << seed << ", dependents " << dependents << " of " << raw(starts.front()));
            std::map<NodeId, std::uint32_t> expected = oracle.reach({starts.begin(), starts.end()}, dependents);
            if (within) std::erase_if(expected, [&](const auto& entry) { return entry.second > *within; });
            const auto rows =
                dependents ? dependents_of(graph, starts, within, {}) : dependencies_of(graph, starts, within, {});
            std::map<NodeId, std::uint32_t> actual;
            std::vector<std::pair<std::uint32_t, NodeId>> order;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                actual.emplace(rows.ci(i), rows.hops(i));
                order.emplace_back(rows.hops(i), rows.ci(i));
            }
            REQUIRE(actual == expected);
            REQUIRE(rows.size() == actual.size());
            REQUIRE(std::is_sorted(order.begin(), order.end()));
        }
    }

    test::RandomFailureGraphs random;
    std::uint32_t seed;
    test::RandomFailureGraph made;
    Semantics semantics{made.model, made.graph.names()};
    AnalysisGraph graph{made.graph, made.graph, semantics};
    Oracle oracle{made.model, made.graph, made.graph};
};

}  // namespace

TEST_CASE("impact is what the oracle says on small random graphs", "[analysis][random]") {
    for (std::uint32_t i = 0; i < small_graphs; ++i) Comparison{first_seed() + i, 14, 4}.impacts();
}

TEST_CASE("impact is what the oracle says on larger random graphs", "[analysis][random]") {
    for (std::uint32_t i = 0; i < larger_graphs; ++i) Comparison{first_seed() + 1'000'000 + i, 120, 2.5}.impacts();
}

TEST_CASE("single points of failure are what failing elements one by one says", "[analysis][random]") {
    for (std::uint32_t i = 0; i < small_graphs; ++i) Comparison{first_seed() + 2'000'000 + i, 12, 4}.single_points();
    for (std::uint32_t i = 0; i < larger_graphs / 5; ++i)
        Comparison{first_seed() + 3'000'000 + i, 80, 2.5}.single_points();
}

TEST_CASE("dependencies and dependents are what is reached edge by edge", "[analysis][random]") {
    for (std::uint32_t i = 0; i < small_graphs / 4; ++i) Comparison{first_seed() + 4'000'000 + i, 20, 3}.reach();
}

}  // namespace mainstay
