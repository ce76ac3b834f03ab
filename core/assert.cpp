#include "mainstay/core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace mainstay {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
    std::fprintf(stderr, "mainstay: internal error: %s does not hold (%s:%d)\n", condition, file, line);
    std::abort();
}

}  // namespace mainstay
