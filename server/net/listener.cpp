#include "net/listener.hpp"

#include "net/as_result.hpp"

#include "mainstay/core/error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fmt/core.h>

#include <utility>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::ip::address parsed(const std::string& address) {
    boost::system::error_code error;
    const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error)
        throw Error{Code::usage, fmt::format("{} is no address to listen at", quoted(address))}.with_hint(
            "write an IP address and a port, such as 127.0.0.1:7687");
    return ip;
}

}  // namespace

bool is_reachable(const std::string& address) { return !parsed(address).is_loopback(); }

Listener::Listener(asio::io_context& network, const std::string& address, std::uint16_t port, std::string_view option)
    : network_(network), acceptor_(network) {
    const tcp::endpoint endpoint{parsed(address), port};
    boost::system::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        throw Error{Code::io_error, fmt::format("cannot listen at {}:{}: {}", address, port, error.message())}
            .with_hint(
                fmt::format("is another server running there? choose another port with {} ADDRESS:PORT", option));
    port_ = acceptor_.local_endpoint().port();
}

void Listener::start(MakeClient make, Serve serve) {
    make_ = std::move(make);
    serve_ = std::move(serve);
    asio::co_spawn(network_, accept(), asio::detached);
}

void Listener::close() noexcept {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

asio::awaitable<void> Listener::accept() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        if (error == asio::error::no_descriptors || error == asio::error::no_memory) {
            asio::steady_timer pause{network_, std::chrono::milliseconds{100}};
            (void)co_await pause.async_wait(as_result);
            continue;
        }
        if (error) continue;
        try {
            if (auto client = make_(std::move(socket))) serve_(std::move(client));
        } catch (const std::bad_alloc&) {
            // This client has no place; others may have.
        }
    }
}

}  // namespace mainstay::server
