#include "bolt/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>
#include <vector>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

constexpr std::string_view magic{"\x60\x60\xB0\x17", 4};
constexpr std::size_t proposals_bytes = 16;
constexpr std::size_t read_bytes = std::size_t{64} << 10;
constexpr std::size_t inbox_bytes_max = std::size_t{1} << 20;   // beyond, a client that sends more waits
constexpr std::size_t outbox_bytes_max = std::size_t{1} << 20;  // beyond, its requests wait until it has read

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Database& database, asio::thread_pool& workers,
                       ConnectionOptions options)
    : socket_(std::move(socket)),
      room_(socket_.get_executor()),
      answers_(socket_.get_executor()),
      ended_(socket_.get_executor()),
      idle_(socket_.get_executor()),
      deadline_(socket_.get_executor()),
      database_(database),
      workers_(workers),
      options_(std::move(options)) {
    room_.expires_at(asio::steady_timer::time_point::max());
    answers_.expires_at(asio::steady_timer::time_point::max());
    ended_.expires_at(asio::steady_timer::time_point::max());
}

asio::awaitable<void> Connection::serve() {
    const auto self = shared_from_this();
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
    if (!co_await shake_hands()) {
        close();
        co_return;
    }
    asio::co_spawn(
        socket_.get_executor(), [self] { return self->write_answers(); },
        [self](const std::exception_ptr&) {
            self->session_->interrupt();
            self->close();
            self->has_written_ = true;
            self->ended_.cancel();
        });
    co_await read_messages();
    // The client sends nothing more: what runs for it is stopped.
    session_->interrupt();
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    answers_.cancel();
    while (!has_written_) (void)co_await ended_.async_wait(as_result);
}

void Connection::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
    room_.cancel();
    answers_.cancel();
    idle_.cancel();
    deadline_.cancel();
}

asio::awaitable<bool> Connection::shake_hands() {
    // For all until somebody has signed in.
    deadline_.expires_after(options_.handshake_max);
    deadline_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (error) return;
        const std::lock_guard lock(self->mutex_);
        if (!self->is_signed_in_) self->close();
    });
    std::array<char, magic.size() + proposals_bytes> opening;
    if (const auto [error, count] = co_await asio::async_read(socket_, asio::buffer(opening), as_result); error)
        co_return false;
    const std::string_view said{opening.data(), opening.size()};
    if (!said.starts_with(magic)) co_return false;
    const BoltVersion version = choose_version(said.substr(magic.size()));
    const std::array<char, 4> answer{0, 0, static_cast<char>(version.minor), static_cast<char>(version.major)};
    const auto [error, count] = co_await asio::async_write(socket_, asio::buffer(answer), as_result);
    if (error || version == BoltVersion{}) co_return false;
    session_ = std::make_unique<BoltSession>(database_, version, options_.bolt);
    co_return true;
}

asio::awaitable<void> Connection::read_messages() {
    ChunkReader chunks{options_.message_bytes_max};
    std::vector<char> buffer(read_bytes);
    for (;;) {
        const auto [error, count] = co_await socket_.async_read_some(asio::buffer(buffer), as_result);
        if (error) co_return;
        std::string_view bytes{buffer.data(), count};
        std::string message;
        for (;;) {
            const auto sees = chunks.take(bytes, message);
            if (sees == ChunkReader::Sees::nothing_yet) break;
            if (sees == ChunkReader::Sees::too_long) co_return;
            take(std::move(message));
        }
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                if (is_over_) co_return;
                if (inbox_bytes_ <= inbox_bytes_max) break;
            }
            (void)co_await room_.async_wait(as_result);
            if (!socket_.is_open()) co_return;
        }
    }
}

void Connection::take(std::string message) {
    constexpr char reset = 0x0F;
    if (message.size() >= 2 && message[1] == reset) session_->interrupt();  // overtakes what is before it
    const std::lock_guard lock(mutex_);
    inbox_bytes_ += message.size();
    inbox_.push_back(std::move(message));
    start_work_if_needed();
}

void Connection::start_work_if_needed() {
    if (is_working_ || is_over_ || outbox_.size() > outbox_bytes_max) return;
    if (inbox_.empty() && !has_more_) return;
    is_working_ = true;
    asio::post(workers_, [self = shared_from_this()] { self->work(); });
}

void Connection::work() {
    try {
        work_once();
    } catch (const std::exception&) {  // want of memory, of the answer or for it
        const std::lock_guard lock(mutex_);
        is_working_ = false;
        is_over_ = true;
        asio::post(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
    }
}

// One message, or a stretch of rows; then another connection has its turn.
void Connection::work_once() {
    std::string message, out;
    bool goes_on = false;
    {
        const std::lock_guard lock(mutex_);
        goes_on = has_more_;
        if (!goes_on) {
            message = std::move(inbox_.front());
            inbox_.pop_front();
            inbox_bytes_ -= message.size();
        }
    }
    bool is_over = false;
    try {
        if (goes_on)
            session_->go_on(out);
        else
            session_->receive(message, out);
        is_over = session_->is_over();
    } catch (const ProtocolError&) {
        is_over = true;  // what there is to say has been said in `out`
    }
    const std::lock_guard lock(mutex_);
    is_working_ = false;
    has_more_ = session_->has_more();
    holds_results_ = session_->holds_results();
    is_signed_in_ = is_signed_in_ || session_->is_signed_in();
    is_over_ = is_over_ || is_over;
    outbox_ += out;
    start_work_if_needed();
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        self->answers_.cancel();
        self->room_.cancel();
        self->watch_results();
    });
}

void Connection::watch_results() {
    idle_.cancel();
    {
        const std::lock_guard lock(mutex_);
        if (!holds_results_ || is_over_) return;
    }
    idle_.expires_after(options_.result_idle_max);
    idle_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error) self->drop_idle_results();
    });
}

void Connection::drop_idle_results() {
    const std::lock_guard lock(mutex_);
    if (is_working_ || is_over_ || !inbox_.empty()) return;  // watched again afterwards
    if (has_more_) {                                         // it has asked for rows and does not read them
        close();
        return;
    }
    is_working_ = true;
    asio::post(workers_, [self = shared_from_this()] {
        self->session_->drop_results();
        const std::lock_guard again(self->mutex_);
        self->holds_results_ = self->is_working_ = false;
        self->start_work_if_needed();
    });
}

asio::awaitable<void> Connection::write_answers() {
    const auto self = shared_from_this();
    std::string writing;
    for (;;) {
        bool is_last = false;
        {
            const std::lock_guard lock(mutex_);
            writing.clear();
            writing.swap(outbox_);
            is_last = is_over_ && !is_working_;
            start_work_if_needed();
        }
        if (writing.empty() && is_last) break;
        if (writing.empty()) {
            (void)co_await answers_.async_wait(as_result);
            if (!socket_.is_open()) break;
            continue;
        }
        const auto [error, count] = co_await asio::async_write(socket_, asio::buffer(writing), as_result);
        if (error) break;
    }
}

}  // namespace mainstay::server
