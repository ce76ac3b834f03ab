#include "syntax/print.hpp"
#include "syntax/printer.hpp"

#include <array>

namespace mainstay::syntax {

// | binds loosest (0), then & (1), then ! (2).
void Printer::labels(const LabelExpression& labels_of, int least_precedence) {
    const auto many = [&](const std::vector<LabelExpression>& operands, std::string_view separator, int level) {
        const bool inner = level < least_precedence;
        if (inner) put("(");
        for (std::size_t i = 0; i < operands.size(); ++i) {
            if (i > 0) put(separator);
            labels(operands[i], level + 1);
        }
        if (inner) put(")");
    };
    std::visit(overloaded{
                   [&](const Name& name) { any_name(name); },
                   [&](const LabelAny&) { put("%"); },
                   [&](const LabelNot& x) { put("!"), labels(*x.operand, 2); },
                   [&](const LabelAnd& x) {
                       bool names = true;
                       for (const auto& operand : x.operands)
                           names = names && std::holds_alternative<Name>(operand.node);
                       many(x.operands, names ? ":" : "&", 1);
                   },
                   [&](const LabelOr& x) { many(x.operands, "|", 0); },
               },
               labels_of.node);
}

void Printer::node(const NodePattern& node) {
    put("(");
    if (node.variable) variable(*node.variable);
    if (node.labels) put(":"), labels(*node.labels);
    if (node.properties) {
        if (node.variable || node.labels) put(" ");
        expression(*node.properties);
    }
    where(node.where);
    put(")");
}

void Printer::quantifier(const std::optional<PatternQuantifier>& quantifier) {
    if (!quantifier) return;
    const auto [span, min, max] = *quantifier;
    if (!max && min <= 1) {
        put(min == 1 ? "+" : "*");
    } else if (max == min) {
        put("{").put(std::to_string(min)).put("}");
    } else {
        put("{").put(std::to_string(min)).put(",").put(max ? std::to_string(*max) : "").put("}");
    }
}

void Printer::relationship(const RelationshipPattern& r) {
    put(r.arrow == Arrow::left ? "<-" : "-");
    if (r.variable || r.types || r.length || r.properties || r.where) {
        put("[");
        if (r.variable) variable(*r.variable);
        if (r.types) put(":"), labels(*r.types);
        if (r.length) {
            const auto& [span, min, max] = *r.length;
            put("*");
            if (min) put(std::to_string(*min));
            if ((min || max) && min != max) put("..").put(max ? std::to_string(*max) : "");
            // `*..3` and `*2` differ: the latter has both bounds.
        }
        if (r.properties) {
            if (r.variable || r.types || r.length) put(" ");
            expression(*r.properties);
        }
        where(r.where);
        put("]");
    }
    put(r.arrow == Arrow::right ? "->" : "-");
    quantifier(r.quantifier);
}

void Printer::elements(const std::vector<PathElement>& elements_of) {
    for (const PathElement& element : elements_of) {
        std::visit(overloaded{
                       [&](const NodePattern& x) { node(x); },
                       [&](const RelationshipPattern& x) { relationship(x); },
                       [&](const ParenthesisedPath& x) {
                           put("(");
                           if (x.variable) variable(*x.variable), put(" = ");
                           elements(x.elements), where(x.where), put(")"), quantifier(x.quantifier);
                       },
                   },
                   element);
    }
}

void Printer::selector(const PathPattern& path) {
    switch (path.selector) {
        case PathSelector::any: put("ANY "); break;
        case PathSelector::any_shortest: put("ANY SHORTEST "); break;
        case PathSelector::all_shortest: put("ALL SHORTEST "); break;
        case PathSelector::shortest:
        case PathSelector::shortest_groups: put("SHORTEST "); break;
        default: break;
    }
    if (path.selector_count) expression(*path.selector_count), put(" ");
    constexpr std::array<std::string_view, 5> modes{"", "WALK ", "TRAIL ", "ACYCLIC ", "SIMPLE "};
    put(modes[static_cast<std::size_t>(path.mode)]);
    if (path.selector == PathSelector::shortest_groups) put("GROUPS ");
}

void Printer::path(const PathPattern& path) {
    if (path.variable) variable(*path.variable), put(" = ");
    const bool one = path.selector == PathSelector::shortest_path;
    const bool function = one || path.selector == PathSelector::all_shortest_paths;
    if (function) {
        put(one ? "shortestPath(" : "allShortestPaths("), elements(path.elements), put(")");
    } else {
        selector(path), elements(path.elements);
    }
}

void Printer::patterns(const std::vector<PathPattern>& patterns_of) {
    list(patterns_of, [&](const PathPattern& one) { path(one); });
}

std::string print(const PathPattern& path) {
    Printer printer;
    printer.path(path);
    return printer.take();
}

std::string print(const LabelExpression& labels) {
    Printer printer;
    printer.labels(labels);
    return printer.take();
}

}  // namespace mainstay::syntax
