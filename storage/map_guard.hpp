#pragma once

// What the memory map cannot give, because the file was cut while it is open or the disk cannot read it, raises SIGBUS.
// A handler for the whole process, installed with the first guard and never removed, puts a page of zeros in its place
// and notes it; whoever reads the map must ask has_failed() before it believes what it read. Signals of other origin go
// to the handler that was there before.

#include <atomic>
#include <cstddef>

namespace mainstay::lmdb {

// Guards a stretch of memory as long as it lives; must end before the stretch is mapped anew by somebody else.
// Thread-safe. Beyond 256 at a time in one process a stretch stays unguarded.
class MapGuard {
public:
    MapGuard(const char* begin, std::size_t bytes);
    ~MapGuard();
    MapGuard(const MapGuard&) = delete;
    MapGuard& operator=(const MapGuard&) = delete;

    // Whether a page of zeros stands for what could not be read. Once true it stays so.
    bool has_failed() const noexcept { return failed_->load(std::memory_order_relaxed); }

private:
    std::size_t slot_;
    const std::atomic<bool>* failed_;
};

}  // namespace mainstay::lmdb
