#include "analysis/propagation.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>

namespace mainstay::analysis {
namespace {

constexpr std::uint32_t group_mask = 0x3FFFFFFF;
constexpr unsigned seen_shift = 30;

State seen_state(const Member& member) { return State(member.group >> seen_shift); }

void set_seen_state(Member& member, State state) {
    member.group = (member.group & group_mask) | static_cast<std::uint32_t>(state) << seen_shift;
}

constexpr std::uint32_t record_none = 1, record_base = 2;

}  // namespace

Propagation::Propagation(const AnalysisGraph& graph, const Baseline* before, const CheckPoint& check)
    : graph_(graph),
      check_(check),
      plan_(graph),
      rules_(graph, plan_),
      dependents_(graph.topology, plan_.dependents()),
      sorter_(graph.topology.node_limit()),
      states_(graph.topology.node_limit()),
      record_numbers_(graph.topology.node_limit()) {
    for (const LabelId label : graph.semantics.special_labels()) {
        graph.topology.for_each_node(label, [&](NodeId node) {
            if (!special_) special_.emplace(graph_.topology.node_limit());
            special_->insert(raw(node));
            has_gates_ = has_gates_ || is_gate(raw(node));
        });
    }
    if (!before) return;
    for (const auto& [node, state] : before->entries()) {
        const State told = state == State::at_risk && !is_gate(raw(node)) ? State::up : state;
        const auto value = static_cast<unsigned>(state);
        states_[raw(node)] = static_cast<std::uint8_t>(value | value << 2 | static_cast<unsigned>(told) << 4);
    }
}

bool Propagation::is_gate(std::uint32_t node) const {
    return is_special(node) && graph_.semantics.is_gate(graph_.properties.shape(NodeId{node}));
}

bool Propagation::mark_seen(std::uint32_t node) noexcept {  // the pending bit is free after run()
    const bool is_new = !(states_[node] & pending_bit);
    states_[node] |= pending_bit;
    return is_new;
}

std::int64_t Propagation::change_margin(std::size_t change) const noexcept {
    const auto found =
        std::lower_bound(margin_log_.begin(), margin_log_.end(), change,
                         [](const MarginChange& each, std::size_t wanted) { return each.change < wanted; });
    return found->margin;
}

void Propagation::inject_broken_groups(std::uint32_t node) {
    const std::uint32_t number = record_of(node);
    if (number == 0) return;
    const Record& record = records_[number - 1];
    for (std::uint32_t i = 0; i < record.group_count; ++i) {
        const Counters& group = groups_[record.first_group + i];
        raise(node, contribution(group.need, group.soft, group.members, group.not_well, group.down));
    }
}

Propagation::Margins Propagation::margins(std::uint32_t node) {
    // Most elements lie in segments where nobody has a group: nothing is looked up for them.
    if (!has_gates_ && !is_special(node) && !rules_.segment_may_have_group(node >> segment_bits)) return {};
    const std::uint32_t number = record_of(node);
    if (number == 0) return {};
    return {records_[number - 1].margin, records_[number - 1].margin_before};
}

void Propagation::lower_margin(std::uint32_t node, Record& record, std::int64_t margin) {
    if (margin >= record.margin) return;
    record.margin = margin;
    mark_pending(node);
}

void Propagation::run() {
    close_round();
    while (!frontier_.empty()) {
        if (check_) check_();
        tell_dependents();
        close_round();
    }
}

// Ends a round: what is in next_ changed in it. All of it is logged; what dependents can notice goes to the frontier.
void Propagation::close_round() {
    sorter_.sort(next_);
    round_begin_.push_back(log_nodes_.size());
    frontier_.clear();
    signals_.clear();
    margins_.clear();
    for (const std::uint32_t node : next_) {
        std::uint8_t& byte = states_[node];
        byte &= static_cast<std::uint8_t>(~pending_bit);
        const State now = State(byte & 3);
        std::uint8_t logged = byte & 3;
        std::int64_t margin = no_margin;
        bool margin_changed = false;
        if (const std::uint32_t number = record_numbers_.get(node); number >= record_base) {
            Record& record = records_[number - record_base];
            margin = record.margin;
            margin_changed = record.margin != record.margin_told;
            record.margin_told = record.margin;
        }
        if (margin_changed) {
            logged |= margin_bit;
            margin_log_.push_back({log_nodes_.size(), margin});
        }
        log_nodes_.push_back(node);
        log_states_.push_back(logged);
        const bool gate = has_gates_ && is_gate(node);
        const State signal = now == State::at_risk && !gate ? State::up : now;
        const bool gate_margin = gate && margin_changed;
        if (signal == State(byte >> 4 & 3) && !gate_margin) continue;
        byte = static_cast<std::uint8_t>((byte & ~0x30) | static_cast<unsigned>(signal) << 4);
        frontier_.push_back(node);
        signals_.push_back({signal, gate_margin});
        if (has_gates_) margins_.push_back(margin);
    }
    next_.clear();
}

void Propagation::tell_dependents() {
    const TypePlan* type = nullptr;
    sweep(
        dependents_, frontier_,
        [&](TypeId id, Direction) {
            count_work(1024);
            type = plan_.find(id);
            return type != nullptr;
        },
        [&](std::size_t i, const NodeId* others, const RelId* rels, std::uint32_t count) {
            count_work(count);
            const Signal signal = signals_[i];
            const State state = type->is_soft() ? std::min(signal.state, State::degraded) : signal.state;
            if (!type->plain) {
                const bool may_be_plain = !type->type->grouped && type->type->effect != Effect::none;
                for (std::uint32_t k = 0; k < count; ++k) {
                    if (may_be_plain && !signal.gate_margin && plan_.overrides(*type, rels[k]).none()) {
                        raise(raw(others[k]), state);
                    } else {
                        tell(raw(others[k]), frontier_[i], i);
                    }
                }
                return;
            }
            if (state != State::up) {
                for (std::uint32_t k = 0; k < count; ++k) raise(raw(others[k]), state);
            }
            if (signal.gate_margin) {
                for (std::uint32_t k = 0; k < count; ++k) {
                    const std::uint32_t number = record_of(raw(others[k]));
                    lower_margin(raw(others[k]), records_[number - 1], margins_[i]);
                }
            }
        });
}

// A dependent that may have groups hears of one provider. Parallel edges make it hear twice, which changes nothing.
void Propagation::tell(std::uint32_t node, std::uint32_t provider, std::size_t position) {
    const std::uint32_t number = record_of(node);
    if (number == 0) return;
    Record& record = records_[number - 1];
    const Signal signal = signals_[position];
    Member* const begin = members_.data() + record.first_member;
    Member* const end = begin + record.member_count;
    // By halves without a branch on what is found: which half it is cannot be foreseen.
    Member* member = begin;
    for (std::uint32_t left = record.member_count; left > 0;) {
        const std::uint32_t half = left / 2;
        const bool is_behind = member[half].provider < provider;
        member += is_behind ? half + 1 : 0;
        left = is_behind ? left - half - 1 : half;
    }
    for (; member != end && member->provider == provider; ++member) {
        const std::uint32_t which = member->group & group_mask;
        if (which >= groups_max) {
            raise(node, which == hard_edge ? signal.state : std::min(signal.state, State::degraded));
            if (signal.gate_margin) lower_margin(node, record, margins_[position]);
            continue;
        }
        const State seen = seen_state(*member);
        if (signal.state < State::degraded || signal.state <= seen) continue;
        set_seen_state(*member, signal.state);
        Counters& group = groups_[record.first_group + which];
        if (seen < State::degraded) ++group.not_well;
        if (signal.state == State::down) ++group.down;
        raise(node, contribution(group.need, group.soft, group.members, group.not_well, group.down));
        lower_margin(node, record, static_cast<std::int64_t>(group.members) - group.not_well - group.need);
    }
}

std::uint32_t Propagation::record_of(std::uint32_t node) {
    std::uint32_t number = record_numbers_.get(node);
    if (number == 0) {
        number = make_record(node);
        if (has_gates_) {
            read_margins_of_gates(node);
            number = record_numbers_.get(node);
        }
    }
    return number - record_none;
}

// Counters as at the baseline: changes since then have not reached this element, or it would have a record.
std::uint32_t Propagation::make_record(std::uint32_t node) {
    const bool special = is_special(node);
    rules_.read(node, RuleReader::Plain::skip, special, rule_);
    std::uint32_t& number = record_numbers_.at(node);
    // With gates about, an element without groups may still take a gate's margin: read_margins_of_gates() decides.
    if (rule_.members.empty() && rule_.groups.empty() && !has_gates_) return number = record_none;
    MAINSTAY_ASSERT(records_.size() < no_id - record_base && members_.size() + rule_.members.size() < no_id);
    Record record{static_cast<std::uint32_t>(members_.size()),
                  static_cast<std::uint32_t>(rule_.members.size()),
                  static_cast<std::uint32_t>(groups_.size()),
                  static_cast<std::uint32_t>(rule_.groups.size()),
                  no_margin,
                  no_margin,
                  no_margin};
    for (const Group& group : rule_.groups) groups_.push_back({group.need, group.members, 0, 0, group.soft});
    for (Member member : rule_.members) {
        if (member.group < groups_max) {
            const State state = state_before(member.provider);
            Counters& group = groups_[record.first_group + member.group];
            if (state >= State::degraded) {
                ++group.not_well;
                if (state == State::down) ++group.down;
                set_seen_state(member, state);
            }
        }
        members_.push_back(member);
    }
    for (std::uint32_t i = 0; i < record.group_count; ++i) {
        const Counters& group = groups_[record.first_group + i];
        record.margin = std::min(record.margin, static_cast<std::int64_t>(group.members) - group.not_well - group.need);
    }
    record.margin_before = record.margin_told = record.margin;
    records_.push_back(record);
    return number = static_cast<std::uint32_t>(records_.size() - 1) + record_base;
}

template <typename F>
void Propagation::for_each_gate_provider(std::uint32_t node, F&& f) {
    rules_.for_each_plain_provider(node, [&](std::uint32_t provider, bool, RelId) {
        if (is_gate(provider)) f(provider);
    });
    const Record& record = records_[record_numbers_.get(node) - record_base];
    const std::uint32_t first = record.first_member, last = first + record.member_count;
    for (std::uint32_t i = first; i < last; ++i) {  // by position: f may add records
        const Member member = members_[i];
        if ((member.group & group_mask) >= groups_max && is_gate(member.provider)) f(member.provider);
    }
}

// The margin of an element that depends directly on gates is at most theirs, and theirs at most that of the gates they
// depend on: the greatest fixpoint over the gates reachable through gates, so that cycles of gates have one answer.
void Propagation::read_margins_of_gates(std::uint32_t node) {
    std::vector<std::uint32_t> chain{node};  // elements whose record is new, in the order found
    struct Edge {
        std::uint32_t dependent, gate;
    };
    std::vector<Edge> edges;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        for_each_gate_provider(chain[i], [&](std::uint32_t gate) {
            if (record_numbers_.get(gate) == 0) {
                make_record(gate);
                chain.push_back(gate);
            }
            if (record_numbers_.get(gate) == record_none) return;  // has no margin and never will
            edges.push_back({chain[i], gate});
        });
    }
    if (edges.empty()) {  // then the element's record is the last one
        const Record& record = records_.back();
        if (record.member_count > 0 || record.group_count > 0) return;
        records_.pop_back();
        record_numbers_.at(node) = record_none;
        return;
    }
    // Gates were found after their dependents, so going backwards settles all but cycles in one pass.
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = edges.size(); i-- > 0;) {
            Record& record = records_[record_numbers_.get(edges[i].dependent) - record_base];
            const std::int64_t margin = records_[record_numbers_.get(edges[i].gate) - record_base].margin_before;
            if (margin >= record.margin_before) continue;
            record.margin_before = record.margin = record.margin_told = margin;
            changed = true;
        }
    }
}

}  // namespace mainstay::analysis
