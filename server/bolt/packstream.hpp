#pragma once

// PackStream, version 1: how Bolt writes values as bytes (big-endian; a marker byte holds the kind and small sizes).
// Source: the Bolt and PackStream specifications of Neo4j, https://neo4j.com/docs/bolt/current/packstream/.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mainstay::server {

// The other side does not speak the protocol: the connection ends. What a statement does wrong is an Error.
class ProtocolError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class PackKind : std::uint8_t { null, boolean, integer, floating, string, bytes, list, map, structure };

// Appends values to a string.
class PackWriter {
public:
    explicit PackWriter(std::string& out) : out_(out) {}
    void null() { byte(0xC0); }
    void boolean(bool value) { byte(value ? 0xC3 : 0xC2); }
    void integer(std::int64_t value);
    void floating(double value);
    void string(std::string_view text);  // UTF-8
    // What follows: so many values, pairs of a string and a value, or fields. Lists and maps have less than 2^32 items,
    // structures less than 16 fields.
    void list(std::size_t count) { sized(count, 0x90, 0xD4); }
    void map(std::size_t count) { sized(count, 0xA0, 0xD8); }
    void structure(std::uint8_t tag, std::size_t fields) {
        byte(static_cast<std::uint8_t>(0xB0 | fields));
        byte(tag);
    }

private:
    void byte(std::uint8_t b) { out_ += static_cast<char>(b); }
    template <typename T>
    void big_endian(T value);
    void sized(std::size_t count, std::uint8_t tiny, std::uint8_t marker8);  // markers of 8, 16, 32 bits follow
    std::string& out_;
};

// Reads values one after another; a text lives as long as the bytes. Everything throws ProtocolError where the bytes
// end too soon or are of another kind than asked for.
class PackReader {
public:
    explicit PackReader(std::string_view bytes) : bytes_(bytes) {}
    bool at_end() const noexcept { return at_ == bytes_.size(); }
    PackKind peek() const;
    void null();
    bool boolean();
    std::int64_t integer();
    double floating();
    std::string_view string();
    std::string_view bytes();
    // How many values, pairs or fields follow. Not more than there are bytes left, so that a size costs no memory.
    std::uint32_t list();
    std::uint32_t map();
    struct Structure {
        std::uint8_t tag;
        std::uint32_t fields;
    };
    Structure structure();

private:
    std::uint8_t marker() const;
    std::uint8_t take_marker();
    template <typename T>
    T big_endian();
    std::string_view take(std::uint64_t count);
    std::uint32_t size(std::uint8_t marker8, std::uint8_t marker);
    [[noreturn]] void expected(const char* what) const;

    std::string_view bytes_;
    std::size_t at_ = 0;
};

}  // namespace mainstay::server
