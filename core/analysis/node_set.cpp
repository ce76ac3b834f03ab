#include "analysis/node_set.hpp"

#include <algorithm>

namespace mainstay::analysis {

void NodeSorter::sort(std::span<std::uint32_t> nodes) {
    if (nodes.size() < 2) return;
    std::uint32_t least = nodes.front(), greatest = nodes.front();
    for (const std::uint32_t node : nodes) {
        least = std::min(least, node);
        greatest = std::max(greatest, node);
    }
    // A word read back costs about a thirtieth of an element compared into place.
    if (nodes.size() < 64 || nodes.size() < (greatest - least) / 2048) {
        std::sort(nodes.begin(), nodes.end());
        return;
    }
    if (!marks_) marks_ = std::make_unique<NodeSet>(node_limit_);
    for (const std::uint32_t node : nodes) marks_->insert(node);
    std::size_t count = 0;
    const auto words = marks_->words();
    for (std::size_t i = least / 64; i <= greatest / 64; ++i) {
        for (std::uint64_t word = words[i]; word; word &= word - 1) {
            nodes[count++] = static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::countr_zero(word));
        }
        words[i] = 0;
    }
}

PagedMap::PagedMap(std::uint32_t node_limit) : pages_((node_limit >> 12) + 1) {}

}  // namespace mainstay::analysis
