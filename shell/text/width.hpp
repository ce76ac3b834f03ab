#pragma once

// How wide text is on a terminal, and how to cut and wrap it. Units: bytes for positions, columns (terminal cells) for
// widths. Text is UTF-8; bytes that are not are treated as one column each. Rules of UAX #29 for grapheme clusters and
// of UAX #11 for widths, as utf8proc has them; a cluster is as wide as its widest code point, so that a base letter
// with combining marks is 1, a Han character 2, an emoji sequence joined by ZWJ 2, a flag 2.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

// One user-perceived character.
struct Cluster {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t width = 0;
};

// The cluster that begins at `begin`. Requires begin < text.size() and that a cluster begins there.
Cluster cluster_at(std::string_view text, std::size_t begin) noexcept;
// The cluster boundary after, before `position`; text.size() and 0 at the ends.
std::size_t next_boundary(std::string_view text, std::size_t position) noexcept;
std::size_t previous_boundary(std::string_view text, std::size_t position) noexcept;

std::size_t width_of(std::string_view text) noexcept;

// Safe to send to a terminal, whoever wrote it: control characters (also C1 and those that turn the writing direction)
// as \n, \t, \u001b, ...; bytes that are not UTF-8 as U+FFFD. `keep_newlines`: '\n' stays.
enum class Newlines { escape, keep };
std::string printable(std::string_view text, Newlines newlines);

// `text` if it fits into `width` columns, else as much of it as fits with `…` at the end. Width 0 gives "".
std::string cut(std::string_view text, std::size_t width);

// Lines of at most `width` columns, broken at newlines, then after spaces, commas and slashes where that leaves at
// least half a line, else between clusters. At most `lines_max` lines (0: no limit); what is left out is marked by `…`.
// Never empty. Requires width >= 1; a cluster wider than that takes a line of its own.
std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t lines_max);

// `text` and spaces up to `width` columns, on its right or left.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

}  // namespace mainstay::shell
