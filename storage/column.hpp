#pragma once

// A property column of one segment as a blob. ColumnView (mainstay/storage/column.hpp) reads it in place.
//
//     PartHeader                 32 bytes
//     ColumnHeader               48
//     present  u64 [words]       bitmap; absent if every slot has the property
//     data                       by kind, see below
//     offsets  u16 or u32 [n + 1]  of the strings or encoded values in bytes; absent if each has `base` bytes
//     bytes                      text of strings, or encoded values (storage/value_codec.hpp)
//     zone                       smallest value, then largest, encoded
//
//     kind         data                                              offsets and bytes
//     boolean      bitmap, u64 words                                 -
//     integer      offsets from base, `width` bytes a slot           -
//     floating     f64 a slot                                        -
//     dictionary   code, `width` bytes a slot (0: all slots code 0)  one string an entry, ascending bytewise
//     text         -                                                 one string a slot
//     date         days since 1970 as integer                        -
//     temporal     a record a slot, of the type `value_type`         zone names
//     mixed        -                                                 one encoded value a slot
//
// Temporal records: local time: i64 nanos. Local datetime: i64 seconds, i32 nanos, 4 bytes 0. Time: i64 nanos, i32
// offset, 4 bytes 0. Datetime: i64 UTC seconds, u32 nanos, i32 offset, u32 zone (0 none, else 1 + index of its name), 4
// bytes 0. Duration: i64 months, days, seconds, i32 nanos, 4 bytes 0. Slots without the property hold zeros. Do not
// renumber.

#include "mainstay/core/value.hpp"
#include "mainstay/storage/column.hpp"
#include "part.hpp"

#include <array>
#include <vector>

namespace mainstay {

struct ColumnHeader {
    std::uint8_t kind;          // 32  ColumnKind
    std::uint8_t width;         // 33  bytes of an integer's offset or a code: 0, 1, 2, 4, 8
    std::uint8_t offset_width;  // 34  0: every string has `base` bytes; 2, 4: bytes of an offset
    std::uint8_t value_type;    // 35  ValueType of a temporal column, else 0
    std::uint32_t nulls;        // 36  slots without the property
    std::int64_t base;          // 40
    std::uint32_t present;      // 48  places in the blob; 0: absent
    std::uint32_t data;         // 52
    std::uint32_t offsets;      // 56
    std::uint32_t bytes;        // 60
    std::uint32_t bytes_size;   // 64
    std::uint32_t entries;      // 68  of the dictionary, or zone names
    std::uint32_t zone;         // 72
    std::uint16_t min_size;     // 76  0: not kept (longer than zone_bytes_max)
    std::uint16_t max_size;     // 78
};
static_assert(sizeof(ColumnHeader) == 48);

inline constexpr std::size_t zone_bytes_max = 64;

// Reads a column blob in place. Throws Error(Code::corrupt). See Check for what `bounds` relies on.
class ColumnReader {
public:
    static ColumnView read(std::string_view blob, const PartKey& key, Check check);
};
// When the column last changed; the blob must have passed ColumnReader::read.
Mark column_last_change(std::string_view blob) noexcept;

// Collects one property of the slots of a segment, in any order; the last set of a slot counts. reset() keeps the
// memory.
class ColumnBuilder {
public:
    // Null takes the property away. Requires a storable value and slot < 4,096.
    void set(std::uint32_t slot, const Value& value);
    void set_integer(std::uint32_t slot, std::int64_t value);
    void set_string(std::uint32_t slot, std::string_view text);
    // Takes over everything a column holds.
    void add(const ColumnView& column);
    bool empty() const noexcept { return present_ == 0; }

    // The smallest of the kinds that fit: one type throughout gives its typed kind (dictionary or text for strings),
    // more than one gives mixed: an integer never becomes a float. "" if no slot has the property.
    std::string finish(const PartKey& key, Mark last_change);
    void reset();

private:
    void put(std::uint32_t slot, ValueType type, std::uint64_t bits);
    Value value(std::uint32_t slot) const;
    std::string_view string(std::uint32_t slot) const noexcept;
    void write_integers(PartWriter& out, ColumnHeader& header);
    void write_strings(PartWriter& out, ColumnHeader& header);
    bool write_dictionary(PartWriter& out, ColumnHeader& header, std::size_t text_size);
    void write_temporals(PartWriter& out, ColumnHeader& header, ValueType type);
    void write_mixed(PartWriter& out, ColumnHeader& header);

    std::vector<std::uint8_t> types_;  // ValueType per slot; null: without
    std::vector<std::uint64_t> bits_;  // the scalar; of a string offset << 32 | length; of others an index
    std::array<std::uint32_t, 16> counts_{};
    std::uint32_t present_ = 0;
    std::string arena_;
    std::vector<Value> others_;
    std::vector<std::uint64_t> table_;  // scratch of write_dictionary()
};

}  // namespace mainstay
