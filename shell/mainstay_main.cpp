// mainstay: the command line. What the world is like is found out here, once.

#include "commands/command.hpp"
#include "editor/hidden_line.hpp"
#include "editor/posix_terminal.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/core/standard_descriptors.hpp"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>

namespace {

std::string author_from_environment() {
    for (const char* name : {"MAINSTAY_AUTHOR", "USER", "LOGNAME"})
        if (const char* value = std::getenv(name); value && *value) return value;
    // Services and containers often run without either.
    const passwd* user = getpwuid(geteuid());
    return user ? user->pw_name : std::string{};
}

bool wants_colours() {
    const char* no_colour = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return !(no_colour && *no_colour) && !(terminal && std::string_view{terminal} == "dumb");
}

}  // namespace

int main(int argc, char** argv) {
    using namespace mainstay::shell;
    try {
        mainstay::hold_standard_descriptors();
    } catch (const mainstay::Error& error) {
        return mainstay::info(error.code()).exit_status;  // there may be nowhere to say it
    }
    // Writing to a pipe that nobody reads shows in write(): FileOutput tells it from a failure.
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);  // the same of the largest file (ulimit -f): EFBIG
    FileOutput out{STDOUT_FILENO, "standard output"};
    FileOutput err{STDERR_FILENO, "standard error", FileOutput::IfItFails::go_on};
    const bool out_is_terminal = isatty(STDOUT_FILENO) == 1;
    const bool err_is_terminal = isatty(STDERR_FILENO) == 1;
    const Console console{
        .out = out,
        .err = err,
        .in_is_terminal = isatty(STDIN_FILENO) == 1,
        .out_is_terminal = out_is_terminal,
        .err_is_terminal = err_is_terminal,
        .colours = wants_colours(),
        .width = terminal_size(out_is_terminal ? STDOUT_FILENO : STDERR_FILENO).columns,
        .author = author_from_environment(),
        .read_input =
            [] {
                return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
            },
        .read_hidden = [](const std::string& prompt) { return read_hidden_line(STDIN_FILENO, STDERR_FILENO, prompt); },
    };
    try {
        return run_command_line({argv + 1, argv + argc}, console);
    } catch (const OutputClosed&) {
        return 0;
    } catch (const std::exception& error) {
        // Nothing else throws but for a bug or for want of memory.
        std::cerr << "error: " << error.what() << '\n';
        return 1;
    }
}
