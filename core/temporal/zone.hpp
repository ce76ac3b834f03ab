#pragma once

// Time zones by name: when which offset from UTC holds. Rules come from the system's compiled zone files (TZif, RFC
// 8536), read on first use and kept for the life of the process.

#include "mainstay/core/temporal.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::temporal {

// One switch of a yearly rule of a POSIX TZ string: a day and a local time of that day, which may lie outside 0..24 h.
struct YearlySwitch {
    enum class Kind : std::uint8_t { month_week_day, julian_without_leap_day, day_of_year };
    Kind kind = Kind::month_week_day;
    int month = 0, week = 0, weekday = 0;  // weekday 0 is Sunday; week 5 is the last
    int day = 0;                           // 1..365, or 0..365 for day_of_year
    std::int32_t seconds = 7200;
};

// What follows the last listed transition.
struct YearlyRule {
    std::int32_t standard = 0;
    std::int32_t daylight = 0;
    std::optional<YearlySwitch> to_daylight, to_standard;  // both or none

    std::int32_t offset_at(std::int64_t utc_seconds) const noexcept;
};
std::optional<YearlyRule> parse_yearly_rule(std::string_view posix_tz);

class ZoneRules {
public:
    // Reads a TZif file's bytes. Throws Error(Code::invalid_temporal) naming `name` if they are damaged.
    ZoneRules(std::string_view name, std::string_view tzif);

    // Seconds east of UTC at an instant. O(log transitions).
    std::int32_t offset_at(std::int64_t utc_seconds) const noexcept;

    // The offset of a local time, and the local time itself moved forward by the length of the gap if it falls into
    // one. In an overlap the earlier of both instants is taken, unless `preferred` is the other's offset.
    struct Local {
        std::int64_t utc_seconds;
        std::int32_t offset;
    };
    Local resolve(std::int64_t local_seconds, std::optional<std::int32_t> preferred = std::nullopt) const noexcept;

private:
    std::vector<std::int64_t> transitions_;  // UTC seconds, ascending
    std::vector<std::int32_t> offsets_;      // offsets_[i] holds from transitions_[i]
    std::int32_t first_offset_ = 0;          // before the first transition
    std::optional<YearlyRule> rule_;         // after the last
};

// Reads DIRECTORY/NAME. Throws Error(Code::invalid_temporal) if there is no such zone, saying so if the directory
// itself is missing.
ZoneRules load_zone(const std::filesystem::path& directory, std::string_view name);

// The zone that IANA's database has merged `name` into, or `name`.
std::string_view merged_zone(std::string_view name) noexcept;

// The rules of an interned zone, or of what it is merged into, from /usr/share/zoneinfo. Thread-safe; the reference
// lives as long as the process. Throws as load_zone. Requires zone != none.
const ZoneRules& rules_of(ZoneId zone);

bool is_zone_name(std::string_view name) noexcept;

// A zone as a user names it: 'Z', an offset ('+01:00', '-0530', '+02'), or a name ('Europe/Stockholm').
struct ZoneSpec {
    ZoneId zone = ZoneId::none;
    std::int32_t offset = 0;  // if zone is none
};
// Throws Error(Code::invalid_temporal) if it is none of these, or an unknown name.
ZoneSpec parse_zone(std::string_view text);

// Joins a local time with a zone or offset.
DateTime at_zone(LocalDateTime local, const ZoneSpec& zone, std::optional<std::int32_t> preferred = std::nullopt);
// The same instant, seen in another zone.
DateTime in_zone(const DateTime& value, const ZoneSpec& zone);
ZoneSpec zone_of(const DateTime& value) noexcept;

}  // namespace mainstay::temporal
