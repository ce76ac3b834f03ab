#pragma once

// What begins here? Answers by looking at words and at where brackets end, never by parsing, so that the grammar can
// commit to one alternative. This is where Cypher's ambiguities are decided: `(a)-[..]-(b)` is a pattern before it is a
// subtraction, `[x IN xs` a comprehension before a list of one comparison, `count {` a subquery unless it reads as a
// map projection.

#include "syntax/brackets.hpp"

#include <cstdint>
#include <string_view>

namespace mainstay::syntax {

enum class AtomKind : std::uint8_t {
    none,
    number,
    string,
    parameter,
    list,
    list_comprehension,
    pattern_comprehension,
    map,
    group,
    pattern,
    case_expression,
    true_literal,
    false_literal,
    null_literal,
    count_star,
    subquery,
    quantifier,
    reduce,
    shortest_path,
    function,
    map_projection,
    variable
};

enum class ClauseKind : std::uint8_t {
    none,
    match_clause,
    unwind,
    with,
    return_clause,
    create,
    merge,
    set,
    remove,
    delete_clause,
    call_procedure,
    call_subquery,
    foreach,
    load_csv,
    impact_of,
    impact_on,
    reachable,
    single_points,
    history,
    changes,
    proof
};

enum class SetKind : std::uint8_t { properties, labels, property };

class Lookahead {
public:
    // Both must outlive it.
    Lookahead(std::string_view text, const Brackets& brackets)
        : begin_(text.data()), end_(text.data() + text.size()), brackets_(brackets) {}

    AtomKind atom(const char* p) const;
    ClauseKind clause(const char* p) const;
    SetKind set_item(const char* p) const;         // v = x and v += x; v:A; anything else
    bool path_variable(const char* p) const;       // v =
    bool path_group(const char* p) const;          // ( begins a parenthesised path, not a node
    bool query_in_braces(const char* p) const;     // after { of EXISTS: a clause, not a pattern
    bool create_command(const char* p) const;      // CREATE begins an index or a constraint, not a pattern
    bool relationship(const char* p) const;        // - or <- in a pattern
    bool range_dots(const char* p) const;          // ..
    bool transaction_number(const char* p) const;  // TRANSACTION n after AS OF
    bool baseline_name(const char* p) const;       // BASELINE 'name' after AS OF
    bool operand_atom(const char* p) const;        // what a CMDB clause takes besides a node pattern

private:
    const char* blank(const char* p) const;
    const char* after(const char* p) const;  // past a one-byte token and blanks
    bool at(const char* p, char c) const { return p < end_ && *p == c; }
    bool word(const char* p, std::string_view upper) const;
    const char* word_then_blank(const char* p) const;
    const Bracket& bracket(const char* p) const;
    const char* after_bracket(const char* p) const;
    const char* variable_then_blank(const char* p) const;  // nullptr: no variable here
    bool node_inside(const char* p) const;
    bool pattern(const char* p, bool is_comprehension = false) const;
    AtomKind square(const char* p) const;
    AtomKind named(const char* p) const;
    ClauseKind after_optional(const char* p) const;
    ClauseKind analysis(const char* p) const;

    const char* begin_;
    const char* end_;
    const Brackets& brackets_;
};

}  // namespace mainstay::syntax
