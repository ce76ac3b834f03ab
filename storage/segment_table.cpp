#include "segment_table.hpp"

namespace mainstay {
namespace {

constexpr std::size_t tables_kept = 4;  // one a reader at a time; more readers look for their parts themselves

}  // namespace

std::unique_ptr<SegmentTable> SegmentTables::take(std::uint64_t snapshot) {
    {
        const std::lock_guard lock(mutex_);
        if (snapshot_ == snapshot && !tables_.empty()) {
            auto table = std::move(tables_.back());
            tables_.pop_back();
            return table;
        }
    }
    return std::make_unique<SegmentTable>();
}

void SegmentTables::give(std::uint64_t snapshot, std::unique_ptr<SegmentTable> table) noexcept {
    std::vector<std::unique_ptr<SegmentTable>> stale;  // freed without the lock
    const std::lock_guard lock(mutex_);
    if (snapshot < snapshot_) return;
    if (snapshot > snapshot_) {
        stale.swap(tables_);
        tables_.reserve(tables_kept);
        snapshot_ = snapshot;
    }
    if (tables_.size() < tables_kept) tables_.push_back(std::move(table));
}

}  // namespace mainstay
