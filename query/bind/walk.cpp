// Walking, rewriting and comparing bound expressions.

#include "bind/binder.hpp"

#include <algorithm>

namespace mainstay::bound {
namespace {

template <typename... F>
struct Overload : F... {
    using F::operator()...;
};
template <typename... F>
Overload(F...) -> Overload<F...>;

// Calls f(ExprPtr&) for every direct child of a node, null ones left out. The one place that knows where children are.
template <typename Node, typename F>
void each_child(Node& node, F&& f) {
    const auto one = [&](auto& p) {
        if (p) f(p);
    };
    const auto list = [&](auto& items) {
        for (auto& p : items) one(p);
    };
    std::visit(Overload{
                   [](auto& n)
                       requires std::is_same_v<std::remove_const_t<std::remove_reference_t<decltype(n)>>, Literal> ||
                                std::is_same_v<std::remove_const_t<std::remove_reference_t<decltype(n)>>, Variable> ||
                                std::is_same_v<std::remove_const_t<std::remove_reference_t<decltype(n)>>, Parameter> ||
                                std::is_same_v<std::remove_const_t<std::remove_reference_t<decltype(n)>>, Subquery> ||
                                std::is_same_v<std::remove_const_t<std::remove_reference_t<decltype(n)>>, BuildPath>
                   {},
                   [&](auto& n)
                       requires requires { n.items; n.object;
}
{
    one(n.object);
    for (auto& item : n.items) one(item.value);
}
, [&](auto& n) requires(
      requires { n.items; } && !requires { n.object; }) {
    list(n.items);
}
, [&](auto& n) requires requires { n.entries; }
{
    for (auto& entry : n.entries) one(entry.second);
}
, [&](auto& n) requires(
      requires { n.object; } && !requires { n.items; }) {
    one(n.object);
    if constexpr (requires { n.index; }) one(n.index);
    if constexpr (requires { n.from; }) one(n.from), one(n.to);
}
, [&](auto& n) requires requires { n.operand; }
{ one(n.operand); }
, [&](auto& n) requires requires { n.operands; }
{ list(n.operands); }
, [&](auto& n) requires requires { n.left; }
{ one(n.left), one(n.right); }
, [&](auto& n) requires requires {
    n.item;
    n.list;
}
{ one(n.item), one(n.list); }
, [&](auto& n) requires requires { n.branches; }
{
    one(n.subject);
    for (auto& branch : n.branches) one(branch.when), one(branch.then);
    one(n.otherwise);
}
, [&](auto& n) requires requires {
    n.variable;
    n.list;
    n.where;
}
{
    one(n.list), one(n.where);
    if constexpr (requires { n.projection; }) one(n.projection);
}
, [&](auto& n) requires requires { n.step; }
{ one(n.initial), one(n.list), one(n.step); }
, [&](auto& n) requires requires { n.arguments; }
{ list(n.arguments); }
,
}  // namespace
,
               node);
}  // namespace mainstay::bound

bool same_ptr(const ExprPtr& a, const ExprPtr& b) { return a == b || (a && b && same(*a, *b)); }

// What a node says besides its children.
bool same_head(const Expr& a, const Expr& b) {
    return std::visit(
        [&](const auto& x) {
            using Node = std::decay_t<decltype(x)>;
            const auto& y = std::get<Node>(b.node);
            if constexpr (std::is_same_v<Node, Literal>)
                return x.value.type() == y.value.type() && equivalent(x.value, y.value);
            else if constexpr (std::is_same_v<Node, Variable>)
                return x.slot == y.slot;
            else if constexpr (std::is_same_v<Node, Parameter>)
                return x.parameter == y.parameter;
            else if constexpr (std::is_same_v<Node, Property>)
                return x.key == y.key;
            else if constexpr (std::is_same_v<Node, Call>)
                return x.function == y.function && x.function->purity != function::Purity::random;
            else if constexpr (std::is_same_v<Node, NullTest>)
                return x.negated == y.negated;
            else if constexpr (requires { x.op; })
                return x.op == y.op;
            else if constexpr (std::is_same_v<Node, MapLiteral>)
                return std::equal(x.entries.begin(), x.entries.end(), y.entries.begin(), y.entries.end(),
                                  [](const auto& p, const auto& q) { return p.first == q.first; });
            else if constexpr (std::is_same_v<Node, Slice>)
                return !x.from == !y.from && !x.to == !y.to;
            else if constexpr (std::is_same_v<Node, Case>)
                return !x.subject == !y.subject && !x.otherwise == !y.otherwise &&
                       x.branches.size() == y.branches.size();
            else if constexpr (std::is_same_v<Node, ListLiteral> || std::is_same_v<Node, Index> ||
                               std::is_same_v<Node, Membership>)
                return true;
            else
                return false;  // they bind variables of their own: never the same
        },
        a.node);
}

}  // namespace

bool any_of(const Expr& e, const std::function<bool(const Expr&)>& f) {
    if (f(e)) return true;
    bool found = false;
    each_child(e.node, [&](const ExprPtr& child) { found = found || any_of(*child, f); });
    return found;
}

ExprPtr rewrite(const ExprPtr& e, const std::function<ExprPtr(const ExprPtr&)>& f) {
    if (!e) return e;
    if (auto other = f(e)) return other;
    Expr copy = *e;
    bool changed = false;
    each_child(copy.node, [&](ExprPtr& child) {
        auto other = rewrite(child, f);
        changed |= other != child;
        child = std::move(other);
    });
    return changed ? std::make_shared<const Expr>(std::move(copy)) : e;
}

bool same(const Expr& a, const Expr& b) {
    if (&a == &b) return true;
    if (a.node.index() != b.node.index() || !same_head(a, b)) return false;
    std::vector<ExprPtr> left, right;
    each_child(a.node, [&](const ExprPtr& c) { left.push_back(c); });
    each_child(b.node, [&](const ExprPtr& c) { right.push_back(c); });
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), same_ptr);
}

}  // namespace mainstay::bound
