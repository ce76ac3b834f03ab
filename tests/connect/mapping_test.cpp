#include "mapping.hpp"

#include "mainstay/core/error.hpp"

#include <catch2/catch.hpp>

using namespace mainstay;
using namespace mainstay::connect;

namespace {

std::string mistakes_of(std::string_view text) {
    try {
        parse_mapping(text);
    } catch (const Error& error) {
        CHECK(error.code() == Code::input_invalid);
        return error.message();
    }
    return {};
}

}  // namespace

TEST_CASE("a mapping reads with its defaults", "[mapping]") {
    const Mapping mapping = parse_mapping(R"({
      "source": "cmdb", "model": "model.json",
      "files": [{"file": "a.csv",
        "nodes": [{"class": {"column": "class", "values": {"srv": "Server"}}, "key": "id"}],
        "relationships": [{"type": "RUNS_ON", "from": "row",
          "to": {"class": "Server", "key": "id", "column": "host", "normalise": ["trim", "casefold"], "missing": "skip"},
          "group": "g", "need": {"column": "k"}, "attributes": [{"column": "since", "type": "date"}]}]}]})");
    CHECK(mapping.source == "cmdb");
    CHECK(mapping.model == "model.json");
    REQUIRE(mapping.files.size() == 1);
    const FileMapping& file = mapping.files[0];
    CHECK(file.format == FileFormat::csv);
    CHECK(file.encoding == Encoding::utf8);
    CHECK(file.nodes.at(0).name_of_class.values.at("srv") == "Server");
    CHECK(file.nodes.at(0).attributes.all_columns);
    const RelationshipMapping& rel = file.relationships.at(0);
    CHECK(rel.from.row_node == 0);
    CHECK(rel.to.normalise == std::vector{Normalise::trim, Normalise::casefold});
    CHECK(rel.to.missing == OnGap::skip);
    CHECK(rel.to.empty == OnGap::report);
    CHECK(rel.group->column == "g");
    CHECK(rel.need->column == "k");
    CHECK_FALSE(rel.attributes.all_columns);
    CHECK(rel.attributes.named.at(0).name == "since");
}

TEST_CASE("the format follows from the file's name", "[mapping]") {
    const auto format = [](const std::string& name) {
        return parse_mapping(R"({"source": "s", "files": [{"file": ")" + name +
                             R"(", "nodes": [{"class": "A", "key": "id"}]}]})")
            .files[0]
            .format;
    };
    CHECK(format("x.csv.gz") == FileFormat::csv);
    CHECK(format("x.json") == FileFormat::json);
    CHECK(format("x.jsonl") == FileFormat::json_lines);
    CHECK_THROWS_AS(format("x.xlsx"), Error);
}

TEST_CASE("every mistake of a mapping is named with its place", "[mapping]") {
    const std::string message = mistakes_of(R"({
      "surce": "s",
      "files": [
        {"file": "a.csv", "format": "csvv", "nodes": [{"class": "A"}]},
        {"file": "b.csv", "relationships": [
          {"type": "X", "from": "row", "to": {"class": "B", "key": "id", "column": "b", "missing": "ignore"}, "need": 2}]}
      ]})");
    CHECK_THAT(message, Catch::Contains("surce: `surce` is not a member here; did you mean `source`?"));
    CHECK_THAT(message, Catch::Contains("needs `source`"));
    CHECK_THAT(message, Catch::Contains("files[0].format: `csvv` is not a format; did you mean `csv`?"));
    CHECK_THAT(message, Catch::Contains("files[0].nodes[0]: needs `key`"));
    CHECK_THAT(message, Catch::Contains("files[1].relationships[0].from: there is no nodes[0]"));
    CHECK_THAT(message, Catch::Contains("files[1].relationships[0].to.missing: `ignore` is not a way"));
    CHECK_THAT(message, Catch::Contains("files[1].relationships[0]: `need` says how many"));
}

TEST_CASE("types and steps that do not exist are named with a suggestion", "[mapping]") {
    const std::string message =
        mistakes_of(R"({"source": "s", "files": [{"file": "a.csv", "nodes": [{"class": "A", "key": "id",
      "attributes": ["id", {"column": "n", "type": "integr", "normalise": "trimm"}, "id"]}]}]})");
    CHECK_THAT(message, Catch::Contains("attributes[1].type: `integr` is not a type; did you mean `integer`?"));
    CHECK_THAT(message, Catch::Contains("attributes[1].normalise: `trimm` is not a step; did you mean `trim`?"));
    CHECK_THAT(message, Catch::Contains("attributes[2]: the attribute `id` is mapped twice"));
}

TEST_CASE("a key that is not mapped is a mistake", "[mapping]") {
    const std::string message = mistakes_of(
        R"({"source": "s", "files": [{"file": "a.csv", "nodes": [{"class": "A", "key": "idd", "attributes": ["id"]}]}]})");
    CHECK_THAT(message, Catch::Contains("files[0].nodes[0].key") && Catch::Contains("did you mean `id`?"));
}

TEST_CASE("names kept for the importer cannot be mapped", "[mapping]") {
    CHECK_THAT(mistakes_of(R"({"source": "s", "files": [{"file": "a.csv", "nodes": [{"class": "A", "key": "id",
      "attributes": ["*", {"column": "x", "name": "~source"}]}]}]})"),
               Catch::Contains("begin with ~"));
}

TEST_CASE("a mapping that is not JSON is refused with its place", "[mapping]") {
    CHECK_THAT(mistakes_of("{\n  \"source\": ,\n}"), Catch::Contains("line 2"));
    CHECK_THAT(mistakes_of("[]"), Catch::Contains("an object is expected"));
}
