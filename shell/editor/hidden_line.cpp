#include "editor/hidden_line.hpp"

#include "mainstay/core/error.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace mainstay::shell {
namespace {

constexpr char ctrl_c = 3;
constexpr std::size_t line_bytes_max = 4096;

void write_all(int output, std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(output, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;  // then it is asked for without a word
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

// Signals come as characters meanwhile, so that none leaves the terminal as it is.
class NoEcho {
public:
    explicit NoEcho(int input) : input_(input) {
        if (tcgetattr(input_, &before_) != 0) throw Error{Code::io_error, "there is no terminal to ask on"};
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        tcsetattr(input_, TCSAFLUSH, &silent);
    }
    ~NoEcho() { tcsetattr(input_, TCSAFLUSH, &before_); }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    int input_;
    termios before_{};
};

}  // namespace

std::string read_hidden_line(int input, int output, const std::string& prompt) {
    const NoEcho no_echo(input);
    write_all(output, prompt);
    std::string line;
    for (;;) {
        char c = 0;
        const auto n = ::read(input, &c, 1);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || c == ctrl_c || line.size() > line_bytes_max) {
            write_all(output, "\n");
            throw Error{Code::cancelled, "cancelled"};
        }
        if (c == '\n') break;
        line.push_back(c);
    }
    write_all(output, "\n");
    return line;
}

}  // namespace mainstay::shell
