// The questions of the airline example, asked by the statements beside it, compared with its answers.

#include "mainstay/connect/connect.hpp"

#include "connect/statements.hpp"
#include "support/scratch.hpp"

#include <fmt/core.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace mainstay;

namespace {

using Json = nlohmann::json;

const std::filesystem::path folder_of_example = std::filesystem::path{MAINSTAY_SOURCE_DIR} / "examples/airline";

Json json_of(const Value& value) {
    switch (value.type()) {
        case ValueType::null: return nullptr;
        case ValueType::boolean: return value.as_bool();
        case ValueType::integer: return value.as_int();
        case ValueType::floating: return value.as_double();
        case ValueType::list: {
            Json items = Json::array();
            for (const Value& item : value.as_list()) items.push_back(json_of(item));
            return items;
        }
        default: return to_text(value);
    }
}

// The imported airline; made once for all questions.
struct Airline {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;
    ImportReport report;

    Airline() {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        database = Database::open(folder / "airline.db", options);
        report = import();
    }
    ImportReport import() const {
        ImportOptions options;
        options.mapping = folder_of_example / "import.json";
        return import_files(*database, folder_of_example, options);
    }
    // The rows of each statement of a question's file, as objects by column.
    std::vector<Json> ask(int number) const {
        std::vector<Json> results;
        for (const auto& statement :
             test::split_statements(test::read_file(folder_of_example / fmt::format("q{:02}.mql", number)))) {
            try {
                const auto result = database->run(statement);
                Json rows = Json::array();
                while (const auto* row = result->next()) {
                    Json object = Json::object();
                    for (std::size_t i = 0; i < row->size(); ++i) object[result->columns()[i]] = json_of((*row)[i]);
                    rows.push_back(std::move(object));
                }
                results.push_back(std::move(rows));
            } catch (const Error& error) {
                throw std::runtime_error(describe(error, statement));
            }
        }
        return results;
    }
};

const Airline& airline() {
    static const Airline instance;
    return instance;
}

Json answer(int number) {
    static const Json questions = Json::parse(test::read_file(folder_of_example / "questions.json"));
    for (const Json& question : questions)
        if (question.at("n") == number) return question.at("answer");
    throw std::runtime_error("no such question");
}

// One column of rows, as a list.
Json column(const Json& rows, const char* name) {
    Json list = Json::array();
    for (const Json& row : rows) list.push_back(row.at(name));
    return list;
}

}  // namespace

TEST_CASE("the airline is imported without a problem", "[airline]") {
    for (const auto& problem : airline().report.problems)
        UNSCOPED_INFO(problem.file << ":" << problem.line << " " << problem.message);
    CHECK(airline().report.problems.empty());
    CHECK(airline().report.source == "larkspur");
}

TEST_CASE("importing the airline again changes nothing", "[airline]") {
    const ImportReport again = airline().import();
    CHECK(again.nodes_created + again.nodes_changed + again.rels_created + again.rels_changed == 0);
    CHECK(again.nodes_missing + again.rels_missing == 0);
    CHECK(again.nodes_unchanged == airline().report.nodes_created);
    CHECK(again.rels_unchanged == airline().report.rels_created);
}

TEST_CASE("what discovery saw does not overwrite the inventory", "[airline]") {
    const auto rows =
        test::rows_of(*airline().database, "MATCH (c:PhysicalServer {id: 'hv-w04'}) RETURN c.site, c.serial");
    CHECK(rows == test::PrintedRows{{"site-dc-west", "SRVW1148"}});
}

TEST_CASE("airline questions 1 to 5: what goes down, what loses redundancy", "[airline]") {
    for (int number = 1; number <= 5; ++number) {
        INFO("question " << number);
        CHECK(airline().ask(number).at(0).at(0) == answer(number));
    }
}

TEST_CASE("airline question 6: which business services survive the loss of a data centre", "[airline]") {
    CHECK(airline().ask(6).at(0).at(0) == answer(6));
}

TEST_CASE("airline question 7: single points of failure", "[airline]") {
    CHECK(column(airline().ask(7).at(0), "ci") == answer(7));
}

TEST_CASE("airline question 8: ranking by services taken down", "[airline]") {
    CHECK(airline().ask(8).at(0) == answer(8));
}

TEST_CASE("airline question 9: what cuts an airport off, alone and in pairs", "[airline]") {
    const auto results = airline().ask(9);
    CHECK(column(results.at(0), "single") == answer(9).at("single"));
    Json pairs = Json::array();
    for (const Json& row : results.at(1)) pairs.push_back({row.at("one"), row.at("other")});
    CHECK(pairs == answer(9).at("pairs"));
}

TEST_CASE("airline question 10: what takes both adapters down", "[airline]") {
    CHECK(column(airline().ask(10).at(0), "ci") == answer(10));
}

TEST_CASE("airline question 11: dependencies in total and per class", "[airline]") {
    const auto results = airline().ask(11);
    CHECK(results.at(0).at(0).at("total") == answer(11).at("total"));
    Json per_class = Json::object();
    for (const Json& row : results.at(1)) per_class[row.at("class").get<std::string>()] = row.at("number");
    CHECK(per_class == answer(11).at("per_class"));
}

TEST_CASE("airline question 12: length and number of shortest dependency paths", "[airline]") {
    const auto results = airline().ask(12);
    CHECK(results.at(0).at(0).at("length") == answer(12).at("length"));
    CHECK(results.at(1).at(0).at("count") == answer(12).at("count"));
}

TEST_CASE("airline question 13: dependency cycles", "[airline]") {
    CHECK(column(airline().ask(13).at(0), "cycle") == answer(13));
}

TEST_CASE("airline question 14: which aircraft flew when", "[airline]") {
    const auto results = airline().ask(14);
    CHECK(column(results.at(0), "aircraft") == Json{answer(14).at("2026-08-15")});
    CHECK(column(results.at(1), "aircraft") == Json{answer(14).at("2026-09-01")});
}

TEST_CASE("airline question 15: flights of a grounded aircraft and replacements", "[airline]") {
    const auto results = airline().ask(15);
    CHECK(column(results.at(0), "flight") == answer(15).at("flights"));
    CHECK(column(results.at(1), "replacement") == answer(15).at("replacements"));
}

TEST_CASE("airline question 16: laptops due for the refresh", "[airline]") {
    CHECK(column(airline().ask(16).at(0), "asset_tag") == answer(16).at("asset_tags"));
}

TEST_CASE("airline question 17: seats to harvest", "[airline]") {
    Json seats = Json::object();
    const auto rows = airline().ask(17).at(0);
    for (const Json& row : rows) seats[row.at("licence").get<std::string>()] = row.at("seats");
    CHECK(seats == answer(17));
}

TEST_CASE("airline question 18: over-allocated licences", "[airline]") {
    Json licences = Json::object();
    const auto rows = airline().ask(18).at(0);
    for (Json row : rows) {
        const std::string licence = row.at("licence");
        row.erase("licence");
        licences[licence] = row;
    }
    CHECK(licences == answer(18));
}

TEST_CASE("airline question 19: warranties", "[airline]") { CHECK(airline().ask(19).at(0).at(0) == answer(19)); }

TEST_CASE("airline question 20: contracts that end and the services behind them", "[airline]") {
    CHECK(airline().ask(20).at(0) == answer(20));
}

TEST_CASE("airline question 21: changes that are an outage only together", "[airline]") {
    Json pairs = Json::array();
    const auto rows = airline().ask(21).at(0);
    for (const Json& row : rows)
        pairs.push_back(
            {{"changes", {row.at("one"), row.at("other")}}, {"down_only_together", row.at("down_only_together")}});
    CHECK(pairs == answer(21));
}

TEST_CASE("airline question 22: incidents", "[airline]") {
    const auto results = airline().ask(22);
    Json most = Json::object();
    for (const Json& row : results.at(0)) most[row.at("ci").get<std::string>()] = row.at("incidents");
    CHECK(most == answer(22).at("most"));
    CHECK(column(results.at(1), "ci") == answer(22).at("open"));
}

TEST_CASE("airline question 23: who is on call for what a change takes down", "[airline]") {
    const auto results = airline().ask(23);
    CHECK(column(results.at(0), "service") == answer(23).at("services"));
    CHECK(column(results.at(1), "team") == answer(23).at("groups"));
    CHECK(column(results.at(2), "person") == answer(23).at("on_call"));
    Json left = Json::array();
    for (const Json& row : results.at(2))
        if (row.at("has_left").get<bool>()) left.push_back(row.at("person"));
    CHECK(left == answer(23).at("of_these_left"));
}

TEST_CASE("airline question 24: discovery against inventory", "[airline]") {
    const auto results = airline().ask(24);
    CHECK(column(results.at(0), "unknown_serial") == answer(24).at("unknown_serials"));
    CHECK(column(results.at(1), "host_not_seen") == answer(24).at("hosts_not_seen"));
    CHECK(column(results.at(2), "site_differs") == answer(24).at("site_differs"));
    CHECK(column(results.at(3), "name_clash") == answer(24).at("name_clash"));
}

TEST_CASE("airline question 25: production that depends on test", "[airline]") {
    CHECK(airline().ask(25).at(0) == answer(25));
}
