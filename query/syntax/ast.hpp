#pragma once

// The abstract syntax tree: what a statement says, before anybody knows whether it makes sense. Made by parse(), read
// by the binder, printed by print(). Plain values, move-only (children are owned), no pointers into the statement's
// text.
//
// Rules that hold for every tree parse() returns:
// - Every expression, pattern, clause, projection item and name has a Span: the bytes of the text it was read from.
// - Names are without backticks and with escapes undone; case is as written (the language compares names
// case-sensitively,
//   function and procedure names excepted: that is the binder's affair).
// - A null ExpressionPtr or an empty optional means "not written", nothing else.
// - The tree is at most ParseLimits::nesting deep (expressions, patterns, subqueries together), so recursion over it is
//   safe. AND, OR and XOR are n-ary for that reason.
// - What is only about meaning (scopes, types, aggregation, which labels may be created ...) has not been checked.

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mainstay::syntax {

struct Expression;
struct Query;
struct Clause;
using ExpressionPtr = std::unique_ptr<Expression>;
using QueryPtr = std::unique_ptr<Query>;

// A variable, label, type, key, function or procedure name where it stands.
struct Name {
    std::string text;
    Span span;
};

// ---- label expressions: `:A`, `:A:B`, `:A&!B|C`, `:%`; also relationship types, `:A|B`, `:A|:B` ----

struct LabelExpression;
struct LabelAny {};  // %
struct LabelNot {
    std::unique_ptr<LabelExpression> operand;
};  // !x
struct LabelAnd {
    std::vector<LabelExpression> operands;
};  // a&b, a:b; two or more
struct LabelOr {
    std::vector<LabelExpression> operands;
};  // a|b, a|:b; two or more
struct LabelExpression {
    Span span;
    std::variant<Name, LabelAny, LabelNot, LabelAnd, LabelOr> node;
};

// The names of `:A`, `:A:B`, `:A&B`: what CREATE, MERGE, SET and REMOVE take. nullopt: not of that form.
std::optional<std::vector<Name>> plain_labels(const LabelExpression&);
// The names of `:A`, `:A|B`: the common form of relationship types. nullopt: not of that form.
std::optional<std::vector<Name>> plain_types(const LabelExpression&);

// ---- patterns ----

// (variable:Labels {properties} WHERE where)
struct NodePattern {
    Span span;
    std::optional<Name> variable;
    std::optional<LabelExpression> labels;
    ExpressionPtr properties;  // a MapLiteral or a Parameter
    ExpressionPtr where;
};

enum class Arrow : std::uint8_t { right, left, none };  // --> <-- and --; <--> is none too

// The `*`, `*2`, `*1..`, `*..3`, `*1..3` of a relationship. `*` has neither bound; `*2` has both.
struct HopRange {
    Span span;
    std::optional<std::uint64_t> min;
    std::optional<std::uint64_t> max;
};

// The ISO quantifiers: `{2}`, `{1,5}`, `{,5}`, `{1,}`, `+` (min 1), `*` (min 0).
struct PatternQuantifier {
    Span span;
    std::uint64_t min = 0;
    std::optional<std::uint64_t> max;
};

// -[variable:TYPES*1..3 {properties} WHERE where]->{1,3}
struct RelationshipPattern {
    Span span;
    Arrow arrow = Arrow::none;
    std::optional<Name> variable;
    std::optional<LabelExpression> types;
    std::optional<HopRange> length;
    ExpressionPtr properties;  // a MapLiteral or a Parameter
    ExpressionPtr where;
    std::optional<PatternQuantifier> quantifier;
};

struct ParenthesisedPath;
using PathElement = std::variant<NodePattern, RelationshipPattern, ParenthesisedPath>;

// (variable = (a)-[:R]->(b) WHERE where){1,5}
struct ParenthesisedPath {
    Span span;
    std::optional<Name> variable;
    std::vector<PathElement> elements;
    ExpressionPtr where;
    std::optional<PatternQuantifier> quantifier;
};

enum class PathSelector : std::uint8_t {
    all,                 // nothing written, or ALL [PATHS]
    any,                 // ANY [k] [PATHS]
    any_shortest,        // ANY SHORTEST
    all_shortest,        // ALL SHORTEST
    shortest,            // SHORTEST k
    shortest_groups,     // SHORTEST k GROUPS
    shortest_path,       // shortestPath( ... ), the older function form
    all_shortest_paths,  // allShortestPaths( ... )
};
enum class PathMode : std::uint8_t { unstated, walk, trail, acyclic, simple };

// variable = SHORTEST 3 TRAIL PATHS (a)-[:R]->(b)
// `elements` begins and ends with a node or a parenthesised path. Between two nodes there is exactly one relationship;
// a parenthesised path may stand beside a node, or beside another, directly.
struct PathPattern {
    Span span;
    std::optional<Name> variable;
    PathSelector selector = PathSelector::all;
    ExpressionPtr selector_count;  // an integer Literal or a Parameter, if written
    PathMode mode = PathMode::unstated;
    std::vector<PathElement> elements;
};

// ---- expressions ----

// null, true, false, 1, 0x1F, 1.5e3, 'text'. A sign directly before a number belongs to the literal.
struct Literal {
    Value value;
};
struct Variable {
    std::string name;
};
struct Parameter {
    std::string name;
};  // $name, $0, $`odd name`: without the $

struct ListLiteral {
    std::vector<Expression> items;
};
struct MapEntry;
struct MapLiteral {
    std::vector<MapEntry> entries;
};  // in order, keys may repeat

struct Property {
    ExpressionPtr object;
    Name key;
};  // object.key
struct Index {
    ExpressionPtr object;
    ExpressionPtr index;
};  // object[index]
struct Slice {
    ExpressionPtr object;
    ExpressionPtr from, to;
};  // object[from..to], either may be absent
struct LabelPredicate {
    ExpressionPtr object;
    LabelExpression labels;
};  // n:A:B; n IS A

enum class UnaryOp : std::uint8_t { plus, minus, logical_not };
struct Unary {
    UnaryOp op;
    ExpressionPtr operand;
};
enum class ArithmeticOp : std::uint8_t { add, subtract, multiply, divide, modulo, power };
struct Arithmetic {
    ArithmeticOp op;
    Span op_span;
    ExpressionPtr left, right;
};  // all left-associative, ^ too
enum class LogicalOp : std::uint8_t { logical_and, logical_or, logical_xor };
struct Logical {
    LogicalOp op;
    std::vector<Expression> operands;
};  // two or more

enum class ComparisonOp : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };
struct ComparisonStep;
// first < a <= b means first < a AND a <= b, each operand evaluated once. One step or more.
struct Comparison {
    ExpressionPtr first;
    std::vector<ComparisonStep> steps;
};

enum class StringOp : std::uint8_t { starts_with, ends_with, contains, matches };  // matches: =~
struct StringPredicate {
    StringOp op;
    Span op_span;
    ExpressionPtr left, right;
};
struct Membership {
    ExpressionPtr item, list;
};  // item IN list
struct NullPredicate {
    ExpressionPtr operand;
    bool negated;
};  // IS NULL, IS NOT NULL

struct CaseBranch;
struct Case {
    ExpressionPtr subject;             // null: CASE WHEN condition THEN ...
    std::vector<CaseBranch> branches;  // one or more
    ExpressionPtr otherwise;
};

// variable { .key, .*, key: value, other }
struct MapProjectionItem;
struct MapProjection {
    Name variable;
    std::vector<MapProjectionItem> items;
};

// [variable IN list WHERE where | projection]
struct ListComprehension {
    Name variable;
    ExpressionPtr list, where, projection;
};
// [p = (a)-->(b) WHERE where | projection]
struct PatternComprehension {
    PathPattern pattern;
    ExpressionPtr where, projection;
};

enum class QuantifierKind : std::uint8_t { all, any, none, single };
struct Quantifier {
    QuantifierKind kind;
    Name variable;
    ExpressionPtr list, where;
};  // where may be absent
// reduce(accumulator = initial, variable IN list | step)
struct Reduce {
    Name accumulator;
    ExpressionPtr initial;
    Name variable;
    ExpressionPtr list, step;
};

// name(DISTINCT arguments); the name is dotted as written, without blanks: `date.truncate`.
struct FunctionCall {
    Name name;
    bool distinct;
    std::vector<Expression> arguments;
};
struct CountStar {};  // count(*)

// A pattern where an expression stands: (n)-->() as a predicate, shortestPath((a)-[*]-(b)) as a value.
struct PatternExpression {
    PathPattern pattern;
};

enum class SubqueryKind : std::uint8_t { exists, count, collect };
// EXISTS { query }. The short form EXISTS { (a)-->(b) WHERE ... } arrives as a query of one Match without RETURN.
struct Subquery {
    SubqueryKind kind;
    QueryPtr query;
};

struct Expression {
    Span span;  // without enclosing parentheses
    std::variant<Literal, Variable, Parameter, ListLiteral, MapLiteral, Property, Index, Slice, LabelPredicate, Unary,
                 Arithmetic, Logical, Comparison, StringPredicate, Membership, NullPredicate, Case, MapProjection,
                 ListComprehension, PatternComprehension, Quantifier, Reduce, FunctionCall, CountStar,
                 PatternExpression, Subquery>
        node;
};

struct MapEntry {
    Name key;
    Expression value;
};
struct ComparisonStep {
    ComparisonOp op;
    Span op_span;
    Expression operand;
};
struct CaseBranch {
    Expression when, then;
};
struct MapProjectionItem {
    enum class Kind : std::uint8_t { property, all_properties, entry, variable };  // .key  .*  key: value  other
    Span span;
    Kind kind = Kind::property;
    Name name;            // empty for .*
    ExpressionPtr value;  // of an entry
};

// ---- parts of clauses ----

struct ProjectionItem {
    Span span;
    Expression expression;
    std::optional<Name> alias;
    std::string column;  // the alias, a variable's name, or the source text verbatim: `cOuNt( * )`
};
struct SortItem {
    Expression expression;
    bool descending = false;
};

// DISTINCT *, items ORDER BY ... SKIP ... LIMIT ...
struct Projection {
    Span span;
    bool distinct = false;
    bool star = false;
    std::vector<ProjectionItem> items;  // not empty unless star
    std::vector<SortItem> order_by;
    ExpressionPtr skip, limit;
};

struct YieldItem {
    Name name;
    std::optional<Name> alias;
};
// YIELD * | items [WHERE where]
struct Yield {
    Span span;
    bool star = false;
    std::vector<YieldItem> items;  // not empty unless star; YIELD - (nothing) is not a form of ours
    ExpressionPtr where;
};

// AS OF ... (DESIGN section 5)
struct Instant {
    enum class Kind : std::uint8_t { time, transaction, baseline };
    Kind kind = Kind::time;
    Expression value;  // baseline: a string Literal or a Parameter
};
// FOR VALID_TIME AS OF value, or FOR VALID_TIME ALL (value is null)
struct ValidTime {
    ExpressionPtr value;
};
struct TimeScope {
    Span span;
    std::optional<Instant> as_of;
    std::optional<ValidTime> valid;  // at least one of the two
};

// ---- clauses ----

enum class MatchMode : std::uint8_t { unstated, different_relationships, repeatable_elements };
struct Match {
    bool optional = false;
    MatchMode mode = MatchMode::unstated;
    std::vector<PathPattern> patterns;
    std::optional<TimeScope> time;
    ExpressionPtr where;
};
struct Unwind {
    Expression list;
    Name variable;
};
struct With {
    Projection projection;
    ExpressionPtr where;
};
struct Return {
    Projection projection;
};
struct Create {
    std::vector<PathPattern> patterns;
};

// target = value; the target is a Property or an Index, its object any expression.
struct SetProperty {
    Expression target, value;
};
struct SetProperties {
    Name variable;
    bool add;
    Expression value;
};  // variable = value; add: variable += value
struct SetLabels {
    Name variable;
    std::vector<Name> labels;
};  // variable:A:B
struct SetItem {
    Span span;
    std::variant<SetProperty, SetProperties, SetLabels> node;
};
struct Set {
    std::vector<SetItem> items;
};

struct RemoveProperty {
    Expression target;
};  // a Property or an Index
struct RemoveLabels {
    Name variable;
    std::vector<Name> labels;
};
struct RemoveItem {
    Span span;
    std::variant<RemoveProperty, RemoveLabels> node;
};
struct Remove {
    std::vector<RemoveItem> items;
};

struct MergeAction {
    enum class When : std::uint8_t { created, matched };  // ON CREATE SET, ON MATCH SET
    When when = When::created;
    std::vector<SetItem> items;
};
struct Merge {
    PathPattern pattern;
    std::vector<MergeAction> actions;
};
struct Delete {
    bool detach = false;
    std::vector<Expression> targets;
};

// [OPTIONAL] CALL name(arguments) YIELD ...
struct Call {
    bool optional = false;
    Name procedure;                                    // dotted, without blanks
    std::optional<std::vector<Expression>> arguments;  // absent: CALL name, arguments from the parameters
    std::optional<Yield> yield;
};

// [OPTIONAL] CALL (imports) { query } IN TRANSACTIONS OF rows ROWS
struct InTransactions {
    enum class OnError : std::uint8_t { unstated, fail, stop, proceed };  // ON ERROR FAIL | BREAK | CONTINUE
    Span span;
    ExpressionPtr rows;         // OF n ROWS
    ExpressionPtr concurrency;  // IN n CONCURRENT TRANSACTIONS (absent if only the word CONCURRENT is written)
    bool concurrent = false;
    OnError on_error = OnError::unstated;
    std::optional<Name> report;  // REPORT STATUS AS variable
};
struct CallSubquery {
    bool optional = false;
    bool import_all = false;                   // CALL (*) { ... }
    std::optional<std::vector<Name>> imports;  // absent: CALL { ... }, imports by a leading WITH
    QueryPtr query;
    std::optional<InTransactions> transactions;
};

struct Foreach {
    Name variable;
    Expression list;
    std::vector<Clause> body;
};
struct LoadCsv {
    bool with_headers = false;
    Expression url;
    Name variable;
    std::optional<std::string> field_terminator;
};

// ---- CMDB clauses (DESIGN section 5) ----

// A node pattern is matched before the clause; an expression is a Variable, Parameter, ListLiteral, ListComprehension
// or FunctionCall, perhaps followed by .key and [index].
using Operand = std::variant<NodePattern, Expression>;

struct ImpactOf {
    enum class When : std::uint8_t { unstated, down, degraded, parameter };
    Operand operand;
    When when = When::unstated;
    ExpressionPtr when_parameter;  // a Parameter, if `when` says so
    bool from_status = false;
};
struct ImpactOn {
    LabelExpression labels;
};
struct Reachable {  // DEPENDENCIES OF, DEPENDENTS OF
    enum class Towards : std::uint8_t { dependencies, dependents };
    Towards towards = Towards::dependencies;
    Operand operand;
    ExpressionPtr within;  // hops: an integer Literal or a Parameter
};
struct SinglePointsOfFailure {
    Operand operand;
};
struct HistoryOf {
    Operand operand;
};
struct ChangesBetween {
    Expression from, to;
    std::optional<NodePattern> on;
};
struct ProofOf {
    Operand operand;
    Operand given;
};
struct Analysis {
    bool optional = false;
    std::variant<ImpactOf, ImpactOn, Reachable, SinglePointsOfFailure, HistoryOf, ChangesBetween, ProofOf> kind;
    std::optional<Yield> yield;  // absent: as last clause, all columns
};

struct Clause {
    Span span;
    std::variant<Match, Unwind, With, Return, Create, Merge, Set, Remove, Delete, Call, CallSubquery, Foreach, LoadCsv,
                 Analysis>
        node;
};

// ---- queries and statements ----

// Clauses in the order written; any order parses: what may follow what is checked by the binder
// (InvalidClauseComposition and the like).
struct SingleQuery {
    Span span;
    std::vector<Clause> clauses;  // not empty
};
enum class UnionKind : std::uint8_t { distinct, all };  // UNION [DISTINCT], UNION ALL
// parts[0] unions[0] parts[1] ...
struct Query {
    Span span;
    std::vector<SingleQuery> parts;
    std::vector<UnionKind> unions;  // parts.size() - 1
};

// Whether a query is one standalone CALL, the only place where arguments may be left out or YIELD * be written.
bool is_standalone_call(const Query&);

// FOR (n:Label) or FOR ()-[r:TYPE]-(), with the properties named after it.
struct SchemaTarget {
    enum class Element : std::uint8_t { node, relationship };
    Element element = Element::node;
    Name variable;
    Name label;                    // or relationship type
    std::vector<Name> properties;  // keys of `variable`, one or more
};
enum class IndexKind : std::uint8_t { range, text };  // CREATE [RANGE] INDEX, CREATE TEXT INDEX
struct CreateIndex {
    IndexKind kind = IndexKind::range;
    std::optional<Name> name;
    bool if_not_exists = false;
    SchemaTarget target;
};
struct DropIndex {
    Name name;
    bool if_exists = false;
};

enum class ConstraintKind : std::uint8_t {
    unique,
    not_null,
    key
};  // IS UNIQUE; IS NOT NULL; IS NODE KEY, IS RELATIONSHIP KEY
struct CreateConstraint {
    ConstraintKind kind = ConstraintKind::unique;
    std::optional<Name> name;
    bool if_not_exists = false;
    SchemaTarget target;
};
struct DropConstraint {
    Name name;
    bool if_exists = false;
};

struct Show {
    enum class What : std::uint8_t {
        indexes,
        constraints,
        procedures,
        functions,
        classes,
        relationship_types,
        transactions,
        settings,
        databases,
        current_user,
        users,
        terminated  // TERMINATE TRANSACTIONS
    };
    // Which of them: SHOW RANGE INDEXES, SHOW NODE KEY CONSTRAINTS, SHOW BUILT IN FUNCTIONS, SHOW HOME DATABASE.
    enum class Only : std::uint8_t {
        all,
        range,
        text,
        point,
        lookup,
        fulltext,
        vector,
        built_in,
        user_defined,
        unique,
        node_unique,
        relationship_unique,
        key,
        node_key,
        relationship_key,
        existence,
        node_existence,
        relationship_existence,
        property_type,
        home,
        by_default
    };
    What what = What::indexes;
    Only only = Only::all;
    bool executable = false;       // EXECUTABLE [BY CURRENT USER]: procedures and functions
    std::optional<Name> database;  // DATABASE name
    std::vector<Expression>
        named;  // a string Literal or a Parameter each: DATABASE 'name', SETTINGS 'a', $b, TRANSACTIONS
    // YIELD: the items are variables, which name columns. ORDER BY, SKIP and LIMIT go before WHERE, as those of WITH.
    std::optional<Projection> yield;
    ExpressionPtr where;
    std::optional<Projection> returned;  // RETURN, after YIELD only
};
std::string_view words_of(Show::What what) noexcept;  // "INDEXES"
std::string_view words_of(Show::Only only) noexcept;  // "RANGE"; "" for all

struct Command {
    Span span;
    std::variant<CreateIndex, DropIndex, CreateConstraint, DropConstraint, Show> node;
};

// WHAT IF { clauses }
struct WhatIf {
    Span span;
    std::vector<Clause> clauses;  // not empty
};

struct Statement {
    enum class Mode : std::uint8_t { run, explain, profile };
    Span span;
    Mode mode = Mode::run;
    ExpressionPtr in_change;        // IN CHANGE: a string Literal or a Parameter
    std::optional<TimeScope> time;  // AS OF, FOR VALID_TIME
    std::optional<WhatIf> what_if;
    std::variant<Query, Command> body;
};

}  // namespace mainstay::syntax
