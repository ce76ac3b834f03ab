#pragma once

// The local rule of one element: what it depends on and how (DESIGN section 6, "Groups"). Read from the graph once per
// element and analysis; everything later works on these numbers.

#include "analysis/plan.hpp"
#include "analysis/sweep.hpp"

#include <cstdint>
#include <vector>

namespace mainstay::analysis {

// Member::group of edges that are in no group.
inline constexpr std::uint32_t hard_edge = 0x3FFFFFFF;
inline constexpr std::uint32_t soft_edge = 0x3FFFFFFE;
inline constexpr std::uint32_t groups_max = soft_edge;

struct Member {
    std::uint32_t provider;
    std::uint32_t group;  // position in Rule::groups, hard_edge or soft_edge
    friend auto operator<=>(const Member&, const Member&) = default;
};

struct Group {
    std::int64_t need = 1;
    std::uint32_t members = 0;  // distinct
    bool soft = false;
};

struct Rule {
    std::vector<Member> members;  // ascending, distinct
    std::vector<Group> groups;
    struct Edge {
        RelId rel;
        Member member;
    };
    bool keep_edges = false;  // set before reading: fill `edges`
    std::vector<Edge> edges;  // every edge that carries something, in no order
};

// What a group contributes to its dependent.
inline State contribution(std::int64_t need, bool soft, std::int64_t members, std::int64_t not_well,
                          std::int64_t down) noexcept {
    if (members - down < need) return soft ? State::degraded : State::down;
    if (members - not_well < need) return State::degraded;
    return not_well > 0 ? State::at_risk : State::up;
}

class RuleReader {
public:
    RuleReader(const AnalysisGraph& graph, Plan& plan);

    enum class Plain : bool { skip, read };
    // `special`: the element may be of a class with `requires`. Edges of plain types are read only if asked for. Cost:
    // the element's edges, and the properties of those whose type may carry overrides.
    void read(std::uint32_t node, Plain plain, bool special, Rule& rule);
    // Whether `node` may have a group, from its adjacency alone.
    bool may_have_group(std::uint32_t node);
    // False if certainly no element of the segment has edges that may form groups.
    bool segment_may_have_group(std::uint32_t segment);
    // F(provider, soft, rel) for each ungrouped edge of a plain type.
    template <typename F>
    void for_each_plain_provider(std::uint32_t node, F&& f) {
        visit_node(plain_, node,
                   [&](TypeId type, Direction, const NodeId* others, const RelId* rels, std::uint32_t count) {
                       const bool soft = plan_.find(type)->is_soft();
                       for (std::uint32_t i = 0; i < count; ++i) f(raw(others[i]), soft, rels[i]);
                   });
    }

private:
    // An edge in a group given by its property, before edges of equal value have found each other.
    struct Tagged {
        std::size_t hash;
        Value value;
        Need need;  // of the edge; count 1 if it has none
        std::uint32_t provider;
        RelId rel;
        bool soft;
    };
    static void add_member(Rule& rule, Member member, RelId rel) {
        rule.members.push_back(member);
        if (rule.keep_edges) rule.edges.push_back({rel, member});
    }
    void read_grouped(std::uint32_t node, const TypePlan& plan, const NodeId* others, const RelId* rels,
                      std::uint32_t count, std::uint32_t& group, Rule& rule);
    void read_mixed(const TypePlan& plan, const NodeId* others, const RelId* rels, std::uint32_t count, Rule& rule);
    void form_tagged_groups(Rule& rule);
    std::uint32_t add_group(Rule& rule);

    const AnalysisGraph graph_;  // a copy: three references
    Plan& plan_;
    SegmentTable grouped_, plain_;
    // Scratch of one read().
    std::vector<Tagged> tagged_;
    std::vector<const Value*> values_;  // of groups given by property, into tagged_
    struct Pending {
        Need need;     // grouped type: as declared; by property: the largest count
        Need percent;  // by property: the largest percentage
        bool has_percent = false;
        const Semantics::DependencyType* type = nullptr;
    };
    std::vector<Pending> pending_;  // by group
};

}  // namespace mainstay::analysis
