#include "mainstay/core/value.hpp"

#include <cmath>
#include <functional>

namespace mainstay {
namespace {

// The finisher of splitmix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
}

constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t x) noexcept { return mix(seed ^ mix(x)); }

std::uint64_t mix(std::uint64_t seed, std::string_view text) noexcept {
    return mix(seed, std::hash<std::string_view>{}(text));
}

template <typename... Numbers>
std::uint64_t mix_all(ValueType type, Numbers... numbers) noexcept {
    std::uint64_t seed = static_cast<std::uint64_t>(type);
    ((seed = mix(seed, static_cast<std::uint64_t>(numbers))), ...);
    return seed;
}

// 1 and 1.0 are equivalent, so a float that is an integer hashes as one.
std::uint64_t hash_float(double d) noexcept {
    if (std::isnan(d)) return mix_all(ValueType::floating, 0);
    if (d >= -0x1p63 && d < 0x1p63 && std::trunc(d) == d)
        return mix_all(ValueType::integer, static_cast<std::int64_t>(d));
    return mix_all(ValueType::floating, std::bit_cast<std::uint64_t>(d));
}

}  // namespace

std::size_t hash_value(const Value& v) {
    switch (v.type()) {
        case ValueType::null: return mix_all(ValueType::null);
        case ValueType::boolean: return mix_all(ValueType::boolean, v.as_bool());
        case ValueType::integer: return mix_all(ValueType::integer, v.as_int());
        case ValueType::floating: return hash_float(v.as_double());
        case ValueType::string: return mix(mix_all(ValueType::string), v.as_string());
        case ValueType::list: {
            std::uint64_t seed = mix_all(ValueType::list, v.as_list().size());
            for (const Value& item : v.as_list()) seed = mix(seed, hash_value(item));
            return seed;
        }
        case ValueType::map: {
            std::uint64_t seed = mix_all(ValueType::map, v.as_map().size());
            for (const auto& [key, item] : v.as_map()) seed = mix(mix(seed, key), hash_value(item));
            return seed;
        }
        case ValueType::date: return mix_all(ValueType::date, v.get<Date>().days);
        case ValueType::local_time: return mix_all(ValueType::local_time, v.get<LocalTime>().nanos);
        case ValueType::time: return mix_all(ValueType::time, v.get<Time>().nanos, v.get<Time>().offset);
        case ValueType::local_datetime:
            return mix_all(ValueType::local_datetime, v.get<LocalDateTime>().seconds, v.get<LocalDateTime>().nanos);
        case ValueType::datetime: {
            const DateTime& d = v.get<DateTime>();
            return mix_all(ValueType::datetime, d.seconds, d.nanos, d.offset, d.zone);
        }
        case ValueType::duration: {
            const Duration& d = v.as_duration();
            return mix_all(ValueType::duration, d.months, d.days, d.seconds, d.nanos);
        }
        case ValueType::node: return mix_all(ValueType::node, raw(v.as_node().id));
        case ValueType::relationship: return mix_all(ValueType::relationship, raw(v.as_relationship().id));
        case ValueType::path: {
            std::uint64_t seed = mix_all(ValueType::path, v.as_path().nodes.size());
            for (const Node& node : v.as_path().nodes) seed = mix(seed, raw(node.id));
            for (const Relationship& rel : v.as_path().rels) seed = mix(seed, raw(rel.id));
            return seed;
        }
    }
    return 0;
}

}  // namespace mainstay
