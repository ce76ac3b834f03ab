#pragma once

// What a command may touch of the world around it: where results and remarks go, and what is known of the terminal.
// Tests give one that writes to strings.

#include "output/output.hpp"
#include "output/writer.hpp"
#include "text/colour.hpp"

#include "mainstay/core/error.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace mainstay::shell {

struct Console {
    Output& out;  // results
    Output& err;  // everything else
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool colours = true;                           // if it is a terminal: neither NO_COLOR nor TERM=dumb
    std::size_t width = 80;                        // of the terminal
    std::string author;                            // who writes, unless --author says
    std::function<std::string()> read_input = {};  // all of standard input
    // A line that is asked for on the terminal and not shown. Throws Error(Code::cancelled).
    std::function<std::string(const std::string& prompt)> read_hidden = {};

    Palette out_palette() const { return Palette{out_is_terminal && colours}; }
    Palette err_palette() const { return Palette{err_is_terminal && colours}; }
    TableStyle table_style() const {
        TableStyle style;
        style.width = out_is_terminal ? width : 0;
        style.colours = out_is_terminal && colours;
        return style;
    }
    // A line for people, on err. What is in `out` goes first, so that the two do not overtake each other on a terminal.
    void say(std::string_view line) const {
        out.flush();
        err.write(std::string{line} + "\n");
        err.flush();
    }
    // "note: message", a line each.
    void say(const Notice& notice) const { say(err_palette().paint(Ink::warning, "note: ") + notice.message); }
    // "error: message; hint", with place and caret if `text` is what went wrong.
    void say(const Error& error, std::string_view text = {}) const;
};

}  // namespace mainstay::shell
