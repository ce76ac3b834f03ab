#include "interactive/busy.hpp"

#include <fmt/format.h>

#include <chrono>

namespace mainstay::shell {
namespace {

using namespace std::chrono_literals;

}  // namespace

BusyIndicator::BusyIndicator(const Console& console, bool is_wanted) : console_(console) {
    if (is_wanted && console.err_is_terminal) thread_ = std::thread{[this] { run(); }};
}

BusyIndicator::~BusyIndicator() { stop(); }

void BusyIndicator::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock{mutex_};
        is_over_ = true;
    }
    wakes_.notify_one();
    thread_.join();
}

void BusyIndicator::run() {
    const auto begin = std::chrono::steady_clock::now();
    std::unique_lock lock{mutex_};
    bool is_shown = false;
    while (!wakes_.wait_for(lock, 1s, [this] { return is_over_; })) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
        try {
            console_.err.write(fmt::format("\r\x1b[Krunning for {} s, Ctrl-C cancels", seconds.count()));
            console_.err.flush();
        } catch (...) {  // no terminal, nothing to say
            return;
        }
        is_shown = true;
    }
    if (!is_shown) return;
    try {
        console_.err.write("\r\x1b[K");
        console_.err.flush();
    } catch (...) {
    }
}

}  // namespace mainstay::shell
