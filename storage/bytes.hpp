#pragma once

// Bytes to numbers and back: big-endian for keys (so that memcmp orders them), little-endian and varints for values.
// Readers never leave their bytes: they throw Error(Code::corrupt).

#include "mainstay/core/error.hpp"

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mainstay {

static_assert(std::endian::native == std::endian::little, "the file format is little-endian, 64-bit only");

template <std::unsigned_integral T>
constexpr T byte_swapped(T v) noexcept {
    if constexpr (sizeof(T) == 1)
        return v;
    else if constexpr (sizeof(T) == 2)
        return __builtin_bswap16(v);
    else if constexpr (sizeof(T) == 4)
        return __builtin_bswap32(v);
    else
        return __builtin_bswap64(v);
}

template <std::unsigned_integral T>
void append_big_endian(std::string& out, T v) {
    v = byte_swapped(v);
    out.append(reinterpret_cast<const char*>(&v), sizeof v);
}

template <typename T>
void append_raw(std::string& out, T v) {
    out.append(reinterpret_cast<const char*>(&v), sizeof v);
}

inline void append_varint(std::string& out, std::uint64_t v) {
    while (v >= 0x80) {
        out.push_back(static_cast<char>(v | 0x80));
        v >>= 7;
    }
    out.push_back(static_cast<char>(v));
}

inline void append_text(std::string& out, std::string_view text) {
    append_varint(out, text.size());
    out.append(text);
}

// The big-endian number at `offset`. Requires that it lies within `bytes`.
template <std::unsigned_integral T>
T load_big_endian(std::string_view bytes, std::size_t offset = 0) noexcept {
    T v;
    std::memcpy(&v, bytes.data() + offset, sizeof v);
    return byte_swapped(v);
}

// Reads forward through a record. `what` names it in errors; borrowed.
class ByteReader {
public:
    ByteReader(std::string_view bytes, std::string_view what)
        : p_(bytes.data()), end_(p_ + bytes.size()), what_(what) {}

    bool at_end() const noexcept { return p_ == end_; }
    std::string_view rest() const noexcept { return {p_, static_cast<std::size_t>(end_ - p_)}; }
    template <typename T>
    T fixed() {
        need(sizeof(T));
        T v;
        std::memcpy(&v, p_, sizeof v);
        p_ += sizeof v;
        return v;
    }
    template <std::unsigned_integral T>
    T big_endian() {
        return byte_swapped(fixed<T>());
    }
    std::uint64_t varint() {
        std::uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            need(1);
            const auto b = static_cast<std::uint8_t>(*p_++);
            v |= std::uint64_t{b & 0x7Fu} << shift;
            if (!(b & 0x80)) return v;
        }
        fail();
    }
    std::uint32_t varint32() {
        const auto v = varint();
        if (v > 0xFFFFFFFF) fail();
        return static_cast<std::uint32_t>(v);
    }
    std::string_view bytes(std::size_t n) {
        need(n);
        std::string_view s{p_, n};
        p_ += n;
        return s;
    }
    std::string_view text() { return bytes(varint()); }
    // For decoders that move a pointer themselves.
    template <typename F>
    auto with(F&& f) {
        return f(p_, end_);
    }
    [[noreturn]] void fail() const {
        throw Error{Code::corrupt, std::string(what_) + " cannot be read: it is damaged"}.with_hint(
            "run `mainstay verify`, and restore a backup");
    }

private:
    void need(std::size_t n) const {
        if (static_cast<std::size_t>(end_ - p_) < n) fail();
    }
    const char* p_;
    const char* end_;
    std::string_view what_;
};

}  // namespace mainstay
