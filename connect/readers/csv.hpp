#pragma once

#include "problems.hpp"
#include "readers/row.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::connect {

// CSV as found in the field: RFC 4180 (quoted cells may hold delimiters, line ends and doubled quotes), lines ending in
// LF, CRLF or CR, any one of , ; tab | as delimiter. The first line that is not blank names the columns. Blank lines
// are no rows. An empty cell is null, quoted or not.
//
// A first line `sep=;` names the delimiter, as spreadsheets write it. Cells that are empty and have no column, as
// trailing delimiters make them, are no cells; columns without a name at the end may be missing.
//
// Reported and not taken: a row with more or fewer cells than the header has, text after a closing quote (a cell over
// several lines costs them all, and the report names them), a quote that is never closed (reading goes on with the next
// line). Bad cells: bytes that are not UTF-8, zero bytes. Reported once, the column left out: a header without a name
// whose cells are not all empty, a header that occurs before.
class CsvReader final : public RowReader {
public:
    // `delimiter`: nullopt to detect it from the first lines.
    CsvReader(std::string text, std::optional<char> delimiter, ProblemLog problems);

    const Columns& columns() const override { return columns_; }
    bool has_header() const override { return true; }
    bool next(Row& row) override;
    std::uint64_t rows_read() const override { return rows_read_; }

    char delimiter() const noexcept { return delimiter_; }

private:
    void read_header();
    void read_separator_line(bool is_delimiter_given);
    std::string miscounted(std::size_t count) const;
    bool fits(std::size_t count) const;

    struct HeaderCell {
        std::optional<std::size_t> column;  // nullopt: left out
        bool is_unnamed = false;
    };

    std::string text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
    char delimiter_;
    Columns columns_;
    std::vector<HeaderCell> header_;
    std::size_t needed_ = 0;  // cells up to the last one that has a column
    std::vector<std::string> cells_;
    std::uint64_t rows_read_ = 0;
    bool unnamed_reported_ = false;
    ProblemLog problems_;
};

// The delimiter of the first lines of `text`: the one that splits them into the most cells, all into equally many if
// there is such a one; a comma if none occurs.
char detect_delimiter(std::string_view text);

}  // namespace mainstay::connect
