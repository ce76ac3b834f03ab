#include "presence.hpp"

#include "mainstay/core/error.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace mainstay {
namespace {

constexpr std::int64_t presence_byte = (std::int64_t{1} << 61) + 1;  // the one before it is the writer's
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

}  // namespace

Presence::Presence(const std::filesystem::path& file) : fd_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);  // can share, and never be alone
    if (fd_ < 0)
        throw Error{Code::io_error, fmt::format("{} cannot be opened: {}", file.string(), std::strerror(errno))};
    // A file system without such locks cannot say who is there; its files are not compacted in place.
    if (lock(F_RDLCK, presence_byte) || (errno != EAGAIN && errno != EACCES)) return;
    ::close(fd_);
    throw Error{Code::writer_locked,
                fmt::format("{} is being compacted or put right by another process", file.string())}
        .with_hint("try again when that is done");
}

Presence::~Presence() {
    if (fd_ >= 0) ::close(fd_);
}

Presence::Presence(Presence&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

bool Presence::lock(short type, std::int64_t byte) const noexcept {
    auto range = range_of(type, byte, byte);
    return ::fcntl(fd_, F_OFD_SETLK, &range) == 0;
}

bool Presence::others_lock(std::int64_t first, std::int64_t last) const noexcept {
    auto range = range_of(F_WRLCK, first, last);
    return first <= last && ::fcntl(fd_, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

void Presence::use_lock_file(const std::filesystem::path& lock_file) const {
    struct stat st {};
    if (::stat(lock_file.c_str(), &st) != 0) return;  // on a file system that cannot be written there is none
    const auto byte = byte_of(st);
    // First its own, then the look around: of two that come at once, one sees the other at least.
    if (!lock(F_RDLCK, byte)) return;  // such locks are not known here
    if (!others_lock(lock_files_first, byte - 1) && !others_lock(byte + 1, lock_files_last)) return;
    auto database = lock_file.string();
    database.erase(database.rfind("-lock"));
    throw Error{Code::writer_locked,
                fmt::format("{} is open in another process with another lock file: under another name, or {} was "
                            "removed meanwhile",
                            database, lock_file.string())}
        .with_hint(
            "use one name of the file everywhere (a symbolic link is followed, a hard link or a mount of the "
            "file alone is not), and leave its lock file in place; nothing was changed");
}

bool Presence::is_of(const std::filesystem::path& file) const {
    struct stat here {};
    struct stat there {};
    return ::fstat(fd_, &here) == 0 && ::stat(file.c_str(), &there) == 0 && here.st_dev == there.st_dev &&
           here.st_ino == there.st_ino;
}

bool Presence::become_alone() { return lock(F_WRLCK, presence_byte); }
void Presence::share() noexcept { lock(F_RDLCK, presence_byte); }

}  // namespace mainstay
