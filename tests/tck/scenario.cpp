#include "scenario.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace mainstay::tck {
namespace {

using nlohmann::json;

Query read_query(const json& from) {
    Query query;
    query.text = from.at("query");
    Expectation& expect = query.expect;
    if (const auto error = from.find("expect_error"); error != from.end()) {
        expect.kind = Expectation::Kind::error;
        expect.error = {error->at("type"), error->at("phase"), error->at("detail")};
    } else if (const auto rows = from.find("expect"); rows != from.end()) {
        expect.kind = Expectation::Kind::rows;
        expect.columns = rows->at("columns");
        expect.rows = rows->at("rows");
        expect.ordered = rows->value("order", false);
        expect.ignore_list_order = rows->value("ignore_list_order", false);
    } else if (!from.value("empty", false)) {
        throw std::runtime_error("none of expect, empty, expect_error");
    }
    return query;
}

Scenario read_scenario(const json& from) {
    Scenario scenario;
    scenario.id = from.at("id");
    scenario.folder = from.at("folder");
    scenario.name = from.value("name", "");
    const auto tags = from.value("tags", std::vector<std::string>{});
    scenario.ignored = std::any_of(tags.begin(), tags.end(),
                                   [](const std::string& tag) { return tag == "ignore" || tag == "@ignore"; });
    scenario.graph = from.value("graph", "empty");
    scenario.setup = from.value("setup", std::vector<std::string>{});
    const json parameters = from.value("params", json::object());  // items() borrows it
    for (const auto& [name, value] : parameters.items()) scenario.parameters.emplace_back(name, value);
    for (const json& procedure : from.value("procedures", json::array()))
        scenario.procedures.push_back({procedure.at("signature"), procedure.at("columns"), procedure.at("rows")});
    scenario.query = read_query(from);
    if (const auto effects = from.find("side_effects"); effects != from.end() && !effects->is_null())
        scenario.side_effects = effects->get<SideEffects>();
    for (const json& control : from.value("control", json::array())) scenario.control.push_back(read_query(control));
    return scenario;
}

}  // namespace

std::vector<Scenario> load_scenarios(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error(file.string() + " cannot be read");
    std::vector<Scenario> scenarios;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.empty()) continue;
        try {
            scenarios.push_back(read_scenario(json::parse(line)));
        } catch (const std::exception& problem) {
            throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": " + problem.what());
        }
    }
    return scenarios;
}

}  // namespace mainstay::tck
