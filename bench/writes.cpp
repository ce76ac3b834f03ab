#include "operations.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace mainstay::bench {
namespace {

constexpr std::string_view upsert =
    "MERGE (n:Host {key: $row.key}) ON CREATE SET n += $row "
    "ON MATCH SET n.status = $row.status, n.n1 = $row.n1, n.name = $row.name";
constexpr std::string_view upsert_batch =
    "UNWIND $rows AS row MERGE (n:Host {key: row.key}) ON CREATE SET n += row "
    "ON MATCH SET n.status = row.status, n.n1 = row.n1, n.name = row.name";
constexpr std::string_view neighbours = "MATCH (n:CI {id: $id})--(m) RETURN count(m), sum(m.id)";

enum class Kind : std::uint8_t { found, fresh };

// Row `j` of the write operations: the same for every engine.
Value row_of(const Data& data, std::int64_t j, Kind kind) {
    const ClassBlock& hosts = data.block("Host");
    const bool fresh = kind == Kind::fresh;
    const std::int64_t i = fresh ? j : j * 7919 % hosts.count;
    const auto id = fresh ? static_cast<std::int64_t>(data.params.nodes) + j : -1 - j;
    const std::string number = std::to_string(i);
    return Value::map({{"id", Value{id}},
                       {"key", Value{fmt::format("{}-{:08}", fresh ? "NEW" : "HST", i)}},
                       {"name", Value{"host-" + number + (fresh ? "" : "-r")}},
                       {"status", Value{fresh ? "active" : "maintenance"}},
                       {"env", Value{"prod"}},
                       {"region", Value{"eu-west"}},
                       {"created", Value{*parse_date("2026-01-01")}},
                       {"s1", Value{"debian-12"}},
                       {"s2", Value{"R640"}},
                       {"n1", Value{j % 64}},
                       {"n2", Value{64}}});
}

void measure_singles(const Data& data, Database& database, Report& report) {
    constexpr std::int64_t count = 200;
    const auto prepared = database.prepare(upsert);
    const std::int64_t start = now_ns();
    for (std::int64_t j = 0; j < count; ++j)
        prepared->run({{"row", row_of(data, j, j % 10 == 0 ? Kind::fresh : Kind::found)}});
    const double seconds = seconds_since(start);
    report.line("W2", seconds * 1e3 / count,
                {{"per_s", figure(count / seconds)}, {"unit", quoted_json("per durable upsert")}}, upsert);
}

// The same from several clients at once, whose commits share their syncs.
void measure_clients(const Data& data, Database& database, Report& report) {
    constexpr std::int64_t clients = 8, count = 200;
    const auto rate_of = [&](std::int64_t threads, std::int64_t first) {
        std::vector<std::thread> running;
        std::vector<std::exception_ptr> failures(static_cast<std::size_t>(threads));
        const std::int64_t start = now_ns();
        for (std::int64_t client = 0; client < threads; ++client)
            running.emplace_back([&, client] {
                try {
                    const auto prepared = database.prepare(upsert);
                    for (std::int64_t j = 0; j < count; ++j)
                        prepared->run({{"row", row_of(data, first + client * count + j, Kind::found)}});
                } catch (...) {
                    failures[static_cast<std::size_t>(client)] = std::current_exception();
                }
            });
        for (std::thread& thread : running) thread.join();
        const double seconds = seconds_since(start);
        for (const std::exception_ptr& failure : failures)
            if (failure) std::rethrow_exception(failure);
        return static_cast<double>(threads * count) / seconds;
    };
    const double one = rate_of(1, 30'000), all = rate_of(clients, 31'000);
    report.line("W2c", std::nullopt,
                {{"per_s", figure(all)}, {"one_client_per_s", figure(one)}, {"clients", std::to_string(clients)}},
                upsert);
}

void measure_batches(const Data& data, Database& database, Report& report) {
    constexpr std::int64_t batches = 20, rows = 1000;
    const auto prepared = database.prepare(upsert_batch);
    const std::int64_t start = now_ns();
    for (std::int64_t batch = 0; batch < batches; ++batch) {
        ValueList list;
        for (std::int64_t j = 0; j < rows; ++j)
            list.push_back(row_of(data, 1000 + batch * rows + j, j % 5 == 0 ? Kind::fresh : Kind::found));
        prepared->run({{"rows", Value::list(std::move(list))}});
    }
    const double seconds = seconds_since(start);
    report.line("W3", seconds * 1e3 / (batches * rows),
                {{"per_s", figure(batches * rows / seconds)}, {"unit", quoted_json("per upsert, batches of 1000")}},
                upsert_batch);
}

// Calls `once` until told to stop; the rate a second.
double rate_until(const std::atomic<bool>& stop, const std::function<void(std::int64_t)>& once) {
    const std::int64_t start = now_ns();
    std::int64_t n = 0;
    for (; !stop.load(std::memory_order_relaxed); ++n) once(n);
    return static_cast<double>(n) / seconds_since(start);
}

struct Rates {
    double reads = 0, others = 0;
};

// One thread reading for four seconds, another doing something else, if anything.
Rates run_side_by_side(const Data& data, Database& database, const std::function<void(std::int64_t)>& other) {
    std::atomic<bool> stop{false};
    Rates rates;
    std::exception_ptr failure;
    std::thread beside([&] {
        if (!other) return;
        try {
            rates.others = rate_until(stop, other);
        } catch (...) {
            failure = std::current_exception();
        }
    });
    std::thread reader([&] {
        try {
            const auto prepared = database.prepare(neighbours);
            rates.reads = rate_until(stop, [&](std::int64_t n) {
                const std::int64_t id = data.params.r2_ids[static_cast<std::size_t>(n) % data.params.r2_ids.size()];
                prepared->run({{"id", id}})->all();
            });
        } catch (...) {
            failure = std::current_exception();
        }
    });
    std::this_thread::sleep_for(std::chrono::seconds{4});
    stop = true;
    beside.join();
    reader.join();
    if (failure) std::rethrow_exception(failure);
    return rates;
}

// A file that is written and synced a page at a time: all that a durable commit asks of the machine at least.
class SyncedFile {
public:
    explicit SyncedFile(const std::filesystem::path& path) : path_(path) {
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (file_ < 0 || ::posix_fallocate(file_, 0, pages * page) != 0)
            throw std::runtime_error(path.string() + " cannot be written");
        for (std::int64_t n = 0; n < pages; ++n) write(n);  // so that no later sync writes what the file is, too
    }
    ~SyncedFile() {
        ::close(file_);
        std::filesystem::remove(path_);
    }
    void write(std::int64_t n) {
        const std::array<char, page> bytes{};
        if (::pwrite(file_, bytes.data(), page, n % pages * page) != page || ::fdatasync(file_) != 0)
            throw std::runtime_error(path_.string() + " cannot be written");
    }

private:
    static constexpr std::int64_t page = 4096, pages = 256;
    std::filesystem::path path_;
    int file_;
};

void guarded(std::string_view operation, Report& report, const std::function<void()>& body) {
    if (!report.wants(operation)) return;
    try {
        body();
    } catch (const std::exception& problem) {
        report.failure(operation, problem.what());
    }
}

}  // namespace

void measure_writes(const Data& data, Database& database, Report& report) {
    guarded("W2", report, [&] { measure_singles(data, database, report); });
    guarded("W2c", report, [&] { measure_clients(data, database, report); });
    guarded("W3", report, [&] { measure_batches(data, database, report); });
}

void measure_side_by_side(const Data& data, const std::filesystem::path& file, Database& database, Report& report) {
    guarded("C1", report, [&] {
        const Rates alone = run_side_by_side(data, database, {});
        const auto prepared = database.prepare(upsert);
        const Rates mixed = run_side_by_side(data, database, [&](std::int64_t n) {
            prepared->run({{"row", row_of(data, n, Kind::found)}});
        });
        SyncedFile synced(file.string() + "-synced");
        const Rates floor = run_side_by_side(data, database, [&](std::int64_t n) { synced.write(n); });
        report.line("C1", std::nullopt,
                    {{"reads_alone", figure(alone.reads)},
                     {"reads_mixed", figure(mixed.reads)},
                     {"writes_mixed", figure(mixed.others)},
                     {"reads_beside_syncs", figure(floor.reads)},
                     {"syncs", figure(floor.others)}},
                    neighbours);
    });
}

}  // namespace mainstay::bench
