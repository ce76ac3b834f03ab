#include "syntax/builder.hpp"

#include "syntax/literals.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace mainstay::syntax {
namespace {

// openCypher 9, loosest first. A unary sign binds tighter than ^: -2 ^ 2 is 4.
constexpr int precedence_of(Operator op) noexcept {
    switch (op) {
        case Operator::logical_or: return 1;
        case Operator::logical_xor: return 2;
        case Operator::logical_and: return 3;
        case Operator::logical_not: return 4;
        case Operator::equal:
        case Operator::not_equal:
        case Operator::less:
        case Operator::less_equal:
        case Operator::greater:
        case Operator::greater_equal: return 5;
        case Operator::starts_with:
        case Operator::ends_with:
        case Operator::contains:
        case Operator::matches:
        case Operator::in: return 6;
        case Operator::add:
        case Operator::subtract: return 7;
        case Operator::multiply:
        case Operator::divide:
        case Operator::modulo: return 8;
        case Operator::power: return 9;
        case Operator::minus:
        case Operator::plus: return 10;
    }
    return 0;
}
constexpr int null_predicate_precedence = 6;

ExpressionPtr boxed(Expression expression) { return std::make_unique<Expression>(std::move(expression)); }

}  // namespace

Builder::Builder(std::string_view text, const ParseLimits& limits, const Brackets& brackets)
    : text_(text), limits_(limits), brackets_(brackets), ahead_(text, brackets) {}

AtomKind Builder::atom_at(const char* p) {
    if (p != atom_place_) {
        atom_kind_ = ahead_.atom(p);
        atom_place_ = p;
    }
    return atom_kind_;
}

ClauseKind Builder::clause_at(const char* p) {
    if (p != clause_place_) {
        clause_kind_ = ahead_.clause(p);
        clause_place_ = p;
    }
    return clause_kind_;
}

void Builder::restore(const State& state) {
    frames_.resize(state.frames);
    operands_.erase(operands_.begin() + static_cast<std::ptrdiff_t>(state.operands), operands_.end());
    operators_.resize(state.operators);
}

void Builder::too_deep(Span span) const {
    throw Error{Code::nesting_too_deep, span,
                fmt::format("the statement is nested more than {} levels deep here", limits_.nesting)}
        .with_hint("split the statement, or pass the data as a parameter");
}

void Builder::push(Operand operand) {
    if (operand.depth > limits_.nesting) too_deep(operand.span);
    operands_.push_back(std::move(operand));
}

Builder::Operand Builder::pop() {
    MAINSTAY_ASSERT(!operands_.empty());
    Operand operand = std::move(operands_.back());
    operands_.pop_back();
    return operand;
}

Expression Builder::take_expression() {
    Operand operand = pop();
    note_depth(operand.depth);
    return std::move(operand.expression);
}

void Builder::open_expression(const char* at) {
    // The grammar recurses once for each open expression, whether or not the tree becomes deep.
    if (bases_.size() >= limits_.nesting) too_deep({offset(at), offset(at) + 1});
    bases_.push_back({operators_.size(), operands_.size(), std::exchange(bar_ends_next_, false)});
}

void Builder::drop_expression() noexcept {
    operators_.resize(bases_.back().operators);
    operands_.erase(operands_.begin() + static_cast<std::ptrdiff_t>(bases_.back().operands), operands_.end());
    bases_.pop_back();
}

void Builder::close_expression() {
    reduce_to(0);
    bases_.pop_back();
}

void Builder::prefix(Operator op, Span span) {
    const bool first = operators_.size() == bases_.back().operators;
    if (op == Operator::logical_not && !first && precedence_of(operators_.back().op) > precedence_of(op)) {
        throw Error{Code::syntax, span,
                    fmt::format("NOT cannot stand after {} without parentheses", quoted(text(operators_.back().span)))}
            .with_hint("write ... (NOT ...)");
    }
    operators_.push_back({op, span});
    if (operators_.size() - bases_.back().operators > limits_.nesting) too_deep(span);
}

void Builder::infix(Operator op, Span span) {
    reduce_to(precedence_of(op));
    operators_.push_back({op, span});
}

// Makes all pending operations that bind at least as tightly: operators of one level group to the left.
void Builder::reduce_to(int precedence) {
    while (operators_.size() > bases_.back().operators && precedence_of(operators_.back().op) >= precedence) reduce();
}

void Builder::reduce() {
    const auto [op, op_span] = operators_.back();
    operators_.pop_back();
    Operand right = pop();
    if (op == Operator::minus || op == Operator::plus || op == Operator::logical_not) {
        const UnaryOp unary = op == Operator::minus  ? UnaryOp::minus
                              : op == Operator::plus ? UnaryOp::plus
                                                     : UnaryOp::logical_not;
        const Span span{op_span.begin, right.span.end};
        push({{span, Unary{unary, boxed(std::move(right.expression))}}, span, right.depth + 1});
        return;
    }

    Operand left = pop();
    const Span span{left.span.begin, right.span.end};
    const std::uint32_t depth = std::max(left.depth, right.depth) + 1;
    const auto make = [&](auto node) { push({{span, std::move(node)}, span, depth}); };
    // A chain of one level becomes one node with many operands, however long it is.
    const auto extend = [&] {
        left.expression.span = left.span = span;
        left.depth = std::max(left.depth, right.depth + 1);
        push(std::move(left));
    };
    const auto logical = [&](LogicalOp kind) {
        if (auto* chain = std::get_if<Logical>(&left.expression.node); chain && chain->op == kind && !left.grouped) {
            chain->operands.push_back(std::move(right.expression));
            return extend();
        }
        Logical chain{kind, {}};
        chain.operands.push_back(std::move(left.expression));
        chain.operands.push_back(std::move(right.expression));
        make(std::move(chain));
    };
    const auto comparison = [&](ComparisonOp kind) {
        if (auto* chain = std::get_if<Comparison>(&left.expression.node); chain && !left.grouped) {
            chain->steps.push_back({kind, op_span, std::move(right.expression)});
            return extend();
        }
        Comparison chain{boxed(std::move(left.expression)), {}};
        chain.steps.push_back({kind, op_span, std::move(right.expression)});
        make(std::move(chain));
    };
    const auto string = [&](StringOp kind) {
        make(StringPredicate{kind, op_span, boxed(std::move(left.expression)), boxed(std::move(right.expression))});
    };
    const auto arithmetic = [&](ArithmeticOp kind) {
        make(Arithmetic{kind, op_span, boxed(std::move(left.expression)), boxed(std::move(right.expression))});
    };
    switch (op) {
        case Operator::logical_or: return logical(LogicalOp::logical_or);
        case Operator::logical_xor: return logical(LogicalOp::logical_xor);
        case Operator::logical_and: return logical(LogicalOp::logical_and);
        case Operator::equal: return comparison(ComparisonOp::equal);
        case Operator::not_equal: return comparison(ComparisonOp::not_equal);
        case Operator::less: return comparison(ComparisonOp::less);
        case Operator::less_equal: return comparison(ComparisonOp::less_equal);
        case Operator::greater: return comparison(ComparisonOp::greater);
        case Operator::greater_equal: return comparison(ComparisonOp::greater_equal);
        case Operator::starts_with: return string(StringOp::starts_with);
        case Operator::ends_with: return string(StringOp::ends_with);
        case Operator::contains: return string(StringOp::contains);
        case Operator::matches: return string(StringOp::matches);
        case Operator::in:
            return make(Membership{boxed(std::move(left.expression)), boxed(std::move(right.expression))});
        case Operator::add: return arithmetic(ArithmeticOp::add);
        case Operator::subtract: return arithmetic(ArithmeticOp::subtract);
        case Operator::multiply: return arithmetic(ArithmeticOp::multiply);
        case Operator::divide: return arithmetic(ArithmeticOp::divide);
        case Operator::modulo: return arithmetic(ArithmeticOp::modulo);
        case Operator::power: return arithmetic(ArithmeticOp::power);
        case Operator::logical_not:
        case Operator::minus:
        case Operator::plus: break;
    }
    MAINSTAY_ASSERT(false);
}

bool Builder::minus_before(const char* p) const {
    // The sign is the last token read, and it is a prefix: an infix minus is followed by a number of its own.
    return operators_.size() > bases_.back().operators && operators_.back().op == Operator::minus &&
           operators_.back().span.end == last_token_.end && last_token_.end <= offset(p);
}

void Builder::number(const char* first, const char* last) {
    Span span{offset(first), offset(last)};
    const bool negative = minus_before(first);
    if (negative) {
        span.begin = operators_.back().span.begin;
        operators_.pop_back();
    }
    token(first, last);
    push_leaf({span, Literal{read_number({first, static_cast<std::size_t>(last - first)}, negative, span)}});
}

template <typename Node>
void Builder::wrap(Operand& operand, Node node) {
    operand.span = since(operand.span.begin);
    operand.expression = {operand.span, std::move(node)};
    operand.grouped = false;
    if (++operand.depth > limits_.nesting) too_deep(operand.span);
}

void Builder::is_null(bool negated) {
    reduce_to(null_predicate_precedence);
    Operand& operand = operands_.back();
    wrap(operand, NullPredicate{boxed(std::move(operand.expression)), negated});
}

void Builder::property() {
    Operand& operand = operands_.back();
    wrap(operand, Property{boxed(std::move(operand.expression)), take<Name>()});
}

void Builder::labels() {
    Operand& operand = operands_.back();
    wrap(operand, LabelPredicate{boxed(std::move(operand.expression)), take<LabelExpression>()});
}

void Builder::subscript(Subscript subscript, std::uint32_t depth) {
    Operand& operand = operands_.back();
    operand.depth = std::max(operand.depth, depth);
    ExpressionPtr object = boxed(std::move(operand.expression));
    if (subscript.slice) {
        wrap(operand, Slice{std::move(object), std::move(subscript.first), std::move(subscript.last)});
    } else {
        wrap(operand, Index{std::move(object), std::move(subscript.first)});
    }
}

void Builder::close_group(std::uint32_t begin) {
    operands_.back().span = since(begin);
    operands_.back().grouped = true;
}

void Builder::negate_labels(std::uint32_t begin, std::uint32_t count) {
    if (count > limits_.nesting) too_deep(since(begin));
    auto labels = take<LabelExpression>();
    for (std::uint32_t i = 0; i < count; ++i) {
        labels = {since(begin), LabelNot{std::make_unique<LabelExpression>(std::move(labels))}};
    }
    give(std::move(labels));
}

}  // namespace mainstay::syntax
