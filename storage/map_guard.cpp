#include "map_guard.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace mainstay::lmdb {
namespace {

// Written under a mutex, read by the handler, which may take none. `begin` is set last and cleared first.
struct Stretch {
    std::atomic<std::uintptr_t> begin{0}, end{0};
    std::atomic<bool> failed{false};
    bool taken = false;  // under the mutex
};
constexpr std::size_t stretches_max = 256;
std::array<Stretch, stretches_max> stretches;
std::atomic<bool> unguarded_never_fails{false};
std::mutex stretches_mutex;
std::once_flag installed;
struct sigaction before;
std::uintptr_t system_page = 4096;

static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

// Only what POSIX allows in a handler; mmap is a plain system call on Linux.
bool put_zeros_at(std::uintptr_t address) noexcept {
    for (auto& stretch : stretches) {
        const auto begin = stretch.begin.load(std::memory_order_acquire);
        if (begin == 0 || address < begin || address >= stretch.end.load(std::memory_order_relaxed)) continue;
        void* const page = reinterpret_cast<void*>(address / system_page * system_page);
        if (::mmap(page, system_page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
            return false;
        stretch.failed.store(true, std::memory_order_seq_cst);
        return true;
    }
    return false;
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
    const int error = errno;
    // A positive code is the kernel's own; others were sent by somebody.
    const bool done = info->si_code > 0 && put_zeros_at(reinterpret_cast<std::uintptr_t>(info->si_addr));
    errno = error;
    if (done) return;
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(signal, info, context);
    } else if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN) {
        // An access that failed fails again at once, and then as if nobody had caught it.
        if (before.sa_handler == SIG_IGN && info->si_code <= 0) return;
        ::signal(signal, SIG_DFL);
        if (info->si_code <= 0) ::raise(signal);
    } else {
        before.sa_handler(signal);
    }
}

void install() {
    system_page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &before);
}

}  // namespace

MapGuard::MapGuard(const char* begin, std::size_t bytes) : slot_(stretches_max), failed_(&unguarded_never_fails) {
    std::call_once(installed, install);
    const std::lock_guard lock(stretches_mutex);
    for (std::size_t i = 0; i < stretches_max; ++i) {
        auto& stretch = stretches[i];
        if (stretch.taken) continue;
        stretch.taken = true;
        stretch.failed.store(false, std::memory_order_relaxed);
        stretch.end.store(reinterpret_cast<std::uintptr_t>(begin) + bytes, std::memory_order_relaxed);
        stretch.begin.store(reinterpret_cast<std::uintptr_t>(begin), std::memory_order_release);
        slot_ = i;
        failed_ = &stretch.failed;
        return;
    }
}

MapGuard::~MapGuard() {
    if (slot_ == stretches_max) return;
    const std::lock_guard lock(stretches_mutex);
    stretches[slot_].begin.store(0, std::memory_order_release);
    stretches[slot_].taken = false;
}

}  // namespace mainstay::lmdb
