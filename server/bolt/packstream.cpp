#include "bolt/packstream.hpp"

#include <fmt/core.h>

#include <bit>
#include <limits>

namespace mainstay::server {

// --- writing

template <typename T>
void PackWriter::big_endian(T value) {
    for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8)
        out_ += static_cast<char>(value >> shift & 0xFF);
}

void PackWriter::integer(std::int64_t value) {
    const auto fits = [&](auto least, auto most) { return value >= least && value <= most; };
    using std::numeric_limits;
    if (fits(-16, 127)) {
        byte(static_cast<std::uint8_t>(value));
    } else if (fits(numeric_limits<std::int8_t>::min(), numeric_limits<std::int8_t>::max())) {
        byte(0xC8);
        big_endian(static_cast<std::uint8_t>(value));
    } else if (fits(numeric_limits<std::int16_t>::min(), numeric_limits<std::int16_t>::max())) {
        byte(0xC9);
        big_endian(static_cast<std::uint16_t>(value));
    } else if (fits(numeric_limits<std::int32_t>::min(), numeric_limits<std::int32_t>::max())) {
        byte(0xCA);
        big_endian(static_cast<std::uint32_t>(value));
    } else {
        byte(0xCB);
        big_endian(static_cast<std::uint64_t>(value));
    }
}

void PackWriter::floating(double value) {
    byte(0xC1);
    big_endian(std::bit_cast<std::uint64_t>(value));
}

void PackWriter::string(std::string_view text) {
    sized(text.size(), 0x80, 0xD0);
    out_ += text;
}

void PackWriter::sized(std::size_t count, std::uint8_t tiny, std::uint8_t marker8) {
    if (count < 16) {
        byte(static_cast<std::uint8_t>(tiny | count));
    } else if (count <= 0xFF) {
        byte(marker8);
        big_endian(static_cast<std::uint8_t>(count));
    } else if (count <= 0xFFFF) {
        byte(static_cast<std::uint8_t>(marker8 + 1));
        big_endian(static_cast<std::uint16_t>(count));
    } else {
        byte(static_cast<std::uint8_t>(marker8 + 2));
        big_endian(static_cast<std::uint32_t>(count));
    }
}

// --- reading

void PackReader::expected(const char* what) const {
    throw ProtocolError{
        fmt::format("{} is expected at byte {} of the message, not marker {:02X}", what, at_, marker())};
}

std::uint8_t PackReader::marker() const {
    if (at_end()) throw ProtocolError{"the message ends in the middle of a value"};
    return static_cast<std::uint8_t>(bytes_[at_]);
}

std::uint8_t PackReader::take_marker() {
    const std::uint8_t taken = marker();
    ++at_;
    return taken;
}

std::string_view PackReader::take(std::uint64_t count) {
    if (count > bytes_.size() - at_) throw ProtocolError{"the message ends in the middle of a value"};
    const auto taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
}

template <typename T>
T PackReader::big_endian() {
    std::uint64_t value = 0;
    for (const char c : take(sizeof(T))) value = value << 8 | static_cast<std::uint8_t>(c);
    return static_cast<T>(value);
}

PackKind PackReader::peek() const {
    const std::uint8_t m = marker();
    switch (m & 0xF0) {
        case 0x80: return PackKind::string;
        case 0x90: return PackKind::list;
        case 0xA0: return PackKind::map;
        case 0xB0: return PackKind::structure;
        case 0xF0: return PackKind::integer;
        default: break;
    }
    if (m < 0x80) return PackKind::integer;
    switch (m) {
        case 0xC0: return PackKind::null;
        case 0xC1: return PackKind::floating;
        case 0xC2:
        case 0xC3: return PackKind::boolean;
        case 0xC8:
        case 0xC9:
        case 0xCA:
        case 0xCB: return PackKind::integer;
        case 0xCC:
        case 0xCD:
        case 0xCE: return PackKind::bytes;
        case 0xD0:
        case 0xD1:
        case 0xD2: return PackKind::string;
        case 0xD4:
        case 0xD5:
        case 0xD6: return PackKind::list;
        case 0xD8:
        case 0xD9:
        case 0xDA: return PackKind::map;
        default: throw ProtocolError{fmt::format("{:02X} is no marker of PackStream", m)};
    }
}

void PackReader::null() {
    if (peek() != PackKind::null) expected("null");
    ++at_;
}

bool PackReader::boolean() {
    if (peek() != PackKind::boolean) expected("a boolean");
    return take_marker() == 0xC3;
}

std::int64_t PackReader::integer() {
    if (peek() != PackKind::integer) expected("an integer");
    switch (const std::uint8_t m = take_marker(); m) {
        case 0xC8: return big_endian<std::int8_t>();
        case 0xC9: return big_endian<std::int16_t>();
        case 0xCA: return big_endian<std::int32_t>();
        case 0xCB: return big_endian<std::int64_t>();
        default: return static_cast<std::int8_t>(m);
    }
}

double PackReader::floating() {
    if (peek() != PackKind::floating) expected("a float");
    ++at_;
    return std::bit_cast<double>(big_endian<std::uint64_t>());
}

// Of a value whose markers for 8, 16 and 32 bits begin at `marker8`; others hold it in their lower half.
std::uint32_t PackReader::size(std::uint8_t marker8, std::uint8_t m) {
    switch (m - marker8) {
        case 0: return big_endian<std::uint8_t>();
        case 1: return big_endian<std::uint16_t>();
        case 2: return big_endian<std::uint32_t>();
        default: return m & 0x0F;
    }
}

std::string_view PackReader::string() {
    if (peek() != PackKind::string) expected("a string");
    return take(size(0xD0, take_marker()));
}

std::string_view PackReader::bytes() {
    if (peek() != PackKind::bytes) expected("bytes");
    return take(size(0xCC, take_marker()));
}

std::uint32_t PackReader::list() {
    if (peek() != PackKind::list) expected("a list");
    const std::uint32_t count = size(0xD4, take_marker());
    if (count > bytes_.size() - at_) throw ProtocolError{"a list is longer than its message"};
    return count;
}

std::uint32_t PackReader::map() {
    if (peek() != PackKind::map) expected("a map");
    const std::uint32_t count = size(0xD8, take_marker());
    if (count > (bytes_.size() - at_) / 2) throw ProtocolError{"a map is longer than its message"};
    return count;
}

PackReader::Structure PackReader::structure() {
    if (peek() != PackKind::structure) expected("a structure");
    const std::uint32_t fields = take_marker() & 0x0FU;
    return {take_marker(), fields};
}

}  // namespace mainstay::server
