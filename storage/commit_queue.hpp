#pragma once

// Those who want to commit, in groups: a group shares one sync.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace mainstay {

struct CommitRequest;

// Thread-safe.
class CommitQueue {
public:
    using Group = std::vector<CommitRequest*>;

    // Returns when the request has its result or error. Who finds nobody committing does so, with `commit`, for all who
    // have come meanwhile, then hands that on to the first of those who came since. `afterwards` runs when the answers
    // are out: after every group, or every few while others wait. Both are called by one thread at a time. What
    // `commit` throws is the error of those in the group that have none; what `afterwards` throws is dropped.
    void pass(CommitRequest& request, const std::function<void(Group&)>& commit,
              const std::function<void()>& afterwards);
    bool is_empty() const;

private:
    // One who waits. Each is woken alone: to wake all of them for every group cost more than half of the switches.
    struct Waiter {
        CommitRequest* request;
        std::condition_variable changed;
        bool done = false, leads = false;
    };
    void gather(std::unique_lock<std::mutex>& lock) const;
    void serve(std::unique_lock<std::mutex>& lock, const Waiter& self, const std::function<void(Group&)>& commit);

    // A sync takes 270 us where this was measured. Eight clients: 5.3 of them in a group without it, 7.1 with it.
    static constexpr std::chrono::microseconds gather_max{200};
    static constexpr int groups_between_max = 8;  // two calls of `afterwards`

    mutable std::mutex mutex_;
    std::vector<Waiter*> waiting_;
    bool committing_ = false;
    std::size_t served_ = 0;    // in the last group
    std::size_t expected_ = 0;  // in the next one: who was in the last, and who came meanwhile
    int groups_since_ = 0;      // the last call of `afterwards`
};

}  // namespace mainstay
