#include "editor/posix_terminal.hpp"

#include "mainstay/core/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace mainstay::shell {
namespace {

// What the signal handlers may touch: plain numbers, set before the handlers are.
int resize_pipe[2] = {-1, -1};
int raw_descriptor = -1;
volatile sig_atomic_t raw_is_on = 0;
termios cooked_settings;

constexpr std::string_view paste_on = "\x1b[?2004h";
constexpr std::string_view paste_off = "\x1b[?2004l";

void on_resize(int) {
    const int error = errno;
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(resize_pipe[1], &byte, 1);  // a full pipe says enough already
    errno = error;
}

void on_end(int signal) {
    if (raw_is_on) tcsetattr(raw_descriptor, TCSANOW, &cooked_settings);
    ::signal(signal, SIG_DFL);
    raise(signal);
}

std::size_t number_in(const char* name) noexcept {
    const char* text = std::getenv(name);
    const long value = text ? std::strtol(text, nullptr, 10) : 0;
    return value > 0 && value < 100'000 ? static_cast<std::size_t>(value) : 0;
}

}  // namespace

struct PosixTerminal::Saved {
    struct sigaction resize, terminate, hang_up;
};

PosixTerminal::PosixTerminal(int input, int output)
    : input_(input), output_(output), saved_(std::make_unique<Saved>()) {
    if (tcgetattr(input_, &cooked_settings) != 0)
        throw Error{Code::io_error, std::string{"cannot read the terminal's settings: "} + std::strerror(errno)};
    if (pipe2(resize_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        throw Error{Code::io_error, std::string{"cannot make a pipe: "} + std::strerror(errno)};
    raw_descriptor = input_;
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = on_resize;
    sigaction(SIGWINCH, &action, &saved_->resize);
    action.sa_handler = on_end;
    sigaction(SIGTERM, &action, &saved_->terminate);
    sigaction(SIGHUP, &action, &saved_->hang_up);
}

PosixTerminal::~PosixTerminal() {
    leave_raw();
    sigaction(SIGWINCH, &saved_->resize, nullptr);
    sigaction(SIGTERM, &saved_->terminate, nullptr);
    sigaction(SIGHUP, &saved_->hang_up, nullptr);
    close(resize_pipe[0]);
    close(resize_pipe[1]);
}

void PosixTerminal::enter_raw() {
    if (is_raw_) return;
    termios raw = cooked_settings;
    raw.c_iflag &= static_cast<tcflag_t>(~(BRKINT | ICRNL | INPCK | ISTRIP | IXON));
    raw.c_lflag &= static_cast<tcflag_t>(~(ECHO | ICANON | IEXTEN | ISIG));
    raw.c_cflag |= CS8;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(input_, TCSADRAIN, &raw);
    is_raw_ = true;
    raw_is_on = 1;
    write(paste_on);
}

void PosixTerminal::leave_raw() {
    if (!is_raw_) return;
    write(paste_off);
    tcsetattr(input_, TCSADRAIN, &cooked_settings);
    is_raw_ = false;
    raw_is_on = 0;
}

TerminalInput PosixTerminal::read(std::optional<std::chrono::milliseconds> timeout) {
    while (true) {
        std::array<pollfd, 2> waits = {pollfd{input_, POLLIN, 0}, pollfd{resize_pipe[0], POLLIN, 0}};
        const int ready = poll(waits.data(), waits.size(), timeout ? static_cast<int>(timeout->count()) : -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) return {TerminalInput::Kind::ended, {}};
        if (ready == 0) return {TerminalInput::Kind::timed_out, {}};
        if (waits[1].revents & POLLIN) {
            std::array<char, 64> drained;
            while (::read(resize_pipe[0], drained.data(), drained.size()) > 0) {
            }
            return {TerminalInput::Kind::resized, {}};
        }
        std::array<char, 4096> bytes;
        const ssize_t count = ::read(input_, bytes.data(), bytes.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count <= 0) return {TerminalInput::Kind::ended, {}};
        return {TerminalInput::Kind::bytes, std::string{bytes.data(), static_cast<std::size_t>(count)}};
    }
}

void PosixTerminal::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(output_, text.data(), text.size());
        if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (written <= 0) return;  // the terminal has gone: reading will say so
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

TerminalSize PosixTerminal::size() const { return terminal_size(output_); }

void PosixTerminal::suspend() {
    const bool was_raw = is_raw_;
    leave_raw();
    raise(SIGTSTP);
    if (was_raw) enter_raw();
}

TerminalSize terminal_size(int descriptor) noexcept {
    winsize window{};
    TerminalSize size;
    const bool is_known = ioctl(descriptor, TIOCGWINSZ, &window) == 0;
    if (is_known && window.ws_col > 0)
        size.columns = window.ws_col;
    else if (const std::size_t columns = number_in("COLUMNS"))
        size.columns = columns;
    if (is_known && window.ws_row > 0)
        size.rows = window.ws_row;
    else if (const std::size_t rows = number_in("LINES"))
        size.rows = rows;
    return size;
}

}  // namespace mainstay::shell
