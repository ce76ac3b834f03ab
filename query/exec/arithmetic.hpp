#pragma once

#include "bind/bound.hpp"

#include "mainstay/core/value.hpp"

namespace mainstay::exec {

// `a + b` and kin by openCypher's rules: null if either is; integers stay integers and overflow with an error; + joins
// strings and lists; temporal values and durations add up. Throws type_error, arithmetic_overflow, division_by_zero.
Value calculate(bound::ArithmeticOp op, const Value& a, const Value& b, Span span);
Value negate(const Value& v, Span span);

// object[index] and object[from..to] of lists and maps (an element's properties are the evaluator's affair). Null if
// any is.
Value item_of(const Value& object, const Value& index, Span span);
Value slice_of(const Value& list, const Value& from, const Value& to, Span span);

// `item IN list` in three values.
Ternary is_in(const Value& item, const Value& list, Span span);

}  // namespace mainstay::exec
