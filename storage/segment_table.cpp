#include "segment_table.hpp"

#include <algorithm>

namespace mainstay {

std::unique_ptr<SegmentTable> SegmentTables::take(std::uint64_t snapshot, std::uint64_t oldest) {
    {
        const std::lock_guard lock(mutex_);
        for (Left& left : left_)
            if (left.table && (left.snapshot == snapshot || (left.snapshot >= oldest && snapshot >= oldest)))
                return std::move(left.table);
    }
    return std::make_unique<SegmentTable>();
}

void SegmentTables::give(std::uint64_t snapshot, std::unique_ptr<SegmentTable> table) noexcept {
    std::unique_ptr<SegmentTable> dropped;  // freed without the lock
    const std::lock_guard lock(mutex_);
    const auto place = std::min_element(left_.begin(), left_.end(), [](const Left& a, const Left& b) {
        return std::pair(bool{a.table}, a.snapshot) < std::pair(bool{b.table}, b.snapshot);
    });
    if (place->table && place->snapshot > snapshot) return;
    dropped = std::move(place->table);
    *place = {snapshot, std::move(table)};
}

}  // namespace mainstay
