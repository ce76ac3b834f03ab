#pragma once

// Where the library is entered from outside. Inside, want of memory is std::bad_alloc, which everything lets pass; out
// of a door come Errors only, and what a caller's own function has thrown.

#include <utility>

namespace mainstay {

// For the catch (...) of a door: throws what is being handled, as an Error if it is want of memory or what the C++
// library says of the system. Needs no memory for it.
[[noreturn]] void rethrow_at_door();

template <typename F>
decltype(auto) at_door(F&& f) {
    try {
        return std::forward<F>(f)();
    } catch (...) {
        rethrow_at_door();
    }
}

}  // namespace mainstay
