#pragma once

#include "commands/command.hpp"

#include <string>

namespace mainstay::shell {

// Where a new password comes from.
struct PasswordOption {
    std::string file;
    bool generate = false;
    void declare(Arguments& arguments);
    // From a file or standard input, made up, or asked for twice on the terminal. Throws Error: usage, cancelled,
    // input_unreadable.
    std::string read(const Console& console) const;
};

}  // namespace mainstay::shell
