// Other files made of an open one: copies, and the compacted file that takes its place.

#include "lmdb_inner.hpp"

#include "descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

namespace mainstay::lmdb {
namespace {

// LMDB writes a whole copy in one call; through a pipe it can be watched and given up.
class CopyPipe {
public:
    explicit CopyPipe(const std::filesystem::path& file) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) fail(errno, "cannot be copied", file);
        from_.fd = ends[0], to_.fd = ends[1];
        constexpr int bytes = 1 << 20;
        (void)::fcntl(to_.fd, F_SETPIPE_SZ, bytes);  // faster, where it is allowed
    }
    int from() const noexcept { return from_.fd; }
    int to() const noexcept { return to_.fd; }
    void close_from() noexcept { close(from_); }
    void close_to() noexcept { close(to_); }

private:
    static void close(Descriptor& end) noexcept {
        if (end.fd >= 0) ::close(end.fd);
        end.fd = -1;
    }
    Descriptor from_{-1}, to_{-1};
};

void write_all(int fd, const char* bytes, std::size_t count, std::string_view doing,
               const std::filesystem::path& file) {
    while (count > 0) {
        const auto n = ::write(fd, bytes, count);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail(errno, doing, file);
        bytes += n, count -= static_cast<std::size_t>(n);
    }
}

}  // namespace

// Under another name until it is whole and on the disk, so that a copy is never half of one.
void Environment::copy_to(const std::filesystem::path& target, CopyKind kind, const CopyProgress& progress) const {
    require_own_name(target);
    map_->require_readable();
    if (kind == CopyKind::compacted) require_sound_pages();
    const std::filesystem::path part = target.string() + ".part";
    const auto doing = fmt::format("cannot be copied to {}", target.string());
    std::error_code ignored;
    std::filesystem::remove(part, ignored);  // left by one that was killed: of no use to anybody
    {
        const Descriptor out{::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
        if (out.fd < 0) fail(errno, doing, path_);
        try {
            write_copy(out.fd, kind, doing, progress);
            if (::fsync(out.fd) != 0) fail(errno, doing, path_);
            if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0) {
                // Not every file system knows it.
                const bool is_unknown = errno == EINVAL && !std::filesystem::exists(target, ignored);
                if (!is_unknown || ::rename(part.c_str(), target.c_str()) != 0) fail(errno, doing, path_);
            }
        } catch (...) {
            std::filesystem::remove(part, ignored);
            throw;
        }
    }
    sync_folder_of(target);
}

void Environment::write_copy(int out, CopyKind kind, std::string_view doing, const CopyProgress& progress) const {
    constexpr std::size_t piece_bytes = std::size_t{1} << 20;
    std::vector<char> piece(piece_bytes);
    CopyPipe pipe{path_};
    int rc = 0;
    std::thread copying{[&] {
        // Of a pipe that nobody reads any more, LMDB is told by its error.
        sigset_t signals;
        sigfillset(&signals);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        rc = mdb_env_copyfd2(env_, pipe.to(), kind == CopyKind::compacted ? MDB_CP_COMPACT : 0);
        pipe.close_to();
    }};
    const std::uint64_t total = (last_page() + 1) * page_size();
    try {
        for (std::uint64_t done = 0;;) {
            const auto n = ::read(pipe.from(), piece.data(), piece.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail(errno, doing, path_);
            if (n == 0) break;
            write_all(out, piece.data(), static_cast<std::size_t>(n), doing, path_);
            done += static_cast<std::uint64_t>(n);
            if (progress && done < total) progress(done, total);
        }
    } catch (...) {
        pipe.close_from();
        copying.join();
        throw;
    }
    copying.join();
    if (rc) fail(rc, doing, path_);
}

// LMDB follows what it finds when it compacts.
void Environment::require_sound_pages() const {
    MDB_txn* txn = nullptr;
    if (const int rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn)) fail(rc, "cannot be read", path_);
    const std::unique_ptr<MDB_txn, void (*)(MDB_txn*)> reader{txn, mdb_txn_abort};
    if (const auto snapshot = newest_snapshot(txn))
        if (const auto found = lmdb::check_pages(map_->descriptor(), *snapshot, named_tables); !found.problems.empty())
            throw Error{Code::corrupt, fmt::format("{}: {}", path_.string(), found.problems.front())}.with_hint(
                "the file is damaged: restore a backup, or run `mainstay verify` to see all that is wrong");
}

void Environment::compact_in_place(const CopyProgress& progress) {
    if (!is_in_place()) throw Error{Code::io_error, fmt::format("{} was replaced since it was opened", path_.string())};
    struct stat st {};
    if (::stat(path_.c_str(), &st) == 0 && st.st_nlink > 1)
        throw Error{Code::io_error, fmt::format("{} has another name, a hard link, which would be left with the file "
                                                "before",
                                                path_.string())}
            .with_hint("remove one of the two names, or write a smaller copy with --to FILE");
    if (!presence_->become_alone())
        throw Error{Code::writer_locked, fmt::format("{} is open in another process", path_.string())}.with_hint(
            "compact it when nobody has it open, or write a smaller copy with --to FILE");
    end_tail();
    const std::filesystem::path target = path_.string() + ".compacting";
    std::error_code ignored;
    std::filesystem::remove(target, ignored);  // left by one that was killed: of no use to anybody
    try {
        copy_to(target, CopyKind::compacted, progress);
        if (::rename(target.c_str(), path_.c_str()) != 0) fail(errno, "cannot be replaced", path_);
        is_replaced_ = true;
        presence_->leave_lock_file();
        sync_folder_of(path_);
    } catch (...) {
        if (!is_replaced_) std::filesystem::remove(target, ignored);  // it takes the room that may be missing
        presence_->share();
        throw;
    }
}

}  // namespace mainstay::lmdb
