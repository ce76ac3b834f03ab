#pragma once

// The logical plan: a tree of operations over rows of slots. Made by the planner from a bound query, rewritten by the
// optimiser's rules, lowered to operators (plan/lower.hpp), printed by EXPLAIN. Plans own their parts, share
// expressions with the bound statement, and hold no ids of the file except those of indexes (a plan is remade when the
// schema changes).
//
// Most operations extend the rows of their first child: a scan or seek under another operation runs once for each of
// its rows. Leaves are Start and Argument. An `inner` plan (of Optional, SemiApply, Merge, ...) starts at an Argument,
// which yields the outer row or rows.

#include "bind/bound.hpp"

#include "mainstay/core/ids.hpp"
#include "mainstay/storage/schema.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace mainstay::plan {

using bound::ExprPtr;
using bound::LabelExprPtr;
using bound::Slot;

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Start {};     // one row without slots
struct Argument {};  // the outer plan's row or rows

// All nodes of the view whose labels fit (null: any).
struct NodeScan {
    Slot node;
    LabelExprPtr labels;
    std::uint32_t time = 0;
    // Conditions on properties of the scanned node against values that do not depend on it, tested on columns in place.
    std::vector<ExprPtr> conditions;
};
// All relationships of some types (empty: any), once each, source -> target; `both`: each also the other way round.
struct RelScan {
    Slot from, rel, to;
    std::vector<bound::TypeName> types;
    bool both = false;
    std::uint32_t time = 0;
};
// Nodes found by an index: those whose keys equal `values`; with `any_of` values[0] is a list, each of whose items
// counts.
struct NodeSeek {
    Slot node;
    IndexId index{};
    std::string index_name, label;
    std::vector<std::string> keys;
    std::vector<ExprPtr> values;
    bool any_of = false;
    bool unique = false;
    std::uint32_t time = 0;
};
// Nodes by a range of a single-key index; bounds may be null. `prefix`: strings that start with it.
struct NodeRange {
    Slot node;
    IndexId index{};
    std::string index_name, label, key;
    ExprPtr low, high, prefix;
    bool low_inclusive = true, high_inclusive = true;
    std::uint32_t time = 0;
};
// Nodes by elementId() or id() equal to a value; `any_of`: to an item of a list.
struct NodeById {
    Slot node;
    ExprPtr id;
    bool any_of = false;
    std::uint32_t time = 0;
};

// Which relationships a step follows, from `from` to `to`.
struct Hop {
    Slot from, rel, to;
    bound::PatternDirection direction = bound::PatternDirection::both;  // of travel from `from`
    std::vector<bound::TypeName> types;
    bool dependency = false;
    bool into = false;         // `to` has a value already
    std::vector<Slot> differ;  // relationships and lists of them that may not be met again
    std::uint32_t time = 0;
};
struct Expand {
    Hop hop;
};
// The ends of a relationship (or, `list`, of a trail of them) that has a value already: rows in which it leads from
// `from` to `to`, as the hop allows. `from_bound`, `hop.into`: that end has a value already and must be equal.
struct RelEnds {
    Hop hop;
    bool from_bound = false;
    bool list = false;
    std::uint64_t min = 1;
    std::optional<std::uint64_t> max;
};
// Trails of min..max relationships. `rel` gets their list. `conditions` hold for each relationship of the trail, in
// which it has the slot `each`.
struct VarExpand {
    Hop hop;
    std::uint64_t min = 1;
    std::optional<std::uint64_t> max;
    Slot each = bound::no_slot;
    std::vector<ExprPtr> conditions;
    bool reversed_list = false;  // travelled against the written order: the list is turned round
};
// The nodes that a VarExpand would end at, each once an input row, by breadth-first search: where only distinct ends
// count.
// `together`: each once for all input rows, of which nothing else is wanted.
struct Reach {
    Hop hop;
    bool together = false;
    std::uint64_t min = 1;  // 0 or 1
    std::optional<std::uint64_t> max;
};
// Paths of several steps, each a relationship or rounds of some: all of them, or for each pair of ends some of the
// shortest. Where both ends are bound and the pattern is plain, the search goes on from both.
struct PathSearch {
    struct List {
        Slot each, list;  // `list` gets the values that `each` has in the rounds
    };
    struct Step {
        std::vector<Hop> hops;  // of a round; their slots hold its values while conditions are evaluated
        bool repeats = false;   // false: one round, and the slots of its hop are the row's
        std::uint64_t min = 1;  // rounds
        std::optional<std::uint64_t> max;
        std::vector<ExprPtr> conditions;  // of each round
        Slot trail = bound::no_slot;      // repeats: gets the list of all relationships
        std::vector<List> lists;          // repeats
        Slot end;                         // the node it ends at; of the last step: `to`
        std::vector<ExprPtr> end_conditions;
    };
    std::vector<Step> steps;  // at least one; the first begins at `from`
    Slot from, to;
    bool into = false;            // `to` has a value already
    std::vector<ExprPtr> checks;  // of whole paths, before any is chosen
    Slot path = bound::no_slot;   // a check reads it
    ExprPtr build_path;           // its value, if so
    std::vector<Slot> differ;     // relationships and lists of them that may not be met
    bound::PathSelector selector = bound::PathSelector::all;
    ExprPtr count;  // how many are selected; null: one
    bool distinct_rels = true;
    bool acyclic = false, simple = false;
    bool reversed = false;   // travelled against the written order: lists are turned round
    bool ends_only = false;  // each end once, the rest of the row null
    std::uint32_t time = 0;

    // Whether the first walk that a search meets is a path of the pattern: one relationship, repeated from its first
    // time on, and nothing that only whole paths can tell.
    bool is_plain() const noexcept {
        return steps.size() == 1 && steps[0].hops.size() == 1 && steps[0].min <= 1 && checks.empty() && !count &&
               (ends_only || selector == bound::PathSelector::any || selector == bound::PathSelector::any_shortest ||
                selector == bound::PathSelector::all_shortest);
    }
};

struct Filter {
    std::vector<ExprPtr> conditions;
};  // all true
struct Assignment {
    Slot slot;
    ExprPtr expression;
};
struct Extend {
    std::vector<Assignment> assignments;
};  // adds slots
struct Aggregate {
    std::vector<Assignment> keys;
    std::vector<bound::Aggregation> aggregations;
};
struct Distinct {
    std::vector<Slot> slots;
};
struct Sort {
    std::vector<bound::SortKey> keys;
    ExprPtr limit;  // may be null: of the sorted rows only so many are wanted
};
struct Skip {
    ExprPtr count;
};
struct Limit {
    ExprPtr count;
    bool drain = false;  // something below writes: it must run to its end
};
struct Unwind {
    ExprPtr list;
    Slot variable;
};

struct Optional {
    NodePtr inner;
    std::vector<Slot> introduced;
    Slot tag;  // holds the number of the outer row while the inner plan runs
};             // rows of inner, or one with nulls
struct SemiApply {
    NodePtr inner;
    bool negated = false;
};  // the row, if inner has rows (negated: has none)
struct Apply {
    NodePtr inner;
    bool optional = false;
    bool unit = false;
    std::vector<Slot> introduced;
};  // inner once a row
// The same in batches of rows, each in a transaction of its own.
struct InTransactions {
    const bound::CallInTransactions* clause;
    NodePtr inner;
    std::vector<Slot> introduced;
};
// Both children run on their own; every pair whose key values are equal (`left_keys[i] = right_keys[i]`; none: every
// pair).
struct Join {
    NodePtr right;
    std::vector<Slot> introduced;  // of the right side
    std::vector<ExprPtr> left_keys, right_keys;
};
struct Union {
    std::vector<NodePtr> parts;             // all children
    std::vector<std::vector<Slot>> inputs;  // per part: the slot of each column
    std::vector<Slot> outputs;
};

// Writing operations run to the end of their input before they yield a row: a clause sees nothing of the next one.
struct Create {
    const bound::Pattern* pattern;
};
struct Set {
    const std::vector<bound::SetItem>* items;
};
struct Delete {
    bool detach;
    std::vector<ExprPtr> targets;
};
struct Merge {
    const bound::Merge* merge;
    NodePtr match;
};
struct Foreach {
    Slot variable;
    ExprPtr list;
    NodePtr body;
};

struct CallProcedure {
    const bound::CallProcedure* call;
};
struct LoadCsv {
    const bound::LoadCsv* load;
};
struct Analysis {
    const bound::Analysis* analysis;
    bool in_optional = false;  // an Optional around it adds the row with nulls
};

// Figures the store keeps: count(*) of all nodes of a label, or relationships of types, without looking at them.
struct CountNodes {
    Slot slot;
    std::vector<std::string> labels;
    bool any = false;
    std::uint32_t time = 0;
};
struct CountRels {
    Slot slot;
    std::vector<std::string> types;
    std::uint32_t time = 0;
};
// Grouped counts and sums over the columns of a scan, without rows. Arguments are properties of the scanned node; keys
// are, or follow from its labels alone: labels(n), labels(n)[0].
struct ColumnAggregate {
    NodeScan scan;
    Aggregate aggregate;
};

struct Node {
    std::variant<Start, Argument, NodeScan, RelScan, NodeSeek, NodeRange, NodeById, Expand, RelEnds, VarExpand, Reach,
                 PathSearch, Filter, Extend, Aggregate, Distinct, Sort, Skip, Limit, Unwind, Optional, SemiApply, Apply,
                 InTransactions, Join, Union, Create, Set, Delete, Merge, Foreach, CallProcedure, LoadCsv, Analysis,
                 CountNodes, CountRels, ColumnAggregate>
        op;
    NodePtr child;           // null for leaves and Union
    double rows = 0;         // estimated
    std::vector<Slot> live;  // slots that operations above may read, ascending; set by find_live_slots()
};
template <typename Op>
NodePtr make(Op op, NodePtr child = nullptr, double rows = 0) {
    auto node = std::make_unique<Node>();
    node->op = std::move(op);
    node->child = std::move(child);
    node->rows = rows;
    return node;
}

// A subquery that follows one relationship of a bound node, under conditions. Points into the plan.
struct HopQuery {
    const Expand* expand;
    const Filter* filter;  // null: none
};

// A planned query. Borrows the bound statement it was made from.
struct Plan {
    NodePtr root;  // of the statement
    std::vector<bound::ResultColumn> columns;
    std::unordered_map<const bound::Query*, NodePtr> subqueries;  // of expressions, starting at Argument
    std::unordered_map<const bound::Query*, HopQuery> hops;       // those of them that need no operators
    std::uint32_t slot_count = 0;                                 // the statement's and the planner's own
};

}  // namespace mainstay::plan
