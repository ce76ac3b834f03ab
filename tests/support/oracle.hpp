#pragma once

// Failure analysis as DESIGN section 6 words it, slow and obvious: every rule is applied to every element, round after
// round, over one list of all edges. Shares no code with core/analysis.

#include "mainstay/core/analysis.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace mainstay::test {

class Oracle {
public:
    Oracle(const Model& model, const Topology& topology, const Properties& properties);

    struct Row {
        NodeId ci;
        State state, state_before;
        std::uint32_t hops;
        std::optional<std::int64_t> margin, margin_before;
        CausePath cause;
    };
    struct Result {
        std::vector<Row> rows;  // ascending by (hops, ci)
        std::size_t already_down = 0;
    };
    Result impact(const std::set<NodeId>& failed, const ImpactOptions& options) const;

    // nullopt: `of` is down already.
    std::optional<std::vector<NodeId>> single_points_of_failure(NodeId of) const;
    // Hops to every element reached; with `dependents`, against the dependencies.
    std::map<NodeId, std::uint32_t> reach(const std::set<NodeId>& starts, bool dependents) const;

private:
    static constexpr std::size_t ungrouped = static_cast<std::size_t>(-1);
    struct Edge {
        RelId rel;
        NodeId dependent, provider;
        bool soft;
        std::size_t group;
    };
    struct Group {
        NodeId dependent;
        std::string type;  // of a grouped type
        Value value;       // of a group by property
        std::set<NodeId> members;
        std::vector<Value> needs;  // as written on edges
        std::optional<Need> declared;
        bool all_soft = true;
        std::int64_t need = 1;
    };
    struct Element {
        State state = State::up;
        std::optional<std::int64_t> margin;
        friend bool operator==(const Element&, const Element&) = default;
    };
    using Round = std::vector<Element>;  // by node

    std::size_t group_of(NodeId dependent, const std::string& type, const Value& value);
    void add_edge(RelId rel, const RelationshipDeclaration& declaration, NodeId dependent, NodeId provider);
    std::optional<Need> declared_need(const RelationshipDeclaration& declaration, NodeId dependent) const;
    bool has_label_that(NodeId node, const std::function<bool(const std::string&)>& test) const;
    Value value_of(NodeId node, const std::string& key) const;
    Value value_of(RelId rel, const std::string& key) const;
    State own_state(NodeId node) const;

    State passed(NodeId provider, const Round& round) const;
    State contribution(const Edge& edge, const Round& round) const;
    State contribution(const Group& group, const Round& round) const;
    std::int64_t margin(const Group& group, const Round& round) const;
    Round next(const Round& round, const std::vector<State>& own) const;
    std::vector<Round> rounds_from(Round start, const std::vector<State>& own) const;
    CausePath cause(NodeId node, std::size_t round, const std::vector<Round>& rounds, const Round& baseline) const;
    bool took_part(const Edge& edge, std::size_t round, const std::vector<Round>& rounds, const Round& baseline) const;

    const Model& model_;
    const Properties& properties_;
    std::vector<NodeId> nodes_;
    std::size_t node_limit_;
    std::vector<bool> gate_;
    std::vector<Edge> edges_;
    std::vector<Group> groups_;
};

}  // namespace mainstay::test
