#pragma once

// The HTTP request by which a client asks for WebSocket (RFC 6455 4.2).

#include "http/request.hpp"
#include "net/origins.hpp"
#include "net/stream.hpp"

#include <string>

namespace mainstay::server {

struct UpgradeAnswer {
    std::string text;
    bool is_accepted = false;
};
UpgradeAnswer answer_upgrade(const HttpRequest& request, const Origins& origins);

// Reads the request, of which `begin` has been read, and answers it. Whether `stream` carries WebSocket from now on.
boost::asio::awaitable<bool> upgrade(Stream& stream, std::string_view begin, const Origins& origins);

}  // namespace mainstay::server
