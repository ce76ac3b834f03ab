#pragma once

// A port, and those who connect to it.

#include "net/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mainstay::server {

// Whether other machines can reach it. Throws Error(Code::usage) for an address that is none.
bool is_reachable(const std::string& address);

class Listener {
public:
    // Null: there is no place for one more.
    using MakeClient = std::function<std::shared_ptr<Client>(boost::asio::ip::tcp::socket)>;
    using Serve = std::function<void(std::shared_ptr<Client>)>;

    // Listens from now on, accepts from start() on. `option`: what sets the address, for messages. Throws Error: usage
    // for an address that is none, io_error if the port is taken.
    Listener(boost::asio::io_context& network, const std::string& address, std::uint16_t port, std::string_view option);
    void start(MakeClient make, Serve serve);
    void close() noexcept;  // on the network's thread
    std::uint16_t port() const noexcept { return port_; }

private:
    boost::asio::awaitable<void> accept();

    boost::asio::io_context& network_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_ = 0;
    MakeClient make_;
    Serve serve_;
};

}  // namespace mainstay::server
