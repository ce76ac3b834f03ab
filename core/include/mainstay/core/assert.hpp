#pragma once

// MAINSTAY_ASSERT states what only a bug in Mainstay can break; never what a user, a file or the network says. Compiled
// in always. MAINSTAY_DEBUG_ASSERT is for per-edge loops and vanishes with NDEBUG.

namespace mainstay {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}

#define MAINSTAY_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::mainstay::assertion_failed(#condition, __FILE__, __LINE__))
#ifdef NDEBUG
#define MAINSTAY_DEBUG_ASSERT(condition) static_cast<void>(0)
#else
#define MAINSTAY_DEBUG_ASSERT(condition) MAINSTAY_ASSERT(condition)
#endif
