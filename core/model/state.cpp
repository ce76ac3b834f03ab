#include "mainstay/core/model.hpp"

#include <array>

namespace mainstay {
namespace {
constexpr std::array<std::string_view, 4> state_names{"up", "at_risk", "degraded", "down"};
}

std::string_view name_of(State state) noexcept { return state_names[static_cast<std::size_t>(state)]; }

std::optional<State> parse_state(std::string_view name) noexcept {
    for (std::size_t i = 0; i < state_names.size(); ++i) {
        if (state_names[i] == name) return static_cast<State>(i);
    }
    return std::nullopt;
}

State StatusMap::of(const Value& value) const {
    if (value.is_null()) return State::up;
    const auto found =
        value.is(ValueType::string) ? states.find(std::string{value.as_string()}) : states.find(to_text(value));
    return found == states.end() ? State::up : found->second;
}

}  // namespace mainstay
