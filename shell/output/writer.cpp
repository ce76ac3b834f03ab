#include "output/writer.hpp"

#include "mainstay/connect/graph_writers.hpp"

#include <array>
#include <utility>

namespace mainstay::shell {
namespace {

constexpr std::array formats = {std::pair{Format::table, std::string_view{"table"}},
                                std::pair{Format::json, std::string_view{"json"}},
                                std::pair{Format::jsonl, std::string_view{"jsonl"}},
                                std::pair{Format::csv, std::string_view{"csv"}},
                                std::pair{Format::cytoscape, std::string_view{"cytoscape"}},
                                std::pair{Format::graphology, std::string_view{"graphology"}},
                                std::pair{Format::graphml, std::string_view{"graphml"}},
                                std::pair{Format::gexf, std::string_view{"gexf"}},
                                std::pair{Format::dot, std::string_view{"dot"}},
                                std::pair{Format::mermaid, std::string_view{"mermaid"}}};

}  // namespace

std::string_view name_of(Format format) noexcept { return formats[static_cast<std::size_t>(format)].second; }

std::optional<Format> parse_format(std::string_view name) noexcept {
    for (const auto& [format, format_name] : formats)
        if (name == format_name) return format;
    return std::nullopt;
}

std::string_view format_names() noexcept {
    return "table, json, jsonl, csv, cytoscape, graphology, graphml, gexf, dot or mermaid";
}

std::unique_ptr<ResultWriter> make_writer(Format format, Output& output, const TableStyle& style) {
    switch (format) {
        case Format::json: return json_writer(output);
        case Format::jsonl: return jsonl_writer(output);
        case Format::csv: return csv_writer(output);
        case Format::table: return table_writer(output, style);
        default: return graph_writer(*parse_graph_format(name_of(format)), output);
    }
}

}  // namespace mainstay::shell
