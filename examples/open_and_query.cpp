// Embeds Mainstay: opens a database file, fills it with statements, asks what fails with a rack.
//
//     open_and_query [FILE]      (a file of its own in the temporary folder otherwise)

#include <mainstay/mainstay.hpp>

#include <cstdio>
#include <filesystem>
#include <iostream>

namespace {

void print_rows(mainstay::Result& result) {
    while (const auto* row = result.next()) {
        for (const auto& value : *row) std::cout << mainstay::to_text(value) << '\t';
        std::cout << '\n';
    }
    for (const auto& notice : result.notices()) std::cerr << "note: " << notice.message << '\n';
}

}  // namespace

int main(int count, char** arguments) {
    using namespace mainstay;
    const std::filesystem::path file =
        count > 1 ? arguments[1] : std::filesystem::temp_directory_path() / "mainstay-open-and-query.db";
    if (count <= 1) std::filesystem::remove(file);

    try {
        DatabaseOptions options;
        options.store.mode = OpenMode::create_if_missing;
        const auto database = Database::open(file, options);

        // One statement is one transaction; who and why go into the change log.
        ExecuteOptions write;
        write.commit = {.author = "example", .reason = "a small inventory", .source = "", .change = ""};
        database->run(
            "CREATE (rack:Rack {id: 'r1'}), "
            "  (a:Server {id: 'a'})-[:LOCATED_IN]->(rack), (b:Server {id: 'b'}), "
            "  (shop:BusinessService {id: 'shop'}), "
            "  (shop)-[:DEPENDS_ON {group: 'web', need: 1}]->(a), (shop)-[:DEPENDS_ON {group: 'web', need: 1}]->(b)",
            {}, write);

        // Prepared once, run with parameters.
        const auto impact = database->prepare(
            "MATCH (failed:ConfigurationItem) WHERE failed.id IN $failed WITH collect(failed) AS failed "
            "IMPACT OF failed WHEN down YIELD ci, state, hops RETURN ci.id, state, hops ORDER BY hops, ci.id");
        std::cout << "rack r1 fails:\n";
        print_rows(*impact->run({{"failed", Value::list({"r1"})}}));
        std::cout << "rack r1 and server b fail:\n";
        print_rows(*impact->run({{"failed", Value::list({"r1", "b"})}}));
        return 0;
    } catch (const Error& error) {
        std::cerr << error.message() << (error.hint().empty() ? "" : "; ") << error.hint() << '\n';
        return info(error.code()).exit_status;
    }
}
