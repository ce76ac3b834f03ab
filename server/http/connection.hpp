#pragma once

// One client of HTTP: requests one after the other. Heads and bodies are read and written on the network's thread, what
// is asked is answered on a worker or, if that is quick, there, too (net/loop.hpp).

#include "http/request_reader.hpp"
#include "http/response.hpp"
#include "http/routes.hpp"
#include "net/client.hpp"
#include "net/loop.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace mainstay::server {

struct HttpConnectionOptions {
    Transport transport;
    std::size_t body_bytes_max = 0;
    std::chrono::milliseconds head_max{0};  // for a head to arrive, from its first byte on
    std::chrono::milliseconds idle_max{
        0};  // between requests; for a body to arrive, or a client to read some of an answer
};

class HttpConnection final : public Client, public std::enable_shared_from_this<HttpConnection> {
public:
    // `service`, `metrics` and `loop` live longer.
    HttpConnection(boost::asio::ip::tcp::socket socket, HttpService& service, Metrics& metrics, Loop& loop,
                   HttpConnectionOptions options);
    ~HttpConnection() override { --metrics_.connections[static_cast<std::size_t>(Door::http)]; }
    boost::asio::awaitable<void> serve() override;
    void close() noexcept override;
    void retire() override;

private:
    boost::asio::awaitable<void> read_bytes();
    boost::asio::awaitable<std::optional<HttpRequest>> next_request();
    boost::asio::awaitable<void> answer(HttpRequest request);
    boost::asio::awaitable<HttpResponse> ask(std::shared_ptr<const HttpRequest> request);
    boost::asio::awaitable<bool> write(std::string_view bytes);
    boost::asio::awaitable<void> write_whole(HttpResponse response);
    boost::asio::awaitable<std::optional<HttpResponse>> check_head(HttpRequest head);
    boost::asio::awaitable<void> write_events(HttpResponse::Events& events);
    void limit(std::chrono::milliseconds time);  // from now, for what comes next
    bool is_open() const noexcept { return stream_ ? stream_->is_open() : socket_.is_open(); }

    boost::asio::ip::tcp::socket socket_;  // until stream_ has it
    boost::asio::any_io_executor network_;
    StreamPtr stream_;
    boost::asio::steady_timer deadline_, arrived_, room_;
    HttpService& service_;
    Metrics& metrics_;
    Loop& loop_;
    HttpConnectionOptions options_;
    HttpRequestReader reader_;
    std::size_t unread_ = 0;  // bytes that reader_ was given since it was asked last
    bool has_ended_ = false;  // the client sends nothing more
    bool goes_on_ = true;
    bool has_answered_ = false, is_answering_ = false, is_retiring_ = false;
    std::string client_;  // its address
    std::shared_ptr<Cancellation> running_;
};

}  // namespace mainstay::server
