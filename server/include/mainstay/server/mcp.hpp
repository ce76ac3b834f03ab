#pragma once

// The Model Context Protocol (https://modelcontextprotocol.io), the server's side: what an assistant may ask the map.
// It reads, and never writes.

#include "mainstay/query/database.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace mainstay {

struct McpOptions {
    Principal principal;  // who asks
    std::chrono::milliseconds statement_max{30'000};
    std::size_t answer_bytes_max = std::size_t{256} << 10;  // longer ones are refused with what to do
};

// JSON-RPC messages in and out, whatever carries them. Thread-safe; the database must live longer.
class McpServer {
public:
    static std::unique_ptr<McpServer> make(Database& database, McpOptions options = {});
    virtual ~McpServer() = default;
    // One message of a client, and the answer, one line; empty: it wants none. Never throws but for want of memory.
    virtual std::string answer(std::string_view message, std::shared_ptr<Cancellation> cancellation) = 0;
};

}  // namespace mainstay
