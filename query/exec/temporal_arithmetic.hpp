#pragma once

#include "bind/bound.hpp"

#include "mainstay/core/value.hpp"

#include <optional>

namespace mainstay::exec {

// Arithmetic with at least one temporal operand, neither null: a temporal plus or minus a duration, durations with each
// other, a duration times or divided by a number. nullopt: no such operation. Throws invalid_temporal beyond the years
// taken.
std::optional<Value> calculate_temporal(bound::ArithmeticOp op, const Value& a, const Value& b);

}  // namespace mainstay::exec
