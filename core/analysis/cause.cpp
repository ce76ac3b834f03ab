#include "analysis/cause.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>

namespace mainstay::analysis {

CauseFinder::CauseFinder(Propagation& propagation)
    : propagation_(propagation),
      last_change_(propagation.graph().topology.node_limit()),
      earlier_change_(propagation.change_count()),
      steps_(propagation.change_count()) {
    MAINSTAY_ASSERT(propagation.change_count() < no_id);
    for (std::uint32_t change = 0; change < propagation.change_count(); ++change) {
        std::uint32_t& last = last_change_[propagation.change_node(change)];
        earlier_change_[change] = last;
        last = change + 1;
    }
    rule_.keep_edges = true;
}

std::uint32_t CauseFinder::change_of(std::uint32_t node, std::size_t round) const {
    const std::size_t begin = propagation_.round_begin(round), end = propagation_.round_begin(round + 1);
    for (std::uint32_t at = last_change_[node]; at != 0 && at > begin; at = earlier_change_[at - 1]) {
        if (at - 1 < end) return at - 1;
    }
    return no_id;
}

State CauseFinder::state_before_change(std::uint32_t change) const {
    const std::uint32_t earlier = earlier_change_[change];
    return earlier ? propagation_.change_state(earlier - 1)
                   : propagation_.state_before(propagation_.change_node(change));
}

State CauseFinder::state_after_round(std::uint32_t node, std::size_t round) const {
    const std::size_t end = propagation_.round_begin(round + 1);
    std::uint32_t at = last_change_[node];
    while (at != 0 && at > end) at = earlier_change_[at - 1];
    return at ? propagation_.change_state(at - 1) : propagation_.state_before(node);
}

State CauseFinder::signal(std::uint32_t node, State state) const {
    return state == State::at_risk && !propagation_.is_gate(node) ? State::up : state;
}

// Of the relationships whose provider changed one round earlier, those took part that account for the new value:
// ungrouped, the provider's contribution (or a gate's margin) became it; grouped, the group gives it and the provider
// is one of the members that newly count, down for `down`, not well for everything else.
CauseFinder::Step CauseFinder::find_step(std::uint32_t change, std::size_t round) {
    const std::uint32_t node = propagation_.change_node(change);
    const State after = propagation_.change_state(change);
    const bool state_changed = after > state_before_change(change);
    const bool margin_changed = propagation_.change_is_of_margin(change);
    const std::int64_t margin = margin_changed ? propagation_.change_margin(change) : no_margin;

    propagation_.rules().read(node, RuleReader::Plain::read, propagation_.is_special(node), rule_);
    struct Counted {
        std::int64_t not_well = 0, down = 0;
    };
    std::vector<Counted> counted(rule_.groups.size());
    for (const Member& member : rule_.members) {
        if (member.group >= groups_max) continue;
        const State state = state_after_round(member.provider, round - 1);
        counted[member.group].not_well += state >= State::degraded;
        counted[member.group].down += state == State::down;
    }

    Step best;
    for (const auto& [rel, member] : rule_.edges) {
        if (raw(rel) >= raw(best.rel)) continue;
        const std::uint32_t cause = change_of(member.provider, round - 1);
        if (cause == no_id) continue;
        const State old_state = state_before_change(cause), new_state = propagation_.change_state(cause);
        bool took_part = false;
        if (member.group >= groups_max) {
            const State limit = member.group == soft_edge ? State::degraded : State::down;
            const State was = std::min(limit, signal(member.provider, old_state));
            const State is = std::min(limit, signal(member.provider, new_state));
            took_part = (state_changed && is == after && was < after) ||
                        (margin_changed && propagation_.change_is_of_margin(cause) &&
                         propagation_.is_gate(member.provider) && propagation_.change_margin(cause) == margin);
        } else {
            const Group& group = rule_.groups[member.group];
            const auto [not_well, down] = counted[member.group];
            const bool newly_not_well = old_state < State::degraded && new_state >= State::degraded;
            const bool newly_down = old_state < State::down && new_state == State::down;
            took_part =
                (state_changed && contribution(group.need, group.soft, group.members, not_well, down) == after &&
                 (after == State::down ? newly_down : newly_not_well)) ||
                (margin_changed && group.members - not_well - group.need == margin && newly_not_well);
        }
        if (took_part) best = {rel, cause};
    }
    MAINSTAY_ASSERT(best.rel != no_rel);
    return best;
}

CausePath CauseFinder::path(std::uint32_t node, std::uint32_t hops) {
    CausePath result;
    std::uint32_t change = change_of(node, hops);
    MAINSTAY_ASSERT(change != no_id);
    for (std::size_t round = hops; round > 0; --round) {
        if (steps_[change].rel == no_rel) steps_[change] = find_step(change, round);
        result.nodes.push_back(NodeId{propagation_.change_node(change)});
        result.rels.push_back(steps_[change].rel);
        change = steps_[change].change;
    }
    result.nodes.push_back(NodeId{propagation_.change_node(change)});
    std::reverse(result.nodes.begin(), result.nodes.end());
    std::reverse(result.rels.begin(), result.rels.end());
    return result;
}

}  // namespace mainstay::analysis
