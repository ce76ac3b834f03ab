#include "run/progress.hpp"

#include "text/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mainstay::shell {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet_time = 500ms;
constexpr auto time_between_bars = 100ms;
constexpr auto time_between_lines = 5s;
constexpr std::size_t bar_width_max = 30;

}  // namespace

ProgressPrinter::ProgressPrinter(const Console& console, Clock clock)
    : console_(console), clock_(std::move(clock)), begin_(clock_()), last_(begin_) {}

ProgressPrinter::~ProgressPrinter() {
    if (!is_shown_ || !console_.err_is_terminal) return;
    try {
        console_.err.write("\r\x1b[K");
        console_.err.flush();
    } catch (...) {  // the terminal has gone: nothing to clear
    }
}

ProgressSink ProgressPrinter::sink() {
    return [this](const Progress& progress) { show(progress); };
}

std::string ProgressPrinter::bar(const Progress& progress) const {
    const double share = progress.total == 0
                             ? 0
                             : std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
    const std::string figures =
        progress.total == 0 ? fmt::format("{}", progress.done) : fmt::format("{:3.0f} %", std::floor(share * 100));
    const std::size_t text_width = width_of(progress.what) + figures.size() + 4;
    const std::size_t room = console_.width > text_width + 1 ? console_.width - text_width - 1 : 0;
    const std::size_t width = std::min(bar_width_max, room);
    std::string drawn;
    if (progress.total != 0 && width >= 5) {
        // Eighths of a cell, so that the bar moves evenly.
        static constexpr const char* parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        const auto eighths = static_cast<std::size_t>(share * static_cast<double>(width * 8));
        for (std::size_t i = 0; i < eighths / 8; ++i) drawn += "█";
        drawn += parts[eighths % 8];
        drawn = " " + pad_right(drawn, width);
    }
    return cut(progress.what + drawn + " " + figures, console_.width > 1 ? console_.width - 1 : 1);
}

void ProgressPrinter::show(const Progress& progress) {
    if (interrupt_.is_interrupted() && (progress.done < progress.total || progress.total == 0))
        throw Error{Code::cancelled, "interrupted while " + progress.what}.with_hint("no element was changed");
    const auto now = clock_();
    if (now - begin_ < quiet_time) return;
    if (console_.err_is_terminal) {
        if (is_shown_ && now - last_ < time_between_bars) return;
        console_.err.write("\r\x1b[K" + bar(progress));
    } else {
        if (is_shown_ && now - last_ < time_between_lines && progress.what == last_what_) return;
        if (is_shown_ && progress.what != last_what_ && now - last_ < time_between_bars) return;
        console_.err.write(progress.total == 0
                               ? fmt::format("{}: {}\n", progress.what, progress.done)
                               : fmt::format("{}: {} of {}\n", progress.what, progress.done, progress.total));
    }
    console_.err.flush();
    is_shown_ = true;
    last_ = now;
    last_what_ = progress.what;
}

}  // namespace mainstay::shell
