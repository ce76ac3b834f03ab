#include "commands/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace mainstay::shell {

void write_rows(Format format, const std::vector<std::string>& columns, const std::vector<std::vector<Value>>& rows,
                const std::vector<Notice>& notices, const Console& console) {
    const auto writer = make_writer(format, console.out, console.table_style());
    writer->begin(columns);
    for (const auto& row : rows) writer->row(row);
    if (!writer->end(notices))
        for (const Notice& notice : notices) console.say(notice);
}

std::string size_text(std::uint64_t bytes) {
    static constexpr std::array units = {"kB", "MB", "GB", "TB", "PB"};
    if (bytes < 1'000) return fmt::format("{} B", bytes);
    double size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (size /= 1'000; size >= 999.5 && unit + 1 < units.size(); ++unit) size /= 1'000;
    return size < 10    ? fmt::format("{:.2f} {}", size, units[unit])
           : size < 100 ? fmt::format("{:.1f} {}", size, units[unit])
                        : fmt::format("{:.0f} {}", size, units[unit]);
}

Value count_value(std::uint64_t count) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(count, std::numeric_limits<std::int64_t>::max()));
}

Value instant_value(std::int64_t micros) {
    std::int64_t seconds = micros / 1'000'000, rest = micros % 1'000'000;
    if (rest < 0) {
        --seconds;
        rest += 1'000'000;
    }
    DateTime instant;
    instant.seconds = seconds;
    instant.nanos = static_cast<std::uint32_t>(rest * 1'000) & 0x3FFFFFFF;
    return instant;
}

}  // namespace mainstay::shell
