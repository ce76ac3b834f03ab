#pragma once

// A part: one blob of the `segment` database, holding one aspect (elements, adjacency, a property column) of one
// segment. Pure functions between bytes and numbers; nothing here knows LMDB.
//
// Database key: one u64 compared as a number (MDB_INTEGERKEY), so that one cursor walk yields one part of all segments.
// Do not renumber.
//      63      60 59                32 31                 0
//     +----------+--------------------+--------------------+
//     | kind (4) |     part (28)      |    segment (32)    |
//     +----------+--------------------+--------------------+
//     kind: 0 node, 1 relationship.  part: see enum class Part.

#include "mainstay/core/ids.hpp"
#include "mainstay/storage/schema.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace mainstay {

static_assert(std::endian::native == std::endian::little, "the file is little-endian and read in place");

// Do not renumber. Numbers from column_first on are property columns: column_first + KeyId.
enum class Part : std::uint32_t { elements = 1, out = 2, in = 3, column_first = 0x1000 };

inline constexpr std::uint32_t key_ids_max = 0x0FFF'FFFF - 0x1000;  // a KeyId with a column is at most this

constexpr Part column_part(KeyId key) noexcept {
    return static_cast<Part>(static_cast<std::uint32_t>(Part::column_first) + raw(key));
}
constexpr bool is_column(Part part) noexcept { return part >= Part::column_first; }
// Requires is_column(part).
constexpr KeyId column_key(Part part) noexcept {
    return KeyId{static_cast<std::uint32_t>(part) - static_cast<std::uint32_t>(Part::column_first)};
}

struct PartKey {
    ElementKind kind{};
    Part part{};
    std::uint32_t segment = 0;

    constexpr std::uint64_t number() const noexcept {
        return std::uint64_t{static_cast<std::uint8_t>(kind)} << 60 |
               std::uint64_t{static_cast<std::uint32_t>(part)} << 32 | segment;
    }
    static constexpr PartKey from(std::uint64_t number) noexcept {
        return {static_cast<ElementKind>(number >> 60), static_cast<Part>(number >> 32 & 0x0FFF'FFFF),
                static_cast<std::uint32_t>(number)};
    }
    friend constexpr bool operator==(const PartKey&, const PartKey&) = default;
};

// When something happened: the number of a transaction, or (top bit set) of a bulk load, which the store maps to the
// number of the transaction that published it. Stored as a u64.
enum class Mark : std::uint64_t { never = 0x7FFF'FFFF'FFFF'FFFF };
inline constexpr std::uint64_t load_bit = std::uint64_t{1} << 63;
constexpr Mark mark_of(TxNumber tx) noexcept { return Mark{raw(tx)}; }
constexpr Mark mark_of_load(std::uint64_t load) noexcept { return Mark{load | load_bit}; }
constexpr bool is_load(Mark mark) noexcept { return (static_cast<std::uint64_t>(mark) & load_bit) != 0; }
// The transaction or load number.
constexpr std::uint64_t number_of(Mark mark) noexcept { return static_cast<std::uint64_t>(mark) & ~load_bit; }

// Every part starts with these 32 bytes. Do not renumber.
struct PartHeader {
    std::uint32_t magic;        //  0  part_magic: "MSP" and the format's number
    std::uint32_t part;         //  4  upper half of the database key: kind << 28 | part
    std::uint32_t size;         //  8  bytes of the blob, padding included; at least part_bytes_min, a multiple of 8
    std::uint16_t slots;        // 12  slots used, at most 4,096
    std::uint16_t flags;        // 14  see below; a reader refuses bits it does not know
    std::uint64_t last_change;  // 16  a Mark: the newest transaction whose changes are folded in
    std::uint64_t
        checksum;  // 24  XXH3-64 of bytes 32.., seeded with XXH3-64 of bytes 0..23 seeded with the database key
};
static_assert(sizeof(PartHeader) == 32);

// Flags. arrays_have_sums: the checksum ends where the arrays begin, which is said by the u32 at array_place; they have
// sums of their own, so that who reads one of them need not read all.
inline constexpr std::uint16_t arrays_have_sums = 1;
inline constexpr std::size_t array_place = 56;

inline constexpr std::uint32_t part_magic = 0x01'50'53'4D;  // bytes "MSP" 01
// LMDB puts a value of this size on pages of its own, 16-byte aligned (4 KiB pages).
inline constexpr std::uint32_t part_bytes_min = 2048;

// How much of a blob a reader tests. Memory safety of later accessors needs one `full` check of the same bytes per
// process.
enum class Check : std::uint8_t {
    bounds,  // header and the place of every array; a few dozen nanoseconds. For blobs this process has checked before
    head,    // also the checksum; arrays that have sums of their own are checked by who reads them
    full     // also those, and every offset, code and rank in the arrays; about a microsecond per 8 KB
};

// "node segment 12, column of key 3", for messages.
std::string describe(const PartKey& key);

// Throws Error(Code::corrupt): "<describe(key)>: <what>".
[[noreturn]] void throw_corrupt(const PartKey& key, std::string_view what);

// Checks alignment (16 bytes), size, magic, part, slots, flags; with more than Check::bounds the checksum. Throws
// Error(Code::corrupt).
PartHeader check_part(std::string_view blob, const PartKey& key, Check check);

// The map is read without read-ahead (most reads want one page), but a full check reads all of a part: asks for one
// read of the disk instead of one a page.
void read_ahead(std::string_view blob);
// What the header's `checksum` must be. Requires blob.size() >= sizeof(PartHeader).
std::uint64_t part_checksum(std::string_view blob, const PartKey& key);

template <typename T>
T load(std::string_view bytes, std::size_t offset) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

// Builds a blob: arrays are appended behind a part header of zeros and `fixed` more bytes, each array 8-byte aligned.
class PartWriter {
public:
    explicit PartWriter(std::size_t fixed) : blob_(sizeof(PartHeader) + fixed, '\0') {}
    void reserve(std::size_t bytes) { blob_.reserve(bytes); }

    // The array's offset in the blob.
    template <typename T>
    std::uint32_t append(std::span<const T> items) {
        static_assert(std::is_trivially_copyable_v<T>);
        return append_bytes(items.data(), items.size_bytes());
    }
    std::uint32_t append_bytes(const void* data, std::size_t size);

    // Writes the bytes that follow the part header.
    template <typename T>
    void set_fixed(const T& value, std::size_t offset = 0) {
        static_assert(std::is_trivially_copyable_v<T>);
        std::memcpy(blob_.data() + sizeof(PartHeader) + offset, &value, sizeof(T));
    }
    void pad();  // to the size it will have
    std::string& bytes() noexcept { return blob_; }
    // Pads, fills the header and gives the blob away. Throws Error(Code::map_full) if it passed 4 GB.
    std::string seal(const PartKey& key, std::uint32_t slots, Mark last_change, std::uint16_t flags = 0);

private:
    std::string blob_;
};

// The array of `count` T at `offset` of a blob, or Error(Code::corrupt) if it is not inside or not aligned.
template <typename T>
const T* array_at(std::string_view blob, std::uint64_t offset, std::uint64_t count, const PartKey& key) {
    if (offset < sizeof(PartHeader) || offset % alignof(T) != 0 || offset > blob.size() ||
        count > (blob.size() - offset) / sizeof(T))
        throw_corrupt(key, "an array lies outside");
    return reinterpret_cast<const T*>(blob.data() + offset);
}

// Words of a bitmap over `slots`.
constexpr std::uint32_t bitmap_words(std::uint32_t slots) noexcept { return (slots + 63) / 64; }
inline bool bit_at(const std::uint64_t* bitmap, std::uint32_t slot) noexcept {
    return bitmap[slot / 64] >> (slot % 64) & 1;
}
// Set bits among the first `slots`; throws Error(Code::corrupt) if one is set beyond them.
std::uint32_t count_bits(const std::uint64_t* bitmap, std::uint32_t slots, const PartKey& key);

}  // namespace mainstay
