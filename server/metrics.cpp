#include "metrics.hpp"

#include <fmt/format.h>

#include <fstream>

#include <unistd.h>

namespace mainstay::server {
namespace {

std::uint64_t resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::uint64_t size = 0, resident = 0;
    in >> size >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void head(std::string_view name, std::string_view type, std::string_view help, std::string& out) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

}  // namespace

std::string_view name_of(Door door) noexcept { return door == Door::bolt ? "bolt" : "http"; }

void Histogram::note(std::chrono::nanoseconds time) noexcept {
    const double seconds = std::chrono::duration<double>(time).count();
    std::size_t i = 0;
    while (i < bounds_s.size() && seconds > bounds_s[i]) ++i;
    counts_[i].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(static_cast<std::uint64_t>(time.count()), std::memory_order_relaxed);
}

void Histogram::write(std::string_view name, std::string_view labels, std::string& out) const {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= bounds_s.size(); ++i) {
        so_far += counts_[i].load(std::memory_order_relaxed);
        const std::string bound = i < bounds_s.size() ? fmt::format("{}", bounds_s[i]) : "+Inf";
        out += fmt::format("{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, bound, so_far);
    }
    out += fmt::format("{}_sum{{{}}} {:.9f}\n", name, labels,
                       static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) * 1e-9);
    out += fmt::format("{}_count{{{}}} {}\n", name, labels, so_far);
}

void Metrics::note_statement(Door door, std::chrono::nanoseconds time, Outcome outcome) noexcept {
    OfDoor& of = doors_[static_cast<std::size_t>(door)];
    of.outcomes[static_cast<std::size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
    of.all.note(time);
    if (outcome == Outcome::written) of.writes.note(time);
}

std::string Metrics::text(const Store& store) const {
    std::string out;
    constexpr std::array<std::string_view, 3> outcomes{"read", "written", "failed"};
    head("mainstay_statements_total", "counter", "Statements that have ended, by door and outcome.", out);
    for (std::size_t door = 0; door < door_count; ++door)
        for (std::size_t i = 0; i < outcomes.size(); ++i)
            out += fmt::format("mainstay_statements_total{{door=\"{}\",outcome=\"{}\"}} {}\n",
                               name_of(static_cast<Door>(door)), outcomes[i], doors_[door].outcomes[i].load());
    const auto labels = [](std::size_t door) { return fmt::format("door=\"{}\"", name_of(static_cast<Door>(door))); };
    head("mainstay_statement_seconds", "histogram", "From a statement's start to its last row.", out);
    for (std::size_t door = 0; door < door_count; ++door)
        doors_[door].all.write("mainstay_statement_seconds", labels(door), out);
    head("mainstay_commit_seconds", "histogram", "The same of statements that committed, the commit included.", out);
    for (std::size_t door = 0; door < door_count; ++door)
        doors_[door].writes.write("mainstay_commit_seconds", labels(door), out);
    head("mainstay_connections", "gauge", "Clients that are connected.", out);
    for (std::size_t door = 0; door < door_count; ++door)
        out += fmt::format("mainstay_connections{{{}}} {}\n", labels(door), connections[door].load());
    head("mainstay_sign_ins_total", "counter", "Attempts to sign in.", out);
    out += fmt::format(
        "mainstay_sign_ins_total{{outcome=\"taken\"}} {}\nmainstay_sign_ins_total{{outcome=\"refused\"}} {}\n",
        sign_ins_[0].load(), sign_ins_[1].load());
    const auto one = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
        head(name, type, help, out);
        out += fmt::format("{} {}\n", name, value);
    };
    one("mainstay_denied_total", "counter", "Requests that a role does not allow.", denied_.load());
    one("mainstay_worker_queue", "gauge", "Pieces of work that wait for a worker.", waiting.load());
    const StoreStatistics s = store.stats();
    one("mainstay_nodes", "gauge", "Nodes of the newest transaction.", s.nodes);
    one("mainstay_relationships", "gauge", "Relationships of the newest transaction.", s.rels);
    one("mainstay_last_transaction", "counter", "Number of the newest transaction.", raw(s.last_tx));
    one("mainstay_file_bytes", "gauge", "Length of the database file.", s.file_bytes);
    one("mainstay_used_bytes", "gauge", "What of it is in use.", s.used_bytes);
    one("mainstay_map_bytes", "gauge", "Address space reserved: the most the file can grow to.", s.map_bytes);
    one("mainstay_unfolded_changes", "gauge", "Changes that are not folded into segments yet.", s.delta_rows);
    one("mainstay_segments", "gauge", "Segments of nodes and relationships.", s.segments);
    one("mainstay_readers", "gauge", "Snapshots that are held, by all processes.", s.readers);
    one("mainstay_oldest_reader_behind", "gauge", "Writes that the oldest snapshot does not see.",
        s.oldest_reader.behind);
    one("mainstay_oldest_reader_seconds", "gauge", "Since the first of them.",
        static_cast<double>(s.oldest_reader.age_us) * 1e-6);
    one("process_resident_memory_bytes", "gauge", "Resident memory, pages of the file's map included.",
        resident_bytes());
    one("process_start_time_seconds", "gauge", "Start of the server since the epoch.",
        std::chrono::duration<double>(started_.time_since_epoch()).count());
    return out;
}

}  // namespace mainstay::server
