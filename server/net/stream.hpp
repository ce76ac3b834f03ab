#pragma once

// Bytes both ways, whatever carries them: TCP, TLS over it, WebSocket over either. Whoever reads and writes them need
// not know, and the many combinations are not compiled (composed templates of one over the other take minutes).

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mainstay::server {

// On one thread: at most one read and one write at a time, close() whenever.
class Stream {
public:
    virtual ~Stream() = default;

    // Waits for at least one byte. 0: there is no more, or it broke, or was closed.
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into) = 0;
    // All of it; false: it broke or was closed.
    virtual boost::asio::awaitable<bool> write(std::string_view bytes) = 0;
    // As much of it as goes without waiting, while nothing else is written; 0 where that cannot be told.
    virtual std::size_t write_now(std::string_view) noexcept { return 0; }
    // Tells the other side that nothing more comes, as far as the protocol has a word for it. Before close().
    virtual boost::asio::awaitable<void> finish() = 0;
    // At once: what waits ends. Again does nothing.
    virtual void close() noexcept = 0;
    virtual bool is_open() const noexcept = 0;
    virtual bool is_encrypted() const noexcept = 0;
    virtual boost::asio::any_io_executor executor() = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

// Reads until `into` is full; false: it ended before.
boost::asio::awaitable<bool> read_all(Stream& stream, std::span<char> into);

}  // namespace mainstay::server
