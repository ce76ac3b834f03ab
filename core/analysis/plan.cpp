#include "analysis/plan.hpp"

#include "mainstay/core/assert.hpp"

#include <limits>

namespace mainstay::analysis {

Plan::Plan(const AnalysisGraph& graph) {
    const auto carried = [&](KeyId key) { return key != no_key && graph.properties.any_relationship_has(key); };
    for (const Semantics::DependencyType& type : graph.semantics.types()) {
        TypePlan plan;
        plan.type = &type;
        plan.reads_effect = carried(type.effect_key);
        plan.reads_group = !type.grouped && carried(type.group_key);
        plan.reads_need = plan.reads_group && carried(type.need_key);
        plan.plain = !type.grouped && !plan.reads_effect && !plan.reads_group;
        if (type.effect == Effect::none && !plan.reads_effect) continue;
        types_.push_back(plan);
        MAINSTAY_ASSERT(types_.size() < std::numeric_limits<std::uint16_t>::max());
        if (raw(type.type) >= by_type_.size()) by_type_.resize(raw(type.type) + 1, 0);
        by_type_[raw(type.type)] = static_cast<std::uint16_t>(types_.size());
    }
    for (const TypeUse& use : graph.semantics.to_dependents()) {
        if (find(use.type)) dependents_.push_back(use);
    }
    for (const TypeUse& use : graph.semantics.to_providers()) {
        const TypePlan* plan = find(use.type);
        if (!plan) continue;
        providers_.push_back(use);
        (plan->plain ? plain_providers_ : group_providers_).push_back(use);
    }
}

Effect effect_of(const AnalysisGraph& graph, const TypePlan& plan, RelId rel) {
    if (!plan.reads_effect) return plan.type->effect;
    const Value value = graph.properties.property(rel, plan.type->effect_key);
    if (!value.is(ValueType::string)) return plan.type->effect;
    const std::string_view text = value.as_string();
    if (text == "hard") return Effect::hard;
    if (text == "soft") return Effect::soft;
    return text == "none" ? Effect::none : plan.type->effect;
}

}  // namespace mainstay::analysis
