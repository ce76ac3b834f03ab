// Where an analysis starts to look for what is not up before anything fails (DESIGN section 6, baseline): found once a
// committed state, kept while commits do not touch it.

#include "mainstay/core/analysis.hpp"
#include "store_impl.hpp"
#include "transaction_impl.hpp"
#include "view_impl.hpp"

#include <algorithm>

namespace mainstay {
namespace {

// Whether a commit can change which groups are broken or which status is not up.
bool matters(const CommitRequest& request, const ResolvedModel& resolved, const Model& model, const Names& names) {
    if (request.definitions || !request.overlay->rels.empty()) return true;
    std::vector<KeyId> keys;
    for (const auto& type : resolved.semantics->types()) keys.push_back(type.need_attribute);
    for (const auto& c : model.classes())
        if (c.status) keys.push_back(names.find_key(c.status->attribute));
    for (const auto& [id, change] : request.overlay->nodes) {
        if (change.created || change.deleted || change.reshaped) return true;
        for (const auto key : keys)
            if (key != no_key && change.properties.find(key)) return true;
    }
    return false;
}

}  // namespace

std::shared_ptr<const std::vector<NodeId>> StoreImpl::baseline_seeds(const StoreView& view) const {
    // Without dated things every valid time shows the same.
    const auto& resolved = view.resolved();
    const auto valid = resolved.any_dated_type || resolved.any_dated_shape ? view.valid_time() : ValidTime{};
    {
        const std::lock_guard lock(baseline_mutex_);
        for (const auto& known : baselines_)
            if (known.tx == view.tx() && known.valid == valid) return known.seeds;
    }
    const AnalysisGraph graph{view, view, view.semantics()};
    auto seeds = std::make_shared<std::vector<NodeId>>();
    const auto baseline = baseline_of(graph, true, nullptr, {});
    for (const auto& entry : baseline.entries()) seeds->push_back(entry.node);
    constexpr std::size_t kept = 8;
    const std::lock_guard lock(baseline_mutex_);
    baselines_.push_back({view.tx(), valid, seeds});
    if (baselines_.size() > kept) baselines_.erase(baselines_.begin());
    return seeds;
}

void StoreImpl::carry_baseline(TxNumber before, TxNumber after, std::span<CommitRequest* const> committed) const {
    const std::lock_guard lock(baseline_mutex_);
    const bool known =
        std::any_of(baselines_.begin(), baselines_.end(), [&](const Baseline& b) { return b.tx == before; });
    if (!known) return;
    for (const auto* request : committed)
        if (matters(*request, request->view->resolved(), request->view->model(), tokens_)) return;
    for (auto& baseline : baselines_)
        if (baseline.tx == before) baseline.tx = after;
}

}  // namespace mainstay
