#pragma once

#include "problems.hpp"
#include "readers/row.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mainstay::connect {

// Parses `text` as one JSON object into `row` (its line is set by the caller beforehand), adding columns as they come.
// False if the text is no object: reported at the row's line plus the line inside the text.
[[nodiscard]] bool read_json_object(std::string_view text, Columns& columns, Row& row, ProblemLog& problems);

}  // namespace mainstay::connect
