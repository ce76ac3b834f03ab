#pragma once

// Figures of the server in the text format of Prometheus. Names follow its rules: base units, _total for what only
// grows.

#include "mainstay/core/error.hpp"
#include "mainstay/storage/store.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace mainstay::server {

enum class Door : std::uint8_t { bolt, http };
inline constexpr std::size_t door_count = 2;
std::string_view name_of(Door door) noexcept;

class Histogram {
public:
    void note(std::chrono::nanoseconds time) noexcept;
    // The lines of one labelled series: `labels` without braces.
    void write(std::string_view name, std::string_view labels, std::string& out) const;

private:
    static constexpr std::array<double, 13> bounds_s{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                     0.025,  0.1,     0.5,    1,     5,      30};
    std::array<std::atomic<std::uint64_t>, bounds_s.size() + 1> counts_{};
    std::atomic<std::uint64_t> sum_ns_{0};
};

// Thread-safe.
class Metrics {
public:
    enum class Outcome : std::uint8_t { read, written, failed };
    void note_statement(Door door, std::chrono::nanoseconds time, Outcome outcome) noexcept;
    void note_sign_in(bool is_good) noexcept { ++sign_ins_[is_good ? 0 : 1]; }
    void note_denied() noexcept { ++denied_; }
    // Clients that are connected, and work that waits for a worker.
    std::array<std::atomic<std::int64_t>, door_count> connections{};
    std::atomic<std::int64_t> waiting{0};

    std::string text(const Store& store) const;

private:
    struct OfDoor {
        std::array<std::atomic<std::uint64_t>, 3> outcomes{};
        Histogram all, writes;
    };
    std::array<OfDoor, door_count> doors_;
    std::array<std::atomic<std::uint64_t>, 2> sign_ins_{};
    std::atomic<std::uint64_t> denied_{0};
    std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
};

}  // namespace mainstay::server
