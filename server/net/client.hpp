#pragma once

// Whoever has connected, whatever it speaks.

#include "net/origins.hpp"
#include "net/tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace mainstay::server {

class Client {
public:
    virtual ~Client() = default;
    // Until it has gone, or was cut. On the network's thread, as close().
    virtual boost::asio::awaitable<void> serve() = 0;
    virtual void close() noexcept = 0;
    // Closes when what it has asked for is answered, at once if that is nothing.
    virtual void retire() = 0;
};

// "127.0.0.1"; "" if it has gone.
std::string address_of(const boost::asio::ip::tcp::socket& socket);

struct Transport {
    std::shared_ptr<TlsContext> tls;  // null: there is no certificate
    bool requires_tls = false;
    Origins origins;
};

// Plain or TLS, as the client's first byte says; takes the socket then. Null: it said nothing, or wants what is not to
// be had.
boost::asio::awaitable<StreamPtr> open_stream(boost::asio::ip::tcp::socket& socket, const Transport& transport);

}  // namespace mainstay::server
