#pragma once

// How results are shown: tables for people, and what programs read.

#include "output/output.hpp"

#include "mainstay/connect/writers.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

// Those behind csv draw the graph of a result, for other tools (mainstay/connect/graph_writers.hpp).
enum class Format { table, json, jsonl, csv, cytoscape, graphology, graphml, gexf, dot, mermaid };
std::string_view name_of(Format) noexcept;
std::optional<Format> parse_format(std::string_view name) noexcept;
// "table, json, …", for help and errors.
std::string_view format_names() noexcept;

struct TableStyle {
    std::size_t width = 0;  // columns of the terminal; 0: as wide as need be, nothing cut
    bool colours = false;
    std::size_t lookahead_rows = 1'000;             // rows that decide the widths of columns,
    std::size_t lookahead_bytes = 4 * 1024 * 1024;  // or so many bytes of them, whichever comes first
    std::size_t cell_lines_max = 4;                 // of a wrapped cell; a single row has 200
};

// Aligned, in Unicode boxes. Column widths come from the look-ahead; a longer cell later is cut (or sticks out if width
// is 0). If not even the narrowest columns fit, rows are written below each other, a line a column.
std::unique_ptr<ResultWriter> table_writer(Output& output, const TableStyle& style);

// JSON, JSON Lines and CSV as in mainstay/connect/writers.hpp.
std::unique_ptr<ResultWriter> make_writer(Format format, Output& output, const TableStyle& style);

}  // namespace mainstay::shell
