#include "commit_queue.hpp"

#include "transaction_impl.hpp"

#include <exception>
#include <thread>
#include <utility>

namespace mainstay {

bool CommitQueue::is_empty() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty();
}

void CommitQueue::pass(CommitRequest& request, const std::function<void(Group&)>& commit,
                       const std::function<void()>& afterwards) {
    Waiter self{&request, {}};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&self);
    if (committing_) {
        self.changed.wait(lock, [&] { return self.done || self.leads; });
        if (self.done) return;
        gather(lock);
    }
    committing_ = true;
    serve(lock, self, commit);
    if (waiting_.empty() || ++groups_since_ >= groups_between_max) {
        groups_since_ = 0;
        lock.unlock();
        try {
            afterwards();
        } catch (...) {
            // What is committed is committed.
        }
        lock.lock();
    }
    committing_ = !waiting_.empty();
    if (!committing_) return;
    expected_ = served_ + waiting_.size();
    waiting_.front()->leads = true;  // nobody else begins before it has woken
    waiting_.front()->changed.notify_one();
}

// Those who have just had their answers ask again at once, if they are clients that write one thing after another. The
// processor is left to them meanwhile.
void CommitQueue::gather(std::unique_lock<std::mutex>& lock) const {
    const auto until = std::chrono::steady_clock::now() + gather_max;
    while (waiting_.size() < expected_ && std::chrono::steady_clock::now() < until) {
        lock.unlock();
        std::this_thread::yield();
        lock.lock();
    }
}

void CommitQueue::serve(std::unique_lock<std::mutex>& lock, const Waiter& self,
                        const std::function<void(Group&)>& commit) {
    const auto group = std::exchange(waiting_, {});
    served_ = group.size();
    lock.unlock();
    std::exception_ptr failure;
    try {
        Group requests;
        requests.reserve(group.size());
        for (const Waiter* waiter : group) requests.push_back(waiter->request);
        commit(requests);
    } catch (...) {
        failure = std::current_exception();
    }
    lock.lock();
    for (Waiter* waiter : group) {
        if (failure && !waiter->request->error) waiter->request->error = failure;
        waiter->done = true;
        if (waiter != &self) waiter->changed.notify_one();
    }
}

}  // namespace mainstay
