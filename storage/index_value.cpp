#include "bytes.hpp"
#include "mainstay/core/assert.hpp"
#include "mainstay/storage/value_codec.hpp"

#include <xxhash.h>

#include <cmath>

// The index form of values: drawn in value_codec.hpp.

namespace mainstay {
namespace {

__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

enum class Position : std::uint8_t { alone, inside };  // inside a list or map, where every encoding must end by itself

constexpr std::size_t hash_size = 16;
constexpr std::int64_t average_seconds_per_month = 2'629'746;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t nanos_per_second = 1'000'000'000;

void append_byte(std::string& out, unsigned byte) { out.push_back(static_cast<char>(byte)); }

void append_ordered(std::string& out, std::int64_t v) {
    append_big_endian(out, static_cast<std::uint64_t>(v) ^ (std::uint64_t{1} << 63));
}

void append_ordered(std::string& out, std::int32_t v) {
    append_big_endian(out, static_cast<std::uint32_t>(v) ^ (std::uint32_t{1} << 31));
}

void append_string(std::string& out, std::string_view text, Position place) {
    if (place == Position::alone) {
        out += text;
        return;
    }
    for (const char c : text) {
        out += c;
        if (c == '\0') append_byte(out, 0xFF);
    }
    append_byte(out, 0x00);
    append_byte(out, 0x01);
}

struct Number {
    double below;         // the greatest double not above the number
    std::uint16_t above;  // the number minus that; doubles near 2^63 lie 1,024 apart
};

Number split(std::int64_t i) noexcept {
    double below = static_cast<double>(i);  // to nearest, so perhaps above
    if (below >= 0x1p63 || static_cast<std::int64_t>(below) > i) below = std::nextafter(below, -HUGE_VAL);
    return {below, static_cast<std::uint16_t>(i - static_cast<std::int64_t>(below))};
}

void append_number(std::string& out, Number number, Position place) {
    if (number.below == 0) number.below = 0;  // -0 = 0
    if (std::isnan(number.below)) number.below = std::bit_cast<double>(std::uint64_t{0x7FF8000000000000});
    auto bits = std::bit_cast<std::uint64_t>(number.below);
    bits ^= bits >> 63 ? ~std::uint64_t{0} : std::uint64_t{1} << 63;
    append_big_endian(out, bits);
    append_big_endian(out, number.above);
    if (place == Position::alone)
        while (out.back() == '\0') out.pop_back();
}

void append(std::string& out, const Value& v, Position place) {
    switch (v.type()) {
        case ValueType::map:
            append_byte(out, 0x10);
            for (const auto& [key, item] : v.as_map()) {
                append_byte(out, 0x01);
                append_string(out, key, Position::inside);
                append(out, item, Position::inside);
            }
            append_byte(out, 0x00);
            return;
        case ValueType::list:
            append_byte(out, 0x20);
            for (const Value& item : v.as_list()) append(out, item, Position::inside);
            append_byte(out, 0x00);
            return;
        case ValueType::datetime: {
            const DateTime& d = v.get<DateTime>();
            append_byte(out, 0x30);
            append_ordered(out, d.seconds);
            append_big_endian(out, std::uint32_t{d.nanos});
            append_ordered(out, std::int32_t{d.offset});
            append_string(out, zone_name(d.zone_id()), place);
            return;
        }
        case ValueType::local_datetime:
            append_byte(out, 0x38);
            append_ordered(out, v.get<LocalDateTime>().seconds);
            append_big_endian(out, static_cast<std::uint32_t>(v.get<LocalDateTime>().nanos));
            return;
        case ValueType::date:
            append_byte(out, 0x40);
            append_ordered(out, v.get<Date>().days);
            return;
        case ValueType::time: {
            const Time& t = v.get<Time>();
            append_byte(out, 0x48);
            append_ordered(out, t.nanos - t.offset * nanos_per_second);
            append_ordered(out, t.offset);
            return;
        }
        case ValueType::local_time:
            append_byte(out, 0x50);
            append_ordered(out, v.get<LocalTime>().nanos);
            return;
        case ValueType::duration: {
            const Duration& d = v.as_duration();
            const Wide average =
                Wide{d.months} * average_seconds_per_month + Wide{d.days} * seconds_per_day + d.seconds;
            const UnsignedWide biased = static_cast<UnsignedWide>(average) + (UnsignedWide{1} << 95);
            append_byte(out, 0x58);
            append_big_endian(out, static_cast<std::uint32_t>(biased >> 64));
            append_big_endian(out, static_cast<std::uint64_t>(biased));
            append_big_endian(out, static_cast<std::uint32_t>(d.nanos));
            append_ordered(out, d.months);
            append_ordered(out, d.days);
            return;
        }
        case ValueType::string:
            append_byte(out, 0x60);
            append_string(out, v.as_string(), place);
            return;
        case ValueType::boolean: append_byte(out, v.as_bool() ? 0x69 : 0x68); return;
        case ValueType::integer:
            append_byte(out, 0x70);
            append_number(out, split(v.as_int()), place);
            return;
        case ValueType::floating:
            append_byte(out, 0x70);
            append_number(out, {v.as_double(), 0}, place);
            return;
        case ValueType::null: append_byte(out, 0x80); return;
        case ValueType::node:
        case ValueType::relationship:
        case ValueType::path: break;
    }
    MAINSTAY_ASSERT(!"a node, relationship or path cannot be indexed");
}

}  // namespace

std::string encode_index_value(const Value& value) {
    std::string out;
    append(out, value, Position::alone);
    if (out.size() >= index_value_size_max) {
        const XXH128_hash_t hash = XXH3_128bits(out.data(), out.size());
        out.resize(index_value_size_max - hash_size);
        append_big_endian(out, std::uint64_t{hash.high64});
        append_big_endian(out, std::uint64_t{hash.low64});
    }
    return out;
}

bool index_value_is_exact(std::string_view encoded) noexcept { return encoded.size() < index_value_size_max; }

}  // namespace mainstay
