#pragma once

// One client: bytes to messages on the network's thread, messages to answers on a worker or, if that is quick, there,
// too (net/loop.hpp), answers to bytes on the network's thread again. A worker is held while something is computed,
// never while a client is slow.

#include "bolt/chunks.hpp"
#include "bolt/session.hpp"
#include "net/client.hpp"
#include "net/loop.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace mainstay::server {

struct BoltConnectionOptions {
    BoltOptions bolt;
    Transport transport;
    std::size_t message_bytes_max = 0;
    std::chrono::milliseconds handshake_max{0};
    std::chrono::milliseconds result_idle_max{0};
};

class BoltConnection final : public Client, public std::enable_shared_from_this<BoltConnection> {
public:
    BoltConnection(boost::asio::ip::tcp::socket socket, Database& database, Loop& loop, BoltConnectionOptions options);
    boost::asio::awaitable<void> serve() override;
    void close() noexcept override;
    void retire() override;
    ~BoltConnection() override;

private:
    boost::asio::awaitable<bool> shake_hands();
    boost::asio::awaitable<BoltVersion> agree_by_manifest();
    bool is_open() const noexcept { return stream_ ? stream_->is_open() : socket_.is_open(); }
    boost::asio::awaitable<void> read_messages();
    boost::asio::awaitable<void> write_answers();
    void take(std::string message);
    void start_work_if_needed();
    void work(Expected expected);  // on any thread
    void work_a_while(Expected expected);
    void end_work();  // after each piece of it
    void write_now();
    void watch_results();
    void drop_idle_results();

    boost::asio::ip::tcp::socket socket_;  // until stream_ has it
    boost::asio::any_io_executor network_;
    StreamPtr stream_;
    // Waited for: room in the inbox, something to write, the last of it written; what may take too long.
    boost::asio::steady_timer room_, answers_, ended_, idle_, deadline_;
    // The network's thread alone.
    bool is_writing_ = false, is_watching_results_ = false, inbox_is_full_ = false;
    bool has_written_ = false;  // the last of it
    Database& database_;
    Loop& loop_;
    BoltConnectionOptions options_;
    std::unique_ptr<BoltSession> session_;

    std::mutex mutex_;  // of what follows
    std::deque<std::string> inbox_;
    std::size_t inbox_bytes_ = 0;
    std::string outbox_;
    bool is_working_ = false;  // a worker has the session
    bool holds_results_ = false, is_signed_in_ = false;
    bool is_at_rest_ = true;    // nothing of it is open
    bool is_retiring_ = false;  // closes at the next rest
    bool has_more_ = false;     // rows are left for when the outbox is empty
    bool is_over_ = false;      // what is in the outbox is the last
    bool is_broken_ = false;    // nothing more can be said
};

}  // namespace mainstay::server
