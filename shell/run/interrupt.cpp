#include "run/interrupt.hpp"

#include <signal.h>

#include <atomic>

namespace mainstay::shell {
namespace {

// A signal handler reaches nothing but what is global; setting a lock-free flag is all it may do.
std::atomic<Cancellation*> current{nullptr};

void on_interrupt(int signal) {
    Cancellation* cancellation = current.load();
    if (cancellation && !cancellation->is_cancelled()) {
        cancellation->cancel();
        return;
    }
    ::signal(signal, SIG_DFL);
    raise(signal);
}

}  // namespace

struct InterruptScope::Saved {
    struct sigaction before, before_end;
};

InterruptScope::InterruptScope() : cancellation_(std::make_shared<Cancellation>()), saved_(std::make_unique<Saved>()) {
    current.store(cancellation_.get());
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_interrupt;
    sigaction(SIGINT, &action, &saved_->before);
    sigaction(SIGTERM, &action, &saved_->before_end);
}

InterruptScope::~InterruptScope() {
    sigaction(SIGINT, &saved_->before, nullptr);
    sigaction(SIGTERM, &saved_->before_end, nullptr);
    current.store(nullptr);
}

}  // namespace mainstay::shell
