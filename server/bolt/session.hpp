#pragma once

// What a Bolt client and its server say to each other, without the network: messages in, messages out. The states and
// answers are those of https://neo4j.com/docs/bolt/current/bolt/server-state/.

#include "bolt/values.hpp"
#include "context.hpp"

#include "mainstay/query/database.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay::server {

struct BoltVersion {
    std::uint8_t major = 0, minor = 0;  // 0.0: none that both speak
    friend auto operator<=>(const BoltVersion&, const BoltVersion&) = default;
};

// The answer to the four proposals of a client's handshake (16 bytes): the first that is spoken here.
BoltVersion choose_version(std::string_view proposals);
// Whether one of them asks for the list of all that is spoken instead, and that list: `00 00 01 FF`, how many, each as
// `00 range minor major`, and the capabilities, none (manifest version 1).
bool proposes_manifest(std::string_view proposals);
std::string manifest();

struct BoltOptions {
    std::string connection_id;              // "bolt-17"
    std::string address;                    // "127.0.0.1:7687", for routing, unless the client names what it dialled
    std::string database;                   // its name; "neo4j" is taken too
    std::string author;                     // of commits, unless the client signs in with a name
    std::chrono::milliseconds time_max{0};  // of a statement; 0: as long as it takes
    std::string client;                     // its address, for the log
    ServerContext* context = nullptr;       // lives longer; null: everybody may do everything, nothing is noted
};

struct WantedNotices {
    bool of_severity = true, of_category = true;
};

// One connection's conversation. receive() and go_on() by one thread at a time, interrupt() by any.
class BoltSession {
public:
    BoltSession(Database& database, BoltVersion version, BoltOptions options);
    ~BoltSession();
    BoltSession(const BoltSession&) = delete;
    BoltSession& operator=(const BoltSession&) = delete;

    // Takes one message and appends the answers, chunked, to `out`. Throws ProtocolError: answered already, and the
    // connection ends.
    void receive(std::string_view message, std::string& out);
    // In the place of a message that is longer than what is taken; the connection ends.
    void refuse_too_long(std::size_t bytes_max, std::string& out);
    // Whether rows that were asked for are left because `out` was long; then nothing else may be received.
    bool has_more() const noexcept { return pulling_.has_value(); }
    void go_on(std::string& out);
    // Of the next message, or of go_on() if there is more.
    Expected expects(std::string_view message) const noexcept;
    // A RESET has come in, and will be received in its turn: what runs is stopped, what is before it ignored.
    void interrupt() noexcept;
    bool is_over() const noexcept { return state_ == State::defunct; }
    bool is_signed_in() const noexcept { return state_ != State::connected && state_ != State::authentication; }
    // Whether neither a transaction nor a result is open.
    bool is_at_rest() const noexcept { return !transaction_ && streams_.empty(); }
    // Whether results are open; each keeps the pages of its snapshot from being used again.
    bool holds_results() const noexcept { return !streams_.empty(); }
    // Drops them; who asks for their rows hears of it.
    void drop_results() noexcept;

private:
    enum class State : std::uint8_t {
        connected,
        authentication,
        ready,
        streaming,
        tx_ready,
        tx_streaming,
        failed,
        defunct
    };
    struct Stream {
        std::unique_ptr<StatementWatch> watch;
        std::unique_ptr<Result> result;
        const std::vector<Value>* ahead = nullptr;  // the next row
        bool is_begun = false, had_rows = false, shows_notices = true;
    };
    struct Pulling {
        std::int64_t qid;
        std::int64_t left;  // -1: all
        bool discards;
    };
    using Extra = ValueMapEntries;

    void dispatch(std::uint8_t tag, PackReader& in, std::string& out);
    class Timed;
    void note_time(std::chrono::steady_clock::duration took, bool is_begin) noexcept;
    void hello(PackReader& in, std::string& out);
    void logon(PackReader& in, std::string& out);
    void begin(PackReader& in, std::string& out);
    void run(PackReader& in, std::string& out);
    void pull(PackReader& in, bool discards, std::string& out);
    void commit(std::string& out);
    void rollback(std::string& out);
    void reset(std::string& out);
    void route(PackReader& in, std::string& out);

    bool in_transaction() const noexcept { return transaction_ != nullptr; }
    void require_time_left();
    void require(std::initializer_list<State> states, const char* message) const;
    Value read(PackReader& in) { return read_value(in, form_); }
    Value read_map(PackReader& in, const char* what);
    void sign_in(const Value& token);
    void sign_in_or_end(const Value& token, std::string& out);
    ExecuteOptions options_of(const Value& extra);
    void finish_stream(std::int64_t qid, Stream& stream, std::string& out);
    Stream& stream_of(std::int64_t qid);
    void drop_all() noexcept;

    template <typename F>  // F(PackWriter&), which writes a map
    void success(std::string& out, F&& f) const;
    void success(std::string& out) const;
    void fail(const Error& error, std::string_view statement, std::string& out);
    void failure(std::string_view code, std::string_view message, std::string& out) const;

    Database& database_;
    BoltVersion version_;
    BoltOptions options_;
    ValueForm form_;
    State state_ = State::connected;
    std::string author_;  // of commits, if nobody has signed in
    Principal principal_;
    std::atomic<int> interrupts_{0};
    std::mutex running_mutex_;
    std::shared_ptr<Cancellation> running_;  // of what runs now

    std::unique_ptr<Session> transaction_;
    CommitInfo commit_info_;
    ExecuteOptions transaction_options_;
    std::optional<std::chrono::steady_clock::time_point> transaction_end_;  // what it does later is refused
    std::map<std::int64_t, Stream> streams_;  // by qid; without a transaction one, of number 0
    std::int64_t last_qid_ = -1;
    bool reads_only_ = false;              // as the client said last
    WantedNotices notices_, notices_now_;  // as the client said of all it asks, and last
    bool has_dropped_ = false;
    std::optional<Pulling> pulling_;
    std::string statement_;  // the last one, for its errors
    Expectations::Key statement_key_ = 0;
    std::chrono::steady_clock::duration statement_took_{0};  // until now, without what its client took
};

}  // namespace mainstay::server
