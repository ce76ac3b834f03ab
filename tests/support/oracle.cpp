#include "support/oracle.hpp"

#include <algorithm>

namespace mainstay::test {

Oracle::Oracle(const Model& model, const Topology& topology, const Properties& properties)
    : model_(model), properties_(properties), node_limit_(topology.node_limit()), gate_(topology.node_limit()) {
    for (std::uint32_t i = 0; i < topology.node_limit(); ++i) {
        if (topology.contains_node(NodeId{i})) nodes_.push_back(NodeId{i});
    }
    for (const NodeId node : nodes_) {
        gate_[raw(node)] = has_label_that(node, [&](const std::string& label) { return model.is_gate(label); });
    }
    for (std::uint32_t i = 0; i < topology.rel_limit(); ++i) {
        if (!properties.contains(RelId{i})) continue;
        const Ends ends = properties.ends(RelId{i});
        const auto* declaration = model.find_type(properties.names().type(ends.type));
        if (!declaration || declaration->effect == Effect::path) continue;
        const DependsEnd depends = declaration->depends;
        if (depends == DependsEnd::source || depends == DependsEnd::both) {
            add_edge(RelId{i}, *declaration, ends.source, ends.target);
        }
        if (depends == DependsEnd::target || depends == DependsEnd::both) {
            add_edge(RelId{i}, *declaration, ends.target, ends.source);
        }
    }
    // A gate that requires a type and has no group of it has an empty one.
    for (const NodeId node : nodes_) {
        for (const LabelId label : properties.names().labels_of(properties.shape(node))) {
            for (const std::string& type : model.requires_of(properties.names().label(label))) {
                const std::size_t group = group_of(node, type, {});
                groups_[group].declared = declared_need(*model.find_type(type), node);
                if (groups_[group].members.empty())
                    groups_[group].all_soft = model.find_type(type)->effect == Effect::soft;
            }
        }
    }
    for (Group& group : groups_) {
        const auto n = static_cast<std::int64_t>(group.members.size());
        if (group.declared) {
            group.need = group.declared->of(n);
            continue;
        }
        for (const Value& need : group.needs) {
            if (const auto parsed = parse_need(need)) group.need = std::max(group.need, parsed->of(n));
        }
    }
}

bool Oracle::has_label_that(NodeId node, const std::function<bool(const std::string&)>& test) const {
    for (const LabelId label : properties_.names().labels_of(properties_.shape(node))) {
        if (test(std::string{properties_.names().label(label)})) return true;
    }
    return false;
}

Value Oracle::value_of(NodeId node, const std::string& key) const {
    const KeyId id = properties_.names().find_key(key);
    return id == no_key ? Value{} : properties_.property(node, id);
}

Value Oracle::value_of(RelId rel, const std::string& key) const {
    const KeyId id = properties_.names().find_key(key);
    return id == no_key ? Value{} : properties_.property(rel, id);
}

State Oracle::own_state(NodeId node) const {
    State worst = State::up;
    has_label_that(node, [&](const std::string& label) {
        if (const auto status = model_.status_of(label))
            worst = std::max(worst, status->of(value_of(node, status->attribute)));
        return false;
    });
    return worst;
}

std::size_t Oracle::group_of(NodeId dependent, const std::string& type, const Value& value) {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const Group& group = groups_[i];
        if (group.dependent == dependent && group.type == type && equivalent(group.value, value)) return i;
    }
    Group group;
    group.dependent = dependent;
    group.type = type;
    group.value = value;
    groups_.push_back(group);
    return groups_.size() - 1;
}

std::optional<Need> Oracle::declared_need(const RelationshipDeclaration& declaration, NodeId dependent) const {
    if (declaration.grouped->kind != Need::Kind::attribute) return declaration.grouped;
    return parse_need(value_of(dependent, declaration.grouped->attribute)).value_or(Need{});
}

void Oracle::add_edge(RelId rel, const RelationshipDeclaration& declaration, NodeId dependent, NodeId provider) {
    Effect effect = declaration.effect;
    const Value override = value_of(rel, declaration.effect_property);
    for (const auto& [word, meaning] :
         {std::pair{"hard", Effect::hard}, {"soft", Effect::soft}, {"none", Effect::none}}) {
        if (equals(override, Value{word}) == Ternary::yes) effect = meaning;
    }
    if (effect == Effect::none) return;
    Edge edge{rel, dependent, provider, effect == Effect::soft, ungrouped};
    const Value value = declaration.grouped ? Value{} : value_of(rel, declaration.group_property);
    if (declaration.grouped || !value.is_null()) {
        edge.group = group_of(dependent, declaration.grouped ? declaration.name : "", value);
        Group& group = groups_[edge.group];
        group.members.insert(provider);
        group.all_soft = group.all_soft && edge.soft;
        if (declaration.grouped) {
            group.declared = declared_need(declaration, dependent);
        } else {
            group.needs.push_back(value_of(rel, declaration.need_property));
        }
    }
    edges_.push_back(edge);
}

State Oracle::passed(NodeId provider, const Round& round) const {
    const State state = round[raw(provider)].state;
    return state == State::at_risk && !gate_[raw(provider)] ? State::up : state;
}

State Oracle::contribution(const Edge& edge, const Round& round) const {
    const State state = passed(edge.provider, round);
    return edge.soft ? std::min(state, State::degraded) : state;
}

State Oracle::contribution(const Group& group, const Round& round) const {
    std::int64_t not_down = 0, better_than_degraded = 0;
    for (const NodeId member : group.members) {
        not_down += round[raw(member)].state != State::down;
        better_than_degraded += round[raw(member)].state < State::degraded;
    }
    if (not_down < group.need) return group.all_soft ? State::degraded : State::down;
    if (better_than_degraded < group.need) return State::degraded;
    return better_than_degraded < static_cast<std::int64_t>(group.members.size()) ? State::at_risk : State::up;
}

std::int64_t Oracle::margin(const Group& group, const Round& round) const {
    std::int64_t better_than_degraded = 0;
    for (const NodeId member : group.members) better_than_degraded += round[raw(member)].state < State::degraded;
    return better_than_degraded - group.need;
}

Oracle::Round Oracle::next(const Round& round, const std::vector<State>& own) const {
    Round result(node_limit_);
    for (const NodeId node : nodes_) result[raw(node)].state = own[raw(node)];
    const auto lower = [&](NodeId node, std::int64_t margin) {
        auto& known = result[raw(node)].margin;
        known = known ? std::min(*known, margin) : margin;
    };
    for (const Edge& edge : edges_) {
        if (edge.group != ungrouped) continue;
        State& state = result[raw(edge.dependent)].state;
        state = std::max(state, contribution(edge, round));
        if (gate_[raw(edge.provider)] && round[raw(edge.provider)].margin) {
            lower(edge.dependent, *round[raw(edge.provider)].margin);
        }
    }
    for (const Group& group : groups_) {
        State& state = result[raw(group.dependent)].state;
        state = std::max(state, contribution(group, round));
        lower(group.dependent, margin(group, round));
    }
    return result;
}

std::vector<Oracle::Round> Oracle::rounds_from(Round start, const std::vector<State>& own) const {
    std::vector<Round> rounds{std::move(start)};
    while (true) {
        rounds.push_back(next(rounds.back(), own));
        if (rounds.back() == rounds[rounds.size() - 2]) break;
    }
    rounds.pop_back();
    return rounds;
}

bool Oracle::took_part(const Edge& edge, std::size_t round, const std::vector<Round>& rounds,
                       const Round& baseline) const {
    const auto at = [&](std::size_t r, NodeId node) { return rounds[r][raw(node)]; };
    // Round 0 is the injection; before it is the baseline.
    const Element provider_was = round >= 2 ? at(round - 2, edge.provider) : baseline[raw(edge.provider)];
    const Element provider_is = at(round - 1, edge.provider);
    if (provider_was == provider_is) return false;
    const Element was = at(round - 1, edge.dependent), is = at(round, edge.dependent);
    const Round& told = rounds[round - 1];
    const Round& told_before = round >= 2 ? rounds[round - 2] : baseline;
    if (edge.group == ungrouped) {
        if (is.state != was.state && contribution(edge, told) == is.state &&
            contribution(edge, told_before) != is.state) {
            return true;
        }
        return is.margin != was.margin && gate_[raw(edge.provider)] && provider_is.margin != provider_was.margin &&
               provider_is.margin == is.margin;
    }
    const Group& group = groups_[edge.group];
    const bool newly_not_well = provider_was.state < State::degraded && provider_is.state >= State::degraded;
    const bool newly_down = provider_was.state != State::down && provider_is.state == State::down;
    if (is.state != was.state && contribution(group, told) == is.state &&
        (is.state == State::down ? newly_down : newly_not_well)) {
        return true;
    }
    return is.margin != was.margin && margin(group, told) == is.margin && newly_not_well;
}

CausePath Oracle::cause(NodeId node, std::size_t round, const std::vector<Round>& rounds, const Round& baseline) const {
    CausePath result;
    result.nodes.push_back(node);
    for (; round > 0; --round) {
        const Edge* smallest = nullptr;
        for (const Edge& edge : edges_) {
            if (edge.dependent != node || !took_part(edge, round, rounds, baseline)) continue;
            if (!smallest || edge.rel < smallest->rel) smallest = &edge;
        }
        if (!smallest) break;  // leaves a path that is too short, which no right answer is
        result.rels.insert(result.rels.begin(), smallest->rel);
        result.nodes.insert(result.nodes.begin(), node = smallest->provider);
    }
    return result;
}

Oracle::Result Oracle::impact(const std::set<NodeId>& failed, const ImpactOptions& options) const {
    std::vector<State> own(node_limit_, State::up);
    if (options.from_status) {
        for (const NodeId node : nodes_) own[raw(node)] = own_state(node);
    }
    const Round baseline = rounds_from(Round(node_limit_), own).back();
    const State injected = options.when == InjectedState::down ? State::down : State::degraded;
    Round start = baseline;
    for (const NodeId node : failed) {
        own[raw(node)] = std::max(own[raw(node)], injected);
        start[raw(node)].state = std::max(start[raw(node)].state, injected);
    }
    const std::vector<Round> rounds = rounds_from(start, own);
    Result result;
    if (failed.empty()) return result;
    for (const NodeId node : nodes_) {
        if (failed.count(node)) continue;
        const Element before = baseline[raw(node)], after = rounds.back()[raw(node)];
        if (before.state == State::down) {
            ++result.already_down;
            continue;
        }
        if (before == after) continue;
        std::size_t hops = rounds.size() - 1;
        while (rounds[hops][raw(node)] == rounds[hops - 1][raw(node)]) --hops;
        result.rows.push_back({node, after.state, before.state, static_cast<std::uint32_t>(hops), after.margin,
                               before.margin, cause(node, hops, rounds, baseline)});
    }
    std::sort(result.rows.begin(), result.rows.end(),
              [](const Row& a, const Row& b) { return std::tie(a.hops, a.ci) < std::tie(b.hops, b.ci); });
    return result;
}

std::optional<std::vector<NodeId>> Oracle::single_points_of_failure(NodeId of) const {
    const auto is_down_without = [&](std::optional<NodeId> failed) {
        std::vector<State> own(node_limit_, State::up);
        if (failed) own[raw(*failed)] = State::down;
        return rounds_from(Round(node_limit_), own).back()[raw(of)].state == State::down;
    };
    if (is_down_without(std::nullopt)) return std::nullopt;
    std::vector<NodeId> result;
    for (const NodeId node : nodes_) {
        if (node != of && is_down_without(node)) result.push_back(node);
    }
    return result;
}

std::map<NodeId, std::uint32_t> Oracle::reach(const std::set<NodeId>& starts, bool dependents) const {
    std::map<NodeId, std::uint32_t> known;
    for (const NodeId start : starts) known[start] = 0;
    for (std::uint32_t hops = 1;; ++hops) {
        std::set<NodeId> found;
        for (const Edge& edge : edges_) {
            const NodeId from = dependents ? edge.provider : edge.dependent;
            const NodeId to = dependents ? edge.dependent : edge.provider;
            if (known.count(from) && !known.count(to)) found.insert(to);
        }
        if (found.empty()) break;
        for (const NodeId node : found) known[node] = hops;
    }
    for (const NodeId start : starts) known.erase(start);
    return known;
}

}  // namespace mainstay::test
