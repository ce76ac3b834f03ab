#pragma once

// The library's door: open a database file, run statements of the Mainstay Query Language (MQL), read results.

#include "mainstay/core/error.hpp"
#include "mainstay/core/value.hpp"
#include "mainstay/storage/store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay {

using Parameters = std::map<std::string, Value, std::less<>>;

// What a statement may cost. Zero means: no limit. Exceeding one throws Error (time_out, memory_limit, ...).
struct Limits {
    std::chrono::milliseconds time{0};
    std::uint64_t memory_bytes = std::uint64_t{2} << 30;  // working memory of one statement: sorts, aggregates, spools
    std::uint64_t path_length = 1'000;                    // longest path of an unbounded variable-length pattern
};

// Lets another thread stop a statement; it throws Error(Code::cancelled) within 100 ms.
class Cancellation {
public:
    void cancel() noexcept { flag_.store(true, std::memory_order_relaxed); }
    bool is_cancelled() const noexcept { return flag_.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> flag_{false};
};

struct ExecuteOptions {
    Limits limits;
    std::shared_ptr<Cancellation> cancellation;  // may be null; SHOW TRANSACTIONS lists what has one
    CommitInfo commit;                           // author, reason, ... of what the statement writes; who runs it
    std::string address;                         // by which the database was reached; empty: in this process
    std::string client, connection;              // who reached it, for SHOW TRANSACTIONS
    bool read_only = false;                      // refuse writing statements (Error read_only)
    Principal principal;                         // who asks, and may do what the role allows (Error forbidden)
    // For tests: rules of the optimiser off, batches of one row.
    bool optimise = true;
    std::uint32_t batch_rows = 2048;
    // The statement's `now`, UTC microseconds; nullopt: the store's clock.
    std::optional<std::int64_t> now_us;
};

// A plan as EXPLAIN and PROFILE show it.
struct PlanNode {
    std::string name;     // "NodeIndexSeek"
    std::string details;  // "s:Server(name) = 'db01'"
    double estimated_rows = 0;
    std::uint64_t rows = 0;  // PROFILE only, with time and bytes
    std::chrono::nanoseconds time{0};
    std::uint64_t bytes = 0;
    std::vector<PlanNode> children;
};

// The rows of one statement. Pull: next() gives one row after another. A reading statement runs as rows are asked for;
// a writing one has committed before the constructor's caller gets it, its rows are spooled. Node, relationship and
// path values live as long as the Result. One thread.
class Result {
public:
    virtual ~Result() = default;
    virtual const std::vector<std::string>& columns() const = 0;
    // The next row, one value a column; nullptr after the last. Valid until the next call.
    virtual const std::vector<Value>* next() = 0;
    // All remaining rows.
    std::vector<std::vector<Value>> all();

    // Complete after the last row.
    virtual const std::vector<Notice>& notices() const = 0;
    virtual const WriteCounters& counters() const = 0;
    virtual std::optional<CommitResult> commit() const = 0;  // if something was written
    virtual const PlanNode* plan() const = 0;                // EXPLAIN and PROFILE, else nullptr
    virtual bool is_write() const = 0;
};

// A statement parsed, bound and planned once, run many times with other parameters. Re-plans itself when the class
// model or schema changed. One thread at a time; keep one a thread.
class Prepared {
public:
    virtual ~Prepared() = default;
    virtual const std::vector<std::string>& columns() const = 0;
    virtual std::unique_ptr<Result> run(const Parameters& parameters = {}, const ExecuteOptions& options = {}) = 0;
};

// An explicit transaction: statements see what earlier ones wrote; nothing is visible to others before commit(). A
// failed statement leaves only rollback. Dropped without commit: rolled back. One that is left idle for longer than
// DatabaseOptions::session_idle_max is rolled back too; what is asked of it then throws Error(Code::time_out). A Result
// keeps what it shows, so drop it when done.
class Session {
public:
    virtual ~Session() = default;
    virtual std::unique_ptr<Result> run(std::string_view text, const Parameters& parameters = {},
                                        const ExecuteOptions& options = {}) = 0;
    // Throws Error(Code::write_conflict), retryable, if another commit got there first. The author is the name of the
    // session's principal, if it has one.
    virtual CommitResult commit(const CommitInfo& info) = 0;
    virtual void rollback() = 0;
};

// A procedure the language can CALL beside the built-in ones (the conformance runner and tests register some).
struct ProcedureColumn {
    std::string name;
    std::string type;  // "INTEGER?", "STRING?", "NUMBER?", "FLOAT?", "ANY?", "LIST<STRING>", ...
    // Of an input: what a call means that leaves it out, as it may if all inputs after it have one too.
    std::optional<Value> default_value{};
};
struct Procedure {
    std::string name;  // "db.labels"
    std::vector<ProcedureColumn> inputs, outputs;
    std::string help;
    // Calls `row` once a result row, with one value an output. `view`: the statement's view at that point.
    std::function<void(const View& view, const std::vector<Value>& arguments,
                       const std::function<void(std::vector<Value>)>& row)>
        body;
};

struct DatabaseOptions {
    OpenOptions store;
    std::vector<Procedure> procedures;  // added to the built-in ones, or in the place of one of the same name
    // Whose files LOAD CSV may read, for everybody who may run a statement; none: it is refused. open() throws
    // Error(Code::file_not_found) if there is no such folder.
    std::vector<std::filesystem::path> load_folders;
    std::size_t plan_cache_entries = 512;
    // A Session that runs no statement for so long is rolled back: its snapshot would make the file grow. 0: never.
    std::chrono::milliseconds session_idle_max{60'000};
};

// An open database. Thread-safe; statements of several threads run side by side.
class Database {
public:
    static std::unique_ptr<Database> open(const std::filesystem::path& file, DatabaseOptions options = {});
    virtual ~Database() = default;

    virtual Store& store() = 0;
    // Runs one statement in a transaction of its own; a write conflict is retried. Throws Error.
    virtual std::unique_ptr<Result> run(std::string_view text, const Parameters& parameters = {},
                                        const ExecuteOptions& options = {}) = 0;
    virtual std::unique_ptr<Prepared> prepare(std::string_view text) = 0;
    // All its statements are the principal's; one that ExecuteOptions names may only narrow what is allowed.
    virtual std::unique_ptr<Session> begin(const Principal& principal = {}) = 0;
    // For completion; in alphabetical order, the built-in ones without a body.
    virtual std::vector<Procedure> procedures() const = 0;
};

}  // namespace mainstay
