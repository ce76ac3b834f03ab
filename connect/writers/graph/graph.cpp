#include "writers/graph/graph_form.hpp"

#include "mainstay/storage/view.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace mainstay {
namespace {

constexpr std::array<GraphFormatInfo, 6> formats{{
    {GraphFormat::cytoscape, "cytoscape", "application/vnd.cytoscape+json"},
    {GraphFormat::graphology, "graphology", "application/vnd.graphology+json"},
    {GraphFormat::graphml, "graphml", "application/graphml+xml"},
    {GraphFormat::gexf, "gexf", "application/gexf+xml"},
    {GraphFormat::dot, "dot", "text/vnd.graphviz"},
    {GraphFormat::mermaid, "mermaid", "text/vnd.mermaid"},
}};

class GraphWriter final : public ResultWriter {
public:
    GraphWriter(GraphFormat format, TextSink& sink) : format_(format), sink_(sink) {}

    void begin(const std::vector<std::string>& columns) override {
        const auto found = std::find(columns.begin(), columns.end(), "state");
        state_column_ = static_cast<std::size_t>(found - columns.begin());
    }

    void row(const std::vector<Value>& values) override {
        for (const Value& value : values) take(value);
        if (state_column_ >= values.size() || !values[state_column_].is(ValueType::string)) return;
        for (const Value& value : values)
            if (value.is(ValueType::node)) states_[value.as_node().id] = values[state_column_].as_string();
    }

    bool end(std::span<const Notice>) override {
        GraphSource source;
        source.for_each_node = [this](const auto& f) {
            for (const auto& [id, node] : nodes_) f(node);
        };
        source.for_each_relationship = [this](const auto& f) {
            for (const auto& [id, rel] : rels_) f(rel);
        };
        source.state_of = [this](const Node& node) {
            const auto found = states_.find(node.id);
            return found == states_.end() ? std::string{} : found->second;
        };
        write_graph(source, format_, sink_);
        return false;
    }

private:
    void take(const Value& value) {
        switch (value.type()) {
            case ValueType::node: nodes_.try_emplace(value.as_node().id, value.as_node()); break;
            case ValueType::relationship: take(value.as_relationship()); break;
            case ValueType::path: {
                for (const Node& node : value.as_path().nodes) nodes_.try_emplace(node.id, node);
                for (const Relationship& rel : value.as_path().rels) take(rel);
                break;
            }
            case ValueType::list:
                for (const Value& item : value.as_list()) take(item);
                break;
            case ValueType::map:
                for (const auto& [key, item] : value.as_map()) take(item);
                break;
            default: break;
        }
    }
    void take(const Relationship& rel) {
        const Ends ends = rel.source->ends(rel.id);
        rels_.try_emplace(rel.id, rel);
        for (const NodeId end : {ends.source, ends.target}) nodes_.try_emplace(end, Node{rel.source, end});
    }

    GraphFormat format_;
    TextSink& sink_;
    std::size_t state_column_ = 0;
    std::map<NodeId, Node> nodes_;
    std::map<RelId, Relationship> rels_;
    std::map<NodeId, std::string> states_;
};

}  // namespace

std::span<const GraphFormatInfo> graph_formats() noexcept { return formats; }

std::optional<GraphFormat> parse_graph_format(std::string_view name) noexcept {
    for (const GraphFormatInfo& each : formats)
        if (each.name == name) return each.format;
    return std::nullopt;
}

void write_graph(const GraphSource& source, GraphFormat format, TextSink& sink) {
    switch (format) {
        case GraphFormat::cytoscape:
        case GraphFormat::graphology: return graph::write_json_graph(source, format, sink);
        case GraphFormat::graphml: return graph::write_graphml(source, sink);
        case GraphFormat::gexf: return graph::write_gexf(source, sink);
        case GraphFormat::dot: return graph::write_dot(source, sink);
        case GraphFormat::mermaid: return graph::write_mermaid(source, sink);
    }
}

std::unique_ptr<ResultWriter> graph_writer(GraphFormat format, TextSink& sink) {
    return std::make_unique<GraphWriter>(format, sink);
}

void export_graph(const View& view, GraphFormat format, TextSink& sink, const ProgressSink& progress) {
    GraphSource source;
    const std::uint64_t total = view.count_nodes(no_label);
    source.for_each_node = [&](const auto& f) {
        std::uint64_t done = 0;
        view.for_each_node(no_label, [&](NodeId id) {
            f(Node{&view, id});
            if (progress && ++done % 4'096 == 0) progress({"writing nodes", done, total});
        });
    };
    source.for_each_relationship = [&](const auto& f) {
        std::vector<RelId> rels;
        std::uint64_t done = 0;
        for (std::uint32_t segment = 0; segment < view.rel_segments(); ++segment) {
            rels.clear();
            view.scan_rels(segment, no_type, rels);
            for (const RelId id : rels) f(Relationship{&view, id});
            done += rels.size();
            if (progress) progress({"writing relationships", done, view.count_rels(no_type)});
        }
    };
    source.state_of = [](const Node&) { return std::string{}; };
    write_graph(source, format, sink);
}

}  // namespace mainstay
