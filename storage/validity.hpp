#pragma once

// Instants of valid_from and valid_to, as every comparison with a valid time reads them.

#include "mainstay/core/value.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace mainstay {

// Seconds and microseconds as one number. Years beyond 290,000 all lie at the end of time: the type holds no more.
inline std::int64_t saturated_us(std::int64_t seconds, std::int64_t micros) {
    constexpr std::int64_t micros_per_second = 1'000'000;
    constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max() / micros_per_second - 1;
    if (seconds > seconds_max) return std::numeric_limits<std::int64_t>::max();
    if (seconds < -seconds_max) return std::numeric_limits<std::int64_t>::min();
    return seconds * micros_per_second + micros;
}

// UTC microseconds of a date (its start) or datetime; nullopt: nothing dated.
inline std::optional<std::int64_t> instant_us(const Value& v) {
    switch (v.type()) {
        case ValueType::date: return saturated_us(v.get<Date>().days * 86'400, 0);
        case ValueType::local_datetime: {
            const auto& d = v.get<LocalDateTime>();
            return saturated_us(d.seconds, d.nanos / 1000);
        }
        case ValueType::datetime: {
            const auto& d = v.get<DateTime>();
            return saturated_us(d.seconds, static_cast<std::int64_t>(d.nanos) / 1000);
        }
        default: return std::nullopt;
    }
}

// How many of some validities hold at once.
class Overlaps {
public:
    // nullopt: since ever, for ever.
    void add(std::optional<std::int64_t> begin, std::optional<std::int64_t> end) {
        if (begin && end && *begin == *end) return;
        changes_.emplace_back(begin.value_or(std::numeric_limits<std::int64_t>::min()), 1);
        if (end) changes_.emplace_back(*end, -1);
    }
    std::uint64_t most() {
        std::sort(changes_.begin(), changes_.end());
        std::int64_t now = 0, most = 0;
        for (const auto& [at, change] : changes_) most = std::max(most, now += change);
        return static_cast<std::uint64_t>(most);
    }

private:
    std::vector<std::pair<std::int64_t, int>> changes_;  // +1 where one begins, -1 where one ends, which comes first
};

}  // namespace mainstay
