// What breaks when Debian packages disappear, against answers confirmed by a SAT-based package solver.

#include "mainstay/core/analysis.hpp"
#include "support/debian.hpp"
#include "support/shared_data.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace mainstay {
namespace {

std::string data_path(const std::string& file) { return std::string{MAINSTAY_SHARED_DIR} + "/data/debian/" + file; }

bool data_is_there() { return test::shared_data("data/debian/impact.expected.json").has_value(); }

// Sorted names, and what is expected of them: count, hash, and the names themselves where they are few.
void compare_names(std::vector<std::string> names, const nlohmann::json& expected, const char* count_key) {
    std::sort(names.begin(), names.end());
    REQUIRE(names.size() == expected.at(count_key).get<std::size_t>());
    if (expected.contains("names")) REQUIRE(names == expected.at("names").get<std::vector<std::string>>());
    if (expected.contains("sha256_of_sorted_names")) {
        std::string lines;
        for (const std::string& name : names) lines += name + "\n";
        REQUIRE(test::sha256(lines) == expected.at("sha256_of_sorted_names").get<std::string>());
    }
}

void compare_snapshot(const std::string& snapshot, const std::string& file) {
    const test::DebianGraph debian = test::read_debian(data_path(file));
    const nlohmann::json all = nlohmann::json::parse(std::ifstream{data_path("impact.expected.json")});
    const nlohmann::json& expected = all.at(snapshot);
    REQUIRE(debian.packages.size() == expected.at("packages").get<std::size_t>());
    REQUIRE(debian.clauses == expected.at("clauses").get<std::size_t>());
    REQUIRE(debian.clause_options == expected.at("clause_option_pairs").get<std::size_t>());

    const Semantics semantics{debian.model, debian.graph.names()};
    const AnalysisGraph graph{debian.graph, debian.graph, semantics};
    const Baseline baseline = baseline_of(graph, false, nullptr, {});
    std::vector<std::string> names;
    const auto add = [&](NodeId node) {
        if (std::string name = debian.name_of(node); !name.empty()) names.push_back(std::move(name));
    };
    for (const auto& [node, state] : baseline.entries()) {
        if (state == State::down) add(node);  // others have lost an alternative, which is at_risk
    }
    std::sort(names.begin(), names.end());
    REQUIRE(names == expected.at("uninstallable_before_any_removal").get<std::vector<std::string>>());

    for (const char* kind : {"single", "joint"}) {
        for (const nlohmann::json& query : expected.at(kind)) {
            std::vector<NodeId> removed;
            for (const std::string name : query.at("removed")) removed.push_back(debian.packages.find(name)->second);
            INFO(snapshot << ", removed " << query.at("removed").dump());
            const Impact impact = impact_of(graph, removed, {}, baseline, {});
            names.clear();
            for (const ImpactRow& row : impact.rows()) {
                if (row.state == State::down) add(row.ci);
            }
            compare_names(names, query, "uninstallable");
            if (!query.contains("reverse_reachable")) continue;
            REQUIRE(dependents_of(graph, removed, std::nullopt, {}).size() ==
                    query.at("reverse_reachable").get<std::size_t>());
        }
    }
    if (!expected.contains("strong_dependencies")) return;
    for (const auto& [name, strong] : expected.at("strong_dependencies").items()) {
        INFO(snapshot << ", strong dependencies of " << name);
        const SinglePoints points = single_points_of_failure(graph, debian.packages.find(name)->second, baseline, {});
        names.clear();
        for (const NodeId node : points.cis) add(node);
        REQUIRE(names.size() == points.cis.size());
        compare_names(names, strong, "count");
    }
}

}  // namespace

TEST_CASE("removing packages of a Debian server breaks what a package solver says", "[analysis][debian]") {
    if (data_is_there()) compare_snapshot("server", "bookworm-server.packages");
}

TEST_CASE("removing packages of a Debian services set breaks what a package solver says", "[analysis][debian]") {
    if (data_is_there()) compare_snapshot("services", "bookworm-services.packages.gz");
}

TEST_CASE("removing packages of all of Debian breaks what a package solver says", "[analysis][debian]") {
    if (data_is_there()) compare_snapshot("full", "bookworm-full.packages.gz");
}

}  // namespace mainstay
