#include "plan/pattern.hpp"

#include "bind/binder.hpp"
#include "plan/cardinality.hpp"
#include "plan/leaf.hpp"

#include <algorithm>
#include <limits>

namespace mainstay::plan {
namespace {

using namespace bound;

constexpr std::size_t simulated_rels_max = 24;  // larger patterns start at the cheapest leaf

ExprPtr variable(Slot slot, Span span) { return bound::make(Variable{slot}, span); }
ExprPtr property_equals(Slot slot, KeyRef key, const ExprPtr& value, Span span) {
    return bound::make(Comparison{ComparisonOp::equal, bound::make(Property{variable(slot, span), key}, span), value},
                       span);
}

PatternDirection turned(PatternDirection d) {
    switch (d) {
        case PatternDirection::right: return PatternDirection::left;
        case PatternDirection::left: return PatternDirection::right;
        case PatternDirection::both: return d;
    }
    return d;
}

bool may_share(const PatternRel& a, const PatternRel& b) {
    if (a.group)
        return std::any_of(a.group->rels.begin(), a.group->rels.end(),
                           [&](const auto& one) { return may_share(one, b); });
    if (b.group) return may_share(b, a);
    if (a.dependency || b.dependency || a.types.empty() || b.types.empty()) return true;
    return std::any_of(a.types.begin(), a.types.end(), [&](const TypeName& t) {
        return std::any_of(b.types.begin(), b.types.end(), [&](const TypeName& u) { return t.name == u.name; });
    });
}

class PatternPlanner {
public:
    PatternPlanner(NodePtr input, const Pattern& pattern, bool repeatable, std::uint32_t time,
                   const Statement& statement, PlanContext& context)
        : pattern_(pattern),
          repeatable_(repeatable),
          time_(time),
          statement_(statement),
          context_(context),
          current_(std::move(input)),
          node_bound_(pattern.nodes.size()),
          rel_done_(pattern.rels.size() + pattern.parts.size()),
          part_of_(pattern.rels.size()),
          node_inside_(pattern.nodes.size()),
          inside_(pattern.parts.size()),
          cardinality_(pattern, conditions_, context.view()) {
        rows_ = std::max(1.0, current_->rows);
        for (std::uint32_t p = 0; p < pattern.parts.size(); ++p) {
            const PatternPart& part = pattern.parts[p];
            for (const std::uint32_t rel : part.rels) part_of_[rel] = p;
            if (!is_searched(p)) continue;
            for (std::size_t i = 1; i + 1 < part.nodes.size(); ++i) node_inside_[part.nodes[i]] = true;
            inside_[p].slots = inside_slots(part);
        }
    }

    NodePtr plan(const ExprPtr& where) {
        collect(where);
        place_ready();
        while (true) {
            if (const auto step = pick_step()) {
                if (*step < pattern_.rels.size()) {
                    follow(*step);
                } else {
                    search(static_cast<std::uint32_t>(*step - pattern_.rels.size()));
                }
            } else if (const auto start = pick_start()) {
                begin(*start);
            } else {
                break;
            }
            place_ready();
        }
        build_paths();
        is_complete_ = true;
        place_ready();
        return std::move(current_);
    }

private:
    void add_condition(ExprPtr e) {
        Condition condition{std::move(e), {}, false};
        condition.reads = slots_read(*condition.expression);
        conditions_.push_back(std::move(condition));
    }

    // A part of which some paths are chosen is matched as a whole, by one operation.
    bool is_searched(std::uint32_t part) const { return pattern_.parts[part].selector != PathSelector::all; }

    // What a part alone knows: its relationships, its nodes but the ends, its path.
    SlotSet inside_slots(const PatternPart& part) const {
        SlotSet slots;
        if (part.path != no_slot) slots.add(part.path);
        for (std::size_t i = 1; i + 1 < part.nodes.size(); ++i) slots.add(pattern_.nodes[part.nodes[i]].slot);
        for (const std::uint32_t r : part.rels) {
            slots.add(pattern_.rels[r].slot);
            if (pattern_.rels[r].group)
                for (const auto& variable : pattern_.rels[r].group->variables) slots.add(variable.list);
        }
        return slots;
    }

    // Puts conjuncts written inside a part where they belong: those about what is chosen among count before the choice.
    void add_inside(std::uint32_t part, const ExprPtr& e) {
        if (!e) return;
        std::vector<ExprPtr> conjuncts;
        split_conjunction(e, conjuncts);
        for (ExprPtr& one : conjuncts) {
            if (is_searched(part) && slots_read(*one).meets(inside_[part].slots)) {
                inside_[part].conditions.push_back(std::move(one));
            } else {
                add_condition(std::move(one));
            }
        }
    }

    std::vector<ExprPtr> node_conditions(const PatternNode& node) const {
        std::vector<ExprPtr> all;
        if (node.labels) all.push_back(bound::make(LabelTest{variable(node.slot, node.span), node.labels}, node.span));
        for (const auto& [key, value] : node.properties.entries)
            all.push_back(property_equals(node.slot, key, value, value->span));
        if (node.where) split_conjunction(node.where, all);
        return all;
    }

    void collect(const ExprPtr& where) {
        std::vector<std::uint32_t> part_of_node(pattern_.nodes.size());
        for (std::uint32_t p = 0; p < pattern_.parts.size(); ++p)
            if (is_searched(p))
                for (const std::uint32_t node : pattern_.parts[p].nodes) part_of_node[node] = p;
        for (std::size_t i = 0; i < pattern_.nodes.size(); ++i) {
            const PatternNode& node = pattern_.nodes[i];
            node_bound_[i] = node.bound;
            if (!node.bound) unbound_.add(node.slot);
            for (const ExprPtr& condition : node_conditions(node)) add_inside(part_of_node[i], condition);
            const bool alone = std::none_of(pattern_.rels.begin(), pattern_.rels.end(),
                                            [&](const PatternRel& rel) { return rel.from == i || rel.to == i; });
            // A pattern of a bound node alone matches it, unless it is null.
            if (node.bound && alone)
                add_condition(bound::make(NullTest{variable(node.slot, node.span), true}, node.span));
        }
        for (std::size_t i = 0; i < pattern_.rels.size(); ++i) {
            const PatternRel& rel = pattern_.rels[i];
            if (!rel.bound) unbound_.add(rel.slot);
            if (rel.group)
                for (const auto& variable : rel.group->variables) unbound_.add(variable.list);
            if (!rel.length || rel.bound) {
                for (const auto& [key, value] : rel.properties.entries)
                    add_inside(part_of_[i], rel.length ? for_each_rel(rel, key, value)
                                                       : property_equals(rel.slot, key, value, value->span));
            }
            if (rel.each == no_slot) add_inside(part_of_[i], rel.where);
        }
        for (std::uint32_t p = 0; p < pattern_.parts.size(); ++p) {
            const PatternPart& part = pattern_.parts[p];
            if (part.path != no_slot) unbound_.add(part.path);
            add_inside(p, part.where);
        }
        if (where) add_where(where);
    }

    // WHERE comes after the choice, but for the older functions: they look for paths of which it is true.
    void add_where(const ExprPtr& where) {
        std::vector<ExprPtr> conjuncts;
        split_conjunction(where, conjuncts);
        for (ExprPtr& one : conjuncts) {
            const SlotSet reads = slots_read(*one);
            std::optional<std::uint32_t> function;
            for (std::uint32_t p = 0; p < pattern_.parts.size(); ++p)
                if (pattern_.parts[p].is_function && reads.meets(inside_[p].slots)) function = p;
            if (!function) {
                add_condition(std::move(one));
            } else if (!split_into_hops(*function, *one)) {
                inside_[*function].conditions.push_back(std::move(one));
            }
        }
    }

    // all(x IN relationships(p) WHERE ...), and none, and so for nodes(p): tested while the search goes on.
    bool split_into_hops(std::uint32_t p, const Expr& e) {
        const PatternPart& part = pattern_.parts[p];
        const PatternRel& rel = pattern_.rels[part.rels.front()];
        const auto* quantifier = std::get_if<Quantifier>(&e.node);
        if (!quantifier || !quantifier->where) return false;
        if (quantifier->kind != QuantifierKind::all && quantifier->kind != QuantifierKind::none) return false;
        if (slots_read(*quantifier->where).meets(inside_[p].slots)) return false;
        const auto is = [](const ExprPtr& operand, Slot slot) {
            const auto* variable = std::get_if<Variable>(&operand->node);
            return variable && variable->slot == slot;
        };
        bool of_nodes = false;
        if (const auto* call = std::get_if<Call>(&quantifier->list->node)) {
            if (call->arguments.size() != 1 || part.path == no_slot || !is(call->arguments[0], part.path)) return false;
            of_nodes = call->function->name == "nodes";
            if (!of_nodes && call->function->name != "relationships") return false;
        } else if (!rel.length || !is(quantifier->list, rel.slot)) {
            return false;
        }
        ExprPtr condition = quantifier->where;
        if (quantifier->kind == QuantifierKind::none)
            condition = bound::make(Unary{UnaryOp::logical_not, condition}, e.span);
        auto& hop = of_nodes ? inside_[p].of_nodes : inside_[p].of_rels;
        hop.push_back({quantifier->variable, condition});
        if (of_nodes) {
            const Slot start = pattern_.nodes[part.nodes.front()].slot, end = pattern_.nodes[part.nodes.back()].slot;
            add_condition(with_slot(condition, quantifier->variable, start));
            add_condition(with_slot(condition, quantifier->variable, end));
        }
        return true;
    }

    static ExprPtr with_slot(const ExprPtr& e, Slot from, Slot to) {
        return rewrite(e, [&](const ExprPtr& inside) -> ExprPtr {
            const auto* read = std::get_if<Variable>(&inside->node);
            return read && read->slot == from ? variable(to, inside->span) : nullptr;
        });
    }

    void add_conjunction(const ExprPtr& e) {
        std::vector<ExprPtr> parts;
        split_conjunction(e, parts);
        for (ExprPtr& part : parts) add_condition(std::move(part));
    }

    // all(each IN rel WHERE condition)
    static ExprPtr for_each_rel(const PatternRel& rel, Slot each, ExprPtr condition) {
        return bound::make(Quantifier{QuantifierKind::all, each, variable(rel.slot, rel.span), std::move(condition)},
                           rel.span);
    }
    ExprPtr for_each_rel(const PatternRel& rel, KeyRef key, const ExprPtr& value) {
        const Slot each = context_.new_slot();
        return for_each_rel(rel, each, property_equals(each, key, value, value->span));
    }

    static int price(const Expr& e) {
        if (std::holds_alternative<LabelTest>(e.node)) return 0;
        int price = 1;
        for_each_inside(e, [&](const Expr& inside) {
            if (std::holds_alternative<Subquery>(inside.node)) price = 2;
        });
        return price;
    }

    // Whether the estimate of the step that found a node knows of the condition.
    bool is_counted(const Condition& condition) const {
        for (std::uint32_t i = 0; i < pattern_.nodes.size(); ++i)
            if (!pattern_.nodes[i].bound && cardinality_.is_own(condition, i)) return true;
        return false;
    }

    // As early as what is read is known; of a plan that is not optimised, in the end.
    void place_ready() {
        if (!context_.optimises() && !is_complete_) return;
        std::vector<ExprPtr> ready;
        for (Condition& condition : conditions_) {
            if (condition.placed || condition.reads.meets(unbound_)) continue;
            condition.placed = true;
            ready.push_back(condition.expression);
            if (!is_counted(condition)) rows_ *= share_of(*condition.expression);
        }
        if (ready.empty()) return;
        std::stable_sort(ready.begin(), ready.end(),
                         [](const ExprPtr& a, const ExprPtr& b) { return price(*a) < price(*b); });
        current_ = plan::make(Filter{std::move(ready)}, std::move(current_), rows_);
    }

    double leaf_rows(std::uint32_t node) const {
        auto& known = leaf_rows_[node];
        if (!known)
            known = find_leaf(pattern_.nodes[node].slot, time_, conditions_, unbound_, statement_, context_).rows;
        return *known;
    }
    // Those of them that are left when what is said of the node alone has been tested.
    double own_rows(std::uint32_t node) const {
        return std::min(leaf_rows(node), cardinality_.labelled(node) * cardinality_.own_share(node));
    }
    Cardinality::Fan fan_out(const PatternRel& rel, std::uint32_t from, std::uint32_t to, bool into) const {
        Cardinality::Fan fan = cardinality_.fan_out(rel, from, to, into);
        if (!into) fan.rows *= std::min(1.0, own_rows(to) / cardinality_.labelled(to));
        return fan;
    }

    // A relationship to follow, or, from pattern_.rels.size() on, a part to search.
    struct Step {
        std::size_t index;
        Cardinality::Fan fan;
    };
    std::pair<std::uint32_t, std::uint32_t> ends_of(std::size_t step) const {
        if (step < pattern_.rels.size()) return {pattern_.rels[step].from, pattern_.rels[step].to};
        const PatternPart& part = pattern_.parts[step - pattern_.rels.size()];
        return {part.nodes.front(), part.nodes.back()};
    }
    bool is_step(std::size_t i) const {
        const bool is_rel = i < pattern_.rels.size();
        return is_rel != is_searched(is_rel ? part_of_[i] : static_cast<std::uint32_t>(i - pattern_.rels.size()));
    }

    // The step to take next from a set of bound nodes: the one that leaves the fewest rows.
    std::optional<Step> best_step(const std::vector<bool>& node_bound, const std::vector<bool>& done) const {
        std::optional<Step> best;
        for (std::size_t i = 0; i < done.size(); ++i) {
            if (done[i] || !is_step(i)) continue;
            const bool is_rel = i < pattern_.rels.size();
            const auto [first, last] = ends_of(i);
            const bool from = node_bound[first], to = node_bound[last];
            const bool is_bound = is_rel && pattern_.rels[i].bound;
            if (!from && !to && !is_bound) continue;
            if (!context_.optimises()) return Step{i, {}};
            Cardinality::Fan fan;
            if (!is_rel) {
                if (!from || !to) fan.edges = fan.rows = std::min(own_rows(from ? last : first), cardinality_.nodes());
            } else if (!is_bound) {
                fan = from ? fan_out(pattern_.rels[i], first, last, to) : fan_out(pattern_.rels[i], last, first, false);
            }
            if (!best || fan.rows < best->fan.rows) best = Step{i, fan};
        }
        return best;
    }

    std::optional<std::size_t> pick_step() {
        const auto step = best_step(node_bound_, rel_done_);
        if (!step) return std::nullopt;
        factor_ = step->fan.rows;
        return step->index;
    }

    std::optional<std::uint32_t> pick_start() {
        leaf_rows_.clear();
        std::vector<std::uint32_t> starts;
        for (std::uint32_t i = 0; i < pattern_.nodes.size(); ++i)
            if (!node_bound_[i] && !node_inside_[i]) starts.push_back(i);
        if (starts.size() < 2 || !context_.optimises())
            return starts.empty() ? std::nullopt : std::optional{starts.front()};
        std::stable_sort(starts.begin(), starts.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return leaf_rows(a) < leaf_rows(b); });
        std::optional<std::uint32_t> best;
        double best_cost = std::numeric_limits<double>::infinity();
        for (const std::uint32_t start : starts) {
            if (leaf_rows(start) >= best_cost) break;  // it costs as much to begin there alone, and at those after it
            const double cost = simulate(start);
            if (cost < best_cost) {
                best = start;
                best_cost = cost;
            }
        }
        return best;
    }

    // Nodes and edges that are looked at if the plan starts at a node and goes on greedily until its component is
    // matched.
    double simulate(std::uint32_t start) {
        double rows = own_rows(start), cost = leaf_rows(start);
        if (pattern_.rels.size() > simulated_rels_max) return cost;
        std::vector<bool> node_bound = node_bound_, rel_done = rel_done_;
        node_bound[start] = true;
        while (const auto step = best_step(node_bound, rel_done)) {
            cost += rows * step->fan.edges;
            rows *= step->fan.rows;
            rel_done[step->index] = true;
            const auto [first, last] = ends_of(step->index);
            node_bound[first] = node_bound[last] = true;
        }
        return cost;
    }

    void bind_node(std::uint32_t i) {
        node_bound_[i] = true;
        unbound_.remove(pattern_.nodes[i].slot);
    }

    void begin(std::uint32_t start) {
        if (const auto rel = cheaper_rel_scan(start)) return scan_rels(*rel);
        Leaf leaf = find_leaf(pattern_.nodes[start].slot, time_, conditions_, unbound_, statement_, context_);
        for (const std::size_t i : leaf.consumed) conditions_[i].placed = true;
        rows_ = std::max(rows_, 1.0);
        auto node = std::make_unique<Node>();
        node->op = std::move(leaf.op);
        node->child = std::move(current_);
        node->rows = rows_ * leaf.rows;
        current_ = std::move(node);
        rows_ *= own_rows(start);
        bind_node(start);
    }

    // A relationship of few instances between nodes of which nothing is known is found by its type.
    std::optional<std::size_t> cheaper_rel_scan(std::uint32_t start) const {
        if (!context_.optimises()) return std::nullopt;
        const double rows = leaf_rows(start);
        for (std::size_t i = 0; i < pattern_.rels.size(); ++i) {
            const PatternRel& rel = pattern_.rels[i];
            if (rel_done_[i] || rel.bound || rel.length || rel.dependency || rel.types.empty() || rel.from == rel.to ||
                !is_step(i))
                continue;
            if (rel.from != start && rel.to != start) continue;
            if (node_bound_[rel.from] || node_bound_[rel.to]) continue;
            if (rel_conflicts(i)) continue;
            if (estimate_rels(rel, context_.view()) < rows) return i;
        }
        return std::nullopt;
    }

    bool rel_conflicts(std::size_t rel) const { return !differ_from(rel).empty(); }

    void scan_rels(std::size_t i) {
        const PatternRel& rel = pattern_.rels[i];
        const bool left = rel.direction == PatternDirection::left;
        RelScan scan{pattern_.nodes[left ? rel.to : rel.from].slot, rel.slot,
                     pattern_.nodes[left ? rel.from : rel.to].slot, rel.types,
                     rel.direction == PatternDirection::both,       time_};
        rows_ = std::max(rows_, 1.0) * estimate_rels(rel, context_.view()) * (scan.both ? 2 : 1);
        current_ = plan::make(std::move(scan), std::move(current_), rows_);
        rel_done_[i] = true;
        unbound_.remove(rel.slot);
        bind_node(rel.from);
        bind_node(rel.to);
    }

    // Whether a part's own relationships differ.
    bool is_distinct(const PatternPart& part) const {
        return part.mode == PathMode::trail || (part.mode != PathMode::walk && !repeatable_);
    }
    bool must_differ(std::size_t a, std::size_t b) const {
        if (part_of_[a] == part_of_[b]) return is_distinct(pattern_.parts[part_of_[a]]);
        const auto is_free = [&](std::size_t rel) {
            const PatternPart& part = pattern_.parts[part_of_[rel]];
            return part.mode == PathMode::walk || part.is_function;
        };
        return !repeatable_ && !is_free(a) && !is_free(b);
    }
    // Relationships matched already that this one must not repeat.
    std::vector<Slot> differ_from(std::size_t rel) const {
        std::vector<Slot> slots;
        for (std::size_t i = 0; i < pattern_.rels.size(); ++i)
            if (i != rel && rel_done_[i] && must_differ(i, rel) && may_share(pattern_.rels[i], pattern_.rels[rel]))
                slots.push_back(pattern_.rels[i].slot);
        return slots;
    }

    void follow(std::size_t i) {
        const PatternRel& rel = pattern_.rels[i];
        const PatternPart& part = pattern_.parts[part_of_[i]];
        if (rel.group || (rel.length && !rel.bound && part.mode != PathMode::trail)) return repeat(i);
        const bool backwards = !rel.bound && !node_bound_[rel.from];
        const std::uint32_t from = backwards ? rel.to : rel.from, to = backwards ? rel.from : rel.to;
        Hop hop{pattern_.nodes[from].slot,
                rel.slot,
                pattern_.nodes[to].slot,
                backwards ? turned(rel.direction) : rel.direction,
                rel.types,
                rel.dependency};
        hop.into = node_bound_[to];
        hop.differ = differ_from(i);
        hop.time = time_;
        rows_ = std::max(rows_ * factor_, 0.01);
        if (rel.bound) {
            RelEnds ends{std::move(hop), node_bound_[from], rel.length.has_value()};
            if (rel.length) {
                ends.min = rel.length->min;
                ends.max = rel.length->max;
            }
            current_ = plan::make(std::move(ends), std::move(current_), rows_);
        } else if (rel.length) {
            current_ = plan::make(var_expand(rel, std::move(hop), backwards), std::move(current_), rows_);
        } else {
            current_ = plan::make(Expand{std::move(hop)}, std::move(current_), rows_);
        }
        rel_done_[i] = true;
        unbound_.remove(rel.slot);
        bind_node(rel.from);
        bind_node(rel.to);
    }

    VarExpand var_expand(const PatternRel& rel, Hop hop, bool backwards) {
        VarExpand expand{std::move(hop), rel.length->min, rel.length->max};
        expand.reversed_list = backwards;
        expand.each = rel.each;
        expand.conditions = hop_conditions(rel, expand.each, [&](ExprPtr later) { add_condition(std::move(later)); });
        return expand;
    }

    // What is said of each relationship of a variable length, over `each` (made if there is none). What is not known
    // yet is said of the list, later.
    template <typename F>
    std::vector<ExprPtr> hop_conditions(const PatternRel& rel, Slot& each, F&& later) {
        std::vector<ExprPtr> all, now;
        if (each == no_slot && !rel.properties.entries.empty()) each = context_.new_slot();
        for (const auto& [key, value] : rel.properties.entries)
            all.push_back(property_equals(each, key, value, value->span));
        if (rel.each != no_slot && rel.where) split_conjunction(rel.where, all);
        for (ExprPtr& condition : all) {
            if (!context_.optimises() || slots_read(*condition).meets(unbound_)) {
                later(for_each_rel(rel, each, std::move(condition)));
            } else {
                now.push_back(std::move(condition));
            }
        }
        return now;
    }

    Hop hop_of(const PatternRel& rel, Slot from, Slot each, Slot to, bool backwards) const {
        Hop hop{from, each, to, backwards ? turned(rel.direction) : rel.direction, rel.types, rel.dependency};
        hop.time = time_;
        return hop;
    }

    // A relationship or quantified path of a search that goes from `from` to `to`.
    template <typename F>
    PathSearch::Step step_of(const PatternRel& rel, Slot from, Slot to, bool backwards, F&& later) {
        PathSearch::Step step;
        step.end = to;
        step.max = 1;
        if (rel.length) {
            step.repeats = true;
            step.min = rel.length->min;
            step.max = rel.length->max;
            step.trail = rel.slot;
        }
        if (!rel.group) {
            Slot each = rel.length ? rel.each : rel.slot;
            if (rel.length) {
                step.conditions = hop_conditions(rel, each, later);
                if (each == no_slot) each = context_.new_slot();
                from = context_.new_slot();
                to = context_.new_slot();
            }
            step.hops.push_back(hop_of(rel, from, each, to, backwards));
            return step;
        }
        const PatternGroup& group = *rel.group;
        const std::size_t count = group.rels.size();
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = backwards ? count - 1 - i : i;
            const Slot left = group.nodes[group.positions[at]].slot, right = group.nodes[group.positions[at + 1]].slot;
            step.hops.push_back(hop_of(group.rels[at], backwards ? right : left, group.rels[at].slot,
                                       backwards ? left : right, backwards));
        }
        for (const PatternNode& node : group.nodes)
            for (ExprPtr& condition : node_conditions(node)) step.conditions.push_back(std::move(condition));
        for (const PatternRel& one : group.rels) {
            for (const auto& [key, value] : one.properties.entries)
                step.conditions.push_back(property_equals(one.slot, key, value, value->span));
            if (one.where) split_conjunction(one.where, step.conditions);
        }
        if (group.where) split_conjunction(group.where, step.conditions);
        for (const auto& variable : group.variables) step.lists.push_back({variable.each, variable.list});
        return step;
    }

    void set_mode(PathSearch& search, const PatternPart& part) const {
        search.distinct_rels = is_distinct(part);
        search.acyclic = part.mode == PathMode::acyclic;
        search.simple = part.mode == PathMode::simple;
        search.time = time_;
    }

    void done(std::size_t rel) {
        rel_done_[rel] = true;
        unbound_.remove(pattern_.rels[rel].slot);
        if (pattern_.rels[rel].group)
            for (const auto& variable : pattern_.rels[rel].group->variables) unbound_.remove(variable.list);
    }

    // One quantified relationship or path among others.
    void repeat(std::size_t i) {
        const PatternRel& rel = pattern_.rels[i];
        const bool backwards = !node_bound_[rel.from];
        PathSearch search;
        const Slot first = pattern_.nodes[rel.from].slot, last = pattern_.nodes[rel.to].slot;
        search.from = backwards ? last : first;
        search.to = backwards ? first : last;
        search.into = node_bound_[backwards ? rel.from : rel.to];
        search.reversed = backwards;
        search.differ = differ_from(i);
        set_mode(search, pattern_.parts[part_of_[i]]);
        search.steps.push_back(
            step_of(rel, search.from, search.to, backwards, [&](ExprPtr later) { add_condition(std::move(later)); }));
        if (!search.into) take_end_conditions(search);
        rows_ = std::max(rows_ * factor_, 0.01);
        current_ = plan::make(std::move(search), std::move(current_), rows_);
        done(i);
        bind_node(rel.from);
        bind_node(rel.to);
    }

    // Conditions of the end that need nothing else: paths that end elsewhere are not made.
    void take_end_conditions(PathSearch& search) {
        if (!context_.optimises()) return;
        SlotSet others = unbound_;
        others.remove(search.to);
        for (Condition& condition : conditions_) {
            if (condition.placed || !condition.reads.has(search.to) || condition.reads.meets(others)) continue;
            condition.placed = true;
            search.steps.back().end_conditions.push_back(condition.expression);
            rows_ *= share_of(*condition.expression);
        }
    }

    // A part of which some paths are chosen.
    void search(std::uint32_t p) {
        constexpr double few = 4;  // ends that are worth being found first
        const PatternPart& part = pattern_.parts[p];
        const std::uint32_t first = part.nodes.front(), last = part.nodes.back();
        const bool backwards = !node_bound_[first];
        const std::uint32_t start = backwards ? last : first, end = backwards ? first : last;
        if (!node_bound_[end] && context_.optimises() && leaf_rows(end) <= few) return begin(end);
        PathSearch search;
        search.from = pattern_.nodes[start].slot;
        search.to = pattern_.nodes[end].slot;
        search.into = node_bound_[end];
        search.reversed = backwards;
        search.selector = part.selector;
        search.count = part.selector_count;
        set_mode(search, part);
        for (std::size_t i = 0; i < pattern_.rels.size(); ++i) {
            if (!rel_done_[i]) continue;
            const bool meets = std::any_of(part.rels.begin(), part.rels.end(), [&](std::uint32_t rel) {
                return must_differ(i, rel) && may_share(pattern_.rels[i], pattern_.rels[rel]);
            });
            if (meets) search.differ.push_back(pattern_.rels[i].slot);
        }
        std::vector<ExprPtr> conditions = std::move(inside_[p].conditions);
        const auto later = [&](ExprPtr condition) { conditions.push_back(std::move(condition)); };
        const std::size_t count = part.rels.size();
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t at = backwards ? count - 1 - i : i;
            const Slot left = pattern_.nodes[part.nodes[at]].slot, right = pattern_.nodes[part.nodes[at + 1]].slot;
            search.steps.push_back(step_of(pattern_.rels[part.rels[at]], backwards ? right : left,
                                           backwards ? left : right, backwards, later));
        }
        for (const auto& [slot, condition] : inside_[p].of_rels)
            search.steps[0].conditions.push_back(with_slot(condition, slot, search.steps[0].hops[0].rel));
        for (const auto& [slot, condition] : inside_[p].of_nodes)
            search.steps[0].conditions.push_back(with_slot(condition, slot, search.steps[0].hops[0].to));
        for (ExprPtr& condition : conditions) place_inside(search, std::move(condition));
        if (!search.into) take_end_conditions(search);
        const bool reads_path =
            part.path != no_slot && std::any_of(search.checks.begin(), search.checks.end(),
                                                [&](const auto& check) { return slots_read(*check).has(part.path); });
        if (reads_path) {
            search.path = part.path;
            search.build_path = path_of(part);
        }
        rows_ = std::max(rows_ * factor_, 0.01);
        current_ = plan::make(std::move(search), std::move(current_), rows_);
        for (const std::uint32_t rel : part.rels) done(rel);
        for (const std::uint32_t node : part.nodes) bind_node(node);
        rel_done_[pattern_.rels.size() + p] = true;
    }

    // As early in the search as what a condition reads is known.
    void place_inside(PathSearch& search, ExprPtr condition) {
        const SlotSet reads = slots_read(*condition);
        Slot before = search.from;
        for (PathSearch::Step& step : search.steps) {
            SlotSet others = unbound_;
            others.remove(step.end);
            if (!reads.meets(others)) return step.end_conditions.push_back(std::move(condition));
            others.remove(before);
            if (!step.repeats) {
                others.remove(step.hops.front().rel);
                if (!reads.meets(others)) return step.conditions.push_back(std::move(condition));
            }
            before = step.end;
        }
        search.checks.push_back(std::move(condition));
    }

    ExprPtr path_of(const PatternPart& part, PathMode mode = PathMode::walk) const {
        BuildPath path{pattern_.nodes[part.nodes.front()].slot, {}};
        for (const std::uint32_t rel : part.rels)
            path.steps.push_back({pattern_.rels[rel].slot, pattern_.rels[rel].length.has_value()});
        path.acyclic = mode == PathMode::acyclic;
        path.simple = mode == PathMode::simple;
        return bound::make(std::move(path), part.span);
    }

    void build_paths() {
        for (std::uint32_t p = 0; p < pattern_.parts.size(); ++p) {
            const PatternPart& part = pattern_.parts[p];
            // Operations of a part look at their own nodes; here all of them meet.
            const bool is_restricted = part.mode == PathMode::acyclic || part.mode == PathMode::simple;
            const bool is_whole = is_searched(p) || (part.rels.size() == 1 && pattern_.rels[part.rels[0]].length &&
                                                     !pattern_.rels[part.rels[0]].bound);
            if (is_restricted && !is_whole) {
                Filter filter{{bound::make(NullTest{path_of(part, part.mode), true}, part.span)}};
                current_ = plan::make(std::move(filter), std::move(current_), rows_);
            }
            if (part.path == no_slot) continue;
            current_ = plan::make(Extend{{{part.path, path_of(part)}}}, std::move(current_), rows_);
            unbound_.remove(part.path);
        }
    }

    // What is said inside a part that is searched.
    struct Inside {
        SlotSet slots;
        std::vector<ExprPtr> conditions;
        std::vector<std::pair<Slot, ExprPtr>> of_rels, of_nodes;  // of each relationship and node, which has that slot
    };

    const Pattern& pattern_;
    bool repeatable_;
    std::uint32_t time_;
    const Statement& statement_;
    PlanContext& context_;
    NodePtr current_;
    double rows_ = 1, factor_ = 1;
    bool is_complete_ = false;                 // all of the pattern is bound
    std::vector<bool> node_bound_, rel_done_;  // rel_done_: steps
    std::vector<std::uint32_t> part_of_;       // by relationship
    std::vector<bool> node_inside_;            // between the ends of a part that is searched
    std::vector<Inside> inside_;               // by part
    SlotSet unbound_;
    std::vector<Condition> conditions_;
    Cardinality cardinality_;
    mutable std::unordered_map<std::uint32_t, std::optional<double>> leaf_rows_;
};

}  // namespace

std::vector<Slot> introduced_slots(const Pattern& pattern) {
    std::vector<Slot> slots;
    for (const PatternNode& node : pattern.nodes)
        if (!node.bound) slots.push_back(node.slot);
    for (const PatternRel& rel : pattern.rels) {
        if (!rel.bound) slots.push_back(rel.slot);
        if (rel.group)
            for (const auto& variable : rel.group->variables) slots.push_back(variable.list);
    }
    for (const PatternPart& part : pattern.parts)
        if (part.path != no_slot) slots.push_back(part.path);
    return slots;
}

NodePtr plan_match(NodePtr input, const Pattern& pattern, const ExprPtr& where, bool repeatable, std::uint32_t time,
                   const Statement& statement, PlanContext& context) {
    return PatternPlanner{std::move(input), pattern, repeatable, time, statement, context}.plan(where);
}

}  // namespace mainstay::plan
