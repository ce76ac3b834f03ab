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

Check CheckedParts::check_for(const PartKey& key, std::string_view blob) const noexcept {
    // Before the header is touched, or that costs a read of its own.
    auto& asked = (*asked_)[key.number() * 0x9E3779B97F4A7C15 >> 49];
    if (!asked.load(std::memory_order_relaxed)) {
        asked.store(true, std::memory_order_relaxed);
        read_ahead(blob);
    }
    return contains(fingerprint(key, blob)) ? Check::bounds : Check::full;
}

bool CheckedParts::contains(std::uint64_t f) const noexcept {
    return (*seen_)[f >> 1 & (entries - 1)].load(std::memory_order_acquire) == f;
}

void CheckedParts::add(std::uint64_t f) noexcept {
    (*seen_)[f >> 1 & (entries - 1)].store(f, std::memory_order_release);
}

void CheckedParts::passed(const PartKey& key, std::string_view blob) noexcept { add(fingerprint(key, blob)); }

void CheckedParts::require_own_key(const PartKey& key, std::string_view blob) {
    constexpr std::uint64_t of_keys = 0x9E3779B97F4A7C16;  // less is checked than of others
    const auto f = fingerprint(key, blob);
    if (contains(f) || contains(f ^ of_keys)) return;
    check_part(blob, key, Check::full);
    add(f ^ of_keys);
}

}  // namespace mainstay
