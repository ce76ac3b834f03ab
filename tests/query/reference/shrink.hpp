#pragma once

// Smaller forms of a statement or a graph, to find a small one that still fails. Many make no sense: whoever tries them
// finds out.

#include "query/reference/graph.hpp"
#include "query/reference/tree.hpp"

#include <vector>

namespace mainstay::test::reference {

// Each by one part less: a clause, a pattern, a condition, a column, a sort key, or one expression replaced by one of
// its own parts.
std::vector<Query> smaller(const Query& query);
// Each by a relationship less, or by a node and its relationships.
std::vector<Graph> smaller(const Graph& graph);

}  // namespace mainstay::test::reference
