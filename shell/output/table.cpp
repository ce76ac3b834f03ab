#include "output/cell.hpp"
#include "output/columns.hpp"
#include "output/writer.hpp"
#include "text/colour.hpp"
#include "text/width.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mainstay::shell {
namespace {

constexpr std::size_t readable_width = 8;  // of a text column: below this we rather write rows below each other
constexpr std::size_t single_row_lines_max = 200;

struct Cell {
    std::string text;
    bool is_number = false;
    bool is_null = false;
};
using Row = std::vector<Cell>;

std::string repeat(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
}

std::size_t widest_line(std::string_view text) {
    std::size_t width = 0;
    while (true) {
        const std::size_t newline = text.find('\n');
        width = std::max(width, width_of(text.substr(0, newline)));
        if (newline == std::string_view::npos) return width;
        text.remove_prefix(newline + 1);
    }
}

class TableWriter final : public ResultWriter {
public:
    TableWriter(Output& output, const TableStyle& style)
        : output_(output), style_(style), palette_(style.colours), captions_() {}

    void begin(const std::vector<std::string>& columns) override {
        titles_.clear();
        for (const std::string& column : columns) titles_.push_back(printable(column, Newlines::escape));
        ahead_.clear();
        ahead_bytes_ = 0;
        layout_ = Layout::undecided;
        record_count_ = 0;
        is_numeric_.assign(titles_.size(), true);
    }

    void row(const std::vector<Value>& values) override {
        Row row;
        row.reserve(values.size());
        for (const Value& value : values) {
            row.push_back({cell_text(value, captions_), value.is_number(), value.is_null()});
            ahead_bytes_ += row.back().text.size();
        }
        if (layout_ != Layout::undecided) {
            write_row(row);
            return;
        }
        ahead_.push_back(std::move(row));
        if (ahead_.size() >= style_.lookahead_rows || ahead_bytes_ >= style_.lookahead_bytes) decide();
    }

    bool end(std::span<const Notice>) override {
        if (titles_.empty()) return false;
        if (layout_ == Layout::undecided) decide();
        if (layout_ == Layout::table) output_.write(rule("└", "┴", "┘"));
        return false;
    }

private:
    enum class Layout { undecided, table, records };

    // Writes what was kept back, and the head before it.
    void decide() {
        std::vector<ColumnNeed> needs;
        for (std::size_t i = 0; i < titles_.size(); ++i) {
            std::size_t widest = 0;
            bool any_number = false;
            for (const Row& row : ahead_) {
                widest = std::max(widest, widest_line(row[i].text));
                any_number = any_number || row[i].is_number;
                if (!row[i].is_number && !row[i].is_null) is_numeric_[i] = false;
            }
            is_numeric_[i] = is_numeric_[i] && any_number;
            const std::size_t title = width_of(titles_[i]);
            ColumnNeed need{std::max({widest, title, std::size_t{1}}), 0};
            need.smallest = is_numeric_[i] ? std::max(widest, std::size_t{1}) : std::min(need.natural, readable_width);
            needs.push_back(need);
        }
        lines_max_ = ahead_.size() == 1 ? single_row_lines_max : style_.cell_lines_max;
        if (auto widths = share_width(needs, style_.width)) {
            widths_ = std::move(*widths);
            layout_ = Layout::table;
            output_.write(rule("┌", "┬", "┐"));
            write_titles();
            output_.write(rule("├", "┼", "┤"));
        } else {
            layout_ = Layout::records;
        }
        for (const Row& row : ahead_) write_row(row);
        ahead_.clear();
        ahead_.shrink_to_fit();
        lines_max_ = style_.cell_lines_max;
    }

    std::string rule(std::string_view left, std::string_view middle, std::string_view right) const {
        std::string line;
        for (std::size_t i = 0; i < widths_.size(); ++i)
            line.append(i == 0 ? left : middle).append(repeat("─", widths_[i] + 2));
        return palette_.paint(Ink::faint, line.append(right)) + "\n";
    }

    void write_titles() {
        const std::string bar = palette_.paint(Ink::faint, "│");
        std::string line;
        for (std::size_t i = 0; i < titles_.size(); ++i) {
            const std::string title = cut(titles_[i], widths_[i]);
            line += bar + " " +
                    palette_.paint(Ink::strong,
                                   is_numeric_[i] ? pad_left(title, widths_[i]) : pad_right(title, widths_[i])) +
                    " ";
        }
        output_.write(line + bar + "\n");
    }

    std::string styled(const Cell& cell, std::string text) const {
        return cell.is_null ? palette_.paint(Ink::faint, text) : text;
    }

    void write_row(const Row& row) {
        if (layout_ == Layout::records)
            write_record(row);
        else
            write_boxed(row);
    }

    void write_boxed(const Row& row) {
        std::vector<std::vector<std::string>> cells;
        std::size_t height = 1;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (style_.width == 0)
                cells.push_back(wrap(row[i].text, std::max(widths_[i], widest_line(row[i].text) + 1), 0));
            else if (row[i].is_number)
                cells.push_back({cut(row[i].text, widths_[i])});
            else
                cells.push_back(wrap(row[i].text, widths_[i], lines_max_));
            height = std::max(height, cells.back().size());
        }
        const std::string bar = palette_.paint(Ink::faint, "│");
        std::string text;
        for (std::size_t line = 0; line < height; ++line) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                const std::string_view part =
                    line < cells[i].size() ? std::string_view{cells[i][line]} : std::string_view{};
                text += bar + " " +
                        styled(row[i], row[i].is_number || (is_numeric_[i] && row[i].is_null)
                                           ? pad_left(part, widths_[i])
                                           : pad_right(part, widths_[i])) +
                        " ";
            }
            text += bar + "\n";
        }
        output_.write(text);
    }

    // ── 3 ─────────
    // name │ db01
    void write_record(const Row& row) {
        std::size_t title_width = 0;
        for (const std::string& title : titles_) title_width = std::max(title_width, width_of(title));
        title_width = std::min(title_width, std::max<std::size_t>(style_.width / 3, readable_width));
        const std::size_t room = std::max(style_.width, title_width + 3 + readable_width) - title_width - 3;
        const std::string head = fmt::format("── {} ", ++record_count_);
        const std::size_t head_width = width_of(head);
        std::string text =
            palette_.paint(Ink::faint, head + repeat("─", style_.width > head_width ? style_.width - head_width : 1)) +
            "\n";
        const std::string bar = palette_.paint(Ink::faint, "│");
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto lines = wrap(row[i].text, room, lines_max_);
            for (std::size_t line = 0; line < lines.size(); ++line) {
                const std::string title = line == 0 ? cut(titles_[i], title_width) : std::string{};
                text += palette_.paint(Ink::strong, pad_right(title, title_width)) + " " + bar + " " +
                        styled(row[i], lines[line]) + "\n";
            }
        }
        output_.write(text);
    }

    Output& output_;
    TableStyle style_;
    Palette palette_;
    Captions captions_;
    std::vector<std::string> titles_;
    std::vector<bool> is_numeric_;
    std::vector<Row> ahead_;
    std::size_t ahead_bytes_ = 0;
    std::vector<std::size_t> widths_;
    Layout layout_ = Layout::undecided;
    std::size_t lines_max_ = 0;
    std::uint64_t record_count_ = 0;
};

}  // namespace

std::unique_ptr<ResultWriter> table_writer(Output& output, const TableStyle& style) {
    return std::make_unique<TableWriter>(output, style);
}

}  // namespace mainstay::shell
