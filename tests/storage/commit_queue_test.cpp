// Who commits for whom, and that everybody gets an answer.

#include "commit_queue.hpp"
#include "transaction_impl.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <map>
#include <stdexcept>
#include <thread>
#include <vector>

namespace mainstay::test {
namespace {

constexpr int threads = 6, requests_each = 300;

// Runs `body(thread, i)` on every thread; what it does with REQUIRE would not be safe.
void on_threads(const std::function<void(int, int)>& body) {
    std::vector<std::jthread> running;
    for (int thread = 0; thread < threads; ++thread)
        running.emplace_back([&, thread] {
            for (int i = 0; i < requests_each; ++i) body(thread, i);
        });
}

}  // namespace

TEST_CASE("every request of many threads is committed once, by one thread at a time", "[commit_queue]") {
    CommitQueue queue;
    std::map<CommitRequest*, int> seen;                                      // in the group at hand
    int committing = 0, overlaps = 0, twice = 0, committed = 0, groups = 0;  // not atomic: that is what is tested
    std::atomic<int> unanswered{0};
    on_threads([&](int, int) {
        CommitRequest request;
        queue.pass(
            request,
            [&](CommitQueue::Group& group) {
                overlaps += committing++;
                seen.clear();
                for (auto* each : group) {
                    twice += seen[each]++ || each->result;
                    each->result = CommitResult{TxNumber{static_cast<std::uint64_t>(++committed)}, 0};
                }
                ++groups;
                --committing;
            },
            [] {});
        if (!request.result) ++unanswered;
    });
    CHECK(overlaps == 0);
    CHECK(twice == 0);
    CHECK(unanswered == 0);
    CHECK(committed == threads * requests_each);
    CHECK(groups <= committed);
    CHECK(queue.is_empty());
}

TEST_CASE("a group that fails is the error of those in it that have none, and the next group goes on",
          "[commit_queue]") {
    CommitQueue queue;
    int groups = 0;
    std::atomic<int> failed{0}, own{0}, fine{0};
    const auto own_error = std::make_exception_ptr(std::logic_error("its own"));
    on_threads([&](int thread, int) {
        CommitRequest request;
        if (thread == 0) request.error = own_error;
        queue.pass(
            request,
            [&](CommitQueue::Group&) {
                if (++groups % 3 == 0) throw std::runtime_error("the group's");
            },
            [] {});
        if (!request.error)
            ++fine;
        else if (request.error == own_error)
            ++own;
        else
            ++failed;
    });
    CHECK(own == requests_each);
    CHECK(failed > 0);
    CHECK(failed + own + fine == threads * requests_each);
}

TEST_CASE("what is done between groups is done while others wait, too, and its failure is nobody's", "[commit_queue]") {
    CommitQueue queue;
    int groups = 0, between = 0, longest = 0, since = 0;
    std::atomic<int> failed{0};
    on_threads([&](int, int) {
        CommitRequest request;
        queue.pass(
            request,
            [&](CommitQueue::Group&) {
                ++groups;
                longest = std::max(longest, ++since);
            },
            [&] {
                since = 0;
                if (++between % 2 == 0) throw std::runtime_error("not now");
            });
        if (request.error) ++failed;
    });
    CHECK(failed == 0);
    CHECK(between > 0);
    CHECK(between <= groups);
    CHECK(longest <= 8);
}

TEST_CASE("one alone commits on its own thread and runs what follows before it returns", "[commit_queue]") {
    CommitQueue queue;
    CommitRequest request;
    std::vector<std::string> order;
    const auto here = std::this_thread::get_id();
    queue.pass(
        request,
        [&](CommitQueue::Group& group) {
            CHECK(std::this_thread::get_id() == here);
            CHECK(group == CommitQueue::Group{&request});
            CHECK(queue.is_empty());
            order.emplace_back("commit");
        },
        [&] { order.emplace_back("afterwards"); });
    CHECK(order == std::vector<std::string>{"commit", "afterwards"});
}

}  // namespace mainstay::test
