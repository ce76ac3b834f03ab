#pragma once

#include "mainstay/query/database.hpp"
#include "scenario.hpp"

namespace mainstay::tck {

// The procedure of a table, with the signature "name(in :: TYPE, ...) :: (out :: TYPE, ...)". Throws
// std::invalid_argument if the signature or a cell cannot be read.
Procedure make_procedure(const ProcedureTable& table);

}  // namespace mainstay::tck
