#include "output/columns.hpp"

#include <algorithm>

namespace mainstay::shell {

std::optional<std::vector<std::size_t>> share_width(const std::vector<ColumnNeed>& columns, std::size_t total) {
    std::vector<std::size_t> widths;
    std::size_t natural = 0, smallest = 0;
    for (const ColumnNeed& column : columns) {
        widths.push_back(column.natural);
        natural += column.natural;
        smallest += column.smallest;
    }
    const std::size_t frame = 3 * columns.size() + 1;
    if (total == 0 || natural + frame <= total) return widths;
    if (smallest + frame > total) return std::nullopt;
    const std::size_t room = total - frame;

    // The largest common limit under which all fit, never below a column's smallest width: found by bisection, since
    // the sum grows with the limit.
    const auto sum_at = [&](std::size_t limit) {
        std::size_t sum = 0;
        for (const ColumnNeed& c : columns) sum += std::max(c.smallest, std::min(c.natural, limit));
        return sum;
    };
    std::size_t low = 0, high = room;
    while (low < high) {
        const std::size_t middle = (low + high + 1) / 2;
        if (sum_at(middle) <= room)
            low = middle;
        else
            high = middle - 1;
    }
    std::size_t spare = room - sum_at(low);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        widths[i] = std::max(columns[i].smallest, std::min(columns[i].natural, low));
        if (spare > 0 && widths[i] < columns[i].natural) {
            ++widths[i];
            --spare;
        }
    }
    return widths;
}

}  // namespace mainstay::shell
