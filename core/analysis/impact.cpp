// Impact: a propagation from the baseline, and its log as rows.

#include "mainstay/core/analysis.hpp"

#include "analysis/cause.hpp"
#include "analysis/notices.hpp"
#include "analysis/propagation.hpp"

#include "mainstay/core/assert.hpp"

namespace mainstay {

using namespace analysis;

struct Impact::State_ {
    std::unique_ptr<Propagation> propagation;  // null if nothing failed
    std::vector<ImpactRow> rows;
    std::vector<Notice> notices;
    mutable std::unique_ptr<CauseFinder>
        causes;  // made by the first cause(); an Impact belongs to one thread at a time
};

namespace {

std::optional<std::int64_t> optional_margin(std::int64_t margin) {
    return margin == no_margin ? std::nullopt : std::optional{margin};
}

// An element's row stands in the round of its last change.
std::vector<ImpactRow> rows_of(Propagation& propagation, bool with_margins) {
    std::vector<std::uint8_t> is_row(propagation.change_count());
    std::size_t count = 0;
    for (std::size_t change = propagation.change_count(); change-- > 0;) {
        const std::uint32_t node = propagation.change_node(change);
        const bool is_last = propagation.mark_seen(node);
        is_row[change] = is_last && !propagation.is_failed(node) && propagation.state_before(node) != State::down;
        count += is_row[change];
    }
    std::vector<ImpactRow> rows;
    rows.reserve(count);
    for (std::size_t round = 0; round < propagation.round_count(); ++round) {
        const std::size_t end = propagation.round_begin(round + 1);
        propagation.count_work(static_cast<std::uint32_t>(end - propagation.round_begin(round)));
        for (std::size_t change = propagation.round_begin(round); change < end; ++change) {
            if (!is_row[change]) continue;
            const std::uint32_t node = propagation.change_node(change);
            if (with_margins) propagation.count_work(16);
            const auto [now, before] = with_margins ? propagation.margins(node) : Propagation::Margins{};
            rows.push_back({NodeId{node}, propagation.state(node), propagation.state_before(node),
                            static_cast<std::uint32_t>(round), optional_margin(now), optional_margin(before)});
        }
    }
    return rows;
}

std::vector<Notice> notices_of(const AnalysisGraph& graph, const Propagation& propagation, const Baseline& baseline,
                               std::span<const NodeId> failed, const std::vector<ImpactRow>& rows) {
    std::vector<std::uint32_t> nodes;
    if (!graph.semantics.path_uses().empty()) {
        for (const NodeId node : failed) nodes.push_back(raw(node));
        for (const ImpactRow& row : rows) nodes.push_back(raw(row.ci));
        NodeSorter{graph.topology.node_limit()}.sort(nodes);
    }
    std::vector<NodeId> touched;
    touched.reserve(nodes.size());
    for (const std::uint32_t node : nodes) touched.push_back(NodeId{node});
    std::vector<Notice> result = semantic_notices(graph, touched);
    std::size_t down_count = baseline.down_count();
    for (const NodeId node : failed) down_count -= propagation.state_before(raw(node)) == State::down;
    if (down_count > 0) result.push_back(already_down_notice(down_count));
    return result;
}

}  // namespace

Impact impact_of(const AnalysisGraph& graph, std::span<const NodeId> failed, const ImpactOptions& options,
                 const Baseline& baseline, const CheckPoint& check) {
    auto result = std::make_shared<Impact::State_>();
    if (failed.empty()) {
        result->notices = semantic_notices(graph, {});
        return Impact{std::move(result)};
    }
    result->propagation = std::make_unique<Propagation>(graph, &baseline, check);
    Propagation& propagation = *result->propagation;
    const State injected = options.when == InjectedState::down ? State::down : State::degraded;
    std::vector<NodeId> distinct;
    for (const NodeId node : failed) {
        if (propagation.is_failed(raw(node))) continue;
        distinct.push_back(node);
        propagation.mark_failed(raw(node));
        propagation.inject(raw(node), injected);
    }
    propagation.run();
    result->rows = rows_of(propagation, options.margins);
    result->notices = notices_of(graph, propagation, baseline, distinct, result->rows);
    return Impact{std::move(result)};
}

Impact impact_of(const AnalysisGraph& graph, std::span<const NodeId> failed, const ImpactOptions& options,
                 const std::vector<NodeId>* baseline_seeds, const CheckPoint& check) {
    const Baseline baseline =
        failed.empty() ? Baseline{{}} : baseline_of(graph, options.from_status, baseline_seeds, check);
    return impact_of(graph, failed, options, baseline, check);
}

Impact::Impact(std::shared_ptr<const State_> state) : state_(std::move(state)) {}

std::span<const ImpactRow> Impact::rows() const noexcept { return state_->rows; }

std::span<const Notice> Impact::notices() const noexcept { return state_->notices; }

CausePath Impact::cause(std::size_t row) const {
    MAINSTAY_ASSERT(row < state_->rows.size());
    if (!state_->causes) state_->causes = std::make_unique<CauseFinder>(*state_->propagation);
    return state_->causes->path(raw(state_->rows[row].ci), state_->rows[row].hops);
}

}  // namespace mainstay
