#pragma once

#include "text/colour.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace mainstay::shell {

struct InkSpan {
    std::size_t begin = 0;  // bytes
    std::size_t end = 0;
    Ink ink = Ink::plain;
};

// Which stretches of a statement (perhaps half written) have which colour; ascending, disjoint, plain ones left out.
std::vector<InkSpan> highlight(std::string_view text);

}  // namespace mainstay::shell
