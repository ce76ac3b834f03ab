#pragma once

// The embedded server: Bolt for Neo4j's drivers and for graph viewers, HTTP for everything else.

#include "mainstay/query/database.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mainstay {

struct ServerAddress {
    std::string address;     // an IP address, or "localhost"
    std::uint16_t port = 0;  // 0: one that is free
};

// Something an operator, or an audit, wants to know: "sign_in", "sign_in_failed", "denied", "slow_statement", ….
struct ServerEvent {
    enum class Severity : std::uint8_t { info, warning, error };
    Severity severity = Severity::info;
    std::string name;
    std::vector<std::pair<std::string, std::string>> fields;
};

struct ServerOptions {
    using Log = std::function<void(const ServerEvent&)>;  // one call at a time, from any thread

    // Plain TCP, TLS and WebSocket (over either) on the same port. An address that other machines can reach is taken
    // only of a database with accounts, and with a certificate; clients must speak TLS there.
    std::optional<ServerAddress> bolt = ServerAddress{"127.0.0.1", 7687};
    std::optional<ServerAddress> http = ServerAddress{"127.0.0.1", 7474};
    // PEM files; both or none. With them both ports take TLS too.
    std::filesystem::path tls_certificate, tls_key;
    // An address that others can reach is taken all the same, and plain TCP there.
    bool is_insecure = false;
    // Of pages that a browser may let connect, beside those that this machine serves: "https://tools.example.org".
    std::vector<std::string> allowed_origins;
    std::string database_name;  // as clients know it, beside "neo4j"
    std::string author;         // of commits, unless a client signs in with a name
    unsigned workers = 0;       // threads that run statements; 0: four for each processor, 16 at least
    std::uint32_t connections_max = 1'000;
    // Working memory of a statement: less than one of the library may have, for there are many at once.
    std::uint64_t statement_memory_max = std::uint64_t{512} << 20;
    std::uint32_t rate_max = 0;  // statements and requests a second of one address, twice as many at once; 0: any
    std::size_t message_bytes_max = std::size_t{64} << 20;  // of Bolt, and of a body of HTTP
    std::chrono::milliseconds handshake_max{10'000};        // for a client to sign in, or to send the head of a request
    std::chrono::milliseconds statement_max{0};             // 0: as long as it takes, or the client allows
    // For the next request to a result that is open: its snapshot makes the file grow. A client that does not read what
    // it has asked for is cut.
    std::chrono::milliseconds result_idle_max{60'000};
    std::chrono::milliseconds stop_grace{5'000};      // for what runs when the server stops; then it is cancelled
    std::chrono::milliseconds slow_statement{1'000};  // longer ones are logged; 0: none
    Log log;
};

// Serves from start() until stop() or its end, on threads of its own; the database must live longer. Thread-safe.
class Server {
public:
    // Throws Error: usage for an address that is none or must not be served, io_error if a port is taken,
    // input_unreadable or input_invalid for a certificate.
    static std::unique_ptr<Server> start(Database& database, ServerOptions options);
    virtual ~Server() = default;
    // Whether this build has the explorer, the page for people at HTTP's `/`.
    static bool has_explorer() noexcept;
    virtual std::uint16_t bolt_port() const noexcept = 0;  // 0: none, as is http_port()
    virtual std::uint16_t http_port() const noexcept = 0;
    virtual std::uint32_t connections() const noexcept = 0;
    // Takes no more clients, lets what runs end within the grace, cancels the rest, closes every connection. Returns
    // when all is quiet.
    virtual void stop() = 0;
};

}  // namespace mainstay
