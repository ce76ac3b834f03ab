#include "mainstay/connect/writers.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <cmath>

namespace mainstay {
namespace {

template <typename Id>
void append_properties(const Properties& source, Id id, std::string& out) {
    out += "\"properties\":{";
    bool any = false;
    source.visit_properties(id, [&](KeyId key, const Value& value) {
        const std::string_view name = source.names().key(key);
        if (is_hidden(name)) return;
        if (any) out += ',';
        any = true;
        append_json_string(name, out);
        out += ':';
        append_json(value, out);
    });
    out += '}';
}

void append_node(const Node& node, std::string& out) {
    out += "{\"id\":";
    append_json_string(node.source->element_id(node.id), out);
    out += ",\"labels\":[";
    const Names& names = node.source->names();
    bool any = false;
    for (const LabelId label : names.labels_of(node.source->shape(node.id))) {
        if (any) out += ',';
        any = true;
        append_json_string(names.label(label), out);
    }
    out += "],";
    append_properties(*node.source, node.id, out);
    out += '}';
}

void append_relationship(const Relationship& rel, std::string& out) {
    const Ends ends = rel.source->ends(rel.id);
    out += "{\"id\":";
    append_json_string(rel.source->element_id(rel.id), out);
    out += ",\"type\":";
    append_json_string(rel.source->names().type(ends.type), out);
    out += ",\"source\":";
    append_json_string(rel.source->element_id(ends.source), out);
    out += ",\"target\":";
    append_json_string(rel.source->element_id(ends.target), out);
    out += ',';
    append_properties(*rel.source, rel.id, out);
    out += '}';
}

void append_path(const PathData& path, std::string& out) {
    out += "{\"nodes\":[";
    for (std::size_t i = 0; i < path.nodes.size(); ++i) {
        if (i) out += ',';
        append_node(path.nodes[i], out);
    }
    out += "],\"relationships\":[";
    for (std::size_t i = 0; i < path.rels.size(); ++i) {
        if (i) out += ',';
        append_relationship(path.rels[i], out);
    }
    out += "]}";
}

void append_float(double d, std::string& out) {
    if (std::isnan(d))
        out += "\"NaN\"";
    else if (std::isinf(d))
        out += d > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    else
        out += print_float(d);  // 1.0, 1.5E10: JSON takes it as it is
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c >= 0x80) {
            std::int32_t code_point;
            const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                               static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
            if (size > 0) {
                out += text.substr(at, static_cast<std::size_t>(size));
                at += static_cast<std::size_t>(size);
            } else {
                out += "\xEF\xBF\xBD";
                ++at;
            }
            continue;
        }
        ++at;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (c < 0x20 || c == 0x7F)
                    out += fmt::format("\\u{:04x}", c);
                else
                    out += static_cast<char>(c);
        }
    }
    out += '"';
}

void append_json(const Value& value, std::string& out) {
    switch (value.type()) {
        case ValueType::null: out += "null"; break;
        case ValueType::boolean: out += value.as_bool() ? "true" : "false"; break;
        case ValueType::integer: out += fmt::format_int(value.as_int()).c_str(); break;
        case ValueType::floating: append_float(value.as_double(), out); break;
        case ValueType::string: append_json_string(value.as_string(), out); break;
        case ValueType::list: {
            out += '[';
            bool any = false;
            for (const Value& item : value.as_list()) {
                if (any) out += ',';
                any = true;
                append_json(item, out);
            }
            out += ']';
            break;
        }
        case ValueType::map: {
            out += '{';
            bool any = false;
            for (const auto& [key, item] : value.as_map()) {
                if (is_hidden(key)) continue;
                if (any) out += ',';
                any = true;
                append_json_string(key, out);
                out += ':';
                append_json(item, out);
            }
            out += '}';
            break;
        }
        case ValueType::node: append_node(value.as_node(), out); break;
        case ValueType::relationship: append_relationship(value.as_relationship(), out); break;
        case ValueType::path: append_path(value.as_path(), out); break;
        default: append_json_string(to_text(value), out);  // temporal values
    }
}

}  // namespace mainstay
