#pragma once

// The optimiser's rules: rewrites of a plan that keep its rows (as a bag) and its errors.

#include "plan/plan.hpp"

namespace mainstay::plan {

// Applies every rule to a plan and the plans inside it. May use slots of the statement's own only.
void optimise_plan(NodePtr& root, const bound::Statement& statement);

}  // namespace mainstay::plan
