#include "commands/report.hpp"

#include <fmt/format.h>

#include <array>

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

}  // namespace mainstay::shell
