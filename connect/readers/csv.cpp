#include "readers/csv.hpp"

#include "text_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mainstay::connect {
namespace {

enum class RecordEnd : std::uint8_t { complete, text_after_quote, open_quote };

struct Record {
    RecordEnd end = RecordEnd::complete;
    std::size_t count = 0;        // cells
    std::uint64_t last_line = 0;  // the one it ends on
};

// A place in the text: the byte and its line.
struct Cursor {
    std::size_t at = 0;
    std::uint64_t line = 1;
};

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

void skip_line_end(std::string_view text, Cursor& cursor) {
    if (cursor.at >= text.size() || !is_line_end(text[cursor.at])) return;
    cursor.at += text[cursor.at] == '\r' && cursor.at + 1 < text.size() && text[cursor.at + 1] == '\n' ? 2 : 1;
    ++cursor.line;
}

void skip_line(std::string_view text, Cursor& cursor) {
    while (cursor.at < text.size() && !is_line_end(text[cursor.at])) ++cursor.at;
    skip_line_end(text, cursor);
}

// Reads a quoted cell, the cursor on its opening quote; false if it is never closed.
bool read_quoted(std::string_view text, Cursor& cursor, std::string& cell) {
    ++cursor.at;
    while (cursor.at < text.size()) {
        const char c = text[cursor.at];
        if (c == '"') {
            ++cursor.at;
            if (cursor.at >= text.size() || text[cursor.at] != '"') return true;
            cell += '"';
            ++cursor.at;
        } else if (is_line_end(c)) {
            const std::size_t begin = cursor.at;
            skip_line_end(text, cursor);
            cell.append(text.substr(begin, cursor.at - begin));
        } else {
            cell += c;
            ++cursor.at;
        }
    }
    return false;
}

// Reads one record into the first `count` of `cells` and moves the cursor behind it. Requires a cursor not at the end.
Record read_record(std::string_view text, char delimiter, Cursor& cursor, std::vector<std::string>& cells) {
    Record record;
    const Cursor start = cursor;
    for (;;) {
        if (record.count == cells.size()) cells.emplace_back();
        std::string& cell = cells[record.count++];
        cell.clear();
        if (cursor.at < text.size() && text[cursor.at] == '"') {
            if (!read_quoted(text, cursor, cell)) {
                // The quote swallowed the rest of the file: give up this line only.
                cursor = start;
                record.last_line = cursor.line;
                skip_line(text, cursor);
                record.end = RecordEnd::open_quote;
                return record;
            }
            while (cursor.at < text.size() && text[cursor.at] == ' ' && delimiter != ' ') ++cursor.at;
            if (cursor.at < text.size() && text[cursor.at] != delimiter && !is_line_end(text[cursor.at])) {
                record.last_line = cursor.line;
                skip_line(text, cursor);
                record.end = RecordEnd::text_after_quote;
                return record;
            }
        } else {
            std::size_t end = cursor.at;
            while (end < text.size() && text[end] != delimiter && !is_line_end(text[end])) ++end;
            cell.assign(text.substr(cursor.at, end - cursor.at));
            cursor.at = end;
        }
        if (cursor.at >= text.size() || text[cursor.at] != delimiter) {
            skip_line_end(text, cursor);
            return record;
        }
        ++cursor.at;
    }
}

// Blank lines are no rows. True if there is a record left.
bool skip_blank_lines(std::string_view text, Cursor& cursor) {
    while (cursor.at < text.size()) {
        Cursor ahead = cursor;
        while (ahead.at < text.size() && text[ahead.at] == ' ') ++ahead.at;
        if (ahead.at < text.size() && !is_line_end(text[ahead.at])) return true;
        skip_line_end(text, ahead);
        cursor = ahead;
    }
    return false;
}

// "" if the text may be stored.
std::string objection_to(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return "holds a zero byte: the file is damaged, or is no text in this encoding";
    const std::string_view why = not_utf8(text);
    if (why != "is not UTF-8") return std::string{why};
    return "is not UTF-8. Say \"encoding\": \"latin-1\" in the mapping if the file is in it";
}

}  // namespace

char detect_delimiter(std::string_view text) {
    constexpr std::size_t sample_records = 20;
    constexpr std::array candidates{',', ';', '\t', '|'};
    char best = ',';
    std::pair<bool, std::size_t> best_score{false, 1};
    for (const char candidate : candidates) {
        Cursor cursor;
        std::vector<std::string> cells;
        std::size_t first = 0;
        bool is_even = true;
        for (std::size_t i = 0; i < sample_records && skip_blank_lines(text, cursor); ++i) {
            const Record record = read_record(text, candidate, cursor, cells);
            if (i == 0) first = record.count;
            is_even = is_even && record.end == RecordEnd::complete && record.count == first;
        }
        const std::pair score{is_even && first > 1, first};
        if (first > 1 && score > best_score) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

CsvReader::CsvReader(std::string text, std::optional<char> delimiter, ProblemLog problems)
    : text_(std::move(text)),
      delimiter_(delimiter ? *delimiter : detect_delimiter(std::string_view{text_}.substr(0, std::size_t{1} << 18))),
      problems_(std::move(problems)) {
    read_separator_line(delimiter.has_value());
    read_header();
}

// "sep=;", as spreadsheets write and read it.
void CsvReader::read_separator_line(bool is_delimiter_given) {
    const std::string_view text = text_;
    Cursor cursor{5, 1};
    if (!text.starts_with("sep=") || text.size() < 6 || !is_line_end(text[5])) return;
    if (!is_delimiter_given) delimiter_ = text[4];
    skip_line_end(text, cursor);
    at_ = cursor.at;
    line_ = cursor.line;
}

// Whether the cells of a row belong to columns. What is empty and has none is left over from trailing delimiters.
bool CsvReader::fits(std::size_t count) const {
    if (count < needed_) return false;
    return std::all_of(cells_.begin() + static_cast<std::ptrdiff_t>(std::min(count, header_.size())),
                       cells_.begin() + static_cast<std::ptrdiff_t>(count),
                       [](const std::string& cell) { return cell.empty(); });
}

std::string CsvReader::miscounted(std::size_t count) const {
    const std::string delimiter = delimiter_ == '\t' ? "tab" : std::string(1, delimiter_);
    return fmt::format(
        "{} {} where the header has {}; row not taken. A cell that holds {} or a line end stands in quotes", count,
        count == 1 ? "cell" : "cells", header_.size(), mainstay::quoted(delimiter));
}

void CsvReader::read_header() {
    Cursor cursor{at_, line_};
    if (!skip_blank_lines(text_, cursor)) {
        problems_.add(0, "the file is empty: not even a line with column names", NotTaken::file);
        at_ = text_.size();
        return;
    }
    const std::uint64_t line = cursor.line;
    const Record record = read_record(text_, delimiter_, cursor, cells_);
    at_ = cursor.at;
    line_ = cursor.line;
    if (record.end != RecordEnd::complete)
        problems_.add(line, "the line with the column names has a stray quote", NotTaken::column);
    for (std::size_t i = 0; i < record.count; ++i) {
        const std::string_view name = trimmed(cells_[i]);
        if (name.empty()) {
            header_.push_back({std::nullopt, true});
        } else if (const std::string why = objection_to(name); !why.empty()) {
            problems_.add(line, fmt::format("column left out: the name of column {} {}", i + 1, why), NotTaken::column);
            header_.push_back({});
        } else if (columns_.find(name)) {
            problems_.add(line,
                          fmt::format("column {} has the name {} as an earlier one has; column left out", i + 1,
                                      mainstay::quoted(name)),
                          NotTaken::column);
            header_.push_back({});
        } else {
            header_.push_back({columns_.find_or_add(name)});
            needed_ = i + 1;
        }
    }
}

bool CsvReader::next(Row& row) {
    Cursor cursor{at_, line_};
    while (skip_blank_lines(text_, cursor)) {
        const std::uint64_t line = cursor.line;
        const Record record = read_record(text_, delimiter_, cursor, cells_);
        ++rows_read_;
        if (record.end == RecordEnd::open_quote) {
            problems_.add(line, "a quote is opened here and never closed; row not taken");
            continue;
        }
        if (record.end == RecordEnd::text_after_quote) {
            const std::string lost =
                record.last_line == line ? "row" : fmt::format("lines {} to {}", line, record.last_line);
            problems_.add(line, fmt::format("there is text after a closing quote (a quote inside a quoted cell is "
                                            "written twice); {} not taken",
                                            lost));
            continue;
        }
        if (!fits(record.count)) {
            problems_.add(line, miscounted(record.count));
            continue;
        }
        row.line = line;
        row.clear();
        row.cells.resize(columns_.size());
        for (std::size_t i = 0; i < std::min(record.count, header_.size()); ++i) {
            const std::string& cell = cells_[i];
            if (cell.empty()) continue;
            if (!header_[i].column) {
                if (header_[i].is_unnamed && !unnamed_reported_) {
                    problems_.add(line, fmt::format("column {} has cells but no name; column left out", i + 1),
                                  NotTaken::column);
                    unnamed_reported_ = true;
                }
            } else if (std::string why = objection_to(cell); !why.empty()) {
                row.bad.push_back({*header_[i].column, std::move(why)});
            } else {
                row.cells[*header_[i].column] = Value{cell};
            }
        }
        at_ = cursor.at;
        line_ = cursor.line;
        return true;
    }
    at_ = cursor.at;
    line_ = cursor.line;
    return false;
}

}  // namespace mainstay::connect
