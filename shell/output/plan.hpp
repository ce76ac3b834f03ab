#pragma once

#include "output/writer.hpp"

#include "mainstay/query/database.hpp"

namespace mainstay::shell {

// Whether the plan carries measured figures (PROFILE).
bool is_profiled(const PlanNode& plan) noexcept;
// The plan as rows: operator (drawn as a tree), details, estimated rows; profiled also rows, time, bytes. The number of
// operators.
std::uint64_t write_plan(const PlanNode& plan, ResultWriter& writer);

}  // namespace mainstay::shell
