#include "query/reference/graph.hpp"

#include <algorithm>

namespace mainstay::test::reference {

const char* const model_json = R"({
  "classes": [
    {"name": "Thing", "attributes": [
      {"name": "id", "type": "integer", "unique": true}, {"name": "x", "type": "integer"},
      {"name": "y", "type": "integer"}, {"name": "s", "type": "string"}, {"name": "f", "type": "float"},
      {"name": "b", "type": "boolean"}]},
    {"name": "A", "parent": "Thing"}, {"name": "B", "parent": "A"}, {"name": "C", "parent": "Thing"}
  ],
  "relationship_types": [
    {"name": "T", "inverse": "IS_T_OF", "depends": "source", "effect": "hard"},
    {"name": "U", "depends": "target", "effect": "soft"},
    {"name": "V"}
  ]
})";

bool Graph::has_label(std::size_t node, const std::string& label) const {
    for (const std::string& own : nodes[node].labels) {
        if (own == label) return true;
        if (with_model && (label == "Thing" || (label == "A" && own == "B"))) return true;
    }
    return false;
}

bool Graph::allows(const Rel& rel, const std::string& type, bool forward) const {
    if (type == "DEPENDENCY") return forward ? rel.type == "T" : rel.type == "U";
    if (type == "IS_T_OF") return rel.type == "T" && !forward;
    return rel.type == type && forward;
}

namespace {

std::string properties_text(const std::map<std::string, Val>& properties) {
    std::string out;
    for (const auto& [key, value] : properties) out += (out.empty() ? "{" : ", ") + key + ": " + literal(value);
    return out + "}";
}

std::string node_text(const std::string& name, const Graph::Node& node) {
    std::string out = "(" + name;
    for (const std::string& label : node.labels) out += ":" + label;
    return out + " " + properties_text(node.properties) + ")";
}

std::string found(std::size_t node) { return "{id: " + std::to_string(node) + "}"; }

}  // namespace

void Graph::write_statements(Random& random) {
    first.clear();
    second.clear();
    std::string create, decoys;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        Node early = nodes[i];
        if (chance(random, 30)) {
            early.properties.erase("x");
            early.properties["s"] = text("late");
            early.properties["y"] = integer(-9);
            std::string set = "MATCH (n " + found(i) + ") SET n.x = null, n.s = null, n.y = null";
            for (const char* key : {"x", "s", "y"})
                if (nodes[i].properties.contains(key))
                    set += std::string(", n.") + key + " = " + literal(nodes[i].properties.at(key));
            second.push_back(set);
        }
        create += (create.empty() ? "CREATE " : ", ") + node_text("n" + std::to_string(i), early);
    }
    const std::string decoy = ":C {id: 900, x: 1, y: 1, s: 'a'}";
    create += ", (d" + decoy + "), (n0)-[:T {id: 900, w: 1}]->(d), (d)-[:U {id: 901, w: 0}]->(n0)";
    first.push_back(create);
    for (std::size_t i = 0; i < rels.size(); ++i) {
        auto& part = chance(random, 60) ? first : second;
        part.push_back("MATCH (a " + found(rels[i].from) + "), (b " + found(rels[i].to) +
                       ") CREATE (a)-[:" + rels[i].type + " " + properties_text(rels[i].properties) + "]->(b)");
    }
    second.push_back("MATCH (d {id: 900}) DETACH DELETE d");
}

Graph random_graph(Random& random, bool with_model) {
    Graph graph;
    graph.with_model = with_model;
    const int nodes = 2 + below(random, 5), rels = 1 + below(random, 8);
    static constexpr const char* texts[] = {"a", "b", "ab", "ba", ""};
    for (int i = 0; i < nodes; ++i) {
        Graph::Node node;
        if (with_model) {
            static constexpr const char* classes[] = {"A", "B", "C", "Thing"};
            node.labels.emplace_back(classes[below(random, 4)]);
        } else {
            for (const char* label : {"A", "B", "C"})
                if (chance(random, 40)) node.labels.emplace_back(label);
        }
        node.properties["id"] = integer(i);
        if (chance(random, 75)) node.properties["x"] = integer(below(random, 4));
        if (chance(random, 75)) node.properties["y"] = integer(below(random, 6) - 2);
        if (chance(random, 70)) node.properties["s"] = text(texts[below(random, 5)]);
        if (chance(random, 60)) node.properties["f"] = floating(0.5 + below(random, 4) - 2);
        if (chance(random, 60)) node.properties["b"] = boolean(chance(random, 50));
        graph.nodes.push_back(std::move(node));
    }
    for (int i = 0; i < rels; ++i) {
        Graph::Rel rel;
        const auto any = [&] { return static_cast<std::size_t>(below(random, nodes)); };
        rel.from = any();
        rel.to = any();
        static constexpr const char* types[] = {"T", "T", "U", "V"};
        rel.type = types[below(random, 4)];
        rel.properties["id"] = integer(i);
        if (chance(random, 80)) rel.properties["w"] = integer(below(random, 3));
        graph.rels.push_back(std::move(rel));
    }
    graph.write_statements(random);
    return graph;
}

}  // namespace mainstay::test::reference
