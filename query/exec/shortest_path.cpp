#include "exec/operators.hpp"

namespace mainstay::exec {

OperatorPtr make_shortest_path(const plan::Node&, StatementContext&, OperatorPtr) {
    throw Error{Code::unsupported, "shortest paths are not executed yet"};
}
}  // namespace mainstay::exec
