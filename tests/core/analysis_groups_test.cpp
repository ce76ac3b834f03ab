// DESIGN section 6, redundancy groups: both ways to say them, need, gates, margins.

#include "support/failure_case.hpp"

#include <catch2/catch.hpp>

namespace mainstay {

using test::FailureCase;
using test::MemoryGraph;

namespace {

const ImpactOptions degraded{InjectedState::degraded, false};

FailureCase grouped_model(const std::string& need, const std::string& more = "") {
    return FailureCase{R"({
      "classes": [
        {"name": "Thing", "attributes": [{"name": "k"}]},
        {"name": "Gate", "gate": true, "attributes": [{"name": "k"}]},
        {"name": "Pool", "parent": "Gate", "requires": ["MEMBER_OF"]}
      ],
      "relationship_types": [
        {"name": "MEMBER_OF", "depends": "target", "effect": "hard", "grouped": {"need": )" +
                       need + R"(}},
        {"name": "FED_BY", "depends": "source", "effect": "hard", "grouped": {"need": 1}},
        {"name": "HARD", "depends": "source", "effect": "hard"})" +
                       more + "]}"};
}

// Members m1 .. mN of `pool`.
void add_members(FailureCase& to, int count) {
    for (int i = 1; i <= count; ++i) to.rel("m" + std::to_string(i), "MEMBER_OF", "pool");
}

MemoryGraph::Entries in(const Value& group) { return {{"group", group}}; }
MemoryGraph::Entries in(const Value& group, const Value& need) { return {{"group", group}, {"need", need}}; }

}  // namespace

TEST_CASE("a group with more members up than it needs is at risk when one fails", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    REQUIRE(pair.states({"m1"}) == "a at_risk");
    REQUIRE(pair.states({"m1"}, degraded) == "a at_risk");
}

TEST_CASE("a group goes down with fewer than need members not down", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    REQUIRE(pair.states({"m1", "m2"}) == "a down");
}

TEST_CASE("a group is degraded with fewer than need members better than degraded", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    REQUIRE(pair.states({"m1", "m2"}, degraded) == "a degraded");
}

TEST_CASE("members of a group by property may come by several types", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g")).rel("m2", "HELD_BY", "a", in("g"));
    REQUIRE(pair.states({"m1"}) == "a at_risk");
}

TEST_CASE("different group values are different groups", "[analysis][group]") {
    FailureCase two;
    two.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("h"));
    REQUIRE(two.states({"m1"}) == "a down");
}

TEST_CASE("1 and 1.0 name the same group", "[analysis][group]") {
    FailureCase two;
    two.rel("a", "HARD", "m1", in(1)).rel("a", "HARD", "m2", in(1.0));
    REQUIRE(two.states({"m1"}) == "a at_risk");
}

TEST_CASE("the same value at two dependents is two groups", "[analysis][group]") {
    FailureCase two;
    two.rel("a", "HARD", "m1", in("g")).rel("b", "HARD", "m2", in("g"));
    REQUIRE(two.states({"m1"}) == "a down");
}

TEST_CASE("a group on a both edge counts at both ends", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "WITH", "b", in("g")).rel("a", "HARD", "c", in("g")).rel("b", "HARD", "d", in("g"));
    REQUIRE(pair.states({"a"}) == "b at_risk");
    REQUIRE(pair.states({"b"}) == "a at_risk");
}

TEST_CASE("parallel edges to a member count once", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g", 2))
        .rel("a", "HARD", "m1", in("g"))
        .rel("a", "HARD", "m2", in("g"))
        .rel("a", "HARD", "m3", in("g"));
    REQUIRE(pair.states({"m1"}) == "a at_risk");
    REQUIRE(pair.states({"m1", "m2"}) == "a down");
}

TEST_CASE("of several needs in a group the largest count wins", "[analysis][group]") {
    // 60 % of 3 is 2, which is more than 1.
    FailureCase trio;
    trio.rel("a", "HARD", "m1", in("g", 1)).rel("a", "HARD", "m2", in("g", "60%")).rel("a", "HARD", "m3", in("g"));
    REQUIRE(trio.states({"m1"}) == "a at_risk");
    REQUIRE(trio.states({"m1", "m2"}) == "a down");
}

TEST_CASE("a need that is none counts as not given", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g", 0)).rel("a", "HARD", "m2", in("g", "most"));
    REQUIRE(pair.states({"m1"}) == "a at_risk");
}

TEST_CASE("an edge with effect none is no member", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", {{"group", "g"}, {"effect", "none"}, {"need", 9}});
    REQUIRE(pair.states({"m1"}) == "a down");
}

TEST_CASE("a group of soft edges degrades at most", "[analysis][group]") {
    FailureCase soft;
    soft.rel("a", "SOFT", "m1", in("g")).rel("a", "SOFT", "m2", in("g"));
    REQUIRE(soft.states({"m1", "m2"}) == "a degraded");
}

TEST_CASE("a group with one hard edge is not soft", "[analysis][group]") {
    FailureCase mixed;
    mixed.rel("a", "SOFT", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    REQUIRE(mixed.states({"m1", "m2"}) == "a down");
}

TEST_CASE("a self edge counts as a member", "[analysis][group]") {
    FailureCase self;
    self.rel("a", "HARD", "a", in("g", 2)).rel("a", "HARD", "m", in("g")).rel("a", "HARD", "n", in("g"));
    REQUIRE(self.states({"m"}) == "a at_risk");
}

TEST_CASE("an element is in two groups by two relationships", "[analysis][group]") {
    FailureCase two;
    two.rel("a", "HARD", "m", in("g")).rel("a", "HARD", "m", in("h")).rel("a", "HARD", "n", in("g"));
    REQUIRE(two.states({"m"}) == "a down");
}

TEST_CASE("group and need properties can have other names for a type", "[analysis][group]") {
    FailureCase renamed{R"({"relationship_types": [
        {"name": "R", "depends": "source", "group_property": "zone", "need_property": "quorum"}]})"};
    renamed.rel("a", "R", "m1", {{"zone", "z"}, {"quorum", 2}}).rel("a", "R", "m2", {{"zone", "z"}, {"need", 3}});
    renamed.rel("a", "R", "m3", {{"zone", "z"}})
        .rel("b", "R", "m1", {{"group", "z"}})
        .rel("b", "R", "m2", {{"group", "z"}});
    REQUIRE(renamed.states({"m1"}) == "a at_risk, b down");
}

TEST_CASE("need above the number of members is broken before anything fails", "[analysis][group]") {
    FailureCase broken;
    broken.rel("a", "HARD", "m", in("g", 2));
    REQUIRE(baseline_of(broken.analysis(), false, nullptr, {}).state_of(broken.id("a")) == State::down);
}

TEST_CASE("a grouped type makes one group of its edges at a dependent", "[analysis][group]") {
    FailureCase pool = grouped_model("2");
    add_members(pool, 3);
    REQUIRE(pool.states({"m1"}) == "pool at_risk");
    REQUIRE(pool.states({"m1", "m2"}) == "pool down");
}

TEST_CASE("a grouped type ignores the group property", "[analysis][group]") {
    FailureCase pool = grouped_model("1");
    pool.rel("m1", "MEMBER_OF", "pool", in("x")).rel("m2", "MEMBER_OF", "pool", in("y"));
    REQUIRE(pool.states({"m1"}) == "pool at_risk");
}

TEST_CASE("each grouped type is a group of its own", "[analysis][group]") {
    FailureCase pool = grouped_model("1");
    pool.rel("m1", "MEMBER_OF", "pool").rel("pool", "FED_BY", "m2");
    REQUIRE(pool.states({"m2"}) == "pool down");
}

TEST_CASE("need all is every member", "[analysis][group]") {
    FailureCase pool = grouped_model("\"all\"");
    add_members(pool, 3);
    REQUIRE(pool.states({"m2"}) == "pool down");
}

TEST_CASE("a percentage is rounded up and at least 1", "[analysis][group]") {
    FailureCase pool = grouped_model("\"34%\"");  // of 3: 1.02, so 2
    add_members(pool, 3);
    REQUIRE(pool.states({"m1"}) == "pool at_risk");
    REQUIRE(pool.states({"m1", "m2"}) == "pool down");
    FailureCase least = grouped_model("\"1%\"");
    add_members(least, 3);
    REQUIRE(least.states({"m1", "m2"}) == "pool at_risk");
}

TEST_CASE("need may be an attribute of the dependent", "[analysis][group]") {
    for (const Value& need : {Value{2}, Value{"60%"}}) {
        FailureCase pool = grouped_model("\"k\"");
        pool.node("pool", {"Thing"}, {{"k", need}});
        add_members(pool, 3);
        REQUIRE(pool.states({"m1"}) == "pool at_risk");
        REQUIRE(pool.states({"m1", "m2"}) == "pool down");
    }
}

TEST_CASE("a missing need attribute means 1", "[analysis][group]") {
    FailureCase pool = grouped_model("\"k\"");
    add_members(pool, 2);
    REQUIRE(pool.states({"m1"}) == "pool at_risk");
}

TEST_CASE("a gate without the members it requires is broken", "[analysis][group]") {
    FailureCase pool = grouped_model("1");
    pool.node("empty", {"Pool"}).rel("a", "HARD", "empty").rel("m1", "MEMBER_OF", "full");
    REQUIRE(baseline_of(pool.analysis(), false, nullptr, {}).state_of(pool.id("a")) == State::down);
}

TEST_CASE("a gate is broken too when its required type occurs nowhere", "[analysis][group]") {
    FailureCase pool = grouped_model("1");
    pool.node("empty", {"Pool"}).rel("a", "HARD", "empty");
    REQUIRE(baseline_of(pool.analysis(), false, nullptr, {}).down_count() == 2);
}

TEST_CASE("a class that requires nothing may have no members", "[analysis][group]") {
    FailureCase pool = grouped_model("1");
    pool.node("empty", {"Gate"}).rel("a", "HARD", "empty").rel("m1", "MEMBER_OF", "full");
    const Baseline before = baseline_of(pool.analysis(), false, nullptr, {});
    REQUIRE(before.entries().empty());
}

TEST_CASE("members that are none by their effect leave a gate broken", "[analysis][group]") {
    FailureCase pool = grouped_model("1");
    pool.node("pool", {"Pool"}).rel("m1", "MEMBER_OF", "pool", {{"effect", "none"}});
    REQUIRE(baseline_of(pool.analysis(), false, nullptr, {}).down_count() == 1);
}

TEST_CASE("at_risk is not passed on", "[analysis][group]") {
    FailureCase pair;
    pair.rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g")).rel("top", "HARD", "a");
    REQUIRE(pair.states({"m1"}) == "a at_risk");
}

TEST_CASE("a gate passes at_risk and its margin to its dependents", "[analysis][group]") {
    FailureCase gate;
    gate.node("g", {"Gate"}).rel("g", "HARD", "m1", in("x")).rel("g", "HARD", "m2", in("x"));
    gate.rel("a", "HARD", "g").rel("b", "SOFT", "g").rel("top", "HARD", "a");
    const Impact impact = gate.impact({"m1"});
    REQUIRE(gate.states(impact) == "a at_risk, b at_risk, g at_risk");
    REQUIRE(gate.row(impact, "a").margin == 0);
    REQUIRE(gate.row(impact, "a").margin_before == 1);
    REQUIRE(gate.row(impact, "b").margin == 0);
}

TEST_CASE("a gate at risk is a member that is up", "[analysis][group]") {
    FailureCase nested;
    nested.node("g", {"Gate"}).rel("g", "HARD", "m1", in("x")).rel("g", "HARD", "m2", in("x"));
    nested.rel("a", "HARD", "g", in("y")).rel("a", "HARD", "n", in("y"));
    REQUIRE(nested.states({"m1"}) == "g at_risk");
}

TEST_CASE("groups nest through gates", "[analysis][group]") {
    FailureCase nested;
    nested.node("g1", {"Gate"}).rel("g1", "HARD", "m1", in("x", 2)).rel("g1", "HARD", "m2", in("x"));
    nested.node("g2", {"Gate"}).rel("g2", "HARD", "n1", in("x")).rel("g2", "HARD", "n2", in("x"));
    nested.rel("a", "HARD", "g1", in("y")).rel("a", "HARD", "g2", in("y"));
    REQUIRE(nested.states({"m1"}) == "a at_risk, g1 down");
    REQUIRE(nested.states({"m1", "n1"}) == "a at_risk, g1 down, g2 at_risk");
    REQUIRE(nested.states({"m1", "n1", "n2"}) == "a down, g1 down, g2 down");
}

TEST_CASE("margin is the smallest over the groups and may be negative", "[analysis][group]") {
    FailureCase two;
    for (const char* m : {"m1", "m2", "m3", "m4"}) two.rel("a", "HARD", m, in("g"));
    two.rel("a", "HARD", "n1", in("h")).rel("a", "HARD", "n2", in("h"));
    const Impact one = two.impact({"m1"});
    REQUIRE(two.row(one, "a").margin_before == 1);
    REQUIRE(two.row(one, "a").margin == 1);  // 3 of 4 left with need 1 is 2, h has 1
    const Impact all = two.impact({"n1", "n2"});
    REQUIRE(two.row(all, "a").margin == -1);
}

TEST_CASE("an element without groups has no margin", "[analysis][group]") {
    FailureCase plain;
    plain.rel("a", "HARD", "b").rel("c", "HARD", "m1", in("g")).rel("c", "HARD", "m2", in("g")).rel("d", "HARD", "c");
    const Impact impact = plain.impact({"b", "m1", "m2"});
    REQUIRE_FALSE(plain.row(impact, "a").margin);
    REQUIRE_FALSE(plain.row(impact, "a").margin_before);
    REQUIRE_FALSE(plain.row(impact, "d").margin);  // c is no gate
}

TEST_CASE("a smaller margin alone makes a row", "[analysis][group]") {
    FailureCase trio;
    for (const char* m : {"m1", "m2", "m3"}) trio.rel("a", "HARD", m, in("g"));
    trio.rel("m2", "SOFT", "x").rel("x", "HARD", "y").rel("m1", "HARD", "y");
    // Round 1 takes m1, round 2 costs a a member (at_risk), round 3 another: the state stays, the margin falls.
    const Impact impact = trio.impact({"y"});
    REQUIRE(trio.row(impact, "a").state == State::at_risk);
    REQUIRE(trio.row(impact, "a").margin == 0);
    REQUIRE(trio.row(impact, "a").hops == 3);
    REQUIRE(trio.cause(impact, "a") == "y -[4]- x -[3]- m2 -[1]- a");
}

TEST_CASE("the margin of a row whose groups are untouched is given", "[analysis][group]") {
    FailureCase other;
    other.rel("a", "HARD", "x").rel("a", "HARD", "m1", in("g")).rel("a", "HARD", "m2", in("g"));
    const Impact impact = other.impact({"x"});
    REQUIRE(other.row(impact, "a").margin == 1);
    REQUIRE(other.row(impact, "a").margin_before == 1);
}

TEST_CASE("what was down before loses margin without becoming a row", "[analysis][group]") {
    FailureCase broken;
    broken.rel("a", "HARD", "m1", in("g", 3)).rel("a", "HARD", "m2", in("g"));
    REQUIRE(broken.states({"m1"}).empty());
}

TEST_CASE("gates in a cycle share the smallest margin among them", "[analysis][group]") {
    FailureCase ring;
    ring.node("g", {"Gate"}).node("h", {"Gate"}).rel("g", "HARD", "h").rel("h", "HARD", "g");
    for (const char* m : {"m1", "m2", "m3"}) ring.rel("g", "HARD", m, in("x"));
    for (const char* n : {"n1", "n2", "n3", "n4"}) ring.rel("h", "HARD", n, in("x"));
    ring.rel("a", "HARD", "h");
    const Impact impact = ring.impact({"m1"});
    REQUIRE(ring.row(impact, "a").margin_before == 2);
    REQUIRE(ring.row(impact, "a").margin == 1);
    REQUIRE(ring.row(impact, "h").margin == 1);
    REQUIRE(ring.row(impact, "a").hops == 3);
}

}  // namespace mainstay
