#pragma once

// A server of an empty database, on ports that are free.

#include "support/scratch.hpp"

#include "mainstay/query/database.hpp"
#include "mainstay/server/server.hpp"

#include <memory>
#include <utility>

namespace mainstay::test {

struct Served {
    test::ScratchFolder folder;
    std::unique_ptr<Database> database;
    std::unique_ptr<Server> server;

    explicit Served(ServerOptions options = {}) {
        DatabaseOptions of_database;
        of_database.store.mode = OpenMode::create_if_missing;
        of_database.store.durability = Durability::none;
        of_database.store.initial_model = Model::empty();
        database = Database::open(folder / "estate.db", of_database);
        options.bolt = ServerAddress{"127.0.0.1", 0};
        options.http = ServerAddress{"127.0.0.1", 0};
        options.database_name = "estate";
        server = Server::start(*database, options);
    }
};

}  // namespace mainstay::test
