#include "bolt/session.hpp"

#include "bolt/chunks.hpp"
#include "bolt/summary.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mainstay::server {
namespace {

namespace request {
constexpr std::uint8_t hello = 0x01, goodbye = 0x02, reset = 0x0F, run = 0x10, begin = 0x11, commit = 0x12,
                       rollback = 0x13, discard = 0x2F, pull = 0x3F, telemetry = 0x54, route = 0x66, logon = 0x6A,
                       logoff = 0x6B;
}  // namespace request
namespace answer {
constexpr std::uint8_t success = 0x70, record = 0x71, ignored = 0x7E, failure = 0x7F;
}  // namespace answer

constexpr std::string_view invalid_request = "Neo.ClientError.Request.Invalid";
// Clients ask for a server that calls itself Neo4j, and parse the number.
constexpr std::string_view server_name = "Neo4j/5.26.0 compatible graph database server - Mainstay 0.1.0";
constexpr std::size_t out_bytes_at_once = std::size_t{256} << 10;
constexpr std::int64_t routing_seconds = 300;
// The newest first. No driver speaks 5.5.
constexpr std::array<BoltVersion, 11> versions{
    {{5, 8}, {5, 7}, {5, 6}, {5, 4}, {5, 3}, {5, 2}, {5, 1}, {5, 0}, {4, 4}, {4, 3}, {4, 2}}};
constexpr BoltVersion first_with_statuses{5, 6}, first_with_gql_failures{5, 7}, first_that_names_database{5, 8};
constexpr std::string_view manifest_proposal{"\0\0\x01\xFF", 4};

bool is_spoken(BoltVersion version) { return std::find(versions.begin(), versions.end(), version) != versions.end(); }

std::uint32_t fields_of(std::uint8_t tag) {
    switch (tag) {
        case request::run:
        case request::route: return 3;
        case request::commit:
        case request::rollback:
        case request::logoff: return 0;
        default: return 1;
    }
}

std::string text_of(const Value& map, std::string_view key) {
    const Value& value = map.at(key);
    return value.is(ValueType::string) ? std::string{value.as_string()} : std::string{};
}

// Ours are all for information, and of one category: a client that wants graver ones only, or others, as it may say
// from Bolt 5.2, wants none of them. What it does not speak of stays as it was.
WantedNotices wanted_notices(const Value& extra, WantedNotices wanted) {
    if (const std::string least = text_of(extra, "notifications_minimum_severity"); !least.empty())
        wanted.of_severity = least == notice_severity;
    for (const char* name : {"notifications_disabled_categories", "notifications_disabled_classifications"})
        if (const Value& disabled = extra.at(name); disabled.is(ValueType::list)) {
            const ValueList& all = disabled.as_list();
            wanted.of_category = std::none_of(all.begin(), all.end(), [](const Value& each) {
                return each.is(ValueType::string) && each.as_string() == notice_category;
            });
        }
    return wanted;
}

std::uint64_t milliseconds_of(std::chrono::nanoseconds time) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

// Of what was committed; of what changed nothing, the newest there is.
std::string bookmark_of(const std::optional<CommitResult>& commit, const Store& store) {
    return fmt::format("mainstay:{}", raw(commit && raw(commit->tx) != 0 ? commit->tx : store.last_tx()));
}

}  // namespace

BoltVersion choose_version(std::string_view proposals) {
    for (std::size_t i = 0; i + 4 <= proposals.size(); i += 4) {
        const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(proposals[i + at]); };
        // A range: so many minor versions down from the one given.
        const std::uint8_t range = byte(1), minor = byte(2), major = byte(3);
        for (int at = minor; at >= 0 && at >= minor - range; --at)
            if (const BoltVersion version{major, static_cast<std::uint8_t>(at)}; is_spoken(version)) return version;
    }
    return {};
}

bool proposes_manifest(std::string_view proposals) {
    for (std::size_t i = 0; i + 4 <= proposals.size(); i += 4)
        if (proposals.substr(i, 4) == manifest_proposal) return true;
    return false;
}

std::string manifest() {
    std::string ranges;
    char count = 0;
    for (std::size_t i = 0; i < versions.size(); ++count) {
        std::size_t end = i + 1;
        while (end < versions.size() && versions[end].major == versions[i].major &&
               versions[end].minor + 1 == versions[end - 1].minor)
            ++end;
        for (const std::size_t byte :
             {std::size_t{0}, end - i - 1, std::size_t{versions[i].minor}, std::size_t{versions[i].major}})
            ranges += static_cast<char>(byte);
        i = end;
    }
    return std::string{manifest_proposal} + count + ranges + '\0';
}

BoltSession::BoltSession(Database& database, BoltVersion version, BoltOptions options)
    : database_(database),
      version_(version),
      options_(std::move(options)),
      form_{version >= BoltVersion{5, 0}, version >= BoltVersion{5, 0}},
      author_(options_.author) {}

BoltSession::~BoltSession() = default;

// --- answers

template <typename F>
void BoltSession::success(std::string& out, F&& f) const {
    std::string message;
    PackWriter writer{message};
    writer.structure(answer::success, 1);
    f(writer);
    append_chunked(message, out);
}

void BoltSession::success(std::string& out) const {
    success(out, [](PackWriter& to) { to.map(0); });
}

void BoltSession::failure(std::string_view code, std::string_view message, std::string& out) const {
    std::string text;
    PackWriter writer{text};
    writer.structure(answer::failure, 1);
    write_failure(code, message, version_ >= first_with_gql_failures, writer);
    append_chunked(text, out);
}

void BoltSession::fail(const Error& error, std::string_view statement, std::string& out) {
    std::string message = error.message();
    if (error.span() && !statement.empty())
        message = describe(error, statement);
    else if (!error.hint().empty())
        message += "; " + error.hint();
    drop_all();
    if (options_.context && error.code() == Code::forbidden) {
        options_.context->metrics.note_denied();
        options_.context->log.say(ServerEvent::Severity::warning, "denied",
                                  {{"user", principal_.name}, {"client", options_.client}, {"why", error.message()}});
    }
    // What a client has forbidden itself is no matter of where it is connected to, as drivers that route would take it.
    const bool is_own_mode = error.code() == Code::read_only && reads_only_;
    failure(is_own_mode ? "Neo.ClientError.Statement.AccessMode" : info(error.code()).bolt_code, message, out);
    state_ = State::failed;
}

void BoltSession::drop_results() noexcept {
    streams_.clear();
    has_dropped_ = true;
}

void BoltSession::drop_all() noexcept {
    has_dropped_ = false;
    pulling_.reset();
    streams_.clear();
    transaction_.reset();
    last_qid_ = -1;
}

// --- messages

void BoltSession::interrupt() noexcept {
    interrupts_.fetch_add(1);
    const std::lock_guard lock(running_mutex_);
    if (running_) running_->cancel();
}

void BoltSession::receive(std::string_view message, std::string& out) {
    try {
        PackReader in{message};
        const auto [tag, fields] = in.structure();
        if (tag == request::goodbye) {
            drop_all();
            state_ = State::defunct;
            return;
        }
        if (tag == request::reset) return reset(out);
        if (interrupts_.load() > 0 || state_ == State::failed) {
            std::string ignored;
            PackWriter{ignored}.structure(answer::ignored, 0);
            append_chunked(ignored, out);
            return;
        }
        if (fields < fields_of(tag))
            throw ProtocolError{fmt::format("message {:02X} has {} fields, not {}", tag, fields, fields_of(tag))};
        dispatch(tag, in, out);
    } catch (const Error& error) {
        fail(error, statement_, out);
    } catch (const std::bad_alloc&) {
        fail(Error{Code::memory_limit, "there is no memory left for this request"}, {}, out);
    } catch (const ProtocolError& error) {
        drop_all();
        failure(invalid_request, error.what(), out);
        state_ = State::defunct;
        throw;
    }
}

void BoltSession::refuse_too_long(std::size_t bytes_max, std::string& out) {
    drop_all();
    failure(invalid_request,
            fmt::format("the message is longer than {} bytes, the most that is taken; send what it holds in parts",
                        bytes_max),
            out);
    state_ = State::defunct;
}

void BoltSession::dispatch(std::uint8_t tag, PackReader& in, std::string& out) {
    switch (tag) {
        case request::hello: return hello(in, out);
        case request::logon: return logon(in, out);
        case request::logoff:
            require({State::ready}, "LOGOFF");
            state_ = State::authentication;
            author_ = options_.author;
            principal_ = {};
            return success(out);
        case request::run: return run(in, out);
        case request::pull:
        case request::discard: return pull(in, tag == request::discard, out);
        case request::begin: return begin(in, out);
        case request::commit: return commit(out);
        case request::rollback: return rollback(out);
        case request::route: return route(in, out);
        case request::telemetry:
            if (version_ < BoltVersion{5, 4}) break;
            return success(out);
        default: break;
    }
    throw ProtocolError{fmt::format("message {:02X} is not known in Bolt {}.{}", tag, version_.major, version_.minor)};
}

Expected BoltSession::expects(std::string_view message) const noexcept {
    if (has_more()) return Expected::slow;
    try {
        PackReader in{message};
        switch (in.structure().tag) {
            case request::run:
                return options_.context && in.peek() == PackKind::string
                           ? options_.context->expectations.of(Expectations::key_of(in.string()))
                           : Expected::slow;
            case request::pull:
            case request::discard:
                return options_.context ? options_.context->expectations.of(statement_key_) : Expected::slow;
            case request::commit: return reads_only_ ? Expected::quick : Expected::slow;
            case request::hello:  // its password is hashed, which is meant to take long
            case request::logon: return Expected::slow;
            default: return Expected::quick;
        }
    } catch (const ProtocolError&) {
        return Expected::quick;  // and so said
    }
}

void BoltSession::note_time(std::chrono::steady_clock::duration took, bool is_begin) noexcept {
    statement_took_ = is_begin ? took : statement_took_ + took;
    // That it was quick is known at its end only.
    if (options_.context && !is_begin) options_.context->expectations.note(statement_key_, statement_took_);
}

void BoltSession::require(std::initializer_list<State> states, const char* message) const {
    if (std::find(states.begin(), states.end(), state_) == states.end())
        throw ProtocolError{fmt::format("{} cannot follow what came before it", message)};
}

Value BoltSession::read_map(PackReader& in, const char* what) {
    if (in.peek() != PackKind::map) throw ProtocolError{fmt::format("{} is no map", what)};
    return read(in);
}

// Throws Error, with which the connection ends.
void BoltSession::sign_in(const Value& token) {
    Credentials credentials;
    credentials.name = text_of(token, "principal");
    credentials.secret = text_of(token, "credentials");
    const std::string scheme = text_of(token, "scheme");
    if (scheme == "basic")
        credentials.scheme = Credentials::Scheme::basic;
    else if (scheme == "bearer")
        credentials.scheme = Credentials::Scheme::bearer;
    else if (scheme != "none" && !scheme.empty())
        throw Error{Code::not_signed_in, fmt::format("there is no way to sign in called {}", quoted(scheme))}.with_hint(
            "there are none, basic and bearer");
    principal_ = {};
    author_ = credentials.name.empty() ? options_.author : credentials.name;
    if (!options_.context) return;
    try {
        principal_ = options_.context->access.sign_in(credentials, options_.client);
    } catch (const Error&) {
        options_.context->metrics.note_sign_in(false);
        throw;
    }
    options_.context->metrics.note_sign_in(true);
}

void BoltSession::sign_in_or_end(const Value& token, std::string& out) {
    try {
        sign_in(token);
    } catch (const Error& error) {
        fail(error, {}, out);
        state_ = State::defunct;
    }
}

void BoltSession::hello(PackReader& in, std::string& out) {
    require({State::connected}, "HELLO");
    const Value extra = read_map(in, "the field of HELLO");
    bool patches = false;
    if (const Value& wanted = extra.at("patch_bolt"); version_ < BoltVersion{5, 0} && wanted.is(ValueType::list))
        for (const Value& patch : wanted.as_list())
            patches |= patch.is(ValueType::string) && patch.as_string() == "utc";
    form_.utc_times = form_.utc_times || patches;
    notices_ = wanted_notices(extra, {});
    if (version_ < BoltVersion{5, 1}) sign_in_or_end(extra, out);
    if (state_ == State::defunct) return;
    state_ = version_ < BoltVersion{5, 1} ? State::ready : State::authentication;
    success(out, [&](PackWriter& to) {
        to.map(patches ? 4 : 3);
        to.string("server");
        to.string(server_name);
        to.string("connection_id");
        to.string(options_.connection_id);
        to.string("hints");
        to.map(0);
        if (!patches) return;
        to.string("patch_bolt");
        to.list(1);
        to.string("utc");
    });
}

void BoltSession::logon(PackReader& in, std::string& out) {
    require({State::authentication}, "LOGON");
    sign_in_or_end(read_map(in, "the field of LOGON"), out);
    if (state_ == State::defunct) return;
    state_ = State::ready;
    success(out);
}

ExecuteOptions BoltSession::options_of(const Value& extra) {
    if (!extra.at("imp_user").is_null())
        throw Error{Code::forbidden, "nobody can act for another user here"}.with_hint("leave `imp_user` out");
    if (const auto name = text_of(extra, "db");
        !name.empty() && name != "neo4j" && name != "system" && name != options_.database)
        throw Error{Code::entity_not_found, fmt::format("there is no database {}", quoted(name))}.with_hint(
            fmt::format("this server has one: {}", quoted(options_.database)));
    if (options_.context) options_.context->access.require_still(principal_);
    ExecuteOptions options;
    options.principal = principal_;
    options.address = options_.address;
    options.client = options_.client;
    options.connection = options_.connection_id;
    options.limits.time = options_.time_max;
    if (options_.context) options.limits.memory_bytes = options_.context->options.statement_memory_max;
    if (const Value& time = extra.at("tx_timeout"); time.is(ValueType::integer)) {
        if (time.as_int() < 0) throw Error{Code::invalid_argument_value, "tx_timeout is negative"};
        const std::chrono::milliseconds wanted{time.as_int()};
        if (time.as_int() > 0)
            options.limits.time = options_.time_max.count() > 0 ? std::min(wanted, options_.time_max) : wanted;
    }
    options.read_only = reads_only_ = text_of(extra, "mode") == "r";
    notices_now_ = wanted_notices(extra, notices_);
    options.commit.author = author_;
    if (const Value& metadata = extra.at("tx_metadata"); metadata.is(ValueType::map)) {
        options.commit.reason = text_of(metadata, "reason");
        options.commit.source = text_of(metadata, "source");
        options.commit.change = text_of(metadata, "change");
    }
    const auto cancellation = std::make_shared<Cancellation>();
    options.cancellation = cancellation;
    const std::lock_guard lock(running_mutex_);
    running_ = cancellation;
    if (interrupts_.load() > 0) running_->cancel();  // it came in between
    return options;
}

void BoltSession::begin(PackReader& in, std::string& out) {
    require({State::ready}, "BEGIN");
    transaction_options_ = options_of(read_map(in, "the field of BEGIN"));
    commit_info_ = transaction_options_.commit;
    transaction_ = database_.begin(principal_);
    transaction_end_.reset();
    if (const auto time = transaction_options_.limits.time; time.count() > 0)
        transaction_end_ = std::chrono::steady_clock::now() + time;
    last_qid_ = -1;
    state_ = State::tx_ready;
    if (version_ < first_that_names_database) return success(out);
    success(out, [&](PackWriter& to) {
        to.map(1);
        to.string("db");
        to.string(options_.database);
    });
}

// A transaction's time is that of all its statements, and of what is between them.
void BoltSession::require_time_left() {
    if (!in_transaction() || !transaction_end_) return;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(*transaction_end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0)
        throw Error{Code::time_out, "the transaction took longer than its tx_timeout and was rolled back"};
    transaction_options_.limits.time = left;
}

// What happens while this lives is time of the statement.
class BoltSession::Timed {
public:
    Timed(BoltSession& session, bool is_begin) : session_(session), is_begin_(is_begin) {}
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;
    ~Timed() { session_.note_time(std::chrono::steady_clock::now() - begin_, is_begin_); }

private:
    BoltSession& session_;
    const bool is_begin_;
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

void BoltSession::run(PackReader& in, std::string& out) {
    require({State::ready, State::tx_ready, State::tx_streaming}, "RUN");
    require_time_left();
    if (in.peek() != PackKind::string) throw ProtocolError{"the statement of RUN is no text"};
    if (options_.context) options_.context->access.require_rate(options_.client, options_.context->options.rate_max);
    statement_ = in.string();
    statement_key_ = Expectations::key_of(statement_);
    const Timed timed{*this, true};
    const Value given = read_map(in, "the parameters of RUN"), extra = read_map(in, "the last field of RUN");
    Parameters parameters;
    for (const auto& [name, value] : given.as_map()) parameters.emplace(name, value);
    const auto begin = std::chrono::steady_clock::now();
    Stream stream;
    stream.watch = std::make_unique<StatementWatch>(options_.context, Door::bolt, statement_,
                                                    principal_.name.empty() ? author_ : principal_.name);
    if (in_transaction()) {
        stream.result = transaction_->run(statement_, parameters, transaction_options_);
    } else {
        stream.result = database_.run(statement_, parameters, options_of(extra));
    }
    stream.shows_notices = notices_now_.of_severity && notices_now_.of_category;
    const std::int64_t qid = in_transaction() ? ++last_qid_ : (last_qid_ = 0);
    const auto time = milliseconds_of(std::chrono::steady_clock::now() - begin);
    success(out, [&](PackWriter& to) {
        const bool names_database = version_ >= first_that_names_database && !in_transaction();
        to.map(2U + in_transaction() + names_database);
        to.string("fields");
        to.list(stream.result->columns().size());
        for (const auto& column : stream.result->columns()) to.string(column);
        to.string("t_first");
        to.integer(static_cast<std::int64_t>(time));
        if (names_database) {
            to.string("db");
            to.string(options_.database);
        }
        if (!in_transaction()) return;
        to.string("qid");
        to.integer(qid);
    });
    streams_[qid] = std::move(stream);
    state_ = in_transaction() ? State::tx_streaming : State::streaming;
}

BoltSession::Stream& BoltSession::stream_of(std::int64_t qid) {
    const auto found = streams_.find(qid);
    if (found == streams_.end() && has_dropped_)
        throw Error{Code::time_out, "the result was dropped, because its rows were not asked for in time"}.with_hint(
            "read results to their end, or close the session");
    if (found == streams_.end()) throw ProtocolError{fmt::format("there is no result of number {}", qid)};
    return found->second;
}

void BoltSession::pull(PackReader& in, bool discards, std::string& out) {
    require({State::streaming, State::tx_streaming}, discards ? "DISCARD" : "PULL");
    const Value extra = read_map(in, "the field of PULL");
    const Value &n = extra.at("n"), &wanted = extra.at("qid");
    if (!n.is(ValueType::integer) || n.as_int() == 0 || n.as_int() < -1)
        throw ProtocolError{"PULL and DISCARD say how many rows: `n`, 1 or more, or -1 for all"};
    const std::int64_t qid = wanted.is(ValueType::integer) && wanted.as_int() >= 0 ? wanted.as_int() : last_qid_;
    (void)stream_of(qid);
    pulling_ = Pulling{qid, n.as_int(), discards};
    go_on(out);
}

void BoltSession::go_on(std::string& out) {
    const Timed timed{*this, false};
    try {
        Stream& stream = stream_of(pulling_->qid);
        // A client that stops reading discards all that is left. What writes has written, and a profile counts what
        // ran; of anything else nobody would see that it was computed.
        if (pulling_->discards && pulling_->left < 0 && !stream.result->is_write() && !stream.result->plan()) {
            const std::int64_t qid = pulling_->qid;
            pulling_.reset();
            return finish_stream(qid, stream, out);
        }
        const auto start = out.size();
        std::string record;
        if (!stream.is_begun) stream.had_rows = (stream.ahead = stream.result->next()) != nullptr;
        stream.is_begun = true;
        while (stream.ahead && pulling_->left != 0) {
            if (interrupts_.load() > 0) throw Error{Code::cancelled, "stopped by the client"};
            if (!pulling_->discards) {
                record.clear();
                PackWriter writer{record};
                writer.structure(answer::record, 1);
                writer.list(stream.ahead->size());
                for (const Value& value : *stream.ahead) write_value(value, form_, writer);
                append_chunked(record, out);
            }
            stream.ahead = stream.result->next();
            if (pulling_->left > 0) --pulling_->left;
            if (out.size() - start >= out_bytes_at_once && stream.ahead && pulling_->left != 0) return;
        }
        const std::int64_t qid = pulling_->qid;
        pulling_.reset();
        if (stream.ahead)
            success(out, [](PackWriter& to) {
                to.map(1);
                to.string("has_more");
                to.boolean(true);
            });
        else
            finish_stream(qid, stream, out);
    } catch (const Error& error) {
        fail(error, statement_, out);
    } catch (const std::bad_alloc&) {
        fail(Error{Code::memory_limit, "there is no memory left for this result"}, {}, out);
    }
}

void BoltSession::finish_stream(std::int64_t qid, Stream& stream, std::string& out) {
    stream.watch->set_outcome(stream.result->is_write() ? Metrics::Outcome::written : Metrics::Outcome::read);
    SummaryForm form{options_.database, std::nullopt, version_ >= first_with_statuses, stream.had_rows,
                     stream.shows_notices};
    if (!in_transaction()) form.bookmark = bookmark_of(stream.result->commit(), database_.store());
    success(out, [&](PackWriter& to) { write_summary(*stream.result, form, to); });
    streams_.erase(qid);
    if (streams_.empty()) state_ = in_transaction() ? State::tx_ready : State::ready;
}

void BoltSession::commit(std::string& out) {
    require({State::tx_ready, State::tx_streaming}, "COMMIT");
    require_time_left();
    streams_.clear();
    const CommitResult result = transaction_->commit(commit_info_);
    drop_all();
    state_ = State::ready;
    success(out, [&](PackWriter& to) {
        to.map(1);
        to.string("bookmark");
        to.string(bookmark_of(result, database_.store()));
    });
}

void BoltSession::rollback(std::string& out) {
    require({State::tx_ready, State::tx_streaming}, "ROLLBACK");
    streams_.clear();
    transaction_->rollback();
    drop_all();
    state_ = State::ready;
    success(out);
}

void BoltSession::reset(std::string& out) {
    require({State::ready, State::streaming, State::tx_ready, State::tx_streaming, State::failed}, "RESET");
    drop_all();
    state_ = State::ready;
    if (interrupts_.load() > 0) interrupts_.fetch_sub(1);
    success(out);
}

void BoltSession::route(PackReader& in, std::string& out) {
    require({State::ready}, "ROUTE");
    const Value context = read_map(in, "the routing context");
    std::string address = text_of(context, "address");
    if (address.empty()) address = options_.address;
    success(out, [&](PackWriter& to) {
        to.map(1);
        to.string("rt");
        to.map(3);
        to.string("ttl");
        to.integer(routing_seconds);
        to.string("db");
        to.string(options_.database);
        to.string("servers");
        constexpr std::array<std::string_view, 3> roles{"ROUTE", "READ", "WRITE"};
        to.list(roles.size());
        for (const std::string_view role : roles) {
            to.map(2);
            to.string("addresses");
            to.list(1);
            to.string(address);
            to.string("role");
            to.string(role);
        }
    });
}

}  // namespace mainstay::server
