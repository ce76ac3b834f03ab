#include "operations.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace mainstay::bench {
namespace {

nlohmann::json json_of(const Value& value) {
    switch (value.type()) {
        case ValueType::null: return nullptr;
        case ValueType::integer: return value.as_int();
        case ValueType::floating: return value.as_double();
        case ValueType::string: return std::string{value.as_string()};
        default: return print(value);
    }
}

nlohmann::json rows_of(Prepared& statement) {
    const auto result = statement.run();
    nlohmann::json rows = nlohmann::json::array();
    while (const std::vector<Value>* row = result->next()) {
        nlohmann::json one = nlohmann::json::array();
        for (const Value& value : *row) one.push_back(json_of(value));
        rows.push_back(std::move(one));
    }
    return rows;
}

}  // namespace

void measure_statements(const std::filesystem::path& file, const std::filesystem::path& statements) {
    std::ifstream in(statements);
    const nlohmann::json all = nlohmann::json::parse(in);
    const auto database = open(file);
    for (const nlohmann::json& each : all) {
        const auto prepared = database->prepare(each.at("ours").get<std::string>());
        nlohmann::json rows = rows_of(*prepared);
        std::vector<double> times;
        for (int i = 0; i < 5; ++i) {
            const std::int64_t start = now_ns();
            rows = rows_of(*prepared);
            times.push_back(seconds_since(start) * 1e3);
        }
        std::sort(times.begin(), times.end());
        const nlohmann::json line{
            {"engine", "ours"}, {"name", each.at("name")}, {"ms", times[times.size() / 2]}, {"rows", std::move(rows)}};
        fmt::print("{}\n", line.dump());
    }
}

}  // namespace mainstay::bench
