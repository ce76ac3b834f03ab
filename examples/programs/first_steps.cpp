// Opens a database file, writes a small inventory, and asks what breaks when its server fails.
//   first_steps FILE        (the file is made if it is not there)

#include <mainstay/mainstay.hpp>

#include <exception>
#include <iostream>

namespace {

constexpr auto inventory = R"(
    CREATE (db:Server {name: 'db01'}),
           (shop:BusinessService {name: 'Web shop'}),
           (shop)-[:DEPENDS_ON]->(db))";

// A class model of two classes and one relationship type: its source fails when its target fails.
constexpr auto model = R"({
    "classes": [{"name": "Server"}, {"name": "BusinessService"}],
    "relationship_types": [{"name": "DEPENDS_ON", "depends": "source", "effect": "hard"}]})";

void run(const char* file) {
    mainstay::DatabaseOptions options;
    options.store.mode = mainstay::OpenMode::create_if_missing;
    options.store.initial_model = mainstay::Model::from_json(model);
    const auto database = mainstay::Database::open(file, options);

    mainstay::ExecuteOptions execute;
    execute.commit.author = "first_steps";
    execute.commit.reason = "an example";
    database->run(inventory, {}, execute);

    // A prepared statement runs many times with other parameters.
    const auto impact =
        database->prepare("MATCH (s:Server {name: $name}) IMPACT OF s WHEN down YIELD ci, state RETURN ci.name, state");
    const auto result = impact->run({{"name", "db01"}});
    while (const std::vector<mainstay::Value>* row = result->next())
        std::cout << mainstay::to_text(row->at(0)) << " is " << mainstay::to_text(row->at(1)) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "usage: first_steps FILE\n";
        return 2;
    }
    try {
        run(arguments[1]);
        return 0;
    } catch (const mainstay::Error& error) {
        std::cerr << error.message() << (error.hint().empty() ? "" : "; ") << error.hint() << '\n';
        return 1;
    }
}
