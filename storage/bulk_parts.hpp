#pragma once

// Where the parts of a bulk load gather until they are written: in LMDB transactions of their own while there are many,
// the rest with the transaction that publishes the load. What is written before that is listed in the file
// (pending_token), so that views skip it and a later process can delete it.

#include "head.hpp"
#include "log.hpp"
#include "part.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mainstay {

class StoreImpl;

// Thread-safe.
class BulkParts {
public:
    BulkParts(StoreImpl& store, std::uint64_t load) : store_(store), load_(load) {}

    // Takes a part over; may write a batch, waiting for the committer. An empty blob is no part.
    void add(const PartKey& key, std::string blob);

    // --- once all are added
    // Writes what is left, inside the transaction that publishes.
    void write_rest(lmdb::Transaction& txn);
    LoadSegments segments() const;
    // BLAKE2b of (key, BLAKE2b of the blob) of all parts, ascending by key.
    Hash content_hash() const;
    // Deletes what has been written: the load is given up.
    void discard();

private:
    using Batch = std::vector<std::pair<std::uint64_t, std::string>>;
    void note(LoadSegments& segments, std::uint64_t key) const;
    static void put(lmdb::Transaction& txn, Batch& batch);

    StoreImpl& store_;
    const std::uint64_t load_;
    mutable std::mutex mutex_;
    Batch batch_;
    std::size_t batch_bytes_ = 0;
    std::vector<std::pair<std::uint64_t, Hash>> hashes_;
    std::mutex written_mutex_;  // taken first
    LoadSegments written_;
    bool any_written_ = false;
};

// Deletes all parts of the segments. Walks the whole table.
void delete_parts(lmdb::Transaction& txn, const std::vector<LoadSegments>& loads);

}  // namespace mainstay
