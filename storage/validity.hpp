#pragma once

// Instants of valid_from and valid_to, as every comparison with a valid time reads them.

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <limits>
#include <optional>

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

}  // namespace mainstay
