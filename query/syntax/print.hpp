#pragma once

// From the tree back to text: one line, one way of writing each thing, parentheses only where they are needed. What it
// prints parses again to the same tree but for spans; a projection in RETURN whose column name would change gets an
// alias that keeps it. Pure: any thread.

#include "syntax/ast.hpp"

#include <string>

namespace mainstay::syntax {

std::string print(const Statement&);
std::string print(const Query&);
std::string print(const Clause&);
std::string print(const Expression&);
std::string print(const PathPattern&);
std::string print(const LabelExpression&);  // without the leading colon

}  // namespace mainstay::syntax
