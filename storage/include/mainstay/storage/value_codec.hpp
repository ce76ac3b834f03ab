#pragma once

// Values as bytes: a compact form that reads back equal, and an order-preserving form for index keys. Both are stored:
// do not renumber. Nodes, relationships and paths are results, never stored: passing one is a bug (asserted).
//
// Compact form: a tag byte, then
//   00 null   01 false   02 true
//   03 integer: zigzag varint                          80..FF integer 0..127, in the tag
//   04 float: 8 bytes, IEEE 754, little-endian
//   05 string: varint size, bytes                      40..7F string of 0..63 bytes, its size in the tag
//   06 list: varint count, values
//   07 map: varint count, then key (varint size, bytes) and value, ascending by key
//   08 date: zigzag varint days
//   09 local time: varint nanos
//   0A time: varint nanos, zigzag varint offset
//   0B local datetime: zigzag varint seconds, varint nanos
//   0C datetime: zigzag varint UTC seconds, varint nanos, zigzag varint offset, zone name (varint size, bytes; 0: none)
//   0D duration: zigzag varint months, days, seconds, varint nanos
//
// Index form: a tag byte in the order of order() in value.hpp, then big-endian numbers, signed ones with the sign bit
// flipped, so that comparing bytes (a prefix is less) compares values:
//   10 map: for each entry 01, key, value; then 00     20 list: values, then 00
//   30 datetime: UTC seconds i64, nanos u32, offset i32, zone name
//   38 local datetime: seconds i64, nanos u32          40 date: days i64
//   48 time: nanos of the instant i64, offset i32      50 local time: nanos i64
//   58 duration: average length in seconds (96 bits), nanos u32, months i64, days i64
//   60 string: its bytes       68 false   69 true      80 null
//   70 number: the greatest double not above it (bits flipped so that they ascend; NaN last; -0 as 0), then u16: how
//   far an
//      integer beyond 2^53 lies above that double
// Trailing zero bytes of a number that stands alone are dropped. Inside lists and maps, strings, keys and zone names
// have 00 written as 00 FF and end with 00 01. A value of index_value_size_max bytes or more is its first 464 bytes and
// the XXH3-128 hash (big-endian) of all of them: order among such values that agree in 464 bytes is lost, so entries
// are rechecked.

#include "mainstay/core/value.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace mainstay {

inline constexpr std::size_t index_value_size_max = 480;
inline constexpr int value_nesting_max = 100;  // lists and maps within each other

// Appends the compact form.
void encode_value(const Value& value, std::string& out);

// Reads one value at `p` and moves `p` behind it. Never reads at or beyond `end`. Throws Error(Code::corrupt) on
// malformed bytes, numbers out of the range of their type, or nesting over value_nesting_max.
Value decode_value(const char*& p, const char* end);
// Moves `p` behind a value that decode_value() reads, without making it. What is no value may be taken for one.
void skip_value(const char*& p, const char* end);

// The index form: equivalent values have the same bytes; a < b in order() gives smaller bytes (unless cut, see above).
std::string encode_index_value(const Value& value);

// False if the value was cut, so that equal bytes do not prove equal values.
bool index_value_is_exact(std::string_view encoded) noexcept;

}  // namespace mainstay
