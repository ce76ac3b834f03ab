#include "writers/graph/graph_form.hpp"

#include <fmt/format.h>

#include <array>
#include <set>
#include <unordered_map>

namespace mainstay::graph {
namespace {

struct StateColour {
    std::string_view state, fill, line;
};
constexpr std::array<StateColour, 4> colours{{{"down", "#f8c9c4", "#b3261e"},
                                              {"degraded", "#fde3b5", "#a05a00"},
                                              {"at_risk", "#fbf3bf", "#7a6a00"},
                                              {"up", "#cfeccf", "#1e6b2a"}}};

const StateColour* colour_of(std::string_view state) {
    for (const StateColour& colour : colours)
        if (colour.state == state) return &colour;
    return nullptr;
}

// A quoted string of DOT, in which a backslash says something.
void append_dot(std::string_view text, std::string& out) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\0': out += "\xEF\xBF\xBD"; break;
            default: out += c;
        }
    }
    out += '"';
}

template <typename Element>
void append_dot_properties(const Element& element, std::string& out) {
    for_each_property(element, [&](std::string_view name, const Value& value) {
        out += ", ";
        append_dot("property." + std::string{name}, out);
        out += '=';
        append_dot(plain_text(value), out);
    });
}

// What Mermaid would take for its own is written by number; a line break is its own word for it.
void append_mermaid(std::string_view text, std::string& out) {
    constexpr std::string_view special = "\"#;&<>[](){}|`\\";
    out += '"';
    for (const char c : text) {
        if (c == '\n')
            out += "<br/>";
        else if (static_cast<unsigned char>(c) < 0x20)
            out += ' ';
        else if (special.find(c) != std::string_view::npos)
            out += fmt::format("#{};", static_cast<int>(c));
        else
            out += c;
    }
    out += '"';
}

}  // namespace

void write_dot(const GraphSource& source, TextSink& sink) {
    Captions captions;
    Pieces pieces{sink};
    std::string& out = pieces.text();
    out +=
        "digraph Mainstay {\ncharset=\"UTF-8\";\nrankdir=LR;\nnode [shape=box, style=\"rounded,filled\", "
        "fillcolor=\"#f4f4f4\", fontname=\"sans-serif\"];\nedge [fontname=\"sans-serif\", fontsize=10];\n";
    source.for_each_node([&](const Node& node) {
        append_dot(id_of(node), out);
        out += " [label=";
        append_dot(captions.name(node), out);
        std::string labels;
        for_each_label(node,
                       [&](std::string_view label) { labels += (labels.empty() ? "" : " ") + std::string{label}; });
        out += ", class=";
        append_dot(labels, out);
        const auto state = source.state_of(node);
        if (const StateColour* colour = colour_of(state))
            out += fmt::format(", fillcolor=\"{}\", color=\"{}\"", colour->fill, colour->line);
        if (!state.empty()) {
            out += ", state=";
            append_dot(state, out);
        }
        append_dot_properties(node, out);
        out += "];\n";
        pieces.write_if_long();
    });
    source.for_each_relationship([&](const Relationship& rel) {
        append_dot(source_of(rel), out);
        out += " -> ";
        append_dot(target_of(rel), out);
        out += " [id=";
        append_dot(id_of(rel), out);
        out += ", label=";
        append_dot(type_of(rel), out);
        append_dot_properties(rel, out);
        out += "];\n";
        pieces.write_if_long();
    });
    out += "}\n";
    pieces.write();
}

void write_mermaid(const GraphSource& source, TextSink& sink) {
    Captions captions;
    Pieces pieces{sink};
    std::string& out = pieces.text();
    std::unordered_map<NodeId, std::size_t> numbers;  // element ids are no names of Mermaid
    std::set<std::string, std::less<>> states;
    out += "flowchart LR\n";
    source.for_each_node([&](const Node& node) {
        const auto number = numbers.emplace(node.id, numbers.size()).first->second;
        out += fmt::format("    n{}[", number);
        append_mermaid(captions.name(node), out);
        out += ']';
        if (const auto state = source.state_of(node); colour_of(state)) {
            out += ":::" + state;
            states.insert(state);
        }
        out += '\n';
        pieces.write_if_long();
    });
    source.for_each_relationship([&](const Relationship& rel) {
        const Ends ends = rel.source->ends(rel.id);
        out += fmt::format("    n{} -->|", numbers.at(ends.source));
        append_mermaid(type_of(rel), out);
        out += fmt::format("| n{}\n", numbers.at(ends.target));
        pieces.write_if_long();
    });
    for (const std::string& state : states) {
        const StateColour& colour = *colour_of(state);
        out += fmt::format("    classDef {} fill:{},stroke:{},color:#222\n", state, colour.fill, colour.line);
    }
    pieces.write();
}

}  // namespace mainstay::graph
