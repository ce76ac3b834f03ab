#pragma once

// The optimiser's rules: rewrites of a plan that keep its rows (as a bag) and its errors.

#include "plan/plan.hpp"

namespace mainstay::plan {

// Applies every rule to a plan and the plans inside it, in one walk down. Requires live slots (find_live_slots);
// afterwards they must be found again.
void optimise_plan(NodePtr& root);

// A subquery's plan as the one relationship that it follows; nullopt: it does more.
std::optional<HopQuery> as_hop(const Node& root);

}  // namespace mainstay::plan
