#include "support/faulty_system.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

namespace mainstay::test {
namespace {

std::atomic<FaultySystem*> active{nullptr};

}  // namespace

FaultySystem::FaultySystem(const std::filesystem::path& folder)
    : folder_(std::filesystem::canonical(folder).string() + "/") {
    active = this;
}

FaultySystem::~FaultySystem() { active = nullptr; }

void FaultySystem::fail(std::uint64_t nth, int error, bool torn, bool for_ever) {
    const std::lock_guard lock(mutex_);
    calls_ = 0, failures_ = 0;
    fail_at_ = nth, error_ = error, torn_ = torn, for_ever_ = for_ever;
}

void FaultySystem::heal() {
    const std::lock_guard lock(mutex_);
    fail_at_ = 0;
}

void FaultySystem::note(std::uint64_t number) { add({Kind::note, "", number, "", false}); }

std::string FaultySystem::watched(int fd) const {
    char path[PATH_MAX];
    const auto link = "/proc/self/fd/" + std::to_string(fd);
    const auto n = ::readlink(link.c_str(), path, sizeof path);
    if (n <= 0) return {};
    const std::string_view name(path, static_cast<std::size_t>(n));
    if (!name.starts_with(folder_) || name.ends_with("-lock")) return {};
    return std::string(name.substr(folder_.size()));
}

int FaultySystem::next_call(bool& torn) {
    const std::lock_guard lock(mutex_);
    const auto call = ++calls_;
    if (fail_at_ == 0 || call < fail_at_ || (call > fail_at_ && !for_ever_)) return 0;
    ++failures_;
    torn = torn_;
    return error_;
}

void FaultySystem::add(Event event) {
    const std::lock_guard lock(mutex_);
    if (recording_) events_.push_back(std::move(event));
}

namespace {

std::string name_in_folder(int fd) {
    auto* system = active.load();
    return system ? system->watched(fd) : std::string{};
}

template <typename Real>
long call(int fd, FaultySystem::Event event, Real real) {
    auto* system = active.load();
    if (!system || event.file.empty()) return real(std::size_t{SIZE_MAX});
    bool torn = false;
    if (const int error = system->next_call(torn)) {
        if (torn && event.bytes.size() > 1) {
            const auto written = real(event.bytes.size() / 2);
            if (written > 0) {
                event.bytes.resize(static_cast<std::size_t>(written));
                system->add(std::move(event));
                return written;  // a short write; the next one finds no room
            }
        }
        errno = error;
        return -1;
    }
    const auto result = real(SIZE_MAX);
    const int error = errno;
    if (result >= 0) {
        event.durable = event.kind == FaultySystem::Kind::write && (::fcntl(fd, F_GETFL) & O_DSYNC);
        system->add(std::move(event));
    }
    errno = error;
    return result;
}

ssize_t write_at(int fd, const void* data, std::size_t size, off_t at) {
    auto name = name_in_folder(fd);
    FaultySystem::Event event{FaultySystem::Kind::write, name, static_cast<std::uint64_t>(at), {}, false};
    if (!name.empty()) event.bytes.assign(static_cast<const char*>(data), size);
    return call(fd, std::move(event),
                [&](std::size_t most) { return ::syscall(SYS_pwrite64, fd, data, std::min(size, most), at); });
}

ssize_t write_here(int fd, const iovec* parts, int count) {
    auto name = name_in_folder(fd);
    if (name.empty()) return ::syscall(SYS_writev, fd, parts, count);
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    const auto at = ::lseek(fd, 0, SEEK_CUR);
    FaultySystem::Event event{FaultySystem::Kind::write, std::move(name), static_cast<std::uint64_t>(at), bytes, false};
    return call(fd, std::move(event),
                [&](std::size_t most) { return ::syscall(SYS_write, fd, bytes.data(), std::min(bytes.size(), most)); });
}

int sync(int fd, long number) {
    return static_cast<int>(call(fd, {FaultySystem::Kind::sync, name_in_folder(fd), 0, {}, false},
                                 [&](std::size_t) { return ::syscall(number, fd); }));
}

int resize(int fd, off_t length, long number, int mode, off_t from) {
    return static_cast<int>(call(
        fd, {FaultySystem::Kind::resize, name_in_folder(fd), static_cast<std::uint64_t>(from + length), {}, false},
        [&](std::size_t) {
            return number == SYS_ftruncate ? ::syscall(number, fd, length) : ::syscall(number, fd, mode, from, length);
        }));
}

}  // namespace
}  // namespace mainstay::test

// The calls themselves, in the place of the C library's.
extern "C" {
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) { return mainstay::test::write_at(fd, data, size, at); }
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
    return mainstay::test::write_at(fd, data, size, at);
}
ssize_t write(int fd, const void* data, size_t size) {
    const iovec part{const_cast<void*>(data), size};
    return mainstay::test::write_here(fd, &part, 1);
}
ssize_t writev(int fd, const iovec* parts, int count) { return mainstay::test::write_here(fd, parts, count); }
int fsync(int fd) { return mainstay::test::sync(fd, SYS_fsync); }
int fdatasync(int fd) { return mainstay::test::sync(fd, SYS_fdatasync); }
int ftruncate(int fd, off_t length) noexcept { return mainstay::test::resize(fd, length, SYS_ftruncate, 0, 0); }
int ftruncate64(int fd, off64_t length) noexcept { return mainstay::test::resize(fd, length, SYS_ftruncate, 0, 0); }
int fallocate(int fd, int mode, off_t from, off_t length) {
    return mainstay::test::resize(fd, length, SYS_fallocate, mode, from);
}
int fallocate64(int fd, int mode, off64_t from, off64_t length) {
    return mainstay::test::resize(fd, length, SYS_fallocate, mode, from);
}
}
