#pragma once

#include "editor/terminal.hpp"

#include <memory>

namespace mainstay::shell {

// The terminal on two descriptors, borrowed. At most one in a process at a time, since it owns the process's handlers
// of SIGWINCH, SIGTERM and SIGHUP while it lives; the last two put the terminal back before the process ends.
class PosixTerminal final : public Terminal {
public:
    PosixTerminal(int input, int output);
    ~PosixTerminal() override;
    void enter_raw() override;
    void leave_raw() override;
    TerminalInput read(std::optional<std::chrono::milliseconds> timeout) override;
    void write(std::string_view text) override;
    TerminalSize size() const override;
    void suspend() override;

private:
    struct Saved;
    int input_;
    int output_;
    bool is_raw_ = false;
    std::unique_ptr<Saved> saved_;
};

// Columns and rows of the terminal behind `descriptor`, else of $COLUMNS and $LINES, else 80 by 24.
TerminalSize terminal_size(int descriptor) noexcept;

}  // namespace mainstay::shell
