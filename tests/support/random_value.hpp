#pragma once

#include "mainstay/core/value.hpp"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace mainstay::test {

// A seed that differs from run to run, printed; MAINSTAY_SEED sets it.
inline std::uint64_t seed(std::string_view what) {
    const char* given = std::getenv("MAINSTAY_SEED");
    const std::uint64_t value = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << what << ": seed " << value << '\n';
    return value;
}

// Any value that can be encoded: small domains, so that equal ones occur, and the edges of each type. `depth`: how many
// lists and maps within each other.
inline Value random_value(std::mt19937_64& random, int depth) {
    const auto below = [&](std::uint64_t n) { return random() % n; };
    const auto signed_below = [&](std::int64_t n) { return static_cast<std::int64_t>(below(2 * n)) - n; };
    switch (below(depth > 0 ? 17 : 15)) {
        case 0: return {};
        case 1: return below(2) == 0;
        case 2: return signed_below(4);
        case 3: return static_cast<std::int64_t>(random());
        case 4: return (std::int64_t{1} << (50 + below(13))) + signed_below(3);
        case 5: return static_cast<double>(signed_below(8)) / 2;
        case 6: return std::bit_cast<double>(random());
        case 7: return static_cast<double>((std::int64_t{1} << (50 + below(13))) + signed_below(3));
        case 8: {
            std::string text;
            for (auto n = below(5); n > 0; --n) text += static_cast<char>(std::string_view{"\0\1ab\xFF", 5}[below(5)]);
            return text;
        }
        case 9: return Date{signed_below(3) * 100'000'000'000};
        case 10: return LocalTime{static_cast<std::int64_t>(below(86'400'000'000'000))};
        case 11:
            return Time{static_cast<std::int64_t>(below(3)) * 3'600'000'000'000,
                        static_cast<std::int32_t>(signed_below(3)) * 3600};
        case 12: return LocalDateTime{signed_below(3), static_cast<std::int32_t>(below(3))};
        case 13: {
            DateTime d;
            d.seconds = signed_below(2);
            d.nanos = static_cast<std::uint32_t>(below(2));
            d.offset = static_cast<std::int32_t>(signed_below(2));
            static constexpr std::string_view zones[] = {"Europe/Berlin", "Asia/Tokyo", "UTC"};
            if (const auto zone = below(4); zone < 3)
                d.zone = static_cast<std::uint16_t>(intern_zone(zones[zone])) & 0x3FFF;
            return d;
        }
        case 14: {
            if (below(4) == 0)
                return Duration{static_cast<std::int64_t>(random()), static_cast<std::int64_t>(random()),
                                static_cast<std::int64_t>(random()), static_cast<std::int32_t>(below(1'000'000'000))};
            return Duration{signed_below(2), signed_below(40), signed_below(2) * 86'400,
                            static_cast<std::int32_t>(below(2))};
        }
        case 15: {
            ValueList items;
            for (auto n = below(4); n > 0; --n) items.push_back(random_value(random, depth - 1));
            return Value::list(std::move(items));
        }
        default: {
            ValueMapEntries entries;
            for (auto n = below(4); n > 0; --n)
                entries.emplace_back(std::string(below(3), static_cast<char>(below(2) ? 'a' : '\0')),
                                     random_value(random, depth - 1));
            return Value::map(std::move(entries));
        }
    }
}

}  // namespace mainstay::test
