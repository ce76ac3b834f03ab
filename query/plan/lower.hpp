#pragma once

#include "exec/operator.hpp"
#include "plan/plan.hpp"

namespace mainstay::plan {

// The operators that execute a plan. `node` must outlive them.
exec::OperatorPtr lower(const Node& node, exec::StatementContext& context);

}  // namespace mainstay::plan
