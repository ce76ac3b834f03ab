#pragma once

// Graphs for other tools: viewers, layout programs, network analysis.

#include "mainstay/connect/writers.hpp"
#include "mainstay/core/value.hpp"
#include "mainstay/storage/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mainstay {

enum class GraphFormat : std::uint8_t { cytoscape, graphology, graphml, gexf, dot, mermaid };

struct GraphFormatInfo {
    GraphFormat format;
    std::string_view name, media_type;
};
std::span<const GraphFormatInfo> graph_formats() noexcept;
std::optional<GraphFormat> parse_graph_format(std::string_view name) noexcept;

// Elements, told again each time they are asked for: some formats say first which attributes there are.
struct GraphSource {
    std::function<void(const std::function<void(const Node&)>&)> for_each_node;
    std::function<void(const std::function<void(const Relationship&)>&)>
        for_each_relationship;                         // its ends are nodes of it
    std::function<std::string(const Node&)> state_of;  // "down": shown by colour where there is such a thing; "": none
};

// Every node with its caption, labels and properties, every relationship with its type and properties, parallel ones
// included. Values that the format has no type for are text, lists and maps JSON.
//   cytoscape   {"elements":{"nodes":[{"data":{"id","label","labels","state"?,"properties"}}],"edges":[{"data":{"id",
//               "source","target","label","properties"}}]}}
//   graphology {"options","attributes","nodes":[{"key","attributes"}],"edges":[{"key","source","target","attributes"}]}
//   graphml, gexf  an attribute a property, whose type all its values share, or text; beside them `labels` and
//   `caption`
//               (`type` of edges), with a `_` before a name that a property has. Control characters that XML cannot
//               hold become U+FFFD
//   dot         properties as attributes "property.NAME"; backslashes doubled, as in its escape strings
//   mermaid     captions and types alone: the format has no place for more
void write_graph(const GraphSource& source, GraphFormat format, TextSink& sink);

// The graph of a result: every node, relationship and path in its rows, lists and maps included, and the ends of its
// relationships, once each. A column `state` of texts colours the nodes of its row. Written by end(); values must live
// until then.
std::unique_ptr<ResultWriter> graph_writer(GraphFormat format, TextSink& sink);

// All of it.
void export_graph(const View& view, GraphFormat format, TextSink& sink, const ProgressSink& progress);

}  // namespace mainstay
