#include "mainstay/server/server.hpp"

#include "bolt/connection.hpp"

#include "mainstay/core/error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

namespace mainstay {
namespace server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

tcp::endpoint loopback_endpoint(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    const auto ip = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    if (error)
        throw Error{Code::usage, fmt::format("{} is no address to listen at", quoted(address))}.with_hint(
            "write an IP address and a port, such as 127.0.0.1:7687");
    if (!ip.is_loopback())
        throw Error{Code::usage,
                    fmt::format("{} can be reached from other machines, and this server has no accounts yet: "
                                "everybody could read and write",
                                quoted(address))}
            .with_hint("listen at 127.0.0.1, and let others in by a tunnel (ssh -L 7687:127.0.0.1:7687 HOST)");
    return {ip, port};
}

class ServerImpl final : public Server {
public:
    ServerImpl(Database& database, ServerOptions options)
        : database_(database),
          options_(std::move(options)),
          acceptor_(network_),
          workers_(options_.workers ? options_.workers : std::max(2U, std::thread::hardware_concurrency())) {
        const auto endpoint = loopback_endpoint(options_.bolt_address, options_.bolt_port);
        boost::system::error_code error;
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error)
            throw Error{Code::io_error, fmt::format("cannot listen at {}:{}: {}", options_.bolt_address,
                                                    options_.bolt_port, error.message())}
                .with_hint("is another server running there? choose another port with --bolt ADDRESS:PORT");
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(network_, accept(), asio::detached);
        thread_ = std::thread{[this] { run_network(); }};
    }
    ~ServerImpl() override { stop(); }

    std::uint16_t bolt_port() const noexcept override { return port_; }
    std::uint32_t connections() const noexcept override { return count_.load(); }

    void stop() override {
        if (!thread_.joinable()) return;
        asio::post(network_, [this] {
            boost::system::error_code ignored;
            acceptor_.close(ignored);
            for (const auto& each : open_) each->close();
        });
        thread_.join();  // when nobody is left
        workers_.join();
    }

private:
    asio::awaitable<void> accept() {
        while (acceptor_.is_open()) {
            auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (error == asio::error::no_descriptors || error == asio::error::no_memory) {
                asio::steady_timer pause{network_, std::chrono::milliseconds{100}};
                (void)co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
                continue;
            }
            if (error || open_.size() >= options_.connections_max) continue;
            try {
                take(std::move(socket));
            } catch (const std::bad_alloc&) {
                // This client has no place; others may have.
            }
        }
    }

    void take(tcp::socket socket) {
        ConnectionOptions options;
        options.bolt.connection_id = fmt::format("bolt-{}", ++last_connection_);
        options.bolt.address = fmt::format("{}:{}", options_.bolt_address, port_);
        options.bolt.database = options_.database_name;
        options.bolt.author = options_.author;
        options.bolt.time_max = options_.statement_max;
        options.message_bytes_max = options_.message_bytes_max;
        options.handshake_max = options_.handshake_max;
        options.result_idle_max = options_.result_idle_max;
        const auto connection =
            std::make_shared<Connection>(std::move(socket), database_, workers_, std::move(options));
        open_.insert(connection);
        count_.store(static_cast<std::uint32_t>(open_.size()));
        asio::co_spawn(network_, connection->serve(), [this, connection](const std::exception_ptr&) {
            connection->close();
            open_.erase(connection);
            count_.store(static_cast<std::uint32_t>(open_.size()));
        });
    }

    // What throws is one client's affair: want of memory.
    void run_network() {
        for (;;) {
            try {
                network_.run();
                return;
            } catch (const std::exception&) {
                continue;
            }
        }
    }

    Database& database_;
    ServerOptions options_;
    asio::io_context network_{1};
    tcp::acceptor acceptor_;
    asio::thread_pool workers_;
    std::thread thread_;
    std::uint16_t port_ = 0;
    std::set<std::shared_ptr<Connection>> open_;  // on the network's thread alone
    std::uint64_t last_connection_ = 0;
    std::atomic<std::uint32_t> count_{0};
};

}  // namespace
}  // namespace server

std::unique_ptr<Server> Server::start(Database& database, ServerOptions options) {
    return std::make_unique<server::ServerImpl>(database, std::move(options));
}

}  // namespace mainstay
