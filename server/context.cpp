#include "context.hpp"

#include <fmt/format.h>

namespace mainstay::server {

StatementWatch::~StatementWatch() {
    if (!context_) return;
    const auto time = std::chrono::steady_clock::now() - begin_;
    context_->metrics.note_statement(door_, time, outcome_);
    const auto slow = context_->options.slow_statement;
    if (slow.count() == 0 || time < slow) return;
    try {
        context_->log.say(ServerEvent::Severity::warning, "slow_statement",
                          {{"user", user_},
                           {"door", std::string{name_of(door_)}},
                           {"seconds", fmt::format("{:.3f}", std::chrono::duration<double>(time).count())},
                           {"statement", statement_}});
    } catch (const std::exception&) {
        // That it was slow is not worth more.
    }
}

}  // namespace mainstay::server
