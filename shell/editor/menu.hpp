#pragma once

#include "editor/completion.hpp"
#include "text/colour.hpp"

#include <optional>

namespace mainstay::shell {

// Candidates in columns, as lines no wider than `columns` and no more than `rows` (what does not fit is counted in the
// last); the selected one is always among those shown.
std::vector<std::string> menu_lines(const std::vector<Candidate>& candidates, std::optional<std::size_t> selected,
                                    std::size_t columns, std::size_t rows, const Palette& palette);

}  // namespace mainstay::shell
