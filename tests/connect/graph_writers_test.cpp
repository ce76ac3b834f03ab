#include "mainstay/connect/graph_writers.hpp"
#include "support/scratch.hpp"

#include "mainstay/query/database.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace mainstay {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

class Text final : public TextSink {
public:
    void write(std::string_view text) override { text_ += text; }
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

// Two nodes, two parallel relationships between them, one to itself; whatever may be awkward in a format.
struct Estate {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;

    Estate() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "estate.db", options);
        database->run(
            "CREATE (a:Server:Linux {name: 'db \"01\" <\xC3\xA9>', cores: 8, load: 0.5, on: true, tags: ['x', 'y']}), "
            "(b:Server {name: 'back\\\\slash\\nline', cores: 'many', labels: 'mine'}), "
            "(a)-[:LINK {speed: 10}]->(b), (a)-[:LINK {speed: 20}]->(b), (b)-[:LINK]->(b)");
    }
    std::string drawn(GraphFormat format, std::string_view text = "MATCH (n)-[r]->(m) RETURN n, collect(r), m") const {
        Text out;
        const auto result = database->run(text);
        const auto writer = graph_writer(format, out);
        writer->begin(result->columns());
        while (const auto* row = result->next()) writer->row(*row);
        writer->end({});
        return out.text();
    }
    std::string exported(GraphFormat format) const {
        Text out;
        export_graph(*database->store().view(), format, out, {});
        return out.text();
    }
};

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("JSON graphs hold every node once and every parallel relationship", "[graph]") {
    const Estate estate;
    for (const auto format : {GraphFormat::cytoscape, GraphFormat::graphology}) {
        const Value graph = value_of_json(estate.drawn(format), "the graph");
        const Value elements = format == GraphFormat::cytoscape ? graph.at("elements") : graph;
        const auto data = [&](const Value& element) {
            return format == GraphFormat::cytoscape ? element.at("data") : element.at("attributes");
        };
        REQUIRE(elements.at("nodes").as_list().size() == 2);
        REQUIRE(elements.at("edges").as_list().size() == 3);
        const Value first = data(elements.at("nodes").as_list()[0]);
        CHECK(first.at("label").as_string() == "db \"01\" <\xC3\xA9>");
        CHECK(print(first.at("labels")) == "['Server', 'Linux']");
        CHECK(print(first.at("properties").at("tags")) == "['x', 'y']");
        CHECK(first.at("properties").at("cores").as_int() == 8);
        std::vector<std::string> speeds;
        for (const Value& edge : elements.at("edges").as_list()) {
            CHECK(data(edge).at("label").as_string() == "LINK");
            speeds.push_back(print(data(edge).at("properties")));
        }
        std::sort(speeds.begin(), speeds.end());
        CHECK(speeds == std::vector<std::string>{"{speed: 10}", "{speed: 20}", "{}"});
    }
}

TEST_CASE("XML graphs say first of which type each attribute is", "[graph]") {
    const Estate estate;
    const std::string graphml = estate.drawn(GraphFormat::graphml), gexf = estate.drawn(GraphFormat::gexf);
    CHECK_THAT(graphml, Contains("attr.name=\"load\" attr.type=\"double\"") &&
                            Contains("attr.name=\"on\" attr.type=\"boolean\"") &&
                            Contains("attr.name=\"speed\" attr.type=\"long\""));
    CHECK_THAT(graphml, Contains("attr.name=\"cores\" attr.type=\"string\""));  // a number here, a text there
    CHECK_THAT(graphml, Contains("attr.name=\"_labels\"") && Contains("attr.name=\"labels\""));
    CHECK_THAT(graphml, Contains("db &quot;01&quot; &lt;\xC3\xA9&gt;") && Contains("back\\slash&#10;line"));
    CHECK_THAT(graphml, Contains("[&quot;x&quot;,&quot;y&quot;]"));
    CHECK(count(graphml, "<node ") == 2);
    CHECK(count(graphml, "<edge ") == 3);
    CHECK_THAT(gexf, Contains("title=\"speed\" type=\"long\""));
    CHECK(count(gexf, "<edge ") == 3);
}

TEST_CASE("text graphs quote what would be words of theirs", "[graph]") {
    const Estate estate;
    const std::string dot = estate.drawn(GraphFormat::dot), mermaid = estate.drawn(GraphFormat::mermaid);
    CHECK_THAT(dot, StartsWith("digraph") && Contains("label=\"db \\\"01\\\" <\xC3\xA9>\"") &&
                        Contains("\"property.name\"=\"back\\\\slash\\nline\""));
    CHECK(count(dot, " -> ") == 3);
    CHECK_THAT(mermaid, StartsWith("flowchart LR\n") && Contains("db #34;01#34; #60;\xC3\xA9#62;") &&
                            Contains("back#92;slash<br/>line"));
    CHECK(count(mermaid, "-->") == 3);
}

TEST_CASE("the ends of a relationship come with it, and states colour", "[graph]") {
    const Estate estate;
    CHECK(count(estate.drawn(GraphFormat::dot, "MATCH ()-[r {speed: 10}]->() RETURN r"), "label=\"") == 3);
    const std::string text = "MATCH (n:Linux) RETURN n AS ci, 'down' AS state";
    CHECK_THAT(estate.drawn(GraphFormat::mermaid, text), Contains("]:::down") && Contains("classDef down"));
    CHECK_THAT(estate.drawn(GraphFormat::dot, text), Contains("state=\"down\""));
    CHECK_THAT(estate.drawn(GraphFormat::cytoscape, text), Contains("\"state\":\"down\""));
}

TEST_CASE("everything is the graph of everything", "[graph]") {
    const Estate estate;
    for (const GraphFormatInfo& each : graph_formats())
        CHECK(estate.exported(each.format) == estate.drawn(each.format));
}

}  // namespace mainstay
