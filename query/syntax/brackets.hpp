#pragma once

// One look over a statement before the grammar reads it: is it UTF-8, are its strings, names and comments closed, where
// does each bracket end. Knowing that, the grammar decides what `(` and `[` begin without trying and going back, which
// is what keeps parsing linear.

#include "mainstay/core/error.hpp"
#include "syntax/parse.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mainstay::syntax {

struct Bracket {
    std::uint32_t open = 0;
    std::uint32_t close = 0;  // of the closing bracket; the text's size if there is none
    bool comma = false;       // directly inside, not in an inner bracket
    bool bar = false;         // likewise: |
};

class Brackets {
public:
    // Throws Error: syntax (too long, or something is not closed), invalid_unicode_character, nesting_too_deep.
    Brackets(std::string_view text, const ParseLimits& limits);

    // The bracket ( [ or { that opens at this byte. Requires that there is one. O(log brackets).
    const Bracket& at(std::uint32_t open) const;
    // The first bracket that is never closed, or is closed by one of another kind.
    std::optional<std::uint32_t> unclosed() const noexcept { return unclosed_; }

private:
    std::vector<Bracket> all_;  // ascending by `open`
    std::optional<std::uint32_t> unclosed_;
};

}  // namespace mainstay::syntax
