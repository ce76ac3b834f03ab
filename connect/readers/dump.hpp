#pragma once

#include "mainstay/connect/connect.hpp"

#include <filesystem>

namespace mainstay::connect {

// Restores a dump of export_jsonl into a database without nodes: the dump's class model replaces the database's,
// indexes and constraints are added, then all nodes and relationships. A line that is wrong is reported and not taken,
// relationships without one of their ends too; a dump that does not end with its count is reported as cut off. Throws
// Error(input_invalid) if the file is no dump or the database has nodes.
ImportReport import_dump(Store& store, const std::filesystem::path& input, const ImportOptions& options);

}  // namespace mainstay::connect
