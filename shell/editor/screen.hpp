#pragma once

// Draws what is being edited: prompt, text with colours and soft line breaks, cursor, and lines below.

#include "editor/terminal.hpp"
#include "language/highlight.hpp"
#include "text/colour.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace mainstay::shell {

struct Frame {
    std::string prompt;        // before the first line
    std::string continuation;  // before each further line of the text
    std::string text;
    std::size_t cursor = 0;  // byte in text
    std::vector<InkSpan> inks;
    std::vector<std::string> below;  // already coloured and no wider than the terminal
};

// A frame broken into rows of the terminal. Rows and columns from 0.
struct Layout {
    std::vector<std::string> rows;  // with escape sequences; none is wider than the terminal
    std::size_t cursor_row = 0;
    std::size_t cursor_column = 0;
};
Layout lay_out(const Frame& frame, std::size_t columns, const Palette& palette);

// The rows of the terminal from the prompt on are the Screen's. Each draw replaces the one before it. If there are more
// rows than the terminal has, those around the cursor are shown.
class Screen {
public:
    Screen(Terminal& terminal, Palette palette) : terminal_(terminal), palette_(palette) {}
    void draw(const Frame& frame);
    // After a change of the terminal's width: where the cursor now is, as far as one can know.
    void reflow();
    // Draws the frame without what is below and puts the cursor on a new line under it; the next draw begins there.
    void finish(const Frame& frame);
    void clear();  // the whole terminal
    const Palette& palette() const noexcept { return palette_; }

private:
    Terminal& terminal_;
    Palette palette_;
    Frame last_;
    std::size_t cursor_row_ = 0;  // rows between the first row drawn and the cursor
    bool is_drawn_ = false;
};

}  // namespace mainstay::shell
