#pragma once

// What the grammar fills while it reads: the tree under construction. Knows nothing of PEGTL.
//
// - A *frame* is a tree node being read: a T on the stack of the rule that makes it. The rules inside reach it by
// current<T>().
// - A finished expression lies on the operand stack until the rule that wanted it takes it; anything else lies in the
// one
//   slot of its type, which is enough, since it is taken at once.
// - Binary operators are ordered by precedence on an operator stack, so that the grammar does not recurse once a level.
//
// Depth is that of the finished tree: each operand carries its own, each frame the greatest it has taken in.

#include "mainstay/core/assert.hpp"
#include "syntax/ast.hpp"
#include "syntax/brackets.hpp"
#include "syntax/lookahead.hpp"
#include "syntax/parse.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace mainstay::syntax {

// object[first], object[first..last], before it is known which.
struct Subscript {
    ExpressionPtr first, last;
    bool slice = false;
};

enum class Operator : std::uint8_t {
    logical_or,
    logical_xor,
    logical_and,
    logical_not,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    starts_with,
    ends_with,
    contains,
    matches,
    in,
    add,
    subtract,
    multiply,
    divide,
    modulo,
    power,
    minus,
    plus
};

template <typename T, typename Variant>
inline constexpr bool is_alternative_of = false;
template <typename T, typename... Ts>
inline constexpr bool is_alternative_of<T, std::variant<Ts...>> = (std::is_same_v<T, Ts> || ...);
template <typename T>
inline constexpr bool is_expression_node = is_alternative_of<T, decltype(Expression::node)>;

// What else is a level of the tree: its own kind may lie inside.
template <typename T>
inline constexpr bool adds_depth = is_alternative_of<T, std::variant<Query, ParenthesisedPath, Foreach>>;

class Builder {
public:
    // All three must outlive it.
    Builder(std::string_view text, const ParseLimits& limits, const Brackets& brackets);

    const Lookahead& ahead() const noexcept { return ahead_; }
    // ahead().atom(p) and ahead().clause(p), remembered for the last place asked about.
    AtomKind atom_at(const char* p);
    ClauseKind clause_at(const char* p);

    // ---- places
    const char* end() const noexcept { return text_.data() + text_.size(); }
    std::uint32_t offset(const char* p) const noexcept { return static_cast<std::uint32_t>(p - text_.data()); }
    std::string_view text(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
    void token(const char* first, const char* last) noexcept { last_token_ = {offset(first), offset(last)}; }
    Span last_token() const noexcept { return last_token_; }
    Span since(std::uint32_t begin) const noexcept { return {begin, std::max(begin, last_token_.end)}; }

    // ---- frames
    struct State {
        std::size_t frames, operands, operators;
    };
    template <typename T>
    void open(T& object, const char* at) {
        frames_.push_back({&object, &tag<T>, offset(at), 0});
    }
    template <typename T>
    T& current() {
        MAINSTAY_ASSERT(!frames_.empty() && frames_.back().tag == &tag<T>);
        return *static_cast<T*>(frames_.back().object);
    }
    std::uint32_t begin_of_frame() const { return frames_.back().begin; }
    std::uint32_t depth() const noexcept { return static_cast<std::uint32_t>(bases_.size()); }  // open expressions
    // The frame's object is complete: it becomes an operand or fills its slot.
    template <typename T>
    void close(T& object) {
        const Frame frame = frames_.back();
        frames_.pop_back();
        const Span span = since(frame.begin);
        if constexpr (std::is_same_v<T, Subscript>) {
            subscript(std::move(object), frame.depth);
        } else if constexpr (is_expression_node<T>) {
            push({{span, std::move(object)}, span, frame.depth + 1});
        } else {
            if constexpr (requires { object.span = span; }) object.span = span;
            const std::uint32_t depth = frame.depth + (adds_depth<T> ? 1 : 0);
            if (depth > limits_.nesting) too_deep(span);
            note_depth(depth);
            std::get<std::optional<T>>(slots_) = std::move(object);
        }
    }
    State state() const noexcept { return {frames_.size(), operands_.size(), operators_.size()}; }
    void restore(const State& state);

    // ---- results
    Expression take_expression();
    template <typename T>
    T take() {
        if constexpr (std::is_same_v<T, Expression>) {
            return take_expression();
        } else {
            auto& slot = std::get<std::optional<T>>(slots_);
            MAINSTAY_ASSERT(slot.has_value());
            return *std::exchange(slot, std::nullopt);
        }
    }
    template <typename T>
    void give(T value) {
        std::get<std::optional<T>>(slots_) = std::move(value);
    }
    void push_leaf(Expression expression) {
        const Span span = expression.span;
        push({std::move(expression), span, 1});
    }

    // ---- expressions
    void open_expression(const char* at);
    void close_expression();
    void drop_expression() noexcept;                        // nothing was found
    void let_bar_end() noexcept { bar_ends_next_ = true; }  // the next expression opened ends at a `|`
    bool bar_ends() const noexcept { return !bases_.empty() && bases_.back().bar_ends; }
    void prefix(Operator op, Span span);
    void infix(Operator op, Span span);
    bool minus_before(const char* p) const;  // a minus that belongs to the number at p
    void number(const char* first, const char* last);
    void is_null(bool negated);
    void property();                        // .key, the key in the Name slot
    void labels();                          // :A, the labels in their slot
    void close_group(std::uint32_t begin);  // ( expression ): it counts as one, from `begin` on
    void negate_labels(std::uint32_t begin, std::uint32_t count);
    const Expression& top() const { return operands_.back().expression; }

    // ---- refusals
    // "expected `what` after `last token`, found ...", with a hint if one suggests itself.
    [[noreturn]] void expected(const char* at, std::string_view what) const;

private:
    struct Frame {
        void* object;
        const char* tag;
        std::uint32_t begin;
        std::uint32_t depth;
    };
    struct Operand {
        Expression expression;
        Span span;  // with its parentheses
        std::uint32_t depth = 1;
        bool grouped = false;
    };
    struct Pending {
        Operator op;
        Span span;
    };
    template <typename T>
    static constexpr char tag = 0;

    void push(Operand operand);
    void note_depth(std::uint32_t depth) {
        if (!frames_.empty() && frames_.back().depth < depth) frames_.back().depth = depth;
    }
    Operand pop();
    void reduce_to(int precedence);
    void reduce();
    void subscript(Subscript subscript, std::uint32_t depth);
    template <typename Node>
    void wrap(Operand& operand, Node node);
    [[noreturn]] void too_deep(Span span) const;

    std::string_view text_;
    ParseLimits limits_;
    const Brackets& brackets_;
    Lookahead ahead_;
    Span last_token_;
    std::vector<Frame> frames_;
    std::vector<Operand> operands_;
    std::vector<Pending> operators_;
    struct Base {
        std::size_t operators, operands;  // where those of this expression begin
        bool bar_ends;
    };
    std::vector<Base> bases_;  // the open expressions
    bool bar_ends_next_ = false;
    const char* atom_place_ = nullptr;
    AtomKind atom_kind_ = AtomKind::none;
    const char* clause_place_ = nullptr;
    ClauseKind clause_kind_ = ClauseKind::none;

    template <typename... Ts>
    using Slots = std::tuple<std::optional<Ts>...>;
    Slots<Name, std::string, std::uint64_t, LabelExpression, LabelAnd, LabelOr, NodePattern, HopRange,
          PatternQuantifier, RelationshipPattern, ParenthesisedPath, PathPattern, MapEntry, CaseBranch,
          MapProjectionItem, ProjectionItem, SortItem, Projection, YieldItem, Yield, Instant, ValidTime, TimeScope,
          Match, Unwind, With, Return, Create, SetProperty, SetProperties, SetLabels, SetItem, Set, RemoveProperty,
          RemoveLabels, RemoveItem, Remove, MergeAction, Merge, Delete, Call, InTransactions, CallSubquery, Foreach,
          LoadCsv, ImpactOf, ImpactOn, Reachable, SinglePointsOfFailure, HistoryOf, ChangesBetween, ProofOf, Analysis,
          Clause, SingleQuery, Query, SchemaTarget, CreateIndex, DropIndex, CreateConstraint, DropConstraint, Show,
          Command, WhatIf, Statement>
        slots_;
};

}  // namespace mainstay::syntax
