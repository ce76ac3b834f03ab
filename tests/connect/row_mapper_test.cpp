#include "row_mapper.hpp"

#include "readers/csv.hpp"

#include <fmt/core.h>

#include <catch2/catch.hpp>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

const char* const model_text = R"({
  "classes": [
    {"name": "Item", "abstract": true, "keys": [["id"]], "attributes": [{"name": "id", "type": "string"}]},
    {"name": "Server", "parent": "Item", "attributes": [
       {"name": "cpus", "type": "integer"}, {"name": "stage", "enum": ["live", "test"]}, {"name": "serial", "type": "string"}]},
    {"name": "BladeServer", "parent": "Server"},
    {"name": "Service", "parent": "Item"}
  ],
  "relationship_types": [
    {"name": "RUNS_ON", "inverse": "RUNS", "depends": "source", "dated": true}
  ]
})";

// One CSV file mapped by one file entry.
struct Mapped {
    std::vector<ImportProblem> problems;
    Model model;
    ClassRules rules{model};
    Observations observations{rules, problems};

    Mapped(const std::string& entry, const std::string& csv, Model with = Model::from_json(model_text))
        : model(std::move(with)) {
        const Mapping mapping = parse_mapping(R"({"source": "s", "files": [)" + entry + "]}");
        const std::uint32_t file = observations.add_file("t.csv");
        CsvReader reader{csv, std::nullopt, observations.log(file)};
        RowMapper mapper{mapping.files[0], observations, file};
        mapper.check_columns(reader.columns());
        Row row;
        while (reader.next(row)) mapper.map(reader.columns(), row);
    }

    std::string node(std::size_t index) const {
        const NodeObservation& node = observations.nodes().at(index);
        return observations.text(node.class_name) + attributes(node.attributes);
    }
    std::string rel(std::size_t index) const {
        const RelationshipObservation& rel = observations.rels().at(index);
        const auto end = [&](const End& each) {
            return each.node != End::no_node ? to_text(observations.nodes()[each.node].key[0])
                                             : "?" + to_text(each.value);
        };
        return end(rel.from) + "-" + observations.text(rel.type) + "->" + end(rel.to) + attributes(rel.attributes);
    }
    std::string attributes(const Attributes& attributes) const {
        std::string text;
        for (const auto& [name, value] : attributes)
            text += fmt::format(" {}={}", observations.text(name), print(value));
        return text;
    }
    std::string problem(std::size_t index) const {
        return fmt::format("{}: {}", problems.at(index).line, problems.at(index).message);
    }
};

const std::string servers = R"({"file": "t.csv", "nodes": [{"class": "Server", "key": "id"}]})";

}  // namespace

TEST_CASE("columns become attributes by their names, typed as the model says", "[row_mapper]") {
    const Mapped mapped{servers, "id,cpus,note\na,4,x\n"};
    CHECK(mapped.node(0) == "Server id='a' cpus=4 note='x'");
    CHECK(mapped.problems.empty());
}

TEST_CASE("a cell that does not fit its type is left out and costs neither its row nor another", "[row_mapper]") {
    const Mapped mapped{servers, "id,cpus\na,four\nb,4\n"};
    REQUIRE(mapped.observations.nodes().size() == 2);
    CHECK(mapped.node(0) == "Server id='a'");
    CHECK(mapped.node(1) == "Server id='b' cpus=4");
    CHECK(mapped.problem(0) == "2: `cpus`: 'four' is not an integer of 64 bits; value not taken");
    CHECK(mapped.problems[0].not_taken == NotTaken::value);
}

TEST_CASE("a value outside an enumeration is a problem that lists the allowed ones", "[row_mapper]") {
    const Mapped mapped{servers, "id,stage\na,prod\n"};
    CHECK(mapped.problem(0) == "2: `stage`: 'prod' is not allowed; allowed are 'live', 'test'; value not taken");
}

TEST_CASE("a row without its key is a problem", "[row_mapper]") {
    const Mapped mapped{servers, "id,cpus\n,4\n"};
    CHECK(mapped.observations.nodes().empty());
    CHECK(mapped.problem(0) == "2: `id` is empty, and it identifies the Server; node not taken");
}

TEST_CASE("the class may stand in a column and be translated", "[row_mapper]") {
    const std::string entry = R"({"file": "t.csv", "nodes": [
      {"class": {"column": "kind", "values": {"srv": "Server"}}, "key": "id"}]})";
    const Mapped mapped{entry, "id,kind\na,srv\nb,blade\n"};
    CHECK(mapped.node(0) == "Server id='a'");
    CHECK(mapped.problem(0) == "3: the mapping gives no class for `blade` in the column `kind`; node not taken");
}

TEST_CASE("classes and types unknown to the model are problems with a suggestion", "[row_mapper]") {
    const std::string entry = R"({"file": "t.csv", "nodes": [{"class": {"column": "kind"}, "key": "id"}],
      "relationships": [{"type": {"column": "t"}, "from": "row", "to": {"class": "Server", "key": "id", "column": "host"}}]})";
    const Mapped mapped{entry, "id,kind,t,host\na,Servr,RUNS_ON,h\nb,Item,RUNS_ON,h\nc,Server,RUNS,h\n"};
    CHECK(mapped.problem(0) == "2: the class model has no class `Servr`; did you mean `Server`? (node not taken)");
    CHECK(mapped.problem(1) ==
          "3: the class `Item` is abstract: nodes belong to one of its subclasses; node not taken");
    CHECK_THAT(mapped.problem(2), Catch::Contains("`RUNS` is `RUNS_ON` read the other way"));
    CHECK(mapped.observations.rels().empty());
}

TEST_CASE("without a model any class and type is taken as it comes", "[row_mapper]") {
    const Mapped mapped{R"({"file": "t.csv", "nodes": [{"class": "Thing", "key": "id"}]})", "id,cpus\na,4\n",
                        Model::empty()};
    CHECK(mapped.node(0) == "Thing id='a' cpus='4'");
}

TEST_CASE("rows with one key are merged and contradictions reported", "[row_mapper]") {
    const Mapped mapped{servers, "id,cpus,note\na,4,\na,,x\na,8,x\n"};
    REQUIRE(mapped.observations.nodes().size() == 1);
    CHECK(mapped.node(0) == "Server id='a' cpus=4 note='x'");
    REQUIRE(mapped.problems.size() == 1);
    CHECK(mapped.problem(0) ==
          "4: `cpus` is 8 here, but 4 for the same element first named on line 2; the first is kept");
}

TEST_CASE("the more special class wins when rows are merged", "[row_mapper]") {
    const std::string entry = R"({"file": "t.csv", "nodes": [{"class": {"column": "c"}, "key": "id"}]})";
    const Mapped mapped{entry, "id,c\na,Server\na,BladeServer\na,Server\na,Service\n"};
    CHECK(mapped.node(0) == "BladeServer id='a'");
    REQUIRE(mapped.problems.size() == 1);
    CHECK(mapped.problems[0].line == 5);
}

TEST_CASE("attributes are renamed, typed, normalised, constant or ignored as the mapping says", "[row_mapper]") {
    const std::string entry =
        R"({"file": "t.csv", "nodes": [{"class": "Server", "key": "id", "ignore": ["note"], "attributes": [
      "*", {"column": "host", "name": "id", "normalise": ["trim", "lower"]}, {"column": "bought", "type": "date"},
      {"name": "origin", "constant": "sheet"}]}]})";
    const Mapped mapped{entry, "host,bought,note,extra\n A1 ,2026-01-02,n,e\n"};
    CHECK(mapped.node(0) == "Server extra='e' id='a1' bought=date('2026-01-02') origin='sheet'");
}

TEST_CASE("a column that all the others do not take in is named with its first cell, unless it is ignored or used",
          "[row_mapper]") {
    const auto entry = [](const std::string& more, const std::string& name) {
        return R"({"file": "t.csv", "nodes": [{"class": "Server", "key": "id", )" + more + R"("attributes": ["*", {)" +
               name + "}]}]}";
    };
    const std::string from_host = R"("column": "host", "name": "id")";
    const std::string csv = "host,id,~source\nh1,,\nh2,7,s\nh3,8,\n";
    const Mapped mapped{entry("", from_host), csv};
    CHECK(mapped.node(1) == "Server id='h2'");
    REQUIRE(mapped.problems.size() == 2);
    CHECK(
        mapped.problem(0) ==
        "3: the column `id` is left out: the attribute of that name comes from `host`. Map it to another name, or put "
        "it into `ignore`");
    CHECK(mapped.problem(1) ==
          "3: the column `~source` is left out: names that begin with `~` are Mainstay's own. Map it to another name, "
          "or put it into `ignore`");
    CHECK(mapped.problems[0].not_taken == NotTaken::column);
    CHECK(Mapped{entry(R"("ignore": ["id", "~source"], )", from_host), csv}.problems.empty());
    CHECK(Mapped{entry("", from_host), "host,id\nh1,\n"}.problems.empty());
    const Mapped constant{entry("", R"("constant": "test", "name": "stage")"), "id,stage\na,live\n"};
    REQUIRE(constant.problems.size() == 1);
    CHECK_THAT(constant.problem(0), Catch::Contains("the mapping gives the attribute of that name a constant"));
    // Stored under another name by the same entry.
    const Mapped used{entry("", from_host + R"(}, {"column": "id", "name": "number")"), "host,id\nh1,7\n"};
    CHECK(used.problems.empty());
    CHECK(used.node(0) == "Server id='h1' number='7'");
}

TEST_CASE("a group that a column gives as well is a problem of its row", "[row_mapper]") {
    const std::string entry = R"({"file": "t.csv", "nodes": [{"class": "Service", "key": "id", "attributes": ["id"]}],
      "relationships": [{"type": "RUNS_ON", "from": "row", "group": {"column": "pool"}, "attributes": ["*"],
        "to": {"class": "Server", "key": "serial", "column": "host"}}]})";
    const Mapped mapped{entry, "id,host,pool,group\na,h1,p,q\nb,h2,p,\n"};
    REQUIRE(mapped.observations.rels().size() == 1);
    REQUIRE(mapped.problems.size() == 1);
    CHECK_THAT(mapped.problem(0), Catch::StartsWith("2: `group` is given twice"));
}

TEST_CASE("a row makes nodes and relationships, conditions choose which", "[row_mapper]") {
    const std::string entry = R"({"file": "t.csv", "nodes": [{"class": "Service", "key": "id", "attributes": ["id"]}],
      "relationships": [{"type": "RUNS_ON", "from": "row", "when": {"host": true, "kind": ["x", "y"]},
        "to": {"class": "Server", "key": "serial", "column": "host", "normalise": ["trim", "casefold"]},
        "attributes": ["valid_from", "valid_to"]}]})";
    const Mapped mapped{entry, "id,host,kind,valid_from,valid_to\na, H1 ,x,2026-01-01,\nb,h2,z,,\nc,,x,,\n"};
    CHECK(mapped.observations.nodes().size() == 3);
    REQUIRE(mapped.observations.rels().size() == 1);
    CHECK(mapped.rel(0) == "a-RUNS_ON->?h1 valid_from=date('2026-01-01')");
    CHECK(mapped.problems.empty());
}

TEST_CASE("groups carry their need as a number or a percentage", "[row_mapper]") {
    const std::string entry = R"({"file": "t.csv", "relationships": [{"type": "RUNS_ON",
      "from": {"class": "Service", "key": "id", "column": "s"}, "to": {"class": "Server", "key": "id", "column": "h"},
      "group": "g", "need": {"column": "k"}}]})";
    const Mapped mapped{entry, "s,h,g,k\na,x,g1,2\na,y,g1,50%\na,z,g1,none\n"};
    CHECK(mapped.rel(0) == "?a-RUNS_ON->?x group='g1' need=2");
    CHECK(mapped.rel(1) == "?a-RUNS_ON->?y group='g1' need='50%'");
    CHECK(mapped.observations.rels().size() == 2);
    CHECK(mapped.problem(0) ==
          "4: 'none' is no `need`, the number of members that a group needs: an integer of at least "
          "1, or 'P%' with P from 1 to 100; relationship not taken");
}

TEST_CASE("a period that ends before it begins is a problem", "[row_mapper]") {
    const std::string entry = R"({"file": "t.csv", "relationships": [{"type": "RUNS_ON",
      "from": {"class": "Service", "key": "id", "column": "s"}, "to": {"class": "Server", "key": "id", "column": "h"},
      "attributes": ["valid_from", "valid_to"]}]})";
    const Mapped mapped{entry, "s,h,valid_from,valid_to\na,x,2026-02-01,2026-01-01\n"};
    CHECK(mapped.problem(0) == "2: `valid_from` 2026-02-01 is after `valid_to` 2026-01-01; relationship not taken");
}

TEST_CASE("a column that the mapping names and the file has not is reported with a suggestion", "[row_mapper]") {
    const std::string entry =
        R"({"file": "t.csv", "nodes": [{"class": "Server", "key": "id", "attributes": ["id", "cpu"]}]})";
    const Mapped mapped{entry, "id,cpus\na,4\n"};
    CHECK(
        mapped.problem(0) ==
        "1: there is no column `cpu`, which the mapping uses (files[0].nodes[0].attributes[1]); did you mean `cpus`?");
    CHECK(mapped.node(0) == "Server id='a'");
}

TEST_CASE("an empty cell leaves a property alone unless the mapping asks to remove it", "[row_mapper]") {
    CHECK(Mapped{servers, "id,cpus\na,\n"}.node(0) == "Server id='a'");
    const std::string entry =
        R"({"file": "t.csv", "empty_cells": "remove", "nodes": [{"class": "Server", "key": "id"}]})";
    CHECK(Mapped{entry, "id,cpus\na,\n"}.node(0) == "Server id='a' cpus=null");
}
