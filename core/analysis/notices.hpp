#pragma once

#include "mainstay/core/analysis.hpp"

#include <cstddef>

namespace mainstay::analysis {

Notice already_down_notice(std::size_t count);
Notice itself_down_notice();

}  // namespace mainstay::analysis
