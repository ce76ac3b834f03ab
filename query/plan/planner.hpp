#pragma once

#include "plan/plan.hpp"

#include "mainstay/storage/view.hpp"

namespace mainstay::plan {

enum class Optimise : std::uint8_t { no, yes };

// Plans a bound query. `view` is asked for its schema, class model and statistics only; the plan stays right for other
// views of the same schema and model. With Optimise::no patterns are matched as written, from left to right, from all
// nodes, what is said of them is tested when all of a pattern is matched, and sorts keep all rows: the answers are the
// same. The plan borrows the statement. Throws Error(Code::unsupported) for what cannot be executed yet.
Plan make_plan(const bound::Statement& statement, const bound::Query& query, const View& view, Optimise optimise);

}  // namespace mainstay::plan
