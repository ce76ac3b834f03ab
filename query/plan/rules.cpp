#include "plan/rules.hpp"

namespace mainstay::plan {

void optimise_plan(NodePtr&, const bound::Statement&) {}

}  // namespace mainstay::plan
