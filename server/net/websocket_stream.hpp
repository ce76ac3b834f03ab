#pragma once

#include "net/stream.hpp"

namespace mainstay::server {

// The bytes of binary messages over `stream`, whose handshake (an HTTP request with Upgrade: websocket) is done. Pings
// are answered.
StreamPtr make_websocket_stream(StreamPtr stream);

}  // namespace mainstay::server
