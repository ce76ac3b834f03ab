#include "exec/temporal_arithmetic.hpp"

#include "mainstay/core/temporal_functions.hpp"

namespace mainstay::exec {

std::optional<Value> calculate_temporal(bound::ArithmeticOp op, const Value& a, const Value& b) {
    using bound::ArithmeticOp;
    const bool a_duration = a.is(ValueType::duration), b_duration = b.is(ValueType::duration);
    switch (op) {
        case ArithmeticOp::add:
            if (a_duration && b_duration) return Value{plus(a.as_duration(), b.as_duration())};
            if (b_duration && a.is_temporal()) return plus(a, b.as_duration());
            if (a_duration && b.is_temporal()) return plus(b, a.as_duration());
            return std::nullopt;
        case ArithmeticOp::subtract:
            if (a_duration && b_duration) return Value{minus(a.as_duration(), b.as_duration())};
            if (b_duration && a.is_temporal()) return minus(a, b.as_duration());
            return std::nullopt;
        case ArithmeticOp::multiply:
            if (a_duration && b.is_number()) return Value{times(a.as_duration(), b)};
            if (b_duration && a.is_number()) return Value{times(b.as_duration(), a)};
            return std::nullopt;
        case ArithmeticOp::divide:
            if (a_duration && b.is_number()) return Value{divided_by(a.as_duration(), b)};
            return std::nullopt;
        default: return std::nullopt;
    }
}

}  // namespace mainstay::exec
