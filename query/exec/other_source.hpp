#pragma once

#include "exec/batch.hpp"

#include <functional>

namespace mainstay::exec {

// The same elements as somebody else sees them: for each that a value or column holds, inside lists, maps and paths
// too, `of` says which source it has from now on.
struct SourceOf {
    std::function<const Properties*(const Properties* source, NodeId node)> node;
    std::function<const Properties*(const Properties* source, RelId rel)> rel;
};
Value with_source(const Value& value, const SourceOf& of);
// Row `row` of a column, pushed on another.
void push_with_source(Column& out, const Column& from, std::uint32_t row, const SourceOf& of);

}  // namespace mainstay::exec
