#pragma once

// What the graph formats share.

#include "mainstay/connect/captions.hpp"
#include "mainstay/connect/graph_writers.hpp"

#include <map>
#include <string>
#include <string_view>

namespace mainstay::graph {

// Text for a sink, in pieces.
class Pieces {
public:
    explicit Pieces(TextSink& sink) : sink_(sink) {}
    std::string& text() noexcept { return text_; }
    void write_if_long() {
        if (text_.size() >= bytes_at_once) write();
    }
    void write() {
        sink_.write(text_);
        text_.clear();
    }

private:
    static constexpr std::size_t bytes_at_once = std::size_t{64} << 10;
    TextSink& sink_;
    std::string text_;
};

inline std::string id_of(const Node& node) { return node.source->element_id(node.id); }
inline std::string id_of(const Relationship& rel) { return rel.source->element_id(rel.id); }
inline std::string source_of(const Relationship& rel) {
    return rel.source->element_id(rel.source->ends(rel.id).source);
}
inline std::string target_of(const Relationship& rel) {
    return rel.source->element_id(rel.source->ends(rel.id).target);
}
inline std::string_view type_of(const Relationship& rel) {
    return rel.source->names().type(rel.source->ends(rel.id).type);
}

template <typename F>  // F(std::string_view), in the order in which they are stored
void for_each_label(const Node& node, F&& f) {
    const Names& names = node.source->names();
    for (const LabelId label : names.labels_of(node.source->shape(node.id))) f(names.label(label));
}

template <typename Element, typename F>  // F(std::string_view name, const Value&); the system's own are left out
void for_each_property(const Element& element, F&& f) {
    element.source->visit_properties(element.id, [&](KeyId key, const Value& value) {
        const std::string_view name = element.source->names().key(key);
        if (!is_hidden(name) && !value.is_null()) f(name, value);
    });
}

// Text as it is, lists and maps as JSON.
std::string plain_text(const Value& value);

// A property as an attribute with one type for all elements.
enum class AttributeKind : std::uint8_t { boolean, integer, floating, text };
AttributeKind kind_of(const Value& value);
AttributeKind joined(AttributeKind a, AttributeKind b);

// Names of properties and their kinds, of nodes or of relationships.
using Attributes = std::map<std::string, AttributeKind, std::less<>>;
struct GraphAttributes {
    Attributes nodes, relationships;
};
GraphAttributes attributes_of(const GraphSource& source);
// `name`, with `_` before it as often as it takes to be no property's.
std::string free_name(std::string name, const Attributes& taken);

// For the text of an element or of an attribute in quotes.
void append_xml(std::string_view text, std::string& out);

void write_json_graph(const GraphSource& source, GraphFormat format, TextSink& sink);
void write_graphml(const GraphSource& source, TextSink& sink);
void write_gexf(const GraphSource& source, TextSink& sink);
void write_dot(const GraphSource& source, TextSink& sink);
void write_mermaid(const GraphSource& source, TextSink& sink);

}  // namespace mainstay::graph
