#include "operations.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::bench {
namespace {

constexpr std::string_view change = "UNWIND $ids AS id MATCH (n:CI {id: id}) SET n.n1 = n.n1 + 1, n.status = 'active'";
constexpr std::string_view reach = "MATCH (x:CI {id: $id}) DEPENDENTS OF x YIELD ci RETURN count(ci), sum(ci.id)";

// Milliseconds of the first run and the median of three later ones.
std::pair<double, double> time_reach(const Data& data, Database& database) {
    const auto prepared = database.prepare(reach);
    std::vector<double> times;
    for (int i = 0; i < 4; ++i) {
        const std::int64_t start = now_ns();
        prepared->run({{"id", data.params.r4a}})->all();
        times.push_back(seconds_since(start) * 1e3);
    }
    std::sort(times.begin() + 1, times.end());
    return {times[0], times[2]};
}

void remove_database(const std::filesystem::path& file) {
    for (const char* suffix : {"", "-lock", "-tail"}) std::filesystem::remove(file.string() + suffix);
}

}  // namespace

// R4a where every fifth node has changes that are not folded, beside the same without.
void measure_dirty(const Data& data, const std::filesystem::path& file, Report& report) {
    if (!report.wants("D20")) return;
    const std::filesystem::path copy = file.string() + "-dirty";
    try {
        remove_database(copy);
        std::pair<double, double> clean;
        {
            const auto database = open(file);
            clean = time_reach(data, *database);
            database->store().backup(copy, {});
        }
        DatabaseOptions options;
        options.store.fold = false;
        options.store.durability = Durability::none;
        const auto database = Database::open(copy, options);
        const auto prepared = database->prepare(change);
        ValueList ids;
        const auto run = [&] { prepared->run({{"ids", Value::list(std::exchange(ids, {}))}}); };
        constexpr std::size_t ids_at_once = 1000;
        for (std::int64_t id = 0; id < static_cast<std::int64_t>(data.params.nodes); id += 5) {
            ids.push_back(Value{id});
            if (ids.size() == ids_at_once) run();
        }
        run();
        const auto dirty = time_reach(data, *database);
        report.line("D20", dirty.second,
                    {{"first_ms", figure(dirty.first)},
                     {"clean_ms", figure(clean.second)},
                     {"clean_first_ms", figure(clean.first)}},
                    reach);
    } catch (const std::exception& problem) {
        report.failure("D20", problem.what());
    }
    remove_database(copy);
}

}  // namespace mainstay::bench
