#include "http/connection.hpp"

#include "http/events.hpp"
#include "net/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_bytes_max = std::size_t{64} << 10;
constexpr std::size_t ahead_bytes_max = std::size_t{256} << 10;  // of requests behind the one that is answered

constexpr std::chrono::minutes body_time_max{5};
constexpr std::chrono::milliseconds events_pause{50};
constexpr std::chrono::seconds alive_after{15}, event_read_max{10};

constexpr std::string_view security_headers =
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view api_headers =
    "Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

std::string head_of(const HttpResponse& response, bool goes_on) {
    std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
    if (!response.content_type.empty()) head += fmt::format("Content-Type: {}\r\n", response.content_type);
    bool has_policy = false;
    for (const auto& [name, value] : response.headers) {
        head += fmt::format("{}: {}\r\n", name, value);
        has_policy = has_policy || name == "Content-Security-Policy";
    }
    head += security_headers;
    if (!has_policy) head += api_headers;
    if (!goes_on) head += "Connection: close\r\n";
    return head;
}

HttpResponse preflight() {
    HttpResponse response;
    response.status = 204;
    response.content_type.clear();
    response.headers = {{"Access-Control-Allow-Methods", "GET, POST, HEAD"},
                        {"Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID"},
                        {"Access-Control-Max-Age", "600"}};
    return response;
}

void append_chunk(std::string_view bytes, std::string& out) {
    if (bytes.empty()) return;  // would be the last
    out += fmt::format("{:x}\r\n", bytes.size());
    out += bytes;
    out += "\r\n";
}

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, HttpService& service, Metrics& metrics, Loop& loop,
                               HttpConnectionOptions options)
    : socket_(std::move(socket)),
      network_(socket_.get_executor()),
      deadline_(network_),
      arrived_(network_),
      room_(network_),
      service_(service),
      metrics_(metrics),
      loop_(loop),
      options_(std::move(options)),
      reader_({HttpRequestReader::Limits{}.head_bytes, options_.body_bytes_max}) {
    arrived_.expires_at(asio::steady_timer::time_point::max());
    room_.expires_at(asio::steady_timer::time_point::max());
    client_ = address_of(socket_);
    ++metrics_.connections[static_cast<std::size_t>(Door::http)];
}

void HttpConnection::close() noexcept {
    if (stream_) stream_->close();
    boost::system::error_code ignored;
    socket_.close(ignored);
    deadline_.cancel();
    arrived_.cancel();
    room_.cancel();
    if (running_) running_->cancel();
}

void HttpConnection::retire() {
    goes_on_ = false;
    is_retiring_ = true;
    if (!is_answering_) close();
}

void HttpConnection::limit(std::chrono::milliseconds time) {
    deadline_.expires_after(time);
    deadline_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error) self->close();
    });
}

asio::awaitable<void> HttpConnection::serve() {
    const auto self = shared_from_this();
    limit(options_.head_max);
    stream_ = co_await open_stream(socket_, options_.transport);
    if (!stream_) co_return;
    asio::co_spawn(
        network_, [self] { return self->read_bytes(); },
        [self](const std::exception_ptr& error) {
            if (error) self->close();
        });
    while (goes_on_) {
        auto request = co_await next_request();
        if (!request) break;
        is_answering_ = true;
        co_await answer(*std::move(request));
        is_answering_ = false;
    }
    if (is_open()) co_await stream_->finish();
    close();
}

// All the time, so that a client which has gone is seen while something runs for it.
asio::awaitable<void> HttpConnection::read_bytes() {
    std::array<char, read_bytes_max> buffer;
    for (;;) {
        while (unread_ > ahead_bytes_max && is_open()) (void)co_await room_.async_wait(as_result);
        const auto count = co_await stream_->read_some(buffer);
        if (count == 0) break;
        reader_.add({buffer.data(), count});
        unread_ += count;
        arrived_.cancel();
    }
    has_ended_ = true;
    if (running_) running_->cancel();
    arrived_.cancel();
}

asio::awaitable<std::optional<HttpRequest>> HttpConnection::next_request() {
    HttpRequest request;
    enum class Waits : std::uint8_t { nothing, beginning, head, body } waits = Waits::nothing;
    bool is_checked = false;
    for (;;) {
        const auto sees = reader_.next(request);
        unread_ = 0;
        room_.cancel();
        if (sees == HttpRequestReader::Sees::request) co_return request;
        if (sees == HttpRequestReader::Sees::refused) {
            goes_on_ = false;
            co_await write_whole(error_response(reader_.refusal_status(), "bad_request", reader_.refusal()));
            co_return std::nullopt;
        }
        if (has_ended_ || !is_open()) co_return std::nullopt;
        // Who may not ask at all does not send a body first.
        if (reader_.has_head() && !is_checked) {
            is_checked = true;
            if (auto refusal = co_await check_head(reader_.head())) {
                goes_on_ = false;
                co_await write_whole(*std::move(refusal));
                co_return std::nullopt;
            }
        }
        if (reader_.takes_continue() && !co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return std::nullopt;
        if (unread_ > 0 || has_ended_) continue;  // it came meanwhile, and wakes nobody again
        // A head, and a body, has its time from its first byte on, however slowly more of it comes.
        const auto now = !reader_.has_begun() ? Waits::beginning : reader_.has_head() ? Waits::body : Waits::head;
        if (now != waits)
            limit(now == Waits::body                         ? body_time_max
                  : now == Waits::beginning && has_answered_ ? options_.idle_max
                                                             : options_.head_max);
        waits = now;
        (void)co_await arrived_.async_wait(as_result);
    }
}

asio::awaitable<void> HttpConnection::write_whole(HttpResponse response) {
    limit(options_.head_max);
    std::string text = head_of(response, false);
    text += fmt::format("Content-Length: {}\r\n\r\n{}", response.body.size(), response.body);
    (void)co_await write(text);
}

asio::awaitable<std::optional<HttpResponse>> HttpConnection::check_head(HttpRequest head) {
    ++metrics_.waiting;
    std::function work = [this, &head] {
        --metrics_.waiting;
        return service_.refusal_of(head, client_);
    };
    co_return co_await loop_.run(Expected::slow, work);
}

asio::awaitable<HttpResponse> HttpConnection::ask(std::shared_ptr<const HttpRequest> request) {
    running_ = std::make_shared<Cancellation>();
    if (has_ended_) running_->cancel();
    deadline_.cancel();  // the statement has a limit of its own
    ++metrics_.waiting;
    std::function work = [this, &request] {
        --metrics_.waiting;
        return service_.answer(*request, client_, running_);
    };
    co_return co_await loop_.run(service_.expects(*request), work);
}

asio::awaitable<void> HttpConnection::answer(HttpRequest given) {
    const auto request = std::make_shared<const HttpRequest>(std::move(given));
    goes_on_ = goes_on_ && request->keeps_alive;
    HttpResponse response;
    if (!options_.transport.origins.allow(*request))
        response = error_response(
            403, "forbidden", "pages of this origin may not ask here, nor clients that call this server by that name");
    else if (request->method == "OPTIONS" && request->header("origin"))
        response = preflight();  // a browser asks whether the page may
    else if (auto immediate = service_.answer_at_once(*request))
        response = *std::move(immediate);
    else
        response = co_await ask(request);
    has_answered_ = true;
    const bool has_body = request->method != "HEAD";
    const bool is_streamed = response.more || response.events;
    goes_on_ = goes_on_ && (!is_streamed || request->takes_chunks);
    std::string text = head_of(response, goes_on_);
    if (const auto origin = request->header("origin"); origin && options_.transport.origins.may_read(*origin))
        text += fmt::format(
            "Access-Control-Allow-Origin: {}\r\nAccess-Control-Expose-Headers: Mainstay-Transaction\r\nVary: "
            "Origin\r\n",
            *origin);
    if (!is_streamed) {
        if (response.status != 204 && response.status != 304)
            text += fmt::format("Content-Length: {}\r\n", response.body.size());
        text += "\r\n";
        if (has_body) text += response.body;
        limit(options_.idle_max);
        goes_on_ = co_await write(text) && goes_on_;
        co_return;
    }
    text += request->takes_chunks ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
    const auto add = [&](std::string_view bytes) {
        if (request->takes_chunks)
            append_chunk(bytes, text);
        else
            text += bytes;
    };
    if (has_body) add(response.body);
    bool has_more = has_body;
    while (has_more && response.more) {
        limit(options_.idle_max);
        if (!co_await write(text)) has_more = false;
        text.clear();
        if (!has_more) break;
        deadline_.cancel();
        std::string piece;
        std::function work = [&] { return response.more->write_some(piece); };
        bool is_cut = false;
        try {
            has_more = co_await loop_.run(Expected::slow, work);
        } catch (const std::exception&) {
            is_cut = true;
        }
        if (is_cut || !is_open()) {
            close();
            goes_on_ = false;
            co_return;
        }
        add(piece);
    }
    response.more.reset();
    if (response.events && has_body) {
        limit(options_.idle_max);
        if (co_await write(text)) co_await write_events(*response.events);
        goes_on_ = false;
        co_return;
    }
    if (request->takes_chunks && has_body) text += "0\r\n\r\n";
    limit(options_.idle_max);
    goes_on_ = co_await write(text) && goes_on_;
}

// Asks again and again whether there is something new, which costs a look at one number: a commit does not wait for
// whoever listens, nor know of it. Who does not read is cut.
asio::awaitable<void> HttpConnection::write_events(HttpResponse::Events& events) {
    asio::steady_timer pause{network_};
    auto said = std::chrono::steady_clock::now();
    while (is_open() && !has_ended_ && !is_retiring_) {
        std::string text;
        if (service_.has_news(events)) {
            ++metrics_.waiting;
            std::function work = [&] {
                --metrics_.waiting;
                return service_.news(events);
            };
            bool is_refused = false;
            try {
                text = co_await loop_.run(Expected::slow, work);
            } catch (const std::exception&) {
                is_refused = true;  // the account is no more, or the file cannot be read
            }
            if (is_refused) break;  // the end of the stream, and of no commit
        } else {
            pause.expires_after(events_pause);
            (void)co_await pause.async_wait(as_result);
            if (std::chrono::steady_clock::now() - said > alive_after) text = ": alive\n\n";
        }
        if (text.empty()) continue;
        said = std::chrono::steady_clock::now();
        std::string chunk;
        append_chunk(text, chunk);
        limit(event_read_max);
        if (!co_await write(chunk)) co_return;
        deadline_.cancel();
    }
    (void)co_await write("0\r\n\r\n");
}

asio::awaitable<bool> HttpConnection::write(std::string_view bytes) { return stream_->write(bytes); }

}  // namespace mainstay::server
