#pragma once

// Instants of valid_from and valid_to, as every comparison with a valid time reads them.

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <optional>

namespace mainstay {

// UTC microseconds of a date (its start) or datetime; nullopt: nothing dated.
inline std::optional<std::int64_t> instant_us(const Value& v) {
    switch (v.type()) {
        case ValueType::date: return v.get<Date>().days * 86'400'000'000;
        case ValueType::local_datetime: {
            const auto& d = v.get<LocalDateTime>();
            return d.seconds * 1'000'000 + d.nanos / 1000;
        }
        case ValueType::datetime: {
            const auto& d = v.get<DateTime>();
            return d.seconds * 1'000'000 + static_cast<std::int64_t>(d.nanos) / 1000;
        }
        default: return std::nullopt;
    }
}

}  // namespace mainstay
