#include "mainstay/core/value.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"

#include <algorithm>
#include <array>

namespace mainstay {
namespace {

std::uint32_t depth_of(const Value& v) noexcept {
    if (v.is(ValueType::list)) return v.get<List>().items.depth();
    return v.is(ValueType::map) ? v.get<Map>().entries.depth() : 0;
}

std::uint32_t checked(std::uint32_t depth) {
    if (depth > value_depth_max)
        throw Error{Code::nesting_too_deep, "lists and maps are nested more than 1,000 deep"}.with_phase(
            Phase::runtime);
    return depth;
}

}  // namespace

std::string_view name_of(ValueType type) noexcept {
    static constexpr std::array<std::string_view, 16> names{
        "Null",      "Boolean", "Integer",       "Float",    "String",   "List", "Map",          "Date",
        "LocalTime", "Time",    "LocalDateTime", "DateTime", "Duration", "Node", "Relationship", "Path"};
    return names[static_cast<std::size_t>(type)];
}

Value Value::list(ValueList items) {
    std::uint32_t depth = 0;
    for (const Value& item : items) depth = std::max(depth, depth_of(item));
    return Value{List{Shared<ValueList>{std::move(items), checked(depth + 1)}}};
}

Value Value::map(ValueMapEntries entries) {
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    // Of equal keys the last stays.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i + 1 < entries.size() && entries[i + 1].first == entries[i].first) continue;
        if (kept != i) entries[kept] = std::move(entries[i]);
        ++kept;
    }
    entries.resize(kept);
    std::uint32_t depth = 0;
    for (const auto& [key, item] : entries) depth = std::max(depth, depth_of(item));
    return Value{Map{Shared<ValueMapEntries>{std::move(entries), checked(depth + 1)}}};
}

Value Value::path(PathData data) {
    MAINSTAY_ASSERT(data.nodes.size() == data.rels.size() + 1);
    MAINSTAY_ASSERT(data.forward.size() == data.rels.size());
    return Value{Path{Shared<PathData>{std::move(data)}}};
}

const PathData& Value::as_path() const { return *std::get<Path>(data_).data; }

const Value& Value::at(std::string_view key) const {
    static const Value null;
    const ValueMapEntries& entries = as_map();
    const auto found = std::lower_bound(entries.begin(), entries.end(), key,
                                        [](const auto& entry, std::string_view k) { return entry.first < k; });
    return found != entries.end() && found->first == key ? found->second : null;
}

// The years that the language has, -999,999,999 to 999,999,999, and parts of a time that are ones. Whoever makes a
// Value by hand may have others; what is stored must be readable.
static bool is_in_range(const Value& v) {
    constexpr std::int64_t days_least = -365'243'219'162, days_most = 365'241'780'471, day = 86'400;
    constexpr std::int64_t nanos_of_second = 1'000'000'000;
    constexpr std::int32_t offset_most = 64'800;
    const auto within = [](std::int64_t value, std::int64_t least, std::int64_t most) {
        return value >= least && value <= most;
    };
    const auto is_second = [&](std::int64_t seconds) {
        return within(seconds, days_least * day, days_most * day + day - 1);
    };
    switch (v.type()) {
        case ValueType::date: return within(v.get<Date>().days, days_least, days_most);
        case ValueType::local_time: return within(v.get<LocalTime>().nanos, 0, day * nanos_of_second - 1);
        case ValueType::time:
            return within(v.get<Time>().nanos, 0, day * nanos_of_second - 1) &&
                   within(v.get<Time>().offset, -offset_most, offset_most);
        case ValueType::local_datetime:
            return is_second(v.get<LocalDateTime>().seconds) &&
                   within(v.get<LocalDateTime>().nanos, 0, nanos_of_second - 1);
        case ValueType::datetime: {
            const DateTime& d = v.get<DateTime>();
            return is_second(d.seconds) && within(d.nanos, 0, nanos_of_second - 1) &&
                   within(d.offset, -offset_most, offset_most) && is_second(d.seconds + d.offset);
        }
        case ValueType::duration: return within(v.as_duration().nanos, 0, nanos_of_second - 1);
        default: return true;
    }
}

bool is_storable(const Value& v) {
    const auto storable_alone = [](const Value& x) {
        return is_in_range(x) && x.type() >= ValueType::boolean && x.type() <= ValueType::duration &&
               !x.is(ValueType::list) && !x.is(ValueType::map);
    };
    if (v.is(ValueType::list)) return std::all_of(v.as_list().begin(), v.as_list().end(), storable_alone);
    return storable_alone(v);
}

}  // namespace mainstay
