// Does one operation of a fixed small workload, for the guard on instruction counts (./dev guard): what callgrind
// collects is mainstay_guard_measured alone. Prints the operation's answer, so that nothing is left out.
//   mainstay-guard FILE OPERATION    FILE: a new database; OPERATION: see the table in main

#include "mainstay/query/database.hpp"
#include "mainstay/storage/bulk.hpp"

#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

// By this name the counting is switched on and off.
extern "C" __attribute__((noinline)) void mainstay_guard_measured(const std::function<void()>& work) { work(); }

namespace mainstay {
namespace {

constexpr std::int64_t servers = 4000, applications = 1600, services = 400;

// Applications run on two servers of which one is enough, or on one; services depend on applications.
void load(Store& store) {
    const auto loader = BulkLoader::start(store);
    const auto id = loader->key("id"), name = loader->key("name"), group = loader->key("group"),
               need = loader->key("need");
    const auto depends = loader->type("DEPENDS_ON");
    const auto add = [&](std::string_view label_name, std::int64_t count) {
        const auto label = loader->label(label_name);
        std::vector<NodeId> nodes;
        for (std::int64_t i = 0; i < count; ++i)
            nodes.push_back(loader->add_node({&label, 1}, {{id, fmt::format("{}-{}", label_name, i)},
                                                           {name, fmt::format("{} number {}", label_name, i % 97)}}));
        return nodes;
    };
    const auto server = add("Server", servers), application = add("Application", applications),
               service = add("BusinessService", services);
    for (std::int64_t i = 0; i < applications; ++i) {
        const auto from = application[static_cast<std::size_t>(i)];
        const auto first = server[static_cast<std::size_t>(i * 7 % servers)];
        const auto second = server[static_cast<std::size_t>((i * 13 + 1) % servers)];
        if (i % 3 == 0) {
            loader->add_relationship(depends, from, first, {});
        } else {
            loader->add_relationship(depends, from, first, {{group, "g"}, {need, std::int64_t{1}}});
            loader->add_relationship(depends, from, second, {{group, "g"}});
        }
        if (i > 0) loader->add_relationship(depends, from, application[static_cast<std::size_t>(i / 2)], {});
    }
    for (std::int64_t i = 0; i < services; ++i)
        for (std::int64_t k = 0; k < 5; ++k)
            loader->add_relationship(depends, service[static_cast<std::size_t>(i)],
                                     application[static_cast<std::size_t>((i * 31 + k * 17) % applications)], {});
    loader->finish({"guard", "", "", ""}, {});
}

std::uint64_t rows_of(Result& result) {
    std::uint64_t rows = 0;
    while (result.next()) ++rows;
    return rows;
}

// Runs a prepared statement for each of `count` ids of a class.
std::function<std::uint64_t(Database&)> each(std::string text, std::string label, std::int64_t count) {
    return [=](Database& database) {
        const auto prepared = database.prepare(text);
        std::uint64_t rows = 0;
        mainstay_guard_measured([&] {
            for (std::int64_t i = 0; i < count; ++i)
                rows += rows_of(*prepared->run({{"id", fmt::format("{}-{}", label, i)}, {"i", i}}));
        });
        return rows;
    };
}

const std::map<std::string, std::function<std::uint64_t(Database&)>>& operations() {
    static const std::map<std::string, std::function<std::uint64_t(Database&)>> table = {
        {"lookup", each("MATCH (n:Server {id: $id}) RETURN n.id, n.name", "Server", 200)},
        {"neighbours", each("MATCH (n:Application {id: $id})--(m) RETURN count(m), max(m.id)", "Application", 200)},
        {"dependents", each("MATCH (n:Application {id: $id}) DEPENDENTS OF n YIELD ci RETURN count(ci), max(ci.id)",
                            "Application", 10)},
        {"impact", each("MATCH (n:Application {id: $id}) IMPACT OF n YIELD ci, state RETURN count(ci), max(state)",
                        "Application", 10)},
        {"single_points",
         each("MATCH (n:BusinessService {id: $id}) SINGLE POINTS OF FAILURE FOR n YIELD ci RETURN count(ci)",
              "BusinessService", 20)},
        {"group_by", each("MATCH (n:Server) WITH n.name AS name, count(*) AS c RETURN name, c", "Server", 3)},
        {"unfolded",
         [](Database& database) {
             (void)rows_of(*database.run("MATCH (n:Server) SET n.name = n.name + '!'"));
             return each("MATCH (n:Server) RETURN count(n.name), max(n.id)", "Server", 3)(database);
         }},
        {"parse",
         [](Database& database) {
             std::uint64_t columns = 0;
             mainstay_guard_measured([&] {
                 for (int i = 0; i < 20; ++i)
                     columns += database
                                    .prepare(fmt::format("MATCH (a:Server)-[r:DEPENDS_ON*1..3]->(b) WHERE a.id = 's{}' "
                                                         "AND b.name STARTS WITH 'x' WITH a, collect(b) AS l "
                                                         "RETURN a.id, size(l) ORDER BY a.id LIMIT 10",
                                                         i))
                                    ->columns()
                                    .size();
             });
             return columns;
         }},
        {"upsert", each("MERGE (n:Server {id: $id}) ON CREATE SET n.name = 'new' ON MATCH SET n.name = 'seen ' + $i",
                        "Server", 50)},
    };
    return table;
}

int run(const std::string& file, const std::string& operation) {
    DatabaseOptions options;
    options.store.mode = OpenMode::create_if_missing;
    options.store.durability = Durability::none;
    options.store.fold = false;
    options.store.map_bytes = std::uint64_t{1} << 30;
    const auto database = Database::open(file, options);
    const auto found = operations().find(operation);
    if (found == operations().end()) {
        for (const auto& [name, body] : operations()) fmt::print("{}\n", name);
        return operation.empty() ? 0 : 2;
    }
    load(database->store());
    fmt::print("{} {}\n", operation, found->second(*database));
    return 0;
}

}  // namespace
}  // namespace mainstay

int main(int count, char** arguments) {
    if (count < 2) {
        std::fputs("usage: mainstay-guard FILE [OPERATION]\n", stderr);
        return 2;
    }
    try {
        return mainstay::run(arguments[1], count > 2 ? arguments[2] : "");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mainstay-guard: %s\n", error.what());
        return 1;
    }
}
