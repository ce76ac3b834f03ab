#include "checked_parts.hpp"

#include <xxhash.h>
#include <cstring>

namespace mainstay {

std::uint64_t CheckedParts::fingerprint(const PartKey& key, std::string_view blob) noexcept {
    // The blob's own checksum tells its content; a header that lies about it fails the full check once and is never
    // noted.
    if (blob.size() < sizeof(PartHeader)) return 0;
    PartHeader header;
    std::memcpy(&header, blob.data(), sizeof header);
    const std::uint64_t parts[] = {key.number(), header.checksum, blob.size(),
                                   reinterpret_cast<std::uintptr_t>(blob.data())};
    return XXH3_64bits(parts, sizeof parts) | 1;
}

std::uint64_t CheckedParts::fingerprint(std::uint64_t sum, std::string_view bytes) noexcept {
    const std::uint64_t parts[] = {sum, bytes.size(), reinterpret_cast<std::uintptr_t>(bytes.data())};
    return XXH3_64bits(parts, sizeof parts) | 1;
}

std::size_t CheckedParts::place(const PartKey& key, std::uint32_t number) noexcept {
    const std::uint64_t kind = key.number() >> 32 | std::uint64_t{number} << 32;
    return ((kind * 0x9E3779B97F4A7C15 >> (64 - seen_bits)) + key.segment) & ((std::size_t{1} << seen_bits) - 1);
}

Check CheckedParts::check_for(const PartKey& key, std::string_view blob) const noexcept {
    // Before the header is touched, or that costs a read of its own.
    auto& asked = asked_[place(key, 0) & ((std::size_t{1} << asked_bits) - 1)];
    if (!asked.load(std::memory_order_relaxed)) {
        asked.store(true, std::memory_order_relaxed);
        read_ahead(blob);
    }
    return contains(place(key, 0), fingerprint(key, blob)) ? Check::bounds : Check::full;
}

bool CheckedParts::contains(std::size_t place, std::uint64_t fingerprint) const noexcept {
    return seen_[place].load(std::memory_order_acquire) == fingerprint;
}

void CheckedParts::add(std::size_t place, std::uint64_t fingerprint) noexcept {
    seen_[place].store(fingerprint, std::memory_order_release);
}

void CheckedParts::passed(const PartKey& key, std::string_view blob) noexcept {
    add(place(key, 0), fingerprint(key, blob));
}

void CheckedParts::require_own_key(const PartKey& key, std::string_view blob) {
    constexpr std::uint64_t of_keys = 0x9E3779B97F4A7C16;  // less is checked than of others
    const auto f = fingerprint(key, blob);
    if (contains(place(key, 0), f) || contains(place(key, 0), f ^ of_keys)) return;
    check_part(blob, key, Check::head);
    add(place(key, 0), f ^ of_keys);
}

}  // namespace mainstay
