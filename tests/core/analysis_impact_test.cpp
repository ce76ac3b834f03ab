// DESIGN section 6 rule by rule: edges, states, cycles, baseline, hops and causes. Groups have a file of their own.

#include "support/failure_case.hpp"

#include <catch2/catch.hpp>

namespace mainstay {

using test::FailureCase;

namespace {
const ImpactOptions degraded{InjectedState::degraded, false};
const ImpactOptions from_status{InjectedState::down, true};

std::string notice(std::span<const Notice> notices, std::string_view code) {
    for (const Notice& each : notices) {
        if (each.code == code) return each.message;
    }
    return "";
}
}  // namespace

TEST_CASE("a hard edge passes down as down", "[analysis]") {
    REQUIRE(FailureCase{}.rel("app", "HARD", "host").states({"host"}) == "app down");
}

TEST_CASE("a hard edge passes degraded as degraded", "[analysis]") {
    REQUIRE(FailureCase{}.rel("app", "HARD", "host").states({"host"}, degraded) == "app degraded");
}

TEST_CASE("a soft edge passes degraded at most", "[analysis]") {
    REQUIRE(FailureCase{}.rel("app", "SOFT", "cache").rel("top", "HARD", "app").states({"cache"}) ==
            "app degraded, top degraded");
}

TEST_CASE("failure does not pass from a dependent to what it depends on", "[analysis]") {
    REQUIRE(FailureCase{}.rel("app", "HARD", "host").states({"app"}).empty());
}

TEST_CASE("where the target depends, failure goes from source to target", "[analysis]") {
    FailureCase rack;
    rack.rel("rack", "HELD_BY", "server");
    REQUIRE(rack.states({"rack"}) == "server down");
    REQUIRE(rack.states({"server"}).empty());
}

TEST_CASE("where both ends depend, failure goes both ways", "[analysis]") {
    FailureCase pair;
    pair.rel("a", "WITH", "b");
    REQUIRE(pair.states({"a"}) == "b down");
    REQUIRE(pair.states({"b"}) == "a down");
}

TEST_CASE("a type without a dependent end carries nothing", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "BESIDE", "b").states({"b"}).empty());
}

TEST_CASE("a type the model does not know carries nothing", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "x").rel("a", "STRANGE", "b").states({"b"}).empty());
}

TEST_CASE("an edge's effect property overrides its type", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b", {{"effect", "soft"}}).states({"b"}) == "a degraded");
    REQUIRE(FailureCase{}.rel("a", "HARD", "b", {{"effect", "none"}}).states({"b"}).empty());
    REQUIRE(FailureCase{}.rel("a", "SOFT", "b", {{"effect", "hard"}}).states({"b"}) == "a down");
}

TEST_CASE("an effect that is none of hard, soft and none overrides nothing", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b", {{"effect", "mild"}}).states({"b"}) == "a down");
    REQUIRE(FailureCase{}.rel("a", "HARD", "b", {{"effect", "path"}}).states({"b"}) == "a down");
    REQUIRE(FailureCase{}.rel("a", "HARD", "b", {{"effect", 1}}).states({"b"}) == "a down");
}

TEST_CASE("the name of the effect property can be another for a type", "[analysis]") {
    FailureCase renamed{R"({"relationship_types": [{"name": "R", "depends": "source", "effect_property": "force"}]})"};
    renamed.rel("a", "R", "b", {{"force", "soft"}}).rel("c", "R", "b", {{"effect", "soft"}});
    REQUIRE(renamed.states({"b"}) == "a degraded, c down");
}

TEST_CASE("an edge of a type with effect none takes part once it says so itself", "[analysis]") {
    FailureCase quiet{R"({"relationship_types": [{"name": "R", "depends": "source", "effect": "none"}]})"};
    quiet.rel("a", "R", "x", {{"effect", "hard"}}).rel("b", "R", "x");
    REQUIRE(quiet.states({"x"}) == "a down");
}

TEST_CASE("the worst contribution wins", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "SOFT", "x").rel("a", "HARD", "x").states({"x"}) == "a down");
}

TEST_CASE("a self edge alone changes nothing", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "a").rel("a", "SOFT", "x").states({"x"}) == "a degraded");
}

TEST_CASE("a cycle alone brings nothing down", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b").rel("b", "HARD", "a").node("x").states({"x"}).empty());
}

TEST_CASE("a failure goes once round a cycle", "[analysis]") {
    FailureCase ring;
    ring.rel("a", "HARD", "b").rel("b", "HARD", "c").rel("c", "HARD", "a").rel("a", "HARD", "x");
    const Impact impact = ring.impact({"x"});
    REQUIRE(ring.states(impact) == "a down, b down, c down");
    REQUIRE(ring.row(impact, "b").hops == 3);
}

TEST_CASE("what fails together is no row and counts together", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b").rel("b", "HARD", "c").states({"b", "c"}) == "a down");
}

TEST_CASE("an element named twice fails once", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b").states({"b", "b"}) == "a down");
}

TEST_CASE("nothing failed gives no rows", "[analysis]") {
    REQUIRE(FailureCase{}.rel("a", "HARD", "b").states({}).empty());
}

TEST_CASE("hops is the round of the last change", "[analysis]") {
    // The soft edge degrades `a` in round 1, the long way takes it down in round 3.
    FailureCase late;
    late.rel("a", "SOFT", "x").rel("a", "HARD", "b").rel("b", "HARD", "c").rel("c", "HARD", "x");
    const Impact impact = late.impact({"x"});
    REQUIRE(late.row(impact, "a").hops == 3);
    REQUIRE(late.row(impact, "a").state == State::down);
    REQUIRE(late.row(impact, "c").hops == 1);
}

TEST_CASE("rows are ascending by hops and id", "[analysis]") {
    FailureCase fan;
    fan.node("x").rel("d", "HARD", "x").rel("b", "HARD", "x").rel("c", "HARD", "b");
    std::string order;
    const Impact impact = fan.impact({"x"});
    for (const ImpactRow& row : impact.rows()) order += fan.name(row.ci);
    REQUIRE(order == "dbc");
}

TEST_CASE("the cause is a path of hops relationships from a failed element", "[analysis]") {
    FailureCase chain;
    chain.rel("a", "HARD", "b").rel("b", "HARD", "c").rel("c", "HARD", "x");
    REQUIRE(chain.cause(chain.impact({"x"}), "a") == "x -[2]- c -[1]- b -[0]- a");
}

TEST_CASE("of several causes the smallest relationship is followed", "[analysis]") {
    FailureCase wide;
    wide.node("x").rel("a", "HARD", "c").rel("a", "HARD", "b").rel("b", "HARD", "x").rel("c", "HARD", "x");
    REQUIRE(wide.cause(wide.impact({"x"}), "a") == "x -[3]- c -[0]- a");
}

TEST_CASE("a relationship that only degrades is no cause of going down", "[analysis]") {
    FailureCase mixed;
    mixed.rel("a", "SOFT", "b").rel("a", "HARD", "c").rel("b", "HARD", "x").rel("c", "HARD", "x");
    REQUIRE(mixed.cause(mixed.impact({"x"}), "a") == "x -[3]- c -[1]- a");
}

TEST_CASE("what was down before is no row but counted in a notice", "[analysis]") {
    FailureCase broken;
    broken.rel("a", "HARD", "b", {{"group", "g"}, {"need", 2}}).rel("top", "HARD", "a").rel("c", "HARD", "b");
    const Impact impact = broken.impact({"b"});
    REQUIRE(broken.states(impact) == "c down");
    REQUIRE(notice(impact.notices(), "already_down") == "2 elements were down before and are not listed");
}

TEST_CASE("a failed element that was down before is not counted", "[analysis]") {
    FailureCase broken;
    broken.rel("a", "HARD", "b", {{"group", "g"}, {"need", 2}});
    REQUIRE(notice(broken.impact({"a"}).notices(), "already_down").empty());
}

TEST_CASE("what was degraded before and gets worse is a row", "[analysis]") {
    FailureCase softly;
    softly.rel("a", "SOFT", "b", {{"group", "g"}, {"need", 2}}).rel("a", "HARD", "x");
    const Impact impact = softly.impact({"x"});
    REQUIRE(softly.row(impact, "a").state_before == State::degraded);
    REQUIRE(softly.row(impact, "a").state == State::down);
}

TEST_CASE("a precomputed baseline gives the same impact", "[analysis]") {
    FailureCase broken;
    broken.rel("a", "HARD", "b", {{"group", "g"}, {"need", 2}}).rel("top", "HARD", "a").rel("c", "HARD", "b");
    const Baseline baseline = baseline_of(broken.analysis(), false, nullptr, {});
    REQUIRE(baseline.down_count() == 2);
    REQUIRE(baseline.state_of(broken.id("a")) == State::down);
    REQUIRE(baseline.state_of(broken.id("c")) == State::up);
    REQUIRE(broken.states(impact_of(broken.analysis(), broken.ids({"b"}), {}, baseline, {})) == "c down");
}

TEST_CASE("the baseline may start from the elements named", "[analysis]") {
    FailureCase broken;
    broken.rel("a", "HARD", "b", {{"group", "g"}, {"need", 2}}).rel("top", "HARD", "a");
    const std::vector<NodeId> seeds = broken.ids({"a", "b"});
    REQUIRE(baseline_of(broken.analysis(), false, &seeds, {}).down_count() == 2);
}

namespace {
constexpr const char* status_model = R"({
  "classes": [
    {"name": "CI", "attributes": [{"name": "status"}], "status": {"attribute": "status", "down": ["out"], "degraded": ["ill"]}},
    {"name": "Server", "parent": "CI"},
    {"name": "Probe", "attributes": [{"name": "alive"}], "status": {"attribute": "alive", "down": ["false"]}}
  ],
  "relationship_types": [{"name": "HARD", "depends": "source"}]
})";
}

TEST_CASE("recorded status counts only with FROM STATUS", "[analysis]") {
    FailureCase recorded{status_model};
    recorded.node("b", {"CI"}, {{"status", "out"}}).rel("a", "HARD", "b").rel("a", "HARD", "x");
    REQUIRE(recorded.states({"x"}) == "a down");
    REQUIRE(recorded.states({"x"}, from_status).empty());
}

TEST_CASE("a status map is inherited", "[analysis]") {
    FailureCase recorded{status_model};
    recorded.node("b", {"Server"}, {{"status", "ill"}}).rel("a", "HARD", "b").rel("a", "HARD", "x");
    const Impact impact = recorded.impact({"x"}, from_status);
    REQUIRE(recorded.row(impact, "a").state_before == State::degraded);
}

TEST_CASE("a status value that is no string is compared by its text", "[analysis]") {
    FailureCase recorded{status_model};
    recorded.node("b", {"Probe"}, {{"alive", false}}).node("c", {"Probe"}, {{"alive", true}}).node("x");
    REQUIRE(baseline_of(recorded.analysis(), true, nullptr, {}).down_count() == 1);
}

TEST_CASE("of several labels with a status the worst counts", "[analysis]") {
    FailureCase recorded{status_model};
    recorded.node("b", {"CI", "Probe"}, {{"status", "ill"}, {"alive", false}});
    REQUIRE(baseline_of(recorded.analysis(), true, nullptr, {}).down_count() == 1);
}

TEST_CASE("failing degraded what is down by its status changes nothing", "[analysis]") {
    FailureCase recorded{status_model};
    recorded.node("b", {"CI"}, {{"status", "out"}}).rel("a", "HARD", "b");
    REQUIRE(recorded.states({"b"}, {InjectedState::degraded, true}).empty());
}

TEST_CASE("a model without impact says so in a notice", "[analysis]") {
    FailureCase plain{R"({"relationship_types": [{"name": "BESIDE"}]})"};
    plain.rel("a", "BESIDE", "b");
    REQUIRE_FALSE(notice(plain.impact({"b"}).notices(), "no_impact_types").empty());
}

TEST_CASE("a type of effect path is reported where it is met, and carries nothing", "[analysis]") {
    FailureCase path{R"({"relationship_types": [
        {"name": "LINK", "depends": "both", "effect": "path"}, {"name": "HARD", "depends": "source"}]})"};
    path.rel("a", "LINK", "b").rel("c", "HARD", "d");
    const Impact met = path.impact({"b"});
    REQUIRE(met.rows().empty());
    REQUIRE(notice(met.notices(), "path_effect").find("`LINK`") == 0);
    REQUIRE(notice(path.impact({"d"}).notices(), "path_effect").empty());
}

TEST_CASE("an analysis can be stopped by its check point", "[analysis]") {
    FailureCase chain;
    chain.rel("a", "HARD", "b");
    const CheckPoint stop = [] { throw Error{Code::cancelled, "stopped"}; };
    REQUIRE_THROWS_AS(impact_of(chain.analysis(), chain.ids({"b"}), {}, nullptr, stop), Error);
    REQUIRE_THROWS_AS(dependents_of(chain.analysis(), chain.ids({"b"}), std::nullopt, stop), Error);
    REQUIRE_THROWS_AS(single_points_of_failure(chain.analysis(), chain.id("a"), nullptr, stop), Error);
}

}  // namespace mainstay
