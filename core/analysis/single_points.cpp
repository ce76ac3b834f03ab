// Single points of failure of v: S(v) of DESIGN section 6, without a set per element.
//
// Only `down` matters, so only hard ungrouped edges and groups that are not soft, among elements that are up at the
// baseline; a group's members that are down already only shrink its slack (how many members it can still lose).
//  1. The closure of v over these edges is copied into a small graph of its own.
//  2. Whatever reaches v through edges without slack is in S(v) at once: the core. It needs no further work.
//  3. An element that takes down nothing by itself is not in S(v); one that takes down exactly one other, and is in no
//     group with slack, is in S(v) exactly if that other is.
//  4. The rest are tried, 64 at a time: bit i of an element says that candidate i takes it down. Sums over group
//  members
//     are bit-sliced counters. A candidate that reaches S(v) is done.
// Worst cost closure * candidates / 64; against one fixpoint per candidate see the numbers in
// docs/failure-semantics.md.

#include "mainstay/core/analysis.hpp"

#include "analysis/notices.hpp"
#include "analysis/propagation.hpp"

#include <algorithm>
#include <bit>

namespace mainstay {
namespace {

using namespace analysis;

constexpr std::uint32_t no_group = no_id;
constexpr std::uint32_t elements_between_checks = 4096;

// The closure of one element, with numbers of its own: 0 is the element itself.
struct Closure {
    std::vector<std::uint32_t> nodes;  // by number
    // Who depends on an element: of number i, edges [first[i], first[i + 1]).
    struct Edge {
        std::uint32_t dependent;
        std::uint32_t group;  // with slack; no_group: the dependent goes down with it
    };
    std::vector<std::uint32_t> first;
    std::vector<Edge> edges;
    struct Slack {
        std::uint32_t may_lose;  // >= 1
        std::uint32_t members;
    };
    std::vector<Slack> groups;
};

Closure closure_of(const AnalysisGraph& graph, std::uint32_t of, const Baseline& baseline, const CheckPoint& check) {
    Plan plan{graph};
    RuleReader reader{graph, plan};
    NodeSet down{graph.topology.node_limit()};
    for (const auto& [node, state] : baseline.entries()) {
        if (state == State::down) down.insert(raw(node));
    }
    PagedMap numbers{graph.topology.node_limit()};  // plus 1
    Closure result;
    struct Found {
        std::uint32_t provider;
        Closure::Edge edge;
    };
    std::vector<Found> found;
    const auto number_of = [&](std::uint32_t node) {
        std::uint32_t& number = numbers.at(node);
        if (number == 0) {
            result.nodes.push_back(node);
            number = static_cast<std::uint32_t>(result.nodes.size());
        }
        return number - 1;
    };
    number_of(of);
    Rule rule;
    std::vector<std::uint32_t> lost, group_numbers;
    for (std::uint32_t at = 0; at < result.nodes.size(); ++at) {
        if (at % elements_between_checks == 0 && check) check();
        // A group that `requires` asks for and has no members is broken: its owner is down and not in the closure.
        reader.read(result.nodes[at], RuleReader::Plain::read, false, rule);
        lost.assign(rule.groups.size(), 0);
        group_numbers.assign(rule.groups.size(), no_group);
        for (const Member& member : rule.members) {
            if (member.group < groups_max && down.contains(member.provider)) ++lost[member.group];
        }
        for (std::size_t i = 0; i < rule.groups.size(); ++i) {
            const Group& group = rule.groups[i];
            if (group.soft) continue;
            const std::int64_t slack = static_cast<std::int64_t>(group.members) - lost[i] - group.need;
            if (slack < 1) continue;
            group_numbers[i] = static_cast<std::uint32_t>(result.groups.size());
            result.groups.push_back({static_cast<std::uint32_t>(slack), group.members - lost[i]});
        }
        for (const Member& member : rule.members) {
            if (member.group == soft_edge || down.contains(member.provider)) continue;
            if (member.group < groups_max && rule.groups[member.group].soft) continue;
            const std::uint32_t group = member.group < groups_max ? group_numbers[member.group] : no_group;
            found.push_back({number_of(member.provider), {at, group}});
        }
    }
    result.first.assign(result.nodes.size() + 1, 0);
    for (const Found& each : found) ++result.first[each.provider + 1];
    for (std::size_t i = 0; i < result.nodes.size(); ++i) result.first[i + 1] += result.first[i];
    std::vector<std::uint32_t> next(result.first.begin(), result.first.end() - 1);
    result.edges.resize(found.size());
    for (const Found& each : found) result.edges[next[each.provider]++] = each.edge;
    return result;
}

enum class Verdict : std::uint8_t { unknown, asked, no, yes };

std::span<const Closure::Edge> dependents(const Closure& closure, std::uint32_t number) {
    return {closure.edges.data() + closure.first[number], closure.first[number + 1] - closure.first[number]};
}

// Step 2. The core, backwards over edges that leave no choice; a provider is found through its dependents, so the edges
// are turned round first.
void find_core(const Closure& closure, std::vector<Verdict>& verdicts) {
    const auto count = static_cast<std::uint32_t>(closure.nodes.size());
    std::vector<std::uint32_t> first(count + 1, 0), providers;
    const auto each_sure = [&](auto&& f) {
        for (std::uint32_t provider = 0; provider < count; ++provider) {
            for (const auto& [dependent, group] : dependents(closure, provider)) {
                if (group == no_group) f(provider, dependent);
            }
        }
    };
    each_sure([&](std::uint32_t, std::uint32_t dependent) { ++first[dependent + 1]; });
    for (std::uint32_t i = 0; i < count; ++i) first[i + 1] += first[i];
    providers.resize(first[count]);
    std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
    each_sure([&](std::uint32_t provider, std::uint32_t dependent) { providers[next[dependent]++] = provider; });
    std::vector<std::uint32_t> open{0};
    verdicts[0] = Verdict::yes;
    while (!open.empty()) {
        const std::uint32_t at = open.back();
        open.pop_back();
        for (std::uint32_t i = first[at]; i < first[at + 1]; ++i) {
            if (verdicts[providers[i]] == Verdict::yes) continue;
            verdicts[providers[i]] = Verdict::yes;
            open.push_back(providers[i]);
        }
    }
}

// Step 3. For each element whose fate is that of one other, that other; no_id for those that must be tried.
std::vector<std::uint32_t> find_substitutes(const Closure& closure, std::vector<Verdict>& verdicts) {
    std::vector<std::uint32_t> result(closure.nodes.size(), no_id);
    for (std::uint32_t number = 0; number < closure.nodes.size(); ++number) {
        if (verdicts[number] == Verdict::yes) continue;
        std::uint32_t taken_down = no_id;
        bool one = true, in_slack = false;
        for (const auto& [dependent, group] : dependents(closure, number)) {
            if (group != no_group) {
                in_slack = true;
            } else if (dependent != number) {
                one = one && (taken_down == no_id || taken_down == dependent);
                taken_down = dependent;
            }
        }
        if (taken_down == no_id) {
            verdicts[number] = Verdict::no;
        } else if (one && !in_slack) {
            result[number] = taken_down;
        }
    }
    return result;
}

// Step 4.
class Trial {
public:
    Trial(const Closure& closure, std::vector<Verdict>& verdicts)
        : closure_(closure), verdicts_(verdicts), hit_(closure.nodes.size()), news_(closure.nodes.size()) {
        planes_begin_.reserve(closure.groups.size() + 1);
        std::size_t planes = 0;
        for (const Closure::Slack& group : closure.groups) {
            planes_begin_.push_back(planes);
            planes += static_cast<std::size_t>(std::bit_width(group.members));
        }
        planes_begin_.push_back(planes);
        planes_.resize(planes);
        group_touched_.resize(closure.groups.size());
    }

    // Decides up to 64 candidates.
    void decide(std::span<const std::uint32_t> candidates, const CheckPoint& check) {
        active_ = candidates.size() == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << candidates.size()) - 1;
        const std::uint64_t all = active_;
        for (std::size_t i = 0; i < candidates.size(); ++i) reach(candidates[i], std::uint64_t{1} << i);
        std::size_t steps = 0;
        for (std::size_t at = 0; at < queue_.size() && active_; ++at) {
            if (++steps % elements_between_checks == 0 && check) check();
            const std::uint32_t number = queue_[at];
            const std::uint64_t news = std::exchange(news_[number], 0) & active_;
            if (!news) continue;
            for (const auto& [dependent, group] : dependents(closure_, number)) {
                reach(dependent, group == no_group ? news : lose_member(group, news));
            }
        }
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            verdicts_[candidates[i]] = (all & ~active_) >> i & 1 ? Verdict::yes : Verdict::no;
        }
        clear();
    }

private:
    void reach(std::uint32_t number, std::uint64_t bits) {
        bits &= active_;
        if (!bits) return;
        if (verdicts_[number] == Verdict::yes) {
            active_ &= ~bits;
            return;
        }
        bits &= ~hit_[number];
        if (!bits) return;
        if (!hit_[number]) touched_.push_back(number);
        hit_[number] |= bits;
        if (!news_[number]) queue_.push_back(number);
        news_[number] |= bits;
    }

    // Counts one member less for the candidates in `bits`; those that now exceed the group's slack. The counters start
    // so that the first member too many overflows them.
    std::uint64_t lose_member(std::uint32_t group, std::uint64_t bits) {
        const std::size_t begin = planes_begin_[group], end = planes_begin_[group + 1];
        if (!group_touched_[group]) {
            group_touched_[group] = true;
            touched_groups_.push_back(group);
            const std::uint64_t start = (std::uint64_t{1} << (end - begin)) - 1 - closure_.groups[group].may_lose;
            for (std::size_t plane = begin; plane < end; ++plane) {
                planes_[plane] = start >> (plane - begin) & 1 ? ~std::uint64_t{0} : 0;
            }
        }
        std::uint64_t carry = bits;
        for (std::size_t plane = begin; plane < end && carry; ++plane) {
            const std::uint64_t both = planes_[plane] & carry;
            planes_[plane] ^= carry;
            carry = both;
        }
        return carry;
    }

    void clear() {
        for (const std::uint32_t number : touched_) hit_[number] = news_[number] = 0;
        for (const std::uint32_t group : touched_groups_) group_touched_[group] = false;
        touched_.clear();
        touched_groups_.clear();
        queue_.clear();
    }

    const Closure& closure_;
    std::vector<Verdict>& verdicts_;
    std::uint64_t active_ = 0;
    std::vector<std::uint64_t> hit_, news_;  // by number
    std::vector<std::uint32_t> queue_, touched_;
    std::vector<std::size_t> planes_begin_;  // by group
    std::vector<std::uint64_t> planes_;
    std::vector<bool> group_touched_;
    std::vector<std::uint32_t> touched_groups_;
};

// Follows substitutes to one that is decided; a cycle of them leads nowhere.
void follow_substitutes(const std::vector<std::uint32_t>& substitutes, std::vector<Verdict>& verdicts) {
    std::vector<std::uint32_t> path;
    for (std::uint32_t number = 0; number < verdicts.size(); ++number) {
        std::uint32_t at = number;
        path.clear();
        while (verdicts[at] == Verdict::unknown) {
            verdicts[at] = Verdict::asked;
            path.push_back(at);
            at = substitutes[at];
        }
        const Verdict verdict = verdicts[at] == Verdict::yes ? Verdict::yes : Verdict::no;
        for (const std::uint32_t each : path) verdicts[each] = verdict;
    }
}

}  // namespace

SinglePoints single_points_of_failure(const AnalysisGraph& graph, NodeId of, const Baseline& baseline,
                                      const CheckPoint& check) {
    SinglePoints result;
    if (baseline.state_of(of) == State::down) {
        result.notices = semantic_notices(graph, {&of, 1});
        result.notices.push_back(itself_down_notice());
        return result;
    }
    const Closure closure = closure_of(graph, raw(of), baseline, check);
    std::vector<Verdict> verdicts(closure.nodes.size(), Verdict::unknown);
    find_core(closure, verdicts);
    const std::vector<std::uint32_t> substitutes = find_substitutes(closure, verdicts);
    Trial trial{closure, verdicts};
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t number = 0; number < verdicts.size(); ++number) {
        if (verdicts[number] == Verdict::unknown && substitutes[number] == no_id) candidates.push_back(number);
        if (candidates.size() == 64 || (number + 1 == verdicts.size() && !candidates.empty())) {
            trial.decide(candidates, check);
            candidates.clear();
        }
    }
    follow_substitutes(substitutes, verdicts);

    std::vector<std::uint32_t> nodes = closure.nodes;
    NodeSorter sorter{graph.topology.node_limit()};
    sorter.sort(nodes);
    std::vector<NodeId> touched;
    touched.reserve(nodes.size());
    for (const std::uint32_t node : nodes) touched.push_back(NodeId{node});
    result.notices = semantic_notices(graph, touched);
    nodes.clear();
    for (std::uint32_t number = 1; number < verdicts.size(); ++number) {
        if (verdicts[number] == Verdict::yes) nodes.push_back(closure.nodes[number]);
    }
    sorter.sort(nodes);
    for (const std::uint32_t node : nodes) result.cis.push_back(NodeId{node});
    return result;
}

SinglePoints single_points_of_failure(const AnalysisGraph& graph, NodeId of, const std::vector<NodeId>* baseline_seeds,
                                      const CheckPoint& check) {
    return single_points_of_failure(graph, of, baseline_of(graph, false, baseline_seeds, check), check);
}

}  // namespace mainstay
