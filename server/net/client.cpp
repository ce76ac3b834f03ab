#include "net/client.hpp"

#include "net/tcp_stream.hpp"

#include <utility>

namespace mainstay::server {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string address_of(const tcp::socket& socket) {
    boost::system::error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    return error ? std::string{} : endpoint.address().to_string();
}

asio::awaitable<StreamPtr> open_stream(tcp::socket& socket, const Transport& transport) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    socket.set_option(asio::socket_base::keep_alive{true}, ignored);
    const auto first = co_await peek(socket);
    if (!first) co_return nullptr;
    const bool wants_tls = *first == tls_hello;
    if (wants_tls && transport.tls) co_return make_tls_stream(transport.tls, std::move(socket));
    if (wants_tls || transport.requires_tls) co_return nullptr;
    co_return make_tcp_stream(std::move(socket));
}

}  // namespace mainstay::server
