#include "asker.hpp"
#include "bolt_client.hpp"

#include "mainstay/core/error.hpp"
#include "mainstay/server/server.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace mainstay::tck {
namespace {

using Kind = BoltAnswer::Kind;

// Few, so that many results come in several pieces.
constexpr std::int64_t rows_at_once = 2;

// Bolt's codes of the errors in the table that have that type and detail. Where an error is thrown with a type or
// detail of its own there may be none: then of those that have one of the two and the phase.
std::set<std::string_view> codes_of(const ExpectedError& expect) {
    const auto phase = expect.phase == "compile time" ? Phase::compile_time : Phase::runtime;
    std::set<std::string_view> both, one;
    for (const Code code : all_codes()) {
        const ErrorInfo& row = info(code);
        const bool is_type = row.type == expect.type, is_detail = expect.detail == "*" || row.detail == expect.detail;
        if (is_type && is_detail) both.insert(row.bolt_code);
        if ((is_type || is_detail) && row.phase == phase) one.insert(row.bolt_code);
    }
    return both.empty() ? one : both;
}

Level level_of(const std::string& code, bool at_statement, const ExpectedError& expect) {
    const bool is_clients = code.starts_with("Neo.ClientError.") && !code.starts_with("Neo.ClientError.Transaction.") &&
                            !code.starts_with("Neo.ClientError.Request.");
    if (!is_clients) return Level::nothing;
    if (!codes_of(expect).contains(code)) return Level::fails;
    return expect.phase == "compile time" && !at_statement ? Level::detail : Level::phase;
}

class BoltAsker final : public Asker {
public:
    BoltAsker(Database& database, std::chrono::milliseconds statement_time)
        : server_(Server::start(database, options())), client_(server_->bolt_port()) {
        TextValue time;
        time.kind = TextValue::Kind::integer;
        time.integer = statement_time.count();
        extra_.push_back({"tx_timeout", std::move(time)});
    }

    Answer ask(std::string_view statement, const std::vector<TextEntry>& parameters) override {
        Answer answer;
        client_.run(statement, parameters, extra_);
        client_.pull(rows_at_once);  // without waiting, as drivers do
        const BoltAnswer begun = client_.receive();
        if (begun.kind == Kind::failure) {
            if (client_.receive().kind != Kind::ignored)
                throw std::runtime_error("a request after a failure was heard");
            fail(begun, true, answer);
            return answer;
        }
        for (const TextValue& column : begun.at("fields").items) answer.columns.push_back(column.text);
        for (;;) {
            BoltAnswer next = client_.receive();
            switch (next.kind) {
                case Kind::record:
                    if (next.content.items.size() != answer.columns.size())
                        throw std::runtime_error("a row has not a value for each column");
                    answer.rows.push_back(std::move(next.content.items));
                    break;
                case Kind::success:
                    if (!next.at("has_more").boolean) return answer;
                    client_.pull(rows_at_once);
                    break;
                case Kind::failure: fail(next, false, answer); return answer;
                case Kind::ignored: throw std::runtime_error("a request was ignored without a failure");
            }
        }
    }

private:
    static ServerOptions options() {
        ServerOptions options;
        options.bolt = ServerAddress{"127.0.0.1", 0};
        options.http.reset();
        options.workers = 1;
        return options;
    }

    void fail(const BoltAnswer& failure, bool at_statement, Answer& answer) {
        client_.reset();
        if (client_.receive().kind != Kind::success) throw std::runtime_error("there is no RESET after a failure");
        const std::string code = failure.at("code").text;
        answer.failure =
            Failure{code + (at_statement ? " to RUN: " : " to PULL: ") + failure.at("message").text,
                    [code, at_statement](const ExpectedError& expect) { return level_of(code, at_statement, expect); }};
    }

    std::unique_ptr<Server> server_;
    BoltClient client_;
    std::vector<TextEntry> extra_;
};

}  // namespace

std::unique_ptr<Asker> make_bolt_asker(Database& database, std::chrono::milliseconds statement_time) {
    return std::make_unique<BoltAsker>(database, statement_time);
}

}  // namespace mainstay::tck
