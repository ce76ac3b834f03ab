#include "presence.hpp"

#include "descriptor.hpp"

#include "mainstay/core/error.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>

namespace mainstay {
namespace {

constexpr std::int64_t presence_byte = (std::int64_t{1} << 61) + 1;  // the one before it is the writer's
constexpr int looks_max = 200;                                       // at one that somebody has alone
constexpr std::chrono::milliseconds time_between_looks{10};
// One of these bytes stands for a lock file.
constexpr std::int64_t lock_files_first = std::int64_t{1} << 62,
                       lock_files_last = lock_files_first + (std::int64_t{1} << 60);

std::int64_t byte_of(const struct stat& lock_file) {
    const std::uint64_t identity[] = {lock_file.st_dev, lock_file.st_ino};
    return lock_files_first +
           static_cast<std::int64_t>(XXH3_64bits(identity, sizeof identity) % (std::uint64_t{1} << 60));
}

struct flock range_of(short type, std::int64_t first, std::int64_t last) {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = first;
    range.l_len = last - first + 1;
    return range;
}

// Takes the shared lock on `byte`, and says whether others have one on another byte of the range. First its own, then
// the look around: of two that come at once, one sees the other at least.
bool lock_and_see_others(int fd, std::int64_t byte) {
    auto own = range_of(F_RDLCK, byte, byte);
    if (::fcntl(fd, F_OFD_SETLK, &own) != 0) return false;  // such locks are not known here
    const auto is_locked = [&](std::int64_t first, std::int64_t last) {
        auto range = range_of(F_WRLCK, first, last);
        return first <= last && ::fcntl(fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
    };
    return is_locked(lock_files_first, byte - 1) || is_locked(byte + 1, lock_files_last);
}

}  // namespace

Presence::Presence(const std::filesystem::path& file) : fd_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);  // can share, and never be alone
    if (fd_ < 0)
        throw Error{Code::io_error, fmt::format("{} cannot be opened: {}", file.string(), std::strerror(errno))};
    // A file system without such locks cannot say who is there; its files are not compacted in place.
    for (int look = 0; look < looks_max; ++look) {
        if (lock(F_RDLCK) || (errno != EAGAIN && errno != EACCES)) return;
        std::this_thread::sleep_for(time_between_looks);
    }
    ::close(fd_);
    throw Error{Code::writer_locked,
                fmt::format("{} is being made, compacted or put right by another process", file.string())}
        .with_hint("try again when that is done");
}

void Presence::wait_until_shared(const std::filesystem::path& file) {
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    for (int look = 0; in.fd >= 0 && look < looks_max; ++look) {
        auto range = range_of(F_RDLCK, presence_byte, presence_byte);
        if (::fcntl(in.fd, F_OFD_GETLK, &range) != 0 || range.l_type == F_UNLCK) return;
        std::this_thread::sleep_for(time_between_looks);
    }
}

Presence::~Presence() {
    if (fd_ >= 0) ::close(fd_);
    if (lock_fd_ >= 0) ::close(lock_fd_);
}

Presence::Presence(Presence&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}

bool Presence::lock(short type) const noexcept {
    auto range = range_of(type, presence_byte, presence_byte);
    return ::fcntl(fd_, F_OFD_SETLK, &range) == 0;
}

void Presence::use_lock_file(const std::filesystem::path& lock_file) {
    lock_fd_ = ::open(lock_file.c_str(), O_RDWR | O_CLOEXEC);
    if (lock_fd_ < 0) lock_fd_ = ::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat st {};
    struct stat own {};
    // On a file system that cannot be written there is none.
    if (lock_fd_ < 0 || ::fstat(lock_fd_, &st) != 0 || ::fstat(fd_, &own) != 0) return;
    const auto database = [&] {
        auto name = lock_file.string();
        return name.erase(name.rfind("-lock"));
    };
    if (lock_and_see_others(fd_, byte_of(st)))
        throw Error{Code::writer_locked,
                    fmt::format("{} is open in another process with another lock file: under another name, or {} was "
                                "removed meanwhile",
                                database(), lock_file.string())}
            .with_hint(
                "use one name of the file everywhere (a symbolic link is followed, a hard link or a mount of the "
                "file alone is not), and leave its lock file in place; nothing was changed");
    if (lock_and_see_others(lock_fd_, byte_of(own)))
        throw Error{Code::writer_locked,
                    fmt::format("{} is in use for another file, which had the name {} before it was "
                                "moved, removed or replaced",
                                lock_file.string(), database())}
            .with_hint("close it where it is still open; nothing was changed");
}

void Presence::leave_lock_file() noexcept {
    struct stat own {};
    if (lock_fd_ < 0 || ::fstat(fd_, &own) != 0) return;
    auto range = range_of(F_UNLCK, byte_of(own), byte_of(own));
    ::fcntl(lock_fd_, F_OFD_SETLK, &range);
}

bool Presence::is_of(const std::filesystem::path& file) const {
    struct stat here {};
    struct stat there {};
    return ::fstat(fd_, &here) == 0 && ::stat(file.c_str(), &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

bool Presence::become_alone() { return lock(F_WRLCK); }
void Presence::share() noexcept { lock(F_RDLCK); }

}  // namespace mainstay
