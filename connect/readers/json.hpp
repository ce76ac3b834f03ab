#pragma once

#include "problems.hpp"
#include "readers/row.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay::connect {

// The objects of an array inside a JSON document, each a row. Members are columns; those of nested objects have dotted
// names
// ("address.city"); lists of plain values stay lists; null and "" are empty cells. Lists of objects and of lists are no
// property: the row says which columns hold such.
//
// Objects are parsed one by one, so one that is malformed inside its brackets is reported with its line and loses no
// other; where the brackets themselves do not match, reading stops and the report says from which line on.
class JsonReader final : public RowReader {
public:
    // `path`: members to descend from the document's root to the array, dotted ("data.nodes"); empty: the root is the
    // array, or one object, which is then the only row. Throws Error(input_invalid) if there is no array at the path.
    JsonReader(std::string text, std::string_view path, ProblemLog problems);

    const Columns& columns() const override { return columns_; }
    bool has_header() const override { return false; }
    bool next(Row& row) override;
    std::uint64_t rows_read() const override { return rows_read_; }

private:
    void check_end(std::size_t at, std::uint64_t line);

    std::string text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
    std::size_t levels_ = 0;  // objects that the array lies in
    bool is_done_ = false;
    bool is_single_ = false;  // the root is one object
    Columns columns_;
    std::uint64_t rows_read_ = 0;
    ProblemLog problems_;
};

// JSON Lines: every line that is not blank holds one object, a row as above. A line that does not parse is reported.
class JsonLinesReader final : public RowReader {
public:
    JsonLinesReader(std::string text, ProblemLog problems);

    const Columns& columns() const override { return columns_; }
    bool has_header() const override { return false; }
    bool next(Row& row) override;
    std::uint64_t rows_read() const override { return rows_read_; }

private:
    std::string text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 0;
    Columns columns_;
    std::uint64_t rows_read_ = 0;
    ProblemLog problems_;
};

}  // namespace mainstay::connect
