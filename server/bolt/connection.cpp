#include "bolt/connection.hpp"

#include "net/as_result.hpp"
#include "net/upgrade.hpp"
#include "net/websocket_stream.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace mainstay::server {
namespace {

namespace asio = boost::asio;

constexpr std::string_view magic{"\x60\x60\xB0\x17", 4}, http_get = "GET ";
constexpr std::size_t proposals_bytes = 16;
// In the inbox, in the place of a message that was too long; what is behind it is not read. No message is empty.
constexpr std::string_view too_long;
constexpr std::size_t message_bytes_max_before_sign_in = std::size_t{1} << 20;
constexpr std::size_t read_bytes = std::size_t{64} << 10;
constexpr std::size_t inbox_bytes_max = std::size_t{1} << 20;   // beyond, a client that sends more waits
constexpr std::size_t outbox_bytes_max = std::size_t{1} << 20;  // beyond, its requests wait until it has read
constexpr std::chrono::milliseconds turn{1};                    // then another client has its own

}  // namespace

BoltConnection::BoltConnection(asio::ip::tcp::socket socket, Database& database, Loop& loop,
                               BoltConnectionOptions options)
    : socket_(std::move(socket)),
      network_(socket_.get_executor()),
      room_(network_),
      answers_(network_),
      ended_(network_),
      idle_(network_),
      deadline_(network_),
      database_(database),
      loop_(loop),
      options_(std::move(options)) {
    room_.expires_at(asio::steady_timer::time_point::max());
    answers_.expires_at(asio::steady_timer::time_point::max());
    ended_.expires_at(asio::steady_timer::time_point::max());
    options_.bolt.client = address_of(socket_);
    if (options_.bolt.context) ++options_.bolt.context->metrics.connections[static_cast<std::size_t>(Door::bolt)];
}

asio::awaitable<void> BoltConnection::serve() {
    const auto self = shared_from_this();
    if (!co_await shake_hands()) {
        close();
        co_return;
    }
    asio::co_spawn(
        network_, [self] { return self->write_answers(); },
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

void BoltConnection::close() noexcept {
    if (stream_) stream_->close();
    boost::system::error_code ignored;
    socket_.close(ignored);
    room_.cancel();
    answers_.cancel();
    idle_.cancel();
    deadline_.cancel();
}

BoltConnection::~BoltConnection() {
    if (options_.bolt.context) --options_.bolt.context->metrics.connections[static_cast<std::size_t>(Door::bolt)];
}

void BoltConnection::retire() {
    {
        const std::lock_guard lock(mutex_);
        is_retiring_ = true;
    }
    if (!session_) return close();
    answers_.cancel();
}

asio::awaitable<bool> BoltConnection::shake_hands() {
    // For all until somebody has signed in.
    deadline_.expires_after(options_.handshake_max);
    deadline_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (error) return;
        const std::lock_guard lock(self->mutex_);
        if (!self->is_signed_in_) self->close();
    });
    stream_ = co_await open_stream(socket_, options_.transport);
    if (!stream_) co_return false;
    std::string begin(magic.size(), '\0');
    if (!co_await read_all(*stream_, begin)) co_return false;
    if (begin == http_get) {
        // A browser cannot but speak WebSocket; what it carries is Bolt again, from the handshake on.
        const bool is_upgraded = co_await upgrade(*stream_, begin, options_.transport.origins);
        if (!is_upgraded) co_return false;
        stream_ = make_websocket_stream(std::move(stream_));
        if (!co_await read_all(*stream_, begin)) co_return false;
    }
    if (begin != magic) co_return false;
    std::string proposals(proposals_bytes, '\0');
    if (!co_await read_all(*stream_, proposals)) co_return false;
    BoltVersion version;
    if (proposes_manifest(proposals)) {
        version = co_await agree_by_manifest();
    } else {
        version = choose_version(proposals);
        const std::array<char, 4> answer{0, 0, static_cast<char>(version.minor), static_cast<char>(version.major)};
        if (!co_await stream_->write({answer.data(), answer.size()})) co_return false;
    }
    if (version == BoltVersion{}) co_return false;
    session_ = std::make_unique<BoltSession>(database_, version, options_.bolt);
    co_return true;
}

asio::awaitable<BoltVersion> BoltConnection::agree_by_manifest() {
    if (!co_await stream_->write(manifest())) co_return BoltVersion{};
    std::string choice(4, '\0');
    if (!co_await read_all(*stream_, choice)) co_return BoltVersion{};
    // The capabilities that the client has chosen of those offered, which are none.
    for (char byte = static_cast<char>(0x80); static_cast<unsigned char>(byte) & 0x80;) {
        if (!co_await read_all(*stream_, {&byte, 1})) co_return BoltVersion{};
        if (static_cast<unsigned char>(byte) & 0x7F) co_return BoltVersion{};
    }
    co_return choose_version(choice);
}

asio::awaitable<void> BoltConnection::read_messages() {
    ChunkReader chunks{std::min(options_.message_bytes_max, message_bytes_max_before_sign_in)};
    std::vector<char> buffer(read_bytes);
    bool is_too_long = false;
    for (;;) {
        const auto count = co_await stream_->read_some(buffer);
        if (count == 0) co_return;
        std::string_view bytes{buffer.data(), count};
        std::string message;
        for (;;) {
            const auto sees = chunks.take(bytes, message);
            if (sees == ChunkReader::Sees::nothing_yet) break;
            is_too_long = sees == ChunkReader::Sees::too_long;
            take(is_too_long ? std::string{too_long} : std::move(message));
            if (is_too_long) break;
        }
        start_work_if_needed();
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                if (is_over_) co_return;
                if (is_signed_in_) chunks.set_most(options_.message_bytes_max);
                if (inbox_bytes_ <= inbox_bytes_max && !is_too_long) break;
            }
            inbox_is_full_ = true;
            (void)co_await room_.async_wait(as_result);
            inbox_is_full_ = false;
            if (!is_open()) co_return;
        }
    }
}

void BoltConnection::take(std::string message) {
    constexpr char reset = 0x0F;
    if (message.size() >= 2 && message[1] == reset) session_->interrupt();  // overtakes what is before it
    const std::lock_guard lock(mutex_);
    inbox_bytes_ += message.size();
    inbox_.push_back(std::move(message));
}

void BoltConnection::start_work_if_needed() {
    Expected expected = Expected::slow;
    {
        const std::lock_guard lock(mutex_);
        if (is_working_ || is_over_ || outbox_.size() > outbox_bytes_max) return;
        if (inbox_.empty() && !has_more_) return;
        is_working_ = true;
        if (!has_more_) expected = session_->expects(inbox_.front());
    }
    if (options_.bolt.context) ++options_.bolt.context->metrics.waiting;
    loop_.run(
        expected,
        [self = shared_from_this(), expected] {
            if (self->options_.bolt.context) --self->options_.bolt.context->metrics.waiting;
            self->work(expected);
        },
        [self = shared_from_this()] { self->end_work(); });
}

void BoltConnection::work(Expected expected) {
    try {
        work_a_while(expected);
    } catch (const std::exception&) {  // want of memory, of the answer or for it
        const std::lock_guard lock(mutex_);
        is_over_ = is_broken_ = true;
    }
}

// A message, several of them if they are quick, or a stretch of rows.
void BoltConnection::work_a_while(Expected expected) {
    std::string message, out;
    bool goes_on = has_more_, is_over = false;
    const auto end = std::chrono::steady_clock::now() + turn;
    do {
        if (!goes_on) {
            const std::lock_guard lock(mutex_);
            if (inbox_.empty() || (expected == Expected::quick && session_->expects(inbox_.front()) != expected)) break;
            message = std::move(inbox_.front());
            inbox_.pop_front();
            inbox_bytes_ -= message.size();
        }
        try {
            if (goes_on)
                session_->go_on(out);
            else if (message == too_long)
                session_->refuse_too_long(options_.message_bytes_max, out);
            else
                session_->receive(message, out);
            is_over = session_->is_over();
        } catch (const ProtocolError&) {
            is_over = true;  // what there is to say has been said in `out`
        }
        goes_on = false;
        // Who asks for what takes long hears that it has begun before its rows are there: one answer at a time.
    } while (expected == Expected::quick && !is_over && !session_->has_more() &&
             std::chrono::steady_clock::now() < end);
    const std::lock_guard lock(mutex_);
    has_more_ = session_->has_more();
    holds_results_ = session_->holds_results();
    is_at_rest_ = session_->is_at_rest();
    is_signed_in_ = is_signed_in_ || session_->is_signed_in();
    is_over_ = is_over_ || is_over;
    if (outbox_.empty())
        outbox_.swap(out);
    else
        outbox_ += out;
}

void BoltConnection::end_work() {
    {
        const std::lock_guard lock(mutex_);
        is_working_ = false;
        if (is_broken_) return close();
    }
    start_work_if_needed();
    write_now();
    if (inbox_is_full_) room_.cancel();
    watch_results();
}

// What the client takes without waiting; the rest, and the end, is left to write_answers().
void BoltConnection::write_now() {
    if (is_writing_) return;
    {
        const std::lock_guard lock(mutex_);
        if (!outbox_.empty()) outbox_.erase(0, stream_->write_now(outbox_));
        if (outbox_.empty() && !is_over_ && !is_retiring_) return;
    }
    answers_.cancel();
}

void BoltConnection::watch_results() {
    if (std::exchange(is_watching_results_, false)) idle_.cancel();
    {
        const std::lock_guard lock(mutex_);
        if (!holds_results_ || is_over_) return;
    }
    is_watching_results_ = true;
    idle_.expires_after(options_.result_idle_max);
    idle_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error) self->drop_idle_results();
    });
}

void BoltConnection::drop_idle_results() {
    {
        const std::lock_guard lock(mutex_);
        if (is_working_ || is_over_ || !inbox_.empty()) return;  // watched again afterwards
        if (has_more_) return close();                           // it has asked for rows and does not read them
        is_working_ = true;
    }
    loop_.run(
        Expected::slow,
        [self = shared_from_this()] {
            self->session_->drop_results();
            const std::lock_guard lock(self->mutex_);
            self->holds_results_ = false;
        },
        [self = shared_from_this()] { self->end_work(); });
}

asio::awaitable<void> BoltConnection::write_answers() {
    const auto self = shared_from_this();
    std::string writing;
    for (;;) {
        bool is_last = false;
        {
            const std::lock_guard lock(mutex_);
            writing.clear();
            writing.swap(outbox_);
            const bool is_at_rest = is_at_rest_ && inbox_.empty();
            is_last = !is_working_ && (is_over_ || (is_retiring_ && is_at_rest));
        }
        if (writing.empty() && is_last) break;
        start_work_if_needed();
        if (writing.empty()) {
            (void)co_await answers_.async_wait(as_result);
            if (!is_open()) break;
            continue;
        }
        is_writing_ = true;
        const bool is_written = co_await stream_->write(writing);
        is_writing_ = false;
        if (!is_written) break;
    }
}

}  // namespace mainstay::server
