#include "analysis/rules.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>

namespace mainstay::analysis {
namespace {

// What a grouped type needs of the groups of `node`. An attribute that is missing or says nothing sensible means 1, as
// a missing `need` on an edge does.
Need declared_need(const AnalysisGraph& graph, const Semantics::DependencyType& type, std::uint32_t node) {
    if (type.grouped->kind != Need::Kind::attribute) return *type.grouped;
    if (type.need_attribute == no_key) return Need{};
    return parse_need(graph.properties.property(NodeId{node}, type.need_attribute)).value_or(Need{});
}

}  // namespace

RuleReader::RuleReader(const AnalysisGraph& graph, Plan& plan)
    : graph_(graph),
      plan_(plan),
      grouped_(graph.topology, plan.group_providers()),
      plain_(graph.topology, plan.plain_providers()) {}

std::uint32_t RuleReader::add_group(Rule& rule) {
    MAINSTAY_ASSERT(rule.groups.size() < groups_max);
    rule.groups.push_back(Group{1, 0, true});  // soft until a hard edge shows up
    pending_.emplace_back();
    return static_cast<std::uint32_t>(rule.groups.size() - 1);
}

void RuleReader::read_grouped(std::uint32_t node, const TypePlan& plan, const NodeId* others, const RelId* rels,
                              std::uint32_t count, std::uint32_t& group, Rule& rule) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const Effect effect = plan_.effect_of(plan, rels[i]);
        if (effect == Effect::none) continue;
        if (group == no_id) {
            group = add_group(rule);
            pending_[group].need = declared_need(graph_, *plan.type, node);
            pending_[group].type = plan.type;
        }
        if (effect == Effect::hard) rule.groups[group].soft = false;
        add_member(rule, {raw(others[i]), group}, rels[i]);
    }
}

void RuleReader::read_mixed(const TypePlan& plan, const NodeId* others, const RelId* rels, std::uint32_t count,
                            Rule& rule) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const Effect effect = plan_.effect_of(plan, rels[i]);
        if (effect == Effect::none) continue;
        const Overrides overrides = plan_.overrides(plan, rels[i]);
        Value value = overrides.group() ? graph_.properties.property(rels[i], plan.type->group_key) : Value{};
        if (value.is_null()) {
            add_member(rule, {raw(others[i]), effect == Effect::hard ? hard_edge : soft_edge}, rels[i]);
            continue;
        }
        Need need;
        if (overrides.need()) {
            need = parse_need(graph_.properties.property(rels[i], plan.type->need_key)).value_or(Need{});
        }
        const std::size_t hash = hash_value(value);
        tagged_.push_back({hash, std::move(value), std::move(need), raw(others[i]), rels[i], effect == Effect::soft});
    }
}

void RuleReader::form_tagged_groups(Rule& rule) {
    std::sort(tagged_.begin(), tagged_.end(), [](const Tagged& a, const Tagged& b) { return a.hash < b.hash; });
    const std::size_t first_group = rule.groups.size();
    std::size_t first_of_hash = 0;  // into values_
    values_.clear();
    for (std::size_t i = 0; i < tagged_.size(); ++i) {
        const Tagged& edge = tagged_[i];
        if (i == 0 || edge.hash != tagged_[i - 1].hash) first_of_hash = values_.size();
        std::size_t at = first_of_hash;
        while (at < values_.size() && !equivalent(*values_[at], edge.value)) ++at;
        if (at == values_.size()) {
            values_.push_back(&edge.value);
            add_group(rule);
        }
        const auto group = static_cast<std::uint32_t>(first_group + at);
        if (!edge.soft) rule.groups[group].soft = false;
        Pending& pending = pending_[group];
        if (edge.need.kind == Need::Kind::percent) {
            if (!pending.has_percent || edge.need.number > pending.percent.number) pending.percent = edge.need;
            pending.has_percent = true;
        } else {
            pending.need.number = std::max(pending.need.number, edge.need.number);
        }
        add_member(rule, {edge.provider, group}, edge.rel);
    }
}

void RuleReader::read(std::uint32_t node, Plain plain, bool special, Rule& rule) {
    rule.members.clear();
    rule.groups.clear();
    rule.edges.clear();
    tagged_.clear();
    pending_.clear();
    // The two directions of a `both` type come one after the other and are one group.
    TypeId last_type = no_type;
    std::uint32_t last_group = no_id;
    visit_node(grouped_, node,
               [&](TypeId type, Direction, const NodeId* others, const RelId* rels, std::uint32_t count) {
                   const TypePlan& of = *plan_.find(type);
                   if (!of.type->grouped) return read_mixed(of, others, rels, count, rule);
                   if (type != last_type) last_group = no_id;
                   last_type = type;
                   read_grouped(node, of, others, rels, count, last_group, rule);
               });
    if (!tagged_.empty()) form_tagged_groups(rule);
    if (special) {
        for (const Semantics::DependencyType* type :
             graph_.semantics.required_groups(graph_.properties.shape(NodeId{node}))) {
            const bool has_members = std::any_of(pending_.begin(), pending_.end(), [&](const Pending& pending) {
                return pending.type && type->type != no_type && pending.type->type == type->type;
            });
            if (has_members) continue;
            // Soft only if its type is: there is no edge to say otherwise.
            const std::uint32_t group = add_group(rule);
            rule.groups[group].soft = type->effect == Effect::soft;
            pending_[group].need = declared_need(graph_, *type, node);
            pending_[group].type = type;
        }
    }
    if (plain == Plain::read) {
        for_each_plain_provider(node, [&](std::uint32_t provider, bool soft, RelId rel) {
            add_member(rule, {provider, soft ? soft_edge : hard_edge}, rel);
        });
    }
    if (!std::is_sorted(rule.members.begin(), rule.members.end())) std::sort(rule.members.begin(), rule.members.end());
    rule.members.erase(std::unique(rule.members.begin(), rule.members.end()), rule.members.end());
    for (const Member& member : rule.members) {
        if (member.group < groups_max) ++rule.groups[member.group].members;
    }
    for (std::size_t i = 0; i < rule.groups.size(); ++i) {
        Group& group = rule.groups[i];
        group.need = pending_[i].need.of(group.members);
        if (pending_[i].has_percent) group.need = std::max(group.need, pending_[i].percent.of(group.members));
    }
}

bool RuleReader::may_have_group(std::uint32_t node) {
    bool found = false;
    visit_node(grouped_, node, [&](TypeId, Direction, const NodeId*, const RelId*, std::uint32_t) { found = true; });
    return found;
}

bool RuleReader::segment_may_have_group(std::uint32_t segment) {
    const SegmentAdjacency& adjacency = grouped_.at(segment);
    return !adjacency.blocks.empty() || adjacency.all_dirty || adjacency.dirty;
}

}  // namespace mainstay::analysis
