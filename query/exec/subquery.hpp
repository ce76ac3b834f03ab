#pragma once

#include "exec/eval.hpp"

namespace mainstay::exec {

// EXISTS: whether the subquery has rows on this row; COUNT: how many; COLLECT: the list of its one column.
Value run_subquery(const bound::Subquery& subquery, const Row& row, StatementContext& context);

}  // namespace mainstay::exec
