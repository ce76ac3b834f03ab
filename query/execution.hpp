#pragma once

#include "compiled.hpp"
#include "exec/operator.hpp"

#include "mainstay/query/database.hpp"

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace mainstay {

// Hands out the rows of batches.
class RowReader {
public:
    explicit RowReader(const plan::Plan& plan) : plan_(plan), row_(plan.columns.size()) {}
    bool has_row(const exec::Batch& batch) const { return next_ < batch.rows; }
    const std::vector<Value>* read(const exec::Batch& batch) {
        for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = batch.get(plan_.columns[i].slot, next_);
        ++next_;
        return &row_;
    }
    void start() { next_ = 0; }

private:
    const plan::Plan& plan_;
    std::vector<Value> row_;
    std::uint32_t next_ = 0;
};

// A reading statement with what its runs need: view, context, operators, batches. To make these costs more than a small
// statement itself, so that an execution which has ended well rests, without its snapshot, and is started again with
// other parameters while nothing has been committed. One thread.
class Execution {
public:
    // Starts the first run. Throws Error.
    Execution(std::shared_ptr<const Compiled> compiled, const Parameters& parameters, const ExecuteOptions& options,
              ViewPtr view, std::int64_t now_us);

    const Compiled& compiled() const noexcept { return *compiled_; }
    const exec::StatementContext& context() const noexcept { return context_; }
    // The next row; nullptr: there are no more. Throws Error, and is of no use afterwards.
    const std::vector<Value>* next();

    // After a run: whether it is worth keeping and able to rest; then it does.
    bool rest() noexcept;
    // Starts another run. False: there is a newer snapshot, or options that it was not made for; drop it. Throws Error.
    bool restart(const Parameters& parameters, const ExecuteOptions& options, std::int64_t now_us);

private:
    std::shared_ptr<const Compiled> compiled_;
    ViewPtr view_;
    exec::StatementContext context_;
    exec::OperatorPtr root_;
    exec::Batch batch_;
    RowReader reader_;
    bool done_ = false, failed_ = false;
};

// Executions that rest. Thread-safe.
class RestingExecutions {
public:
    explicit RestingExecutions(std::size_t kept_max) : kept_max_(kept_max) { kept_.reserve(kept_max); }
    // One of this text, or null.
    std::unique_ptr<Execution> take(std::string_view text) noexcept;
    // Drops the one that has rested longest if there are too many.
    void put(std::unique_ptr<Execution> execution) noexcept;

private:
    const std::size_t kept_max_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Execution>> kept_;  // the last is the newest
};

}  // namespace mainstay
