#include "column.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"
#include "mainstay/storage/value_codec.hpp"
#include "packed.hpp"

#include <algorithm>

namespace mainstay {

namespace {

// Records of temporal columns: see column.hpp.
struct PairRecord {  // local datetime, time
    std::int64_t first;
    std::int32_t second;
    std::uint32_t zero;
};
struct DateTimeRecord {
    std::int64_t seconds;
    std::uint32_t nanos;
    std::int32_t offset;
    std::uint32_t zone;
    std::uint32_t zero;
};
struct DurationRecord {
    std::int64_t months, days, seconds;
    std::int32_t nanos;
    std::uint32_t zero;
};
static_assert(sizeof(PairRecord) == 16 && sizeof(DateTimeRecord) == 24 && sizeof(DurationRecord) == 32);

constexpr std::int64_t nanos_per_second = 1'000'000'000, nanos_per_day = 86'400 * nanos_per_second;
constexpr std::int32_t offset_max = 64'800;

std::size_t record_size(ValueType type) noexcept {
    switch (type) {
        case ValueType::local_time: return 8;
        case ValueType::time:
        case ValueType::local_datetime: return sizeof(PairRecord);
        case ValueType::datetime: return sizeof(DateTimeRecord);
        case ValueType::duration: return sizeof(DurationRecord);
        default: return 0;
    }
}

template <typename T>
void check_offsets(const std::byte* data, std::uint32_t count, std::uint32_t size, const PartKey& key) {
    const auto* offsets = reinterpret_cast<const T*>(data);
    bool rising = true;
    for (std::uint32_t i = 0; i < count; ++i) rising &= offsets[i] <= offsets[i + 1];
    if (!rising || offsets[count] > size) throw_corrupt(key, "the text's offsets do not rise within it");
}

}  // namespace

// ---- ColumnView

std::optional<std::uint32_t> ColumnView::find_code(std::string_view text) const noexcept {
    std::uint32_t low = 0, high = dictionary_size();
    while (low < high) {
        const std::uint32_t middle = (low + high) / 2;
        if (entry(middle) < text)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == dictionary_size() || entry(low) != text) return std::nullopt;
    return low;
}

Value ColumnView::temporal(std::uint32_t slot) const {
    switch (value_type_) {
        case ValueType::local_time: return LocalTime{reinterpret_cast<const std::int64_t*>(data_)[slot]};
        case ValueType::time: {
            const auto& r = reinterpret_cast<const PairRecord*>(data_)[slot];
            return Time{r.first, r.second};
        }
        case ValueType::local_datetime: {
            const auto& r = reinterpret_cast<const PairRecord*>(data_)[slot];
            return LocalDateTime{r.first, r.second};
        }
        case ValueType::datetime: {
            const auto& r = reinterpret_cast<const DateTimeRecord*>(data_)[slot];
            DateTime v;
            v.seconds = r.seconds;
            v.nanos = r.nanos & 0x3FFF'FFFF;
            v.offset = r.offset;
            v.zone = r.zone == 0 || !zones_ ? 0 : static_cast<std::uint16_t>((*zones_)[r.zone - 1]) & 0x3FFFU;
            return v;
        }
        default: {
            const auto& r = reinterpret_cast<const DurationRecord*>(data_)[slot];
            return Duration{r.months, r.days, r.seconds, r.nanos};
        }
    }
}

Value ColumnView::get(std::uint32_t slot) const {
    if (!has(slot)) return {};
    switch (kind_) {
        case ColumnKind::boolean: return boolean(slot);
        case ColumnKind::integer: return integer(slot);
        case ColumnKind::floating: return floating(slot);
        case ColumnKind::dictionary:
        case ColumnKind::text: return text(slot);
        case ColumnKind::date: return Date{integer(slot)};
        case ColumnKind::temporal: return temporal(slot);
        case ColumnKind::mixed: break;
    }
    const std::string_view bytes = bytes_at(slot);
    const char* p = bytes.data();
    return decode_value(p, p + bytes.size());
}

// ---- ColumnReader

namespace {

Value read_limit(std::string_view blob, std::uint32_t offset, std::uint16_t size, const PartKey& key) {
    if (size == 0) return {};
    const char* p = array_at<char>(blob, offset, size, key);
    const char* end = p + size;
    Value value = decode_value(p, end);
    if (p != end) throw_corrupt(key, "a zone map entry has bytes left over");
    return value;
}

ZoneId read_zone_name(std::string_view name, const PartKey& key) {
    try {
        return intern_zone(name);
    } catch (const Error& error) {
        throw_corrupt(key, error.message());
    }
}

// Everything else that later accessors rely on, beyond the place of each array.
struct FullCheck {
    const ColumnHeader& header;
    const PartKey& key;
    std::uint32_t slots;
    const std::uint64_t* present;

    bool has(std::uint32_t slot) const noexcept { return !present || bit_at(present, slot); }

    void nulls() const {
        const std::uint32_t found = present ? slots - count_bits(present, slots, key) : 0;
        if (found != header.nulls) throw_corrupt(key, "the slots without the property do not add up");
    }
    void offsets(const std::byte* data, std::uint32_t count) const {
        if (header.offset_width == 2) check_offsets<std::uint16_t>(data, count, header.bytes_size, key);
        if (header.offset_width == 4) check_offsets<std::uint32_t>(data, count, header.bytes_size, key);
    }
    void codes(const std::byte* data) const {
        if (header.entries == 0) throw_corrupt(key, "a dictionary without entries");
        std::uint64_t largest = 0;
        for (std::uint32_t slot = 0; slot < slots; ++slot)
            largest = std::max(largest, unpack_offset(data, header.width, slot));
        if (largest >= header.entries) throw_corrupt(key, "a code without an entry");
    }
    void temporals(const std::byte* data) const {
        for (std::uint32_t slot = 0; slot < slots; ++slot)
            if (!temporal_is_sound(data, slot)) throw_corrupt(key, "a temporal value is out of range");
    }
    bool temporal_is_sound(const std::byte* data, std::uint32_t slot) const noexcept {
        const auto within_second = [](std::int64_t nanos) { return nanos >= 0 && nanos < nanos_per_second; };
        const auto is_offset = [](std::int32_t offset) { return offset >= -offset_max && offset <= offset_max; };
        switch (static_cast<ValueType>(header.value_type)) {
            case ValueType::local_time: {
                const auto nanos = reinterpret_cast<const std::int64_t*>(data)[slot];
                return nanos >= 0 && nanos < nanos_per_day;
            }
            case ValueType::time: {
                const auto& r = reinterpret_cast<const PairRecord*>(data)[slot];
                return r.first >= 0 && r.first < nanos_per_day && is_offset(r.second);
            }
            case ValueType::local_datetime:
                return within_second(reinterpret_cast<const PairRecord*>(data)[slot].second);
            case ValueType::datetime: {
                const auto& r = reinterpret_cast<const DateTimeRecord*>(data)[slot];
                return within_second(r.nanos) && is_offset(r.offset) && r.zone <= header.entries;
            }
            default: return within_second(reinterpret_cast<const DurationRecord*>(data)[slot].nanos);
        }
    }
};

}  // namespace

ColumnView ColumnReader::read(std::string_view blob, const PartKey& key, Check check) {
    const PartHeader part = check_part(blob, key, check);
    const auto header = *array_at<ColumnHeader>(blob, sizeof(PartHeader), 1, key);
    if (header.kind > static_cast<std::uint8_t>(ColumnKind::mixed) || !is_packing_width(header.width) ||
        (header.offset_width != 0 && header.offset_width != 2 && header.offset_width != 4))
        throw_corrupt(key, "a kind of column that this version does not know");
    ColumnView view;
    view.kind_ = static_cast<ColumnKind>(header.kind);
    view.width_ = header.width;
    view.offset_width_ = header.offset_width;
    view.value_type_ = static_cast<ValueType>(header.value_type);
    view.slots_ = part.slots;
    view.nulls_ = header.nulls;
    view.entries_ = header.entries;
    view.base_ = header.base;
    if (header.present != 0)
        view.present_ = array_at<std::uint64_t>(blob, header.present, bitmap_words(part.slots), key);

    const FullCheck full{header, key, part.slots, view.present_};
    if (check == Check::full) full.nulls();
    const auto data = [&](std::size_t item, std::size_t count) {
        if (item > 1 && header.data % std::min<std::size_t>(item, 8) != 0) throw_corrupt(key, "data is not aligned");
        return reinterpret_cast<const std::byte*>(array_at<char>(blob, header.data, item * count, key));
    };
    const auto strings = [&](std::uint32_t count) {
        view.bytes_ = array_at<char>(blob, header.bytes, header.bytes_size, key);
        if (header.offset_width == 2)
            view.offsets_ =
                reinterpret_cast<const std::byte*>(array_at<std::uint16_t>(blob, header.offsets, count + 1, key));
        else if (header.offset_width == 4)
            view.offsets_ =
                reinterpret_cast<const std::byte*>(array_at<std::uint32_t>(blob, header.offsets, count + 1, key));
        else if (header.base < 0 || header.base > header.bytes_size ||
                 static_cast<std::uint64_t>(header.base) * count > header.bytes_size)
            throw_corrupt(key, "the text is shorter than its strings");
        if (check == Check::full) full.offsets(view.offsets_, count);
    };
    switch (view.kind_) {
        case ColumnKind::boolean: view.data_ = data(8, bitmap_words(part.slots)); break;
        case ColumnKind::integer:
        case ColumnKind::date:
            if (header.width != 0) view.data_ = data(header.width, part.slots);
            break;
        case ColumnKind::floating: view.data_ = data(8, part.slots); break;
        case ColumnKind::dictionary:
            if (header.entries > segment_slots || header.width > 2) throw_corrupt(key, "a dictionary is too large");
            if (header.width != 0) view.data_ = data(header.width, part.slots);
            strings(header.entries);
            if (check == Check::full) full.codes(view.data_);
            break;
        case ColumnKind::text:
        case ColumnKind::mixed: strings(part.slots); break;
        case ColumnKind::temporal: {
            const std::size_t size = record_size(view.value_type_);
            if (size == 0) throw_corrupt(key, "a temporal type that this version does not know");
            view.data_ = data(size, part.slots);
            if (header.entries > segment_slots) throw_corrupt(key, "too many zone names");
            if (check == Check::full) full.temporals(view.data_);
            if (header.entries == 0) break;
            strings(header.entries);
            std::vector<ZoneId> zones;
            for (std::uint32_t i = 0; i < header.entries; ++i) zones.push_back(read_zone_name(view.bytes_at(i), key));
            view.zones_ = std::make_shared<const std::vector<ZoneId>>(std::move(zones));
            break;
        }
    }
    view.min_ = read_limit(blob, header.zone, header.min_size, key);
    view.max_ = read_limit(blob, header.zone + header.min_size, header.max_size, key);
    return view;
}

Mark column_last_change(std::string_view blob) noexcept {
    return Mark{load<std::uint64_t>(blob, offsetof(PartHeader, last_change))};
}

}  // namespace mainstay
