#include "output/writer.hpp"

#include <array>
#include <utility>

namespace mainstay::shell {
namespace {

constexpr std::array formats = {
    std::pair{Format::table, std::string_view{"table"}}, std::pair{Format::json, std::string_view{"json"}},
    std::pair{Format::jsonl, std::string_view{"jsonl"}}, std::pair{Format::csv, std::string_view{"csv"}}};

}  // namespace

std::string_view name_of(Format format) noexcept { return formats[static_cast<std::size_t>(format)].second; }

std::optional<Format> parse_format(std::string_view name) noexcept {
    for (const auto& [format, format_name] : formats)
        if (name == format_name) return format;
    return std::nullopt;
}

std::string_view format_names() noexcept { return "table, json, jsonl or csv"; }

std::unique_ptr<ResultWriter> make_writer(Format format, Output& output, const TableStyle& style) {
    switch (format) {
        case Format::json: return json_writer(output);
        case Format::jsonl: return jsonl_writer(output);
        case Format::csv: return csv_writer(output);
        case Format::table: break;
    }
    return table_writer(output, style);
}

}  // namespace mainstay::shell
