#include "mainstay/storage/value_codec.hpp"

#include "bytes.hpp"
#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"

namespace mainstay {
namespace {

enum Tag : std::uint8_t {
    tag_null = 0x00,
    tag_false = 0x01,
    tag_true = 0x02,
    tag_integer = 0x03,
    tag_float = 0x04,
    tag_string = 0x05,
    tag_list = 0x06,
    tag_map = 0x07,
    tag_date = 0x08,
    tag_local_time = 0x09,
    tag_time = 0x0A,
    tag_local_datetime = 0x0B,
    tag_datetime = 0x0C,
    tag_duration = 0x0D,
    tag_short_string = 0x40,
    tag_small_integer = 0x80,
};
constexpr std::size_t short_string_sizes = 64;
constexpr std::int64_t small_integers = 128;

constexpr std::int64_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t nanos_per_day = 86'400 * nanos_per_second;
constexpr std::int64_t offset_max = 18 * 3600;
// Days and seconds from 1970 that the years -999,999,999 to 999,999,999 do not exceed.
constexpr std::int64_t days_max = 365'250'000'000;
constexpr std::int64_t seconds_max = days_max * 86'400;

void append_zigzag(std::string& out, std::int64_t v) {
    append_varint(out, (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
}

void append_tag(std::string& out, unsigned tag) { out.push_back(static_cast<char>(tag)); }

class Decoder {
public:
    Decoder(const char* p, const char* end) : in_({p, static_cast<std::size_t>(end - p)}, "a stored value") {}

    const char* position() const noexcept { return in_.rest().data(); }

    Value value(int depth) {
        const auto tag = in_.fixed<std::uint8_t>();
        if (tag >= tag_small_integer) return std::int64_t{tag - tag_small_integer};
        if (tag >= tag_short_string) return in_.bytes(tag - tag_short_string);
        switch (tag) {
            case tag_null: return {};
            case tag_false: return false;
            case tag_true: return true;
            case tag_integer: return zigzag();
            case tag_float: return in_.fixed<double>();
            case tag_string: return in_.text();
            case tag_list: return list(depth);
            case tag_map: return map(depth);
            case tag_date: return Date{zigzag_within(days_max)};
            case tag_local_time: return LocalTime{below(nanos_per_day)};
            case tag_time: {
                const std::int64_t nanos = below(nanos_per_day);
                return Time{nanos, static_cast<std::int32_t>(zigzag_within(offset_max))};
            }
            case tag_local_datetime: {
                const std::int64_t seconds = zigzag_within(seconds_max);
                return LocalDateTime{seconds, static_cast<std::int32_t>(below(nanos_per_second))};
            }
            case tag_datetime: return datetime();
            case tag_duration: {
                Duration d;
                d.months = zigzag();
                d.days = zigzag();
                d.seconds = zigzag();
                d.nanos = static_cast<std::int32_t>(below(nanos_per_second));
                return d;
            }
            default: in_.fail();
        }
    }

    // Past a value as value() reads it, without making it; what it holds is checked no further than that.
    void skip(int depth) {
        const auto tag = in_.fixed<std::uint8_t>();
        if (tag >= tag_small_integer) return;
        if (tag >= tag_short_string) return (void)in_.bytes(tag - tag_short_string);
        switch (tag) {
            case tag_null:
            case tag_false:
            case tag_true: return;
            case tag_float: return (void)in_.bytes(sizeof(double));
            case tag_string: return (void)in_.text();
            case tag_integer:
            case tag_date:
            case tag_local_time: return skip_numbers(1);
            case tag_time:
            case tag_local_datetime: return skip_numbers(2);
            case tag_datetime: skip_numbers(3); return (void)in_.text();
            case tag_duration: return skip_numbers(4);
            case tag_list:
            case tag_map:
                if (depth >= value_nesting_max) in_.fail();
                for (auto n = in_.varint(); n > 0; --n) {
                    if (tag == tag_map) (void)in_.text();
                    skip(depth + 1);
                }
                return;
            default: in_.fail();
        }
    }

private:
    void skip_numbers(int n) {
        while (n-- > 0) (void)in_.varint();
    }
    std::int64_t zigzag() {
        const std::uint64_t v = in_.varint();
        return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
    }
    std::int64_t zigzag_within(std::int64_t limit) {
        const std::int64_t v = zigzag();
        if (v < -limit || v > limit) in_.fail();
        return v;
    }
    std::int64_t below(std::int64_t limit) {
        const std::uint64_t v = in_.varint();
        if (v >= static_cast<std::uint64_t>(limit)) in_.fail();
        return static_cast<std::int64_t>(v);
    }
    // Every item takes at least `item_size` bytes, so a count cannot ask for more memory than the input is long.
    std::size_t count(std::size_t item_size) {
        const std::uint64_t n = in_.varint();
        if (n > in_.rest().size() / item_size) in_.fail();
        return n;
    }
    Value list(int depth) {
        if (depth >= value_nesting_max) in_.fail();
        const std::size_t n = count(1);
        ValueList items;
        items.reserve(n);
        for (std::size_t i = 0; i < n; ++i) items.push_back(value(depth + 1));
        return Value::list(std::move(items));
    }
    Value map(int depth) {
        if (depth >= value_nesting_max) in_.fail();
        const std::size_t n = count(2);
        ValueMapEntries entries;
        entries.reserve(n);
        for (std::size_t i = 0; i < n; ++i) {
            std::string key{in_.text()};
            if (i > 0 && key <= entries.back().first) in_.fail();
            entries.emplace_back(std::move(key), value(depth + 1));
        }
        return Value::map(std::move(entries));
    }
    Value datetime() {
        DateTime d;
        d.seconds = zigzag_within(seconds_max);
        d.nanos = static_cast<std::uint32_t>(below(nanos_per_second)) & 0x3FFFFFFF;
        d.offset = static_cast<std::int32_t>(zigzag_within(offset_max));
        const std::string_view zone = in_.text();
        if (zone.empty()) return d;
        try {
            d.zone = static_cast<std::uint16_t>(intern_zone(zone)) & 0x3FFF;
        } catch (const Error&) {
            in_.fail();
        }
        return d;
    }

    ByteReader in_;
};

}  // namespace

void encode_value(const Value& v, std::string& out) {
    switch (v.type()) {
        case ValueType::null: append_tag(out, tag_null); return;
        case ValueType::boolean: append_tag(out, v.as_bool() ? tag_true : tag_false); return;
        case ValueType::integer:
            if (v.as_int() >= 0 && v.as_int() < small_integers) {
                append_tag(out, tag_small_integer + static_cast<unsigned>(v.as_int()));
            } else {
                append_tag(out, tag_integer);
                append_zigzag(out, v.as_int());
            }
            return;
        case ValueType::floating:
            append_tag(out, tag_float);
            append_raw(out, v.as_double());
            return;
        case ValueType::string: {
            const std::string_view text = v.as_string();
            if (text.size() < short_string_sizes) {
                append_tag(out, tag_short_string + static_cast<unsigned>(text.size()));
                out += text;
            } else {
                append_tag(out, tag_string);
                append_text(out, text);
            }
            return;
        }
        case ValueType::list:
            append_tag(out, tag_list);
            append_varint(out, v.as_list().size());
            for (const Value& item : v.as_list()) encode_value(item, out);
            return;
        case ValueType::map:
            append_tag(out, tag_map);
            append_varint(out, v.as_map().size());
            for (const auto& [key, item] : v.as_map()) {
                append_text(out, key);
                encode_value(item, out);
            }
            return;
        case ValueType::date:
            append_tag(out, tag_date);
            append_zigzag(out, v.get<Date>().days);
            return;
        case ValueType::local_time:
            append_tag(out, tag_local_time);
            append_varint(out, static_cast<std::uint64_t>(v.get<LocalTime>().nanos));
            return;
        case ValueType::time:
            append_tag(out, tag_time);
            append_varint(out, static_cast<std::uint64_t>(v.get<Time>().nanos));
            append_zigzag(out, v.get<Time>().offset);
            return;
        case ValueType::local_datetime:
            append_tag(out, tag_local_datetime);
            append_zigzag(out, v.get<LocalDateTime>().seconds);
            append_varint(out, static_cast<std::uint64_t>(v.get<LocalDateTime>().nanos));
            return;
        case ValueType::datetime: {
            const DateTime& d = v.get<DateTime>();
            append_tag(out, tag_datetime);
            append_zigzag(out, d.seconds);
            append_varint(out, d.nanos);
            append_zigzag(out, d.offset);
            append_text(out, zone_name(d.zone_id()));
            return;
        }
        case ValueType::duration: {
            const Duration& d = v.as_duration();
            append_tag(out, tag_duration);
            append_zigzag(out, d.months);
            append_zigzag(out, d.days);
            append_zigzag(out, d.seconds);
            append_varint(out, static_cast<std::uint64_t>(d.nanos));
            return;
        }
        case ValueType::node:
        case ValueType::relationship:
        case ValueType::path: break;
    }
    MAINSTAY_ASSERT(!"a node, relationship or path cannot be stored");
}

Value decode_value(const char*& p, const char* end) {
    Decoder decoder{p, end};
    Value result = decoder.value(0);
    p = decoder.position();
    return result;
}

void skip_value(const char*& p, const char* end) {
    Decoder decoder{p, end};
    decoder.skip(0);
    p = decoder.position();
}

}  // namespace mainstay
