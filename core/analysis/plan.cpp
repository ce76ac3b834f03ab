#include "analysis/plan.hpp"

#include "mainstay/core/assert.hpp"

#include <algorithm>
#include <limits>

namespace mainstay::analysis {

Plan::Plan(const AnalysisGraph& graph) : properties_(graph.properties) {
    const auto carried = [&](KeyId key) { return key != no_key && graph.properties.any_relationship_has(key); };
    for (const Semantics::DependencyType& type : graph.semantics.types()) {
        TypePlan plan;
        plan.type = &type;
        plan.reads_effect = carried(type.effect_key);
        plan.reads_group = !type.grouped && carried(type.group_key);
        plan.reads_need = plan.reads_group && carried(type.need_key);
        plan.plain = !type.grouped && !plan.reads_effect && !plan.reads_group;
        if (type.effect == Effect::none && !plan.reads_effect) continue;
        const KeyId group = plan.reads_group ? type.group_key : no_key, need = plan.reads_need ? type.need_key : no_key;
        const KeyId effect = plan.reads_effect ? type.effect_key : no_key;
        const auto same = std::find_if(override_keys_.begin(), override_keys_.end(), [&](const OverrideKeys& keys) {
            return keys.group == group && keys.need == need && keys.effect == effect;
        });
        plan.override_keys = static_cast<std::size_t>(same - override_keys_.begin());
        if (same == override_keys_.end()) override_keys_.push_back({group, need, effect, {}});
        types_.push_back(plan);
        MAINSTAY_ASSERT(types_.size() < std::numeric_limits<std::uint16_t>::max());
        if (raw(type.type) >= by_type_.size()) by_type_.resize(raw(type.type) + 1, 0);
        by_type_[raw(type.type)] = static_cast<std::uint16_t>(types_.size());
    }
    // Who the other ends are is all that most types are asked for.
    const auto swept = [](TypeUse use, const TypePlan& plan) {
        use.reads_rels = plan.reads_effect || plan.reads_group;
        return use;
    };
    for (const TypeUse& use : graph.semantics.to_dependents()) {
        if (const TypePlan* plan = find(use.type)) dependents_.push_back(swept(use, *plan));
    }
    for (const TypeUse& use : graph.semantics.to_providers()) {
        const TypePlan* plan = find(use.type);
        if (!plan) continue;
        providers_.push_back(swept(use, *plan));
        (plan->plain ? plain_providers_ : group_providers_).push_back(use);
    }
}

void Plan::ask(const TypePlan& plan, std::uint32_t rel_segment) {
    OverrideKeys& keys = override_keys_[plan.override_keys];
    if (rel_segment >= keys.segments.size()) keys.segments.resize(rel_segment + 1);
    std::uint8_t bits = Overrides::known;
    const auto may_have = [&](KeyId key) { return key != no_key && properties_.segment_may_have(rel_segment, key); };
    if (may_have(keys.group)) bits |= Overrides::group_bit;
    if (may_have(keys.need)) bits |= Overrides::need_bit;
    if (may_have(keys.effect)) bits |= Overrides::effect_bit;
    keys.segments[rel_segment].bits = bits;
}

Effect Plan::read_effect(const TypePlan& plan, RelId rel) const {
    const Value value = properties_.property(rel, plan.type->effect_key);
    if (!value.is(ValueType::string)) return plan.type->effect;
    const std::string_view text = value.as_string();
    if (text == "hard") return Effect::hard;
    if (text == "soft") return Effect::soft;
    return text == "none" ? Effect::none : plan.type->effect;
}

}  // namespace mainstay::analysis
