#pragma once

// Label expressions, nodes, relationships and paths.

#include "syntax/grammar/expression.hpp"

namespace mainstay::syntax::grammar {

// ---- label expressions ----

// Where a `|` may join labels: everywhere, or, for a predicate, where it does not end the expression (list
// comprehensions).
enum class Bar { joins, may_end };
template <Bar bar>
struct label_or;

struct label_of_name : zero_width<label_of_name> {
    static bool act(const char*, Builder& builder) {
        Name name = builder.take<Name>();
        const Span span = name.span;
        builder.give(LabelExpression{span, std::move(name)});
        return true;
    }
};
struct label_wildcard : token<label_wildcard> {
    static const char* read(const char* p, const char* end, Builder& builder) {
        if (p == end || *p != '%') return p;
        builder.give(LabelExpression{{builder.offset(p), builder.offset(p + 1)}, LabelAny{}});
        return p + 1;
    }
};
struct label_primary
    : sor<label_wildcard, if_must<symbol<"(">, label_or<Bar::joins>, symbol<")">>, seq<label_name, label_of_name>> {
    static std::string_view expected() { return "a label or type name"; }
};
// Any number of `!`, then a label. Not recursive, so that a long row of them is refused and does not exhaust the stack.
struct label_not {
    using result = LabelExpression;
    using rule_t = typename seq<label_primary>::rule_t;
    using subs_t = pegtl::type_list<star<symbol<"!">>, label_primary>;
    static std::string_view expected() { return "a label or type name"; }
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control, typename Input>
    static bool match(Input& in, Builder& builder) {
        const std::uint32_t begin = builder.offset(in.current());
        std::uint32_t count = 0;
        while (Control<symbol<"!">>::template match<A, M, Action, Control>(in, builder)) ++count;
        if (count == 0) return Control<label_primary>::template match<A, M, Action, Control>(in, builder);
        (void)Control<must<label_primary>>::template match<A, M, Action, Control>(in, builder);
        builder.negate_labels(begin, count);
        return true;
    }
};

// One operand stays as it is; several become a LabelAnd or a LabelOr.
template <typename Many, auto Operands, typename Operand, typename Separator>
struct label_chain {
    using result = LabelExpression;
    using rule_t = typename seq<Operand, star<Separator, must<Operand>>>::rule_t;
    using subs_t = typename seq<Operand, star<Separator, must<Operand>>>::subs_t;
    static std::string_view expected() { return "a label or type name"; }
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control, typename Input>
    static bool match(Input& in, Builder& builder) {
        const std::uint32_t begin = builder.offset(in.current());
        if (!Control<Operand>::template match<A, M, Action, Control>(in, builder)) return false;
        if (!Control<Separator>::template match<A, M, Action, Control>(in, builder)) return true;
        Many many;
        (many.*Operands).push_back(builder.take<LabelExpression>());
        do {
            (void)Control<must<Operand>>::template match<A, M, Action, Control>(in, builder);
            (many.*Operands).push_back(builder.take<LabelExpression>());
        } while (Control<Separator>::template match<A, M, Action, Control>(in, builder));
        builder.give(LabelExpression{builder.since(begin), std::move(many)});
        return true;
    }
};
struct label_and : label_chain<LabelAnd, &LabelAnd::operands, label_not, sor<symbol<"&">, symbol<":">>> {};
struct bar_joins : zero_width<bar_joins> {
    static bool act(const char*, Builder& builder) { return !builder.bar_ends(); }
};
using bar = seq<symbol<"|">, opt<symbol<":">>>;  // [:A|B], and the older [:A|:B]
template <>
struct label_or<Bar::joins> : label_chain<LabelOr, &LabelOr::operands, label_and, bar> {};
template <>
struct label_or<Bar::may_end> : label_chain<LabelOr, &LabelOr::operands, label_and, seq<bar_joins, bar>> {};

struct labels_of_predicate : if_must<symbol<":">, label_or<Bar::may_end>> {};
struct label_expression : label_or<Bar::joins> {};

template <auto Member>
struct labels_into : if_must<sor<symbol<":">, keyword<"IS">>, into<Member, label_expression>> {};

// ---- nodes and relationships ----

struct properties : sor<map_literal, parameter> {
    using result = Expression;
};

struct node_pattern : make<NodePattern, symbol<"(">, opt<into<&NodePattern::variable, variable>>,
                           opt<labels_into<&NodePattern::labels>>, opt<into<&NodePattern::properties, properties>>,
                           opt_must<keyword<"WHERE">, into<&NodePattern::where, expression>>, must<symbol<")">>> {
    static std::string_view expected() { return "a node, such as (n)"; }
};

struct hop_bound : into<&HopRange::max, natural_number> {};
struct exact_hops : zero_width<exact_hops> {
    static bool act(const char*, Builder& builder) {
        auto& range = builder.current<HopRange>();
        range.max = range.min;
        return true;
    }
};
struct hop_range
    : make<HopRange, symbol<"*">,
           sor<seq<into<&HopRange::min, natural_number>, sor<seq<symbol<"..">, opt<hop_bound>>, exact_hops>>,
               opt<symbol<"..">, opt<hop_bound>>>> {};
struct missing_star : zero_width<missing_star> {
    static bool act(const char* p, Builder& builder) {
        if (!builder.ahead().range_dots(p)) return true;
        throw Error{Code::invalid_relationship_pattern, Span{builder.offset(p), builder.offset(p) + 2},
                    "a range of hops begins with *"}
            .with_hint("write [:TYPE*..] or [:TYPE*1..3]");
    }
};

struct pattern_quantifier
    : make<PatternQuantifier,
           sor<seq<symbol<"+">, put<&PatternQuantifier::min, 1>>, symbol<"*">,
               if_must<symbol<"{">,
                       one_of<"a number of repetitions",
                              seq<into<&PatternQuantifier::min, natural_number>,
                                  sor<if_must<symbol<",">, opt<into<&PatternQuantifier::max, natural_number>>>,
                                      zero_width<pattern_quantifier>>>,
                              if_must<symbol<",">, opt<into<&PatternQuantifier::max, natural_number>>>>,
                       symbol<"}">>>> {
    static bool act(const char*, Builder& builder) {  // {2}
        auto& quantifier = builder.current<PatternQuantifier>();
        quantifier.max = quantifier.min;
        return true;
    }
};

struct arrow_left : seq<symbol<"<">, symbol<"-">, put<&RelationshipPattern::arrow, Arrow::left>> {};
struct arrow_right : token<arrow_right> {
    static const char* read(const char* p, const char* end, Builder& builder) {
        if (p == end || *p != '>') return p;
        auto& arrow = builder.current<RelationshipPattern>().arrow;
        arrow = arrow == Arrow::left ? Arrow::none : Arrow::right;
        return p + 1;
    }
};
struct relationship_detail
    : seq<symbol<"[">, opt<into<&RelationshipPattern::variable, variable>>,
          opt<labels_into<&RelationshipPattern::types>>, missing_star,
          opt<into<&RelationshipPattern::length, hop_range>>, opt<into<&RelationshipPattern::properties, properties>>,
          opt_must<keyword<"WHERE">, into<&RelationshipPattern::where, expression>>, must<symbol<"]">>> {};
struct relationship_pattern
    : make<RelationshipPattern, when<&Lookahead::relationship>, sor<arrow_left, symbol<"-">>, opt<relationship_detail>,
           must<symbol<"-">>, opt<arrow_right>, opt<into<&RelationshipPattern::quantifier, pattern_quantifier>>> {};

// ---- paths ----

struct parenthesised_path;

// Nodes and parenthesised paths; a relationship between two nodes.
template <auto Elements>
struct path_factor
    : sor<seq<when<&Lookahead::path_group>, into<Elements, parenthesised_path>>, into<Elements, node_pattern>> {
    static std::string_view expected() { return "a node, such as (n)"; }
};
template <auto Elements>
struct after_group : zero_width<after_group<Elements>> {
    static bool act(const char* p, Builder& builder) {
        auto& elements = builder.current<owner_t<Elements>>().*Elements;
        const bool group = std::holds_alternative<ParenthesisedPath>(elements.back());
        if (p == builder.end() || *p != '(') return false;
        if (group || builder.ahead().path_group(p)) return true;
        builder.expected(p, "a relationship, such as -[:TYPE]->,");
    }
};
template <auto Elements>
struct path_elements
    : seq<path_factor<Elements>, star<sor<if_must<into<Elements, relationship_pattern>, path_factor<Elements>>,
                                          seq<after_group<Elements>, path_factor<Elements>>>>> {
    static std::string_view expected() { return "a node, such as (n)"; }
};

template <auto Member>
struct path_variable : seq<when<&Lookahead::path_variable>, into<Member, variable>, symbol<"=">> {};

struct parenthesised_path : make<ParenthesisedPath, symbol<"(">, opt<path_variable<&ParenthesisedPath::variable>>,
                                 must<path_elements<&ParenthesisedPath::elements>>,
                                 opt_must<keyword<"WHERE">, into<&ParenthesisedPath::where, expression>>,
                                 must<symbol<")">>, opt<into<&ParenthesisedPath::quantifier, pattern_quantifier>>> {};

template <PathSelector selector>
using select = put<&PathPattern::selector, selector>;
using selector_count = into<&PathPattern::selector_count, integer_or_parameter>;
struct path_mode : sor<seq<keyword<"WALK">, put<&PathPattern::mode, PathMode::walk>>,
                       seq<keyword<"TRAIL">, put<&PathPattern::mode, PathMode::trail>>,
                       seq<keyword<"ACYCLIC">, put<&PathPattern::mode, PathMode::acyclic>>,
                       seq<keyword<"SIMPLE">, put<&PathPattern::mode, PathMode::simple>>> {};
struct paths_word : sor<keyword<"PATHS">, keyword<"PATH">> {};
struct groups_word : sor<keyword<"GROUPS">, keyword<"GROUP">> {};
struct path_selector : sor<seq<keyword<"ALL">, opt<keyword<"SHORTEST">, select<PathSelector::all_shortest>>,
                               opt<path_mode>, opt<paths_word>>,
                           seq<keyword<"ANY">,
                               sor<seq<keyword<"SHORTEST">, select<PathSelector::any_shortest>>,
                                   seq<select<PathSelector::any>, opt<selector_count>>>,
                               opt<path_mode>, opt<paths_word>>,
                           seq<keyword<"SHORTEST">, select<PathSelector::shortest>, opt<selector_count>, opt<path_mode>,
                               opt<paths_word>, opt<groups_word, select<PathSelector::shortest_groups>>>,
                           seq<path_mode, opt<paths_word>>> {};

template <Text word, PathSelector selector>
using shortest_function =
    if_must<keyword<word>, symbol<"(">, select<selector>, path_elements<&PathPattern::elements>, symbol<")">>;

struct path_pattern
    : make<PathPattern, opt<path_variable<&PathPattern::variable>>,
           sor<path_elements<&PathPattern::elements>, shortest_function<"SHORTESTPATH", PathSelector::shortest_path>,
               shortest_function<"ALLSHORTESTPATHS", PathSelector::all_shortest_paths>,
               if_must<path_selector, path_elements<&PathPattern::elements>>>> {
    static std::string_view expected() { return "a pattern, such as (a)-[:TYPE]->(b)"; }
};

template <auto Member>
using pattern_list = list<into<Member, path_pattern>>;

}  // namespace mainstay::syntax::grammar
