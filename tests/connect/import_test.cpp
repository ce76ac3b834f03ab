#include "mainstay/connect/connect.hpp"

#include "connect/statements.hpp"
#include "mainstay/core/error.hpp"
#include "support/scratch.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace mainstay;
using test::PrintedRows;

namespace {

const char* const model_text = R"({
  "classes": [
    {"name": "Thing", "abstract": true, "keys": [["id"]],
     "attributes": [{"name": "id", "type": "string"}, {"name": "serial", "type": "string", "unique": true}]},
    {"name": "Host", "parent": "Thing",
     "attributes": [{"name": "cpus", "type": "integer"}, {"name": "stage", "enum": ["live", "test"]}]},
    {"name": "BladeHost", "parent": "Host"},
    {"name": "Service", "parent": "Thing", "attributes": [{"name": "owner", "type": "string", "required": true}]}
  ],
  "relationship_types": [
    {"name": "NEEDS", "from": ["Service"], "to": ["Thing"], "depends": "source", "effect": "hard"},
    {"name": "USED", "dated": true}
  ]
})";

const char* const mapping_text = R"({
  "source": "sheet", "model": "model.json",
  "files": [
    {"file": "hosts.csv", "nodes": [{"class": {"column": "class"}, "key": "id"}]},
    {"file": "services.csv", "nodes": [{"class": "Service", "key": "id"}]},
    {"file": "needs.csv", "relationships": [
      {"type": "NEEDS", "from": {"class": "Service", "key": "id", "column": "service"},
       "to": {"class": "Host", "key": "id", "column": "host"}, "group": "group", "need": {"column": "k"},
       "attributes": ["note"]}]}
  ]})";

const char* const strict_model = R"({
  "classes": [
    {"name": "Pool", "gate": true, "keys": [["id"]],
     "attributes": [{"name": "id", "type": "string"}, {"name": "need"}]},
    {"name": "Host", "keys": [["id"]],
     "attributes": [{"name": "id", "type": "string"}, {"name": "owner", "type": "string", "required": true}]}
  ],
  "relationship_types": [
    {"name": "MEMBER_OF", "from": ["Host"], "to": ["Pool"], "depends": "target", "effect": "hard",
     "grouped": {"need": "need"}},
    {"name": "NEEDS", "depends": "source", "effect": "hard"}
  ]
})";

const char* const strict_mapping = R"({
  "source": "sheet", "model": "model.json",
  "files": [
    {"file": "pools.csv", "nodes": [{"class": "Pool", "key": "id"}]},
    {"file": "hosts.csv", "empty_cells": "remove", "nodes": [{"class": "Host", "key": "id"}],
     "relationships": [{"type": "NEEDS", "from": "row", "to": {"class": "Host", "key": "id", "column": "on",
                        "empty": "skip"}, "attributes": ["effect"]}]}]})";

// A database, a mapping and its files in a folder of their own.
struct Fixture {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;

    explicit Fixture(const std::string& mapping = mapping_text, const std::string& model = model_text) {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.initial_model = Model::empty();
        database = Database::open(folder / "t.db", options);
        write("map.json", mapping);
        write("model.json", model);
        write("hosts.csv", "id,class,cpus,stage\nh1,Host,4,live\nh2,Host,8,live\nh3,BladeHost,,test\n");
        write("services.csv", "id,owner\nweb,ann\nmail,bob\n");
        write("needs.csv", "service,host,group,k,note\nweb,h1,g,1,a\nweb,h2,g,1,b\nmail,h3,,,\n");
    }
    void write(const std::string& name, std::string_view text) const {
        std::ofstream{folder / name, std::ios::binary} << text;
    }
    ImportReport import(bool dry_run = false) const {
        ImportOptions options;
        options.mapping = folder / "map.json";
        options.dry_run = dry_run;
        return import_files(*database, folder.path(), options);
    }
    // The model, and a constraint that the importer does not look at itself.
    void require_label() const {
        const auto transaction = database->store().begin();
        transaction->set_model(Model::empty().merged_with(Model::from_json(strict_model)));
        transaction->finish_statement();
        REQUIRE(transaction->commit({}));
        rows("CREATE CONSTRAINT labelled FOR (p:Pool) REQUIRE p.label IS NOT NULL");
    }
    PrintedRows rows(std::string_view statement) const { return test::rows_of(*database, statement); }
};

std::string problem(const ImportReport& report, std::size_t index = 0) {
    const ImportProblem& each = report.problems.at(index);
    return each.file + ":" + std::to_string(each.line) + " " + each.message;
}

}  // namespace

TEST_CASE("the first import makes nodes and relationships", "[import]") {
    const Fixture fixture;
    const ImportReport report = fixture.import();
    CHECK(report.problems.empty());
    CHECK(report.source == "sheet");
    CHECK(report.rows_read == 8);
    CHECK(report.nodes_created == 5);
    CHECK(report.rels_created == 3);
    CHECK(raw(report.commit.tx) > 0);
    CHECK(fixture.rows(
              "MATCH (s:Service)-[n:NEEDS]->(h:Host) RETURN s.id, h.id, n.group, n.need, n.note ORDER BY s.id, h.id") ==
          PrintedRows{
              {"mail", "h3", "null", "null", "null"}, {"web", "h1", "g", "1", "a"}, {"web", "h2", "g", "1", "b"}});
}

TEST_CASE("importing the same files again changes nothing and says so", "[import]") {
    const Fixture fixture;
    fixture.import();
    const TxNumber before = fixture.database->store().last_tx();
    const ImportReport report = fixture.import();
    CHECK(report.nodes_created + report.nodes_changed + report.rels_created + report.rels_changed == 0);
    CHECK(report.nodes_unchanged == 5);
    CHECK(report.rels_unchanged == 3);
    CHECK(report.nodes_missing + report.rels_missing == 0);
    CHECK(raw(report.commit.tx) == 0);
    CHECK(fixture.database->store().last_tx() == before);
}

TEST_CASE("a changed cell changes its property and nothing else", "[import]") {
    const Fixture fixture;
    fixture.import();
    fixture.rows("MATCH (h:Host {id: 'h1'}) SET h.remark = 'by hand'");
    fixture.write("hosts.csv", "id,class,cpus,stage\nh1,Host,16,live\nh2,Host,8,live\nh3,BladeHost,,test\n");
    const ImportReport report = fixture.import();
    CHECK(report.nodes_changed == 1);
    CHECK(report.nodes_unchanged == 4);
    CHECK(fixture.rows("MATCH (h:Host {id: 'h1'}) RETURN h.cpus, h.remark") == PrintedRows{{"16", "by hand"}});
}

TEST_CASE("a relationship is known by source, type, target and group", "[import]") {
    const Fixture fixture;
    fixture.import();
    fixture.write("needs.csv", "service,host,group,k,note\nweb,h1,g,2,a\nweb,h2,g,2,b\nweb,h2,other,1,\nmail,h3,,,\n");
    const ImportReport report = fixture.import();
    CHECK(report.rels_created == 1);
    CHECK(report.rels_changed == 2);
    CHECK(report.rels_unchanged == 1);
    CHECK(fixture.rows(
              "MATCH (:Service {id: 'web'})-[n:NEEDS]->(h) RETURN h.id, n.group, n.need ORDER BY h.id, n.group") ==
          PrintedRows{{"h1", "g", "2"}, {"h2", "g", "2"}, {"h2", "other", "1"}});
}

TEST_CASE("a relationship that is said twice is stored once and counted", "[import]") {
    const test::ScratchFolder folder;
    const auto database = Database::open(folder / "a.db", [] {
        DatabaseOptions options;
        options.store.initial_model = Model::empty();
        options.store.mode = OpenMode::create_if_missing;
        return options;
    }());
    std::ofstream{folder / "r.csv"} << "id,to\na,b\nb,a\na,b\na,b\n";
    std::ofstream{folder / "map.json"} << R"({"source": "s", "files": [{"file": "named-otherwise.csv",
      "nodes": [{"class": "N", "key": "id", "attributes": ["id"]}],
      "relationships": [{"type": "T", "from": "row", "to": {"class": "N", "key": "id", "column": "to"}}]}]})";
    ImportOptions options;
    options.mapping = folder / "map.json";
    for (int again = 0; again < 2; ++again) {
        const ImportReport report = import_files(*database, folder / "r.csv", options);
        CHECK(report.rels_created + report.rels_unchanged == 2);
        CHECK(report.rels_repeated == 2);
        REQUIRE(report.notices.size() == 1);
        CHECK(report.notices[0].message == "2 relationships that the files give more than once are stored once");
    }
    // Problems name the file that was given.
    std::ofstream{folder / "r.csv"} << "id,to\na,nobody\n";
    const ImportReport report = import_files(*database, folder / "r.csv", options);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].file == "r.csv");
}

TEST_CASE("what the files no longer hold is counted and left alone", "[import]") {
    const Fixture fixture;
    fixture.import();
    fixture.rows("CREATE (:Host {id: 'by hand'})");
    fixture.write("hosts.csv", "id,class,cpus,stage\nh1,Host,4,live\nh2,Host,8,live\n");
    fixture.write("needs.csv", "service,host,group,k,note\nweb,h1,g,1,a\nweb,h2,g,1,b\n");
    const ImportReport report = fixture.import();
    CHECK(report.nodes_missing == 1);
    CHECK(report.rels_missing == 1);
    CHECK(fixture.rows("MATCH (h:Host) RETURN count(h)") == PrintedRows{{"4"}});
}

TEST_CASE("an element counts for the source that imported it last", "[import]") {
    const Fixture fixture;
    fixture.import();
    fixture.write(
        "map.json",
        R"({"source": "other", "files": [{"file": "other.csv", "nodes": [{"class": "Host", "key": "id"}]}]})");
    fixture.write("other.csv", "id\nh3\n");
    CHECK(fixture.import().nodes_changed == 1);
    fixture.write("map.json", mapping_text);
    fixture.write("hosts.csv", "id,class,cpus,stage\nh1,Host,4,live\n");
    fixture.write("needs.csv", "service,host,group,k,note\nweb,h1,g,1,a\n");
    CHECK(fixture.import().nodes_missing == 1);  // h2, not h3
}

TEST_CASE("a dry run writes nothing and says what it would change", "[import]") {
    const Fixture fixture;
    const ImportReport first = fixture.import(true);
    CHECK(first.dry_run);
    CHECK(first.nodes_created == 5);
    CHECK(first.rels_created == 3);
    CHECK(fixture.rows("MATCH (n) RETURN count(n)") == PrintedRows{{"0"}});
    CHECK(fixture.database->store().view()->model().is_empty());

    fixture.import();
    fixture.write("hosts.csv", "id,class,cpus,stage\nh1,Host,5,live\nh2,Host,8,live\nh3,BladeHost,,test\nh4,Host,,\n");
    const ImportReport second = fixture.import(true);
    CHECK(second.changes == std::vector<std::string>{"Host id='h1': cpus 4 -> 5", "create Host id='h4'"});
    CHECK(fixture.rows("MATCH (h:Host {id: 'h1'}) RETURN h.cpus") == PrintedRows{{"4"}});
}

TEST_CASE("a bad row is reported with its file and line and loses no other", "[import]") {
    const Fixture fixture;
    fixture.write("hosts.csv", "id,class,cpus,stage\nh1,Hst,4,live\nh2,Host,8,live\n,BladeHost,,test\n");
    const ImportReport report = fixture.import();
    REQUIRE(report.problems.size() == 4);
    CHECK(problem(report, 0) ==
          "hosts.csv:2 the class model has no class `Hst`; did you mean `Host`? (node not taken)");
    CHECK(problem(report, 1) == "hosts.csv:4 `id` is empty, and it identifies the BladeHost; node not taken");
    CHECK(problem(report, 2) == "needs.csv:2 there is no Host with `id` 'h1'; relationship not taken");
    CHECK(problem(report, 3) == "needs.csv:4 there is no Host with `id` 'h3'; relationship not taken");
    CHECK(report.nodes_created == 3);
    CHECK(report.rels_created == 1);
}

TEST_CASE("a bad cell that the element can do without costs no more than itself", "[import]") {
    const Fixture fixture;
    fixture.write("hosts.csv", "id,class,cpus,stage\nh1,Host,four,live\nh2,Host,8,live\nh3,BladeHost,,lost\n");
    const ImportReport first = fixture.import();
    REQUIRE(first.problems.size() == 2);
    CHECK(problem(first, 0) == "hosts.csv:2 `cpus`: 'four' is not an integer of 64 bits; value not taken");
    CHECK(problem(first, 1) ==
          "hosts.csv:4 `stage`: 'lost' is not allowed; allowed are 'live', 'test'; value not taken");
    CHECK(first.problems[0].not_taken == NotTaken::value);
    CHECK(first.nodes_created == 5);
    CHECK(first.rels_created == 3);
    CHECK(fixture.rows("MATCH (h:Host {id: 'h1'}) RETURN h.cpus, h.stage") == PrintedRows{{"null", "live"}});

    fixture.rows("MATCH (h:Host {id: 'h1'}) SET h.cpus = 4");
    CHECK(fixture.import().nodes_unchanged == 5);  // what is stored stays
    CHECK(fixture.rows("MATCH (h:Host {id: 'h1'}) RETURN h.cpus") == PrintedRows{{"4"}});
}

TEST_CASE("a node without a required attribute is a problem", "[import]") {
    const Fixture fixture;
    fixture.write("services.csv", "id,owner\nweb,ann\nmail,\n");
    const ImportReport report = fixture.import();
    CHECK(problem(report) == "services.csv:3 a Service needs the attribute `owner`; row not taken");
    CHECK(report.nodes_created == 4);
}

TEST_CASE("a value that must be unique and is taken is a problem of its row", "[import]") {
    const Fixture fixture;
    fixture.write("hosts.csv", "id,class,serial\nh1,Host,s1\nh2,Host,s1\nh3,BladeHost,s3\n");
    const ImportReport report = fixture.import();
    REQUIRE(report.problems.size() == 2);
    CHECK_THAT(problem(report), Catch::Contains("hosts.csv:3 another Thing has `serial` 's1' already"));
    fixture.write("hosts.csv", "id,class,serial\nh1,Host,s1\nh3,BladeHost,s1\n");
    CHECK_THAT(problem(fixture.import()), Catch::Contains("hosts.csv:3 another Thing has `serial` 's1' already"));
}

TEST_CASE("a relationship between classes that the model does not allow is a problem", "[import]") {
    const Fixture fixture{R"({"source": "s", "model": "model.json", "files": [
      {"file": "hosts.csv", "nodes": [{"class": {"column": "class"}, "key": "id"}]},
      {"file": "needs.csv", "relationships": [{"type": "NEEDS", "from": {"class": "Thing", "key": "id", "column": "host"},
        "to": {"class": "Thing", "key": "id", "column": "host"}}]}]})"};
    const ImportReport report = fixture.import();
    CHECK(problem(report) ==
          "needs.csv:2 NEEDS does not start at a Host; it starts at Service; relationship not taken");
    CHECK(report.rels_created == 0);
}

TEST_CASE("the identity of a class spans its ancestors that declare the key", "[import]") {
    const Fixture fixture;
    fixture.import();
    fixture.write("hosts.csv", "id,class,cpus,stage\nh1,BladeHost,4,live\nh2,Host,8,live\nh3,Host,,test\n");
    const ImportReport report = fixture.import();
    CHECK(report.nodes_created == 0);
    CHECK(report.nodes_changed == 1);  // h1 becomes the more special class, h3 keeps it
    CHECK(fixture.rows("MATCH (h:BladeHost) RETURN h.id ORDER BY h.id") == PrintedRows{{"h1"}, {"h3"}});
}

TEST_CASE("a class that another source gave is left and reported", "[import]") {
    const Fixture fixture;
    fixture.import();
    fixture.write(
        "map.json",
        R"({"source": "other", "files": [{"file": "other.csv", "nodes": [{"class": "Service", "key": "id"}]}]})");
    fixture.write("other.csv", "id,owner\nh1,x\n");
    const ImportReport report = fixture.import();
    CHECK_THAT(problem(report), Catch::Contains("other.csv:2") && Catch::Contains("is a `Host` in the database"));
    CHECK(fixture.rows("MATCH (h:Host {id: 'h1'}) RETURN count(h)") == PrintedRows{{"1"}});
}

TEST_CASE("ends are compared after normalisation, missing ones may be made or skipped", "[import]") {
    const Fixture fixture{R"({"source": "s", "model": "model.json", "files": [
      {"file": "hosts.csv", "nodes": [{"class": {"column": "class"}, "key": "id"}]},
      {"file": "used.csv", "relationships": [{"type": "USED",
        "from": {"class": "Host", "key": "id", "column": "a", "normalise": ["trim", "casefold"], "missing": "skip"},
        "to": {"class": "Host", "key": "id", "column": "b", "missing": "create"}}]}]})"};
    fixture.write("used.csv", "a,b\n H1 ,h2\nnobody,h2\nh2,new\nH2,new\n");
    const ImportReport report = fixture.import();
    CHECK(report.problems.empty());
    CHECK(fixture.rows("MATCH (a)-[:USED]->(b) RETURN a.id, b.id ORDER BY a.id") ==
          PrintedRows{{"h1", "h2"}, {"h2", "new"}});
    CHECK(fixture.import().rels_unchanged == 2);
}

TEST_CASE("dated relationships are found whatever the day, and told apart by the mapping's key", "[import]") {
    const Fixture fixture{R"({"source": "s", "model": "model.json", "files": [
      {"file": "hosts.csv", "nodes": [{"class": {"column": "class"}, "key": "id"}]},
      {"file": "used.csv", "relationships": [{"type": "USED", "key": "valid_from", "attributes": ["valid_from", "valid_to"],
        "from": {"class": "Host", "key": "id", "column": "a"}, "to": {"class": "Host", "key": "id", "column": "b"}}]}]})"};
    fixture.write(
        "used.csv",
        "a,b,valid_from,valid_to\nh1,h2,2001-01-01,2002-01-01\nh1,h2,2003-01-01,2004-01-01\nh1,h2,9001-01-01,\n");
    CHECK(fixture.import().rels_created == 3);
    CHECK(fixture.import().rels_unchanged == 3);
    CHECK(
        fixture.rows("FOR VALID_TIME AS OF date('2003-06-01') MATCH (a)-[u:USED]->(b) RETURN toString(u.valid_from)") ==
        PrintedRows{{"2003-01-01"}});
}

TEST_CASE("without a model nodes are known by label and key", "[import]") {
    const Fixture fixture{
        R"({"source": "s", "files": [{"file": "hosts.csv", "nodes": [{"class": "H", "key": ["id", "class"]}]}]})"};
    CHECK(fixture.import().nodes_created == 3);
    CHECK(fixture.import().nodes_unchanged == 3);
    CHECK(fixture.rows("MATCH (h:H) RETURN h.id, h.cpus ORDER BY h.id") ==
          PrintedRows{{"h1", "4"}, {"h2", "8"}, {"h3", "null"}});
}

TEST_CASE("the import is one entry of the log with its source", "[import]") {
    const Fixture fixture;
    ImportOptions options;
    options.mapping = fixture.folder / "map.json";
    options.commit.author = "ann";
    options.commit.reason = "nightly";
    import_files(*fixture.database, fixture.folder.path(), options);
    const auto log = fixture.database->store().log(1);
    REQUIRE(log.size() == 1);
    CHECK(log[0].info.author == "ann");
    CHECK(log[0].info.reason == "nightly");
    CHECK(log[0].info.source == "sheet");
    CHECK(log[0].nodes_created == 5);
}

TEST_CASE("one file of a mapping can be imported alone", "[import]") {
    const Fixture fixture;
    ImportOptions options;
    options.mapping = fixture.folder / "map.json";
    CHECK(import_files(*fixture.database, fixture.folder / "hosts.csv", options).nodes_created == 3);
    fixture.write("stray.csv", "id\n");
    CHECK_THROWS_AS(import_files(*fixture.database, fixture.folder / "stray.csv", options), Error);
}

TEST_CASE("a file of a mapping that is missing is a problem unless it is optional", "[import]") {
    const Fixture fixture;
    std::filesystem::remove(fixture.folder / "needs.csv");
    const ImportReport report = fixture.import();
    REQUIRE(report.problems.size() == 1);
    CHECK_THAT(problem(report), Catch::Contains("needs.csv:0"));
    CHECK(report.nodes_created == 5);
}

TEST_CASE("a model file that is wrong is named", "[import]") {
    const Fixture fixture{mapping_text, R"({"classes": [{"name": "A", "parent": "B"}]})"};
    try {
        fixture.import();
        FAIL("taken");
    } catch (const Error& error) {
        CHECK(error.code() == Code::model_invalid);
        CHECK_THAT(error.message(), Catch::Contains("model.json"));
    }
}

TEST_CASE("an import without a mapping names the formats there are", "[import]") {
    const Fixture fixture;
    ImportOptions options;
    options.format = "debain";
    try {
        import_files(*fixture.database, fixture.folder / "hosts.csv", options);
        FAIL("taken");
    } catch (const Error& error) {
        CHECK(error.code() == Code::usage);
    }
}

TEST_CASE("needs and effects are read from text, and a bad one costs its element", "[import]") {
    const Fixture fixture{strict_mapping, strict_model};
    fixture.write("pools.csv", "id,need\np1,1\np2,many\np3,50%\n");
    fixture.write("hosts.csv", "id,owner,on,effect\nh1,ann,,\nh2,bob,h1,soft\nh3,cay,h1,weak\n");
    const ImportReport report = fixture.import();
    REQUIRE(report.problems.size() == 2);
    CHECK(problem(report, 0) ==
          "pools.csv:3 `need`: 'many' is no `need`, the number of members that a group needs: an "
          "integer of at least 1, or 'P%' with P from 1 to 100; node not taken");
    CHECK(problem(report, 1) == "hosts.csv:4 `effect`: 'weak' is not 'hard', 'soft' or 'none'; relationship not taken");
    CHECK(fixture.rows("MATCH (p:Pool) RETURN p.id, p.need ORDER BY p.id") == PrintedRows{{"p1", "1"}, {"p3", "50%"}});
    CHECK(fixture.rows("MATCH (h:Host)-[n:NEEDS]->() RETURN h.id, n.effect") == PrintedRows{{"h2", "soft"}});
}

TEST_CASE("what only the store finds wrong has its line too and loses no other row", "[import]") {
    for (const bool is_empty : {true, false}) {  // a load, then a transaction
        const Fixture fixture{strict_mapping, strict_model};
        fixture.write("pools.csv", "id,need,label\np1,1,x\np2,1,\np3,1,y\n");
        fixture.write("hosts.csv", "id,owner,on,effect\n");
        fixture.require_label();
        if (!is_empty) fixture.rows("CREATE (:Host {id: 'h', owner: 'o'})");
        const ImportReport report = fixture.import();
        REQUIRE(report.problems.size() == 1);
        CHECK(problem(report, 0) == "pools.csv:3 :Pool needs the property `label` (labelled); node not taken");
        CHECK(report.nodes_created == 2);
        CHECK(fixture.rows("MATCH (n:Pool) RETURN n.id ORDER BY n.id") == PrintedRows{{"p1"}, {"p3"}});
    }
}

TEST_CASE("a required attribute that a file empties is a problem of its row", "[import]") {
    const Fixture fixture{strict_mapping, strict_model};
    fixture.write("pools.csv", "id,need\n");
    fixture.write("hosts.csv", "id,owner,on,effect\nh1,ann,,\nh2,bob,,\n");
    CHECK(fixture.import().problems.empty());
    fixture.write("hosts.csv", "id,owner,on,effect\nh1,,,\nh2,bea,,\n");
    const ImportReport report = fixture.import();
    CHECK(problem(report) == "hosts.csv:2 a Host needs the attribute `owner`, and the cell is empty; row not taken");
    CHECK(fixture.rows("MATCH (h:Host) RETURN h.owner ORDER BY h.id") == PrintedRows{{"ann"}, {"bea"}});
}

TEST_CASE("more rows than can be sorted out are refused with the place of one, and nothing is taken", "[import]") {
    const Fixture fixture{strict_mapping, strict_model};
    fixture.require_label();
    std::string pools = "id,need\n";
    for (int i = 0; i < 150; ++i) pools += "p" + std::to_string(i) + ",1\n";
    fixture.write("pools.csv", pools);
    fixture.write("hosts.csv", "id,owner,on,effect\n");
    try {
        fixture.import();
        FAIL("taken");
    } catch (const Error& error) {
        CHECK(error.code() == Code::constraint_violation);
        CHECK_THAT(error.message(), Catch::Contains("among them pools.csv:2: "));
    }
    CHECK(fixture.rows("MATCH (n) RETURN count(n)") == PrintedRows{{"0"}});
}

TEST_CASE("a relationship of a row whose node another row lost is reported", "[import]") {
    const char* const mapping = R"({"source": "s", "model": "model.json", "files": [
      {"file": "hosts.csv", "nodes": [{"class": "Host", "key": "id"}]},
      {"file": "needs.csv", "nodes": [{"class": "Host", "key": "id", "attributes": ["id"]}],
       "relationships": [{"type": "USED", "from": "row", "to": {"class": "Host", "key": "id", "column": "on"}}]}]})";
    const Fixture fixture{mapping};
    fixture.write("hosts.csv", "id,serial\nh1,s\nh2,s\n");
    fixture.write("needs.csv", "id,on\nh2,h1\n");
    const ImportReport report = fixture.import();
    REQUIRE(report.problems.size() == 2);
    CHECK(problem(report, 1) ==
          "needs.csv:2 Host id='h2' of line 3 of hosts.csv was not taken; relationship not taken");
}

TEST_CASE("a class or type that the mapping says and the model has not is refused before anything is read",
          "[import]") {
    const Fixture fixture{R"({"source": "s", "model": "model.json", "files": [{"file": "hosts.csv",
      "nodes": [{"class": "Hst", "key": "id"}, {"class": "Thing", "key": "id"}],
      "relationships": [{"type": {"column": "t", "values": {"n": "NEDS"}}, "from": "row",
                         "to": {"class": "Servce", "key": "id", "column": "class"}}]}]})"};
    try {
        fixture.import();
        FAIL("taken");
    } catch (const Error& error) {
        CHECK(error.code() == Code::input_invalid);
        CHECK_THAT(error.message(), Catch::Contains("has 4 mistakes"));
        CHECK_THAT(error.message(), Catch::Contains("files[0].nodes[0].class: the class model has no class `Hst`; did "
                                                    "you mean `Host`?"));
        CHECK_THAT(error.message(), Catch::Contains("files[0].nodes[1].class: the class `Thing` is abstract"));
        CHECK_THAT(error.message(), Catch::Contains("files[0].relationships[0].type.values.n: the class model has no "
                                                    "relationship type `NEDS`; did you mean `NEEDS`?"));
        CHECK_THAT(error.message(), Catch::Contains("files[0].relationships[0].to.class: the class model has no class "
                                                    "`Servce`; did you mean `Service`?"));
    }
}
