#pragma once

// The open file and what its views and transactions share. Parts: store.cpp (open, views), find_part.cpp, ids.hpp
// (reserving), commit.cpp (the committer), fold.cpp, bulk*.cpp, verify.cpp.

#include "checked_parts.hpp"
#include "commit_queue.hpp"
#include "delta.hpp"
#include "head.hpp"
#include "ids.hpp"
#include "lmdb.hpp"
#include "mainstay/storage/store.hpp"
#include "part.hpp"
#include "segment_table.hpp"
#include "tokens.hpp"

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mainstay {

inline constexpr const char* read_only_hint = "open it to write, as a user who may write the file and in its folder";

class StoreView;
class ModelRules;

// What recent commits wrote, for first-committer-wins. Only the committer touches it.
struct ConflictTable {
    std::unordered_map<std::uint64_t, TxNumber> written;         // (kind, id, key) hashed -> newest tx
    std::unordered_map<std::uint32_t, TxNumber> node_shared;     // edges came or went at a node
    std::unordered_map<std::uint32_t, TxNumber> node_exclusive;  // node deleted or relabelled
    std::unordered_map<std::uint64_t, TxNumber> claims;
    TxNumber model{}, since{};  // transactions older than `since` are not known any more
    void trim(TxNumber oldest_needed, TxNumber newest);
    // Nothing is known any more: transactions that began before `newest` will have to start over.
    void forget(TxNumber newest) noexcept;
};

class StoreImpl final : public Store, public std::enable_shared_from_this<StoreImpl> {
public:
    StoreImpl(std::shared_ptr<lmdb::Environment> env, const OpenOptions& options);
    ~StoreImpl() override;

    const std::filesystem::path& path() const override { return env_->path(); }
    const Names& names() const override { return tokens_; }
    TxNumber last_tx() const override;
    std::int64_t now_us() const override;
    ViewPtr view(const ViewOptions& options) const override;
    TxNumber tx_at(std::int64_t time_us) const override;
    std::unique_ptr<Transaction> begin(std::optional<ValidTime> valid, const Principal& principal) override;
    Accounts& accounts() override { return *accounts_; }
    std::vector<CommitRecord> log(std::size_t limit) const override;
    std::optional<CommitChanges> changes_of(TxNumber tx) const override;
    StoreStatistics stats() const override;
    OldestReader oldest_reader() const override;
    VerifyReport verify(const ProgressSink& progress) const override;
    void backup(const std::filesystem::path& target, const ProgressSink& progress) const override;
    void compact_to(const std::filesystem::path& target, const ProgressSink& progress) override;
    void compact(const ProgressSink& progress) override;
    void fold_all() override;
    StoreImpl* implementation() noexcept override { return this; }

    // --- for views, transactions and the committer
    struct Snapshot {
        std::shared_ptr<lmdb::Transaction> txn;
        std::shared_ptr<const Head> head;
    };
    Snapshot snapshot() const;
    Tokens& tokens() const noexcept { return tokens_; }
    CheckedParts& checked_parts() const noexcept { return checked_; }
    // A part, if it is there. Table::segment has no seals: that one is not there is believed unless a part stands where
    // it would stand if one bit of its key were damaged. Throws Error(Code::corrupt).
    std::optional<std::string_view> find_part(const lmdb::Transaction& txn, const PartKey& key) const;
    // The same for all parts of a column.
    bool has_column(const lmdb::Transaction& txn, ElementKind kind, KeyId key) const;
    // Parts that an earlier view with the same segments has found, for a view's use alone.
    std::unique_ptr<SegmentTable> segments_for(std::uint64_t snapshot, TableUser user) const;
    void keep_segments(std::uint64_t snapshot, TableUser user, std::unique_ptr<SegmentTable> table) const noexcept;
    // Whether a bitmap of dirty slots is known to be the same in two snapshots.
    bool is_dirty_map_of_both(delta::DirtyMap which, std::uint32_t segment, std::uint64_t one,
                              std::uint64_t other) const noexcept;
    IdSource& ids() noexcept { return ids_; }
    const OpenOptions& options() const noexcept { return options_; }
    std::shared_ptr<lmdb::Environment> environment() const noexcept { return env_; }
    // The transaction that published a bulk load.
    TxNumber tx_of_load(const lmdb::Transaction& txn, std::uint64_t load) const;
    // The rules of a model, which a transaction before may have left: to make them anew took a seventh of an upsert.
    std::unique_ptr<ModelRules> take_rules(const std::shared_ptr<const ModelState>& model);
    void give_rules(std::unique_ptr<ModelRules> rules) noexcept;
    // Takes the writer lock of the file if this process does not hold it. Throws Error(Code::writer_locked /
    // read_only).
    void become_writer();
    void require_in_place() const;  // the name stands for this file still
    // Queues the request, and commits it alone or with others. Returns nullopt on a conflict. Throws Error.
    std::optional<CommitResult> commit(CommitRequest& request);
    // Elements that may be broken before anything fails, of the current head at a valid time; kept until a commit
    // matters.
    std::shared_ptr<const std::vector<NodeId>> baseline_seeds(const StoreView& view) const;
    // What is known of the state before a group of commits holds after it, unless one of them matters to it.
    void carry_baseline(TxNumber before, TxNumber after, std::span<CommitRequest* const> committed) const;
    // Runs f inside an LMDB write transaction between commits, with the committer's lock held; a new head is read
    // after.
    void write_alone(const std::function<void(lmdb::Transaction&, const Head&)>& f);
    // The same for one that is a commit of its own (bulk_publish.cpp): f writes everything, its log record too, and
    // gives the new head (without its LMDB number), the nodes that got or lost relationships, and what it claims.
    struct Publication {
        std::shared_ptr<Head> head;
        std::vector<NodeId> connected;
        std::vector<std::uint64_t> claims;
        delta::DirtyMarks dirty;
    };
    std::uint64_t new_load();  // a number for a bulk load; requires become_writer()
    void publish_alone(const std::function<Publication(const std::shared_ptr<lmdb::Transaction>&,
                                                       const std::shared_ptr<const Head>&)>& f);

    void initialise();  // of a new file: header, model
    void check();       // that the file is one this Mainstay knows

private:
    std::uint32_t used_slots(std::uint32_t segment) const;
    // Parts that bulk loads of a process that has died left behind (bulk_publish.cpp).
    void delete_unpublished();
    // Folds a little where it pays, called by the committer between commits (fold_some.cpp).
    void fold_some();
    void fold_units(std::span<const DeltaRows::Unit> units, std::size_t bytes_max);
    std::uint64_t fold_threshold(const lmdb::Transaction& txn, const DeltaRows::Unit& unit) const;
    void note_snapshot();
    std::shared_ptr<const Head> head_for(const lmdb::Transaction& txn) const;
    void publish(std::shared_ptr<const Head> head) const;
    void commit_group(std::vector<CommitRequest*>& group);

    std::shared_ptr<lmdb::Environment> env_;
    OpenOptions options_;
    std::unique_ptr<Accounts> accounts_;
    mutable Tokens tokens_;
    // `bits` of the key: those that may be damaged.
    void confirm_absent(const lmdb::Transaction& txn, std::uint64_t key, const lmdb::Transaction::Beside& beside,
                        std::uint64_t bits) const;
    mutable CheckedParts checked_;
    mutable std::array<SegmentTables, 2> segment_tables_;  // by TableUser
    IdSource ids_;
    int writer_fd_ = -1;
    std::atomic<std::uint64_t> next_load_{1};
    std::atomic<bool> is_writer_{false};
    std::atomic<std::uint64_t> writer_since_{0};  // LMDB's number of the snapshot that was the newest then

    mutable std::mutex heads_mutex_;
    mutable std::map<std::uint64_t, std::shared_ptr<const Head>> heads_;  // by LMDB snapshot, a few newest
    mutable std::mutex loads_mutex_;
    mutable std::unordered_map<std::uint64_t, TxNumber> loads_;

    std::mutex rules_mutex_;
    std::vector<std::unique_ptr<ModelRules>> idle_rules_;
    CommitQueue queue_;
    std::mutex write_mutex_;  // one writer of this process at a time
    Tokens::Counts stored_tokens_;
    ConflictTable conflicts_;
    DeltaRows delta_rows_;
    mutable std::mutex snapshots_mutex_;
    std::vector<std::pair<std::uint64_t, std::int64_t>> snapshots_;  // LMDB's number of a commit, and when it was made
    std::int64_t stale_cleared_us_ = 0;
    std::multimap<TxNumber, int> open_transactions_;
    std::mutex open_mutex_;

    mutable std::mutex baseline_mutex_;
    struct Baseline {
        TxNumber tx{};
        ValidTime valid;
        std::shared_ptr<const std::vector<NodeId>> seeds;
    };
    mutable std::vector<Baseline> baselines_;

    friend class TransactionImpl;
};

}  // namespace mainstay
