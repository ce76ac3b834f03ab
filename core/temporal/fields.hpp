#pragma once

// The map of components that constructors and truncate take: known names only, read as whole numbers or values.

#include "mainstay/core/temporal.hpp"
#include "mainstay/core/value.hpp"
#include "temporal/zone.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace mainstay::temporal {

class Fields {
public:
    // Borrows the map. Throws Error(Code::invalid_temporal) for a name that `type` does not have.
    Fields(ValueType type, const Value& map);

    bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
    bool has_any(std::initializer_list<std::string_view> names) const noexcept;
    // The whole number of that name, within [low, high]; nullopt if absent. Throws if it is something else.
    std::optional<std::int64_t> number(std::string_view name, std::int64_t low, std::int64_t high) const;
    const Value* find(std::string_view name) const noexcept;
    std::optional<ZoneSpec> zone() const;

private:
    const ValueMapEntries* entries_;
};

// What a temporal value says about date, time of day and zone.
struct Parts {
    std::optional<std::int64_t> days;
    std::optional<std::int64_t> nanos;  // since midnight
    std::optional<ZoneSpec> zone;
    std::optional<std::int32_t> offset;  // the zone's at that instant

    static Parts of(const Value& temporal);  // requires one of the five types
};
bool is_instant(const Value& value) noexcept;  // one of the five types, not a duration

// The date that `fields` describes, over `base` if there is one.
std::int64_t date_of(const Fields& fields, std::optional<std::int64_t> base);
// The time of day likewise, midnight by default. `kept_nanos`: what a given part of the second adds to (see truncate).
std::int64_t time_of(const Fields& fields, std::optional<std::int64_t> base, std::int64_t kept_nanos = 0);

Value assemble(ValueType type, std::int64_t days, std::int64_t nanos, const ZoneSpec& zone,
               std::optional<std::int32_t> preferred_offset);
// The offset of a zone for a bare time of day: that of the zone now.
std::int32_t offset_of(const ZoneSpec& zone, const DateTime& now);

}  // namespace mainstay::temporal
