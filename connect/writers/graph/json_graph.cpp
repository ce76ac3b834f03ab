#include "writers/graph/graph_form.hpp"

namespace mainstay::graph {
namespace {

void append_text(std::string_view name, std::string_view text, std::string& out) {
    append_json_string(name, out);
    out += ':';
    append_json_string(text, out);
}

template <typename Element>
void append_properties(const Element& element, std::string& out) {
    out += "\"properties\":{";
    bool any = false;
    for_each_property(element, [&](std::string_view name, const Value& value) {
        if (any) out += ',';
        any = true;
        append_json_string(name, out);
        out += ':';
        append_json(value, out);
    });
    out += '}';
}

void append_node_members(const Node& node, const std::string& caption, const std::string& state, std::string& out) {
    append_text("label", caption, out);
    out += ",\"labels\":[";
    bool any = false;
    for_each_label(node, [&](std::string_view label) {
        if (any) out += ',';
        any = true;
        append_json_string(label, out);
    });
    out += "],";
    if (!state.empty()) {
        append_text("state", state, out);
        out += ',';
    }
    append_properties(node, out);
}

}  // namespace

void write_json_graph(const GraphSource& source, GraphFormat format, TextSink& sink) {
    const bool is_cytoscape = format == GraphFormat::cytoscape;
    Captions captions;
    Pieces pieces{sink};
    std::string& out = pieces.text();
    out += is_cytoscape
               ? "{\"elements\":{\"nodes\":["
               : "{\"options\":{\"type\":\"directed\",\"multi\":true,\"allowSelfLoops\":true},\"attributes\":{},"
                 "\"nodes\":[";
    bool any = false;
    source.for_each_node([&](const Node& node) {
        out += any ? ",\n" : "\n";
        any = true;
        out += is_cytoscape ? "{\"data\":{" : "{";
        append_text(is_cytoscape ? "id" : "key", id_of(node), out);
        out += is_cytoscape ? "," : ",\"attributes\":{";
        append_node_members(node, captions.name(node), source.state_of(node), out);
        out += "}}";
        pieces.write_if_long();
    });
    out += "],\"edges\":[";
    any = false;
    source.for_each_relationship([&](const Relationship& rel) {
        out += any ? ",\n" : "\n";
        any = true;
        out += is_cytoscape ? "{\"data\":{" : "{";
        append_text(is_cytoscape ? "id" : "key", id_of(rel), out);
        out += ',';
        append_text("source", source_of(rel), out);
        out += ',';
        append_text("target", target_of(rel), out);
        out += is_cytoscape ? "," : ",\"attributes\":{";
        append_text("label", type_of(rel), out);
        out += ',';
        append_properties(rel, out);
        out += "}}";
        pieces.write_if_long();
    });
    out += is_cytoscape ? "]}}\n" : "]}\n";
    pieces.write();
}

}  // namespace mainstay::graph
