#pragma once

#include "mapping.hpp"
#include "observations.hpp"
#include "readers/row.hpp"

#include <memory>

namespace mainstay::connect {

// Turns the rows of one file into observations, as its mapping says. What is wrong with a row is reported with its
// line; a node or relationship that is wrong is not taken, the others of its row are. Borrows all its arguments. One
// thread.
class RowMapper {
public:
    // `file`: of Observations::files().
    RowMapper(const FileMapping& mapping, Observations& observations, std::uint32_t file);
    ~RowMapper();

    // For formats with a header: reports every column that the mapping names and the file has not, with a suggestion.
    void check_columns(const Columns& columns);

    // A relationship keeps its ends as look-ups until all files are read, so files may come in any order.
    void map(const Columns& columns, const Row& row);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mainstay::connect
