#pragma once

// A property column of one segment, read in place. The layouts are drawn in storage/column.hpp and docs/FILE-FORMAT.md.

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace mainstay {

enum class ColumnKind : std::uint8_t {
    boolean,      // a bitmap
    integer,      // base + unsigned offsets of `width` bytes (0, 1, 2, 4, 8)
    floating,     // doubles
    dictionary,   // distinct strings, ascending, and a code of `width` bytes a slot
    text,         // strings one by one (mostly distinct)
    date,         // as integer: days
    temporal,     // local datetime etc. in fixed width
    mixed         // encoded values of any type
};

// Borrowed view of a column blob; lives as long as the View it came from. Slots beyond slots() and absent ones are null.
class ColumnView {
public:
    ColumnKind kind() const noexcept { return kind_; }
    std::uint32_t slots() const noexcept { return slots_; }
    std::uint32_t nulls() const noexcept { return nulls_; }
    // False for a slot without the property.
    bool has(std::uint32_t slot) const noexcept {
        return slot < slots_ && (!present_ || (present_[slot / 64] >> (slot % 64) & 1));
    }
    // The value of a slot, null if it has none. Allocates for strings over 15 bytes and lists.
    Value get(std::uint32_t slot) const;

    // integer and date: requires kind and has(slot).
    std::int64_t integer(std::uint32_t slot) const noexcept;
    double floating(std::uint32_t slot) const noexcept;
    bool boolean(std::uint32_t slot) const noexcept;
    // dictionary: code of the slot, number of entries, entry by code (bytewise ascending), code of a string or nullopt.
    std::uint32_t code(std::uint32_t slot) const noexcept;
    std::uint32_t dictionary_size() const noexcept { return dictionary_size_; }
    std::string_view entry(std::uint32_t code) const noexcept;
    std::optional<std::uint32_t> find_code(std::string_view text) const noexcept;
    // dictionary and text.
    std::string_view text(std::uint32_t slot) const noexcept;

    // Zone map over present slots: smallest and largest value in order(); null if there are none or it is not kept.
    const Value& min() const noexcept { return min_; }
    const Value& max() const noexcept { return max_; }

private:
    friend class ColumnReader;  // storage/column.cpp fills it from a checked blob
    ColumnKind kind_{};
    std::uint8_t width_ = 0;
    std::uint32_t slots_ = 0, nulls_ = 0, dictionary_size_ = 0;
    std::int64_t base_ = 0;
    const std::uint64_t* present_ = nullptr;   // null: all slots have it
    const std::byte* data_ = nullptr;
    const std::uint32_t* offsets_ = nullptr;
    const char* bytes_ = nullptr;
    Value min_, max_;
};

}  // namespace mainstay
