#include "interactive/pager.hpp"

#include "text/width.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

extern char** environ;

namespace mainstay::shell {
namespace {

constexpr std::size_t rows_spared = 2;  // for the summary and the next prompt

bool is_in_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::string_view folders = path ? path : "/usr/bin:/bin";
    while (!folders.empty()) {
        const std::size_t colon = std::min(folders.find(':'), folders.size());
        if (access((std::string{folders.substr(0, colon)} + "/" + program).c_str(), X_OK) == 0) return true;
        folders.remove_prefix(std::min(colon + 1, folders.size()));
    }
    return false;
}

// Width as the terminal sees it: escape sequences take no room.
std::size_t visible_width(std::string_view line) {
    std::size_t width = 0;
    while (!line.empty()) {
        const std::size_t escape = std::min(line.find('\x1b'), line.size());
        width += width_of(line.substr(0, escape));
        line.remove_prefix(escape);
        const std::size_t end = line.find('m');
        if (!line.empty()) line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    return width;
}

}  // namespace

PagedOutput::PagedOutput(Output& terminal, std::string command, std::size_t rows, std::size_t columns)
    : terminal_(terminal),
      command_(std::move(command)),
      rows_(rows > rows_spared ? rows - rows_spared : 1),
      columns_(std::max<std::size_t>(columns, 1)) {}

PagedOutput::~PagedOutput() {
    try {
        finish();
    } catch (...) {  // the terminal has gone
    }
}

std::string PagedOutput::usual_command() {
    if (const char* pager = std::getenv("PAGER")) return pager;
    return is_in_path("less") ? "less" : "";
}

void PagedOutput::write(std::string_view text) {
    if (pipe_ >= 0) {
        send(text);
        return;
    }
    if (pager_ > 0) throw OutputClosed{};
    if (command_.empty()) {
        terminal_.write(text);
        return;
    }
    kept_ += text;
    for (std::string_view left = text; !left.empty();) {
        const std::size_t newline = left.find('\n');
        kept_rows_ += std::max<std::size_t>(1, (visible_width(left.substr(0, newline)) + columns_ - 1) / columns_);
        if (newline == std::string_view::npos) break;
        left.remove_prefix(newline + 1);
    }
    if (kept_rows_ > rows_) start();
}

void PagedOutput::start() {
    terminal_.flush();
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        command_.clear();
        terminal_.write(std::exchange(kept_, {}));
        return;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);  // ignored here, which a child would inherit
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    // less by itself: colours pass, long lines are cut and not wrapped, the screen is left as it was.
    setenv("LESS", "-RS", 0);
    const char* arguments[] = {"sh", "-c", command_.c_str(), nullptr};
    const int error =
        posix_spawn(&pager_, "/bin/sh", &actions, &attributes, const_cast<char* const*>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[0]);
    if (error != 0) {
        close(ends[1]);
        pager_ = 0;
        command_.clear();
        terminal_.write(std::exchange(kept_, {}));
        return;
    }
    pipe_ = ends[1];
    send(std::exchange(kept_, {}));
}

void PagedOutput::send(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(pipe_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            close(std::exchange(pipe_, -1));
            throw OutputClosed{};
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void PagedOutput::finish() {
    if (pipe_ >= 0) close(std::exchange(pipe_, -1));
    if (pager_ > 0) {
        int status;
        while (waitpid(pager_, &status, 0) < 0 && errno == EINTR) {
        }
        pager_ = 0;
    }
    if (!kept_.empty()) terminal_.write(std::exchange(kept_, {}));
    kept_rows_ = 0;
    terminal_.flush();
}

}  // namespace mainstay::shell
