#pragma once

#include <cstdint>

namespace mainstay::test {

// Memory of this process that fails: what is asked of the C library (by operator new, by liblmdb, by the C library
// itself), or what is mapped. Under a sanitizer, which has a malloc of its own, operator new alone.
class FailingMemory {
public:
    enum class Kind : std::uint8_t { allocation, map };
    // From now until the object ends the n-th call (1: the next) of any thread finds nothing, and so do all after it if
    // `for_ever`. One object at a time. 0: they are counted only.
    FailingMemory(Kind kind, std::uint64_t nth, bool for_ever) noexcept;
    ~FailingMemory();
    FailingMemory(const FailingMemory&) = delete;
    FailingMemory& operator=(const FailingMemory&) = delete;

    static std::uint64_t calls() noexcept;  // of the newest object
    static bool has_failed() noexcept;      // likewise
};

}  // namespace mainstay::test
