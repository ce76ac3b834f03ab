#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mainstay::temporal {

// Reads digits and letters off the front of a text it borrows.
class Scan {
public:
    explicit Scan(std::string_view text) noexcept : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    std::string_view rest() const noexcept { return rest_; }

    bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    // How many digits stand in front.
    std::size_t digits() const noexcept {
        std::size_t count = 0;
        while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
        return count;
    }

    // Exactly `count` digits (1 to 18) as a number; more digits may follow. nullopt, and nothing read, if there are
    // fewer.
    std::optional<std::int64_t> number(std::size_t count) noexcept {
        if (count == 0 || count > 18 || digits() < count) return std::nullopt;
        std::int64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value = value * 10 + (rest_[i] - '0');
        rest_.remove_prefix(count);
        return value;
    }

    // All digits in front as a number, negative if asked. nullopt, and nothing read, if there are none or 64 bits do
    // not hold it.
    std::optional<std::int64_t> whole(bool negative) noexcept {
        const std::size_t count = digits();
        if (count == 0) return std::nullopt;
        std::int64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::int64_t digit = rest_[i] - '0';
            if (__builtin_mul_overflow(value, 10, &value) ||
                __builtin_add_overflow(value, negative ? -digit : digit, &value))
                return std::nullopt;
        }
        rest_.remove_prefix(count);
        return value;
    }

    // 1 to `places` digits after a decimal point, as a count of 10^-places.
    std::optional<std::int64_t> fraction(std::size_t places) noexcept {
        const std::size_t count = digits();
        if (count == 0 || count > places) return std::nullopt;
        std::int64_t value = *number(count);
        for (std::size_t i = count; i < places; ++i) value *= 10;
        return value;
    }

private:
    std::string_view rest_;
};

}  // namespace mainstay::temporal
