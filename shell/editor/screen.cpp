#include "editor/screen.hpp"

#include "text/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace mainstay::shell {
namespace {

constexpr std::size_t tab_width = 4;

// What a cluster looks like on screen: tabs as spaces, other controls as ^X.
struct Shape {
    std::string text;
    std::size_t width;
};

Shape shape_of(std::string_view text, const Cluster& cluster, std::size_t column) {
    const auto first = static_cast<unsigned char>(text[cluster.begin]);
    if (first == '\t') {
        const std::size_t width = tab_width - column % tab_width;
        return {std::string(width, ' '), width};
    }
    if (first < 0x20) return {{'^', static_cast<char>(first + '@')}, 2};
    return {std::string{text.substr(cluster.begin, cluster.end - cluster.begin)}, cluster.width};
}

}  // namespace

Layout lay_out(const Frame& frame, std::size_t columns, const Palette& palette) {
    Layout layout;
    columns = std::max<std::size_t>(columns, 2);
    std::string row = palette.paint(Ink::strong, cut(frame.prompt, columns));
    std::size_t column = std::min(width_of(frame.prompt), columns);
    Ink ink = Ink::plain;
    auto span = frame.inks.begin();

    const auto end_row = [&](std::string_view begin_next, std::size_t begin_width) {
        row += palette.end(ink);
        layout.rows.push_back(std::move(row));
        row = begin_next;
        column = begin_width;
        row += palette.begin(ink);
    };
    if (column == columns) end_row("", 0);

    for (std::size_t at = 0; at <= frame.text.size();) {
        if (at == frame.cursor) {
            layout.cursor_row = layout.rows.size();
            layout.cursor_column = column;
        }
        if (at == frame.text.size()) break;
        while (span != frame.inks.end() && span->end <= at) ++span;
        const Ink wanted = span != frame.inks.end() && span->begin <= at ? span->ink : Ink::plain;
        if (wanted != ink) {
            row += palette.end(ink);
            row += palette.begin(wanted);
            ink = wanted;
        }
        if (frame.text[at] == '\n') {
            const std::string head = cut(frame.continuation, columns - 1);
            end_row(palette.paint(Ink::faint, head), width_of(head));
            ++at;
            continue;
        }
        const Cluster cluster = cluster_at(frame.text, at);
        Shape shape = shape_of(frame.text, cluster, column);
        if (column + shape.width > columns) {
            end_row("", 0);
            if (at == frame.cursor) {
                layout.cursor_row = layout.rows.size();
                layout.cursor_column = 0;
            }
        }
        row += shape.text;
        column += shape.width;
        at = cluster.end;
        // A full row is ended at once: terminals differ in where the cursor stands after writing the last column.
        if (column >= columns) end_row("", 0);
    }
    row += palette.end(ink);
    layout.rows.push_back(std::move(row));
    return layout;
}

void Screen::draw(const Frame& frame) {
    const TerminalSize size = terminal_.size();
    Layout layout = lay_out(frame, size.columns, palette_);
    const std::size_t rows_max = std::max<std::size_t>(size.rows, 1);
    std::vector<std::string> below = frame.below;
    // Half of the terminal stays for the text.
    if (below.size() > rows_max / 2) below.resize(rows_max / 2);
    const std::size_t text_rows = std::max<std::size_t>(rows_max - below.size(), 1);
    if (layout.rows.size() > text_rows) {
        std::size_t first = layout.cursor_row >= text_rows ? layout.cursor_row - text_rows + 1 : 0;
        first = std::min(first, layout.rows.size() - text_rows);
        const auto begin = layout.rows.begin() + static_cast<std::ptrdiff_t>(first);
        layout.rows = std::vector<std::string>(begin, begin + static_cast<std::ptrdiff_t>(text_rows));
        layout.cursor_row -= first;
    }
    layout.rows.insert(layout.rows.end(), std::make_move_iterator(below.begin()), std::make_move_iterator(below.end()));

    std::string out = "\x1b[?25l";  // no flicker: the cursor is hidden and all comes in one write
    if (is_drawn_ && cursor_row_ > 0) out += fmt::format("\x1b[{}A", cursor_row_);
    out += "\r\x1b[J";
    for (std::size_t i = 0; i < layout.rows.size(); ++i) {
        if (i) out += "\r\n";
        out += layout.rows[i];
    }
    const std::size_t up = layout.rows.size() - 1 - layout.cursor_row;
    if (up > 0) out += fmt::format("\x1b[{}A", up);
    out += '\r';
    if (layout.cursor_column > 0) out += fmt::format("\x1b[{}C", layout.cursor_column);
    out += "\x1b[?25h";
    terminal_.write(out);
    cursor_row_ = layout.cursor_row;
    is_drawn_ = true;
    last_ = frame;
}

void Screen::reflow() {
    if (!is_drawn_) return;
    cursor_row_ = lay_out(last_, terminal_.size().columns, palette_).cursor_row;
    cursor_row_ = std::min(cursor_row_, std::max<std::size_t>(terminal_.size().rows, 1) - 1);
}

void Screen::finish(const Frame& frame) {
    Frame bare = frame;
    bare.below.clear();
    bare.cursor = bare.text.size();
    draw(bare);
    terminal_.write("\r\n");
    is_drawn_ = false;
    cursor_row_ = 0;
}

void Screen::clear() {
    terminal_.write("\x1b[H\x1b[2J");
    is_drawn_ = false;
    cursor_row_ = 0;
}

}  // namespace mainstay::shell
