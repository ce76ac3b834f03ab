#pragma once

// Expressions. Binary operators are one flat rule, ordered by precedence in the Builder (builder.cpp has the table);
// what recurses is brackets, CASE and subqueries alone.

#include "syntax/grammar/rules.hpp"

namespace mainstay::syntax::grammar {

struct query_in_braces;      // clauses.hpp
struct path_pattern;         // patterns.hpp
struct labels_of_predicate;  // patterns.hpp

// What kind of expression: all of it, what binds tighter than comparison (Arith of DESIGN section 5), or an operand of
// a CMDB clause or of SET: an atom with .key and [index] after it.
enum class Level { full, arithmetic, chain };
struct expression;
struct arithmetic_expression;
struct chain_expression;

template <auto Member>
using arguments_until = list_until<into<Member, expression>, ")", "an expression or `)`", "`,` or `)`">;

// ---- literals ----

struct number : token<number> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = skip_number(first, end);
        builder.number(first, last);
        return last;
    }
};

struct string : token<string> {
    using result = Expression;
    static std::string_view expected() { return "a string"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        if (first == end || (*first != '\'' && *first != '"')) return first;
        const char* last = skip_string(first, end);
        const Span span{builder.offset(first), builder.offset(last)};
        builder.push_leaf({span, Literal{read_string({first, static_cast<std::size_t>(last - first)}, span.begin)}});
        return last;
    }
};

struct parameter : token<parameter> {
    using result = Expression;
    static std::string_view expected() { return "a parameter"; }
    static const char* read(const char* first, const char* end, Builder& builder) {
        if (first == end || *first != '$') return first;
        const char* last = skip_name(first + 1, end);
        if (last == first + 1) {  // $0, $12
            while (is_name_part(last, end)) last += code_point(last, end).size;
        }
        if (last == first + 1) builder.expected(last, "a parameter name");
        builder.push_leaf({Span{builder.offset(first), builder.offset(last)},
                           Parameter{read_name({first + 1, static_cast<std::size_t>(last - first - 1)})}});
        return last;
    }
};

// An integer or a parameter, where nothing else is meant.
struct plain_integer : token<plain_integer> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        if (first == end || *first < '0' || *first > '9') return first;
        const char* last = skip_number(first, end);
        const Span span{builder.offset(first), builder.offset(last)};
        Value value = read_number({first, static_cast<std::size_t>(last - first)}, false, span);
        if (!value.is(ValueType::integer)) builder.expected(first, "a whole number or a parameter");
        builder.push_leaf({span, Literal{std::move(value)}});
        return last;
    }
};
struct integer_or_parameter : sor<plain_integer, parameter> {
    using result = Expression;
    static std::string_view expected() { return "a whole number or a parameter"; }
};
struct string_or_parameter : sor<string, parameter> {
    using result = Expression;
    static std::string_view expected() { return "a string or a parameter"; }
};

template <Text word, typename Meaning>
struct word_literal : token<word_literal<word, Meaning>> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = keyword<word>::read(first, end, builder);
        if (last != first)
            builder.push_leaf({Span{builder.offset(first), builder.offset(last)}, Literal{Meaning::value()}});
        return last;
    }
};
struct true_literal : word_literal<"TRUE", true_literal> {
    static Value value() { return Value{true}; }
};
struct false_literal : word_literal<"FALSE", false_literal> {
    static Value value() { return Value{false}; }
};
struct null_literal : word_literal<"NULL", null_literal> {
    static Value value() { return Value{}; }
};

struct variable_expression : token<variable_expression> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = skip_name(first, end);
        if (last != first) {
            builder.push_leaf({Span{builder.offset(first), builder.offset(last)},
                               Variable{read_name({first, static_cast<std::size_t>(last - first)})}});
        }
        return last;
    }
};

// ---- brackets ----

// ( expression ): leaves the inner operand, marked as one that is in parentheses.
struct group {
    using rule_t = typename seq<symbol<"(">, expression>::rule_t;
    using subs_t = pegtl::type_list<symbol<"(">, expression, symbol<")">>;
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control, typename Input>
    static bool match(Input& in, Builder& builder) {
        const std::uint32_t begin = builder.offset(in.current());
        if (!if_must<symbol<"(">, expression, symbol<")">>::template match<A, M, Action, Control>(in, builder))
            return false;
        builder.close_group(begin);
        return true;
    }
};

struct list_literal
    : make<ListLiteral, symbol<"[">,
           list_until<into<&ListLiteral::items, expression>, "]", "an expression or `]`", "`,` or `]`">> {};

struct map_entry
    : make<MapEntry, into<&MapEntry::key, key_name>, must<symbol<":">, into<&MapEntry::value, expression>>> {
    static std::string_view expected() { return "a property name"; }
};
struct map_literal
    : make<MapLiteral, symbol<"{">,
           list_until<into<&MapLiteral::entries, map_entry>, "}", "a property name or `}`", "`,` or `}`">> {
    static std::string_view expected() { return "a map"; }
};

struct map_projection_item
    : make<MapProjectionItem,
           sor<seq<symbol<".*">, put<&MapProjectionItem::kind, MapProjectionItem::Kind::all_properties>>,
               if_must<symbol<".">, into<&MapProjectionItem::name, key_name>>,
               seq<into<&MapProjectionItem::name, any_name>,
                   sor<if_must<symbol<":">, put<&MapProjectionItem::kind, MapProjectionItem::Kind::entry>,
                               into<&MapProjectionItem::value, expression>>,
                       put<&MapProjectionItem::kind, MapProjectionItem::Kind::variable>>>>> {
    static std::string_view expected() { return "a property, .*, a key or a variable"; }
};
struct map_projection : make<MapProjection, into<&MapProjection::variable, variable>, symbol<"{">,
                             list_until<into<&MapProjection::items, map_projection_item>, "}",
                                        "a property, .*, a key, a variable or `}`", "`,` or `}`">> {};

// In the expression that follows, outside inner brackets, a `|` ends it and does not join labels: [n IN ns WHERE n:A |
// n.x].
struct bar_ends : zero_width<bar_ends> {
    static bool act(const char*, Builder& builder) { return builder.let_bar_end(), true; }
};

struct list_comprehension
    : make<ListComprehension, symbol<"[">, into<&ListComprehension::variable, variable>, keyword<"IN">, bar_ends,
           must<into<&ListComprehension::list, expression>>,
           opt_must<keyword<"WHERE">, bar_ends, into<&ListComprehension::where, expression>>,
           opt_must<symbol<"|">, into<&ListComprehension::projection, expression>>, must<symbol<"]">>> {};

struct pattern_comprehension
    : make<PatternComprehension, symbol<"[">, into<&PatternComprehension::pattern, path_pattern>,
           opt_must<keyword<"WHERE">, bar_ends, into<&PatternComprehension::where, expression>>, must<symbol<"|">>,
           must<into<&PatternComprehension::projection, expression>>, must<symbol<"]">>> {};

// ---- what looks like a function ----

template <Text word, QuantifierKind kind>
using quantifier_word = seq<keyword<word>, put<&Quantifier::kind, kind>>;
struct quantifier
    : make<Quantifier,
           sor<quantifier_word<"ALL", QuantifierKind::all>, quantifier_word<"ANY", QuantifierKind::any>,
               quantifier_word<"NONE", QuantifierKind::none>, quantifier_word<"SINGLE", QuantifierKind::single>>,
           symbol<"(">, into<&Quantifier::variable, variable>, keyword<"IN">, must<into<&Quantifier::list, expression>>,
           opt_must<keyword<"WHERE">, into<&Quantifier::where, expression>>, must<symbol<")">>> {};

struct reduce
    : make<Reduce, keyword<"REDUCE">, symbol<"(">, into<&Reduce::accumulator, variable>, symbol<"=">,
           must<into<&Reduce::initial, expression>, symbol<",">, into<&Reduce::variable, variable>, keyword<"IN">,
                bar_ends, into<&Reduce::list, expression>, symbol<"|">, into<&Reduce::step, expression>, symbol<")">>> {
};

struct count_star : make<CountStar, keyword<"COUNT">, symbol<"(">, symbol<"*">, symbol<")">> {};

struct function_call
    : make<FunctionCall, into<&FunctionCall::name, dotted_name>, symbol<"(">,
           opt<keyword<"DISTINCT">, put<&FunctionCall::distinct, true>>, arguments_until<&FunctionCall::arguments>> {};

struct case_branch
    : make<CaseBranch, keyword<"WHEN">,
           must<into<&CaseBranch::when, expression>, keyword<"THEN">, into<&CaseBranch::then, expression>>> {
    static std::string_view expected() { return "WHEN"; }
};
struct case_expression : make<Case, keyword<"CASE">, sor<when_word<"WHEN">, must<into<&Case::subject, expression>>>,
                              must<into<&Case::branches, case_branch>>, star<into<&Case::branches, case_branch>>,
                              opt_must<keyword<"ELSE">, into<&Case::otherwise, expression>>, must<keyword<"END">>> {};

template <Text word, SubqueryKind kind>
using subquery_word = seq<keyword<word>, put<&Subquery::kind, kind>>;
struct subquery : make<Subquery,
                       sor<subquery_word<"EXISTS", SubqueryKind::exists>, subquery_word<"COUNT", SubqueryKind::count>,
                           subquery_word<"COLLECT", SubqueryKind::collect>>,
                       must<into<&Subquery::query, query_in_braces>>> {};

struct pattern_expression : make<PatternExpression, into<&PatternExpression::pattern, path_pattern>> {};

// ---- atoms, what follows them, operators ----

template <AtomKind kind, typename Rule>
using if_atom = seq<when_atom<kind>, Rule>;
struct atom
    : sor<if_atom<AtomKind::variable, variable_expression>, if_atom<AtomKind::string, string>,
          if_atom<AtomKind::number, number>, if_atom<AtomKind::function, function_call>,
          if_atom<AtomKind::parameter, parameter>, if_atom<AtomKind::group, group>,
          if_atom<AtomKind::list, list_literal>, if_atom<AtomKind::map, map_literal>,
          if_atom<AtomKind::pattern, pattern_expression>, if_atom<AtomKind::list_comprehension, list_comprehension>,
          if_atom<AtomKind::pattern_comprehension, pattern_comprehension>,
          if_atom<AtomKind::case_expression, case_expression>, if_atom<AtomKind::true_literal, true_literal>,
          if_atom<AtomKind::false_literal, false_literal>, if_atom<AtomKind::null_literal, null_literal>,
          if_atom<AtomKind::count_star, count_star>, if_atom<AtomKind::subquery, subquery>,
          if_atom<AtomKind::quantifier, quantifier>, if_atom<AtomKind::reduce, reduce>,
          if_atom<AtomKind::shortest_path, pattern_expression>, if_atom<AtomKind::map_projection, map_projection>> {
    static std::string_view expected() { return "an expression"; }
};

struct property_end : zero_width<property_end> {
    static bool act(const char*, Builder& builder) { return builder.property(), true; }
};
struct point : token<point> {  // but not the `..` of a slice
    static const char* read(const char* p, const char* end, Builder&) {
        return p < end && *p == '.' && !(end - p > 1 && p[1] == '.') ? p + 1 : p;
    }
};
struct property : if_must<point, key_name, property_end> {
    static std::string_view expected() { return "a property"; }
};

struct subscript
    : make<Subscript, symbol<"[">,
           sor<seq<symbol<"..">, put<&Subscript::slice, true>, opt<into<&Subscript::last, expression>>>,
               seq<must<into<&Subscript::first, expression>>,
                   opt<symbol<"..">, put<&Subscript::slice, true>, opt<into<&Subscript::last, expression>>>>>,
           must<symbol<"]">>> {};
struct index_only : make<Subscript, symbol<"[">, must<into<&Subscript::first, expression>, symbol<"]">>> {};

struct labels_end : zero_width<labels_end> {
    static bool act(const char*, Builder& builder) { return builder.labels(), true; }
};
struct label_predicate : seq<labels_of_predicate, labels_end> {};

template <Level level>
struct suffix : sor<property, subscript, label_predicate> {};
template <>
struct suffix<Level::chain> : sor<property, index_only> {};

struct prefix_operators : token<prefix_operators> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        const char* last = first;
        for (const char* p = first;; p = skip_blank(last, end)) {
            const char* q = p;
            Operator op = Operator::logical_not;
            if (p != end && (*p == '-' || *p == '+')) {
                op = *p == '-' ? Operator::minus : Operator::plus;
                q = p + 1;
            } else if (p != end && (*p | 0x20) == 'n') {
                q = keyword<"NOT">::read(p, end, builder);
            }
            if (q == p) return last;
            builder.token(p, q);
            builder.prefix(op, builder.last_token());
            last = q;
        }
    }
};
struct signs : token<signs> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        const bool sign = first != end && (*first == '-' || *first == '+');
        return sign ? prefix_operators::read(first, end, builder) : first;
    }
};

template <Level level>
struct operand : sor<if_must<prefix_operators, atom, star<suffix<level>>>, seq<atom, star<suffix<level>>>> {
    static std::string_view expected() { return "an expression"; }
};
template <>
struct operand<Level::chain> : seq<atom, star<suffix<Level::chain>>> {};
template <>
struct operand<Level::arithmetic>
    : sor<if_must<signs, atom, star<suffix<Level::full>>>, seq<atom, star<suffix<Level::full>>>> {
    static std::string_view expected() { return "an expression"; }
};

struct arithmetic_operator : token<arithmetic_operator> {
    static const char* read(const char* p, const char* end, Builder& builder) {
        if (p == end) return p;
        Operator op{};
        switch (*p) {
            case '+': op = Operator::add; break;
            case '-': op = Operator::subtract; break;
            case '*': op = Operator::multiply; break;
            case '/': op = Operator::divide; break;
            case '%': op = Operator::modulo; break;
            case '^': op = Operator::power; break;
            default: return p;
        }
        if (*p == '+' && end - p > 1 && p[1] == '=') return p;  // of SET
        builder.infix(op, {builder.offset(p), builder.offset(p + 1)});
        return p + 1;
    }
};

struct infix_operator : token<infix_operator> {
    static const char* read(const char* p, const char* end, Builder& builder) {
        if (p == end) return p;
        const char second = end - p > 1 ? p[1] : '\0';
        Operator op{};
        const char* last = p;
        const auto take = [&](Operator found, int size) { op = found, last = p + size; };
        const auto word = [&]<Text words>(keyword<words>, Operator found) {
            const char* q = keyword<words>::read(p, end, builder);
            if (q != p) op = found, last = q;
            return q != p;
        };
        switch (*p) {
            case '=': second == '~' ? take(Operator::matches, 2) : take(Operator::equal, second == '=' ? 0 : 1); break;
            case '<':
                second == '>'   ? take(Operator::not_equal, 2)
                : second == '=' ? take(Operator::less_equal, 2)
                                : take(Operator::less, 1);
                break;
            case '>': second == '=' ? take(Operator::greater_equal, 2) : take(Operator::greater, 1); break;
            case 'a':
            case 'A': word(keyword<"AND">{}, Operator::logical_and); break;
            case 'c':
            case 'C': word(keyword<"CONTAINS">{}, Operator::contains); break;
            case 'e':
            case 'E': word(keyword<"ENDS WITH">{}, Operator::ends_with); break;
            case 'i':
            case 'I': word(keyword<"IN">{}, Operator::in); break;
            case 'o':
            case 'O': word(keyword<"OR">{}, Operator::logical_or); break;
            case 's':
            case 'S': word(keyword<"STARTS WITH">{}, Operator::starts_with); break;
            case 'x':
            case 'X': word(keyword<"XOR">{}, Operator::logical_xor); break;
            default: return arithmetic_operator::read(p, end, builder);
        }
        if (last != p) builder.infix(op, {builder.offset(p), builder.offset(last)});
        return last;
    }
};

struct is_null : token<is_null> {
    static const char* read(const char* first, const char* end, Builder& builder) {
        if (first == end || (*first | 0x20) != 'i') return first;
        const char* after_is = keyword<"IS">::read(first, end, builder);
        if (after_is == first) return first;
        const char* p = skip_blank(after_is, end);
        const char* after_not = keyword<"NOT">::read(p, end, builder);
        const bool negated = after_not != p;
        const char* q = negated ? skip_blank(after_not, end) : p;
        const char* last = keyword<"NULL">::read(q, end, builder);
        if (last == q) {
            builder.token(negated ? p : first, negated ? after_not : after_is);
            builder.expected(q, negated ? "NULL" : "NULL or NOT NULL");
        }
        builder.token(first, last);  // the span of the predicate ends here
        builder.is_null(negated);
        return last;
    }
};

template <Level level>
struct operations : star<sor<is_null, if_must<infix_operator, operand<Level::full>>>> {};
template <>
struct operations<Level::chain> : pegtl::success {};
template <>
struct operations<Level::arithmetic> : star<if_must<arithmetic_operator, operand<Level::arithmetic>>> {};

template <Level level>
struct expression_of {
    using result = Expression;
    using body = seq<operand<level>, operations<level>>;
    using rule_t = typename body::rule_t;
    using subs_t = typename body::subs_t;
    static std::string_view expected() { return "an expression"; }
    template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
              template <typename...> class Control, typename Input>
    static bool match(Input& in, Builder& builder) {
        builder.open_expression(in.current());
        const bool found = body::template match<A, M, Action, Control>(in, builder);
        found ? builder.close_expression() : builder.drop_expression();
        return found;
    }
};
struct expression : expression_of<Level::full> {};
struct arithmetic_expression : expression_of<Level::arithmetic> {};
struct chain_expression : expression_of<Level::chain> {};
}  // namespace mainstay::syntax::grammar
