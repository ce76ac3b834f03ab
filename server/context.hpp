#pragma once

// What all clients of a server share.

#include "access.hpp"
#include "expectations.hpp"
#include "log.hpp"
#include "metrics.hpp"

#include "mainstay/query/database.hpp"
#include "mainstay/server/server.hpp"

#include <chrono>
#include <string>

namespace mainstay::server {

struct ServerContext {
    ServerContext(Database& of, ServerOptions given)
        : database(of), options(std::move(given)), log(options.log), access(of, log) {}

    Database& database;
    const ServerOptions options;
    ServerLog log;
    Access access;
    Metrics metrics;
    Expectations expectations;
};

// A statement while it runs: counted and, if it was slow, logged when this ends.
class StatementWatch {
public:
    // `context`: may be null; then nothing is noted. It lives longer.
    StatementWatch(ServerContext* context, Door door, std::string_view statement, std::string_view user)
        : context_(context), door_(door), statement_(statement.substr(0, statement_bytes_max)), user_(user) {}
    StatementWatch(const StatementWatch&) = delete;
    StatementWatch& operator=(const StatementWatch&) = delete;
    ~StatementWatch();
    void set_outcome(Metrics::Outcome outcome) noexcept { outcome_ = outcome; }

private:
    static constexpr std::size_t statement_bytes_max = 1'000;  // of a log line
    ServerContext* context_;
    Door door_;
    std::string statement_, user_;
    Metrics::Outcome outcome_ = Metrics::Outcome::failed;  // until something else is known
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace mainstay::server
