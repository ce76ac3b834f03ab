#include "part.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"

#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace mainstay {

constexpr std::size_t part_alignment = 16;

void read_ahead(std::string_view blob) {
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(blob.data()) / page * page;
    const auto end = reinterpret_cast<std::uintptr_t>(blob.data() + blob.size());
    if (end - begin > page) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_WILLNEED);
}

// The header is hashed into the seed, so that the checksum covers all but itself, and the blob's place with it: a sound
// blob under another key is as corrupt as a broken one.
std::uint64_t part_checksum(std::string_view blob, const PartKey& key) {
    const std::uint64_t seed = XXH3_64bits_withSeed(blob.data(), offsetof(PartHeader, checksum), key.number());
    std::size_t end = blob.size();
    if (load<std::uint16_t>(blob, offsetof(PartHeader, flags)) & arrays_have_sums && end >= array_place + 4)
        end = std::clamp<std::size_t>(load<std::uint32_t>(blob, array_place), array_place + 4, end);
    return XXH3_64bits_withSeed(blob.data() + sizeof(PartHeader), end - sizeof(PartHeader), seed);
}

std::string describe(const PartKey& key) {
    const std::string_view kind = key.kind == ElementKind::node ? "node" : "relationship";
    const std::string part = key.part == Part::elements ? "elements"
                             : key.part == Part::out    ? "out-adjacency"
                             : key.part == Part::in     ? "in-adjacency"
                             : is_column(key.part)      ? fmt::format("column of key {}", raw(column_key(key.part)))
                                                        : fmt::format("part {}", static_cast<std::uint32_t>(key.part));
    return fmt::format("{} segment {}, {}", kind, key.segment, part);
}

void throw_corrupt(const PartKey& key, std::string_view what) {
    throw Error{Code::corrupt, fmt::format("{}: {}", describe(key), what)}.with_hint(
        "the file is damaged: restore a backup, or run `verify` to see all that is wrong");
}

PartHeader check_part(std::string_view blob, const PartKey& key, Check check) {
    if (blob.size() < part_bytes_min || blob.size() > std::numeric_limits<std::uint32_t>::max())
        throw_corrupt(key, fmt::format("{} bytes are no part", blob.size()));
    if (reinterpret_cast<std::uintptr_t>(blob.data()) % part_alignment != 0)
        throw_corrupt(key, "the part is not aligned");
    const auto header = load<PartHeader>(blob, 0);
    if (header.magic != part_magic) throw_corrupt(key, "not a part, or of a format this version does not know");
    if (header.part != static_cast<std::uint32_t>(key.number() >> 32)) throw_corrupt(key, "another part stands here");
    if (header.size != blob.size())
        throw_corrupt(key, fmt::format("{} bytes are there, {} were written", blob.size(), header.size));
    if (header.slots > segment_slots) throw_corrupt(key, fmt::format("{} slots", header.slots));
    const bool may_have_sums = key.part == Part::out || key.part == Part::in;
    if (header.flags != (may_have_sums ? arrays_have_sums : 0))
        throw_corrupt(key, "flags that this version does not know");
    if (check != Check::bounds) {
        read_ahead(blob);
        if (header.checksum != part_checksum(blob, key)) throw_corrupt(key, "the checksum does not match");
    }
    return header;
}

std::uint32_t PartWriter::append_bytes(const void* data, std::size_t size) {
    blob_.resize((blob_.size() + 7) / 8 * 8);
    const std::size_t at = blob_.size();
    if (size != 0) blob_.append(static_cast<const char*>(data), size);
    return static_cast<std::uint32_t>(at);
}

void PartWriter::pad() { blob_.resize(std::max<std::size_t>(part_bytes_min, (blob_.size() + 7) / 8 * 8)); }

std::string PartWriter::seal(const PartKey& key, std::uint32_t slots, Mark last_change, std::uint16_t flags) {
    MAINSTAY_ASSERT(slots <= segment_slots);
    pad();
    if (blob_.size() > std::numeric_limits<std::uint32_t>::max())
        throw Error{Code::map_full, fmt::format("{} would pass 4 GB, the most a part may hold", describe(key))};
    PartHeader header{};
    header.magic = part_magic;
    header.part = static_cast<std::uint32_t>(key.number() >> 32);
    header.size = static_cast<std::uint32_t>(blob_.size());
    header.slots = static_cast<std::uint16_t>(slots);
    header.flags = flags;
    header.last_change = static_cast<std::uint64_t>(last_change);
    std::memcpy(blob_.data(), &header, sizeof header);
    header.checksum = part_checksum(blob_, key);
    std::memcpy(blob_.data(), &header, sizeof header);
    return std::move(blob_);
}

std::uint32_t count_bits(const std::uint64_t* bitmap, std::uint32_t slots, const PartKey& key) {
    std::uint32_t count = 0;
    const std::uint32_t words = bitmap_words(slots);
    for (std::uint32_t i = 0; i < words; ++i) count += static_cast<std::uint32_t>(std::popcount(bitmap[i]));
    if (slots % 64 != 0 && bitmap[words - 1] >> (slots % 64) != 0)
        throw_corrupt(key, "a bitmap reaches past the slots");
    return count;
}

}  // namespace mainstay
