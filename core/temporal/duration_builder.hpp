#pragma once

#include "mainstay/core/temporal.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mainstay::temporal {

// Sums amounts of units, whole or not, into a Duration. A fraction of a month becomes days and less, a fraction of a
// day seconds and less, by their average lengths; never the other way round. Throws Error(Code::invalid_temporal) when
// a sum leaves 64 bits or a number is not finite.
class DurationBuilder {
public:
    enum class Group : std::uint8_t { months, days, seconds, nanos };
    struct Unit {
        std::string_view name;  // "milliseconds", as in the map that duration() takes
        Group group;
        std::int64_t factor;
    };
    static std::span<const Unit> units() noexcept;
    static const Unit* find_unit(std::string_view name) noexcept;  // ASCII case ignored; nullptr if none

    // `fraction` is added to `whole` and lies within (-1, 1).
    void add(const Unit& unit, std::int64_t whole, long double fraction = 0);
    void add(const Unit& unit, double amount);
    void add(Group group, long double amount);

    Duration build() const;

private:
    struct Sum {
        std::int64_t whole = 0;
        long double fraction = 0;
    };
    Sum sums_[4];
};

// The duration with nanoseconds carried into seconds. Throws as above.
Duration normalized(std::int64_t months, std::int64_t days, std::int64_t seconds, std::int64_t nanos);

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;  // ASCII

}  // namespace mainstay::temporal
