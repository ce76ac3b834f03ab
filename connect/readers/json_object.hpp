#pragma once

#include "problems.hpp"
#include "readers/row.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::connect {

// Turns JSON objects into cells, adding columns as they come. Members of nested objects have dotted names, lists of
// plain values stay lists, null and "" are empty cells. Bad cells: an integer that 64 bits do not hold, a member that
// occurs twice. Borrows the columns. One thread.
class JsonObjectReader {
public:
    explicit JsonObjectReader(Columns& columns) : columns_(columns) {}

    // Empties `row`, whose line and object stay.
    void begin(Row& row);

    enum class Take : std::uint8_t {
        everything,
        plain,  // no lists: what stands around an array is wanted, not the array
    };
    // Adds the members of the object that `text` holds to `row`, their names behind `prefix`. False if it is no
    // object: reported at the row's line plus the line inside the text.
    [[nodiscard]] bool add(std::string_view text, const std::string& prefix, Take take, Row& row, ProblemLog& problems);

    // A cell that no member says; a bad one if a member of that name does.
    void set(const std::string& column, Value value, Row& row);

private:
    friend class ObjectEvents;
    // The column's number, with a cell in the row. False if this row has one already: it is bad then.
    [[nodiscard]] bool claim(const std::string& column, Row& row, std::size_t& index);

    Columns& columns_;
    std::vector<std::uint64_t> claimed_;  // by column: the last row that had it
    std::uint64_t rows_ = 0;
};

}  // namespace mainstay::connect
