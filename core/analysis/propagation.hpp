#pragma once

// The least fixpoint of DESIGN section 6, computed in synchronous rounds: what changed in round r-1 is told to its
// dependents in round r. Ungrouped edges of types that nothing overrides only touch a byte of the dependent; elements
// with groups get a record with one counter pair a group, made from the graph when a member first changes.
//
// Memory: one byte a node, 5 bytes a change, 4 bytes a node of segments in which some element has a record (pages that
// are never touched have no memory behind them); records and their members are extra.

#include "analysis/node_set.hpp"
#include "analysis/plan.hpp"
#include "analysis/rules.hpp"
#include "analysis/sweep.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace mainstay::analysis {

// Margins as plain numbers; none: no group and no gate.
inline constexpr std::int64_t no_margin = std::numeric_limits<std::int64_t>::max();

class Propagation {
public:
    // Starts from `before` (nullptr: everything up).
    Propagation(const AnalysisGraph& graph, const Baseline* before, const CheckPoint& check);

    // Before run(): the element itself is at best `state`.
    void inject(std::uint32_t node, State state) { raise(node, state); }
    // Before run(): the element's groups that lack members even with everybody up take effect.
    void inject_broken_groups(std::uint32_t node);
    void mark_failed(std::uint32_t node) { states_[node] |= failed_bit; }
    void run();

    State state(std::uint32_t node) const noexcept { return State(states_[node] & 3); }
    State state_before(std::uint32_t node) const noexcept { return State(states_[node] >> 2 & 3); }
    bool is_failed(std::uint32_t node) const noexcept { return states_[node] & failed_bit; }
    struct Margins {
        std::int64_t now = no_margin, before = no_margin;
    };
    // Reads the element's groups if no change has reached them yet.
    Margins margins(std::uint32_t node);

    // The changes: those of round r are [round_begin(r), round_begin(r + 1)), ascending by node, each node once a
    // round.
    std::size_t round_count() const noexcept { return round_begin_.size(); }
    std::size_t round_begin(std::size_t round) const noexcept {
        return round < round_begin_.size() ? round_begin_[round] : log_nodes_.size();
    }
    std::size_t change_count() const noexcept { return log_nodes_.size(); }
    std::uint32_t change_node(std::size_t change) const noexcept { return log_nodes_[change]; }
    State change_state(std::size_t change) const noexcept { return State(log_states_[change] & 3); }  // after it
    bool change_is_of_margin(std::size_t change) const noexcept { return log_states_[change] & margin_bit; }
    std::int64_t change_margin(std::size_t change) const noexcept;  // after it. Requires change_is_of_margin.
    // For readers of the log, after run(): true the first time it is called for a node.
    bool mark_seen(std::uint32_t node) noexcept;

    // Calls the check point about every 65,536 units of work (edges, rows).
    void count_work(std::uint32_t units) {
        if ((work_ += units) < work_between_checks) return;
        work_ = 0;
        if (check_) check_();
    }

    bool is_gate(std::uint32_t node) const;
    RuleReader& rules() noexcept { return rules_; }
    const Plan& plan() const noexcept { return plan_; }
    const AnalysisGraph& graph() const noexcept { return graph_; }
    bool is_special(std::uint32_t node) const noexcept { return special_ && special_->contains(node); }

private:
    static constexpr std::uint64_t work_between_checks = 65536;
    static constexpr std::uint8_t pending_bit = 0x40, failed_bit = 0x80;  // of states_
    static constexpr std::uint8_t margin_bit = 0x04;                      // of log_states_

    struct Record {
        std::uint32_t first_member, member_count;
        std::uint32_t first_group, group_count;
        std::int64_t margin_before, margin, margin_told;
    };
    // Members keep in the two upper bits of `group` the state of the provider that the group's counters know.
    struct Counters {
        std::int64_t need;
        std::uint32_t members, not_well, down;
        bool soft;
    };
    // A change on its way to the dependents.
    struct Signal {
        State state;  // what dependents see: at_risk only of a gate
        bool gate_margin;
    };

    void raise(std::uint32_t node, State state) {
        std::uint8_t& byte = states_[node];
        if ((byte & 3) >= static_cast<std::uint8_t>(state)) return;
        byte = static_cast<std::uint8_t>((byte & ~3) | static_cast<std::uint8_t>(state));
        mark_pending(node);
    }
    void mark_pending(std::uint32_t node) {
        if (states_[node] & pending_bit) return;
        states_[node] |= pending_bit;
        next_.push_back(node);
    }
    void lower_margin(std::uint32_t node, Record& record, std::int64_t margin);
    void tell_dependents();
    void tell(std::uint32_t node, std::uint32_t provider, std::size_t position);
    void close_round();

    std::uint32_t record_of(std::uint32_t node);  // number from 1; 0: nothing to keep
    std::uint32_t make_record(std::uint32_t node);
    void read_margins_of_gates(std::uint32_t node);
    template <typename F>
    void for_each_gate_provider(std::uint32_t node, F&& f);

    AnalysisGraph graph_;
    CheckPoint check_;
    std::uint64_t work_ = 0;
    Plan plan_;
    RuleReader rules_;
    SegmentTable dependents_;
    NodeSorter sorter_;
    std::optional<NodeSet> special_;  // gates and elements of classes with `requires`; nullopt: there are none
    bool has_gates_ = false;

    LazyArray<std::uint8_t> states_;  // now (2 bits), before (2), last told to dependents (2), pending, failed
    PagedMap record_numbers_;         // 0 unknown, 1 none, else position + 2
    std::vector<Record> records_;
    std::vector<Member> members_;
    std::vector<Counters> groups_;
    Rule rule_;  // scratch

    std::vector<std::uint32_t> next_, frontier_;
    std::vector<Signal> signals_;        // by position in frontier_
    std::vector<std::int64_t> margins_;  // of gates in frontier_; empty without gates

    std::vector<std::uint32_t> log_nodes_;
    std::vector<std::uint8_t> log_states_;
    std::vector<std::size_t> round_begin_;
    struct MarginChange {
        std::size_t change;
        std::int64_t margin;
    };
    std::vector<MarginChange> margin_log_;  // ascending
};

}  // namespace mainstay::analysis
