#include "index_key.hpp"

#include "bytes.hpp"
#include "mainstay/storage/value_codec.hpp"

#include <xxhash.h>

namespace mainstay {
namespace {

void append_escaped(std::string& key, std::string_view bytes) {
    for (const char c : bytes) {
        key.push_back(c);
        if (c == '\0') key.push_back('\xFF');
    }
}

// Cuts what LMDB could not take. The order among values that agree in the first bytes is lost, not their place.
void limit(std::string& key) {
    if (key.size() <= index_values_max) return;
    const auto hash = XXH3_128bits(key.data(), key.size());
    key.resize(index_values_max - 16);
    append_big_endian(key, static_cast<std::uint64_t>(hash.high64));
    append_big_endian(key, static_cast<std::uint64_t>(hash.low64));
}

}  // namespace

std::string index_prefix(IndexId index) {
    std::string key;
    append_big_endian(key, static_cast<std::uint32_t>(index));
    return key;
}

std::string index_values_key(IndexId index, std::span<const Value> values) {
    auto key = index_prefix(index);
    for (const auto& value : values) {
        append_escaped(key, encode_index_value(value));
        key.append("\0\1", 2);
    }
    limit(key);
    return key;
}

std::string index_bound_key(IndexId index, const Value& value) {
    auto key = index_values_key(index, std::span(&value, 1));
    if (key.size() > index_values_max - 16) key.resize(index_values_max - 16);
    return key;
}

std::string index_text_prefix(IndexId index, std::string_view text) {
    auto key = index_prefix(index);
    append_escaped(key, encode_index_value(Value{text}));
    if (key.size() > index_values_max - 16) key.resize(index_values_max - 16);
    return key;
}

std::string with_element(std::string values_key, std::uint32_t id) {
    append_big_endian(values_key, id);
    return values_key;
}

std::uint32_t element_of(std::string_view key) {
    if (key.size() < 8) throw Error{Code::corrupt, "an index entry is too short"};
    return load_big_endian<std::uint32_t>(key, key.size() - 4);
}

}  // namespace mainstay
