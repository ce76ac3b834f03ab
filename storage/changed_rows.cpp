#include "changed_rows.hpp"

#include "bytes.hpp"
#include "delta.hpp"

#include "mainstay/core/error.hpp"

#include <fmt/format.h>

namespace mainstay {
namespace {

constexpr TxNumber newest_tx{~std::uint64_t{0}};

[[noreturn]] void throw_corrupt_changes(std::uint32_t segment) {
    throw Error{Code::corrupt, fmt::format("the changes of segment {} are not those of its changed slots", segment)}
        .with_hint("run `mainstay verify`, and restore a backup");
}

}  // namespace

ChangedRows::ChangedRows(lmdb::Cursor& delta, char kind, std::uint32_t segment, const DirtySlots& slots)
    : slots_(slots) {
    std::uint16_t count = 0;
    for (std::size_t word = 0; word < slots.size(); ++word) {
        before_[word] = count;
        count = static_cast<std::uint16_t>(count + std::popcount(slots[word]));
    }
    rows_.resize(count);
    const std::string of_segment = delta::segment_prefix(kind, segment);
    for (bool more = delta.seek(of_segment); more && delta.key().starts_with(of_segment);) {
        if (delta.key().size() != delta::element_key_size) throw_corrupt_changes(segment);
        const std::string of_slot(delta.key().substr(0, of_segment.size() + sizeof(std::uint16_t)));
        const auto slot = load_big_endian<std::uint16_t>(of_slot, of_segment.size());
        if (slot >= segment_slots || !(slots_[slot / 64] >> (slot % 64) & 1)) throw_corrupt_changes(segment);
        auto& row = rows_[place(slot)] = delta.value();
        more = delta.next();
        if (!more || !delta.key().starts_with(of_slot)) continue;
        row = delta::newest(delta, of_slot, newest_tx).value_or(std::string_view{});  // past its others, however many
        more = delta.next();
    }
}

}  // namespace mainstay
