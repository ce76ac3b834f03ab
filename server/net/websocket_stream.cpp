#include "net/websocket_stream.hpp"

#include "net/as_result.hpp"
#include "net/websocket_frames.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
constexpr std::size_t read_bytes = std::size_t{64} << 10;
constexpr std::uint16_t normal = 1000, broken_protocol = 1002, not_for_us = 1003;

class WebSocketStream final : public Stream {
public:
    explicit WebSocketStream(StreamPtr stream)
        : stream_(std::move(stream)), written_(stream_->executor()), buffer_(read_bytes) {
        written_.expires_at(asio::steady_timer::time_point::max());
    }

    asio::awaitable<std::size_t> read_some(std::span<char> into) override {
        while (at_ == payload_.size()) {
            if (!co_await read_payload()) co_return 0;
        }
        const auto count = std::min(into.size(), payload_.size() - at_);
        payload_.copy(into.data(), count, at_);
        at_ += count;
        co_return count;
    }

    asio::awaitable<bool> write(std::string_view bytes) override {
        std::string frame;
        append_frame(WebSocketOpcode::binary, bytes, frame);
        co_return co_await send(std::move(frame));
    }

    asio::awaitable<void> finish() override {
        if (!has_closed_) co_await send_close(normal);
        co_await stream_->finish();
    }
    void close() noexcept override {
        stream_->close();
        written_.cancel();
    }
    bool is_open() const noexcept override { return stream_->is_open(); }
    bool is_encrypted() const noexcept override { return stream_->is_encrypted(); }
    asio::any_io_executor executor() override { return stream_->executor(); }

private:
    // False: there is no more.
    asio::awaitable<bool> read_payload() {
        at_ = 0;
        payload_.clear();
        if (rest_.empty()) {
            const auto count = co_await stream_->read_some(buffer_);
            if (count == 0) co_return false;
            rest_ = {buffer_.data(), count};
        }
        switch (frames_.take(rest_, payload_)) {
            case WebSocketReader::Sees::nothing_yet:
            case WebSocketReader::Sees::data: co_return true;
            case WebSocketReader::Sees::ping: {
                std::string frame;
                append_frame(WebSocketOpcode::pong, payload_, frame);
                payload_.clear();
                co_return co_await send(std::move(frame));
            }
            case WebSocketReader::Sees::closed: co_await send_close(normal); co_return false;
            case WebSocketReader::Sees::text: co_await send_close(not_for_us); co_return false;
            case WebSocketReader::Sees::broken: break;
        }
        co_await send_close(broken_protocol);
        co_return false;
    }

    asio::awaitable<void> send_close(std::uint16_t code) {
        has_closed_ = true;
        std::string frame;
        append_close_frame(code, frame);
        (void)co_await send(std::move(frame));
    }

    // The reader answers pings beside a writer: one after the other.
    asio::awaitable<bool> send(std::string frame) {
        while (is_writing_) {
            (void)co_await written_.async_wait(as_result);
            if (!stream_->is_open()) co_return false;
        }
        is_writing_ = true;
        const bool is_sent = co_await stream_->write(frame);
        is_writing_ = false;
        written_.cancel();
        co_return is_sent;
    }

    StreamPtr stream_;
    asio::steady_timer written_;
    bool is_writing_ = false, has_closed_ = false;
    std::vector<char> buffer_;
    std::string_view rest_;  // of buffer_
    WebSocketReader frames_;
    std::string payload_;
    std::size_t at_ = 0;  // what of it was handed on
};

}  // namespace

StreamPtr make_websocket_stream(StreamPtr stream) { return std::make_unique<WebSocketStream>(std::move(stream)); }

}  // namespace mainstay::server
