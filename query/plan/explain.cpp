#include "plan/explain.hpp"

#include "procedures.hpp"

#include <fmt/format.h>

namespace mainstay::plan {
namespace {

class Explainer {
public:
    Explainer(const Plan& plan, const bound::Statement& statement,
              const std::function<void(const Node&, PlanNode&)>& figures)
        : plan_(plan), statement_(statement), figures_(figures) {}

    PlanNode show(const Node& node) {
        PlanNode result;
        result.estimated_rows = node.rows;
        extra_.clear();
        std::visit([&](const auto& op) { describe(op, result); }, node.op);
        if (figures_) figures_(node, result);
        std::vector<const Node*> inner = std::move(extra_);
        if (node.child) result.children.push_back(show(*node.child));
        for (const Node* one : inner) result.children.push_back(show(*one));
        return result;
    }

private:
    std::string slot(Slot s) const {
        const auto i = static_cast<std::uint32_t>(s);
        if (i < statement_.slots.size() && !statement_.slots[i].name.empty()) return statement_.slots[i].name;
        return fmt::format("#{}", i);
    }
    std::string expr(const ExprPtr& e) const { return e ? bound::print(*e, statement_) : ""; }
    std::string list(const std::vector<ExprPtr>& items, const char* separator = ", ") const {
        std::string text;
        for (const ExprPtr& e : items) text += (text.empty() ? "" : separator) + expr(e);
        return text;
    }
    std::string assignments(const std::vector<Assignment>& items) const {
        std::string text;
        for (const Assignment& a : items) {
            if (!text.empty()) text += ", ";
            text += expr(a.expression);
            const auto* variable = std::get_if<bound::Variable>(&a.expression->node);
            if (!variable || variable->slot != a.slot) text += " AS " + slot(a.slot);
        }
        return text;
    }
    std::string slots(const std::vector<Slot>& items) const {
        std::string text;
        for (Slot s : items) text += (text.empty() ? "" : ", ") + slot(s);
        return text;
    }
    static std::string types(const std::vector<bound::TypeName>& items, bool dependency) {
        if (dependency) return ":DEPENDENCY";
        std::string text;
        for (const auto& type : items) text += (text.empty() ? ":" : "|") + type.name + (type.reversed ? "<" : "");
        return text;
    }
    std::string hop(const Hop& h, const std::string& length = "") const {
        const bool left = h.direction == bound::PatternDirection::left,
                   right = h.direction == bound::PatternDirection::right;
        return fmt::format("({}){}[{}{}{}]{}({})", slot(h.from), left ? "<-" : "-", slot(h.rel),
                           types(h.types, h.dependency), length, right ? "->" : "-", slot(h.to));
    }
    static std::string range(std::uint64_t min, std::optional<std::uint64_t> max) {
        return fmt::format("*{}..{}", min, max ? std::to_string(*max) : "");
    }

    void describe(const Start&, PlanNode& n) { n.name = "Start"; }
    void describe(const Argument&, PlanNode& n) { n.name = "Argument"; }
    void describe(const NodeScan& op, PlanNode& n) {
        n.name = op.labels ? "NodeByLabelScan" : "AllNodesScan";
        n.details = slot(op.node) + (op.labels ? ":" + bound::print(*op.labels, statement_) : "");
        if (!op.conditions.empty()) n.details += " WHERE " + list(op.conditions, " AND ");
    }
    void describe(const RelScan& op, PlanNode& n) {
        n.name = "RelationshipTypeScan";
        n.details = fmt::format("({})-[{}{}]-{}({})", slot(op.from), slot(op.rel), types(op.types, false),
                                op.both ? "" : ">", slot(op.to));
    }
    void describe(const NodeSeek& op, PlanNode& n) {
        n.name = op.unique ? "NodeUniqueIndexSeek" : "NodeIndexSeek";
        std::string keys;
        for (const std::string& key : op.keys) keys += (keys.empty() ? "" : ", ") + key;
        n.details =
            fmt::format("{}:{}({}) {} {}", slot(op.node), op.label, keys, op.any_of ? "IN" : "=", list(op.values));
    }
    void describe(const NodeRange& op, PlanNode& n) {
        n.name = op.prefix ? "NodeIndexPrefixSeek" : "NodeIndexRangeSeek";
        n.details = fmt::format("{}:{}({})", slot(op.node), op.label, op.key);
        if (op.prefix) n.details += " STARTS WITH " + expr(op.prefix);
        if (op.low) n.details += std::string{op.low_inclusive ? " >= " : " > "} + expr(op.low);
        if (op.high) n.details += std::string{op.high_inclusive ? " <= " : " < "} + expr(op.high);
    }
    void describe(const NodeById& op, PlanNode& n) {
        n.name = "NodeByIdSeek";
        n.details = fmt::format("{} {} {}", slot(op.node), op.any_of ? "IN" : "=", expr(op.id));
    }
    void describe(const Expand& op, PlanNode& n) {
        n.name = op.hop.into ? "ExpandInto" : "Expand";
        n.details = hop(op.hop);
    }
    void describe(const RelEnds& op, PlanNode& n) {
        n.name = "RelationshipEnds";
        n.details = hop(op.hop, op.list ? range(op.min, op.max) : "");
    }
    void describe(const VarExpand& op, PlanNode& n) {
        n.name = op.hop.into ? "VarLengthExpandInto" : "VarLengthExpand";
        n.details = hop(op.hop, range(op.min, op.max));
        if (!op.conditions.empty()) n.details += " WHERE " + list(op.conditions, " AND ");
    }
    void describe(const Reach& op, PlanNode& n) {
        n.name = "BreadthFirstReach";
        n.details = hop(op.hop, range(op.min, op.max));
    }
    void describe(const PathSearch& op, PlanNode& n);
    void describe(const Filter& op, PlanNode& n) {
        n.name = "Filter";
        n.details = list(op.conditions, " AND ");
    }
    void describe(const Extend& op, PlanNode& n) {
        n.name = "Projection";
        n.details = assignments(op.assignments);
    }
    void describe(const Aggregate& op, PlanNode& n) {
        n.name = op.keys.empty() ? "Aggregation" : "GroupedAggregation";
        n.details = aggregate(op);
    }
    std::string aggregate(const Aggregate& op) const;
    void describe(const Distinct& op, PlanNode& n) {
        n.name = "Distinct";
        n.details = slots(op.slots);
    }
    void describe(const Sort& op, PlanNode& n) {
        n.name = op.limit ? "Top" : "Sort";
        for (const bound::SortKey& key : op.keys)
            n.details += (n.details.empty() ? "" : ", ") + expr(key.expression) + (key.descending ? " DESC" : "");
        if (op.limit) n.details += " LIMIT " + expr(op.limit);
    }
    void describe(const Skip& op, PlanNode& n) {
        n.name = "Skip";
        n.details = expr(op.count);
    }
    void describe(const Limit& op, PlanNode& n) {
        n.name = "Limit";
        n.details = expr(op.count);
    }
    void describe(const Unwind& op, PlanNode& n) {
        n.name = "Unwind";
        n.details = expr(op.list) + " AS " + slot(op.variable);
    }
    void describe(const Optional& op, PlanNode& n) {
        n.name = "Optional";
        n.details = slots(op.introduced);
        extra_.push_back(op.inner.get());
    }
    void describe(const SemiApply& op, PlanNode& n) {
        n.name = op.negated ? "AntiSemiApply" : "SemiApply";
        extra_.push_back(op.inner.get());
    }
    void describe(const Apply& op, PlanNode& n) {
        n.name = op.unit ? "UnitApply" : op.optional ? "OptionalApply" : "Apply";
        n.details = slots(op.introduced);
        extra_.push_back(op.inner.get());
    }
    void describe(const InTransactions& op, PlanNode& n) {
        const bound::CallInTransactions& in = *op.clause;
        n.name = in.call.unit       ? "UnitApplyInTransactions"
                 : in.call.optional ? "OptionalApplyInTransactions"
                                    : "ApplyInTransactions";
        constexpr const char* on_error[] = {"FAIL", "BREAK", "CONTINUE"};
        n.details = fmt::format("{}{}OF {} ROWS ON ERROR {}", slots(op.introduced), op.introduced.empty() ? "" : " ",
                                in.rows ? expr(in.rows) : std::to_string(bound::batch_rows_usual),
                                on_error[static_cast<std::size_t>(in.on_error)]);
        if (in.report != bound::no_slot) n.details += " REPORT STATUS AS " + slot(in.report);
        extra_.push_back(op.inner.get());
    }
    void describe(const LoadCsv& op, PlanNode& n) {
        n.name = "LoadCsv";
        n.details = fmt::format("{} AS {}{}", expr(op.load->url), slot(op.load->row),
                                op.load->with_headers ? " WITH HEADERS" : "");
    }
    void describe(const Join& op, PlanNode& n) {
        n.name = op.left_keys.empty() ? "CartesianProduct" : "HashJoin";
        for (std::size_t i = 0; i < op.left_keys.size(); ++i)
            n.details += fmt::format("{}{} = {}", i ? ", " : "", expr(op.left_keys[i]), expr(op.right_keys[i]));
        extra_.push_back(op.right.get());
    }
    void describe(const Union& op, PlanNode& n) {
        n.name = "Union";
        n.details = slots(op.outputs);
        for (const NodePtr& part : op.parts) extra_.push_back(part.get());
    }
    void describe(const Create& op, PlanNode& n) {
        n.name = "Create";
        n.details = fmt::format("{} nodes, {} relationships", op.pattern->nodes.size(), op.pattern->rels.size());
    }
    void describe(const Set& op, PlanNode& n) {
        n.name = "Set";
        n.details = fmt::format("{} items", op.items->size());
    }
    void describe(const Delete& op, PlanNode& n) {
        n.name = op.detach ? "DetachDelete" : "Delete";
        n.details = list(op.targets);
    }
    void describe(const Merge& op, PlanNode& n) {
        n.name = "Merge";
        extra_.push_back(op.match.get());
    }
    void describe(const Foreach& op, PlanNode& n) {
        n.name = "Foreach";
        n.details = slot(op.variable) + " IN " + expr(op.list);
        extra_.push_back(op.body.get());
    }
    void describe(const CallProcedure& op, PlanNode& n) {
        n.name = "ProcedureCall";
        n.details = op.call->procedure->name + "(" + list(op.call->arguments) + ")";
    }
    void describe(const Analysis& op, PlanNode& n) {
        constexpr const char* names[] = {"Impact", "Dependencies", "Dependents", "SinglePointsOfFailure"};
        n.name = names[static_cast<std::size_t>(op.analysis->kind)];
        n.details = expr(op.analysis->operand);
    }
    void describe(const CountNodes& op, PlanNode& n) {
        n.name = "NodeCountFromStore";
        n.details = slot(op.slot);
        for (const std::string& label : op.labels) n.details += ":" + label;
    }
    void describe(const CountRels& op, PlanNode& n) {
        n.name = "RelationshipCountFromStore";
        n.details = slot(op.slot);
        for (const std::string& type : op.types) n.details += ":" + type;
    }
    void describe(const ColumnAggregate& op, PlanNode& n) {
        n.name = "ColumnAggregation";
        PlanNode scan;
        describe(op.scan, scan);
        n.details = aggregate(op.aggregate) + " OF " + scan.details;
    }

    const Plan& plan_;
    const bound::Statement& statement_;
    const std::function<void(const Node&, PlanNode&)>& figures_;
    std::vector<const Node*> extra_;  // plans inside the operation being described
};

void Explainer::describe(const PathSearch& op, PlanNode& n) {
    using S = bound::PathSelector;
    switch (op.selector) {
        case S::all: n.name = op.ends_only ? "BreadthFirstReach" : op.into ? "PathExpandInto" : "PathExpand"; break;
        case S::any: n.name = "AnyPath"; break;
        case S::any_shortest: n.name = "ShortestPath"; break;
        case S::all_shortest: n.name = "AllShortestPaths"; break;
        case S::shortest: n.name = "ShortestPaths"; break;
        case S::shortest_groups: n.name = "ShortestPathGroups"; break;
    }
    if (op.into && op.is_plain() && !op.ends_only) n.name = "Bidirectional" + n.name;
    const auto conditions = [&](const std::vector<ExprPtr>& items) {
        return items.empty() ? std::string{} : " WHERE " + list(items, " AND ");
    };
    const auto arrow = [&](const Hop& h, const std::string& more) {
        const bool left = h.direction == bound::PatternDirection::left,
                   right = h.direction == bound::PatternDirection::right;
        return fmt::format("{}{}{}{}{}", left ? "<-[" : "-[", slot(h.rel), types(h.types, h.dependency), more,
                           right ? "]->" : "]-");
    };
    if (op.count) n.details = expr(op.count) + " ";
    n.details += op.acyclic ? "ACYCLIC " : op.simple ? "SIMPLE " : op.distinct_rels ? "" : "WALK ";
    n.details += "(" + slot(op.from) + ")";
    for (const PathSearch::Step& step : op.steps) {
        if (step.hops.size() == 1 && step.lists.empty()) {
            n.details += arrow(step.hops.front(), conditions(step.conditions));
        } else {
            n.details += "((" + slot(step.hops.front().from) + ")";
            for (const Hop& h : step.hops) n.details += arrow(h, "") + "(" + slot(h.to) + ")";
            n.details += conditions(step.conditions) + ")";
        }
        if (step.repeats) n.details += fmt::format("{{{},{}}}", step.min, step.max ? std::to_string(*step.max) : "");
        n.details += "(" + slot(step.end) + conditions(step.end_conditions) + ")";
    }
    n.details += conditions(op.checks);
}

std::string Explainer::aggregate(const Aggregate& op) const {
    std::string text = assignments(op.keys);
    for (const bound::Aggregation& a : op.aggregations) {
        if (!text.empty()) text += ", ";
        text += bound::print(a, statement_) + " AS " + slot(a.slot);
    }
    return text;
}

void print(const PlanNode& node, int depth, std::string& out) {
    out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + node.name;
    if (!node.details.empty()) out += " " + node.details;
    out += "\n";
    for (const PlanNode& child : node.children) print(child, depth + 1, out);
}

}  // namespace

PlanNode explain(const Plan& plan, const bound::Statement& statement,
                 const std::function<void(const Node&, PlanNode&)>& figures) {
    return Explainer{plan, statement, figures}.show(*plan.root);
}

std::string print(const PlanNode& node) {
    std::string out;
    print(node, 0, out);
    return out;
}

}  // namespace mainstay::plan
