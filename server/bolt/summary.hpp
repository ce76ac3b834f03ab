#pragma once

// What a client hears with the last row of a result.

#include "bolt/packstream.hpp"

#include "mainstay/query/database.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mainstay::server {

// A map: kind of statement, counters, plan, notices. Requires that the last row was read. `bookmark`: of a statement
// in a transaction of its own.
void write_summary(const Result& result, std::string_view database, const std::optional<std::string>& bookmark,
                   PackWriter& out);

}  // namespace mainstay::server
