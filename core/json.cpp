#include "mainstay/core/json.hpp"

#include <cstdlib>
#include <functional>
#include <mutex>

namespace mainstay {
namespace {

// Used from its begin on, and again from its begin when all of it has been given back: what takes a document apart is
// soon done. Pages that are never touched cost nothing.
constexpr std::size_t reserve_bytes = std::size_t{1} << 20;
alignas(std::max_align_t) constinit std::byte reserve[reserve_bytes]{};
constinit std::mutex reserve_mutex;
constinit std::size_t reserve_used = 0, reserve_pieces = 0;

bool is_reserve(const void* memory) noexcept {
    const std::less<const void*> before;
    return !before(memory, reserve) && before(memory, reserve + reserve_bytes);
}

}  // namespace

void* take_json_memory(std::size_t bytes) noexcept {
    if (void* const memory = std::malloc(bytes)) return memory;
    constexpr std::size_t unit = alignof(std::max_align_t);
    const std::lock_guard lock(reserve_mutex);
    const auto whole = (bytes + unit - 1) / unit * unit;
    if (bytes > reserve_bytes || whole > reserve_bytes - reserve_used) return nullptr;
    void* const memory = reserve + reserve_used;
    reserve_used += whole;
    ++reserve_pieces;
    return memory;
}

void give_json_memory(void* memory) noexcept {
    if (!is_reserve(memory)) return std::free(memory);
    const std::lock_guard lock(reserve_mutex);
    if (--reserve_pieces == 0) reserve_used = 0;
}

}  // namespace mainstay
