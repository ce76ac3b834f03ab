#pragma once

// What a statement has to say beside its rows and notices, for the JSON form.

#include "mainstay/query/database.hpp"

#include <string>

namespace mainstay::server {

// `,"plan":{"operator","details","estimated_rows","children":[…]}` of EXPLAIN, with "rows", "time_ms" and "bytes" of
// each operator behind PROFILE; `,"counters":{"nodes_created":1,…}` if something was written, those that are not zero.
// Empty if there is neither. The members of an open object; complete once all rows are read.
std::string summary_members(const Result& result);

}  // namespace mainstay::server
