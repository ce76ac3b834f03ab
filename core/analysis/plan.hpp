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
    bool is_soft() const noexcept { return type->effect == Effect::soft; }
};

class Plan {
public:
    explicit Plan(const AnalysisGraph& graph);

    // nullptr: edges of this type carry nothing in this graph.
    const TypePlan* find(TypeId type) const noexcept {
        return raw(type) < by_type_.size() && by_type_[raw(type)] ? &types_[by_type_[raw(type)] - 1u] : nullptr;
    }
    // Uses of the types that carry something: from provider to dependent; from dependent to provider, all or in two
    // parts.
    const std::vector<TypeUse>& dependents() const noexcept { return dependents_; }
    const std::vector<TypeUse>& providers() const noexcept { return providers_; }
    const std::vector<TypeUse>& plain_providers() const noexcept { return plain_providers_; }
    const std::vector<TypeUse>& group_providers() const noexcept { return group_providers_; }

private:
    std::vector<TypePlan> types_;
    std::vector<std::uint16_t> by_type_;  // position in types_ plus 1; 0: none
    std::vector<TypeUse> dependents_, providers_, plain_providers_, group_providers_;
};

// The effect of one relationship: none, soft or hard. Anything else its property may say is as if it said nothing.
Effect effect_of(const AnalysisGraph& graph, const TypePlan& plan, RelId rel);

}  // namespace mainstay::analysis
