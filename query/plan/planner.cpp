#include "plan/planner.hpp"

#include "plan/pattern.hpp"
#include "plan/rules.hpp"
#include "plan/slots.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::plan {
namespace {

using namespace bound;

class Planner {
public:
    Planner(const Statement& statement, PlanContext& context, Plan& plan)
        : statement_(statement), context_(context), plan_(plan) {}

    NodePtr query(const Query& query, NodePtr leaf_of_first) {
        if (query.parts.size() == 1) return single(query.parts[0], std::move(leaf_of_first));
        const bool inner = std::holds_alternative<Argument>(leaf_of_first->op);
        Union all;
        double rows = 0;
        for (const SingleQuery& part : query.parts) {
            NodePtr leaf = inner ? plan::make(Argument{}, nullptr, 1) : plan::make(Start{}, nullptr, 1);
            all.parts.push_back(single(part, std::move(leaf)));
            rows += all.parts.back()->rows;
            std::vector<Slot> inputs;
            for (const ResultColumn& column : query.columns) inputs.push_back(slot_of(part, column.name));
            all.inputs.push_back(std::move(inputs));
        }
        for (const ResultColumn& column : query.columns) all.outputs.push_back(column.slot);
        std::vector<Slot> outputs = all.outputs;
        NodePtr node = plan::make(std::move(all), nullptr, rows);
        if (!query.union_all) node = plan::make(Distinct{std::move(outputs)}, std::move(node), rows);
        return node;
    }

private:
    static Slot slot_of(const SingleQuery& part, const std::string& name) {
        for (const ResultColumn& column : part.columns)
            if (column.name == name) return column.slot;
        throw Error{Code::internal, "a part of a UNION has no column " + quoted(name)};
    }

    NodePtr single(const SingleQuery& single, NodePtr current) {
        for (const bound::Clause& clause : single.clauses) current = add(clause, std::move(current));
        return current;
    }

    NodePtr add(const bound::Clause& clause, NodePtr current) {
        current_ = std::move(current);
        std::visit([this](const auto& c) { add(c); }, clause.node);
        return std::move(current_);
    }

    template <typename Op>
    void put(Op op, double factor = 1) {
        const double rows = current_->rows * factor;
        current_ = plan::make(std::move(op), std::move(current_), rows);
    }

    // Plans the subqueries inside an expression.
    void see(const ExprPtr& e) {
        if (!e) return;
        for_each_inside(*e, [this](const Expr& inside) {
            const auto* subquery = std::get_if<Subquery>(&inside.node);
            if (!subquery || plan_.subqueries.contains(subquery->query.get())) return;
            plan_.subqueries[subquery->query.get()] = nullptr;  // it may be mentioned in itself
            Planner inner{statement_, context_, plan_};
            plan_.subqueries[subquery->query.get()] = inner.query(*subquery->query, plan::make(Argument{}, nullptr, 1));
        });
    }
    void see(const bound::PropertyBraces& properties) {
        for (const auto& [key, value] : properties.entries) see(value);
        see(properties.map);
    }
    void see(const Pattern& pattern) {
        for (const PatternNode& node : pattern.nodes) {
            see(node.properties);
            see(node.where);
        }
        for (const PatternRel& rel : pattern.rels) {
            see(rel.properties);
            see(rel.where);
            if (!rel.group) continue;
            see(rel.group->where);
            for (const PatternNode& node : rel.group->nodes) {
                see(node.properties);
                see(node.where);
            }
            for (const PatternRel& one : rel.group->rels) {
                see(one.properties);
                see(one.where);
            }
        }
        for (const PatternPart& part : pattern.parts) see(part.where);
    }
    void see(const std::vector<SetItem>& items) {
        for (const SetItem& item : items) {
            std::visit(
                [this](const auto& set) {
                    using S = std::decay_t<decltype(set)>;
                    if constexpr (std::is_same_v<S, SetProperty>) {
                        see(set.object);
                        see(set.dynamic_key);
                        see(set.value);
                    } else if constexpr (std::is_same_v<S, SetProperties>) {
                        see(set.value);
                    }
                },
                item.node);
        }
    }

    void where(const ExprPtr& condition) {
        if (!condition) return;
        see(condition);
        Filter filter;
        split_conjunction(condition, filter.conditions);
        put(std::move(filter), 0.3);
    }

    void add(const Match& match) {
        see(match.pattern);
        see(match.where);
        if (!match.optional) {
            current_ = plan_match(std::move(current_), match.pattern, match.where, match.repeatable, match.time,
                                  statement_, context_);
            return;
        }
        NodePtr inner = plan_match(plan::make(Argument{}, nullptr, current_->rows), match.pattern, match.where,
                                   match.repeatable, match.time, statement_, context_);
        const double rows = std::max(inner->rows, current_->rows);
        bound_optional(std::move(inner), introduced_slots(match.pattern), rows);
    }

    void bound_optional(NodePtr inner, std::vector<Slot> introduced, double rows) {
        current_ = plan::make(plan::Optional{std::move(inner), std::move(introduced), context_.new_slot()},
                              std::move(current_), rows);
    }

    void add(const bound::Unwind& unwind) {
        see(unwind.list);
        put(plan::Unwind{unwind.list, unwind.variable}, 10);
    }

    void add(const Project& project) {
        for (const ProjectionItem& key : project.grouping) see(key.expression);
        for (const Aggregation& aggregation : project.aggregations)
            for (const ExprPtr& argument : aggregation.arguments) see(argument);
        for (const ProjectionItem& item : project.items) see(item.expression);
        for (const SortKey& key : project.order) see(key.expression);
        if (project.aggregated) {
            Aggregate aggregate;
            for (const ProjectionItem& key : project.grouping) {
                // `n, n AS m`: one variable is one key, whatever it is called afterwards.
                const bool is_key = std::any_of(aggregate.keys.begin(), aggregate.keys.end(),
                                                [&](const Assignment& known) { return known.slot == key.slot; });
                if (!is_key) aggregate.keys.push_back({key.slot, key.expression});
            }
            aggregate.aggregations = project.aggregations;
            const bool one = aggregate.keys.empty();
            put(std::move(aggregate), one ? 1 / std::max(1.0, current_->rows) : 0.1);
        }
        Extend extend;
        for (const ProjectionItem& item : project.items) {
            const auto* variable = std::get_if<Variable>(&item.expression->node);
            if (!variable || variable->slot != item.slot) extend.assignments.push_back({item.slot, item.expression});
        }
        if (!extend.assignments.empty()) put(std::move(extend));
        if (project.distinct) {
            Distinct distinct;
            for (const ProjectionItem& item : project.items) distinct.slots.push_back(item.slot);
            put(std::move(distinct), 0.5);
        }
        if (!project.order.empty()) put(Sort{project.order, context_.optimises() ? rows_wanted(project) : nullptr});
        if (project.skip) put(Skip{project.skip});
        if (project.limit) put(Limit{project.limit, writes(*current_)});
        where(project.where);
    }

    // The rows a sort must keep, or null: all of them.
    static ExprPtr rows_wanted(const Project& project) { return project.skip ? nullptr : project.limit; }

    static bool writes(const Node& node) {
        for (const Node* n = &node; n; n = n->child.get()) {
            const bool here = std::visit(
                [](const auto& op) {
                    using Op = std::decay_t<decltype(op)>;
                    if constexpr (std::is_same_v<Op, plan::Create> || std::is_same_v<Op, plan::Set> ||
                                  std::is_same_v<Op, plan::Delete> || std::is_same_v<Op, plan::Merge> ||
                                  std::is_same_v<Op, plan::Foreach> || std::is_same_v<Op, plan::InTransactions>) {
                        return true;
                    } else if constexpr (std::is_same_v<Op, Apply>) {
                        return writes(*op.inner);
                    } else if constexpr (std::is_same_v<Op, Union>) {
                        for (const NodePtr& part : op.parts)
                            if (writes(*part)) return true;
                        return false;
                    } else {
                        return false;
                    }
                },
                n->op);
            if (here) return true;
        }
        return false;
    }

    void add(const bound::Create& create) {
        see(create.pattern);
        put(plan::Create{&create.pattern});
        build_paths(create.pattern);
    }

    void build_paths(const Pattern& pattern) {
        Extend extend;
        for (const PatternPart& part : pattern.parts) {
            if (part.path == no_slot) continue;
            BuildPath path{pattern.nodes[part.nodes.front()].slot, {}};
            for (const std::uint32_t rel : part.rels) path.steps.push_back({pattern.rels[rel].slot, false});
            extend.assignments.push_back({part.path, bound::make(std::move(path), part.span)});
        }
        if (!extend.assignments.empty()) put(std::move(extend));
    }

    void add(const bound::Set& set) {
        see(set.items);
        put(plan::Set{&set.items});
    }

    void add(const bound::Delete& del) {
        for (const ExprPtr& target : del.targets) see(target);
        put(plan::Delete{del.detach, del.targets});
    }

    void add(const bound::Merge& merge) {
        see(merge.pattern);
        see(merge.on_create);
        see(merge.on_match);
        auto pattern = std::make_unique<Pattern>(merge.pattern);
        for (PatternNode& node : pattern->nodes)
            if (!node.labels) node.labels = labels_of(node.plain_labels);
        NodePtr match =
            plan_match(plan::make(Argument{}, nullptr, 1), *pattern, nullptr, false, merge.time, statement_, context_);
        put(plan::Merge{&merge, std::move(match)});
    }

    LabelExprPtr labels_of(const std::vector<std::string>& names) const {
        std::vector<LabelExprPtr> all;
        const Model& model = context_.view().model();
        for (const std::string& name : names) {
            LabelExpr e{LabelExpr::Kind::name, {name}, {}};
            if (model.find_class(name)) e.names = model.descendants(name);
            all.push_back(std::make_shared<const LabelExpr>(std::move(e)));
        }
        if (all.empty()) return nullptr;
        if (all.size() == 1) return all.front();
        LabelExpr e{LabelExpr::Kind::conjunction, {}, std::move(all)};
        return std::make_shared<const LabelExpr>(std::move(e));
    }

    void add(const bound::CallProcedure& call) {
        for (const ExprPtr& argument : call.arguments) see(argument);
        put(plan::CallProcedure{&call}, 10);
        where(call.where);
    }

    void add(const bound::CallSubquery& call) {
        Planner inner{statement_, context_, plan_};
        NodePtr plan = inner.query(*call.query, plan::make(Argument{}, nullptr, 1));
        Apply apply{std::move(plan), call.optional, call.unit, {}};
        if (!call.unit)
            for (const ResultColumn& column : call.query->columns) apply.introduced.push_back(column.slot);
        const double factor = call.unit ? 1 : apply.inner->rows;
        put(std::move(apply), factor);
    }

    void add(const bound::CallInTransactions& in) {
        Planner inner{statement_, context_, plan_};
        plan::InTransactions op{&in, inner.query(*in.call.query, plan::make(Argument{}, nullptr, 1)), {}};
        for (const ResultColumn& column : in.call.query->columns) op.introduced.push_back(column.slot);
        const double factor = in.call.unit ? 1 : op.inner->rows;
        put(std::move(op), factor);
    }

    void add(const bound::LoadCsv& load) {
        see(load.url);
        put(plan::LoadCsv{&load}, 1'000);
    }

    void add(const bound::Foreach& foreach) {
        see(foreach.list);
        Planner inner{statement_, context_, plan_};
        NodePtr body = plan::make(Argument{}, nullptr, 1);
        for (const bound::Clause& clause : foreach.body) body = inner.add(clause, std::move(body));
        put(plan::Foreach{foreach.variable, foreach.list, std::move(body)});
    }

    void add(const bound::Analysis& analysis) {
        see(analysis.operand);
        if (!analysis.optional || !analysis.where) {
            put(plan::Analysis{&analysis}, 100);
            where(analysis.where);
            return;
        }
        // OPTIONAL with a WHERE: a row without rows that pass keeps its place, with nulls.
        NodePtr outer = std::move(current_);
        current_ = plan::make(Argument{}, nullptr, outer->rows);
        put(plan::Analysis{&analysis, true}, 100);
        where(analysis.where);
        NodePtr inner = std::move(current_);
        current_ = std::move(outer);
        std::vector<Slot> introduced;
        for (const ColumnSlot& output : analysis.outputs) introduced.push_back(output.slot);
        const double rows = std::max(inner->rows, current_->rows);
        bound_optional(std::move(inner), std::move(introduced), rows);
    }

    const Statement& statement_;
    PlanContext& context_;
    Plan& plan_;
    NodePtr current_;
};

void find_live_slots(Plan& plan) {
    SlotSet required;
    for (const ResultColumn& column : plan.columns) required.add(column.slot);
    plan::find_live_slots(*plan.root, required);
    for (auto& [subquery, root] : plan.subqueries) {
        SlotSet columns;
        for (const ResultColumn& column : subquery->columns) columns.add(column.slot);
        plan::find_live_slots(*root, columns);
    }
}

}  // namespace

Plan make_plan(const Statement& statement, const Query& query, const View& view, Optimise optimise) {
    Plan plan;
    PlanContext context{statement, view, optimise};
    Planner planner{statement, context, plan};
    plan.root = planner.query(query, plan::make(Start{}, nullptr, 1));
    plan.columns = query.columns;
    find_live_slots(plan);
    if (optimise == Optimise::yes) {
        optimise_plan(plan.root);
        for (auto& [subquery, root] : plan.subqueries) {
            optimise_plan(root);
            if (const auto hop = as_hop(*root)) plan.hops.emplace(subquery, *hop);
        }
        find_live_slots(plan);
    }
    plan.slot_count = context.slot_count();
    return plan;
}

}  // namespace mainstay::plan
