#include "failing_memory.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MAINSTAY_TEST_OWN_MALLOC 0
#else
#define MAINSTAY_TEST_OWN_MALLOC 1
#endif

namespace mainstay::test {
namespace {

// No memory may be asked for here.
constinit std::atomic<bool> active{false};
constinit std::atomic<std::uint64_t> counted{0}, failed{0};
constinit std::uint64_t fail_at = 0;
constinit bool fails_for_ever = false;
constinit FailingMemory::Kind fails = FailingMemory::Kind::allocation;

bool fails_now(FailingMemory::Kind kind) noexcept {
    if (!active.load(std::memory_order_acquire) || kind != fails) return false;
    const auto call = counted.fetch_add(1, std::memory_order_relaxed) + 1;
    if (fail_at == 0 || call < fail_at || (call > fail_at && !fails_for_ever)) return false;
    failed.fetch_add(1, std::memory_order_relaxed);
    errno = ENOMEM;
    return true;
}

}  // namespace

FailingMemory::FailingMemory(Kind kind, std::uint64_t nth, bool for_ever) noexcept {
    counted = 0, failed = 0;
    fails = kind, fail_at = nth, fails_for_ever = for_ever;
    active.store(true, std::memory_order_release);
}

FailingMemory::~FailingMemory() { active = false; }

std::uint64_t FailingMemory::calls() noexcept { return counted; }
bool FailingMemory::has_failed() noexcept { return failed > 0; }

}  // namespace mainstay::test

// The calls themselves, in the place of the C library's.

using mainstay::test::fails_now;
using Kind = mainstay::test::FailingMemory::Kind;

#if MAINSTAY_TEST_OWN_MALLOC
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept { return fails_now(Kind::allocation) ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) noexcept {
    return fails_now(Kind::allocation) ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
    return fails_now(Kind::allocation) ? nullptr : __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
    return fails_now(Kind::allocation) ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }
int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
    void* const memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}
}
#else
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return fails_now(Kind::allocation) ? nullptr : std::malloc(size ? size : 1);
}
void* operator new(std::size_t size) {
    if (void* const memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc{};
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return operator new(size, std::nothrow); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif

extern "C" {
void* mmap(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) noexcept {
    if (fails_now(Kind::map)) return MAP_FAILED;
    return reinterpret_cast<void*>(::syscall(SYS_mmap, at, size, protection, flags, fd, offset));
}
void* mmap64(void* at, std::size_t size, int protection, int flags, int fd, off64_t offset) noexcept {
    return mmap(at, size, protection, flags, fd, offset);
}
int munmap(void* at, std::size_t size) noexcept {
    return fails_now(Kind::map) ? -1 : static_cast<int>(::syscall(SYS_munmap, at, size));
}
int msync(void* at, std::size_t size, int flags) {
    return fails_now(Kind::map) ? -1 : static_cast<int>(::syscall(SYS_msync, at, size, flags));
}
}
