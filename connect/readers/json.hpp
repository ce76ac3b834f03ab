#pragma once

#include "problems.hpp"
#include "readers/json_object.hpp"
#include "readers/json_path.hpp"
#include "readers/row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay::connect {

// The objects of an array inside a JSON document, or the members of an object that are objects, each a row. Members are
// columns; those of nested objects have dotted names ("address.city"); lists of plain values stay lists; null and ""
// are empty cells. Lists of objects and of lists are no property: the row says which columns hold such.
//
// Objects are parsed one by one, so one that is malformed inside its brackets is reported with its line and loses no
// other; where the brackets themselves do not match, reading stops and the report says from which line on.
class JsonReader final : public RowReader {
public:
    enum class Outer : std::uint8_t { left_out, taken };
    // `path`: see parse_json_path. `outer`: whether the plain members of the objects that the path goes through are
    // columns too ("^name", "^^name"). Throws Error(input_invalid) if the path is
    // wrong or leads to no array or object.
    JsonReader(std::string text, std::string_view path, ProblemLog problems, Outer outer = Outer::left_out);

    const Columns& columns() const override { return columns_; }
    bool has_header() const override { return false; }
    bool next(Row& row) override;
    std::uint64_t rows_read() const override { return rows_read_; }

private:
    // A value's place in the text.
    struct Item {
        std::size_t begin = 0, end = 0;
        std::uint64_t line = 1;
    };
    // An array or object whose items are gone through, one inside an item of another.
    struct Frame {
        std::size_t step = 0;  // index into steps_
        std::size_t at = 0;
        std::uint64_t line = 1;
        char closing = ']';
        std::string member;  // the name of the item, as written, of an object
        Row outer;           // plain members of the objects on the way here, if they are wanted
    };

    void open(std::size_t step, std::size_t at, std::uint64_t line);
    std::optional<Item> next_item();
    bool read(const Item& item, Row& row);
    void add_outer(std::size_t at, std::uint64_t line, std::size_t step, Row& outer);
    void check_end(std::size_t at, std::uint64_t line);

    std::string text_;
    std::vector<JsonStep> steps_;
    std::vector<Frame> frames_;
    std::size_t levels_ = 0;  // objects that the outermost array lies in
    bool is_single_ = false;  // the root is one object
    Outer outer_;
    Columns columns_;
    JsonObjectReader objects_{columns_}, outer_objects_{columns_};
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
    JsonObjectReader objects_{columns_};
    std::uint64_t rows_read_ = 0;
    ProblemLog problems_;
};

}  // namespace mainstay::connect
