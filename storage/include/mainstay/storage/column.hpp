#pragma once

// A property column of one segment, read in place. The layouts are drawn in storage/column.hpp and docs/FILE-FORMAT.md.

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mainstay {

// Do not renumber: stored.
enum class ColumnKind : std::uint8_t {
    boolean,     // a bitmap
    integer,     // base + unsigned offsets of `width` bytes (0, 1, 2, 4, 8)
    floating,    // doubles
    dictionary,  // distinct strings, ascending, and a code of `width` bytes (0, 1, 2) a slot
    text,        // strings one by one (mostly distinct)
    date,        // as integer: days
    temporal,    // values of one other temporal type in fixed width
    mixed        // encoded values of any type
};

// Borrowed view of a column blob; lives as long as the View it came from. Slots beyond slots() and absent ones are
// null. Copies are cheap; any number of threads may read.
class ColumnView {
public:
    ColumnKind kind() const noexcept { return kind_; }
    std::uint32_t slots() const noexcept { return slots_; }
    std::uint32_t nulls() const noexcept { return nulls_; }  // among slots()
    // False for a slot without the property.
    bool has(std::uint32_t slot) const noexcept {
        return slot < slots_ && (!present_ || (present_[slot / 64] >> (slot % 64) & 1));
    }
    // Bit per slot, for (slots() + 63) / 64 words; nullptr: every slot has the property.
    const std::uint64_t* present() const noexcept { return present_; }
    // The value of a slot, null if it has none. Allocates for strings over 15 bytes, durations and lists.
    Value get(std::uint32_t slot) const;

    // The accessors below require the kind and has(slot).
    // integer and date.
    std::int64_t integer(std::uint32_t slot) const noexcept {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(base_) + packed(slot));
    }
    double floating(std::uint32_t slot) const noexcept { return reinterpret_cast<const double*>(data_)[slot]; }
    bool boolean(std::uint32_t slot) const noexcept {
        return reinterpret_cast<const std::uint64_t*>(data_)[slot / 64] >> (slot % 64) & 1;
    }
    // dictionary: code of the slot, number of entries, entry by code (bytewise ascending), code of a string or nullopt.
    std::uint32_t code(std::uint32_t slot) const noexcept { return static_cast<std::uint32_t>(packed(slot)); }
    std::uint32_t dictionary_size() const noexcept { return kind_ == ColumnKind::dictionary ? entries_ : 0; }
    std::string_view entry(std::uint32_t code) const noexcept { return bytes_at(code); }
    std::optional<std::uint32_t> find_code(std::string_view text) const noexcept;
    // dictionary and text.
    std::string_view text(std::uint32_t slot) const noexcept {
        return bytes_at(kind_ == ColumnKind::dictionary ? code(slot) : slot);
    }
    // temporal: the one type of its values.
    ValueType temporal_type() const noexcept { return value_type_; }

    // For loops over many slots: width of the offsets or codes (0, 1, 2, 4, 8) and what they are added to.
    std::uint8_t width() const noexcept { return width_; }
    std::int64_t base() const noexcept { return base_; }
    const std::byte* data() const noexcept { return data_; }

    // Zone map over present slots: smallest and largest value in order(); null if there are none or it is not kept.
    const Value& min() const noexcept { return min_; }
    const Value& max() const noexcept { return max_; }

private:
    friend class ColumnReader;  // storage/column.cpp fills it from a checked blob
    std::uint64_t packed(std::uint32_t index) const noexcept {
        switch (width_) {
            case 0: return 0;
            case 1: return reinterpret_cast<const std::uint8_t*>(data_)[index];
            case 2: return reinterpret_cast<const std::uint16_t*>(data_)[index];
            case 4: return reinterpret_cast<const std::uint32_t*>(data_)[index];
            default: return reinterpret_cast<const std::uint64_t*>(data_)[index];
        }
    }
    std::string_view bytes_at(std::uint32_t index) const noexcept {
        if (offset_width_ == 2) {
            const auto* o = reinterpret_cast<const std::uint16_t*>(offsets_) + index;
            return {bytes_ + o[0], static_cast<std::size_t>(o[1] - o[0])};
        }
        if (offset_width_ == 4) {
            const auto* o = reinterpret_cast<const std::uint32_t*>(offsets_) + index;
            return {bytes_ + o[0], o[1] - o[0]};
        }
        return {bytes_ + static_cast<std::size_t>(base_) * index, static_cast<std::size_t>(base_)};
    }
    Value temporal(std::uint32_t slot) const;

    ColumnKind kind_{};
    std::uint8_t width_ = 0, offset_width_ = 0;
    ValueType value_type_{};
    std::uint32_t slots_ = 0, nulls_ = 0, entries_ = 0;
    std::int64_t base_ = 0;                   // of integers; of strings of one length, that length
    const std::uint64_t* present_ = nullptr;  // null: all slots have it
    const std::byte* data_ = nullptr;
    const std::byte* offsets_ = nullptr;
    const char* bytes_ = nullptr;
    std::shared_ptr<const std::vector<ZoneId>> zones_;  // of datetimes, by stored number; null: none are named
    Value min_, max_;
};

}  // namespace mainstay
