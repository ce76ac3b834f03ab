#include "bulk_parts.hpp"

#include "bytes.hpp"
#include "store_impl.hpp"

#include <algorithm>

namespace mainstay {

void BulkParts::add(const PartKey& key, std::string blob) {
    if (blob.empty()) return;
    const auto hash = blake2b(blob);
    Batch full;
    {
        const std::lock_guard lock(mutex_);
        hashes_.emplace_back(key.number(), hash);
        batch_bytes_ += blob.size();
        batch_.emplace_back(key.number(), std::move(blob));
        if (batch_bytes_ < store_.options().load_batch_bytes) return;
        full = std::exchange(batch_, {});
        batch_bytes_ = 0;
    }
    const std::lock_guard lock(written_mutex_);
    for (const auto& [number, bytes] : full) note(written_, number);
    any_written_ = true;
    store_.write_alone([&](lmdb::Transaction& txn, const Head&) {
        txn.put(lmdb::Table::token, pending_token(load_), encode(written_));
        put(txn, full);
    });
}

void BulkParts::put(lmdb::Transaction& txn, Batch& batch) {
    std::sort(batch.begin(), batch.end());
    for (const auto& [number, bytes] : batch) txn.put(number, bytes);
}

void BulkParts::note(LoadSegments& segments, std::uint64_t number) const {
    const auto key = PartKey::from(number);
    (key.kind == ElementKind::node ? segments.nodes : segments.rels).add(key.segment);
}

void BulkParts::write_rest(lmdb::Transaction& txn) {
    const std::lock_guard lock(mutex_);
    put(txn, batch_);
    if (any_written_) txn.erase(lmdb::Table::token, pending_token(load_));
}

LoadSegments BulkParts::segments() const {
    const std::lock_guard lock(mutex_);
    auto all = written_;
    for (const auto& [number, bytes] : batch_) note(all, number);
    return all;
}

Hash BulkParts::content_hash() const {
    const std::lock_guard lock(mutex_);
    auto hashes = hashes_;
    std::sort(hashes.begin(), hashes.end());
    std::string bytes;
    bytes.reserve(hashes.size() * (8 + sizeof(Hash)));
    for (const auto& [number, hash] : hashes) {
        append_raw(bytes, number);
        bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
    }
    return blake2b(bytes);
}

void BulkParts::discard() {
    const std::lock_guard lock(written_mutex_);
    if (!any_written_) return;
    store_.write_alone([&](lmdb::Transaction& txn, const Head&) {
        delete_parts(txn, {written_});
        txn.erase(lmdb::Table::token, pending_token(load_));
    });
    any_written_ = false;
}

void delete_parts(lmdb::Transaction& txn, const std::vector<LoadSegments>& loads) {
    std::vector<std::uint64_t> gone;
    auto cursor = txn.cursor(lmdb::Table::segment);
    for (bool more = cursor.first(); more; more = cursor.next()) {
        std::uint64_t number;
        std::memcpy(&number, cursor.key().data(), sizeof number);
        const auto key = PartKey::from(number);
        for (const auto& load : loads)
            if ((key.kind == ElementKind::node ? load.nodes : load.rels).contains(key.segment)) {
                gone.push_back(number);
                break;
            }
    }
    for (const auto number : gone) txn.erase(number);
}

}  // namespace mainstay
