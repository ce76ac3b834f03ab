#pragma once

#include "mainstay/core/analysis.hpp"

#include <cstddef>

namespace mainstay::analysis {

// Room for `count` ids, not cleared. Large ones stand on huge pages where the system has them (a page that is touched
// for the first time costs more than all that is done with its ids), and one that was given back is handed out again.
// Thread-safe. Throws std::bad_alloc.
IdBuffer take_id_buffer(std::size_t count);

}  // namespace mainstay::analysis
