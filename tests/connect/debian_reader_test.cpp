#include "readers/debian.hpp"

#include "support/shared_data.hpp"
#include "text_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

struct Read {
    std::vector<ImportProblem> problems;
    Model model;
    ClassRules rules{model};
    Observations observations{rules, problems};
    std::uint64_t stanzas = 0;

    explicit Read(std::string_view text, const Model& base = Model::empty()) : model(debian_model(base)) {
        const std::uint32_t file = observations.add_file("Packages");
        stanzas = read_debian(text, observations, file, {});
    }
    std::string name(std::uint32_t node) const { return to_text(observations.nodes()[node].key[0]); }
    // "a -> b [group]", sorted.
    std::vector<std::string> edges() const {
        std::vector<std::string> lines;
        for (const auto& rel : observations.rels())
            lines.push_back(name(rel.from.node) + " -> " + name(rel.to.node) + " [" + to_text(rel.group) + "]");
        std::sort(lines.begin(), lines.end());
        return lines;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("every clause is a group with one relationship a satisfier", "[debian]") {
    const Read read{
        "Package: a\nPre-Depends: b (>= 1)\nDepends: c:any | v, b (<< 9)\n\nPackage: b\n\nPackage: c\n\n"
        "Package: d\nProvides: v (= 2), w\n"};
    CHECK(read.stanzas == 4);
    CHECK(read.edges() == Lines{"a -> b [b]", "a -> c [c | v]", "a -> d [c | v]"});
    CHECK(read.problems.empty());
}

TEST_CASE("a clause that the package meets itself is left out", "[debian]") {
    CHECK(Read{"Package: a\nProvides: v\nDepends: v | b\n\nPackage: b\n"}.edges().empty());
}

TEST_CASE("a clause that nothing meets is a gate the package depends on", "[debian]") {
    const Read read{"Package: a\nDepends: missing (>= 2) | gone\n"};
    CHECK(read.edges() == Lines{"a -> a: missing | gone [null]"});
    CHECK(read.model.is_gate("UnmetDependency"));
    CHECK(read.model.requires_of("UnmetDependency") == Lines{"SATISFIED_BY"});
}

TEST_CASE("continued lines, comments and field names in any case are read", "[debian]") {
    const Read read{"# note\npackage: a\nDEPENDS: b,\n c\nDescription: x\n long\n\n\n\nPackage: b\r\n\r\nPackage: c"};
    CHECK(read.edges() == Lines{"a -> b [b]", "a -> c [c]"});
    CHECK(read.problems.empty());
}

TEST_CASE("broken stanzas are reported with their line and lose no other", "[debian]") {
    const Read read{"Package: a\nnonsense\n\nVersion: 1\n\nPackage: a\nDepends: b\n\nPackage: b\n"};
    CHECK(read.observations.nodes().size() == 2);
    REQUIRE(read.problems.size() == 3);
    CHECK(read.problems[0].line == 2);
    CHECK(read.problems[1].line == 4);
    CHECK(read.problems[2].line == 6);
}

TEST_CASE("in a model with configuration items packages are such", "[debian]") {
    const Model model = debian_model(Model::built_in());
    const auto ancestors = model.ancestors("Package");
    CHECK(std::find(ancestors.begin(), ancestors.end(), "ConfigurationItem") != ancestors.end());
    CHECK(model.find_type("DEPENDS_ON")->depends == DependsEnd::source);
}

TEST_CASE("the server snapshot has the counted packages, clauses and options", "[debian][data]") {
    const auto file = test::shared_data("data/debian/bookworm-server.packages");
    if (!file) return;
    const Read read{read_text(*file, Encoding::utf8)};
    CHECK(read.stanzas == 1029);
    CHECK(read.problems.empty());
    std::set<std::pair<std::uint32_t, std::string>> clauses;
    for (const auto& rel : read.observations.rels()) clauses.emplace(rel.from.node, to_text(rel.group));
    CHECK(clauses.size() == 4140);
    CHECK(read.observations.rels().size() == 4382);
}
