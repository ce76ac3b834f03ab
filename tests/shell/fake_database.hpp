#pragma once

// A Database that answers each statement with its own text as the only row. Statements that begin with "fail" fail at
// their first four bytes.

#include "mainstay/query/database.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace mainstay::shell {

class FakeResult final : public Result {
public:
    explicit FakeResult(Value value, std::uint64_t rows = 1) : row_{std::move(value)}, rows_(rows) {}
    const std::vector<std::string>& columns() const override { return columns_; }
    const std::vector<Value>* next() override { return at_++ < rows_ ? &row_ : nullptr; }
    const std::vector<Notice>& notices() const override { return notices_; }
    const WriteCounters& counters() const override { return counters_; }
    std::optional<CommitResult> commit() const override { return std::nullopt; }
    const PlanNode* plan() const override { return nullptr; }
    bool is_write() const override { return false; }
    void add_notice(Notice notice) { notices_.push_back(std::move(notice)); }

private:
    std::vector<Value> row_;
    std::vector<std::string> columns_ = {"text"};
    std::vector<Notice> notices_;
    WriteCounters counters_;
    std::uint64_t rows_, at_ = 0;
};

class FakeDatabase final : public Database {
public:
    std::vector<std::string> ran;        // statements, those of sessions with a `*` in front
    std::vector<Parameters> parameters;  // of each
    std::vector<CommitInfo> commits;
    std::uint64_t rows = 1;

    Store& store() override { throw std::logic_error{"a fake has no store"}; }
    std::unique_ptr<Result> run(std::string_view text, const Parameters& given,
                                const ExecuteOptions& options) override {
        return answer(std::string{text}, text, given, options);
    }
    std::unique_ptr<Prepared> prepare(std::string_view) override { return nullptr; }
    std::unique_ptr<Session> begin(const Principal&) override { return std::make_unique<FakeSession>(*this); }
    std::vector<Procedure> procedures() const override { return {}; }

private:
    class FakeSession final : public Session {
    public:
        explicit FakeSession(FakeDatabase& database) : database_(database) {}
        std::unique_ptr<Result> run(std::string_view text, const Parameters& given,
                                    const ExecuteOptions& options) override {
            return database_.answer("*" + std::string{text}, text, given, options);
        }
        CommitResult commit(const CommitInfo& info) override {
            database_.commits.push_back(info);
            return {TxNumber{7}, 0};
        }
        void rollback() override { database_.ran.push_back("rollback"); }

    private:
        FakeDatabase& database_;
    };

    std::unique_ptr<Result> answer(std::string noted, std::string_view text, const Parameters& given,
                                   const ExecuteOptions&) {
        ran.push_back(std::move(noted));
        parameters.push_back(given);
        if (text.starts_with("fail")) throw Error{Code::syntax, Span{0, 4}, "cannot"};
        if (text == "RETURN 1 + 1 AS value") return std::make_unique<FakeResult>(Value{2});
        return std::make_unique<FakeResult>(Value{text}, rows);
    }
};

}  // namespace mainstay::shell
