#pragma once

// The rows of changed elements of one segment, found in one walk instead of one search each: where many slots of a
// segment have changes that are not folded yet, whoever reads them all reads its rows in their order.

#include "lmdb.hpp"

#include "mainstay/core/ids.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mainstay {

using DirtySlots = std::array<std::uint64_t, segment_slots / 64>;

// The newest row of each slot, encoded as change.hpp says. Points into the map: of use only within the snapshot whose
// rows these are.
class ChangedRows {
public:
    // `kind`: 'N' or 'R', as in the keys of Table::delta. `slots`: those that may have rows. Throws
    // Error(Code::corrupt).
    ChangedRows(lmdb::Cursor& delta, char kind, std::uint32_t segment, const DirtySlots& slots);

    // Empty: the slot has none.
    std::string_view find(std::uint32_t slot) const noexcept {
        return slots_[slot / 64] >> (slot % 64) & 1 ? rows_[place(slot)] : std::string_view{};
    }

private:
    std::size_t place(std::uint32_t slot) const noexcept {
        const std::uint64_t before = slots_[slot / 64] & ((std::uint64_t{1} << (slot % 64)) - 1);
        return before_[slot / 64] + static_cast<std::size_t>(std::popcount(before));
    }

    DirtySlots slots_;
    std::array<std::uint16_t, segment_slots / 64> before_;  // rows of the words before
    std::vector<std::string_view> rows_;
};

}  // namespace mainstay
