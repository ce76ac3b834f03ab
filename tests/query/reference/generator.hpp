#pragma once

// Statements at random, typed as they are made so that they mean something: an integer is added to an integer, a list
// that is in no order is not indexed, rows are cut by SKIP and LIMIT only where the order leaves no choice.

#include "query/reference/graph.hpp"
#include "query/reference/tree.hpp"

namespace mainstay::test::reference {

Query random_query(Random& random, bool with_model);

}  // namespace mainstay::test::reference
