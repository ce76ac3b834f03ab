#include "query/reference/tree.hpp"

#include <functional>

namespace mainstay::test::reference {
namespace {

std::string print(const Labels& labels) {
    switch (labels.op) {
        case Labels::Op::none: return "";
        case Labels::Op::name: return labels.name;
        case Labels::Op::inverse: return "!" + print(labels.operands[0]);
        case Labels::Op::any: return "%";
        case Labels::Op::both:
        case Labels::Op::either: break;
    }
    const char* sign = labels.op == Labels::Op::both ? "&" : "|";
    return "(" + print(labels.operands[0]) + sign + print(labels.operands[1]) + ")";
}

std::string print(const Properties& properties) {
    if (properties.empty()) return "";
    std::string out;
    for (const auto& [key, value] : properties) out += (out.empty() ? " {" : ", ") + key + ": " + print(*value);
    return out + "}";
}

std::string print(const NodePattern& node) {
    std::string out = "(" + node.name;
    if (node.labels.op != Labels::Op::none) out += ":" + print(node.labels);
    out += print(node.properties);
    if (node.where) out += " WHERE " + print(*node.where);
    return out + ")";
}

std::string print(const RelPattern& rel) {
    using Length = RelPattern::Length;
    std::string out = rel.way == RelPattern::Way::left ? "<-[" : "-[";
    out += rel.name;
    for (std::size_t i = 0; i < rel.types.size(); ++i) out += (i ? "|" : ":") + rel.types[i];
    const std::string min = std::to_string(rel.min), max = rel.max < 0 ? "" : std::to_string(rel.max);
    if (rel.length == Length::star) out += "*" + min + ".." + max;
    out += print(rel.properties);
    if (rel.where) out += " WHERE " + print(*rel.where);
    out += rel.way == RelPattern::Way::right ? "]->" : "]-";
    if (rel.length != Length::quantifier) return out;
    if (rel.max < 0 && rel.min < 2) return out + (rel.min == 0 ? "*" : "+");
    return out + "{" + min + "," + max + "}";
}

std::string print(const Part& part) {
    std::string out = part.path.empty() ? "" : part.path + " = ";
    out += print(part.nodes[0]);
    for (std::size_t i = 0; i < part.rels.size(); ++i) out += print(part.rels[i]) + print(part.nodes[i + 1]);
    return out;
}

std::string print(const std::vector<Part>& parts) {
    std::string out;
    for (const Part& part : parts) out += (out.empty() ? "" : ", ") + print(part);
    return out;
}

std::string print(const Clause& c) {
    using Kind = Clause::Kind;
    const std::string where = c.where ? " WHERE " + print(*c.where) : "";
    switch (c.kind) {
        case Kind::match: return "MATCH " + print(c.parts) + where;
        case Kind::optional_match: return "OPTIONAL MATCH " + print(c.parts) + where;
        case Kind::unwind: return "UNWIND " + print(*c.list) + " AS " + c.name;
        case Kind::call: {
            std::string out = "CALL (";
            for (std::size_t i = 0; i < c.imports.size(); ++i) out += (i ? ", " : "") + c.imports[i];
            return out + ") { " + print(*c.inner) + " }";
        }
        case Kind::with:
        case Kind::give: break;
    }
    std::string out = c.kind == Kind::with ? "WITH " : "RETURN ";
    if (c.distinct) out += "DISTINCT ";
    for (std::size_t i = 0; i < c.items.size(); ++i) {
        const std::string value = print(*c.items[i].expression);
        out += (i ? ", " : "") + (value == c.items[i].name ? value : value + " AS " + c.items[i].name);
    }
    for (std::size_t i = 0; i < c.order.size(); ++i)
        out += (i ? ", " : " ORDER BY ") + print(*c.order[i].expression) + (c.order[i].descending ? " DESC" : "");
    if (c.skip) out += " SKIP " + std::to_string(*c.skip);
    if (c.limit) out += " LIMIT " + std::to_string(*c.limit);
    return out + where;
}

std::string print(const Single& single) {
    std::string out;
    for (const Clause& clause : single) out += (out.empty() ? "" : " ") + print(clause);
    return out;
}

void walk(const ExprPtr& e, const std::function<void(const Expr&)>& f);
void walk(const Properties& properties, const std::function<void(const Expr&)>& f) {
    for (const auto& [key, value] : properties) walk(value, f);
}
void walk(const Query& query, const std::function<void(const Expr&)>& f) {
    for (const Single& single : query.parts)
        for (const Clause& c : single) {
            for (const Part& part : c.parts) {
                for (const NodePattern& node : part.nodes) {
                    walk(node.properties, f);
                    walk(node.where, f);
                }
                for (const RelPattern& rel : part.rels) {
                    walk(rel.properties, f);
                    walk(rel.where, f);
                }
            }
            walk(c.where, f);
            walk(c.list, f);
            for (const Item& item : c.items) walk(item.expression, f);
            for (const SortKey& key : c.order) walk(key.expression, f);
            if (c.inner) walk(*c.inner, f);
        }
}
void walk(const ExprPtr& e, const std::function<void(const Expr&)>& f) {
    if (!e) return;
    f(*e);
    for (const ExprPtr& arg : e->args) walk(arg, f);
    if (e->query) walk(*e->query, f);
}

}  // namespace

bool has_aggregate(const Expr& e) {
    if (e.kind == Expr::Kind::aggregate) return true;
    for (const ExprPtr& arg : e.args)
        if (arg && has_aggregate(*arg)) return true;
    return false;
}

std::string print(const Expr& e) {
    using Kind = Expr::Kind;
    const auto arg = [&](std::size_t i) { return print(*e.args[i]); };
    const auto all = [&] {
        std::string out;
        for (std::size_t i = 0; i < e.args.size(); ++i) out += (i ? ", " : "") + arg(i);
        return out;
    };
    switch (e.kind) {
        case Kind::literal: return literal(e.value);
        case Kind::parameter: return "$" + e.name;
        case Kind::variable: return e.name;
        case Kind::property: return arg(0) + "." + e.name;
        case Kind::label_test: return arg(0) + ":" + e.name;
        case Kind::binary: return "(" + arg(0) + " " + e.name + " " + arg(1) + ")";
        case Kind::chain: return "(" + arg(0) + " < " + arg(1) + " <= " + arg(2) + ")";
        case Kind::negation: return "(NOT " + arg(0) + ")";
        case Kind::minus: return "(- " + arg(0) + ")";
        case Kind::is_null: return "(" + arg(0) + " IS NULL)";
        case Kind::is_not_null: return "(" + arg(0) + " IS NOT NULL)";
        case Kind::list: return "[" + all() + "]";
        case Kind::index: return arg(0) + "[" + arg(1) + "]";
        case Kind::slice: return arg(0) + "[" + arg(1) + ".." + arg(2) + "]";
        case Kind::simple_case:
            return "CASE " + arg(0) + " WHEN " + arg(1) + " THEN " + arg(2) + " ELSE " + arg(3) + " END";
        case Kind::searched_case: return "CASE WHEN " + arg(0) + " THEN " + arg(1) + " ELSE " + arg(2) + " END";
        case Kind::comprehension:
            return "[" + e.name + " IN " + arg(0) + (e.args[1] ? " WHERE " + arg(1) : "") +
                   (e.args[2] ? " | " + arg(2) : "") + "]";
        case Kind::quantifier: return e.function + "(" + e.name + " IN " + arg(0) + " WHERE " + arg(1) + ")";
        case Kind::function: return e.name + "(" + all() + ")";
        case Kind::aggregate:
            return e.name + "(" + (e.distinct ? "DISTINCT " : "") + (e.args.empty() ? "*" : all()) + ")";
        case Kind::exists: return "EXISTS { " + print(*e.query) + " }";
        case Kind::count: return "COUNT { " + print(*e.query) + " }";
        case Kind::collect: return "COLLECT { " + print(*e.query) + " }";
        case Kind::pattern: return print(e.query->parts[0][0].parts[0]);
        case Kind::pattern_list: {
            const Clause& match = e.query->parts[0][0];
            return "[" + print(match.parts[0]) + (match.where ? " WHERE " + print(*match.where) : "") + " | " + arg(0) +
                   "]";
        }
    }
    return "";
}

std::string print(const Query& query) {
    std::string out;
    for (const Single& single : query.parts)
        out += (out.empty() ? "" : query.union_all ? " UNION ALL " : " UNION ") + print(single);
    return out;
}

void find_parameters(const Query& query, std::map<std::string, Val>& found) {
    walk(query, [&](const Expr& e) {
        if (e.kind == Expr::Kind::parameter) found[e.name] = e.value;
    });
}

}  // namespace mainstay::test::reference
