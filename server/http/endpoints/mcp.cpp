#include "http/endpoints/endpoints.hpp"

#include "mainstay/server/mcp.hpp"

#include <algorithm>

namespace mainstay::server {

// Streamable HTTP: an answer to each message, no stream and no session beside it.
HttpResponse answer_mcp(const Asked& asked) {
    (void)asked.body();  // is said to be JSON, and is an object
    McpOptions options;
    options.principal = asked.principal();
    if (asked.options().statement_max.count() > 0)
        options.statement_max = std::min(options.statement_max, asked.options().statement_max);
    HttpResponse response;
    response.body =
        McpServer::make(asked.database(), std::move(options))->answer(asked.request().body, asked.cancellation());
    if (response.body.empty()) response.status = 202;
    return response;
}

}  // namespace mainstay::server
