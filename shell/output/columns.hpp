#pragma once

// How a table's columns share the width of a terminal.

#include <cstddef>
#include <optional>
#include <vector>

namespace mainstay::shell {

struct ColumnNeed {
    std::size_t natural = 0;   // of its widest cell and title
    std::size_t smallest = 0;  // below this it cannot be read; at most natural
};

// A width for each column so that the whole with its frame (3 columns a column and 1 more) is at most `total`: narrow
// columns keep their natural width, the widest give first. nullopt: not even the smallest widths fit. total 0: natural.
std::optional<std::vector<std::size_t>> share_width(const std::vector<ColumnNeed>& columns, std::size_t total);

}  // namespace mainstay::shell
