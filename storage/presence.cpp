#include "presence.hpp"

#include "mainstay/core/error.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace mainstay {
namespace {

constexpr std::int64_t presence_byte = (std::int64_t{1} << 61) + 1;  // the one before it is the writer's

}  // namespace

Presence::Presence(const std::filesystem::path& file) : fd_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);  // can share, and never be alone
    if (fd_ < 0)
        throw Error{Code::io_error, fmt::format("{} cannot be opened: {}", file.string(), std::strerror(errno))};
    // A file system without such locks cannot say who is there; its files are not compacted in place.
    if (lock(F_RDLCK) || (errno != EAGAIN && errno != EACCES)) return;
    ::close(fd_);
    throw Error{Code::writer_locked,
                fmt::format("{} is being compacted or put right by another process", file.string())}
        .with_hint("try again when that is done");
}

Presence::~Presence() {
    if (fd_ >= 0) ::close(fd_);
}

Presence::Presence(Presence&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

bool Presence::lock(short type) const noexcept {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = presence_byte;
    range.l_len = 1;
    return ::fcntl(fd_, F_OFD_SETLK, &range) == 0;
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
