#pragma once

#include "commands/console.hpp"
#include "run/interrupt.hpp"

#include "mainstay/storage/store.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace mainstay::shell {

// Long work on stderr: a bar that moves on a terminal, a line now and then elsewhere. Nothing in the first half second,
// so that short work stays quiet. Keep it alive as long as its sink; it clears its bar at the end. Ctrl-C ends the
// work: its sink throws Error(Code::cancelled) at the next step, unless the step is the last one.
class ProgressPrinter {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;
    explicit ProgressPrinter(const Console& console, Clock clock = std::chrono::steady_clock::now);
    ~ProgressPrinter();
    ProgressPrinter(const ProgressPrinter&) = delete;
    ProgressPrinter& operator=(const ProgressPrinter&) = delete;
    ProgressSink sink();

private:
    void show(const Progress& progress);
    std::string bar(const Progress& progress) const;

    const Console& console_;
    Clock clock_;
    InterruptScope interrupt_;
    std::chrono::steady_clock::time_point begin_, last_;
    std::string last_what_;
    bool is_shown_ = false;
};

}  // namespace mainstay::shell
