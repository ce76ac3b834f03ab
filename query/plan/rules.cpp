#include "plan/rules.hpp"

#include "exec/column_filter.hpp"
#include "function/aggregate.hpp"
#include "plan/slots.hpp"

#include <algorithm>

namespace mainstay::plan {
namespace {

using namespace bound;
using AggregateOp = plan::Aggregate;

bool has(const std::vector<Slot>& slots, Slot slot) {
    return std::find(slots.begin(), slots.end(), slot) != slots.end();
}

bool has_name(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool ignores_duplicates(const Aggregation& a) {
    if (!a.function) return false;
    return a.distinct || a.function->kind == function::AggregateKind::min ||
           a.function->kind == function::AggregateKind::max;
}

// --- a scan tests conditions on columns in place: Filter over NodeScan

void push_conditions(NodePtr& node) {
    auto* filter = std::get_if<Filter>(&node->op);
    if (!filter || !node->child) return;
    auto* scan = std::get_if<NodeScan>(&node->child->op);
    if (!scan) return;
    std::vector<ExprPtr> rest;
    for (ExprPtr& condition : filter->conditions) {
        if (exec::ColumnFilter::can_test(*condition, scan->node)) {
            scan->conditions.push_back(std::move(condition));
        } else {
            rest.push_back(std::move(condition));
        }
    }
    node->child->rows = node->rows;
    if (rest.empty()) {
        NodePtr child = std::move(node->child);
        child->live = std::move(node->live);
        node = std::move(child);
    } else {
        filter->conditions = std::move(rest);
    }
}

// --- reachability: VarExpand whose relationships nobody reads, where duplicates do not count

bool reduces_to_reach(const VarExpand& expand, const Node& node) {
    return expand.min <= 1 && expand.conditions.empty() && !has(node.live, expand.hop.rel) &&
           (!expand.max || *expand.max > 1);
}

void to_reach(Node& node) {
    const auto& expand = std::get<VarExpand>(node.op);
    Reach reach{expand.hop, false, expand.min, expand.max};
    const bool only_target =
        std::all_of(node.live.begin(), node.live.end(), [&](Slot slot) { return slot == reach.hop.to; });
    reach.together = only_target && !reach.hop.into && reach.hop.differ.empty() &&
                     reach.hop.direction != PatternDirection::both && reach.hop.from != reach.hop.to;
    node.op = std::move(reach);
}

// The same with conditions on each relationship, or for a quantified path of one relationship: a path of which nothing
// but its end is wanted.
bool to_ends(Node& node) {
    if (const auto* expand = std::get_if<VarExpand>(&node.op)) {
        if (expand->min > 1 || has(node.live, expand->hop.rel)) return false;
        if (expand->hop.from == expand->hop.to) return false;  // a round of that form would be a loop at one node
        PathSearch search;
        search.from = expand->hop.from;
        search.to = expand->hop.to;
        search.into = expand->hop.into;
        search.differ = expand->hop.differ;
        search.time = expand->hop.time;
        PathSearch::Step step;
        step.hops.push_back(expand->hop);
        step.hops[0].rel = expand->each;
        step.repeats = true;
        step.min = expand->min;
        step.max = expand->max;
        step.conditions = expand->conditions;
        step.end = search.to;
        search.steps.push_back(std::move(step));
        search.ends_only = true;
        node.op = std::move(search);
        return true;
    }
    auto& search = std::get<PathSearch>(node.op);
    if (search.selector != PathSelector::all || !search.checks.empty() || search.steps.size() != 1) return false;
    const PathSearch::Step& step = search.steps[0];
    if (step.hops.size() != 1 || step.min > 1 || has(node.live, step.trail)) return false;
    for (const PathSearch::List& list : step.lists)
        if (has(node.live, list.list)) return false;
    search.ends_only = true;
    return true;
}

// From an operation for whose input duplicates do not count, down.
void find_reaches(Node* node) {
    for (; node; node = node->child.get()) {
        if (const auto* expand = std::get_if<VarExpand>(&node->op)) {
            if (reduces_to_reach(*expand, *node)) {
                to_reach(*node);
            } else if (!expand->conditions.empty()) {
                to_ends(*node);
            }
            continue;
        }
        if (std::holds_alternative<PathSearch>(node->op)) {
            to_ends(*node);
            continue;
        }
        const bool passes_duplicates =
            std::holds_alternative<Filter>(node->op) || std::holds_alternative<Extend>(node->op) ||
            std::holds_alternative<Expand>(node->op) || std::holds_alternative<RelEnds>(node->op) ||
            std::holds_alternative<Reach>(node->op) || std::holds_alternative<NodeScan>(node->op) ||
            std::holds_alternative<RelScan>(node->op) || std::holds_alternative<NodeSeek>(node->op) ||
            std::holds_alternative<NodeRange>(node->op) || std::holds_alternative<NodeById>(node->op) ||
            std::holds_alternative<plan::Unwind>(node->op) || std::holds_alternative<Distinct>(node->op);
        if (!passes_duplicates) return;
    }
}

void reach(NodePtr& node) {
    if (std::holds_alternative<Distinct>(node->op)) return find_reaches(node->child.get());
    if (const auto* aggregate = std::get_if<AggregateOp>(&node->op))
        if (std::all_of(aggregate->aggregations.begin(), aggregate->aggregations.end(), ignores_duplicates))
            find_reaches(node->child.get());
}

// --- properties that only the first rows of an order need

// Whether the slot gets an element from an operation below: its properties are read without an error then.
bool holds_element(const Node* node, Slot slot) {
    for (; node; node = node->child.get()) {
        if (const auto* scan = std::get_if<NodeScan>(&node->op); scan && scan->node == slot) return true;
        if (const auto* seek = std::get_if<NodeSeek>(&node->op); seek && seek->node == slot) return true;
        if (const auto* range = std::get_if<NodeRange>(&node->op); range && range->node == slot) return true;
        if (const auto* expand = std::get_if<Expand>(&node->op);
            expand && (expand->hop.rel == slot || (expand->hop.to == slot && !expand->hop.into)))
            return true;
        // What comes from further down may have become something else on the way.
        if (!std::holds_alternative<NodeScan>(node->op) && !std::holds_alternative<NodeSeek>(node->op) &&
            !std::holds_alternative<NodeRange>(node->op) && !std::holds_alternative<Expand>(node->op) &&
            !std::holds_alternative<Filter>(node->op))
            return false;
    }
    return false;
}

void project_late(NodePtr& node) {
    auto* sort = std::get_if<plan::Sort>(&node->op);
    if (!sort || !sort->limit || !node->child) return;
    auto* extend = std::get_if<Extend>(&node->child->op);
    if (!extend) return;
    SlotSet keys;
    for (const SortKey& key : sort->keys) keys.add(slots_read(*key.expression));
    Extend early, late;
    for (Assignment& assignment : extend->assignments) {
        const auto* property = std::get_if<Property>(&assignment.expression->node);
        const auto* variable = property ? std::get_if<Variable>(&property->object->node) : nullptr;
        const bool waits =
            variable && !keys.has(assignment.slot) && holds_element(node->child->child.get(), variable->slot);
        (waits ? late : early).assignments.push_back(std::move(assignment));
    }
    const bool any = !late.assignments.empty();
    *extend = std::move(early);
    if (!any) return;
    const double rows = node->rows;
    std::vector<Slot> live = node->live;
    node = plan::make(std::move(late), std::move(node), rows);
    node->live = std::move(live);
}

// --- counts that the store keeps

bool counts_rows(const Aggregation& a, std::initializer_list<Slot> never_null) {
    if (!a.function) return true;
    if (a.distinct || a.function->kind != function::AggregateKind::count || a.arguments.size() != 1) return false;
    const auto* variable = std::get_if<Variable>(&a.arguments[0]->node);
    return variable && std::find(never_null.begin(), never_null.end(), variable->slot) != never_null.end();
}

void count_from_store(NodePtr& node) {
    const auto* aggregate = std::get_if<AggregateOp>(&node->op);
    if (!aggregate || !aggregate->keys.empty() || aggregate->aggregations.size() != 1) return;
    const Aggregation& count = aggregate->aggregations.front();
    const Node* below = node->child.get();
    const auto starts = [](const Node* n) { return n && n->child && std::holds_alternative<Start>(n->child->op); };
    const auto replace = [&](auto op) {
        auto made = plan::make(std::move(op), nullptr, 1);
        made->live = node->live;
        node = std::move(made);
    };
    if (const auto* scan = std::get_if<NodeScan>(&below->op)) {
        if (!starts(below) || !scan->conditions.empty() || !counts_rows(count, {scan->node})) return;
        if (scan->labels && (scan->labels->kind != LabelExpr::Kind::name || scan->labels->names.size() != 1)) return;
        CountNodes op{count.slot, {}, false, scan->time};
        if (scan->labels) op.labels = scan->labels->names;
        replace(std::move(op));
    } else if (const auto* rels = std::get_if<RelScan>(&below->op)) {
        if (!starts(below) || rels->both || !counts_rows(count, {rels->rel, rels->from, rels->to})) return;
        CountRels op{count.slot, {}, rels->time};
        for (const TypeName& type : rels->types)
            if (!has_name(op.types, type.name)) op.types.push_back(type.name);
        replace(std::move(op));
    } else if (const auto* expand = std::get_if<Expand>(&below->op)) {
        // MATCH ()-[r]->() from a scan of all nodes
        const auto* all = below->child ? std::get_if<NodeScan>(&below->child->op) : nullptr;
        if (!all || !starts(below->child.get()) || all->labels || !all->conditions.empty()) return;
        const Hop& hop = expand->hop;
        if (hop.into || hop.dependency || hop.direction == PatternDirection::both || hop.from == hop.to) return;
        if (!counts_rows(count, {hop.rel, hop.from, hop.to})) return;
        CountRels op{count.slot, {}, hop.time};
        for (const TypeName& type : hop.types)
            if (!has_name(op.types, type.name)) op.types.push_back(type.name);
        replace(std::move(op));
    }
}

// --- aggregation over columns

std::optional<KeyRef> property_of(const Expr& e, Slot slot) {
    const auto* property = std::get_if<Property>(&e.node);
    if (!property) return std::nullopt;
    const auto* variable = std::get_if<Variable>(&property->object->node);
    return variable && variable->slot == slot ? std::optional{property->key} : std::nullopt;
}

bool follows_from_labels(const Expr& e, Slot slot) {
    if (const auto* index = std::get_if<Index>(&e.node))
        return std::holds_alternative<Literal>(index->index->node) && follows_from_labels(*index->object, slot);
    const auto* call = std::get_if<Call>(&e.node);
    if (!call || call->function->name != "labels" || call->arguments.size() != 1) return false;
    const auto* variable = std::get_if<Variable>(&call->arguments[0]->node);
    return variable && variable->slot == slot;
}

void aggregate_columns(NodePtr& node) {
    auto* aggregate = std::get_if<AggregateOp>(&node->op);
    if (!aggregate || !node->child) return;
    auto* scan = std::get_if<NodeScan>(&node->child->op);
    if (!scan || !node->child->child || !std::holds_alternative<Start>(node->child->child->op)) return;
    for (const Assignment& key : aggregate->keys)
        if (!property_of(*key.expression, scan->node) && !follows_from_labels(*key.expression, scan->node)) return;
    for (const Aggregation& a : aggregate->aggregations) {
        if (counts_rows(a, {scan->node})) continue;
        if (a.distinct || a.arguments.size() != 1 || !property_of(*a.arguments[0], scan->node)) return;
        using Kind = function::AggregateKind;
        const Kind kind = a.function->kind;
        if (kind != Kind::count && kind != Kind::sum && kind != Kind::avg && kind != Kind::min && kind != Kind::max)
            return;
    }
    auto made = plan::make(ColumnAggregate{std::move(*scan), std::move(*aggregate)}, nullptr, node->rows);
    made->live = std::move(node->live);
    node = std::move(made);
}

void visit_inner(Node& node) {
    std::visit(
        [](auto& op) {
            using Op = std::decay_t<decltype(op)>;
            if constexpr (std::is_same_v<Op, plan::Optional> || std::is_same_v<Op, SemiApply> ||
                          std::is_same_v<Op, Apply> || std::is_same_v<Op, plan::InTransactions>) {
                optimise_plan(op.inner);
            } else if constexpr (std::is_same_v<Op, Join>) {
                optimise_plan(op.right);
            } else if constexpr (std::is_same_v<Op, Union>) {
                for (NodePtr& part : op.parts) optimise_plan(part);
            } else if constexpr (std::is_same_v<Op, plan::Merge>) {
                optimise_plan(op.match);
            } else if constexpr (std::is_same_v<Op, plan::Foreach>) {
                optimise_plan(op.body);
            }
        },
        node.op);
}

}  // namespace

std::optional<HopQuery> as_hop(const Node& root) {
    const auto* filter = std::get_if<Filter>(&root.op);
    const Node* below = filter ? root.child.get() : &root;
    const auto* expand = below ? std::get_if<Expand>(&below->op) : nullptr;
    if (!expand || !below->child || !std::holds_alternative<Argument>(below->child->op)) return std::nullopt;
    if (!expand->hop.differ.empty()) return std::nullopt;
    return HopQuery{expand, filter};
}

void optimise_plan(NodePtr& root) {
    for (NodePtr* node = &root; *node; node = &(*node)->child) {
        push_conditions(*node);
        if ((*node)->child) push_conditions((*node)->child);
        reach(*node);
        project_late(*node);
        count_from_store(*node);
        aggregate_columns(*node);
        visit_inner(**node);
    }
}

}  // namespace mainstay::plan
