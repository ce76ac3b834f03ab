// How the commits of an open file become durable: in place, or through the write-ahead tail and its checkpoints.

#include "lmdb_inner.hpp"
#include "meta_page.hpp"

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mainstay::lmdb {
namespace {

constexpr unsigned commits_before_tail = 3;  // a process that makes fewer is better off without

}  // namespace

void Environment::sync() const {
    if (const int rc = mdb_env_sync(env_, 1)) fail(rc, "cannot be written to the disk", path_);
}

Meta Environment::newest_meta() const {
    int fd = -1;
    mdb_env_get_fd(env_, &fd);
    const auto meta = read_newest_meta(fd);
    if (!meta) throw Error{Code::io_error, fmt::format("{} cannot be read", path_.string())};
    return *meta;
}

void Environment::anchor() const {
    MDB_txn* txn = nullptr;
    if (const int rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn)) fail(rc, "cannot be read", path_);
    lift_anchor();
    anchor_ = txn;
    anchor_id_.store(mdb_txn_id(txn), std::memory_order_release);
}

void Environment::lift_anchor() const noexcept {
    anchor_id_.store(0, std::memory_order_release);
    if (anchor_) mdb_txn_abort(std::exchange(anchor_, nullptr));
}

void Environment::allow_tail() {
    if (Tail::is_marked(path_)) {
        sync();
        Tail::forget(path_);
    }
    tail_allowed_ = durability_ != Durability::none;
}

void Environment::count_commit() const noexcept {
    if (tail_allowed_ && ++commits_ >= commits_before_tail) begin_tail();
}

void Environment::begin_tail() const noexcept {
    tail_allowed_ = false;
    try {
        sync();
        anchor();
        tail_ = Tail::begin(path_, newest_meta(),
                            durability_ == Durability::full ? Tail::Sync::each_commit : Tail::Sync::never);
    } catch (...) {
        // Every commit is synced in place, as before.
    }
    if (!tail_) return lift_anchor();
    mdb_env_set_flags(env_, MDB_NOSYNC, 1);
    make_room();
}

// A file that grows with each commit makes some file systems write their own records with each sync of the tail beside
// it (ext4 without a journal: a third of the time of a commit).
void Environment::make_room() const noexcept {
    int fd = -1;
    mdb_env_get_fd(env_, &fd);
    struct stat st {};
    struct rlimit limit {};
    const auto wanted = (last_page() + 1) * page_size() + tail_->bytes_held_max();
    // To pass a limit on the size of files is a signal that ends the process.
    if (::fstat(fd, &st) != 0 || ::getrlimit(RLIMIT_FSIZE, &limit) != 0 || wanted > limit.rlim_cur) return;
    // A hole takes no room on the disk. Without it the file grows as it is written.
    if (static_cast<std::uint64_t>(st.st_size) < wanted) (void)!::ftruncate(fd, static_cast<off_t>(wanted));
}

// While the writer lock is held. Nobody has pages behind the newest snapshot's last.
void Environment::give_room_back() const noexcept {
    int fd = -1;
    mdb_env_get_fd(env_, &fd);
    struct stat st {};
    const auto wanted = (last_page() + 1) * page_size();
    if (::fstat(fd, &st) == 0 && static_cast<std::uint64_t>(st.st_size) > wanted)
        (void)!::ftruncate(fd, static_cast<off_t>(wanted));
}

void Environment::checkpoint() const {
    try {
        sync();
        tail_->restart(newest_meta());
    } catch (...) {
        is_broken_ = true;
        tail_->require_recovery();
        throw;
    }
    make_room();
    try {
        anchor();
    } catch (...) {
        // The one before keeps more pages than it must; the next checkpoint tries again.
    }
}

void Environment::end_tail() noexcept {
    tail_allowed_ = false;
    commits_ = 0;
    if (!tail_) return;
    try {
        if (is_broken_) throw Error{Code::io_error, "a commit failed"};
        sync();
        tail_->end();
        give_room_back();
    } catch (...) {
        is_broken_ = true;
        tail_->require_recovery();
    }
    tail_.reset();
    lift_anchor();
    mdb_env_set_flags(env_, MDB_NOSYNC, 0);
}

}  // namespace mainstay::lmdb
