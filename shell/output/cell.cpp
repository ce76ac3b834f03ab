#include "output/cell.hpp"

#include "text/width.hpp"

#include "mainstay/connect/writers.hpp"

#include <algorithm>

namespace mainstay::shell {
namespace {

constexpr std::size_t element_bytes_max = 4'096;  // of one element's text: a table is no place for a document

void append(const Value& value, Captions& captions, bool is_nested, std::string& out);

void append_property(std::string_view name, const Value& value, Captions& captions, bool& any, std::string& out) {
    out += any ? ", " : "{";
    any = true;
    out += name;
    out += ": ";
    append(value, captions, true, out);
}

void append_node(const Node& node, Captions& captions, std::string& out) {
    const Properties& source = *node.source;
    const Names& names = source.names();
    const ShapeId shape = source.shape(node.id);
    const std::size_t begin = out.size();
    out += '(';
    bool any_label = false;
    for (const LabelId label : names.labels_of(shape)) {
        out += ':';
        out += names.label(label);
        any_label = true;
    }
    if (any_label) out += ' ';
    bool any = false, was_cut = false;
    const std::vector<KeyId>& first = captions.naming_keys(source, shape);
    for (const KeyId key : first) {
        const Value value = source.property(node.id, key);
        if (!value.is_null()) append_property(names.key(key), value, captions, any, out);
    }
    source.visit_properties(node.id, [&](KeyId key, const Value& value) {
        const std::string_view name = names.key(key);
        if (is_hidden(name) || std::find(first.begin(), first.end(), key) != first.end()) return;
        if (out.size() - begin > element_bytes_max) {
            if (!was_cut) out += ", …";
            was_cut = true;
            return;
        }
        append_property(name, value, captions, any, out);
    });
    if (any)
        out += '}';
    else if (any_label)
        out.pop_back();
    out += ')';
}

void append_short_node(const Node& node, Captions& captions, bool with_label, std::string& out) {
    const std::optional<std::string> caption = captions.caption(node);
    out += '(';
    if (with_label || !caption) {
        const std::string label = captions.label(node);
        if (!label.empty()) out.append(":").append(label).append(" ");
    }
    out += caption ? *caption : node.source->element_id(node.id);
    out += ')';
}

void append_relationship(const Relationship& rel, Captions& captions, bool with_properties, std::string& out) {
    const Names& names = rel.source->names();
    out += "[:";
    out += names.type(rel.source->ends(rel.id).type);
    if (with_properties) {
        bool any = false;
        rel.source->visit_properties(rel.id, [&](KeyId key, const Value& value) {
            if (is_hidden(names.key(key))) return;
            if (!any) out += ' ';
            append_property(names.key(key), value, captions, any, out);
        });
        if (any) out += '}';
    }
    out += ']';
}

void append_path(const PathData& path, Captions& captions, std::string& out) {
    append_short_node(path.nodes.front(), captions, false, out);
    for (std::size_t i = 0; i < path.rels.size(); ++i) {
        out += path.forward[i] ? "-" : "<-";
        append_relationship(path.rels[i], captions, false, out);
        out += path.forward[i] ? "->" : "-";
        append_short_node(path.nodes[i + 1], captions, false, out);
    }
}

void append(const Value& value, Captions& captions, bool is_nested, std::string& out) {
    switch (value.type()) {
        case ValueType::list: {
            out += '[';
            bool any = false;
            for (const Value& item : value.as_list()) {
                if (any) out += ", ";
                any = true;
                append(item, captions, true, out);
            }
            out += ']';
            break;
        }
        case ValueType::map: {
            bool any = false;
            for (const auto& [key, item] : value.as_map())
                if (!is_hidden(key)) append_property(key, item, captions, any, out);
            out += any ? "}" : "{}";
            break;
        }
        case ValueType::string:
            if (is_nested)
                out += print(value);
            else
                out += value.as_string();
            break;
        case ValueType::node:
            if (is_nested)
                append_short_node(value.as_node(), captions, true, out);
            else
                append_node(value.as_node(), captions, out);
            break;
        case ValueType::relationship: append_relationship(value.as_relationship(), captions, !is_nested, out); break;
        case ValueType::path: append_path(value.as_path(), captions, out); break;
        default: out += value.is_temporal() ? to_text(value) : print(value);
    }
}

}  // namespace

std::optional<std::string> Captions::title(const Node& node) {
    const auto found = mainstay::Captions::title(node);
    return found ? std::optional{printable(*found, Newlines::escape)} : std::nullopt;
}

std::string Captions::name(const Node& node) { return printable(mainstay::Captions::name(node), Newlines::escape); }

std::string cell_text(const Value& value, Captions& captions) {
    std::string text;
    append(value, captions, false, text);
    return printable(text, value.is(ValueType::string) ? Newlines::keep : Newlines::escape);
}

}  // namespace mainstay::shell
