// Every query of the expected answers on the real package indexes, asked in the language.

#include "mainstay/connect/connect.hpp"

#include "connect/statements.hpp"
#include "support/scratch.hpp"
#include "support/shared_data.hpp"

#include <sodium.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace mainstay;
using test::PrintedRows;

namespace {

using Json = nlohmann::json;

const std::filesystem::path data = std::filesystem::path{MAINSTAY_SHARED_DIR} / "data/debian";

std::string sha256_of_lines(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    char hex[crypto_hash_sha256_BYTES * 2 + 1];
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    return hex;
}

struct Snapshot {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;
    ImportReport report;

    explicit Snapshot(const std::string& file) {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        options.store.durability = Durability::none;
        database = Database::open(folder / "debian.db", options);
        report = import(file);
    }
    ImportReport import(const std::string& file) const {
        ImportOptions options;
        options.format = "debian";
        return import_files(*database, data / file, options);
    }
    std::vector<std::string> broken_by(const Json& removed) const {
        ValueList names;
        for (const auto& name : removed) names.emplace_back(name.get<std::string>());
        std::vector<std::string> broken;
        for (const auto& row :
             test::rows_of(*database,
                           "MATCH (p:Package) WHERE p.name IN $removed WITH collect(p) AS failed "
                           "IMPACT OF failed WHEN down YIELD ci, state WHERE state = 'down' RETURN ci.name",
                           {{"removed", Value::list(names)}}))
            broken.push_back(row[0]);
        std::sort(broken.begin(), broken.end());
        return broken;
    }
};

void check_snapshot(const std::string& name, const std::string& file) {
    if (!test::shared_data("data/debian")) return;
    const Json expected = Json::parse(test::read_file(data / "impact.expected.json")).at(name);
    const Snapshot snapshot{file};
    CHECK(snapshot.report.problems.empty());
    CHECK(snapshot.report.rows_read == expected.at("packages"));
    CHECK(test::rows_of(*snapshot.database, "MATCH (p:Package) RETURN count(p)") ==
          PrintedRows{{std::to_string(expected.at("packages").get<int>())}});
    CHECK(test::rows_of(*snapshot.database, "MATCH (:Package)-[d:DEPENDS_ON]->(:Package) RETURN count(d)") ==
          PrintedRows{{std::to_string(expected.at("clause_option_pairs").get<int>())}});

    int queries = 0;
    for (const char* kind : {"single", "joint"}) {
        for (const Json& query : expected.at(kind)) {
            INFO(kind << " " << query.at("removed"));
            const auto broken = snapshot.broken_by(query.at("removed"));
            CHECK(broken.size() == query.at("uninstallable"));
            CHECK(sha256_of_lines(broken) == query.at("sha256_of_sorted_names"));
            ++queries;
        }
    }
    CHECK(queries > 10);

    const ImportReport again = snapshot.import(file);
    CHECK(again.nodes_created + again.nodes_changed + again.rels_created + again.rels_changed == 0);
    CHECK(again.nodes_missing + again.rels_missing == 0);
    CHECK(again.nodes_unchanged == snapshot.report.nodes_created);
    CHECK(again.rels_unchanged == snapshot.report.rels_created);
}

}  // namespace

TEST_CASE("removals from the server snapshot break exactly the expected packages", "[debian][data]") {
    check_snapshot("server", "bookworm-server.packages");
}

TEST_CASE("removals from the services snapshot break exactly the expected packages", "[debian][data]") {
    check_snapshot("services", "bookworm-services.packages.gz");
}

TEST_CASE("removals from the full snapshot break exactly the expected packages", "[debian][data]") {
    check_snapshot("full", "bookworm-full.packages.gz");
}
