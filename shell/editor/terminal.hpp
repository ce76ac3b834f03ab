#pragma once

// A terminal as the line editor needs it. The real one is PosixTerminal; tests script one.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay::shell {

struct TerminalSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

struct TerminalInput {
    enum class Kind { bytes, timed_out, resized, ended };
    Kind kind = Kind::ended;
    std::string bytes;  // of `bytes`: not empty, may end within a character or an escape sequence
};

class Terminal {
public:
    virtual ~Terminal() = default;
    // From here on keys come one by one and unechoed, Ctrl-C as a byte; until leave_raw(). Nested calls do nothing.
    virtual void enter_raw() = 0;
    virtual void leave_raw() = 0;
    // Waits for input, at most `timeout` (nullopt: for ever).
    virtual TerminalInput read(std::optional<std::chrono::milliseconds> timeout) = 0;
    virtual void write(std::string_view text) = 0;
    virtual TerminalSize size() const = 0;
    // Stops the process as Ctrl-Z does and comes back when it is continued.
    virtual void suspend() = 0;
};

}  // namespace mainstay::shell
