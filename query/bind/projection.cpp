// WITH and RETURN: which items group, which gather, and what ORDER BY and WHERE may still see.

#include "bind/binder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mainstay::bound {

// An aggregated or distinct projection as seen by what comes after it: only its keys (or items) are left.
struct Binder::Grouping {
    const Binder& b;
    const std::vector<std::pair<std::string, Slot>>& before;  // variables before the projection
    std::vector<std::pair<ExprPtr, Slot>> keys;               // expression before -> slot that holds it
    std::vector<Slot> aggregates;

    bool is_before(Slot slot) const {
        return slot == b.csv_.line || slot == b.csv_.file ||
               std::any_of(before.begin(), before.end(), [slot](const auto& v) { return v.second == slot; });
    }
    bool is_aggregate(const Expr& e) const {
        const auto* v = std::get_if<Variable>(&e.node);
        return v && std::find(aggregates.begin(), aggregates.end(), v->slot) != aggregates.end();
    }
    bool has_aggregate(const ExprPtr& e) const {
        return any_of(*e, [this](const Expr& x) { return is_aggregate(x); });
    }
    const Slot* key_of(const ExprPtr& e) const {
        for (const auto& [expression, slot] : keys)
            if (same(*expression, *e)) return &slot;
        return nullptr;
    }
    static bool is_simple(const Expr& e) {
        return std::holds_alternative<Variable>(e.node) || std::holds_alternative<Property>(e.node);
    }

    // The expression over keys and aggregates alone. Beside an aggregate only a variable or property that is itself a
    // key may stand (openCypher: a larger key there would be ambiguous).
    ExprPtr over_keys(const ExprPtr& e, Code otherwise) const {
        const bool gathers = has_aggregate(e);
        auto out = rewrite(e, [&](const ExprPtr& x) -> ExprPtr {
            if (is_aggregate(*x)) return x;
            if (gathers && !is_simple(*x)) return nullptr;
            if (const auto* slot = key_of(x)) return make(Variable{*slot}, x->span);
            return nullptr;
        });
        check(out, gathers && otherwise == Code::undefined_variable ? Code::undefined_variable
                   : gathers                                        ? Code::ambiguous_aggregation_expression
                                                                    : otherwise);
        return out;
    }

    void check(const ExprPtr& e, Code code) const {
        any_of(*e, [&](const Expr& x) {
            if (const auto* v = std::get_if<Variable>(&x.node)) refuse(v->slot, x.span, code);
            if (const auto* s = std::get_if<Subquery>(&x.node))
                for (const auto slot : s->outer) refuse(slot, x.span, code);
            return false;
        });
    }

    void refuse(Slot slot, Span span, Code code) const {
        if (!is_before(slot)) return;
        for (const auto& [expression, key] : keys)
            if (key == slot) return;
        const auto name = quoted(b.info(slot).name);
        // A variable that lives on inside a larger key is there, but which part of the key is meant is not clear.
        const bool inside_a_key = std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
            return !is_simple(*key.first) && any_of(*key.first, [&](const Expr& x) {
                const auto* v = std::get_if<Variable>(&x.node);
                return v && v->slot == slot;
            });
        });
        if (inside_a_key && code == Code::undefined_variable) code = Code::ambiguous_aggregation_expression;
        if (code == Code::ambiguous_aggregation_expression)
            throw Error{code, span, fmt::format("{} is neither gathered nor a grouping key by itself", name)}.with_hint(
                "give it its own item, or compute it in a WITH before");
        throw Error{code, span, fmt::format("{} is not there any more after grouping or DISTINCT", name)}.with_hint(
            "add it to the items");
    }
};

void Binder::projection(const syntax::Projection& p, const syntax::Expression* where, bool is_return, Span span,
                        Sequence& sequence) {
    const auto before = scope_.visible();
    Project project;
    project.is_return = is_return;
    project.distinct = p.distinct;

    struct Item {
        Typed typed;
        std::string name;
        Span span;
    };
    std::vector<Item> items;
    if (p.star) {
        if (before.empty() && is_return)
            throw Error{Code::no_variables_in_scope, p.span, "there are no variables that * could stand for"};
        for (const auto& [name, slot] : before) {
            note_use(slot);
            items.push_back({{make(Variable{slot}, p.span), types_of(slot), info(slot).kind}, name, p.span});
        }
        if (is_return)
            std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.name < b.name; });
    }
    std::vector<Aggregation> aggregations;
    auto* const outer_aggregations = std::exchange(aggregations_, &aggregations);
    const bool outer_inside = std::exchange(inside_aggregate_, false);
    struct Restore {
        Binder& b;
        std::vector<Aggregation>* a;
        bool inside;
        ~Restore() { b.aggregations_ = a, b.inside_aggregate_ = inside; }
    } restore{*this, outer_aggregations, outer_inside};
    const char* const name_of_clause = is_return ? "RETURN" : "WITH";
    for (const auto& item : p.items) {
        auto typed = expression(item.expression, {.predicate = false, .aggregates = true, .clause = name_of_clause});
        items.push_back({std::move(typed), item.column, item.span});
    }
    std::set<std::string> names;
    for (const auto& item : items)
        if (!names.insert(item.name).second)
            throw Error{Code::column_name_conflict, item.span,
                        fmt::format("two columns are named {}", quoted(item.name))}
                .with_hint("give one of them another name with AS");

    project.aggregated = !aggregations.empty();
    Grouping grouping{*this, before, {}, {}};
    const auto note_aggregates = [&] {
        grouping.aggregates.clear();
        for (const auto& a : aggregations) grouping.aggregates.push_back(a.slot);
    };
    note_aggregates();

    // Keys first: an aggregated item may name any of them.
    if (project.aggregated)
        for (const auto& item : items) {
            if (grouping.has_aggregate(item.typed.expr)) continue;
            const auto* variable = std::get_if<Variable>(&item.typed.expr->node);
            const auto slot = variable ? variable->slot : new_slot(item.name, item.typed.kind, item.typed.types);
            project.grouping.push_back({slot, item.typed.expr, item.name});
            grouping.keys.emplace_back(item.typed.expr, slot);
        }

    Scope after;
    std::vector<std::pair<ExprPtr, Slot>> item_slots;
    for (auto& item : items) {
        ExprPtr expr = item.typed.expr;
        if (project.aggregated) {
            if (grouping.has_aggregate(expr)) {
                expr = grouping.over_keys(expr, Code::ambiguous_aggregation_expression);
            } else if (const auto* key_slot = grouping.key_of(expr)) {
                expr = make(Variable{*key_slot}, expr->span);
            }
        }
        const auto* variable = std::get_if<Variable>(&expr->node);
        const bool passed_on =
            variable && info(variable->slot).name == item.name && scope_.find(item.name) == variable->slot;
        const auto slot = passed_on ? variable->slot : new_slot(item.name, item.typed.kind, item.typed.types);
        item_slots.emplace_back(item.typed.expr, slot);
        project.items.push_back({slot, std::move(expr), item.name});
        after.add(item.name, slot);
    }

    // ORDER BY and WHERE see the items, and behind them what was there before, as far as it still exists.
    const auto outside = scope_;
    for (const auto& [name, slot] : after.visible()) scope_.add(name, slot);
    const auto reduce = [&](ExprPtr e) -> ExprPtr {
        if (!project.aggregated && !project.distinct) return e;
        auto over = grouping;
        for (const auto& [expression, slot] : item_slots) over.keys.emplace_back(expression, slot);
        if (project.distinct && !project.aggregated) {
            // Only the items exist.
            over.keys = item_slots;
        }
        for (const auto& [name, slot] : after.visible()) over.keys.emplace_back(make(Variable{slot}), slot);
        return over.over_keys(e, Code::undefined_variable);
    };
    for (const auto& key : p.order_by) {
        const auto count_before = aggregations.size();
        auto typed =
            expression(key.expression, {.predicate = true, .aggregates = project.aggregated, .clause = "ORDER BY"});
        if (aggregations.size() != count_before)
            throw Error{Code::undefined_variable, key.expression.span,
                        "ORDER BY can only use an aggregate that is among the items"}
                .with_hint("add it to the items with a name");
        project.order.push_back({reduce(std::move(typed.expr)), key.descending});
    }
    if (p.skip) project.skip = count_of_rows(*p.skip, "SKIP");
    if (p.limit) project.limit = count_of_rows(*p.limit, "LIMIT");
    if (where) {
        aggregations_ = nullptr;
        project.where = reduce(condition(*where, "WHERE"));
    }
    if (!is_return)
        for (const auto& item : p.items)
            if (!item.alias && !std::holds_alternative<syntax::Variable>(item.expression.node))
                throw Error{Code::no_expression_alias, item.span, "an expression in WITH needs a name"}.with_hint(
                    "write `... AS name`");
    if (project.aggregated || project.distinct) csv_ = {};  // a row of these is of no line
    project.aggregations = std::move(aggregations);
    scope_ = after;
    if (is_return) {
        for (const auto& item : project.items) sequence.out.columns.push_back({item.slot, item.column});
        sequence.returned = true;
    }
    sequence.out.clauses.push_back({span, std::move(project)});
}

}  // namespace mainstay::bound
