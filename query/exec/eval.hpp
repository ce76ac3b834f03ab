#pragma once

#include "exec/batch.hpp"
#include "exec/context.hpp"

namespace mainstay::exec {

// Variables of comprehensions, quantifiers and reduce while their body is evaluated: a chain on the stack.
struct Local {
    Slot slot;
    Value value;
    const Local* outer;
};

// The row an expression is evaluated on. Borrowed.
struct Row {
    const Batch& batch;
    std::uint32_t index;
    const Local* locals = nullptr;

    Value get(Slot slot) const {
        for (const Local* local = locals; local; local = local->outer)
            if (local->slot == slot) return local->value;
        return batch.get(slot, index);
    }
};

// The value of an expression on a row, by openCypher's rules (null is passed on, a wrong type is an Error with the
// expression's span).
Value evaluate(const bound::Expr& expression, const Row& row, StatementContext& context);

// A condition's value as a truth value. Throws type_error if it is neither a boolean nor null.
Ternary to_ternary(const Value& value, Span span);
// Whether a condition is true; null counts as false. Throws type_error if it is neither a boolean nor null.
bool is_true(const bound::Expr& condition, const Row& row, StatementContext& context);

// A column of an expression's values over all rows of a batch; a plain variable is copied as it is.
void evaluate_column(const bound::Expr& expression, const Batch& batch, StatementContext& context, Column& out);

// A property of an element, map or temporal value. Null of null. Throws type_error, deleted_entity_access.
Value property_of(const Value& object, bound::KeyRef key, Span span, StatementContext& context);

// For values without a row: SKIP, LIMIT, WITHIN, AS OF. `what` names it in messages: "LIMIT". The result is not
// negative. Throws type_error (InvalidArgumentType) or negative_integer_argument.
std::uint64_t evaluate_count(const bound::Expr& expression, StatementContext& context, std::string_view what);
Value evaluate_constant(const bound::Expr& expression, StatementContext& context);

}  // namespace mainstay::exec
