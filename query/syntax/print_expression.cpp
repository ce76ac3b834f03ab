#include "syntax/lexical.hpp"
#include "syntax/print.hpp"
#include "syntax/printer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mainstay::syntax {
namespace {

// As in builder.cpp: what binds tighter has the greater number.
constexpr int or_level = 1, xor_level = 2, and_level = 3, not_level = 4, comparison_level = 5, predicate_level = 6,
              add_level = 7, multiply_level = 8, power_level = 9, sign_level = 10, suffix_level = 11, atom_level = 12;

int level_of(LogicalOp op) {
    return op == LogicalOp::logical_or ? or_level : op == LogicalOp::logical_xor ? xor_level : and_level;
}
int level_of(ArithmeticOp op) {
    switch (op) {
        case ArithmeticOp::add:
        case ArithmeticOp::subtract: return add_level;
        case ArithmeticOp::power: return power_level;
        default: return multiply_level;
    }
}
bool is_negative(const Value& v) {
    return (v.is(ValueType::integer) && v.as_int() < 0) || (v.is(ValueType::floating) && std::signbit(v.as_double()));
}

int level_of(const Expression& e) {
    return std::visit(overloaded{
                          [](const Logical& x) { return level_of(x.op); },
                          [](const Unary& x) { return x.op == UnaryOp::logical_not ? not_level : sign_level; },
                          [](const Comparison&) { return comparison_level; },
                          [](const StringPredicate&) { return predicate_level; },
                          [](const Membership&) { return predicate_level; },
                          [](const NullPredicate&) { return predicate_level; },
                          [](const Arithmetic& x) { return level_of(x.op); },
                          [](const Literal& x) {
                              // A number before a point or bracket needs parentheses.
                              return is_negative(x.value) ? sign_level : x.value.is_number() ? sign_level : atom_level;
                          },
                          [](const Property&) { return suffix_level; },
                          [](const Index&) { return suffix_level; },
                          [](const Slice&) { return suffix_level; },
                          [](const LabelPredicate&) { return suffix_level; },
                          [](const auto&) { return atom_level; },
                      },
                      e.node);
}

std::string_view text_of(ArithmeticOp op) {
    constexpr std::array<std::string_view, 6> texts{" + ", " - ", " * ", " / ", " % ", " ^ "};
    return texts[static_cast<std::size_t>(op)];
}
std::string_view text_of(LogicalOp op) {
    constexpr std::array<std::string_view, 3> texts{" AND ", " OR ", " XOR "};
    return texts[static_cast<std::size_t>(op)];
}
std::string_view text_of(ComparisonOp op) {
    constexpr std::array<std::string_view, 6> texts{" = ", " <> ", " < ", " <= ", " > ", " >= "};
    return texts[static_cast<std::size_t>(op)];
}
std::string_view text_of(StringOp op) {
    constexpr std::array<std::string_view, 4> texts{" STARTS WITH ", " ENDS WITH ", " CONTAINS ", " =~ "};
    return texts[static_cast<std::size_t>(op)];
}

bool is_word(std::string_view name) {
    return !name.empty() && word_at(name.data(), name.data() + name.size()).size() == name.size();
}
std::string in_backticks(std::string_view name) {
    std::string result = "`";
    for (char c : name) result.append(c == '`' ? 2 : 1, c);
    return result + '`';
}

}  // namespace

void Printer::any_name(const Name& name) { put(is_word(name.text) ? name.text : in_backticks(name.text)); }
void Printer::variable(std::string_view name) {
    if (is_word(name) && !is_reserved(name)) {
        put(name);
    } else {
        put(in_backticks(name));
    }
}

void Printer::dotted(const Name& name) {
    std::string_view rest = name.text;
    for (;;) {
        const std::size_t point = std::min(rest.find('.'), rest.size());
        variable(rest.substr(0, point));
        if (point == rest.size()) return;
        put(".");
        rest.remove_prefix(point + 1);
    }
}

void Printer::string(std::string_view text) {
    put("'");
    for (char c : text) {
        switch (c) {
            case '\\': put("\\\\"); break;
            case '\'': put("\\'"); break;
            case '\b': put("\\b"); break;
            case '\f': put("\\f"); break;
            case '\n': put("\\n"); break;
            case '\r': put("\\r"); break;
            case '\t': put("\\t"); break;
            default: out_ += c;
        }
    }
    put("'");
}

void Printer::expressions(const std::vector<Expression>& list_of) {
    list(list_of, [&](const Expression& e) { expression(e); });
}

void Printer::where(const ExpressionPtr& condition) {
    if (condition) put(" WHERE "), expression(*condition);
}

void Printer::literal(const Value& value) {
    switch (value.type()) {
        case ValueType::null: put("NULL"); break;
        case ValueType::boolean: put(value.as_bool() ? "true" : "false"); break;
        case ValueType::integer: put(std::to_string(value.as_int())); break;
        case ValueType::floating: put(print_float(value.as_double())); break;
        default: string(value.as_string());
    }
}

void Printer::list_literal(const ListLiteral& literal) {
    put("[");
    const std::size_t begin = out_.size();
    expressions(literal.items);
    if (literal.items.size() == 1) {
        // [x IN xs] would be a comprehension.
        const char* p = out_.data() + begin;
        const char* end = out_.data() + out_.size();
        const char* q = skip_name(p, end);
        if (q != p && std::string_view{q, static_cast<std::size_t>(end - q)}.substr(0, 4) == " IN ") {
            out_.insert(begin, "(");
            put(")");
        }
    }
    put("]");
}

void Printer::map(const MapLiteral& map) {
    put("{");
    list(map.entries, [&](const MapEntry& entry) {
        any_name(entry.key);
        put(": "), expression(entry.value);
    });
    put("}");
}

void Printer::case_expression(const Case& x) {
    put("CASE");
    if (x.subject) put(" "), expression(*x.subject);
    for (const CaseBranch& branch : x.branches) {
        put(" WHEN "), expression(branch.when);
        put(" THEN "), expression(branch.then);
    }
    if (x.otherwise) put(" ELSE "), expression(*x.otherwise);
    put(" END");
}

void Printer::map_projection(const MapProjection& projection) {
    using Kind = MapProjectionItem::Kind;
    variable(projection.variable);
    put(" {");
    list(projection.items, [&](const MapProjectionItem& item) {
        switch (item.kind) {
            case Kind::property: put("."), any_name(item.name); break;
            case Kind::all_properties: put(".*"); break;
            case Kind::entry: any_name(item.name), put(": "), expression(*item.value); break;
            case Kind::variable: any_name(item.name); break;
        }
    });
    put("}");
}

void Printer::expression(const Expression& e, int least_precedence) {
    const int level = level_of(e);
    if (level < least_precedence) {
        put("("), expression(e), put(")");
        return;
    }
    // Operators of one level group to the left, so the left operand may be of that level and the right one may not.
    const auto both = [&](const Expression& left, std::string_view op, const Expression& right) {
        expression(left, level), put(op), expression(right, level + 1);
    };
    std::visit(overloaded{
                   [&](const Literal& x) { literal(x.value); },
                   [&](const Variable& x) { variable(x.name); },
                   [&](const Parameter& x) {
                       bool digits = !x.name.empty();
                       for (char c : x.name) digits = digits && c >= '0' && c <= '9';
                       put("$").put(digits || is_word(x.name) ? x.name : in_backticks(x.name));
                   },
                   [&](const ListLiteral& x) { list_literal(x); },
                   [&](const MapLiteral& x) { map(x); },
                   [&](const Property& x) {
                       expression(*x.object, suffix_level);
                       put("."), any_name(x.key);
                   },
                   [&](const Index& x) {
                       expression(*x.object, suffix_level);
                       put("["), expression(*x.index), put("]");
                   },
                   [&](const Slice& x) {
                       expression(*x.object, suffix_level);
                       put("[");
                       if (x.from) expression(*x.from);
                       put("..");
                       if (x.to) expression(*x.to);
                       put("]");
                   },
                   [&](const LabelPredicate& x) {
                       expression(*x.object, suffix_level);
                       // A bare | could end the expression (list comprehensions).
                       put(":"), labels(x.labels, 1);
                   },
                   [&](const Unary& x) {
                       if (x.op == UnaryOp::logical_not) return put("NOT "), expression(*x.operand, not_level);
                       put(x.op == UnaryOp::minus ? "-" : "+"), expression(*x.operand, suffix_level);
                   },
                   [&](const Arithmetic& x) { both(*x.left, text_of(x.op), *x.right); },
                   [&](const Logical& x) {
                       for (std::size_t i = 0; i < x.operands.size(); ++i) {
                           if (i > 0) put(text_of(x.op));
                           expression(x.operands[i], level + 1);
                       }
                   },
                   [&](const Comparison& x) {
                       expression(*x.first, level + 1);
                       for (const ComparisonStep& step : x.steps)
                           put(text_of(step.op)), expression(step.operand, level + 1);
                   },
                   [&](const StringPredicate& x) { both(*x.left, text_of(x.op), *x.right); },
                   [&](const Membership& x) { both(*x.item, " IN ", *x.list); },
                   [&](const NullPredicate& x) {
                       expression(*x.operand, level);
                       put(x.negated ? " IS NOT NULL" : " IS NULL");
                   },
                   [&](const Case& x) { case_expression(x); },
                   [&](const MapProjection& x) { map_projection(x); },
                   [&](const ListComprehension& x) {
                       put("["), variable(x.variable), put(" IN "), expression(*x.list), where(x.where);
                       if (x.projection) put(" | "), expression(*x.projection);
                       put("]");
                   },
                   [&](const PatternComprehension& x) {
                       put("["), path(x.pattern), where(x.where), put(" | "), expression(*x.projection), put("]");
                   },
                   [&](const Quantifier& x) {
                       constexpr std::array<std::string_view, 4> words{"all(", "any(", "none(", "single("};
                       put(words[static_cast<std::size_t>(x.kind)]);
                       variable(x.variable), put(" IN "), expression(*x.list), where(x.where), put(")");
                   },
                   [&](const Reduce& x) {
                       put("reduce("), variable(x.accumulator), put(" = "), expression(*x.initial), put(", ");
                       variable(x.variable), put(" IN "), expression(*x.list), put(" | "), expression(*x.step),
                           put(")");
                   },
                   [&](const FunctionCall& x) {
                       dotted(x.name), put(x.distinct ? "(DISTINCT " : "("), expressions(x.arguments), put(")");
                   },
                   [&](const CountStar&) { put("count(*)"); },
                   [&](const PatternExpression& x) { path(x.pattern); },
                   [&](const Subquery& x) {
                       constexpr std::array<std::string_view, 3> words{"EXISTS { ", "COUNT { ", "COLLECT { "};
                       put(words[static_cast<std::size_t>(x.kind)]), query(*x.query), put(" }");
                   },
               },
               e.node);
}

std::string print(const Expression& e) {
    Printer printer;
    printer.expression(e);
    return printer.take();
}

}  // namespace mainstay::syntax
