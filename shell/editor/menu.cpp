#include "editor/menu.hpp"

#include "text/width.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::shell {
namespace {

constexpr std::size_t item_width_max = 48;
constexpr std::size_t gap = 2;

}  // namespace

std::string common_prefix(const std::vector<Candidate>& candidates) {
    if (candidates.empty()) return {};
    std::string_view prefix = candidates.front().text;
    for (const Candidate& candidate : candidates) {
        std::size_t same = 0;
        while (same < std::min(prefix.size(), candidate.text.size()) && prefix[same] == candidate.text[same]) ++same;
        prefix = prefix.substr(0, same);
    }
    while (!prefix.empty() && prefix.size() < candidates.front().text.size() &&
           (static_cast<unsigned char>(candidates.front().text[prefix.size()]) & 0xC0) == 0x80)
        prefix.remove_suffix(1);
    return std::string{prefix};
}

std::vector<std::string> menu_lines(const std::vector<Candidate>& candidates, std::optional<std::size_t> selected,
                                    std::size_t columns, std::size_t rows, const Palette& palette) {
    if (candidates.empty() || rows == 0) return {};
    std::size_t text_width = 1, kind_width = 0;
    for (const Candidate& candidate : candidates) {
        text_width = std::max(text_width, std::min(width_of(candidate.text), item_width_max));
        kind_width = std::max(kind_width, width_of(candidate.kind));
    }
    std::size_t item_width = text_width + (kind_width ? kind_width + 1 : 0);
    if (item_width + gap > columns) {
        kind_width = 0;
        item_width = text_width = std::min(text_width, columns > gap ? columns - gap : 1);
    }
    const std::size_t across = std::max<std::size_t>(1, columns / (item_width + gap));
    const std::size_t needed = (candidates.size() + across - 1) / across;
    const std::size_t shown = needed > rows && rows > 1 ? rows - 1 : std::min(needed, rows);
    std::size_t first_line = 0;
    if (selected && *selected / across >= shown) first_line = *selected / across - shown + 1;

    std::vector<std::string> lines;
    for (std::size_t line = first_line; line < std::min(needed, first_line + shown); ++line) {
        std::string text;
        for (std::size_t i = line * across; i < std::min(candidates.size(), (line + 1) * across); ++i) {
            const std::string name =
                pad_right(cut(printable(candidates[i].text, Newlines::escape), text_width), text_width);
            text += palette.paint(selected == i ? Ink::selected : Ink::plain, name);
            if (kind_width) text += " " + palette.paint(Ink::faint, pad_right(candidates[i].kind, kind_width));
            text.append(gap, ' ');
        }
        lines.push_back(std::move(text));
    }
    if (needed > shown && rows > 1)
        lines.push_back(palette.paint(
            Ink::faint,
            cut(fmt::format("… {} in all; type on to narrow, Tab for the next", candidates.size()), columns)));
    return lines;
}

}  // namespace mainstay::shell
