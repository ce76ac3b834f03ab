#pragma once

#include "net/stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>

namespace mainstay::server {

StreamPtr make_tcp_stream(boost::asio::ip::tcp::socket socket);

// The first byte that the client sends, left in place to be read; nullopt: it sent none.
boost::asio::awaitable<std::optional<char>> peek(boost::asio::ip::tcp::socket& socket);

}  // namespace mainstay::server
