#include "net/tcp_stream.hpp"

#include "net/as_result.hpp"

#include <boost/asio/write.hpp>

#include <utility>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class TcpStream final : public Stream {
public:
    explicit TcpStream(tcp::socket socket) : socket_(std::move(socket)) {
        boost::system::error_code ignored;
        socket_.non_blocking(true, ignored);
    }

    asio::awaitable<std::size_t> read_some(std::span<char> into) override {
        const auto [error, count] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), as_result);
        co_return error ? 0 : count;
    }
    asio::awaitable<bool> write(std::string_view bytes) override {
        const auto [error, count] =
            co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), as_result);
        co_return !error;
    }
    std::size_t write_now(std::string_view bytes) noexcept override {
        boost::system::error_code error;  // write() will see it again
        const std::size_t count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
        return error ? 0 : count;
    }
    asio::awaitable<void> finish() override {
        boost::system::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        co_return;
    }
    void close() noexcept override {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }
    bool is_open() const noexcept override { return socket_.is_open(); }
    bool is_encrypted() const noexcept override { return false; }
    asio::any_io_executor executor() override { return socket_.get_executor(); }

private:
    tcp::socket socket_;
};

}  // namespace

StreamPtr make_tcp_stream(tcp::socket socket) { return std::make_unique<TcpStream>(std::move(socket)); }

asio::awaitable<std::optional<char>> peek(tcp::socket& socket) {
    char first = 0;
    const auto [error, count] =
        co_await socket.async_receive(asio::buffer(&first, 1), asio::socket_base::message_peek, as_result);
    if (error || count == 0) co_return std::nullopt;
    co_return first;
}

}  // namespace mainstay::server
