#pragma once

// Runs one statement and writes what it gives.

#include "output/writer.hpp"

#include "mainstay/query/database.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mainstay::shell {

// What a statement is run by: a Database, a Session, or a test.
using Runner = std::function<std::unique_ptr<Result>(std::string_view text, const Parameters& parameters,
                                                     const ExecuteOptions& options)>;

struct StatementReport {
    std::uint64_t rows = 0;
    bool has_columns = false;
    bool is_complete = true;  // false: the reader of the output went away before the last row
    WriteCounters counters;
    std::optional<CommitResult> commit;
    std::chrono::nanoseconds time{0};
};

using NoticeSink = std::function<void(const Notice&)>;

// Rows go to `writer`; notices that it does not take go to `on_notice`. EXPLAIN writes its plan as the result;
// PROFILE its rows, and its plan after them by `plan_writer`. Throws what the statement throws; `Error::span` is in
// `text`.
StatementReport run_statement(const Runner& runner, std::string_view text, const Parameters& parameters,
                              const ExecuteOptions& options, ResultWriter& writer, ResultWriter& plan_writer,
                              const NoticeSink& on_notice);

// "3 rows, 1.2 ms", "created 2 nodes, set 5 properties in transaction 12, 0.8 ms".
std::string summary_of(const StatementReport& report, bool with_time);
std::string duration_text(std::chrono::nanoseconds time);  // "850 µs", "1.24 ms", "3.1 s", "2 min 5 s"
// "1 node", "2 nodes"
std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural = {});

}  // namespace mainstay::shell
