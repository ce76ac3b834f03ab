#pragma once

#include "bind/bound.hpp"

#include "mainstay/storage/transaction.hpp"

namespace mainstay {

// CREATE and DROP of indexes and constraints. A name is made from kind, label and keys if none is given.
// Throws Error: index_exists, index_missing, constraint_violation (existing data).
void run_schema_command(const bound::SchemaCommand& command, Transaction& transaction);

}  // namespace mainstay
