#pragma once

#include "mainstay/storage/accounts.hpp"
#include "mainstay/storage/transaction.hpp"
#include "mainstay/storage/view.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mainstay {

enum class OpenMode : std::uint8_t { read_only, read_write, create_if_missing };
enum class Durability : std::uint8_t {
    full,     // an acknowledged commit survives kill -9 and power loss
    relaxed,  // survives kill -9; the last commits may be lost on power loss, the file stays sound
    none      // survives kill -9; after a power loss the file may be of no use: for tests and scratch files
};

struct OpenOptions {
    OpenMode mode = OpenMode::read_write;
    Durability durability = Durability::full;
    std::uint64_t map_bytes = std::uint64_t{1} << 40;  // address space reserved; the file's limit
    std::optional<Model> initial_model;                // of a file that is created; nullopt: the built-in one
    std::function<std::int64_t()> clock;               // UTC microseconds; empty: the system clock
    std::chrono::milliseconds writer_wait{0};          // for another process to stop writing, at the first write
    bool take_cut = false;                             // read_only: also a file that is cut off, for what is left of it
    bool fold = true;                                  // off: deltas are never folded (tests)
    std::uint32_t fold_slots = 512;  // fold a part when its deltas exceed max(this, 1/8 of its slots or edges)
    std::size_t load_batch_bytes = std::size_t{64}
                                   << 20;  // a bulk load writes when it has this much (at most twice as much)
};

// One record of the change log.
struct CommitRecord {
    TxNumber tx{};
    std::int64_t time_us = 0;
    CommitInfo info;
    std::uint64_t nodes_created = 0, nodes_changed = 0, nodes_deleted = 0;
    std::uint64_t rels_created = 0, rels_changed = 0, rels_deleted = 0;
    bool model_changed = false, schema_changed = false, bulk_load = false, accounts_changed = false;
    bool verified = false;  // the author had signed in; false: the name is what the writing process said
    std::string hash_hex;   // BLAKE2b-256 of this record
};

// What a commit did to one element.
struct ElementChange {
    enum class Kind : std::uint8_t { created, changed, deleted };
    ElementKind element = ElementKind::node;
    std::uint32_t id = 0;
    Kind kind = Kind::changed;
    ShapeId shape{};  // of a node; of one that was deleted, the last it had
    Ends ends{};      // of a relationship
};
struct CommitChanges {
    CommitRecord record;
    std::vector<ElementChange> elements;  // of a bulk load none: it says them by segments
};

struct Progress {
    std::string what;  // "sorting edges"
    std::uint64_t done = 0, total = 0;
};
using ProgressSink = std::function<void(const Progress&)>;

// The reader, of whatever process, whose snapshot is the oldest. All 0: every reader sees the newest.
struct OldestReader {
    std::uint64_t behind = 0;  // writes of the file (commits, folds) that it does not see
    std::int32_t process = 0;
    std::int64_t age_us = 0;  // since the first of them; 0 if this process did not make it
};

struct StoreStatistics {
    std::uint64_t file_bytes = 0, used_bytes = 0, map_bytes = 0;
    std::uint64_t nodes = 0, rels = 0;
    std::uint64_t segments = 0, delta_rows = 0, log_records = 0, index_entries = 0, history_rows = 0;
    TxNumber last_tx{};
    std::uint32_t readers = 0;
    OldestReader oldest_reader;
    std::vector<std::pair<std::string, std::uint64_t>> labels;  // name, nodes that carry it
    std::vector<std::pair<std::string, std::uint64_t>> types;   // name, relationships
};

struct VerifyReport {
    std::vector<std::string> problems;  // empty: sound. Each names database, segment and part, and what is wrong
    std::uint64_t segments = 0, parts = 0, delta_rows = 0, index_entries = 0, log_records = 0;
};

// A database file. Thread-safe. One process writes at a time: the writer lock is taken by the first commit and held
// until the Store closes; readers in other processes go on. Destroy all views and transactions first.
class Store {
public:
    // Throws Error: file_not_found, not_a_database, newer_format, file_truncated, permission_denied, io_error, ...
    static std::unique_ptr<Store> open(const std::filesystem::path& file, const OpenOptions& options = {});
    virtual ~Store() = default;

    virtual const std::filesystem::path& path() const = 0;
    virtual const Names& names() const = 0;
    virtual TxNumber last_tx() const = 0;
    virtual std::int64_t now_us() const = 0;  // the store's clock

    // A view of the newest commit. `as_of`: of an earlier one (Error pruned_horizon if forgotten). `valid`: nullopt is
    // now.
    struct ViewOptions {
        std::optional<TxNumber> as_of;
        std::optional<ValidTime> valid;
    };
    virtual ViewPtr view(const ViewOptions& options) const = 0;
    ViewPtr view() const { return view({}); }
    // The newest transaction committed at or before an instant; 0 if none.
    virtual TxNumber tx_at(std::int64_t time_us) const = 0;

    // `principal`: who acts. A reader may begin one and read in it; Transaction says what it throws when it writes.
    // Throws Error: read_only (the store is), not_signed_in.
    virtual std::unique_ptr<Transaction> begin(std::optional<ValidTime> valid = std::nullopt,
                                               const Principal& principal = {}) = 0;

    virtual Accounts& accounts() = 0;
    const Accounts& accounts() const { return const_cast<Store*>(this)->accounts(); }

    // Newest last. `limit` newest ones.
    virtual std::vector<CommitRecord> log(std::size_t limit) const = 0;
    // Of one commit; nullopt if there is none of that number.
    virtual std::optional<CommitChanges> changes_of(TxNumber tx) const = 0;
    virtual StoreStatistics stats() const = 0;
    virtual OldestReader oldest_reader() const = 0;  // cheap
    virtual VerifyReport verify(const ProgressSink& progress) const = 0;
    // A hot, consistent copy that opens as a database. Error input_invalid if `target` exists.
    virtual void backup(const std::filesystem::path& target, const ProgressSink& progress) const = 0;
    // Writes a compacted copy to `target` (never in place); the caller may rename it over the original.
    virtual void compact_to(const std::filesystem::path& target, const ProgressSink& progress) = 0;
    // Folds, then puts a compacted copy in the place of the file. Nothing else may have it open, no other Store or View
    // of this process either: Error(Code::writer_locked). Afterwards this Store is to be closed.
    virtual void compact(const ProgressSink& progress) = 0;
    // Folds all deltas into segments now. For tests and before a backup.
    virtual void fold_all() = 0;

    // For other parts of the storage layer.
    virtual class StoreImpl* implementation() noexcept = 0;
};

}  // namespace mainstay
