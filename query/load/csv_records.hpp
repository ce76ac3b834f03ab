#pragma once

#include "load/load_folders.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay {

// The records of a CSV file, one after another: RFC 4180 (quoted cells may hold delimiters, line ends and doubled
// quotes), lines ending in LF, CRLF or CR, UTF-8 with or without a mark. Blank lines are no records. A first line
// `sep=;` names the delimiter if none is given. Memory for one record and a buffer, whatever the file's size. One
// thread.
class CsvRecords {
public:
    static constexpr std::size_t record_bytes_max = std::size_t{16} << 20;

    struct Cell {
        std::string text;
        bool is_quoted = false;
    };

    // `delimiter`: nullopt for a comma. `name`: of the file, for messages.
    // Throws Error(Code::input_unreadable) for what is no text in UTF-8 by its first bytes.
    CsvRecords(OpenFile file, std::string name, std::optional<char> delimiter);

    // The next record, until then cells() and line() are of the one before; false: there is none. Throws Error with the
    // line in its message: input_invalid for a stray quote, one that is never closed, a record that is too long, cells
    // that are no UTF-8; input_unreadable.
    bool next();
    std::size_t size() const noexcept { return count_; }
    const Cell& cell(std::size_t i) const { return cells_[i]; }  // requires i < size()
    std::uint64_t line() const noexcept { return line_; }        // where the record begins, from 1
    char delimiter() const noexcept { return delimiter_; }
    const std::string& path() const noexcept { return file_.path(); }
    [[noreturn]] void refuse(std::uint64_t line, const std::string& why) const;

private:
    static constexpr int end = -1;
    int peek() { return at_ < filled_ || fill() ? static_cast<unsigned char>(buffer_[at_]) : end; }
    bool fill();
    std::string_view take_line_end();  // requires one; what it was
    bool skip_blank_lines();
    void read_start(bool is_delimiter_given);
    void read_record();
    void read_quoted(Cell& cell);
    void read_plain(Cell& cell);
    void require_room(std::size_t more);
    void require_text() const;

    OpenFile file_;
    std::string name_;
    char delimiter_;
    std::string buffer_;
    std::size_t at_ = 0, filled_ = 0;
    std::uint64_t here_ = 1;  // the line of `at_`
    std::uint64_t line_ = 0;
    std::vector<Cell> cells_;
    std::size_t count_ = 0, bytes_ = 0;  // of the record
};

}  // namespace mainstay
