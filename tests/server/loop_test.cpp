#include "net/loop.hpp"
#include "expectations.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// A loop that goes on until this ends.
class Running {
public:
    explicit Running(unsigned workers = 2) : loop(workers), stays_(asio::make_work_guard(loop.network())) {
        loop.start();
    }
    ~Running() { stays_.reset(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    void post(Loop::Task task) { asio::post(loop.network(), std::move(task)); }
    // Whether the network's thread does anything within the time.
    bool answers(std::chrono::seconds within = 10s) {
        auto done = std::make_shared<std::promise<void>>();
        auto future = done->get_future();
        post([done] { done->set_value(); });
        return future.wait_for(within) == std::future_status::ready;
    }

    Loop loop;

private:
    asio::executor_work_guard<asio::io_context::executor_type> stays_;
};

TEST_CASE("quick work runs on the network's thread, other work does not", "[loop]") {
    Running running;
    std::promise<std::thread::id> network, quick, slow, after;
    running.post([&] {
        network.set_value(std::this_thread::get_id());
        running.loop.run(
            Expected::quick, [&] { quick.set_value(std::this_thread::get_id()); }, [] {});
        running.loop.run(
            Expected::slow, [&] { slow.set_value(std::this_thread::get_id()); },
            [&] { after.set_value(std::this_thread::get_id()); });
    });
    const auto here = network.get_future().get();
    CHECK(slow.get_future().get() != here);
    CHECK(after.get_future().get() == here);
    // Right after the start it may be that nobody watches yet; then a worker does it.
    (void)quick.get_future().get();
    REQUIRE(running.answers());
    std::this_thread::sleep_for(50ms);
    std::promise<bool> is_here;
    running.post([&] {
        running.loop.run(
            Expected::quick, [&] { is_here.set_value(std::this_thread::get_id() == here); }, [] {});
    });
    CHECK(is_here.get_future().get());
}

TEST_CASE("work that takes longer than expected stops nobody, however much of it there is", "[loop]") {
    Running running{8};
    constexpr int count = 8;  // more than there are threads to be taken over from
    std::promise<void> released;
    const auto release = released.get_future().share();
    std::atomic<int> begun{0};
    int ended = 0;  // the network's thread alone
    for (int i = 0; i < count; ++i) {
        running.post([&] {
            running.loop.run(
                Expected::quick,
                [&, release] {
                    ++begun;
                    release.wait();
                },
                [&] { ++ended; });
        });
        REQUIRE(running.answers());
    }
    while (begun < count) std::this_thread::sleep_for(1ms);
    CHECK(running.answers());
    released.set_value();
    for (std::promise<int> seen;; seen = {}) {
        running.post([&] { seen.set_value(ended); });
        if (seen.get_future().get() == count) break;
        std::this_thread::sleep_for(1ms);
    }
}

TEST_CASE("one thread at a time is the network's, whoever takes over", "[loop]") {
    Running running;
    int unguarded = 0;  // ThreadSanitizer looks
    std::promise<void> all;
    constexpr int count = 60;
    for (int i = 0; i < count; ++i)
        running.post([&, i] {
            ++unguarded;
            running.loop.run(
                Expected::quick, [i] { std::this_thread::sleep_for(i % 3 == 0 ? 4ms : 0ms); },
                [&] {
                    if (++unguarded == 2 * count) all.set_value();
                });
        });
    CHECK(all.get_future().wait_for(60s) == std::future_status::ready);
}

TEST_CASE("a watcher that has fallen asleep wakes for work that takes long", "[loop]") {
    Running running;
    std::this_thread::sleep_for(1500ms);
    std::promise<void> released, begun;
    running.post([&] {
        running.loop.run(
            Expected::quick,
            [&] {
                begun.set_value();
                released.get_future().wait();
            },
            [] {});
    });
    begun.get_future().wait();
    CHECK(running.answers());
    released.set_value();
}

TEST_CASE("a coroutine gets what its work returns or throws", "[loop]") {
    Running running;
    for (const Expected expected : {Expected::quick, Expected::slow}) {
        std::promise<std::string> said;
        auto ask = [&]() -> asio::awaitable<void> {
            const std::function works = [] { return std::string{"four"}; };
            const std::function fails = []() -> std::string { throw std::runtime_error{"no"}; };
            std::string text = co_await running.loop.run(expected, works);
            try {
                text += co_await running.loop.run(expected, fails);
            } catch (const std::runtime_error& error) {
                text += error.what();
            }
            said.set_value(text);
        };
        asio::co_spawn(running.loop.network(), ask(), asio::detached);
        CHECK(said.get_future().get() == "fourno");
    }
}

TEST_CASE("what was quick is expected to be, until it was not", "[loop]") {
    Expectations expectations;
    const auto key = Expectations::key_of("RETURN 1"), other = Expectations::key_of("RETURN 2");
    CHECK(expectations.of(key) == Expected::slow);
    expectations.note(key, 10us);
    CHECK(expectations.of(key) == Expected::quick);
    CHECK(expectations.of(other) == Expected::slow);
    expectations.note(other, 10ms);
    CHECK(expectations.of(key) == Expected::quick);
    expectations.note(key, 10ms);
    CHECK(expectations.of(key) == Expected::slow);
    expectations.note(0, 1us);
    CHECK(expectations.of(0) == Expected::slow);
}

}  // namespace
}  // namespace mainstay::server
