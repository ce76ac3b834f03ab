#pragma once

// The clauses of openCypher and of DESIGN section 5, and queries made of them. A clause begins where ClauseKind says
// so.

#include "syntax/grammar/patterns.hpp"

namespace mainstay::syntax::grammar {

struct clause;
struct query;

// ---- projections ----

struct column_name : zero_width<column_name> {
    static bool act(const char*, Builder& builder) {
        auto& item = builder.current<ProjectionItem>();
        if (item.alias) {
            item.column = item.alias->text;
        } else if (const auto* variable = std::get_if<Variable>(&item.expression.node)) {
            item.column = variable->name;  // without its backticks
        } else {
            item.column = builder.text(builder.since(builder.begin_of_frame()));
        }
        return true;
    }
};
struct projection_item : make<ProjectionItem, into<&ProjectionItem::expression, expression>,
                              opt_must<keyword<"AS">, into<&ProjectionItem::alias, variable>>, column_name> {
    static std::string_view expected() { return "an expression"; }
};
struct sort_item : make<SortItem, into<&SortItem::expression, expression>,
                        opt<sor<seq<sor<keyword<"DESCENDING">, keyword<"DESC">>, put<&SortItem::descending, true>>,
                                keyword<"ASCENDING">, keyword<"ASC">>>> {
    static std::string_view expected() { return "an expression"; }
};
using projection_items = list<into<&Projection::items, projection_item>>;
struct star_or_items
    : sor<seq<symbol<"*">, put<&Projection::star, true>, opt_must<symbol<",">, projection_items>>, projection_items> {
    static std::string_view expected() { return "* or an expression"; }
};
using order_and_limits = seq<opt_must<keyword<"ORDER BY">, list<into<&Projection::order_by, sort_item>>>,
                             opt_must<sor<keyword<"SKIP">, keyword<"OFFSET">>, into<&Projection::skip, expression>>,
                             opt_must<keyword<"LIMIT">, into<&Projection::limit, expression>>>;
struct projection : make<Projection, opt<keyword<"DISTINCT">, put<&Projection::distinct, true>>, must<star_or_items>,
                         order_and_limits> {
    static std::string_view expected() { return "* or an expression"; }
};

struct yield_item
    : make<YieldItem, into<&YieldItem::name, any_name>, opt_must<keyword<"AS">, into<&YieldItem::alias, variable>>> {
    static std::string_view expected() { return "the name of a column"; }
};
struct yield : make<Yield, keyword<"YIELD">,
                    must<one_of<"* or the name of a column", seq<symbol<"*">, put<&Yield::star, true>>,
                                list<into<&Yield::items, yield_item>>>>,
                    opt_must<keyword<"WHERE">, into<&Yield::where, expression>>> {};

// ---- time ----

struct instant
    : make<Instant,
           sor<seq<when<&Lookahead::transaction_number>, keyword<"TRANSACTION">,
                   put<&Instant::kind, Instant::Kind::transaction>, must<into<&Instant::value, arithmetic_expression>>>,
               seq<when<&Lookahead::baseline_name>, keyword<"BASELINE">, put<&Instant::kind, Instant::Kind::baseline>,
                   must<into<&Instant::value, string_or_parameter>>>,
               into<&Instant::value, arithmetic_expression>>> {
    static std::string_view expected() { return "a point in time"; }
};
struct valid_time_bound
    : sor<keyword<"ALL">, if_must<keyword<"AS OF">, into<&ValidTime::value, arithmetic_expression>>> {
    static std::string_view expected() { return "AS OF or ALL"; }
};
struct valid_time : make<ValidTime, keyword<"FOR VALID_TIME">, must<valid_time_bound>> {};
struct time_scope : make<TimeScope, sor<seq<if_must<keyword<"AS OF">, into<&TimeScope::as_of, instant>>,
                                            opt<into<&TimeScope::valid, valid_time>>>,
                                        into<&TimeScope::valid, valid_time>>> {};

// ---- reading ----

struct match_clause
    : make<Match, opt<keyword<"OPTIONAL">, put<&Match::optional, true>>, keyword<"MATCH">,
           opt<sor<seq<keyword<"DIFFERENT RELATIONSHIPS">, put<&Match::mode, MatchMode::different_relationships>>,
                   seq<keyword<"REPEATABLE ELEMENTS">, put<&Match::mode, MatchMode::repeatable_elements>>>>,
           must<pattern_list<&Match::patterns>>, opt<into<&Match::time, time_scope>>,
           opt_must<keyword<"WHERE">, into<&Match::where, expression>>> {};
struct unwind : make<Unwind, keyword<"UNWIND">,
                     must<into<&Unwind::list, expression>, keyword<"AS">, into<&Unwind::variable, variable>>> {};
struct with : make<With, keyword<"WITH">, must<into<&With::projection, projection>>,
                   opt_must<keyword<"WHERE">, into<&With::where, expression>>> {};
struct return_clause : make<Return, keyword<"RETURN">, must<into<&Return::projection, projection>>> {};

struct no_arguments : zero_width<no_arguments> {
    static bool act(const char*, Builder& builder) { return builder.current<Call>().arguments.emplace(), true; }
};
struct call_procedure
    : make<Call, opt<keyword<"OPTIONAL">, put<&Call::optional, true>>, keyword<"CALL">,
           must<into<&Call::procedure, dotted_name>>, opt<symbol<"(">, no_arguments, arguments_until<&Call::arguments>>,
           opt<into<&Call::yield, yield>>> {};

struct load_csv
    : make<LoadCsv, keyword<"LOAD CSV">, opt<keyword<"WITH HEADERS">, put<&LoadCsv::with_headers, true>>,
           must<keyword<"FROM">, into<&LoadCsv::url, expression>, keyword<"AS">, into<&LoadCsv::variable, variable>>,
           opt_must<keyword<"FIELDTERMINATOR">, into<&LoadCsv::field_terminator, text_token>>> {};

// ---- subqueries ----

// { query } or { pattern WHERE ... }, which is a query of one MATCH.
struct short_match : make<Match, pattern_list<&Match::patterns>, opt<into<&Match::time, time_scope>>,
                          opt_must<keyword<"WHERE">, into<&Match::where, expression>>> {};
struct short_clause : make<Clause, into<&Clause::node, short_match>> {};
struct short_single : make<SingleQuery, into<&SingleQuery::clauses, short_clause>> {};
struct short_query : make<Query, into<&Query::parts, short_single>> {
    static std::string_view expected() { return "a pattern or a query"; }
};
struct query_in_braces
    : if_must<symbol<"{">, one_of<"a pattern or a query", seq<when<&Lookahead::query_in_braces>, query>, short_query>,
              symbol<"}">> {
    using result = Query;
    static std::string_view expected() { return "`{`"; }
};

struct rows_of
    : if_must<keyword<"OF">, into<&InTransactions::rows, expression>, one_of<"ROWS", keyword<"ROWS">, keyword<"ROW">>> {
};
template <Text word, InTransactions::OnError action>
using on_error = seq<keyword<word>, put<&InTransactions::on_error, action>>;
struct error_action
    : sor<on_error<"FAIL", InTransactions::OnError::fail>, on_error<"BREAK", InTransactions::OnError::stop>,
          on_error<"CONTINUE", InTransactions::OnError::proceed>> {
    static std::string_view expected() { return "FAIL, BREAK or CONTINUE"; }
};
// Each may be said once, in any order.
enum class BatchOption : std::uint8_t { rows, on_error, report };
template <BatchOption option>
struct not_said : zero_width<not_said<option>> {
    static bool act(const char*, Builder& builder) {
        const auto& in = builder.current<InTransactions>();
        switch (option) {
            case BatchOption::rows: return !in.rows;
            case BatchOption::on_error: return in.on_error == InTransactions::OnError::unstated;
            case BatchOption::report: return !in.report;
        }
        return false;
    }
};
struct batch_option : sor<seq<not_said<BatchOption::rows>, rows_of>,
                          seq<not_said<BatchOption::on_error>, if_must<keyword<"ON ERROR">, error_action>>,
                          seq<not_said<BatchOption::report>,
                              if_must<keyword<"REPORT STATUS AS">, into<&InTransactions::report, variable>>>> {};
struct in_transactions
    : make<InTransactions, keyword<"IN">, opt<into<&InTransactions::concurrency, integer_or_parameter>>,
           opt<keyword<"CONCURRENT">, put<&InTransactions::concurrent, true>>,
           must<one_of<"TRANSACTIONS", keyword<"TRANSACTIONS">, keyword<"TRANSACTION">>>, star<batch_option>> {};
struct no_imports : zero_width<no_imports> {
    static bool act(const char*, Builder& builder) { return builder.current<CallSubquery>().imports.emplace(), true; }
};
struct imports : if_must<symbol<"(">, no_imports,
                         opt<sor<seq<symbol<"*">, put<&CallSubquery::import_all, true>>,
                                 list<into<&CallSubquery::imports, variable>>>>,
                         symbol<")">> {};
struct call_subquery : make<CallSubquery, opt<keyword<"OPTIONAL">, put<&CallSubquery::optional, true>>, keyword<"CALL">,
                            opt<imports>, must<symbol<"{">>, must<into<&CallSubquery::query, query>>, must<symbol<"}">>,
                            opt<into<&CallSubquery::transactions, in_transactions>>> {};

// ---- writing ----

struct create : make<Create, keyword<"CREATE">, must<pattern_list<&Create::patterns>>> {};

template <auto Member>
struct plain_label_list : plus<if_must<symbol<":">, into<Member, label_name>>> {
    static std::string_view expected() { return "`:` and a label"; }
};
// The target of an assignment or of REMOVE is a property.
template <typename Owner>
struct is_property : zero_width<is_property<Owner>> {
    static bool act(const char* p, Builder& builder) {
        const auto& target = builder.current<Owner>().target.node;
        if (!std::holds_alternative<Property>(target) && !std::holds_alternative<Index>(target)) {
            builder.expected(p, "a property, such as n.name,");
        }
        return true;
    }
};
struct set_property : make<SetProperty, into<&SetProperty::target, chain_expression>, is_property<SetProperty>,
                           must<symbol<"=">, into<&SetProperty::value, expression>>> {};
struct set_properties : make<SetProperties, into<&SetProperties::variable, variable>,
                             sor<seq<symbol<"+=">, put<&SetProperties::add, true>>, symbol<"=">>,
                             must<into<&SetProperties::value, expression>>> {};
struct set_labels : make<SetLabels, into<&SetLabels::variable, variable>, plain_label_list<&SetLabels::labels>> {};
template <SetKind kind>
struct when_set : zero_width<when_set<kind>> {
    static bool act(const char* p, Builder& builder) { return builder.ahead().set_item(p) == kind; }
};
struct set_item
    : make<SetItem,
           sor<seq<when_set<SetKind::properties>, into<&SetItem::node, set_properties>>,
               seq<when_set<SetKind::labels>, into<&SetItem::node, set_labels>>, into<&SetItem::node, set_property>>> {
    static std::string_view expected() { return "a property, a variable or labels to set"; }
};
struct set : make<Set, keyword<"SET">, must<list<into<&Set::items, set_item>>>> {};

struct remove_labels
    : make<RemoveLabels, into<&RemoveLabels::variable, variable>, plain_label_list<&RemoveLabels::labels>> {};
struct remove_property
    : make<RemoveProperty, into<&RemoveProperty::target, chain_expression>, is_property<RemoveProperty>> {};
struct remove_item : make<RemoveItem, sor<seq<when_set<SetKind::labels>, into<&RemoveItem::node, remove_labels>>,
                                          into<&RemoveItem::node, remove_property>>> {
    static std::string_view expected() { return "a property or labels to remove"; }
};
struct remove : make<Remove, keyword<"REMOVE">, must<list<into<&Remove::items, remove_item>>>> {};

struct merge_action
    : make<MergeAction, keyword<"ON">,
           must<one_of<"CREATE or MATCH", seq<keyword<"CREATE">, put<&MergeAction::when, MergeAction::When::created>>,
                       seq<keyword<"MATCH">, put<&MergeAction::when, MergeAction::When::matched>>>,
                keyword<"SET">, list<into<&MergeAction::items, set_item>>>> {};
struct merge : make<Merge, keyword<"MERGE">, must<into<&Merge::pattern, path_pattern>>,
                    star<into<&Merge::actions, merge_action>>> {};
struct delete_clause : make<Delete, opt<keyword<"DETACH">, put<&Delete::detach, true>>, keyword<"DELETE">,
                            must<list<into<&Delete::targets, expression>>>> {};
struct foreach : make<Foreach, keyword<"FOREACH">,
                      must<symbol<"(">, into<&Foreach::variable, variable>, keyword<"IN">, bar_ends,
                           into<&Foreach::list, expression>, symbol<"|">>,
                      must<into<&Foreach::body, clause>>, star<into<&Foreach::body, clause>>, must<symbol<")">>> {};

// ---- CMDB clauses ----

template <auto Member>
struct operand_into
    : sor<into<Member, node_pattern>, seq<when<&Lookahead::operand_atom>, into<Member, chain_expression>>> {
    static std::string_view expected() { return "a node pattern, a variable, a parameter, a list or a function"; }
};
template <auto Member>
using optional_word = opt<keyword<"OPTIONAL">, put<Member, true>>;

struct unknown_state : zero_width<unknown_state> {
    static bool act(const char* p, Builder& builder) {
        const char* last = skip_name(p, builder.end());
        if (last == p) builder.expected(p, "DOWN, DEGRADED or a parameter");
        throw Error{Code::unknown_state, Span{builder.offset(p), builder.offset(last)},
                    quoted(std::string_view{p, static_cast<std::size_t>(last - p)}) +
                        " is not a state to inject; use down or degraded"};
    }
};
struct impact_of
    : make<ImpactOf, keyword<"IMPACT OF">, must<operand_into<&ImpactOf::operand>>,
           opt<keyword<"WHEN">,
               sor<seq<keyword<"DOWN">, put<&ImpactOf::when, ImpactOf::When::down>>,
                   seq<keyword<"DEGRADED">, put<&ImpactOf::when, ImpactOf::When::degraded>>,
                   seq<into<&ImpactOf::when_parameter, parameter>, put<&ImpactOf::when, ImpactOf::When::parameter>>,
                   unknown_state>>,
           opt<keyword<"FROM">, must<keyword<"STATUS">>, put<&ImpactOf::from_status, true>>> {};
struct impact_on : make<ImpactOn, keyword<"IMPACT ON">, must<symbol<":">, into<&ImpactOn::labels, label_expression>>> {
};
struct within : if_must<keyword<"WITHIN">, into<&Reachable::within, integer_or_parameter>,
                        one_of<"HOPS", keyword<"HOPS">, keyword<"HOP">>> {};
struct reachable : make<Reachable,
                        sor<seq<keyword<"DEPENDENCIES OF">, put<&Reachable::towards, Reachable::Towards::dependencies>>,
                            seq<keyword<"DEPENDENTS OF">, put<&Reachable::towards, Reachable::Towards::dependents>>>,
                        must<operand_into<&Reachable::operand>>, opt<within>> {};
struct single_points : make<SinglePointsOfFailure, keyword<"SINGLE POINTS">, must<keyword<"OF FAILURE FOR">>,
                            must<operand_into<&SinglePointsOfFailure::operand>>> {};
struct history : make<HistoryOf, keyword<"HISTORY OF">, must<operand_into<&HistoryOf::operand>>> {};
struct changes : make<ChangesBetween, keyword<"CHANGES BETWEEN">,
                      must<into<&ChangesBetween::from, arithmetic_expression>, keyword<"AND">,
                           into<&ChangesBetween::to, arithmetic_expression>>,
                      opt_must<keyword<"ON">, into<&ChangesBetween::on, node_pattern>>> {};
struct proof : make<ProofOf, keyword<"PROOF OF">,
                    must<operand_into<&ProofOf::operand>, keyword<"GIVEN">, operand_into<&ProofOf::given>>> {};

template <ClauseKind kind, typename Rule>
using if_clause = seq<when_clause<kind>, Rule>;
template <typename Rule>
struct analysis_of : make<Analysis, optional_word<&Analysis::optional>, into<&Analysis::kind, Rule>,
                          opt<into<&Analysis::yield, yield>>> {};

// ---- queries ----

template <ClauseKind kind, typename Rule>
using one_clause = if_clause<kind, into<&Clause::node, Rule>>;
struct clause
    : make<Clause,
           sor<one_clause<ClauseKind::match_clause, match_clause>, one_clause<ClauseKind::return_clause, return_clause>,
               one_clause<ClauseKind::with, with>, one_clause<ClauseKind::create, create>,
               one_clause<ClauseKind::unwind, unwind>, one_clause<ClauseKind::merge, merge>,
               one_clause<ClauseKind::set, set>, one_clause<ClauseKind::remove, remove>,
               one_clause<ClauseKind::delete_clause, delete_clause>,
               one_clause<ClauseKind::call_procedure, call_procedure>,
               one_clause<ClauseKind::call_subquery, call_subquery>, one_clause<ClauseKind::foreach, foreach>,
               one_clause<ClauseKind::load_csv, load_csv>, one_clause<ClauseKind::impact_of, analysis_of<impact_of>>,
               one_clause<ClauseKind::impact_on, analysis_of<impact_on>>,
               one_clause<ClauseKind::reachable, analysis_of<reachable>>,
               one_clause<ClauseKind::single_points, analysis_of<single_points>>,
               one_clause<ClauseKind::history, analysis_of<history>>,
               one_clause<ClauseKind::changes, analysis_of<changes>>,
               one_clause<ClauseKind::proof, analysis_of<proof>>>> {
    static std::string_view expected() { return "a clause, such as MATCH or RETURN,"; }
};
struct single_query : make<SingleQuery, plus<into<&SingleQuery::clauses, clause>>> {
    static std::string_view expected() { return "a clause, such as MATCH or RETURN,"; }
};
template <UnionKind kind>
struct union_of : zero_width<union_of<kind>> {
    static bool act(const char*, Builder& builder) { return builder.current<Query>().unions.push_back(kind), true; }
};
struct query : make<Query, into<&Query::parts, single_query>,
                    star<if_must<keyword<"UNION">,
                                 one_of<"ALL", seq<keyword<"ALL">, union_of<UnionKind::all>>,
                                        seq<opt<keyword<"DISTINCT">>, union_of<UnionKind::distinct>>>,
                                 into<&Query::parts, single_query>>>> {
    static std::string_view expected() { return "a clause, such as MATCH or RETURN,"; }
};

}  // namespace mainstay::syntax::grammar
