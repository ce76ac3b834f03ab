#pragma once

#include "commands/console.hpp"
#include "run/statement.hpp"

namespace mainstay::shell {

struct ScriptOptions {
    Format format = Format::table;
    ExecuteOptions execute;
    bool says_summary = false;  // after each statement, on err
};

// Runs the statements of `script`, separated by `;`, one after another, and stops at the first that fails: it is
// reported with its place in the script, and its exit status returned. 0: all ran. A script without a statement is
// Error(usage).
int run_script(const Runner& runner, std::string_view script, const Parameters& parameters,
               const ScriptOptions& options, const Console& console);

// `error`, whose span counts from `offset` in a longer text, as an error of that text.
Error shifted(const Error& error, std::size_t offset);

}  // namespace mainstay::shell
