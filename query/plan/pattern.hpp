#pragma once

// How a MATCH finds its pattern: where to start, in which order to follow relationships, when to test conditions.

#include "plan/planner.hpp"
#include "plan/slots.hpp"

namespace mainstay::plan {

// What planning shares: the view's figures, the slots the planner makes for itself.
class PlanContext {
public:
    PlanContext(const bound::Statement& statement, const View& view, Optimise optimise)
        : view_(view),
          optimise_(optimise),
          next_slot_(static_cast<std::uint32_t>(statement.slots.size())),
          schema_(view.schema()) {}

    const View& view() const noexcept { return view_; }
    bool optimises() const noexcept { return optimise_ == Optimise::yes; }
    const std::vector<SchemaEntry>& schema() const noexcept { return schema_; }
    Slot new_slot() { return Slot{next_slot_++}; }
    std::uint32_t slot_count() const noexcept { return next_slot_; }

private:
    const View& view_;
    Optimise optimise_;
    std::uint32_t next_slot_;
    std::vector<SchemaEntry> schema_;
};

// The rows of `input`, each extended by every match of the pattern for which `where` (may be null) is true.
NodePtr plan_match(NodePtr input, const bound::Pattern& pattern, const ExprPtr& where, bool repeatable,
                   std::uint32_t time, const bound::Statement& statement, PlanContext& context);

// The slots a pattern introduces: of elements that are not bound, and of paths.
std::vector<Slot> introduced_slots(const bound::Pattern& pattern);

}  // namespace mainstay::plan
