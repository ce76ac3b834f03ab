#pragma once

// Result writers: rows in, text out. Streaming: no writer keeps more than a bounded look-ahead.

#include "output/output.hpp"

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

enum class Format { table, json, jsonl, csv };
std::string_view name_of(Format) noexcept;
std::optional<Format> parse_format(std::string_view name) noexcept;
// "table, json, jsonl or csv", for help and errors.
std::string_view format_names() noexcept;

// begin, then row once a row, then end. Properties whose key begins with `~` belong to the system: no writer shows
// them. Values are read during the call only. Throws what Output throws; an output left without end() is visibly
// incomplete (JSON does not close).
class ResultWriter {
public:
    virtual ~ResultWriter() = default;
    virtual void begin(const std::vector<std::string>& columns) = 0;
    virtual void row(const std::vector<Value>& values) = 0;  // as many as columns
    // `notices` are part of the result in JSON; the other formats leave them to the caller (false): show them
    // elsewhere.
    virtual bool end(std::span<const Notice> notices) = 0;
};

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

// {"columns":[…],"rows":[[…],…],"notices":[{"code":…,"message":…}]} and a newline, a row a line. Nodes {"id","labels",
// "properties"}, relationships {"id","type","source","target","properties"}, paths {"nodes","relationships"}; ids are
// elementId strings, temporal values canonical strings, NaN and infinities the strings "NaN", "Infinity", "-Infinity".
std::unique_ptr<ResultWriter> json_writer(Output& output);
// One object a row, columns as keys, values as above.
std::unique_ptr<ResultWriter> jsonl_writer(Output& output);
// RFC 4180 with a header line; null is an empty field, an empty string is `""`; lists, maps and elements as JSON.
std::unique_ptr<ResultWriter> csv_writer(Output& output);

std::unique_ptr<ResultWriter> make_writer(Format format, Output& output, const TableStyle& style);

}  // namespace mainstay::shell
