#include "exec/key_table.hpp"

namespace mainstay::exec {

std::size_t KeyTable::hash(std::span<const Value> key) const {
    std::size_t h = 0x9E3779B97F4A7C15ULL;
    for (const Value& v : key) {
        h ^= hash_value(v);
        h *= 0xFF51AFD7ED558CCDULL;
        h ^= h >> 32;
    }
    return h;
}

bool KeyTable::same(std::uint32_t index, std::span<const Value> key) const {
    const auto own = this->key(index);
    for (std::size_t i = 0; i < width_; ++i)
        if (!equivalent(own[i], key[i])) return false;
    return true;
}

void KeyTable::grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t i = 0; i < size_; ++i) {
        std::size_t at = hashes_[i] & mask;
        while (slots_[at] != 0) at = (at + 1) & mask;
        slots_[at] = i + 1;
    }
}

KeyTable::Place KeyTable::find_or_add(std::span<Value> key) {
    if ((size_ + 1) * 3 > slots_.size() * 2) grow();
    const std::size_t h = hash(key), mask = slots_.size() - 1;
    std::size_t at = h & mask;
    for (; slots_[at] != 0; at = (at + 1) & mask)
        if (hashes_[slots_[at] - 1] == h && same(slots_[at] - 1, key)) return {slots_[at] - 1, false};
    slots_[at] = size_ + 1;
    hashes_.push_back(h);
    std::uint64_t bytes = 16 + key.size() * sizeof(Value);
    for (Value& v : key) {
        bytes += heap_bytes(v);
        values_.push_back(std::move(v));
    }
    charged_ += bytes;
    context_.memory().charge(bytes);
    return {size_++, true};
}

std::uint32_t KeyTable::find(std::span<const Value> key) const {
    if (slots_.empty()) return no_id;
    const std::size_t h = hash(key), mask = slots_.size() - 1;
    for (std::size_t at = h & mask; slots_[at] != 0; at = (at + 1) & mask)
        if (hashes_[slots_[at] - 1] == h && same(slots_[at] - 1, key)) return slots_[at] - 1;
    return no_id;
}

void KeyTable::clear() noexcept {
    context_.memory().release(charged_);
    charged_ = 0;
    size_ = 0;
    values_.clear();
    hashes_.clear();
    slots_.clear();
}

}  // namespace mainstay::exec
