#pragma once

// The reference interpreter: what a statement means, done as it is said, one clause after another over lists of rows,
// every assignment of a pattern tried and looked at when it is complete. Slow, without plan, index or batch.

#include "query/reference/graph.hpp"
#include "query/reference/tree.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mainstay::test::reference {

// A row's variables, the newest last.
using Row = std::vector<std::pair<std::string, Val>>;

// The statement is of no use to a comparison: it takes too long, overflows, or makes no sense (a shrunken one).
struct Unfit : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<Val>> rows;
};

// What was met with effect, by name: "OPTIONAL MATCH with a match", "EXISTS false", ... and how often.
using Reached = std::map<std::string, int>;

// Throws Unfit.
Table interpret(const Graph& graph, const Query& query, Reached& reached);

}  // namespace mainstay::test::reference
