#include "idle.hpp"

#include <algorithm>
#include <utility>

namespace mainstay {

IdleWatch::~IdleWatch() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::shared_ptr<IdleTransaction> IdleWatch::watch(std::unique_ptr<Transaction> transaction) {
    auto watched = std::make_shared<IdleTransaction>(std::move(transaction));
    if (idle_max_.count() == 0) return watched;
    const std::lock_guard lock(mutex_);
    watched_.push_back(watched);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    // The first is waited for; a later one is due later. Now and then those that have ended are forgotten.
    constexpr std::size_t forget_every = 64;
    if (watched_.size() % forget_every == 1) changed_.notify_all();
    return watched;
}

void IdleWatch::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (watched_.empty())
            changed_.wait(lock);
        else
            changed_.wait_until(lock, drop_idle());
    }
}

std::chrono::steady_clock::time_point IdleWatch::drop_idle() {
    const auto now = std::chrono::steady_clock::now();
    auto next = now + idle_max_;
    std::erase_if(watched_, [&](const std::weak_ptr<IdleTransaction>& weak) {
        const auto watched = weak.lock();
        if (!watched) return true;
        const std::unique_lock in_use(watched->mutex_, std::try_to_lock);
        if (!in_use) return false;
        if (const auto due = watched->used_ + idle_max_; due > now) {
            next = std::min(next, due);
            return false;
        }
        watched->transaction_.reset();
        return true;
    });
    return next;
}

}  // namespace mainstay
