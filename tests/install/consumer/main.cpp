// A program outside of the project: opens a database, writes, asks.
#include <mainstay/mainstay.hpp>

#include <cstdlib>
#include <iostream>

int main(int count, char** arguments) {
    if (count != 2) return 2;
    mainstay::DatabaseOptions options;
    options.store.mode = mainstay::OpenMode::create_if_missing;
    options.store.initial_model = mainstay::Model::empty();
    const auto database = mainstay::Database::open(arguments[1], options);
    database->run("CREATE (:Server {name: 'db01'})-[:RUNS]->(:Service {name: 'Check-in'})");
    const auto rows = database->run("MATCH (:Server)-[:RUNS]->(s) RETURN s.name")->all();
    std::cout << rows.at(0).at(0).as_string() << '\n';
    return EXIT_SUCCESS;
}
