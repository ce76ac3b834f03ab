#include "column.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/storage/value_codec.hpp"
#include "packed.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace mainstay {

void ColumnBuilder::reset() {
    types_.clear();
    bits_.clear();
    counts_.fill(0);
    present_ = 0;
    arena_.clear();
    others_.clear();
}

void ColumnBuilder::put(std::uint32_t slot, ValueType type, std::uint64_t bits) {
    MAINSTAY_DEBUG_ASSERT(slot < segment_slots);
    if (slot >= types_.size()) {
        types_.resize(slot + 1, 0);
        bits_.resize(slot + 1, 0);
    }
    if (const std::uint8_t before = types_[slot]; before != 0) {
        --counts_[before];
        --present_;
    }
    types_[slot] = static_cast<std::uint8_t>(type);
    bits_[slot] = bits;
    if (type != ValueType::null) {
        ++counts_[static_cast<std::uint8_t>(type)];
        ++present_;
    }
}

void ColumnBuilder::set_integer(std::uint32_t slot, std::int64_t value) {
    put(slot, ValueType::integer, static_cast<std::uint64_t>(value));
}

void ColumnBuilder::set_string(std::uint32_t slot, std::string_view text) {
    MAINSTAY_ASSERT(arena_.size() + text.size() <= std::numeric_limits<std::uint32_t>::max());
    put(slot, ValueType::string, std::uint64_t{arena_.size()} << 32 | text.size());
    arena_.append(text);
}

void ColumnBuilder::set(std::uint32_t slot, const Value& value) {
    switch (value.type()) {
        case ValueType::null:
            if (slot < types_.size()) put(slot, ValueType::null, 0);
            break;
        case ValueType::boolean: put(slot, ValueType::boolean, value.as_bool() ? 1 : 0); break;
        case ValueType::integer: set_integer(slot, value.as_int()); break;
        case ValueType::floating:
            put(slot, ValueType::floating, std::bit_cast<std::uint64_t>(value.as_double()));
            break;
        case ValueType::string: set_string(slot, value.as_string()); break;
        case ValueType::date: put(slot, ValueType::date, static_cast<std::uint64_t>(value.get<Date>().days)); break;
        default: put(slot, value.type(), others_.size()); others_.push_back(value);
    }
}

void ColumnBuilder::add(const ColumnView& column) {
    for (std::uint32_t slot = 0; slot < column.slots(); ++slot)
        if (column.has(slot)) set(slot, column.get(slot));
}

std::string_view ColumnBuilder::string(std::uint32_t slot) const noexcept {
    return {arena_.data() + (bits_[slot] >> 32), bits_[slot] & 0xFFFF'FFFF};
}

Value ColumnBuilder::value(std::uint32_t slot) const {
    switch (static_cast<ValueType>(types_[slot])) {
        case ValueType::null: return {};
        case ValueType::boolean: return bits_[slot] != 0;
        case ValueType::integer: return static_cast<std::int64_t>(bits_[slot]);
        case ValueType::floating: return std::bit_cast<double>(bits_[slot]);
        case ValueType::string: return string(slot);
        case ValueType::date: return Date{static_cast<std::int64_t>(bits_[slot])};
        default: return others_[bits_[slot]];
    }
}

namespace {

// Zone map entries: whole values or none, never a part of one.
void write_zone(PartWriter& out, ColumnHeader& header, const Value& low, const Value& high) {
    std::string low_bytes, high_bytes;
    encode_value(low, low_bytes);
    encode_value(high, high_bytes);
    if (low_bytes.size() > zone_bytes_max) low_bytes.clear();
    if (high_bytes.size() > zone_bytes_max) high_bytes.clear();
    header.min_size = static_cast<std::uint16_t>(low_bytes.size());
    header.max_size = static_cast<std::uint16_t>(high_bytes.size());
    low_bytes += high_bytes;
    header.zone = out.append_bytes(low_bytes.data(), low_bytes.size());
}

template <typename T>
std::uint32_t append_offsets(PartWriter& out, std::span<const std::uint64_t> numbers, std::uint64_t base) {
    std::vector<T> offsets(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) offsets[i] = static_cast<T>(numbers[i] - base);
    return out.append(std::span<const T>(offsets));
}

// As `header.width` says; 0 writes nothing.
void append_packed(PartWriter& out, ColumnHeader& header, std::span<const std::uint64_t> numbers, std::uint64_t base) {
    switch (header.width) {
        case 0: break;
        case 1: header.data = append_offsets<std::uint8_t>(out, numbers, base); break;
        case 2: header.data = append_offsets<std::uint16_t>(out, numbers, base); break;
        case 4: header.data = append_offsets<std::uint32_t>(out, numbers, base); break;
        default: header.data = append_offsets<std::uint64_t>(out, numbers, base); break;
    }
}

// Strings of one length need no offsets; `lengths` are those of all strings, absent ones 0.
struct TextLayout {
    std::uint64_t bytes = 0;
    bool one_length = true;
    std::uint64_t length = 0;
    std::uint8_t offset_width() const noexcept { return one_length ? 0 : bytes <= 0xFFFF ? 2 : 4; }
    std::uint64_t size(std::uint64_t count) const noexcept {
        return bytes + (one_length ? 0 : (count + 1) * offset_width());
    }
};

class TextWriter {
public:
    void add(std::string_view text) {
        bytes_.append(text);
        ends_.push_back(bytes_.size());
    }
    void write(PartWriter& out, ColumnHeader& header, const TextLayout& layout) {
        header.offset_width = layout.offset_width();
        header.base = layout.one_length ? static_cast<std::int64_t>(layout.length) : 0;
        if (header.offset_width != 0) ends_.insert(ends_.begin(), 0);
        if (header.offset_width == 2) header.offsets = append_offsets<std::uint16_t>(out, ends_, 0);
        if (header.offset_width == 4) header.offsets = append_offsets<std::uint32_t>(out, ends_, 0);
        header.bytes = out.append_bytes(bytes_.data(), bytes_.size());
        header.bytes_size = static_cast<std::uint32_t>(bytes_.size());
    }

private:
    std::string bytes_;
    std::vector<std::uint64_t> ends_;
};

// Names and keys are short: two overlapping words and three multiplications spread them well enough for a table of one
// segment.
std::uint64_t hash_text(std::string_view text) noexcept {
    if (text.size() > 16) return XXH3_64bits(text.data(), text.size());
    std::uint64_t a = 0, b = 0;
    if (text.size() >= 8) {
        std::memcpy(&a, text.data(), 8);
        std::memcpy(&b, text.data() + text.size() - 8, 8);
    } else if (text.size() >= 4) {
        std::memcpy(&a, text.data(), 4);
        std::memcpy(&b, text.data() + text.size() - 4, 4);
    } else {
        for (const char c : text) a = a << 8 | static_cast<unsigned char>(c);
    }
    std::uint64_t h = (a + text.size()) * 0x9E37'79B9'7F4A'7C15 + b;
    h = (h ^ h >> 32) * 0xD6E8'FEB8'6659'FD93;  // last characters stand in the high bits: bring them down
    return (h ^ h >> 32) * 0xD6E8'FEB8'6659'FD93;
}

}  // namespace

void ColumnBuilder::write_integers(PartWriter& out, ColumnHeader& header) {
    std::int64_t low = std::numeric_limits<std::int64_t>::max(), high = std::numeric_limits<std::int64_t>::min();
    for (std::size_t slot = 0; slot < types_.size(); ++slot) {
        if (types_[slot] == 0) continue;
        low = std::min(low, static_cast<std::int64_t>(bits_[slot]));
        high = std::max(high, static_cast<std::int64_t>(bits_[slot]));
    }
    const Packing packing = packing_for(low, high);
    header.base = packing.base;
    header.width = packing.width;
    for (std::size_t slot = 0; slot < types_.size(); ++slot)
        if (types_[slot] == 0) bits_[slot] = static_cast<std::uint64_t>(packing.base);
    append_packed(out, header, bits_, static_cast<std::uint64_t>(packing.base));
    if (header.kind == static_cast<std::uint8_t>(ColumnKind::date))
        write_zone(out, header, Date{low}, Date{high});
    else
        write_zone(out, header, low, high);
}

// Distinct strings and codes, if that is not larger than the text one by one: of two forms of one size the dictionary
// is the better, since grouping and equality work on codes.
bool ColumnBuilder::write_dictionary(PartWriter& out, ColumnHeader& header, std::size_t text_size) {
    const std::uint32_t slots = static_cast<std::uint32_t>(types_.size());
    // Open addressing; a cell is hash << 32 | 1 + index in `entries`, so that a wrong string is rarely compared.
    const std::size_t cells = std::bit_ceil(std::size_t{present_} * 2 + 1);
    table_.assign(cells, 0);
    std::vector<std::string_view> entries;
    std::vector<std::uint64_t> codes(slots, 0);
    TextLayout layout;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        if (types_[slot] == 0) continue;
        const std::string_view text = string(slot);
        const std::uint64_t tag = hash_text(text) >> 32 << 32;
        std::size_t at = tag >> 32 & (cells - 1);
        while (table_[at] != 0 && !((table_[at] ^ tag) >> 32 == 0 && entries[(table_[at] & 0xFFFF'FFFF) - 1] == text))
            at = (at + 1) & (cells - 1);
        if (table_[at] == 0) {
            if (entries.empty()) layout.length = text.size();
            layout.one_length &= text.size() == layout.length;
            layout.bytes += text.size();
            entries.push_back(text);
            table_[at] = tag | entries.size();
            const std::size_t width = entries.size() == 1 ? 0 : entries.size() <= 256 ? 1 : 2;
            if (layout.size(entries.size()) + width * slots > text_size) return false;
        }
        codes[slot] = (table_[at] & 0xFFFF'FFFF) - 1;
    }
    std::vector<std::uint32_t> sorted(entries.size()), rank(entries.size());
    for (std::uint32_t i = 0; i < sorted.size(); ++i) sorted[i] = i;
    std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) { return entries[a] < entries[b]; });
    TextWriter text;
    for (std::uint32_t i = 0; i < sorted.size(); ++i) {
        rank[sorted[i]] = i;
        text.add(entries[sorted[i]]);
    }
    for (std::uint32_t slot = 0; slot < slots; ++slot) codes[slot] = types_[slot] == 0 ? 0 : rank[codes[slot]];
    header.kind = static_cast<std::uint8_t>(ColumnKind::dictionary);
    header.width = entries.size() == 1 ? 0 : entries.size() <= 256 ? 1 : 2;
    header.entries = static_cast<std::uint32_t>(entries.size());
    append_packed(out, header, codes, 0);
    text.write(out, header, layout);
    write_zone(out, header, entries[sorted.front()], entries[sorted.back()]);
    return true;
}

void ColumnBuilder::write_strings(PartWriter& out, ColumnHeader& header) {
    const std::uint32_t slots = static_cast<std::uint32_t>(types_.size());
    TextLayout layout;
    layout.length = types_[0] == 0 ? 0 : string(0).size();
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        const std::size_t size = types_[slot] == 0 ? 0 : string(slot).size();
        layout.one_length &= size == layout.length;
        layout.bytes += size;
    }
    if (write_dictionary(out, header, layout.size(slots))) return;
    header.kind = static_cast<std::uint8_t>(ColumnKind::text);
    TextWriter text;
    std::optional<std::string_view> low, high;
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
        const std::string_view here = types_[slot] == 0 ? std::string_view{} : string(slot);
        text.add(here);
        if (types_[slot] == 0) continue;
        if (!low || here < *low) low = here;
        if (!high || here > *high) high = here;
    }
    text.write(out, header, layout);
    write_zone(out, header, *low, *high);
}

void ColumnBuilder::write_temporals(PartWriter& out, ColumnHeader& header, ValueType type) {
    header.value_type = static_cast<std::uint8_t>(type);
    std::string records;
    std::vector<ZoneId> zones;
    const auto append = [&](const auto&... parts) {
        (records.append(reinterpret_cast<const char*>(&parts), sizeof parts), ...);
    };
    const std::uint32_t zero = 0;
    Value low, high;
    for (std::uint32_t slot = 0; slot < types_.size(); ++slot) {
        Value v = value(slot);
        if (v.is_null()) {  // zeros of the same size
            switch (type) {
                case ValueType::local_time: v = LocalTime{}; break;
                case ValueType::time: v = Time{}; break;
                case ValueType::local_datetime: v = LocalDateTime{}; break;
                case ValueType::datetime: v = DateTime{}; break;
                default: v = Duration{}; break;
            }
        } else {
            if (low.is_null() || order(v, low) < 0) low = v;
            if (high.is_null() || order(v, high) > 0) high = v;
        }
        switch (type) {
            case ValueType::local_time: append(v.get<LocalTime>().nanos); break;
            case ValueType::time: append(v.get<Time>().nanos, v.get<Time>().offset, zero); break;
            case ValueType::local_datetime:
                append(v.get<LocalDateTime>().seconds, v.get<LocalDateTime>().nanos, zero);
                break;
            case ValueType::datetime: {
                const auto& t = v.get<DateTime>();
                std::uint32_t zone = 0;
                if (t.zone_id() != ZoneId::none) {
                    const auto at = std::find(zones.begin(), zones.end(), t.zone_id());
                    zone = static_cast<std::uint32_t>(at - zones.begin()) + 1;
                    if (at == zones.end()) zones.push_back(t.zone_id());
                }
                append(t.seconds, std::uint32_t{t.nanos}, std::int32_t{t.offset}, zone, zero);
                break;
            }
            default: {
                const Duration& d = v.as_duration();
                append(d.months, d.days, d.seconds, d.nanos, zero);
            }
        }
    }
    header.data = out.append_bytes(records.data(), records.size());
    if (!zones.empty()) {
        header.entries = static_cast<std::uint32_t>(zones.size());
        TextLayout layout;
        layout.one_length = false;
        TextWriter names;
        for (const ZoneId zone : zones) {
            names.add(zone_name(zone));
            layout.bytes += zone_name(zone).size();
        }
        names.write(out, header, layout);
    }
    write_zone(out, header, low, high);
}

void ColumnBuilder::write_mixed(PartWriter& out, ColumnHeader& header) {
    header.kind = static_cast<std::uint8_t>(ColumnKind::mixed);
    TextWriter text;
    TextLayout layout;
    layout.one_length = false;
    Value low, high;
    std::string encoded;
    for (std::uint32_t slot = 0; slot < types_.size(); ++slot) {
        encoded.clear();
        if (const Value v = value(slot); !v.is_null()) {
            encode_value(v, encoded);
            if (low.is_null() || order(v, low) < 0) low = v;
            if (high.is_null() || order(v, high) > 0) high = v;
        }
        layout.bytes += encoded.size();
        text.add(encoded);
    }
    text.write(out, header, layout);
    write_zone(out, header, low, high);
}

std::string ColumnBuilder::finish(const PartKey& key, Mark last_change) {
    if (present_ == 0) return {};
    while (types_.back() == 0) {  // slots beyond the last present one are null anyway
        types_.pop_back();
        bits_.pop_back();
    }
    const auto slots = static_cast<std::uint32_t>(types_.size());
    ColumnHeader header{};
    header.nulls = slots - present_;
    PartWriter out(sizeof header);
    out.reserve(part_bytes_min + std::size_t{slots} * 8 + arena_.size());
    if (header.nulls != 0) {
        std::vector<std::uint64_t> present(bitmap_words(slots));
        for (std::uint32_t slot = 0; slot < slots; ++slot)
            if (types_[slot] != 0) present[slot / 64] |= std::uint64_t{1} << (slot % 64);
        header.present = out.append(std::span<const std::uint64_t>(present));
    }
    const auto type = static_cast<ValueType>(types_.back());
    if (counts_[types_.back()] != present_) {
        write_mixed(out, header);
    } else if (type == ValueType::boolean) {
        header.kind = static_cast<std::uint8_t>(ColumnKind::boolean);
        std::vector<std::uint64_t> truth(bitmap_words(slots));
        for (std::uint32_t slot = 0; slot < slots; ++slot)
            if (types_[slot] != 0 && bits_[slot] != 0) truth[slot / 64] |= std::uint64_t{1} << (slot % 64);
        header.data = out.append(std::span<const std::uint64_t>(truth));
        std::uint32_t trues = 0;
        for (const std::uint64_t word : truth) trues += static_cast<std::uint32_t>(std::popcount(word));
        write_zone(out, header, trues == present_, trues != 0);
    } else if (type == ValueType::integer || type == ValueType::date) {
        header.kind = static_cast<std::uint8_t>(type == ValueType::integer ? ColumnKind::integer : ColumnKind::date);
        write_integers(out, header);
    } else if (type == ValueType::floating) {
        header.kind = static_cast<std::uint8_t>(ColumnKind::floating);
        Value low, high;
        for (std::uint32_t slot = 0; slot < slots; ++slot) {
            if (types_[slot] == 0) {
                bits_[slot] = 0;
                continue;
            }
            const Value v = value(slot);
            if (low.is_null() || order(v, low) < 0) low = v;
            if (high.is_null() || order(v, high) > 0) high = v;
        }
        header.data = out.append(std::span<const std::uint64_t>(bits_));
        write_zone(out, header, low, high);
    } else if (type == ValueType::string) {
        write_strings(out, header);
    } else if (value(slots - 1).is_temporal()) {
        header.kind = static_cast<std::uint8_t>(ColumnKind::temporal);
        write_temporals(out, header, type);
    } else {
        write_mixed(out, header);
    }
    out.set_fixed(header);
    return out.seal(key, slots, last_change);
}

}  // namespace mainstay
