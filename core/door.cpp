#include "mainstay/core/door.hpp"

#include "mainstay/core/error.hpp"

#include <new>
#include <system_error>

namespace mainstay {
namespace {

// Texts of at most 15 bytes, which a std::string holds in itself: to copy it needs no memory. Made before any is short.
const Error no_memory_at_all = Error{Code::memory_limit, "out of memory"}.with_hint("free some of it");

[[noreturn]] void throw_no_memory() {
    try {
        throw Error{Code::memory_limit, "the system has no more memory for this process"}.with_hint(
            "nothing was stored that was not acknowledged before; ask for less at once, or free some memory, and try "
            "again");
    } catch (const std::bad_alloc&) {
        throw Error{no_memory_at_all};
    }
}

}  // namespace

void rethrow_at_door() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        throw_no_memory();
    } catch (const std::system_error& error) {
        // A thread that cannot be started, a path that cannot be looked at.
        if (error.code() == std::errc::not_enough_memory || error.code() == std::errc::resource_unavailable_try_again)
            throw_no_memory();
        try {
            throw Error{Code::io_error, error.what()};
        } catch (const std::bad_alloc&) {
            throw Error{no_memory_at_all};
        }
    }
}

}  // namespace mainstay
