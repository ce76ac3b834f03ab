#pragma once

// What took how long the last time it was asked: whether it can be expected to be quick.

#include "net/loop.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

namespace mainstay::server {

// Remembers the last few hundred texts that were quick. Any thread.
class Expectations {
public:
    using Key = std::uint64_t;  // 0: nothing that can be expected
    static Key key_of(std::string_view text) { return std::hash<std::string_view>{}(text) | 1; }

    Expected of(Key key) const noexcept {
        return key != 0 && place(key).load(std::memory_order_relaxed) == key ? Expected::quick : Expected::slow;
    }
    void note(Key key, std::chrono::steady_clock::duration took) noexcept {
        if (key == 0) return;
        auto& at = place(key);
        if (took <= quick_max)
            at.store(key, std::memory_order_relaxed);
        else if (at.load(std::memory_order_relaxed) == key)
            at.store(0, std::memory_order_relaxed);
    }

private:
    static constexpr std::chrono::microseconds quick_max{200};
    std::atomic<Key>& place(Key key) noexcept { return quick_[(key >> 8) % quick_.size()]; }
    const std::atomic<Key>& place(Key key) const noexcept { return quick_[(key >> 8) % quick_.size()]; }

    std::array<std::atomic<Key>, 1'024> quick_{};
};

}  // namespace mainstay::server
