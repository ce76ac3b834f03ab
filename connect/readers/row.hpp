#pragma once

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mainstay::connect {

// The columns of a file, by number. Only grows while a file is read: JSON objects bring columns as they come.
class Columns {
public:
    std::size_t size() const noexcept { return names_.size(); }
    const std::vector<std::string>& names() const noexcept { return names_; }
    std::optional<std::size_t> find(std::string_view name) const {
        const auto found = index_.find(std::string{name});
        return found == index_.end() ? std::nullopt : std::optional{found->second};
    }
    std::size_t find_or_add(std::string_view name) {
        const auto [at, is_new] = index_.try_emplace(std::string{name}, names_.size());
        if (is_new) names_.emplace_back(name);
        return at->second;
    }

private:
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::size_t> index_;
};

// A cell that could not be read; its place in the row is empty.
struct BadCell {
    std::size_t column = 0;
    std::string why;  // "is not UTF-8"
};

// One row: cells[i] belongs to column i; null, or past the end, is an empty cell. Text formats give strings, JSON its
// own types.
struct Row {
    std::uint64_t line = 0;  // where it begins, from 1
    std::uint64_t object =
        0;  // which object of the file it is, from 1, where a line may hold several; 0: a line's only
    std::vector<Value> cells;
    std::vector<BadCell> bad;        // costs what is made of them, if anything is
    std::vector<std::size_t> unfit;  // columns that hold here what no property can: lists of objects or of lists

    void clear() {
        cells.clear();
        bad.clear();
        unfit.clear();
    }
    const BadCell* find_bad(std::size_t column) const {
        for (const BadCell& each : bad)
            if (each.column == column) return &each;
        return nullptr;
    }
    const Value& cell(std::size_t column) const {
        static const Value empty;
        return column < cells.size() ? cells[column] : empty;
    }
};

// Gives a file's rows one after another. What is wrong with a row goes to the reader's ProblemLog, and the next row
// comes.
class RowReader {
public:
    virtual ~RowReader() = default;
    virtual const Columns& columns() const = 0;
    // True for formats whose columns are known before the first row.
    virtual bool has_header() const = 0;
    // The next good row, false after the last. `row` keeps its memory from call to call.
    [[nodiscard]] virtual bool next(Row& row) = 0;
    // Rows seen so far, bad ones included.
    virtual std::uint64_t rows_read() const = 0;
};

}  // namespace mainstay::connect
