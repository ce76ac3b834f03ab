#include "net/loop.hpp"

#include <boost/asio/post.hpp>

#include <chrono>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;

// The network's, who watches it, and two whose work took longer than expected; while there are more of those, what is
// thought quick goes to the workers, too.
constexpr unsigned threads = 4;
constexpr std::chrono::milliseconds patience{1};
constexpr unsigned looks_until_asleep = 500;

bool is_odd(std::uint64_t step) { return step % 2 == 1; }

}  // namespace

void Loop::start() {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { live(); });
}

void Loop::join() {
    for (std::thread& each : threads_) each.join();
    threads_.clear();
    workers_.join();
}

void Loop::run(Expected expected, Task work, Task then) {
    Job job{std::move(work), std::move(then)};
    if (expected == Expected::quick)
        ready_.push_back(std::move(job));
    else
        hand_over(std::move(job));
}

void Loop::hand_over(Job job) {
    asio::post(workers_, [this, job = std::move(job)]() mutable {
        job.work();
        asio::post(network_, std::move(job.then));
    });
}

void Loop::live() {
    std::unique_lock lock(mutex_);
    while (!is_over_) {
        const bool is_first = !std::exchange(has_leader_, true);
        if (!is_first && is_watched_) {
            spare_.wait(lock);
            continue;
        }
        if (!is_first && !watch(lock)) continue;
        lock.unlock();
        lead();
        lock.lock();
    }
}

bool Loop::watch(std::unique_lock<std::mutex>& lock) {
    is_watched_ = true;
    bool takes_over = false;
    std::uint64_t seen = step_.load();
    for (unsigned looks = 0; !is_over_ && !takes_over; ++looks) {
        if (looks < looks_until_asleep) {
            watcher_.wait_for(lock, patience);
        } else {
            // Whoever begins to work after this wakes it.
            is_watcher_asleep_ = true;
            watcher_.wait(lock, [&] { return is_over_ || step_.load() != seen; });
            is_watcher_asleep_ = false;
        }
        const std::uint64_t now = step_.load();
        if (now != seen)
            looks = 0;
        else if (is_odd(seen))
            takes_over = step_.compare_exchange_strong(seen, seen + 1);
        seen = now;
    }
    is_watched_ = false;
    spare_.notify_one();
    return takes_over;
}

void Loop::lead() {
    for (;;) {
        try {
            if (ready_.empty()) {
                if (network_.run_one() > 0) continue;
                const std::lock_guard lock(mutex_);
                is_over_ = true;
                spare_.notify_all();
                watcher_.notify_all();
                return;
            }
            Job job = std::move(ready_.front());
            ready_.pop_front();
            if (!is_watched_)
                hand_over(std::move(job));
            else if (!run_here(std::move(job)))
                return;
        } catch (const std::exception&) {
            continue;  // one client's affair: want of memory
        }
    }
}

bool Loop::run_here(Job job) {
    std::uint64_t step = step_.load(std::memory_order_relaxed) + 1;
    step_.store(step);
    if (is_watcher_asleep_) {
        const std::lock_guard lock(mutex_);
        watcher_.notify_one();
    }
    job.work();
    if (!step_.compare_exchange_strong(step, step + 1)) {
        asio::post(network_, std::move(job.then));
        return false;
    }
    job.then();
    return true;
}

}  // namespace mainstay::server
