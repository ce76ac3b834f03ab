#pragma once

#include "editor/line_editor.hpp"

#include <functional>
#include <istream>
#include <optional>
#include <string>

namespace mainstay::shell {

// Where the shell's statements come from.
class StatementReader {
public:
    virtual ~StatementReader() = default;
    // The next text to run: one or more statements, or a line that begins with a dot; "" to go on; nullopt at the end.
    virtual std::optional<std::string> next(const std::string& prompt) = 0;
};

// Whether the text is a command of the shell and no statement: `.help`, with blanks before it; not `.5`.
bool is_dot_command(std::string_view text);

// Whether Enter at `cursor` ends `text`: it is blank, a command of the shell, ends with `;`, or its last line is blank
// and all before it is closed.
bool submits(std::string_view text, std::size_t cursor);

class EditedReader final : public StatementReader {
public:
    explicit EditedReader(LineEditor& editor) : editor_(editor) {}  // borrowed
    std::optional<std::string> next(const std::string& prompt) override;

private:
    LineEditor& editor_;
};

// Plain lines. With `ask`, which is called with the prompt before each line, for a terminal that cannot be edited on: a
// statement ends as with Enter. Without, for scripts: it ends with `;` alone. What is left at the end of the input is
// one too.
class PlainReader final : public StatementReader {
public:
    PlainReader(std::istream& in, std::function<void(const std::string&)> ask) : in_(in), ask_(std::move(ask)) {}
    std::optional<std::string> next(const std::string& prompt) override;

private:
    std::istream& in_;
    std::function<void(const std::string&)> ask_;
};

}  // namespace mainstay::shell
