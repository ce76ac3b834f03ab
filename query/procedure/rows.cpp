#include "procedure/rows.hpp"

#include "exec/context.hpp"

#include "mainstay/storage/store.hpp"

#include <algorithm>

namespace mainstay::procedure {
namespace {
constexpr std::int64_t micros_per_second = 1'000'000;
}

std::string database_name(Statement& statement) { return statement.view().store().path().stem().string(); }

Value instant(std::int64_t micros) {
    DateTime at;
    const std::int64_t rest = (micros % micros_per_second + micros_per_second) % micros_per_second;
    at.seconds = (micros - rest) / micros_per_second;
    at.nanos = static_cast<std::uint32_t>(rest * 1'000) & 0x3FFFFFFF;
    return at;
}

Value elapsed(std::int64_t micros) {
    micros = std::max<std::int64_t>(micros, 0);
    Duration duration;
    duration.seconds = micros / micros_per_second;
    duration.nanos = static_cast<std::int32_t>(micros % micros_per_second * 1'000);
    return duration;
}

}  // namespace mainstay::procedure
