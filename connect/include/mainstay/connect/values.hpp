#pragma once

// Figures and instants as values, and instants as people write them.

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mainstay {

// A number; beyond 2^63 - 1 the largest.
Value count_value(std::uint64_t count);
// A UTC instant as a datetime.
Value instant_value(std::int64_t micros);
// A day or an instant, in UTC microseconds: 2026-09-01, 2026-09-01T12:00Z, without an offset UTC. nullopt: it is
// neither, or beyond what 64 bits of microseconds hold.
std::optional<std::int64_t> parse_micros(std::string_view text);

}  // namespace mainstay
