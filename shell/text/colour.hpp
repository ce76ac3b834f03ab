#pragma once

// Colours of the terminal, by what they mean. Off, every function gives its text back unchanged. NO_COLOR
// (https://no-color.org) is looked at by whoever makes the Palette.

#include <string>
#include <string_view>

namespace mainstay::shell {

enum class Ink {
    plain,
    keyword,
    function,
    string,
    number,
    parameter,
    label,
    comment,
    faint,
    strong,
    good,
    warning,
    bad,
    selected
};

class Palette {
public:
    explicit Palette(bool is_on = false) noexcept : is_on_(is_on) {}
    bool is_on() const noexcept { return is_on_; }
    // The escape sequence that begins `ink`; "" for plain or if colours are off.
    std::string_view begin(Ink ink) const noexcept;
    std::string_view end(Ink ink) const noexcept;
    std::string paint(Ink ink, std::string_view text) const;

private:
    bool is_on_;
};

}  // namespace mainstay::shell
