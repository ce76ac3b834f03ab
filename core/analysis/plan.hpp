#pragma once

// What an analysis needs to know of each dependency type of this graph, settled once: which types can be followed
// without reading any relationship's properties.

#include "mainstay/core/analysis.hpp"

#include <vector>

namespace mainstay::analysis {

struct TypePlan {
    const Semantics::DependencyType* type = nullptr;
    bool reads_effect = false;  // some relationship carries the effect property of this type
    bool reads_group = false;
    bool reads_need = false;
    // Every edge is ungrouped and of the type's own effect: nothing to read, no group to keep.
    bool plain = false;
    std::size_t override_keys = 0;  // position in Plan's list of sets of override properties
    bool is_soft() const noexcept { return type->effect == Effect::soft; }
};

// Which override properties a relationship may carry, as far as its segment tells.
struct Overrides {
    std::uint8_t bits = 0;
    static constexpr std::uint8_t known = 1, group_bit = 2, need_bit = 4, effect_bit = 8;
    bool group() const noexcept { return bits & group_bit; }
    bool need() const noexcept { return bits & need_bit; }
    bool effect() const noexcept { return bits & effect_bit; }
    bool none() const noexcept { return !(bits & (group_bit | effect_bit)); }  // the edge is plain
};

class Plan {
public:
    explicit Plan(const AnalysisGraph& graph);

    // nullptr: edges of this type carry nothing in this graph.
    const TypePlan* find(TypeId type) const noexcept {
        return raw(type) < by_type_.size() && by_type_[raw(type)] ? &types_[by_type_[raw(type)] - 1u] : nullptr;
    }
    // Requires a plan of this Plan. Asks the graph once per segment of relationships.
    Overrides overrides(const TypePlan& plan, RelId rel) {
        std::vector<Overrides>& known = override_keys_[plan.override_keys].segments;
        const std::uint32_t segment = segment_of(rel);
        if (segment >= known.size() || !(known[segment].bits & Overrides::known)) ask(plan, segment);
        return known[segment];
    }
    // The effect of one relationship: none, soft or hard. Anything else its property may say is as if it said nothing.
    Effect effect_of(const TypePlan& plan, RelId rel) {
        return plan.reads_effect && overrides(plan, rel).effect() ? read_effect(plan, rel) : plan.type->effect;
    }
    // Uses of the types that carry something: from provider to dependent; from dependent to provider, all or in two
    // parts. Of the first two, relationships may be read where a type reads their properties.
    const std::vector<TypeUse>& dependents() const noexcept { return dependents_; }
    const std::vector<TypeUse>& providers() const noexcept { return providers_; }
    const std::vector<TypeUse>& plain_providers() const noexcept { return plain_providers_; }
    const std::vector<TypeUse>& group_providers() const noexcept { return group_providers_; }

private:
    void ask(const TypePlan& plan, std::uint32_t rel_segment);
    Effect read_effect(const TypePlan& plan, RelId rel) const;

    const Properties& properties_;
    std::vector<TypePlan> types_;
    struct OverrideKeys {  // most models have one: group, need, effect
        KeyId group, need, effect;
        std::vector<Overrides> segments;  // by segment of relationships
    };
    std::vector<OverrideKeys> override_keys_;
    std::vector<std::uint16_t> by_type_;  // position in types_ plus 1; 0: none
    std::vector<TypeUse> dependents_, providers_, plain_providers_, group_providers_;
};

}  // namespace mainstay::analysis
