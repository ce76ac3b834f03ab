#include "mainstay/core/model.hpp"

#include <algorithm>
#include <charconv>

namespace mainstay {

std::int64_t Need::of(std::int64_t n) const noexcept {
    switch (kind) {
        case Kind::count: return number;
        case Kind::percent: return std::max<std::int64_t>(1, (number * n + 99) / 100);
        case Kind::all: return std::max<std::int64_t>(1, n);
        case Kind::attribute: break;
    }
    return 1;
}

std::optional<Need> parse_need(const Value& v) {
    if (v.is(ValueType::integer)) {
        if (v.as_int() < 1) return std::nullopt;
        return Need{Need::Kind::count, v.as_int(), {}};
    }
    if (!v.is(ValueType::string)) return std::nullopt;
    const std::string_view text = v.as_string();
    std::int64_t percent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    const bool whole = error == std::errc{} && end + 1 == text.data() + text.size() && *end == '%';
    if (!whole || percent < 1 || percent > 100) return std::nullopt;
    return Need{Need::Kind::percent, percent, {}};
}

}  // namespace mainstay
