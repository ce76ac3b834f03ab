#include "text/colour.hpp"

namespace mainstay::shell {

// Only the sixteen colours that a user's own theme defines, so that the text stays readable on light and dark grounds.
std::string_view Palette::begin(Ink ink) const noexcept {
    if (!is_on_) return {};
    switch (ink) {
        case Ink::plain: return {};
        case Ink::keyword: return "\x1b[1;34m";
        case Ink::function: return "\x1b[36m";
        case Ink::string: return "\x1b[32m";
        case Ink::number: return "\x1b[35m";
        case Ink::parameter: return "\x1b[33m";
        case Ink::label: return "\x1b[36m";
        case Ink::comment: return "\x1b[90m";
        case Ink::faint: return "\x1b[90m";
        case Ink::strong: return "\x1b[1m";
        case Ink::good: return "\x1b[32m";
        case Ink::warning: return "\x1b[33m";
        case Ink::bad: return "\x1b[1;31m";
        case Ink::selected: return "\x1b[7m";
    }
    return {};
}

std::string_view Palette::end(Ink ink) const noexcept {
    return is_on_ && ink != Ink::plain ? std::string_view{"\x1b[0m"} : std::string_view{};
}

std::string Palette::paint(Ink ink, std::string_view text) const {
    std::string result{begin(ink)};
    result += text;
    result += end(ink);
    return result;
}

}  // namespace mainstay::shell
