#pragma once

// The threads of a server. One of them is the network's: it waits for bytes, and everything that belongs to a
// connection happens on it. What a client asks is run by a worker, or, if it is expected to be quick, right there: to
// hand it to another thread and back costs several times what a point read does. An expectation may be wrong. A second
// thread watches, and takes over the network from the one that has been busy for a while; that one finishes its work as
// a worker would.

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mainstay::server {

enum class Expected : std::uint8_t { quick, slow };

class Loop {
public:
    using Task = std::function<void()>;

    explicit Loop(unsigned workers) : workers_(workers) {}
    ~Loop() { join(); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    boost::asio::io_context& network() noexcept { return network_; }
    // Once; what is to be waited for is there by then.
    void start();
    // Until nothing is waited for on the network any more, and no worker has anything left to do.
    void join();

    // On the network's thread: `work`, which does not throw, at once or on a worker, then `then` on the network's
    // thread.
    void run(Expected expected, Task work, Task then);
    // The same for a coroutine of the network: what `work` returns, or throws.
    template <typename Result>
    boost::asio::awaitable<Result> run(Expected expected, const std::function<Result()>& work);

private:
    struct Job {
        Task work, then;
    };

    void live();  // of each thread
    void lead();
    bool watch(std::unique_lock<std::mutex>& lock);  // true: this thread is the network's now
    bool run_here(Job job);                          // false: no longer
    void hand_over(Job job);

    boost::asio::io_context network_{1};
    boost::asio::thread_pool workers_;
    std::deque<Job> ready_;  // the network's thread alone
    // Odd while the network's thread works for a client. Whoever takes it from an odd number to the next has the
    // network.
    std::atomic<std::uint64_t> step_{0};
    std::atomic<bool> is_watched_{false}, is_watcher_asleep_{false};

    std::mutex mutex_;
    std::condition_variable spare_, watcher_;
    bool has_leader_ = false, is_over_ = false;
    std::vector<std::thread> threads_;
};

template <typename Result>
boost::asio::awaitable<Result> Loop::run(Expected expected, const std::function<Result()>& work) {
    namespace asio = boost::asio;
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Result)>(
        [this, expected](auto handler, std::function<Result()> what) {
            struct State {
                decltype(handler) resume;
                std::function<Result()> work;
                Result result{};
                std::exception_ptr error{};
            };
            auto state = std::make_shared<State>(State{std::move(handler), std::move(what)});
            run(
                expected,
                [state] {
                    try {
                        state->result = state->work();
                    } catch (...) {
                        state->error = std::current_exception();
                    }
                },
                [state] { std::move(state->resume)(state->error, std::move(state->result)); });
        },
        asio::use_awaitable, work);
}

}  // namespace mainstay::server
