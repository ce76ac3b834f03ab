#include "mainstay/connect/values.hpp"

#include <algorithm>
#include <limits>

namespace mainstay {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000, seconds_per_day = 86'400;
constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max() / micros_per_second - 1;

std::optional<std::int64_t> micros_of(std::int64_t seconds, std::int64_t nanos) {
    if (seconds > seconds_max || seconds < -seconds_max) return std::nullopt;
    return seconds * micros_per_second + nanos / 1'000;
}

}  // namespace

Value count_value(std::uint64_t count) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(count, std::numeric_limits<std::int64_t>::max()));
}

Value instant_value(std::int64_t micros) {
    std::int64_t seconds = micros / micros_per_second, rest = micros % micros_per_second;
    if (rest < 0) {
        --seconds;
        rest += micros_per_second;
    }
    DateTime instant;
    instant.seconds = seconds;
    instant.nanos = static_cast<std::uint32_t>(rest * 1'000) & 0x3FFFFFFF;
    return instant;
}

std::optional<std::int64_t> parse_micros(std::string_view text) {
    if (const auto date = parse_date(text)) {
        if (date->days > seconds_max / seconds_per_day || date->days < -seconds_max / seconds_per_day)
            return std::nullopt;
        return micros_of(date->days * seconds_per_day, 0);
    }
    if (const auto instant = parse_datetime(text)) return micros_of(instant->seconds, instant->nanos);
    if (const auto local = parse_local_datetime(text)) return micros_of(local->seconds, local->nanos);
    return std::nullopt;
}

}  // namespace mainstay
