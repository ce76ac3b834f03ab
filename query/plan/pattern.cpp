#include "plan/pattern.hpp"

#include "plan/leaf.hpp"

#include <algorithm>
#include <limits>

namespace mainstay::plan {
namespace {

using namespace bound;

constexpr double condition_share = 0.3;         // of rows that a condition nothing is known about lets pass
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
          rel_done_(pattern.rels.size()) {
        rows_ = std::max(1.0, current_->rows);
    }

    NodePtr plan(const ExprPtr& where) {
        collect(where);
        place_ready();
        while (true) {
            if (const auto rel = pick_rel()) {
                follow(*rel);
            } else if (const auto start = pick_start()) {
                begin(*start);
            } else {
                break;
            }
            place_ready();
        }
        build_paths();
        place_ready();
        return std::move(current_);
    }

private:
    void add_condition(ExprPtr e) {
        Condition condition{std::move(e), {}, false};
        condition.reads = slots_read(*condition.expression);
        conditions_.push_back(std::move(condition));
    }

    void collect(const ExprPtr& where) {
        for (std::size_t i = 0; i < pattern_.nodes.size(); ++i) {
            const PatternNode& node = pattern_.nodes[i];
            node_bound_[i] = node.bound;
            if (!node.bound) unbound_.add(node.slot);
            if (node.labels)
                add_condition(bound::make(LabelTest{variable(node.slot, node.span), node.labels}, node.span));
            for (const auto& [key, value] : node.properties.entries)
                add_condition(property_equals(node.slot, key, value, value->span));
            if (node.where) add_conjunction(node.where);
            const bool alone = std::none_of(pattern_.rels.begin(), pattern_.rels.end(),
                                            [&](const PatternRel& rel) { return rel.from == i || rel.to == i; });
            // A pattern of a bound node alone matches it, unless it is null.
            if (node.bound && alone)
                add_condition(bound::make(NullTest{variable(node.slot, node.span), true}, node.span));
        }
        for (const PatternRel& rel : pattern_.rels) {
            if (!rel.bound) unbound_.add(rel.slot);
            if (!rel.length || rel.bound) {
                for (const auto& [key, value] : rel.properties.entries)
                    add_condition(rel.length ? for_each_rel(rel, key, value)
                                             : property_equals(rel.slot, key, value, value->span));
            }
            if (rel.where) add_conjunction(rel.where);
        }
        for (const PatternPart& part : pattern_.parts)
            if (part.path != no_slot) unbound_.add(part.path);
        if (where) add_conjunction(where);
    }

    void add_conjunction(const ExprPtr& e) {
        std::vector<ExprPtr> parts;
        split_conjunction(e, parts);
        for (ExprPtr& part : parts) add_condition(std::move(part));
    }

    // all(each IN rel WHERE each.key = value)
    ExprPtr for_each_rel(const PatternRel& rel, KeyRef key, const ExprPtr& value) {
        const Slot each = context_.new_slot();
        return bound::make(Quantifier{QuantifierKind::all, each, variable(rel.slot, rel.span),
                                      property_equals(each, key, value, value->span)},
                           rel.span);
    }

    static int price(const Expr& e) {
        if (std::holds_alternative<LabelTest>(e.node)) return 0;
        int price = 1;
        for_each_inside(e, [&](const Expr& inside) {
            if (std::holds_alternative<Subquery>(inside.node)) price = 2;
        });
        return price;
    }

    void place_ready() {
        std::vector<ExprPtr> ready;
        for (Condition& condition : conditions_) {
            if (condition.placed || condition.reads.meets(unbound_)) continue;
            condition.placed = true;
            ready.push_back(condition.expression);
            rows_ *= condition_share;
        }
        if (ready.empty()) return;
        std::stable_sort(ready.begin(), ready.end(),
                         [](const ExprPtr& a, const ExprPtr& b) { return price(*a) < price(*b); });
        current_ = plan::make(Filter{std::move(ready)}, std::move(current_), rows_);
    }

    double nodes() const { return std::max<double>(1, static_cast<double>(context_.view().estimate_nodes(no_label))); }

    // Rows out for each row in, when a relationship is followed from one end.
    double fan_out(const PatternRel& rel, std::uint32_t from, std::uint32_t to, bool into) const {
        // Relationships of a type mostly begin at few classes; those of any type begin everywhere.
        const bool any_type = rel.types.empty() && !rel.dependency;
        const double from_nodes =
            any_type ? nodes()
                     : std::max(1.0, estimate_labelled(pattern_.nodes[from].slot, conditions_, context_.view()));
        double degree = estimate_rels(rel, context_.view()) / from_nodes;
        if (rel.direction == PatternDirection::both) degree *= 2;
        if (rel.length) {
            const std::uint64_t hops = std::min<std::uint64_t>(rel.length->max.value_or(4), 4);
            double sum = 0, power = 1;
            for (std::uint64_t i = 0; i < hops; ++i) {
                power *= degree;
                sum += power;
            }
            degree = std::min(sum, nodes());
        }
        if (into) return std::min(1.0, degree / nodes());
        return degree * std::min(1.0, leaf_rows(to) / nodes());
    }

    double leaf_rows(std::uint32_t node) const {
        auto& known = leaf_rows_[node];
        if (!known)
            known = find_leaf(pattern_.nodes[node].slot, time_, conditions_, unbound_, statement_, context_).rows;
        return *known;
    }

    struct Step {
        std::size_t rel;
        double rows;  // factor
    };

    // The relationship to follow next from a set of bound nodes: the one that leaves the fewest rows.
    std::optional<Step> best_step(const std::vector<bool>& node_bound, const std::vector<bool>& rel_done) const {
        std::optional<Step> best;
        for (std::size_t i = 0; i < pattern_.rels.size(); ++i) {
            const PatternRel& rel = pattern_.rels[i];
            if (rel_done[i]) continue;
            const bool from = node_bound[rel.from], to = node_bound[rel.to];
            if (!from && !to && !rel.bound) continue;
            if (!context_.optimises()) return Step{i, 1};
            double factor = rel.bound ? 1.0
                            : from    ? fan_out(rel, rel.from, rel.to, to)
                                      : fan_out(rel, rel.to, rel.from, false);
            if (!best || factor < best->rows) best = Step{i, factor};
        }
        return best;
    }

    std::optional<std::size_t> pick_rel() {
        const auto step = best_step(node_bound_, rel_done_);
        if (!step) return std::nullopt;
        factor_ = step->rows;
        return step->rel;
    }

    std::optional<std::uint32_t> pick_start() {
        std::optional<std::uint32_t> best;
        double best_cost = std::numeric_limits<double>::infinity();
        leaf_rows_.clear();
        for (std::uint32_t i = 0; i < pattern_.nodes.size(); ++i) {
            if (node_bound_[i]) continue;
            if (!context_.optimises()) return i;
            const double cost = simulate(i);
            if (cost < best_cost) {
                best = i;
                best_cost = cost;
            }
        }
        return best;
    }

    // Rows that pass through the plan if it starts at a node and goes on greedily until its component is matched.
    double simulate(std::uint32_t start) {
        double rows = leaf_rows(start), cost = rows;
        if (pattern_.rels.size() > simulated_rels_max) return cost;
        std::vector<bool> node_bound = node_bound_, rel_done = rel_done_;
        node_bound[start] = true;
        while (const auto step = best_step(node_bound, rel_done)) {
            rows *= step->rows;
            cost += rows;
            rel_done[step->rel] = true;
            node_bound[pattern_.rels[step->rel].from] = node_bound[pattern_.rels[step->rel].to] = true;
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
        rows_ = std::max(rows_, 1.0) * leaf.rows;
        auto node = std::make_unique<Node>();
        node->op = std::move(leaf.op);
        node->child = std::move(current_);
        node->rows = rows_;
        current_ = std::move(node);
        bind_node(start);
    }

    // A relationship of few instances between nodes of which nothing is known is found by its type.
    std::optional<std::size_t> cheaper_rel_scan(std::uint32_t start) const {
        if (!context_.optimises()) return std::nullopt;
        const double rows = leaf_rows(start);
        for (std::size_t i = 0; i < pattern_.rels.size(); ++i) {
            const PatternRel& rel = pattern_.rels[i];
            if (rel_done_[i] || rel.bound || rel.length || rel.dependency || rel.types.empty() || rel.from == rel.to)
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

    // Relationships matched already that this one must not repeat.
    std::vector<Slot> differ_from(std::size_t rel) const {
        std::vector<Slot> slots;
        if (repeatable_) return slots;
        for (std::size_t i = 0; i < pattern_.rels.size(); ++i)
            if (i != rel && rel_done_[i] && may_share(pattern_.rels[i], pattern_.rels[rel]))
                slots.push_back(pattern_.rels[i].slot);
        return slots;
    }

    void follow(std::size_t i) {
        const PatternRel& rel = pattern_.rels[i];
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
        for (const auto& [key, value] : rel.properties.entries) {
            if (slots_read(*value).meets(unbound_)) {
                add_condition(for_each_rel(rel, key, value));  // its value is not known yet: test the list later
                continue;
            }
            if (expand.each == no_slot) expand.each = context_.new_slot();
            expand.conditions.push_back(property_equals(expand.each, key, value, value->span));
        }
        return expand;
    }

    void build_paths() {
        for (const PatternPart& part : pattern_.parts) {
            if (part.path == no_slot) continue;
            BuildPath path{pattern_.nodes[part.nodes.front()].slot, {}};
            for (const std::uint32_t rel : part.rels)
                path.steps.push_back({pattern_.rels[rel].slot, pattern_.rels[rel].length.has_value()});
            Extend extend{{{part.path, bound::make(std::move(path), part.span)}}};
            current_ = plan::make(std::move(extend), std::move(current_), rows_);
            unbound_.remove(part.path);
        }
    }

    const Pattern& pattern_;
    bool repeatable_;
    std::uint32_t time_;
    const Statement& statement_;
    PlanContext& context_;
    NodePtr current_;
    double rows_ = 1, factor_ = 1;
    std::vector<bool> node_bound_, rel_done_;
    SlotSet unbound_;
    std::vector<Condition> conditions_;
    mutable std::unordered_map<std::uint32_t, std::optional<double>> leaf_rows_;
};

}  // namespace

std::vector<Slot> introduced_slots(const Pattern& pattern) {
    std::vector<Slot> slots;
    for (const PatternNode& node : pattern.nodes)
        if (!node.bound) slots.push_back(node.slot);
    for (const PatternRel& rel : pattern.rels)
        if (!rel.bound) slots.push_back(rel.slot);
    for (const PatternPart& part : pattern.parts)
        if (part.path != no_slot) slots.push_back(part.path);
    return slots;
}

NodePtr plan_match(NodePtr input, const Pattern& pattern, const ExprPtr& where, bool repeatable, std::uint32_t time,
                   const Statement& statement, PlanContext& context) {
    for (const PatternPart& part : pattern.parts)
        if (part.selector != PathSelector::all)
            throw Error{Code::unsupported, part.span, "shortest paths are not executed yet"};
    return PatternPlanner{std::move(input), pattern, repeatable, time, statement, context}.plan(where);
}

}  // namespace mainstay::plan
