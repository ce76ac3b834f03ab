#pragma once

#include "plan/plan.hpp"

#include "mainstay/query/database.hpp"

#include <functional>

namespace mainstay::plan {

// The plan as EXPLAIN shows it. `figures`, if set, fills in what PROFILE measured of an operation.
PlanNode explain(const Plan& plan, const bound::Statement& statement,
                 const std::function<void(const Node&, PlanNode&)>& figures);

// One operation a line, children indented under it: `Name(details) [live slots]`. For tests.
std::string print(const PlanNode& node);

}  // namespace mainstay::plan
