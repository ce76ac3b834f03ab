#pragma once

// The bound statement: what a statement means. Every name is resolved to a slot, a function row, a procedure or a list
// of class names; every compile-time rule of the language has been checked. Made by bind() (bind/bind.hpp) from the
// AST, read by the planner, printed by print() for tests. No text, no ids of a file: names become ids when the
// statement runs, since a name may not exist yet.
//
// Slots. Each variable of a statement has a slot, a number unique in the whole statement (subqueries and UNION parts
// included); so do anonymous pattern elements, projection items, grouping keys, aggregates and the variables of
// comprehensions. A projection item that only passes a variable on under its own name (`WITH a`, `WITH a AS a`) keeps
// the variable's slot; every other item has a new one. A variable that shadows another has a slot of its own. So an
// expression needs no scope to be understood, and ORDER BY may mix slots from before and after its projection.
//
// Expressions and patterns are shared, immutable trees: the planner puts the same piece into several places.

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mainstay {
struct TableProcedure;
class LoadFolders;
}  // namespace mainstay
namespace mainstay::function {
struct Function;   // a row of the table of functions
struct Aggregate;  // a row of the table of aggregates
}  // namespace mainstay::function

namespace mainstay::bound {

enum class Slot : std::uint32_t {};
inline constexpr Slot no_slot{0xFFFFFFFF};

// What the binder knows about a slot. `value` may hold anything.
enum class SlotKind : std::uint8_t { value, node, relationship, relationship_list, path };
struct SlotInfo {
    std::string name;  // as written; "" for anonymous ones
    SlotKind kind = SlotKind::value;
};

// Indexes into Statement::keys and Statement::parameters.
enum class KeyRef : std::uint32_t {};
enum class ParameterRef : std::uint32_t {};

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;  // shared by the pieces of a plan; never null unless said so
struct Query;
using QueryPtr = std::shared_ptr<const Query>;

// ---- labels and types

// `:A&!B|C` of a node, or the type test of a relationship value. A name stands for itself and, if it is a class of the
// model, for its subclasses: `names` holds them all, the one written first.
struct LabelExpr;
using LabelExprPtr = std::shared_ptr<const LabelExpr>;
struct LabelExpr {
    enum class Kind : std::uint8_t { name, any, negation, conjunction, disjunction };  // any: `%`
    Kind kind = Kind::name;
    std::vector<std::string> names;      // of a name
    std::vector<LabelExprPtr> operands;  // of the others
};

// One way to follow relationships of a pattern: a stored type, `reversed` if it was written by its inverse name.
struct TypeName {
    std::string name;
    bool reversed = false;
};

// ---- expressions

struct Literal {
    Value value;
};
struct Variable {
    Slot slot;
};
struct Parameter {
    ParameterRef parameter;
};
struct ListLiteral {
    std::vector<ExprPtr> items;
};
struct MapLiteral {
    std::vector<std::pair<std::string, ExprPtr>> entries;
};  // in order, the last of equal keys wins
struct Property {
    ExprPtr object;
    KeyRef key;
};  // of an element, a map or a temporal value
struct Index {
    ExprPtr object, index;
};
struct Slice {
    ExprPtr object, from, to;
};  // from, to may be null
struct LabelTest {
    ExprPtr object;
    LabelExprPtr labels;
};

enum class UnaryOp : std::uint8_t { plus, minus, logical_not };
struct Unary {
    UnaryOp op;
    ExprPtr operand;
};
enum class ArithmeticOp : std::uint8_t { add, subtract, multiply, divide, modulo, power };
struct Arithmetic {
    ArithmeticOp op;
    ExprPtr left, right;
};
enum class LogicalOp : std::uint8_t { logical_and, logical_or, logical_xor };
struct Logical {
    LogicalOp op;
    std::vector<ExprPtr> operands;
};  // two or more; an AND holds no AND
enum class ComparisonOp : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };
struct Comparison {
    ComparisonOp op;
    ExprPtr left, right;
};  // a < b < c is bound as a < b AND b < c
enum class StringOp : std::uint8_t { starts_with, ends_with, contains, matches };
struct StringPredicate {
    StringOp op;
    ExprPtr left, right;
};
struct Membership {
    ExprPtr item, list;
};
struct NullTest {
    ExprPtr operand;
    bool negated;
};  // negated: IS NOT NULL
struct CaseBranch {
    ExprPtr when, then;
};
struct Case {
    ExprPtr subject;
    std::vector<CaseBranch> branches;
    ExprPtr otherwise;
};  // subject, otherwise may be null
struct MapProjection {
    struct Item {
        bool all = false;
        std::string key;
        ExprPtr value;
    };  // all: `.*`; `.key` has a Property as value
    ExprPtr object;
    std::vector<Item> items;
};
struct ListComprehension {
    Slot variable;
    ExprPtr list, where, projection;
};  // where, projection may be null
enum class QuantifierKind : std::uint8_t { all, any, none, single };
struct Quantifier {
    QuantifierKind kind;
    Slot variable;
    ExprPtr list, where;
};  // where may be null: the item itself
struct Reduce {
    Slot accumulator;
    ExprPtr initial;
    Slot variable;
    ExprPtr list, step;
};
struct Call {
    const function::Function* function;
    std::vector<ExprPtr> arguments;
};

// EXISTS { }, COUNT { }, COLLECT { }, a pattern predicate `(a)-->(b)` (exists, one Match) and a pattern comprehension
// (collect, a Match and a Project of one item). The query may use the outer row's slots: `outer` lists those it does.
enum class SubqueryKind : std::uint8_t { exists, count, collect };
struct Subquery {
    SubqueryKind kind;
    QueryPtr query;
    std::vector<Slot> outer;
};

// A path from slots. Made by the planner alone, for named paths. A step's rel slot holds a relationship or, `list`, a
// list of them. Null if any part is.
struct BuildPath {
    struct Step {
        Slot rel;
        bool list;
    };
    Slot start;
    std::vector<Step> steps;
    bool acyclic = false;  // null if a node occurs twice
    bool simple = false;   // ... the first and the last excepted, which may be one
};

struct Expr {
    Span span;
    std::variant<Literal, Variable, Parameter, ListLiteral, MapLiteral, Property, Index, Slice, LabelTest, Unary,
                 Arithmetic, Logical, Comparison, StringPredicate, Membership, NullTest, Case, MapProjection,
                 ListComprehension, Quantifier, Reduce, Call, Subquery, BuildPath>
        node;
};
template <typename Node>
ExprPtr make(Node node, Span span = {}) {
    return std::make_shared<const Expr>(Expr{span, std::move(node)});
}

// ---- patterns: of MATCH, CREATE and MERGE alike

// Properties in braces: `{key: expression}`, or a map given as a whole, `$parameter`. In a MATCH each entry is an
// equality.
struct PropertyBraces {
    std::vector<std::pair<KeyRef, ExprPtr>> entries;
    ExprPtr map;  // may be null
};

struct PatternNode {
    Span span;
    Slot slot{};
    bool bound = false;                     // its variable has a value before the clause
    LabelExprPtr labels;                    // may be null. CREATE, MERGE: use `plain_labels`
    std::vector<std::string> plain_labels;  // CREATE and MERGE: the labels as written
    PropertyBraces properties;
    ExprPtr where;  // may be null
};

enum class PatternDirection : std::uint8_t { right, left, both };  // relative to from -> to

struct PatternGroup;

struct PatternRel {
    Span span;
    Slot slot{};  // of a relationship; with `length`: of a list of relationships
    bool bound = false;
    std::uint32_t from = 0, to = 0;  // indexes into Pattern::nodes, as written from left to right
    PatternDirection direction = PatternDirection::both;
    std::vector<TypeName> types;  // empty and not dependency: any type
    bool dependency = false;      // pseudo-type DEPENDENCY: every depends-on edge; `types` is empty then
    struct Length {
        std::uint64_t min = 1;
        std::optional<std::uint64_t> max;  // nullopt: no bound
    };
    std::optional<Length> length;
    // `-[r:T WHERE r.x]->+`: properties and condition are about each relationship, which has this slot in them.
    Slot each = no_slot;
    std::shared_ptr<const PatternGroup> group;  // a quantified path: `length` is set, types and the like are its own
    PropertyBraces properties;
    ExprPtr where;  // may be null
};

// `((x)-[r:T]->(y) WHERE x.a < y.a){1,5}`: one round of it. Its elements' slots hold one round's values where its
// conditions are evaluated; outside each named one is a list.
struct PatternGroup {
    struct Variable {
        Slot each{}, list{};
        bool is_node = false;
    };
    std::vector<PatternNode> nodes;
    std::vector<PatternRel> rels;          // single ones, in order; from and to index `nodes`
    std::vector<std::uint32_t> positions;  // rels.size() + 1 indexes into `nodes`
    ExprPtr where;                         // may be null
    std::vector<Variable> variables;
};

enum class PathSelector : std::uint8_t { all, any, any_shortest, all_shortest, shortest, shortest_groups };

// What a path may repeat: anything, no relationship, no node, or no node but that the ends may be one.
enum class PathMode : std::uint8_t { walk, trail, acyclic, simple };

// One comma-separated part: an alternating walk node, rel, node, ... over the pattern's elements.
struct PatternPart {
    Span span;
    Slot path = no_slot;               // `p = ...`; no_slot: not named
    std::vector<std::uint32_t> nodes;  // indexes into Pattern::nodes; rels.size() + 1 of them
    std::vector<std::uint32_t> rels;   // indexes into Pattern::rels
    PathSelector selector = PathSelector::all;
    bool is_function = false;  // shortestPath(...): its relationships may be those of other parts
    ExprPtr selector_count;    // of any, shortest and shortest_groups; may be null (1)
    PathMode mode = PathMode::trail;
    ExprPtr where;  // in the path's own parentheses: counts before the selection; may be null
};

// The whole pattern of a clause. A node variable that occurs twice is one element; a relationship occurs once.
struct Pattern {
    std::vector<PatternNode> nodes;
    std::vector<PatternRel> rels;
    std::vector<PatternPart> parts;
};

// ---- clauses

// Which view a clause reads. The first of Statement::times is the statement's own.
struct Time {
    Span span;
    ExprPtr as_of_instant, as_of_transaction;  // at most one is set
    bool valid_all = false;
    ExprPtr valid_at;  // null and not valid_all: now
    // Whether it asks for nothing but the newest state, now.
    bool is_now() const noexcept { return !as_of_instant && !as_of_transaction && !valid_all && !valid_at; }
};

struct Match {
    bool optional = false;
    bool repeatable = false;  // REPEATABLE ELEMENTS: relationships may repeat
    Pattern pattern;
    ExprPtr where;           // may be null
    std::uint32_t time = 0;  // index into Statement::times
};
struct Unwind {
    ExprPtr list;
    Slot variable{};
};

struct Aggregation {
    Span span;
    Slot slot{};
    const function::Aggregate* function = nullptr;  // null: count(*)
    bool distinct = false;
    std::vector<ExprPtr> arguments;
};
struct ProjectionItem {
    Slot slot{};
    ExprPtr expression;  // if aggregated: over the slots of grouping keys and aggregations only
    std::string column;  // name of the column or variable
};
struct SortKey {
    ExprPtr expression;
    bool descending = false;
};

// WITH and RETURN, in this order: group (if aggregated) -> items -> distinct -> order -> skip -> limit -> where.
// Afterwards only the items' slots exist.
struct Project {
    bool aggregated = false;
    std::vector<ProjectionItem> grouping;  // column unused; a key that is a plain variable keeps its slot
    std::vector<Aggregation> aggregations;
    std::vector<ProjectionItem> items;  // `*` written out
    bool distinct = false;
    std::vector<SortKey> order;  // over the slots before (grouped: keys and aggregations) and after
    ExprPtr skip, limit;         // may be null; no variables
    ExprPtr where;               // may be null
    bool is_return = false;
};

struct Create {
    Pattern pattern;
};

struct SetProperty {
    ExprPtr object;
    KeyRef key{};
    ExprPtr dynamic_key;
    ExprPtr value;
};  // dynamic_key: n['k'], else null
struct SetProperties {
    Slot variable{};
    bool add = false;
    ExprPtr value;
};  // n = map, n += map
struct SetLabels {
    Slot variable{};
    std::vector<std::string> labels;
};
struct RemoveLabels {
    Slot variable{};
    std::vector<std::string> labels;
};
// REMOVE n.key is a SetProperty of null.
struct SetItem {
    Span span;
    std::variant<SetProperty, SetProperties, SetLabels, RemoveLabels> node;
};
struct Set {
    std::vector<SetItem> items;
};  // SET and REMOVE

struct Merge {
    Pattern pattern;
    std::uint32_t time = 0;  // of what it matches; index into Statement::times
    std::vector<SetItem> on_create, on_match;
};  // one part
struct Delete {
    bool detach = false;
    std::vector<ExprPtr> targets;
};

struct ColumnSlot {
    std::uint32_t column = 0;
    Slot slot{};
};  // an output column that is wanted, and where it goes

struct CallProcedure {
    bool optional = false;
    const TableProcedure* procedure = nullptr;  // lives as long as the Database
    std::vector<ExprPtr> arguments;             // one an input
    std::vector<ColumnSlot> outputs;
    ExprPtr where;  // may be null
};
// The inner query's result columns become slots of the outer row; `outer`: slots it uses of it. A unit subquery (no
// RETURN) leaves the rows as they are.
struct CallSubquery {
    bool optional = false;
    QueryPtr query;
    std::vector<Slot> outer;
    bool unit = false;
};

// A CallSubquery whose outer rows go in batches, each a transaction of its own that is committed before the next one
// begins.
inline constexpr std::uint64_t batch_rows_usual = 1'000;
enum class OnBatchError : std::uint8_t { fail, stop, proceed };  // FAIL, BREAK, CONTINUE
struct CallInTransactions {
    CallSubquery call;
    Span span;            // of IN ... TRANSACTIONS ...
    ExprPtr rows;         // of a batch; null: batch_rows_usual
    ExprPtr concurrency;  // null: not said
    bool concurrent = false;
    OnBatchError on_error = OnBatchError::fail;
    Slot report = no_slot;  // gets a map that says what became of the row's batch; no_slot: not wanted
};

// A row for each record of a file: a list of strings, or a map by the names of the header. What is empty is null.
struct LoadCsv {
    bool with_headers = false;
    ExprPtr url;
    Slot row{};
    std::optional<char> delimiter;         // nullopt: a comma
    Slot line{}, file{};                   // what linenumber() and file() give for the row
    const LoadFolders* folders = nullptr;  // lives as long as the Database
};

struct Clause;
struct Foreach {
    Slot variable{};
    ExprPtr list;
    std::vector<Clause> body;
};

enum class AnalysisKind : std::uint8_t { impact, dependencies, dependents, single_points };
// A pattern operand is bound as a Match before it.
struct Analysis {
    bool optional = false;
    AnalysisKind kind = AnalysisKind::impact;
    ExprPtr operand;
    bool degraded = false;  // WHEN DEGRADED
    ExprPtr when;           // WHEN $parameter; may be null
    bool from_status = false;
    ExprPtr within;                   // may be null
    std::vector<ColumnSlot> outputs;  // numbered as in DESIGN section 5
    ExprPtr where;                    // may be null
    std::uint32_t time = 0;
};

struct Clause {
    Span span;
    std::variant<Match, Unwind, Project, Create, Set, Merge, Delete, CallProcedure, CallSubquery, CallInTransactions,
                 Foreach, LoadCsv, Analysis>
        node;
};

// ---- queries and statements

struct ResultColumn {
    Slot slot{};
    std::string name;
};

struct SingleQuery {
    std::vector<Clause> clauses;
    std::vector<ResultColumn> columns;  // of its RETURN; empty for a query that returns nothing
};
// parts[0] UNION parts[1] ...; all parts have the same column names. `columns` are the result's: with one part its own,
// otherwise new slots, one a column in the order of parts[0].
struct Query {
    std::vector<SingleQuery> parts;
    bool union_all = false;  // mixing UNION and UNION ALL is refused
    std::vector<ResultColumn> columns;
    bool writes = false;  // some clause, subqueries included, may write
};

enum class SchemaAction : std::uint8_t { create, drop };
struct SchemaCommand {
    enum class Kind : std::uint8_t { index, unique, exists, key };
    SchemaAction action = SchemaAction::create;
    Kind kind = Kind::index;  // drop: index or (any) constraint
    std::string name;         // may be empty on create: one is made
    bool lenient = false;     // IF NOT EXISTS, IF EXISTS
    bool on_relationship = false;
    std::string label;
    std::vector<std::string> keys;
    Span span;
};

enum class Mode : std::uint8_t { run, explain, profile };

struct ParameterUse {
    std::string name;
    Span first;  // where it is used first
};

// An attribute read from an element that no declaration of the class model has. It may be stored all the same.
struct UndeclaredKey {
    KeyRef key;
    std::string remark;  // in the user's words, with the place and a suggestion
};

// SHOW is bound as a query that calls a procedure.
struct Statement {
    Mode mode = Mode::run;
    bool in_transactions = false;  // a clause of the query is a CallInTransactions; all that writes is in such clauses
    std::vector<Time> times;       // at least one
    std::variant<Query, SchemaCommand> body;
    std::vector<SlotInfo> slots;           // by Slot
    std::vector<std::string> keys;         // by KeyRef, distinct
    std::vector<ParameterUse> parameters;  // by ParameterRef, distinct: all must be given when it runs
    std::vector<UndeclaredKey> undeclared;
};

// Readable and complete, one clause a line, for tests and for EXPLAIN.
std::string print(const Statement&);
std::string print(const Expr&, const Statement& names);
std::string print(const LabelExpr&, const Statement& names);
std::string print(const Aggregation&, const Statement& names);

}  // namespace mainstay::bound
