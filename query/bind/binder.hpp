#pragma once

// The binder at work: one object a statement. The parts of the class stand in files of their own: expressions.cpp,
// patterns.cpp, projection.cpp, clauses.cpp, labels.cpp, statement.cpp.

#include "bind/bind.hpp"
#include "bind/scope.hpp"
#include "function/aggregate.hpp"
#include "function/function.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mainstay::bound {

// Where an expression stands.
struct Place {
    bool predicate = false;   // a pattern may stand here as a condition
    bool aggregates = false;  // aggregates are allowed (items of WITH and RETURN, their ORDER BY)
    const char* clause = "";  // for messages: "WHERE"
};

class Binder {
public:
    Binder(std::string_view text, const BindContext& context) : text_(text), context_(context) {}
    Statement bind(const syntax::Statement& statement);

private:
    // --- slots and names
    Slot new_slot(std::string name, SlotKind kind, function::Types types);
    Slot declare(const std::string& name, SlotKind kind, function::Types types);  // in the current scope, shadowing
    const SlotInfo& info(Slot slot) const { return result_.slots[static_cast<std::uint32_t>(slot)]; }
    function::Types& types_of(Slot slot) { return slot_types_[static_cast<std::uint32_t>(slot)]; }
    KeyRef key(const std::string& name);
    ParameterRef parameter(const std::string& name, Span span);
    // The slot of a visible variable; throws undefined_variable with a suggestion.
    Slot resolve(const std::string& name, Span span);
    void note_use(Slot slot);
    [[noreturn]] void undefined(const std::string& name, Span span) const;

    // --- expressions
    struct Typed {
        ExprPtr expr;
        function::Types types;  // what it may be besides null; no types at all: null
        SlotKind kind = SlotKind::value;
    };
    Typed expression(const syntax::Expression& e, Place place);
    ExprPtr condition(const syntax::Expression& e, const char* clause);  // WHERE and kin: boolean or null
    void require_boolean(const Typed& operand, Span span, std::string_view what) const;
    void require(const Typed& operand, function::Types allowed, Span span, std::string_view what) const;
    // Expressions without variables: SKIP, LIMIT, hops, times.
    ExprPtr constant(const syntax::Expression& e, const char* clause);
    ExprPtr count_of_rows(const syntax::Expression& e, const char* clause);
    struct ExpressionVisitor;
    Typed function_call(const syntax::FunctionCall& call, Span span, Place place);
    Typed aggregate_call(const function::Aggregate* aggregate, bool distinct,
                         const std::vector<syntax::Expression>& arguments, Span span, Place place);
    ExprPtr pattern_predicate(const syntax::PathPattern& pattern, Span span);
    Typed property(const syntax::Property& p, Span span, Place place);
    // The key of a property that is read from an element.
    KeyRef element_key(const syntax::Name& name);

    // --- patterns
    enum class PatternUse : std::uint8_t { match, create, merge, predicate };
    Pattern pattern(std::span<const syntax::PathPattern* const> parts, PatternUse use);
    bool says_validity(const Pattern& pattern) const;      // valid_from or valid_to among its properties
    Pattern single_node(const syntax::NodePattern& node);  // a pattern of that one node, matched
    struct PatternBuilder;
    LabelExprPtr node_labels(const syntax::LabelExpression& labels);
    LabelExprPtr value_labels(const syntax::LabelExpression& labels, SlotKind kind);
    std::vector<std::string> with_subclasses(const syntax::Name& name) const;
    std::vector<std::string> written_labels(const std::vector<syntax::Name>& names) const;
    void relationship_types(const syntax::LabelExpression& types, PatternRel& rel, PatternUse use) const;
    const RelationshipDeclaration* known_type(const syntax::Name& name, bool& reversed) const;

    // --- clauses
    struct Sequence;  // the clauses of one single query as they are bound
    Query query(const syntax::Query& q, bool standalone_call_allowed);
    SingleQuery single_query(const syntax::SingleQuery& q, bool is_statement, bool& writes);
    void clause(const syntax::Clause& c, Sequence& sequence);
    void match(const syntax::Match& m, Span span, Sequence& sequence);
    void projection(const syntax::Projection& p, const syntax::Expression* where, bool is_return, Span span,
                    Sequence& sequence);
    void call(const syntax::Call& c, Span span, Sequence& sequence);
    void call_subquery(const syntax::CallSubquery& c, Span span, Sequence& sequence);
    void in_transactions(CallSubquery call, const syntax::InTransactions& in, Span span, Sequence& sequence);
    void require_in_transactions_allowed(const syntax::InTransactions& in, const Sequence& sequence) const;
    void load_csv(const syntax::LoadCsv& l, Span span, Sequence& sequence);
    void analysis(const syntax::Analysis& a, Span span, Sequence& sequence);
    ExprPtr operand(const syntax::Operand& o, std::uint32_t time, Span span, Sequence& sequence);
    void return_all(std::vector<std::pair<Slot, std::string>> columns, Span span, Sequence& sequence);
    std::vector<SetItem> set_items(const std::vector<syntax::SetItem>& items);
    SetItem set_property(const syntax::Expression& target, ExprPtr value, Span span);
    std::uint32_t time_scope(const syntax::TimeScope& scope);
    QueryPtr subquery(const syntax::Query& q, std::vector<Slot>& outer, bool may_write, SubqueryKind kind);
    Statement& result() noexcept { return result_; }

    // --- commands
    void command(const syntax::Command& c);
    void show(const syntax::Show& s, Span span);

    // What aggregated projections need: see projection.cpp.
    struct Grouping;

    std::string_view text_;
    const BindContext& context_;
    Statement result_;
    std::vector<function::Types> slot_types_;
    Scope scope_;
    std::vector<Scope> outer_scopes_;  // those a subquery may look into, outermost first
    struct Frame {
        std::uint32_t first_slot;  // slots below belong to the query around it
        std::vector<Slot> outer;
    };
    std::vector<Frame> frames_;                         // subqueries being bound, outermost first
    std::vector<Aggregation>* aggregations_ = nullptr;  // where aggregates of the projection being bound go
    bool inside_aggregate_ = false;
    std::map<std::string, KeyRef, std::less<>> keys_;
    std::map<std::string, ParameterRef, std::less<>> parameters_;
    // While a round of a quantified path is bound: what its MATCH knows and it does not.
    const Scope* hidden_ = nullptr;
    syntax::MatchMode match_mode_ = syntax::MatchMode::unstated;  // of the MATCH whose pattern is being bound
    bool writes_ = false;
    bool time_travel_ = false;
    bool in_batch_ = false;  // inside the braces of CALL { } IN TRANSACTIONS
    // Of the LOAD CSV whose rows the clause being bound sees, for linenumber() and file().
    struct CsvSlots {
        Slot line = no_slot, file = no_slot;
    };
    CsvSlots csv_;
};

// The clauses of one single query as they are bound.
struct Binder::Sequence {
    SingleQuery out;
    bool is_statement = false;  // the whole statement: standalone CALL and analysis return by themselves
    bool last = false;          // the clause being bound is the last one
    bool only = false;          // ... and the first
    bool after_write = false;   // an update since the last WITH
    bool returned = false;
    bool in_transactions = false;        // it has a CALL { } IN TRANSACTIONS
    std::optional<Span> writes_outside;  // the first update that is in none
};

// True if a tree holds what `f` finds; walks the whole expression, not into subqueries.
bool any_of(const Expr& e, const std::function<bool(const Expr&)>& f);
// The tree with the parts for which `f` gives something replaced, outermost first; not into subqueries.
ExprPtr rewrite(const ExprPtr& e, const std::function<ExprPtr(const ExprPtr&)>& f);
// Equal in structure, slots and literals.
bool same(const Expr& a, const Expr& b);

}  // namespace mainstay::bound
