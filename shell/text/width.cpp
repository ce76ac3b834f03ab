#include "text/width.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>

namespace mainstay::shell {
namespace {

constexpr std::string_view ellipsis = "…";
constexpr std::int32_t variation_selector_16 = 0xFE0F;  // "show the character before as an emoji"

struct CodePoint {
    std::int32_t value;  // -1: not UTF-8
    std::size_t size;    // in bytes, at least 1
};

CodePoint code_point_at(std::string_view text, std::size_t position) noexcept {
    const auto first = static_cast<unsigned char>(text[position]);
    if (first < 0x80) return {first, 1};
    std::int32_t value = -1;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + position,
                                       static_cast<utf8proc_ssize_t>(text.size() - position), &value);
    return size > 0 ? CodePoint{value, static_cast<std::size_t>(size)} : CodePoint{-1, 1};
}

bool is_plain_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool is_regional_indicator(std::int32_t c) noexcept { return c >= 0x1F1E6 && c <= 0x1F1FF; }

std::size_t width_of_code_point(std::int32_t c) noexcept {
    if (c < 0) return 1;
    if (c >= 0x20 && c < 0x7F) return 1;
    const int width = utf8proc_charwidth(c);
    return width > 0 ? static_cast<std::size_t>(width) : 0;
}

// Turns the writing direction of what follows: could make a table show something else than it holds.
bool is_direction_control(std::int32_t c) noexcept {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F;
}

bool is_break_after(char c) noexcept { return c == ' ' || c == ',' || c == '/' || c == ';' || c == '>'; }

// As much of a line as leaves room for the ellipsis, and the ellipsis.
std::string marked_as_cut(std::string_view line, std::size_t width) {
    std::size_t used = 0, end = 0;
    while (end < line.size()) {
        const Cluster cluster = cluster_at(line, end);
        if (used + cluster.width + 1 > width) break;
        used += cluster.width;
        end = cluster.end;
    }
    line = line.substr(0, end);
    while (line.ends_with(' ')) line.remove_suffix(1);
    return std::string{line}.append(ellipsis);
}

}  // namespace

Cluster cluster_at(std::string_view text, std::size_t begin) noexcept {
    CodePoint last = code_point_at(text, begin);
    Cluster cluster{begin, begin + last.size, width_of_code_point(last.value)};
    // The common case: two ASCII characters in a row never join (CR LF does, and has no width anyway).
    if (last.value >= 0 && last.value < 0x80 && cluster.end < text.size() &&
        static_cast<unsigned char>(text[cluster.end]) < 0x80)
        return cluster;
    utf8proc_int32_t state = 0;
    bool is_flag = is_regional_indicator(last.value);
    while (last.value >= 0 && cluster.end < text.size()) {
        const CodePoint next = code_point_at(text, cluster.end);
        if (next.value < 0 || utf8proc_grapheme_break_stateful(last.value, next.value, &state)) break;
        if (next.value == variation_selector_16 && cluster.width == 1)
            cluster.width = 2;
        else if (is_flag && is_regional_indicator(next.value))
            cluster.width = 2;
        else
            cluster.width = std::max(cluster.width, width_of_code_point(next.value));
        cluster.end += next.size;
        last = next;
    }
    return cluster;
}

std::size_t next_boundary(std::string_view text, std::size_t position) noexcept {
    return position >= text.size() ? text.size() : cluster_at(text, position).end;
}

std::size_t previous_boundary(std::string_view text, std::size_t position) noexcept {
    if (position == 0) return 0;
    position = std::min(position, text.size());
    // Clusters are found forwards only; a line's begin is a sure boundary to start from.
    const std::size_t newline = position >= 2 ? text.rfind('\n', position - 2) : std::string_view::npos;
    std::size_t boundary = newline == std::string_view::npos ? 0 : newline + 1;
    for (std::size_t next = boundary; next < position; next = next_boundary(text, next)) boundary = next;
    return boundary;
}

std::size_t width_of(std::string_view text) noexcept {
    if (is_plain_ascii(text)) return text.size();
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Cluster cluster = cluster_at(text, at);
        width += cluster.width;
        at = cluster.end;
    }
    return width;
}

std::string printable(std::string_view text, Newlines newlines) {
    if (is_plain_ascii(text)) return std::string{text};
    std::string result;
    result.reserve(text.size() + 8);
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = code_point_at(text, at);
        if (c.value < 0)
            result += "\xEF\xBF\xBD";
        else if (c.value == '\n')
            result += newlines == Newlines::keep ? "\n" : "\\n";
        else if (c.value == '\t')
            result += "\\t";
        else if (c.value == '\r')
            result += "\\r";
        else if (c.value < 0x20 || (c.value >= 0x7F && c.value < 0xA0) || is_direction_control(c.value))
            result += fmt::format("\\u{:04x}", static_cast<unsigned>(c.value));
        else
            result += text.substr(at, c.size);
        at += c.size;
    }
    return result;
}

std::string cut(std::string_view text, std::size_t width) {
    if (width == 0) return {};
    std::size_t used = 0, fits = 0;  // fits: bytes that leave a column for the ellipsis
    for (std::size_t at = 0; at < text.size();) {
        const Cluster cluster = cluster_at(text, at);
        if (used + cluster.width > width) return std::string{text.substr(0, fits)}.append(ellipsis);
        used += cluster.width;
        at = cluster.end;
        if (used < width) fits = at;
    }
    return std::string{text};
}

std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t lines_max) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (true) {
        std::size_t at = begin, used = 0, good_break = begin;
        std::size_t good_used = 0;
        while (at < text.size() && text[at] != '\n') {
            const Cluster cluster = cluster_at(text, at);
            if (used + cluster.width > width && at > begin) break;
            used += cluster.width;
            at = cluster.end;
            if (is_break_after(text[at - 1])) {
                good_break = at;
                good_used = used;
            }
        }
        const bool is_whole = at >= text.size() || text[at] == '\n';
        // A space that would begin the next line stands at the end of this one, unseen.
        if (!is_whole && text[at] == ' ')
            good_break = at;
        else if (!is_whole && good_used * 2 < width)
            good_break = at;
        const std::size_t end = is_whole ? at : good_break;
        const bool is_last_allowed = lines_max != 0 && lines.size() + 1 == lines_max;
        if (is_last_allowed && end < text.size()) {
            lines.push_back(marked_as_cut(text.substr(begin, at - begin), width));
            return lines;
        }
        std::string_view line = text.substr(begin, end - begin);
        while (!is_whole && line.ends_with(' ')) line.remove_suffix(1);
        lines.emplace_back(line);
        if (end >= text.size()) return lines;
        begin = end;
        if (is_whole) {
            ++begin;  // the newline
        } else {
            while (begin < text.size() && text[begin] == ' ') ++begin;
            if (begin >= text.size()) return lines;
        }
    }
}

std::string pad_right(std::string_view text, std::size_t width) {
    const std::size_t used = width_of(text);
    std::string result{text};
    if (used < width) result.append(width - used, ' ');
    return result;
}

std::string pad_left(std::string_view text, std::size_t width) {
    const std::size_t used = width_of(text);
    std::string result(used < width ? width - used : 0, ' ');
    result.append(text);
    return result;
}

}  // namespace mainstay::shell
