// What is not up before anything fails.

#include "mainstay/core/analysis.hpp"

#include "analysis/propagation.hpp"

#include <algorithm>

namespace mainstay {
namespace {

using namespace analysis;

// Every element whose groups or status could make it something else than up.
class Search {
public:
    Search(Propagation& propagation, bool from_status, const CheckPoint& check)
        : propagation_(propagation), graph_(propagation.graph()), from_status_(from_status), check_(check) {}

    void start_from(std::uint32_t node) {
        rules().read(node, RuleReader::Plain::skip, propagation_.is_special(node), rule_);
        const bool lacks_members = std::any_of(rule_.groups.begin(), rule_.groups.end(), [](const Group& group) {
            return group.need > static_cast<std::int64_t>(group.members);
        });
        if (lacks_members) propagation_.inject_broken_groups(node);
        if (from_status_) propagation_.inject(node, graph_.semantics.status_of(graph_.properties, NodeId{node}));
    }

    void start_from_whole_graph() {
        const bool groups_may_break =
            std::any_of(graph_.semantics.types().begin(), graph_.semantics.types().end(),
                        [&](const Semantics::DependencyType& type) { return may_lack_members(type); });
        if (groups_may_break) search_groups();
        for (const LabelId label : graph_.semantics.special_labels()) each(label);
        if (!from_status_) return;
        for (const LabelId label : graph_.semantics.status_labels()) each(label);
    }

private:
    RuleReader& rules() { return propagation_.rules(); }

    // A group with members and need 1, a percentage or `all` always has enough of them when all are up.
    bool may_lack_members(const Semantics::DependencyType& type) const {
        const TypePlan* plan = propagation_.plan().find(type.type);
        if (!plan || plan->plain) return false;
        if (!type.grouped) return plan->reads_need;
        return type.grouped->kind == Need::Kind::attribute
                   ? type.need_attribute != no_key
                   : type.grouped->kind == Need::Kind::count && type.grouped->number > 1;
    }

    void search_groups() {
        const std::uint32_t limit = graph_.topology.node_limit();
        const std::uint32_t segment_count = (limit >> segment_bits) + (limit % segment_slots != 0);
        for (std::uint32_t segment = 0; segment < segment_count; ++segment) {
            if (check_) check_();
            if (!rules().segment_may_have_group(segment)) continue;
            const std::uint32_t first = segment << segment_bits;
            for (std::uint32_t node = first; node - first < segment_slots && node < limit; ++node) {
                if (graph_.topology.contains_node(NodeId{node}) && rules().may_have_group(node)) start_from(node);
            }
        }
    }

    void each(LabelId label) {
        graph_.topology.for_each_node(label, [&](NodeId node) {
            if ((++steps_ & 4095) == 0 && check_) check_();
            start_from(raw(node));
        });
    }

    Propagation& propagation_;
    const AnalysisGraph& graph_;
    bool from_status_;
    const CheckPoint& check_;
    Rule rule_;
    std::size_t steps_ = 0;
};

}  // namespace

Baseline::Baseline(std::vector<Entry> entries) : entries_(std::move(entries)) {
    down_count_ = static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.state == State::down; }));
}

State Baseline::state_of(NodeId node) const noexcept {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), node,
                                        [](const Entry& entry, NodeId wanted) { return entry.node < wanted; });
    return found != entries_.end() && found->node == node ? found->state : State::up;
}

Baseline baseline_of(const AnalysisGraph& graph, bool from_status, const std::vector<NodeId>* seeds,
                     const CheckPoint& check) {
    if (seeds && seeds->empty()) return Baseline{{}};
    Propagation propagation{graph, nullptr, check};
    Search search{propagation, from_status, check};
    if (seeds) {
        for (const NodeId seed : *seeds) {
            if (graph.topology.contains_node(seed)) search.start_from(raw(seed));
        }
    } else {
        search.start_from_whole_graph();
    }
    propagation.run();
    std::vector<std::uint32_t> changed;
    for (std::size_t change = 0; change < propagation.change_count(); ++change) {
        const std::uint32_t node = propagation.change_node(change);
        if (propagation.state(node) != State::up && propagation.mark_seen(node)) changed.push_back(node);
    }
    NodeSorter{graph.topology.node_limit()}.sort(changed);
    std::vector<Baseline::Entry> entries;
    entries.reserve(changed.size());
    for (const std::uint32_t node : changed) entries.push_back({NodeId{node}, propagation.state(node)});
    return Baseline{std::move(entries)};
}

}  // namespace mainstay
