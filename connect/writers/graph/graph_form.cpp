#include "writers/graph/graph_form.hpp"

#include "mainstay/core/utf8.hpp"

#include <algorithm>
#include <cmath>

namespace mainstay::graph {

std::string plain_text(const Value& value) {
    switch (value.type()) {
        case ValueType::list:
        case ValueType::map: {
            std::string json;
            append_json(value, json);
            return json;
        }
        default: return to_text(value);
    }
}

AttributeKind kind_of(const Value& value) {
    switch (value.type()) {
        case ValueType::boolean: return AttributeKind::boolean;
        case ValueType::integer: return AttributeKind::integer;
        case ValueType::floating: return AttributeKind::floating;
        default: return AttributeKind::text;
    }
}

// Integers do not become floats: those beyond 2^53 would be others.
AttributeKind joined(AttributeKind a, AttributeKind b) { return a == b ? a : AttributeKind::text; }

GraphAttributes attributes_of(const GraphSource& source) {
    GraphAttributes all;
    const auto add = [](Attributes& attributes) {
        return [&](std::string_view name, const Value& value) {
            const auto found = attributes.find(name);
            if (found == attributes.end())
                attributes.emplace(name, kind_of(value));
            else
                found->second = joined(found->second, kind_of(value));
        };
    };
    source.for_each_node([&](const Node& node) { for_each_property(node, add(all.nodes)); });
    source.for_each_relationship([&](const Relationship& rel) { for_each_property(rel, add(all.relationships)); });
    return all;
}

std::string free_name(std::string name, const Attributes& taken) {
    while (taken.contains(name)) name.insert(0, 1, '_');
    return name;
}

void append_xml(std::string_view text, std::string& out) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string sound;
    // Bytes that are not UTF-8, as far as there are any, one by one.
    while (const auto bad = first_invalid_utf8(text)) {
        sound += text.substr(0, *bad);
        sound += replacement;
        text.remove_prefix(*bad + 1);
    }
    sound += text;
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const char c = sound[i];
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\n': out += "&#10;"; break;  // kept in attributes too
            case '\r': out += "&#13;"; break;
            case '\t': out += "&#9;"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += replacement;
                } else if (sound.compare(i, 3, "\xEF\xBF\xBE") == 0 || sound.compare(i, 3, "\xEF\xBF\xBF") == 0) {
                    out += replacement;  // U+FFFE and U+FFFF are no characters of XML
                    i += 2;
                } else {
                    out += c;
                }
        }
    }
}

}  // namespace mainstay::graph
