#pragma once

// The embedded server: Bolt for Neo4j's drivers and for graph viewers.

#include "mainstay/query/database.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mainstay {

struct ServerOptions {
    // Only loopback is taken: there are no accounts yet, so that whoever reaches a port may read and write.
    std::string bolt_address = "127.0.0.1";
    std::uint16_t bolt_port = 7687;  // 0: one that is free
    std::string database_name;       // as clients know it, beside "neo4j"
    std::string author;              // of commits, unless a client signs in with a name
    unsigned workers = 0;  // threads that run statements; 0: as many as the machine has processors, 2 at least
    std::uint32_t connections_max = 1'000;
    std::size_t message_bytes_max = std::size_t{64} << 20;
    std::chrono::milliseconds handshake_max{10'000};  // for a client to sign in
    std::chrono::milliseconds statement_max{0};       // 0: as long as it takes, or the client allows
    // For the next request to a result that is open: its snapshot makes the file grow. A client that does not read what
    // it has asked for is cut.
    std::chrono::milliseconds result_idle_max{60'000};
};

// Serves from start() until stop() or its end, on threads of its own; the database must live longer. Thread-safe.
class Server {
public:
    // Throws Error: usage for an address that is none or not loopback, io_error if the port is taken.
    static std::unique_ptr<Server> start(Database& database, ServerOptions options);
    virtual ~Server() = default;
    virtual std::uint16_t bolt_port() const noexcept = 0;
    virtual std::uint32_t connections() const noexcept = 0;
    // Takes no more clients, stops what runs, closes every connection. Returns when all is quiet.
    virtual void stop() = 0;
};

}  // namespace mainstay
