#pragma once

#include "batches.hpp"
#include "execution.hpp"
#include "running.hpp"

#include "mainstay/query/database.hpp"

namespace mainstay {

// The result of a statement that only reads, whose run has begun: rows are computed as they are asked for. When it is
// dropped, the execution may rest for another run.
std::unique_ptr<Result> run_reading(std::unique_ptr<Execution> execution, std::shared_ptr<RestingExecutions> resting,
                                    RunningTransactions::Ticket ticket);

// Runs a statement to its end in a transaction and finishes the statement; its rows are spooled. Does not commit: the
// caller may, and says so by set_commit(). The result keeps the transaction, whose view its elements are read in.
class SpooledResult;
std::unique_ptr<SpooledResult> run_in_transaction(std::shared_ptr<const Compiled> compiled,
                                                  const Parameters& parameters, const ExecuteOptions& options,
                                                  std::shared_ptr<Transaction> transaction, std::int64_t now_us);

// Runs a statement with CALL { } IN TRANSACTIONS to its end: its batches are committed when it returns, and its rows
// are spooled. `view`: what stands outside the braces reads. An Error says in its message how much was committed
// before.
std::unique_ptr<SpooledResult> run_in_batches(std::shared_ptr<const Compiled> compiled, const Parameters& parameters,
                                              const ExecuteOptions& options, ViewPtr view,
                                              std::unique_ptr<Batches> batches, std::int64_t now_us);

class SpooledResult : public Result {
public:
    virtual void set_commit(std::optional<CommitResult> commit) = 0;
    virtual void add_notice(Notice notice) = 0;
};

// The view a reading statement asks for by AS OF and FOR VALID_TIME, or the newest one.
ViewPtr open_view(const Compiled& compiled, Store& store, const Parameters& parameters, const ExecuteOptions& options,
                  std::int64_t now_us);
// The valid time a statement sees; throws for AS OF, under which nothing can be written.
ValidTime writing_time(const Compiled& compiled, Store& store, const Parameters& parameters,
                       const ExecuteOptions& options, std::int64_t now_us);

}  // namespace mainstay
