#include "plan/slots.hpp"

namespace mainstay::plan {

using namespace bound;

void for_each_operand(const Expr& e, const std::function<void(const ExprPtr&)>& f) {
    const auto maybe = [&](const ExprPtr& operand) {
        if (operand) f(operand);
    };
    std::visit(
        [&](const auto& n) {
            using N = std::decay_t<decltype(n)>;
            if constexpr (std::is_same_v<N, ListLiteral>) {
                for (const ExprPtr& item : n.items) f(item);
            } else if constexpr (std::is_same_v<N, MapLiteral>) {
                for (const auto& [key, value] : n.entries) f(value);
            } else if constexpr (std::is_same_v<N, Property> || std::is_same_v<N, LabelTest>) {
                f(n.object);
            } else if constexpr (std::is_same_v<N, bound::Index>) {
                f(n.object);
                f(n.index);
            } else if constexpr (std::is_same_v<N, Slice>) {
                f(n.object);
                maybe(n.from);
                maybe(n.to);
            } else if constexpr (std::is_same_v<N, Unary> || std::is_same_v<N, NullTest>) {
                f(n.operand);
            } else if constexpr (std::is_same_v<N, Arithmetic> || std::is_same_v<N, Comparison> ||
                                 std::is_same_v<N, StringPredicate>) {
                f(n.left);
                f(n.right);
            } else if constexpr (std::is_same_v<N, Logical>) {
                for (const ExprPtr& operand : n.operands) f(operand);
            } else if constexpr (std::is_same_v<N, Membership>) {
                f(n.item);
                f(n.list);
            } else if constexpr (std::is_same_v<N, Case>) {
                maybe(n.subject);
                for (const CaseBranch& branch : n.branches) {
                    f(branch.when);
                    f(branch.then);
                }
                maybe(n.otherwise);
            } else if constexpr (std::is_same_v<N, MapProjection>) {
                f(n.object);
                for (const auto& item : n.items) maybe(item.value);
            } else if constexpr (std::is_same_v<N, ListComprehension>) {
                f(n.list);
                maybe(n.where);
                maybe(n.projection);
            } else if constexpr (std::is_same_v<N, Quantifier>) {
                f(n.list);
                maybe(n.where);
            } else if constexpr (std::is_same_v<N, Reduce>) {
                f(n.initial);
                f(n.list);
                f(n.step);
            } else if constexpr (std::is_same_v<N, Call>) {
                for (const ExprPtr& argument : n.arguments) f(argument);
            }
        },
        e.node);
}

namespace {

// `hidden`: variables of enclosing comprehensions.
void read(const Expr& e, SlotSet& slots, SlotSet hidden) {
    const auto add = [&](Slot slot) {
        if (!hidden.has(slot)) slots.add(slot);
    };
    if (const auto* variable = std::get_if<Variable>(&e.node)) return add(variable->slot);
    if (const auto* subquery = std::get_if<Subquery>(&e.node)) {
        for (Slot slot : subquery->outer) add(slot);
        return;
    }
    if (const auto* path = std::get_if<BuildPath>(&e.node)) {
        add(path->start);
        for (const BuildPath::Step& step : path->steps) add(step.rel);
        return;
    }
    // The list of a comprehension could not mention its variable anyway: slots are unique.
    if (const auto* list = std::get_if<ListComprehension>(&e.node)) hidden.add(list->variable);
    if (const auto* quantifier = std::get_if<Quantifier>(&e.node)) hidden.add(quantifier->variable);
    if (const auto* reduce = std::get_if<Reduce>(&e.node)) {
        hidden.add(reduce->variable);
        hidden.add(reduce->accumulator);
    }
    for_each_operand(e, [&](const ExprPtr& operand) { read(*operand, slots, hidden); });
}

}  // namespace

void add_slots_read(const Expr& e, SlotSet& slots) { read(e, slots, {}); }

SlotSet slots_read(const Expr& e) {
    SlotSet slots;
    add_slots_read(e, slots);
    return slots;
}

void for_each_inside(const Expr& e, const std::function<void(const Expr&)>& f) {
    f(e);
    for_each_operand(e, [&](const ExprPtr& operand) { for_each_inside(*operand, f); });
}

void split_conjunction(const ExprPtr& e, std::vector<ExprPtr>& out) {
    const auto* logical = std::get_if<Logical>(&e->node);
    if (!logical || logical->op != LogicalOp::logical_and) return out.push_back(e);
    for (const ExprPtr& operand : logical->operands) split_conjunction(operand, out);
}

bool is_volatile(const Expr& e) {
    bool result = false;
    for_each_inside(e, [&](const Expr& inside) {
        // Any call: rand() and kin are rare, and a call per row costs little.
        result |= std::holds_alternative<Subquery>(inside.node) || std::holds_alternative<Call>(inside.node);
    });
    return result;
}

}  // namespace mainstay::plan
