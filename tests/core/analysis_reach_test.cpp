// Dependencies, dependents, single points of failure.

#include "support/failure_case.hpp"

#include <catch2/catch.hpp>

namespace mainstay {

using test::FailureCase;
using test::MemoryGraph;

namespace {

std::string reached(const FailureCase& of, const Reached& rows) {
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i)
        text += (text.empty() ? "" : " ") + of.name(rows.ci(i)) + std::to_string(rows.hops(i));
    return text;
}

MemoryGraph::Entries in(const char* group) { return {{"group", group}}; }
MemoryGraph::Entries in(const char* group, int need) { return {{"group", group}, {"need", need}}; }

}  // namespace

TEST_CASE("dependencies are reached from dependent to provider, whatever the stored direction", "[analysis]") {
    FailureCase chain;
    chain.rel("a", "HARD", "b").rel("c", "HELD_BY", "b").rel("c", "WITH", "d").rel("e", "HARD", "a");
    REQUIRE(reached(chain, dependencies_of(chain.analysis(), chain.ids({"a"}), std::nullopt, {})) == "b1 c2 d3");
}

TEST_CASE("dependents are reached the other way", "[analysis]") {
    FailureCase chain;
    chain.rel("a", "HARD", "b").rel("c", "HELD_BY", "b").rel("c", "WITH", "d");
    REQUIRE(reached(chain, dependents_of(chain.analysis(), chain.ids({"c"}), std::nullopt, {})) == "b1 d1 a2");
}

TEST_CASE("reachability ignores groups and softness", "[analysis]") {
    FailureCase pair;
    pair.rel("a", "SOFT", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    REQUIRE(reached(pair, dependents_of(pair.analysis(), pair.ids({"m1"}), std::nullopt, {})) == "a1");
}

TEST_CASE("reachability leaves out edges with effect none", "[analysis]") {
    FailureCase none;
    none.rel("a", "HARD", "b", {{"effect", "none"}}).rel("c", "HARD", "b");
    REQUIRE(reached(none, dependents_of(none.analysis(), none.ids({"b"}), std::nullopt, {})) == "c1");
}

TEST_CASE("reachability stops after the hops asked for", "[analysis]") {
    FailureCase chain;
    chain.rel("a", "HARD", "b").rel("b", "HARD", "c").rel("c", "HARD", "d");
    REQUIRE(reached(chain, dependencies_of(chain.analysis(), chain.ids({"a"}), 2u, {})) == "b1 c2");
    REQUIRE(reached(chain, dependencies_of(chain.analysis(), chain.ids({"a"}), 0u, {})).empty());
}

TEST_CASE("the starts are left out of what they reach, also in a cycle", "[analysis]") {
    FailureCase ring;
    ring.rel("a", "HARD", "b").rel("b", "HARD", "a").rel("b", "HARD", "c");
    REQUIRE(reached(ring, dependencies_of(ring.analysis(), ring.ids({"a", "b"}), std::nullopt, {})) == "c1");
}

TEST_CASE("every hard dependency is a single point of failure, near or far", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b").rel("b", "HARD", "c").single_points("a") == "b c");
}

TEST_CASE("a member of a group that can lose it is none", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g")).single_points("a").empty());
}

TEST_CASE("a member of a group that needs all is one", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "m1", in("g", 2)).rel("a", "HARD", "m2", in("g")).single_points("a") ==
            "m1 m2");
}

TEST_CASE("what all members depend on is one", "[analysis]") {
    FailureCase duct;
    duct.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    duct.rel("m1", "HARD", "duct").rel("m2", "HARD", "x").rel("x", "HARD", "duct").rel("m1", "HARD", "own");
    REQUIRE(duct.single_points("a") == "duct");
}

TEST_CASE("what more members depend on than the group can lose is one", "[analysis]") {
    FailureCase pool;
    for (const char* m : {"m1", "m2", "m3", "m4"}) pool.rel("a", "HARD", m, in("g", 2));
    for (const char* m : {"m1", "m2", "m3"}) pool.rel(m, "HARD", "big");
    for (const char* m : {"m3", "m4"}) pool.rel(m, "HARD", "small");
    REQUIRE(pool.single_points("a") == "big");
}

TEST_CASE("soft dependencies and soft groups give none", "[analysis]") {
    FailureCase soft;
    soft.rel("a", "SOFT", "b").rel("a", "SOFT", "m1", in("g", 2)).rel("a", "SOFT", "m2", in("g"));
    REQUIRE(soft.single_points("a").empty());
}

TEST_CASE("a group with one soft edge among hard ones still gives some", "[analysis]") {
    FailureCase mixed;
    mixed.rel("a", "SOFT", "m1", in("g", 2)).rel("a", "HARD", "m2", in("g"));
    REQUIRE(mixed.single_points("a") == "m1 m2");
}

TEST_CASE("members that are down already count as lost", "[analysis]") {
    FailureCase worn;
    worn.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g")).rel("m1", "HARD", "x", in("h", 2));
    REQUIRE(worn.single_points("a") == "m2");
}

TEST_CASE("what is down already has none and says so", "[analysis]") {
    FailureCase broken;
    broken.rel("a", "HARD", "b", in("g", 2)).rel("a", "HARD", "c");
    const SinglePoints points = single_points_of_failure(broken.analysis(), broken.id("a"), nullptr, {});
    REQUIRE(points.cis.empty());
    REQUIRE(points.notices.size() == 1);
    REQUIRE(points.notices.front().code == "already_down");
}

TEST_CASE("an element in a cycle with the asked one is a point, the asked one never", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b").rel("b", "HARD", "a").rel("a", "HARD", "a").single_points("a") == "b");
}

TEST_CASE("cycles that do not reach the asked element by themselves are none", "[analysis]") {
    FailureCase rings;
    rings.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    rings.rel("m1", "HARD", "x").rel("x", "HARD", "y").rel("y", "HARD", "x");
    REQUIRE(rings.single_points("a").empty());
}

TEST_CASE("a group of more than 64 members is counted exactly", "[analysis]") {
    FailureCase large;
    for (int i = 0; i < 200; ++i) {
        const std::string member = "m" + std::to_string(i);
        large.rel("a", "HARD", member, in("g", 100));
        if (i < 101) large.rel(member, "HARD", "p101");
        if (i < 100) large.rel(member, "HARD", "p100");
    }
    REQUIRE(large.single_points("a") == "p101");
}

}  // namespace mainstay
