#pragma once

// Keys of the databases `unique`, `index` and `index.past`:
//
//   index id u32 big-endian | each value: encode_index_value with 00 written as 00 FF, closed by 00 01 | [element id
//   u32]
//
// so that memcmp orders them by value, value after value, and no key is a prefix of another. LMDB takes keys of 511
// bytes: the values' bytes beyond index_values_max are replaced by their 16-byte XXH3 hash, so every entry found is
// rechecked on the element. Do not change.

#include "mainstay/core/value.hpp"
#include "mainstay/storage/schema.hpp"

#include <span>
#include <string>

namespace mainstay {

inline constexpr std::size_t index_values_max = 480;

std::string index_prefix(IndexId index);
// Requires storable, non-null values.
std::string index_values_key(IndexId index, std::span<const Value> values);
// As much of the key of one value as keeps its order: an entry whose value is not less has no smaller bytes in its
// place.
std::string index_bound_key(IndexId index, const Value& value);
// The bytes that every entry whose (only) value begins like `text` shares.
std::string index_text_prefix(IndexId index, std::string_view text);
std::string with_element(std::string values_key, std::uint32_t id);
std::uint32_t element_of(std::string_view index_key);  // the last four bytes

}  // namespace mainstay
