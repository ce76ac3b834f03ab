#pragma once

// Statements of the reference interpreter: a useful part of the language as a tree that prints itself as text for the
// engine. The engine's parser and syntax tree are not used. Parts are shared and never changed; shrinking makes others.

#include "query/reference/value.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mainstay::test::reference {

struct Expr;
struct Query;
struct Part;
using ExprPtr = std::shared_ptr<const Expr>;
using QueryPtr = std::shared_ptr<const Query>;

struct Expr {
    enum class Kind : std::uint8_t {
        literal,     // value
        parameter,   // value, printed as $name
        variable,    // name
        property,    // args[0].name
        label_test,  // args[0]:name
        binary,      // args[0] name args[1]: + - * / % = <> < <= > >= AND OR XOR IN STARTS WITH ENDS WITH CONTAINS
        chain,       // args[0] < args[1] <= args[2]
        negation,    // NOT args[0]
        minus,       // - args[0]
        is_null,     // args[0] IS NULL
        is_not_null,
        list,           // [args]
        index,          // args[0][args[1]]
        slice,          // args[0][args[1]..args[2]]
        simple_case,    // CASE args[0] WHEN args[1] THEN args[2] ELSE args[3] END
        searched_case,  // CASE WHEN args[0] THEN args[1] ELSE args[2] END
        comprehension,  // [name IN args[0] WHERE args[1] | args[2]]; the last two may be null
        quantifier,     // function(name IN args[0] WHERE args[1])
        function,       // name(args)
        aggregate,      // name(DISTINCT args[0]); count without args: count(*)
        exists,         // EXISTS { query }
        count,          // COUNT { query }
        collect,        // COLLECT { query }
        pattern,        // of a query that is one MATCH of one part: the part as a predicate
        pattern_list    // [part WHERE where | args[0]]
    };
    Kind kind = Kind::literal;
    std::string name, function;
    Val value;
    std::vector<ExprPtr> args;
    QueryPtr query;
    bool distinct = false;
};

struct Labels {
    enum class Op : std::uint8_t { none, name, both, either, inverse, any };
    Op op = Op::none;
    std::string name;
    std::vector<Labels> operands;
};
using Properties = std::vector<std::pair<std::string, ExprPtr>>;

struct NodePattern {
    std::string name;
    Labels labels;
    Properties properties;
    ExprPtr where;
};
struct RelPattern {
    std::string name;
    std::vector<std::string> types;  // printed; DEPENDENCY and inverse names are for a graph with a model
    enum class Way : std::uint8_t { right, left, both } way = Way::right;
    Properties properties;
    ExprPtr where;  // of each relationship; not with Length::star
    enum class Length : std::uint8_t { one, star, quantifier } length = Length::one;
    int min = 1, max = 1;  // max -1: none
};
struct Part {
    std::string path;
    std::vector<NodePattern> nodes;
    std::vector<RelPattern> rels;
};

struct Item {
    ExprPtr expression;
    std::string name;
};
struct SortKey {
    ExprPtr expression;
    bool descending = false;
};
struct Clause {
    enum class Kind : std::uint8_t { match, optional_match, unwind, with, give /* RETURN */, call } kind = Kind::match;
    std::vector<Part> parts;
    ExprPtr where;     // match, with
    ExprPtr list;      // unwind
    std::string name;  // unwind
    std::vector<Item> items;
    bool distinct = false;
    std::vector<SortKey> order;
    std::optional<int> skip, limit;
    QueryPtr inner;                    // call
    std::vector<std::string> imports;  // call
};
using Single = std::vector<Clause>;
struct Query {
    std::vector<Single> parts;
    bool union_all = false;
};

bool has_aggregate(const Expr& e);
std::string print(const Expr& e);
std::string print(const Query& query);
// The parameters that a statement names.
void find_parameters(const Query& query, std::map<std::string, Val>& found);

}  // namespace mainstay::test::reference
