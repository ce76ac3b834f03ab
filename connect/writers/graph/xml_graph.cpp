#include "writers/graph/graph_form.hpp"

#include <unordered_map>

namespace mainstay::graph {
namespace {

// Both formats number their attributes and say in front what each is called and of which type.
struct Numbered {
    Attributes attributes;
    std::unordered_map<std::string, std::size_t> number;
    std::string labels, caption, state, type;  // what ours are called

    void finish() {
        for (const auto& [name, kind] : attributes) number.emplace(name, number.size());
    }
};

std::string_view graphml_type(AttributeKind kind) {
    switch (kind) {
        case AttributeKind::boolean: return "boolean";
        case AttributeKind::integer: return "long";
        case AttributeKind::floating: return "double";
        case AttributeKind::text: break;
    }
    return "string";
}

struct XmlForm {
    std::string_view prefix_of_nodes, prefix_of_edges;  // of the numbers
};
constexpr XmlForm form{"n", "e"};

std::string number_of(std::string_view prefix, const Numbered& all, const std::string& name) {
    return std::string{prefix} + std::to_string(all.number.at(name));
}

std::string labels_text(const Node& node) {
    std::string text;
    for_each_label(node, [&](std::string_view label) { text += ":" + std::string{label}; });
    return text;
}

struct Named {
    Numbered nodes, edges;
};

Named named(const GraphSource& source) {
    auto [of_nodes, of_edges] = attributes_of(source);
    Named all{{std::move(of_nodes), {}, {}, {}, {}, {}}, {std::move(of_edges), {}, {}, {}, {}, {}}};
    const auto add = [](Numbered& to, std::string& name, const char* wanted) {
        name = free_name(wanted, to.attributes);
        to.attributes.emplace(name, AttributeKind::text);
    };
    add(all.nodes, all.nodes.labels, "labels");
    add(all.nodes, all.nodes.caption, "caption");
    add(all.nodes, all.nodes.state, "state");
    add(all.edges, all.edges.type, "type");
    all.nodes.finish();
    all.edges.finish();
    return all;
}

// Each pair of an attribute's number and its value, ours first.
template <typename F>
void for_each_value(const Node& node, const GraphSource& source, Captions& captions, const Numbered& all, F&& f) {
    f(number_of(form.prefix_of_nodes, all, all.labels), labels_text(node));
    f(number_of(form.prefix_of_nodes, all, all.caption), captions.name(node));
    if (const auto state = source.state_of(node); !state.empty())
        f(number_of(form.prefix_of_nodes, all, all.state), state);
    for_each_property(node, [&](std::string_view name, const Value& value) {
        f(number_of(form.prefix_of_nodes, all, std::string{name}), plain_text(value));
    });
}

template <typename F>
void for_each_value(const Relationship& rel, const Numbered& all, F&& f) {
    f(number_of(form.prefix_of_edges, all, all.type), std::string{type_of(rel)});
    for_each_property(rel, [&](std::string_view name, const Value& value) {
        f(number_of(form.prefix_of_edges, all, std::string{name}), plain_text(value));
    });
}

void append_attribute(std::string_view name, std::string_view text, std::string& out) {
    out += ' ';
    out += name;
    out += "=\"";
    append_xml(text, out);
    out += '"';
}

}  // namespace

void write_graphml(const GraphSource& source, TextSink& sink) {
    const Named all = named(source);
    Captions captions;
    Pieces pieces{sink};
    std::string& out = pieces.text();
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";
    const auto declare = [&](const Numbered& of, std::string_view prefix, std::string_view domain) {
        for (const auto& [name, kind] : of.attributes) {
            out += "<key";
            append_attribute("id", number_of(prefix, of, name), out);
            append_attribute("for", domain, out);
            append_attribute("attr.name", name, out);
            append_attribute("attr.type", graphml_type(kind), out);
            out += "/>\n";
        }
    };
    declare(all.nodes, form.prefix_of_nodes, "node");
    declare(all.edges, form.prefix_of_edges, "edge");
    out += "<graph id=\"G\" edgedefault=\"directed\">\n";
    const auto data = [&](const std::string& number, std::string_view text) {
        out += "<data key=\"" + number + "\">";
        append_xml(text, out);
        out += "</data>";
    };
    source.for_each_node([&](const Node& node) {
        out += "<node";
        append_attribute("id", id_of(node), out);
        out += '>';
        for_each_value(node, source, captions, all.nodes, data);
        out += "</node>\n";
        pieces.write_if_long();
    });
    source.for_each_relationship([&](const Relationship& rel) {
        out += "<edge";
        append_attribute("id", id_of(rel), out);
        append_attribute("source", source_of(rel), out);
        append_attribute("target", target_of(rel), out);
        out += '>';
        for_each_value(rel, all.edges, data);
        out += "</edge>\n";
        pieces.write_if_long();
    });
    out += "</graph>\n</graphml>\n";
    pieces.write();
}

void write_gexf(const GraphSource& source, TextSink& sink) {
    const Named all = named(source);
    Captions captions;
    Pieces pieces{sink};
    std::string& out = pieces.text();
    out +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gexf xmlns=\"http://www.gexf.net/1.2draft\" version=\"1.2\">\n"
        "<graph mode=\"static\" defaultedgetype=\"directed\">\n";
    const auto declare = [&](const Numbered& of, std::string_view prefix, std::string_view domain) {
        out += "<attributes class=\"" + std::string{domain} + "\">\n";
        for (const auto& [name, kind] : of.attributes) {
            out += "<attribute";
            append_attribute("id", number_of(prefix, of, name), out);
            append_attribute("title", name, out);
            append_attribute("type", graphml_type(kind), out);
            out += "/>\n";
        }
        out += "</attributes>\n";
    };
    declare(all.nodes, form.prefix_of_nodes, "node");
    declare(all.edges, form.prefix_of_edges, "edge");
    const auto value = [&](const std::string& number, std::string_view text) {
        out += "<attvalue for=\"" + number + "\"";
        append_attribute("value", text, out);
        out += "/>";
    };
    out += "<nodes>\n";
    source.for_each_node([&](const Node& node) {
        out += "<node";
        append_attribute("id", id_of(node), out);
        append_attribute("label", captions.name(node), out);
        out += "><attvalues>";
        for_each_value(node, source, captions, all.nodes, value);
        out += "</attvalues></node>\n";
        pieces.write_if_long();
    });
    out += "</nodes>\n<edges>\n";
    source.for_each_relationship([&](const Relationship& rel) {
        out += "<edge";
        append_attribute("id", id_of(rel), out);
        append_attribute("source", source_of(rel), out);
        append_attribute("target", target_of(rel), out);
        append_attribute("label", type_of(rel), out);
        out += "><attvalues>";
        for_each_value(rel, all.edges, value);
        out += "</attvalues></edge>\n";
        pieces.write_if_long();
    });
    out += "</edges>\n</graph>\n</gexf>\n";
    pieces.write();
}

}  // namespace mainstay::graph
