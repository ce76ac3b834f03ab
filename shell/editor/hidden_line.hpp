#pragma once

#include <string>

namespace mainstay::shell {

// Writes the prompt to `output` and reads a line from the terminal `input` without showing it. Throws Error: cancelled
// (Ctrl-C, Ctrl-D), io_error.
std::string read_hidden_line(int input, int output, const std::string& prompt);

}  // namespace mainstay::shell
