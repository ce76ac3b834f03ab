#pragma once

// One request turned into rows: what the committer does inside LMDB's write transaction. Nothing is written before
// every check has passed.

#include "store_impl.hpp"
#include "transaction_impl.hpp"
#include "view_impl.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mainstay {

class CommitWriter {
public:
    // `before`: the state the request meets, i.e. with the group's earlier requests.
    CommitWriter(const StoreImpl& store, Tokens& tokens, std::shared_ptr<lmdb::Transaction> txn,
                 std::shared_ptr<const Head> before, const CommitRequest& request);

    // False: another commit got there first. Writes nothing.
    [[nodiscard]] bool may_commit(const ConflictTable& conflicts);
    // Writes all rows. `time_us` is the commit's. Returns the new head (without its LMDB number).
    std::shared_ptr<Head> write(std::int64_t time_us, std::uint32_t node_segments, std::uint32_t rel_next,
                                std::uint32_t rel_settled);
    void remember(ConflictTable& conflicts, TxNumber tx) const;
    const delta::DirtyMarks& dirty() const noexcept { return dirty_; }

private:
    struct KeyMove {
        const Index* index;
        std::uint32_t id;
        std::string before, after;  // "" : none
    };
    std::uint64_t footprint_of(ElementKind kind, std::uint32_t id, KeyId key) const;
    void collect_key_moves();
    std::string key_after(const Index& index, RelId rel, const RelChange& change) const;
    void protect_accounts() const;
    void write_nodes(LogRecord& record, Head& head);
    void write_rels(LogRecord& record, Head& head);
    void write_adjacency(TxNumber tx);
    void write_keys(TxNumber tx);
    void write_schema(LogRecord& record, Head& head, TxNumber tx);

    const StoreImpl& store_;
    Tokens& tokens_;
    std::shared_ptr<lmdb::Transaction> txn_;
    std::shared_ptr<const Head> before_;
    const CommitRequest& request_;
    StoreView old_;  // all valid times, no overlay
    const KeyId valid_from_, valid_to_;
    std::vector<std::uint32_t> nodes_, rels_;  // ascending; those created and deleted here left out
    std::vector<KeyMove> moves_;
    delta::DirtyMarks dirty_;
};

}  // namespace mainstay
