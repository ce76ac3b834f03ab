// When folding happens: a little after a commit that made some unit large, or everything at once.

#include "bytes.hpp"
#include "fold.hpp"
#include "store_impl.hpp"

#include <algorithm>

namespace mainstay {
namespace {

constexpr std::size_t bytes_a_fold = std::size_t{1} << 20;        // of one LMDB transaction beside commits
constexpr std::size_t bytes_a_full_fold = std::size_t{32} << 20;  // and of fold_all()
constexpr std::int64_t reader_age_max_us = 5'000'000;
constexpr std::uint64_t hard_limit_factor = 16;  // deltas this much over the threshold are folded in any case
constexpr std::uint64_t busy_factor = 2;         // and this much while others wait to commit

}  // namespace

// Slots or edges of the part that a unit rewrites.
std::uint64_t StoreImpl::fold_threshold(const lmdb::Transaction& txn, const DeltaRows::Unit& unit) const {
    std::uint64_t size = 0;
    const auto& [which, segment] = unit;
    const auto part_size = [&](ElementKind kind, Part part, std::size_t offset, auto number) {
        const auto blob = txn.get(PartKey{kind, part, segment}.number());
        if (blob && blob->size() >= offset + sizeof number) size = load<decltype(number)>(*blob, offset);
    };
    constexpr std::size_t edges_offset = sizeof(PartHeader) + 4;
    switch (which) {
        case delta::DirtyMap::node:
            part_size(ElementKind::node, Part::elements, offsetof(PartHeader, slots), std::uint16_t{});
            break;
        case delta::DirtyMap::rel:
            part_size(ElementKind::relationship, Part::elements, offsetof(PartHeader, slots), std::uint16_t{});
            break;
        case delta::DirtyMap::out: part_size(ElementKind::node, Part::out, edges_offset, std::uint32_t{}); break;
        case delta::DirtyMap::in: part_size(ElementKind::node, Part::in, edges_offset, std::uint32_t{}); break;
    }
    return std::max<std::uint64_t>(options_.fold_slots, size / 8);
}

// A reader is as old as the first commit that it does not see.
OldestReader StoreImpl::oldest_reader() const {
    OldestReader found;
    const auto oldest = env_->oldest_reader();
    const auto newest = env_->newest_snapshot();
    if (!oldest || oldest->snapshot >= newest) return found;
    found.behind = newest - oldest->snapshot;
    found.process = oldest->process;
    const std::lock_guard lock(snapshots_mutex_);
    const auto first = std::find_if(snapshots_.begin(), snapshots_.end(),
                                    [&](const auto& made) { return made.first > oldest->snapshot; });
    if (first != snapshots_.end()) found.age_us = now_us() - first->second;
    return found;
}

void StoreImpl::note_snapshot() {
    constexpr std::int64_t apart_us = 50'000, stale_every_us = 1'000'000;
    std::uint64_t newest = 0;
    {
        const std::lock_guard lock(heads_mutex_);
        if (!heads_.empty()) newest = heads_.rbegin()->first;
    }
    const std::lock_guard lock(snapshots_mutex_);
    const auto now = now_us();
    if (!snapshots_.empty() && snapshots_.back().first >= newest) return;
    // Of those close together, the first and the last.
    if (snapshots_.size() > 1 && now - snapshots_[snapshots_.size() - 2].second < apart_us) snapshots_.pop_back();
    snapshots_.emplace_back(newest, now);
    // The further back, the further apart: a few hundred tell any age to a sixteenth.
    for (std::size_t i = snapshots_.size() - 1; i-- > 1;)
        if (snapshots_[i + 1].second - snapshots_[i - 1].second < (now - snapshots_[i + 1].second) / 16)
            snapshots_.erase(snapshots_.begin() + static_cast<std::ptrdiff_t>(i));
    // A process that was killed while it read would hold its snapshot for as long as this one writes.
    if (now - stale_cleared_us_ < stale_every_us) return;
    stale_cleared_us_ = now;
    env_->clear_stale_readers();
}

void StoreImpl::fold_some() {
    const std::lock_guard write_lock(write_mutex_);
    note_snapshot();
    if (delta_rows_.largest() <= options_.fold_slots) return;
    const bool busy = !queue_.is_empty();
    std::vector<DeltaRows::Unit> units;
    {
        lmdb::Transaction reader(env_, lmdb::Transaction::Kind::read);
        for (const auto& [unit, rows] : delta_rows_.large(options_.fold_slots)) {
            auto threshold = fold_threshold(reader, unit);
            if (busy) threshold *= busy_factor;
            if (rows > threshold &&
                (rows > threshold * hard_limit_factor || oldest_reader().age_us < reader_age_max_us))
                units.push_back(unit);
        }
    }
    if (!units.empty()) fold_units(units, bytes_a_fold);
}

void StoreImpl::fold_all() {
    become_writer();
    const std::lock_guard write_lock(write_mutex_);
    for (;;) {
        std::vector<DeltaRows::Unit> units;
        for (const auto& [unit, rows] : delta_rows_.large(0)) units.push_back(unit);
        if (units.empty()) return;
        fold_units(units, bytes_a_full_fold);
    }
}

// The first of `units` until `bytes_max` are written, in one transaction. With the writer's lock.
void StoreImpl::fold_units(std::span<const DeltaRows::Unit> units, std::size_t bytes_max) {
    auto txn = std::make_shared<lmdb::Transaction>(env_, lmdb::Transaction::Kind::write);
    std::shared_ptr<const Head> head;
    {
        lmdb::Transaction reader(env_, lmdb::Transaction::Kind::read);
        head = head_for(reader);
    }
    Folder folder(*this, txn, head);
    std::size_t bytes = 0, done = 0;
    while (done < units.size() && bytes < bytes_max) {
        bytes += folder.fold(units[done].first, units[done].second);
        ++done;
    }
    // So that opening the file reads few log records.
    txn->put(lmdb::Table::token, figures_token, encode(head->figures, head->tx));
    auto after = std::make_shared<Head>(*head);
    after->snapshot = txn->id();
    publish(after);
    try {
        txn->commit();
    } catch (...) {
        const std::lock_guard lock(heads_mutex_);
        heads_.erase(after->snapshot);
        throw;
    }
    for (std::size_t i = 0; i < done; ++i) delta_rows_.forget(units[i]);
}

}  // namespace mainstay
