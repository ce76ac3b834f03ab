#include "syntax/lookahead.hpp"

#include "syntax/lexical.hpp"

namespace mainstay::syntax {

const char* Lookahead::blank(const char* p) const { return skip_blank(p, end_); }
const char* Lookahead::after(const char* p) const { return skip_blank(p + 1, end_); }
bool Lookahead::word(const char* p, std::string_view upper) const { return same_word(word_at(p, end_), upper); }
const char* Lookahead::word_then_blank(const char* p) const { return blank(skip_word(p, end_)); }
const Bracket& Lookahead::bracket(const char* p) const { return brackets_.at(static_cast<std::uint32_t>(p - begin_)); }

const char* Lookahead::after_bracket(const char* p) const {
    const char* close = begin_ + bracket(p).close;
    return close == end_ ? end_ : after(close);
}

const char* Lookahead::variable_then_blank(const char* p) const {
    const char* last = skip_name(p, end_);
    if (last == p || is_reserved({p, static_cast<std::size_t>(last - p)})) return nullptr;
    return blank(last);
}

// `p` is past a `(`: could what is inside be a node pattern?
bool Lookahead::node_inside(const char* p) const {
    if (p == end_) return false;
    if (const char* q = variable_then_blank(p)) p = q;
    return at(p, ')') || at(p, ':') || at(p, '{') || at(p, '$') || word(p, "WHERE") || word(p, "IS");
}

// `p` is at `(`. A node and the beginning of a relationship that leads to another node. Without an arrow, `+` and `*`
// may also be operators, unless what is in square brackets can be no list, or the place takes no such expression.
bool Lookahead::pattern(const char* p, bool is_comprehension) const {
    if (!node_inside(after(p))) return false;
    p = after_bracket(p);
    if (at(p, '(')) return path_group(p);
    bool arrow = false, is_list = !is_comprehension;
    if (at(p, '<')) {
        p = after(p);
        if (!at(p, '-')) return false;
    } else if (!at(p, '-')) {
        return false;
    }
    p = after(p);
    if (at(p, '[')) {
        is_list = is_list && !at(after(p), ':') && !at(after(p), ']');
        p = after_bracket(p);
    }
    if (!at(p, '-')) return false;
    p = after(p);
    if (at(p, '>')) p = after(p), arrow = true;
    return at(p, '(') || at(p, '{') || ((arrow || !is_list) && (at(p, '+') || at(p, '*')));
}

bool Lookahead::path_group(const char* p) const {
    if (!at(p, '(')) return false;
    p = after(p);
    if (at(p, '(')) return true;
    return path_variable(p) && at(after(variable_then_blank(p)), '(');
}

bool Lookahead::path_variable(const char* p) const {
    const char* q = variable_then_blank(p);
    return q && at(q, '=') && !at(q + 1, '~');
}

bool Lookahead::relationship(const char* p) const { return at(p, '-') || (at(p, '<') && at(after(p), '-')); }
bool Lookahead::range_dots(const char* p) const { return at(p, '.') && at(p + 1, '.'); }

AtomKind Lookahead::square(const char* p) const {
    const Bracket& outer = bracket(p);
    p = after(p);
    const char* q = variable_then_blank(p);
    // A comma directly inside can only separate elements of a list: comprehensions have none of their own.
    if (outer.comma) return AtomKind::list;
    if (q && word(q, "IN")) return AtomKind::list_comprehension;
    if (!outer.bar) return AtomKind::list;
    if (path_variable(p)) p = after(q);
    const bool path = at(p, '(') && (pattern(p, true) || path_group(p));
    return path ? AtomKind::pattern_comprehension : AtomKind::list;
}

// `p` is at a word or a name in backticks.
AtomKind Lookahead::named(const char* p) const {
    const char* last = skip_name(p, end_);
    const std::string_view name{p, static_cast<std::size_t>(last - p)};
    const char* next = blank(last);
    switch (*p | 0x20) {
        case 'c':
            if (same_word(name, "CASE")) return AtomKind::case_expression;
            break;
        case 't':
            if (same_word(name, "TRUE")) return AtomKind::true_literal;
            break;
        case 'f':
            if (same_word(name, "FALSE")) return AtomKind::false_literal;
            break;
        case 'n':
            if (same_word(name, "NULL")) return AtomKind::null_literal;
            break;
        default: break;
    }
    if (is_reserved(name)) return AtomKind::none;
    if (at(next, '{')) {
        const bool may_hold_query = same_word(name, "EXISTS") || same_word(name, "COUNT") || same_word(name, "COLLECT");
        if (may_hold_query && (query_in_braces(after(next)) || at(after(next), '(') || path_variable(after(next)))) {
            return AtomKind::subquery;
        }
        return AtomKind::map_projection;
    }
    if (at(next, '(')) {
        const char* inside = after(next);
        const char* second = variable_then_blank(inside);
        if (same_word(name, "COUNT") && at(inside, '*') && at(after(inside), ')')) return AtomKind::count_star;
        if (second && word(second, "IN") &&
            (same_word(name, "ALL") || same_word(name, "ANY") || same_word(name, "NONE") ||
             same_word(name, "SINGLE"))) {
            return AtomKind::quantifier;
        }
        if (same_word(name, "REDUCE") && path_variable(inside)) return AtomKind::reduce;
        if (same_word(name, "SHORTESTPATH") || same_word(name, "ALLSHORTESTPATHS")) return AtomKind::shortest_path;
        return AtomKind::function;
    }
    // A dotted name directly before `(` is a function in a namespace, otherwise it is a property.
    while (last < end_ && *last == '.' && skip_name(last + 1, end_) != last + 1) last = skip_name(last + 1, end_);
    if (last != p + name.size() && at(blank(last), '(')) return AtomKind::function;
    return AtomKind::variable;
}

AtomKind Lookahead::atom(const char* p) const {
    if (p == end_) return AtomKind::none;
    switch (*p) {
        case '\'':
        case '"': return AtomKind::string;
        case '$': return AtomKind::parameter;
        case '[': return square(p);
        case '{': return AtomKind::map;
        case '(': return pattern(p) ? AtomKind::pattern : AtomKind::group;
        case '.': return p + 1 < end_ && is_digit(p[1]) ? AtomKind::number : AtomKind::none;
        default: break;
    }
    if (is_digit(*p)) return AtomKind::number;
    return skip_name(p, end_) != p ? named(p) : AtomKind::none;
}

bool Lookahead::operand_atom(const char* p) const {
    switch (atom(p)) {
        case AtomKind::variable:
        case AtomKind::parameter:
        case AtomKind::list:
        case AtomKind::list_comprehension:
        case AtomKind::function: return true;
        default: return false;
    }
}

bool Lookahead::transaction_number(const char* p) const {
    return word(p, "TRANSACTION") && !at(word_then_blank(p), '.');
}

bool Lookahead::baseline_name(const char* p) const {
    const char* next = word_then_blank(p);
    return word(p, "BASELINE") && (at(next, '\'') || at(next, '"') || at(next, '$'));
}

bool Lookahead::query_in_braces(const char* p) const {
    if (clause(p) == ClauseKind::none) return false;
    const char* next = word_then_blank(p);
    // `count {match: 1}`, `exists {match}`: a map projection of a variable of that name
    return !at(next, ':') && !at(next, ',') && !at(next, '}');
}

bool Lookahead::create_command(const char* p) const {
    p = word_then_blank(p);
    const char* next = word_then_blank(p);
    if (at(next, '=')) return false;  // CREATE index = (a)-[:R]->(b)
    if (word(p, "INDEX") || word(p, "CONSTRAINT")) return true;
    return (word(p, "RANGE") || word(p, "TEXT")) && word(next, "INDEX");
}

ClauseKind Lookahead::clause(const char* p) const {
    const std::string_view first = word_at(p, end_);
    if (first.empty()) return ClauseKind::none;
    const auto is = [&](std::string_view upper) { return same_word(first, upper); };
    const auto next = [&] { return blank(p + first.size()); };
    switch (first.front() & ~0x20) {
        case 'C':
            if (is("CREATE")) return ClauseKind::create;
            if (is("CALL"))
                return at(next(), '{') || at(next(), '(') ? ClauseKind::call_subquery : ClauseKind::call_procedure;
            break;
        case 'D':
            if (is("DELETE") || (is("DETACH") && word(next(), "DELETE"))) return ClauseKind::delete_clause;
            break;
        case 'F':
            if (is("FOREACH") && at(next(), '(')) return ClauseKind::foreach;
            break;
        case 'L':
            if (is("LOAD") && word(next(), "CSV")) return ClauseKind::load_csv;
            break;
        case 'M':
            if (is("MATCH")) return ClauseKind::match_clause;
            if (is("MERGE")) return ClauseKind::merge;
            break;
        case 'O':
            if (is("OPTIONAL")) return after_optional(next());
            break;
        case 'R':
            if (is("RETURN")) return ClauseKind::return_clause;
            if (is("REMOVE")) return ClauseKind::remove;
            break;
        case 'S':
            if (is("SET")) return ClauseKind::set;
            break;
        case 'U':
            if (is("UNWIND")) return ClauseKind::unwind;
            break;
        case 'W':
            if (is("WITH")) return ClauseKind::with;
            break;
        default: break;
    }
    return analysis(p);
}

ClauseKind Lookahead::after_optional(const char* p) const {
    if (word(p, "OPTIONAL")) return ClauseKind::none;  // also keeps clause() from recursing
    const ClauseKind kind = clause(p);
    switch (kind) {
        case ClauseKind::match_clause:
        case ClauseKind::call_procedure:
        case ClauseKind::call_subquery: return kind;
        default: return analysis(p);
    }
}

ClauseKind Lookahead::analysis(const char* p) const {
    const std::string_view first = word_at(p, end_);
    const char* next = blank(p + first.size());
    if (word(next, "OF")) {
        if (same_word(first, "IMPACT")) return ClauseKind::impact_of;
        if (same_word(first, "DEPENDENCIES") || same_word(first, "DEPENDENTS")) return ClauseKind::reachable;
        if (same_word(first, "HISTORY")) return ClauseKind::history;
        if (same_word(first, "PROOF")) return ClauseKind::proof;
    }
    if (same_word(first, "IMPACT") && word(next, "ON")) return ClauseKind::impact_on;
    if (same_word(first, "SINGLE") && word(next, "POINTS")) return ClauseKind::single_points;
    if (same_word(first, "CHANGES") && word(next, "BETWEEN")) return ClauseKind::changes;
    return ClauseKind::none;
}

SetKind Lookahead::set_item(const char* p) const {
    const char* q = variable_then_blank(p);
    if (!q) return SetKind::property;
    if (at(q, ':')) return SetKind::labels;
    if (at(q, '=') || (at(q, '+') && at(q + 1, '='))) return SetKind::properties;
    return SetKind::property;
}

}  // namespace mainstay::syntax
