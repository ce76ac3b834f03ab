#include "analysis/id_buffer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

using namespace mainstay;

namespace {

constexpr std::size_t large = std::size_t{1} << 20;  // ids; more than a huge page of them

// Whether all of it may be written and is its own.
bool holds(IdBuffer& buffer, std::size_t count, std::uint32_t value) {
    std::fill_n(buffer.get(), count, value);
    return std::all_of(buffer.get(), buffer.get() + count, [&](std::uint32_t id) { return id == value; });
}

}  // namespace

TEST_CASE("room for ids is whole, whatever was given back before", "[analysis][id_buffer]") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, large / 2 - 1, large / 2, large / 2 + 1, large,
                                    4 * large, large, 20 * large, std::size_t{3}, 2 * large}) {
        auto buffer = analysis::take_id_buffer(count);
        REQUIRE(buffer);
        CHECK(holds(buffer, count, static_cast<std::uint32_t>(count)));
    }
}

TEST_CASE("room that is still used is nobody else's", "[analysis][id_buffer]") {
    { const auto spare = analysis::take_id_buffer(large); }
    auto first = analysis::take_id_buffer(large), second = analysis::take_id_buffer(large);
    CHECK(first.get() != second.get());
    CHECK(holds(first, large, 1));
    CHECK(holds(second, large, 2));
    CHECK(std::all_of(first.get(), first.get() + large, [](std::uint32_t id) { return id == 1; }));
    const std::uint32_t* const given_back = second.get();
    second.reset();
    CHECK(analysis::take_id_buffer(large).get() == given_back);  // instead of new pages
}

TEST_CASE("threads do not share room for ids", "[analysis][id_buffer]") {
    std::vector<std::thread> threads;
    std::vector<char> sound(4, 0);
    for (std::uint32_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            bool all = true;
            for (int i = 0; i < 20; ++i) {
                auto buffer = analysis::take_id_buffer(large + t);
                all = all && holds(buffer, large + t, t);
            }
            sound[t] = all;
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(std::count(sound.begin(), sound.end(), 1) == 4);
}
