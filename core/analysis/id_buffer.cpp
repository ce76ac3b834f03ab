#include "analysis/id_buffer.hpp"

#include <sys/mman.h>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

namespace mainstay {
namespace analysis {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

// One buffer, the larger of those that were given back. Its pages are the process's own, so that what it may keep is
// bounded: that of a graph of 16,000,000 nodes.
class Spare {
public:
    static constexpr std::size_t bytes_max = std::size_t{64} << 20;

    ~Spare() { std::free(data_); }
    std::pair<void*, std::size_t> take(std::size_t bytes) noexcept {
        const std::lock_guard lock(mutex_);
        if (bytes_ < bytes) return {};
        return {std::exchange(data_, nullptr), std::exchange(bytes_, 0)};
    }
    void give(void* data, std::size_t bytes) noexcept {
        if (bytes <= bytes_max) {
            const std::lock_guard lock(mutex_);
            if (bytes > bytes_) {
                std::swap(data, data_);
                bytes_ = bytes;
            }
        }
        std::free(data);
    }

private:
    std::mutex mutex_;
    void* data_ = nullptr;
    std::size_t bytes_ = 0;
};

Spare& spare() {
    static Spare one;
    return one;
}

}  // namespace

IdBuffer take_id_buffer(std::size_t count) {
    std::size_t bytes = count * sizeof(std::uint32_t);
    if (bytes < huge_page) {
        void* const data = std::malloc(bytes ? bytes : 1);
        if (!data) throw std::bad_alloc{};
        return IdBuffer{static_cast<std::uint32_t*>(data), {}};
    }
    bytes = (bytes + huge_page - 1) / huge_page * huge_page;
    auto [data, kept] = spare().take(bytes);
    if (!data) {
        data = std::aligned_alloc(huge_page, kept = bytes);
        if (!data) throw std::bad_alloc{};
        ::madvise(data, bytes, MADV_HUGEPAGE);  // without them it is as good, and slower
    }
    return IdBuffer{static_cast<std::uint32_t*>(data), {kept}};
}

}  // namespace analysis

void IdBufferDeleter::operator()(std::uint32_t* data) const noexcept {
    if (bytes)
        analysis::spare().give(data, bytes);
    else
        std::free(data);
}

}  // namespace mainstay
