#include "bind/bound.hpp"
#include "function/aggregate.hpp"
#include "function/function.hpp"
#include "procedures.hpp"

#include <fmt/format.h>

namespace mainstay::bound {
namespace {

// Prints expressions with as few brackets as make it unambiguous: operators inside operators get them, always.
class Printer {
public:
    explicit Printer(const Statement& names) : names_(names) {}

    std::string slot(Slot s) const {
        const auto i = static_cast<std::uint32_t>(s);
        if (i < names_.slots.size() && !names_.slots[i].name.empty()) return names_.slots[i].name;
        return fmt::format("#{}", i);
    }
    std::string key(KeyRef k) const { return names_.keys.at(static_cast<std::uint32_t>(k)); }

    std::string expr(const ExprPtr& e) const { return e ? std::visit(*this, e->node) : ""; }
    std::string expr(const Expr& e) const { return std::visit(*this, e.node); }
    std::string list(const std::vector<ExprPtr>& items) const {
        std::string text;
        for (const ExprPtr& item : items) text += (text.empty() ? "" : ", ") + expr(item);
        return text;
    }
    // In brackets if it is an operator.
    std::string part(const ExprPtr& e) const {
        const bool simple = std::holds_alternative<Literal>(e->node) || std::holds_alternative<Variable>(e->node) ||
                            std::holds_alternative<Parameter>(e->node) || std::holds_alternative<Property>(e->node) ||
                            std::holds_alternative<ListLiteral>(e->node) ||
                            std::holds_alternative<MapLiteral>(e->node) || std::holds_alternative<Index>(e->node) ||
                            std::holds_alternative<Slice>(e->node) || std::holds_alternative<Call>(e->node) ||
                            std::holds_alternative<LabelTest>(e->node) || std::holds_alternative<Subquery>(e->node) ||
                            std::holds_alternative<ListComprehension>(e->node);
        return simple ? expr(e) : "(" + expr(e) + ")";
    }

    std::string operator()(const Literal& e) const { return mainstay::print(e.value); }
    std::string operator()(const Variable& e) const { return slot(e.slot); }
    std::string operator()(const Parameter& e) const {
        return "$" + names_.parameters.at(static_cast<std::uint32_t>(e.parameter)).name;
    }
    std::string operator()(const ListLiteral& e) const { return "[" + list(e.items) + "]"; }
    std::string operator()(const MapLiteral& e) const {
        std::string text;
        for (const auto& [key, value] : e.entries) text += (text.empty() ? "" : ", ") + key + ": " + expr(value);
        return "{" + text + "}";
    }
    std::string operator()(const Property& e) const { return part(e.object) + "." + key(e.key); }
    std::string operator()(const Index& e) const { return part(e.object) + "[" + expr(e.index) + "]"; }
    std::string operator()(const Slice& e) const {
        return part(e.object) + "[" + expr(e.from) + ".." + expr(e.to) + "]";
    }
    std::string operator()(const LabelTest& e) const { return part(e.object) + ":" + labels(*e.labels); }
    std::string operator()(const Unary& e) const {
        switch (e.op) {
            case UnaryOp::plus: return "+" + part(e.operand);
            case UnaryOp::minus: return "-" + part(e.operand);
            case UnaryOp::logical_not: return "NOT " + part(e.operand);
        }
        return {};
    }
    std::string operator()(const Arithmetic& e) const {
        constexpr const char* signs[] = {"+", "-", "*", "/", "%", "^"};
        return fmt::format("{} {} {}", part(e.left), signs[static_cast<std::size_t>(e.op)], part(e.right));
    }
    std::string operator()(const Logical& e) const {
        constexpr const char* words[] = {" AND ", " OR ", " XOR "};
        std::string text;
        for (const ExprPtr& operand : e.operands)
            text += (text.empty() ? "" : words[static_cast<std::size_t>(e.op)]) + part(operand);
        return text;
    }
    std::string operator()(const Comparison& e) const {
        constexpr const char* signs[] = {"=", "<>", "<", "<=", ">", ">="};
        return fmt::format("{} {} {}", part(e.left), signs[static_cast<std::size_t>(e.op)], part(e.right));
    }
    std::string operator()(const StringPredicate& e) const {
        constexpr const char* words[] = {"STARTS WITH", "ENDS WITH", "CONTAINS", "=~"};
        return fmt::format("{} {} {}", part(e.left), words[static_cast<std::size_t>(e.op)], part(e.right));
    }
    std::string operator()(const Membership& e) const { return part(e.item) + " IN " + part(e.list); }
    std::string operator()(const NullTest& e) const {
        return part(e.operand) + (e.negated ? " IS NOT NULL" : " IS NULL");
    }
    std::string operator()(const Case& e) const {
        std::string text = "CASE";
        if (e.subject) text += " " + expr(e.subject);
        for (const CaseBranch& branch : e.branches) text += " WHEN " + expr(branch.when) + " THEN " + expr(branch.then);
        if (e.otherwise) text += " ELSE " + expr(e.otherwise);
        return text + " END";
    }
    std::string operator()(const MapProjection& e) const {
        std::string text;
        for (const auto& item : e.items)
            text += (text.empty() ? "" : ", ") + (item.all ? std::string{".*"} : item.key + ": " + expr(item.value));
        return part(e.object) + " {" + text + "}";
    }
    std::string operator()(const ListComprehension& e) const {
        std::string text = "[" + slot(e.variable) + " IN " + expr(e.list);
        if (e.where) text += " WHERE " + expr(e.where);
        if (e.projection) text += " | " + expr(e.projection);
        return text + "]";
    }
    std::string operator()(const Quantifier& e) const {
        constexpr const char* words[] = {"all", "any", "none", "single"};
        std::string text =
            fmt::format("{}({} IN {}", words[static_cast<std::size_t>(e.kind)], slot(e.variable), expr(e.list));
        if (e.where) text += " WHERE " + expr(e.where);
        return text + ")";
    }
    std::string operator()(const Reduce& e) const {
        return fmt::format("reduce({} = {}, {} IN {} | {})", slot(e.accumulator), expr(e.initial), slot(e.variable),
                           expr(e.list), expr(e.step));
    }
    std::string operator()(const Call& e) const { return function_name(e.function) + "(" + list(e.arguments) + ")"; }
    std::string operator()(const Subquery& e) const {
        constexpr const char* words[] = {"EXISTS", "COUNT", "COLLECT"};
        return fmt::format("{} {{ {} }}", words[static_cast<std::size_t>(e.kind)], query(*e.query, " "));
    }
    std::string operator()(const BuildPath& e) const {
        std::string text = "path(" + slot(e.start);
        for (const auto& step : e.steps) text += ", " + slot(step.rel) + (step.list ? "*" : "");
        return text + ")";
    }

    std::string aggregation(const Aggregation& a) const {
        return fmt::format("{}({}{})", a.function ? aggregate_name(a.function) : "count", a.distinct ? "DISTINCT " : "",
                           a.function ? list(a.arguments) : "*");
    }

    std::string labels(const LabelExpr& e) const {
        const auto join = [&](const char* sign) {
            std::string text;
            for (const LabelExprPtr& operand : e.operands) {
                const bool simple = operand->operands.empty() || operand->kind == LabelExpr::Kind::negation;
                text += (text.empty() ? "" : sign) + (simple ? labels(*operand) : "(" + labels(*operand) + ")");
            }
            return text;
        };
        switch (e.kind) {
            case LabelExpr::Kind::name: return e.names.front();
            case LabelExpr::Kind::any: return "%";
            case LabelExpr::Kind::negation: return "!" + labels(*e.operands[0]);
            case LabelExpr::Kind::conjunction: return join("&");
            case LabelExpr::Kind::disjunction: return join("|");
        }
        return {};
    }

    std::string properties(const PropertyBraces& p) const {
        if (p.map) return " " + expr(p.map);
        std::string text;
        for (const auto& [k, value] : p.entries) text += (text.empty() ? "" : ", ") + key(k) + ": " + expr(value);
        return text.empty() ? text : " {" + text + "}";
    }
    std::string node(const PatternNode& n) const {
        std::string text = "(" + slot(n.slot);
        if (n.labels) text += ":" + labels(*n.labels);
        if (!n.labels)
            for (const std::string& label : n.plain_labels) text += ":" + label;
        text += properties(n.properties);
        if (n.where) text += " WHERE " + expr(n.where);
        return text + ")";
    }
    std::string group(const PatternRel& r) const {
        const PatternGroup& g = *r.group;
        std::string text = "(" + node(g.nodes[g.positions.front()]);
        for (std::size_t i = 0; i < g.rels.size(); ++i) text += rel(g.rels[i]) + node(g.nodes[g.positions[i + 1]]);
        if (g.where) text += " WHERE " + expr(g.where);
        text += fmt::format("){{{},", r.length->min);
        if (r.length->max) text += std::to_string(*r.length->max);
        return text + "}";
    }
    std::string rel(const PatternRel& r) const {
        if (r.group) return group(r);
        std::string text = slot(r.slot);
        if (r.dependency) text += ":DEPENDENCY";
        for (std::size_t i = 0; i < r.types.size(); ++i)
            text += (i == 0 ? ":" : "|") + r.types[i].name + (r.types[i].reversed ? "<" : "");
        if (r.length) {
            text += fmt::format("*{}..", r.length->min);
            if (r.length->max) text += std::to_string(*r.length->max);
        }
        text += properties(r.properties);
        if (r.where) text += " WHERE " + expr(r.where);
        const char* left = r.direction == PatternDirection::left ? "<-[" : "-[";
        const char* right = r.direction == PatternDirection::right ? "]->" : "]-";
        return left + text + right;
    }
    std::string pattern(const Pattern& p) const {
        std::string text;
        std::vector<bool> seen(p.nodes.size());
        for (const PatternPart& part : p.parts) {
            if (!text.empty()) text += ", ";
            if (part.path != no_slot) text += slot(part.path) + " = ";
            constexpr const char* selectors[] = {
                "", "ANY ", "ANY SHORTEST ", "ALL SHORTEST ", "SHORTEST ", "SHORTEST GROUPS "};
            constexpr const char* modes[] = {"WALK ", "", "ACYCLIC ", "SIMPLE "};
            text += selectors[static_cast<std::size_t>(part.selector)];
            if (part.selector_count) text += expr(part.selector_count) + " ";
            text += modes[static_cast<std::size_t>(part.mode)];
            for (std::size_t i = 0; i < part.nodes.size(); ++i) {
                const std::uint32_t n = part.nodes[i];
                text += seen[n] ? "(" + slot(p.nodes[n].slot) + ")" : node(p.nodes[n]);
                seen[n] = true;
                if (i < part.rels.size()) text += rel(p.rels[part.rels[i]]);
            }
            if (part.where) text += " WHERE " + expr(part.where);
        }
        return text;
    }
    std::string items(const std::vector<SetItem>& list) const {
        std::string text;
        for (const SetItem& item : list) {
            if (!text.empty()) text += ", ";
            if (const auto* p = std::get_if<SetProperty>(&item.node)) {
                text += part(p->object) + (p->dynamic_key ? "[" + expr(p->dynamic_key) + "]" : "." + key(p->key)) +
                        " = " + expr(p->value);
            } else if (const auto* all = std::get_if<SetProperties>(&item.node)) {
                text += slot(all->variable) + (all->add ? " += " : " = ") + expr(all->value);
            } else if (const auto* add = std::get_if<SetLabels>(&item.node)) {
                text += slot(add->variable);
                for (const std::string& label : add->labels) text += ":" + label;
            } else if (const auto* remove = std::get_if<RemoveLabels>(&item.node)) {
                text += "REMOVE " + slot(remove->variable);
                for (const std::string& label : remove->labels) text += ":" + label;
            }
        }
        return text;
    }
    std::string outputs(const std::vector<ColumnSlot>& list) const {
        std::string text;
        for (const ColumnSlot& c : list)
            text += fmt::format("{}{} AS {}", text.empty() ? " YIELD " : ", ", c.column, slot(c.slot));
        return text;
    }
    std::string filter(const ExprPtr& e) const { return e ? " WHERE " + expr(e) : ""; }

    std::string clause(const Match& m) const {
        return (m.optional ? "OPTIONAL MATCH " : "MATCH ") + pattern(m.pattern) + filter(m.where);
    }
    std::string clause(const Unwind& u) const { return "UNWIND " + expr(u.list) + " AS " + slot(u.variable); }
    std::string clause(const Project& p) const {
        std::string text = p.is_return ? "RETURN" : "WITH";
        if (p.distinct) text += " DISTINCT";
        const auto assign = [&](const std::vector<ProjectionItem>& list) {
            std::string out;
            for (const ProjectionItem& item : list) {
                if (!out.empty()) out += ",";
                out += " " + expr(item.expression);
                const auto* v = std::get_if<Variable>(&item.expression->node);
                if (!v || v->slot != item.slot) out += fmt::format(" AS #{}", static_cast<std::uint32_t>(item.slot));
            }
            return out;
        };
        if (p.aggregated) {
            text += " [group" + assign(p.grouping);
            for (const Aggregation& a : p.aggregations)
                text += fmt::format("; {} AS #{}", aggregation(a), static_cast<std::uint32_t>(a.slot));
            text += "]";
        }
        text += assign(p.items);
        for (std::size_t i = 0; i < p.order.size(); ++i)
            text +=
                (i == 0 ? " ORDER BY " : ", ") + expr(p.order[i].expression) + (p.order[i].descending ? " DESC" : "");
        if (p.skip) text += " SKIP " + expr(p.skip);
        if (p.limit) text += " LIMIT " + expr(p.limit);
        return text + filter(p.where);
    }
    std::string clause(const Create& c) const { return "CREATE " + pattern(c.pattern); }
    std::string clause(const Set& s) const { return "SET " + items(s.items); }
    std::string clause(const Merge& m) const {
        std::string text = "MERGE " + pattern(m.pattern);
        if (!m.on_create.empty()) text += " ON CREATE SET " + items(m.on_create);
        if (!m.on_match.empty()) text += " ON MATCH SET " + items(m.on_match);
        return text;
    }
    std::string clause(const Delete& d) const { return (d.detach ? "DETACH DELETE " : "DELETE ") + list(d.targets); }
    std::string clause(const CallProcedure& c) const {
        return (c.optional ? "OPTIONAL CALL " : "CALL ") + c.procedure->name + "(" + list(c.arguments) + ")" +
               outputs(c.outputs) + filter(c.where);
    }
    std::string clause(const CallSubquery& c) const {
        return std::string{c.optional ? "OPTIONAL CALL" : "CALL"} + " { " + query(*c.query, " ") + " }";
    }
    std::string clause(const CallInTransactions& c) const {
        constexpr const char* on_error[] = {"FAIL", "BREAK", "CONTINUE"};
        std::string text = clause(c.call) + " IN ";
        if (c.concurrency) text += expr(c.concurrency) + " ";
        text += c.concurrent ? "CONCURRENT TRANSACTIONS" : "TRANSACTIONS";
        if (c.rows) text += " OF " + expr(c.rows) + " ROWS";
        text += std::string{" ON ERROR "} + on_error[static_cast<std::size_t>(c.on_error)];
        return c.report == no_slot ? text : text + " REPORT STATUS AS " + slot(c.report);
    }
    std::string clause(const LoadCsv& l) const {
        std::string text =
            (l.with_headers ? "LOAD CSV WITH HEADERS FROM " : "LOAD CSV FROM ") + expr(l.url) + " AS " + slot(l.row);
        return l.delimiter ? text + fmt::format(" FIELDTERMINATOR '{}'", *l.delimiter) : text;
    }
    std::string clause(const Foreach& f) const {
        std::string text = "FOREACH (" + slot(f.variable) + " IN " + expr(f.list) + " |";
        for (const Clause& c : f.body) text += " " + clause(c);
        return text + ")";
    }
    std::string clause(const Analysis& a) const {
        constexpr const char* words[] = {"IMPACT OF", "DEPENDENCIES OF", "DEPENDENTS OF",
                                         "SINGLE POINTS OF FAILURE FOR"};
        std::string text = a.optional ? "OPTIONAL " : "";
        text += std::string{words[static_cast<std::size_t>(a.kind)]} + " " + expr(a.operand);
        if (a.when) text += " WHEN " + expr(a.when);
        if (a.degraded) text += " WHEN DEGRADED";
        if (a.from_status) text += " FROM STATUS";
        if (a.within) text += " WITHIN " + expr(a.within) + " HOPS";
        return text + outputs(a.outputs) + filter(a.where);
    }
    std::string clause(const Clause& c) const {
        return std::visit([this](const auto& inner) { return clause(inner); }, c.node);
    }
    std::string query(const Query& q, const char* separator) const {
        std::string text;
        for (std::size_t i = 0; i < q.parts.size(); ++i) {
            if (i > 0) text += fmt::format("{}{}{}", separator, q.union_all ? "UNION ALL" : "UNION", separator);
            for (std::size_t j = 0; j < q.parts[i].clauses.size(); ++j)
                text += (j > 0 ? separator : "") + clause(q.parts[i].clauses[j]);
        }
        return text;
    }

private:
    static std::string function_name(const function::Function* f);
    static std::string aggregate_name(const function::Aggregate* a);

    const Statement& names_;
};

std::string Printer::function_name(const function::Function* f) { return std::string{f->name}; }
std::string Printer::aggregate_name(const function::Aggregate* a) { return std::string{a->name}; }

}  // namespace

std::string print(const Expr& e, const Statement& names) { return Printer{names}.expr(e); }

std::string print(const LabelExpr& e, const Statement& names) { return Printer{names}.labels(e); }

std::string print(const Aggregation& a, const Statement& names) { return Printer{names}.aggregation(a); }

std::string print(const Statement& s) {
    const Printer printer{s};
    if (const auto* query = std::get_if<Query>(&s.body)) return printer.query(*query, "\n");
    const auto& command = std::get<SchemaCommand>(s.body);
    constexpr const char* kinds[] = {"INDEX", "UNIQUE", "EXISTS", "KEY"};
    std::string text = fmt::format("{} {} {} {}", command.action == SchemaAction::create ? "CREATE" : "DROP",
                                   kinds[static_cast<std::size_t>(command.kind)], command.name, command.label);
    for (const std::string& key : command.keys) text += " " + key;
    return text;
}

}  // namespace mainstay::bound
