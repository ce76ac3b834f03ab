#include "lmdb_inner.hpp"

#include "descriptor.hpp"
#include "meta_page.hpp"
#include "page_format.hpp"

#include "mainstay/core/standard_descriptors.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

namespace mainstay::lmdb {
namespace {

// LMDB calls a short write an input/output error, and a short write is what a full disk gives first.
// The same of the process' largest file size.
int cause_of_short_write(int rc, const std::filesystem::path& file) {
    if (rc != EIO) return rc;
    struct statvfs system {};
    if (::statvfs(file.c_str(), &system) == 0 && system.f_bavail < 16) return ENOSPC;
    constexpr std::uint64_t near = std::uint64_t{1} << 20;
    struct rlimit limit {};
    struct stat st {};
    if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && ::stat(file.c_str(), &st) == 0 &&
        static_cast<std::uint64_t>(st.st_size) + near >= limit.rlim_cur)
        return EFBIG;
    return rc;
}

// LMDB: one open per process and file; a second one would drop the first one's locks.
struct Registry {
    std::mutex mutex;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::weak_ptr<Environment>> open;
};
Registry& registry() {
    static Registry r;
    return r;
}

// What opening reads next, the roots of the tables and small tables, was mostly written with the newest root and stands
// near it: one read of the disk instead of one a page. A hint; wherever it may point.
void read_ahead_of_root(int fd) {
    constexpr PageNumber before = 112, after = 16;
    const auto meta = read_newest_meta(fd);
    if (!meta || meta->main.root >= file_pages_max || meta->free.pad > 65536)
        return;  // others say what is wrong with it
    const PageNumber begin = meta->main.root - std::min(meta->main.root, before);
    const PageNumber pages = meta->main.root + after - begin;
    (void)::posix_fadvise(fd, static_cast<off_t>(begin * meta->free.pad), static_cast<off_t>(pages * meta->free.pad),
                          POSIX_FADV_WILLNEED);
}

// What tells a foreign, newer, damaged or truncated file is read with pread: LMDB would follow it, and a map of a short
// file raises SIGBUS.
void check_file(const std::filesystem::path& file, Environment::IfCut if_cut, bool& exists) {
    struct stat st {};
    if (::stat(file.c_str(), &st) != 0) {
        if (errno == ENOENT) {
            exists = false;
            return;
        }
        fail(errno, "cannot look at the file", file);
    }
    exists = true;
    if (S_ISDIR(st.st_mode))
        throw Error{Code::not_a_database, fmt::format("{} is a directory", file.string())}.with_hint(
            "name a file in it");
    if (!S_ISREG(st.st_mode))
        throw Error{Code::not_a_database, fmt::format("{} is not a regular file", file.string())}.with_hint(
            "name a file that Mainstay has made, or none for a new one");
    // For a moment a file that is made is one.
    constexpr int empty_looks_max = 30;
    for (int look = 0; st.st_size == 0 && look < empty_looks_max; ++look) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        if (::stat(file.c_str(), &st) != 0) st.st_size = 0;
    }
    if (st.st_size == 0)
        throw Error{Code::not_a_database, fmt::format("{} is an empty file", file.string())}.with_hint(
            "remove it, then Mainstay makes a new database of that name");
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (in.fd < 0) fail(errno, "cannot be read", file);
    read_ahead_of_root(in.fd);
    // What the heads say was written may be missing without harm: pages that nobody uses. Another process may be
    // writing, so that a list of free pages that cannot be right may be one that has had its day.
    constexpr int looks_max = 50;
    for (int look = 0;; ++look) {
        const auto head = check_heads(file, in.fd);
        if (::fstat(in.fd, &st) != 0) fail(errno, "cannot be read", file);
        const auto size = static_cast<std::uint64_t>(st.st_size), whole = (head.last_page + 1) * head.free.pad;
        if (size >= whole || lacks_free_pages_only(in.fd, head)) return;
        if (look < looks_max && check_heads(file, in.fd).txn != head.txn) continue;
        // LMDB itself reads no page but that.
        const bool names_tables = (head.main.root + 1) * head.free.pad <= size;
        if (if_cut == Environment::IfCut::take && names_tables) return;
        throw Error{Code::file_truncated, fmt::format("{} is cut off: {} bytes of {}", file.string(), size, whole)}
            .with_hint(names_tables ? "restore a backup; `mainstay export --partial` may save some of what is left"
                                    : "restore a backup");
    }
}

// The lock file and the tail are named after the file: it must have the same name by whatever link it is reached.
std::filesystem::path followed(std::filesystem::path file) {
    constexpr int links_max = 40;  // as the system does
    std::error_code error;
    for (int i = 0; i < links_max && std::filesystem::is_symlink(file, error); ++i) {
        const auto target = std::filesystem::read_symlink(file, error);
        if (error) break;
        file = target.is_absolute() ? target : file.parent_path() / target;
    }
    return file;
}

constexpr std::chrono::seconds recovery_wait_max{10};  // for another process that is at it
// LMDB has met what it takes to be impossible and would abort. To unwind through its C is not safe, and to go on is
// worse, so that the process ends; the file has what was committed.
void on_assertion(MDB_env* env, const char* message) {
    const char* file = nullptr;
    mdb_env_get_path(env, &file);
    std::fprintf(stderr,
                 "mainstay: %s is damaged: LMDB has stopped at \"%s\"\n"
                 "nothing of this transaction was stored; run `mainstay verify`, and restore a backup\n",
                 file ? file : "a database", message);
    std::_Exit(info(Code::corrupt).exit_status);
}

constexpr int renewals_max = 100;  // of a snapshot while commits follow each other; then the heads themselves are wrong
constexpr int replacements_max = 100;  // a file that is replaced so often while it is opened is another problem

}  // namespace

[[noreturn]] void fail(int rc, std::string_view doing, const std::filesystem::path& file) {
    rc = cause_of_short_write(rc, file);
    const auto text = fmt::format("{}: {}: {}", file.string(), doing, mdb_strerror(rc));
    switch (rc) {
        case ENOMEM: throw std::bad_alloc{};
        case MDB_MAP_FULL:
            throw Error{Code::map_full, fmt::format("{}: the reserved size of the database is used up", file.string())}
                .with_hint("open it with a larger reservation (map size), or compact it");
        case MDB_MAP_RESIZED:
            throw Error{
                Code::map_full,
                fmt::format("{} has outgrown the addresses that this process has reserved for it", file.string())}
                .with_hint(
                    "open it again, if need be with a larger reservation (map size) or without a limit of the "
                    "process' addresses (ulimit -v)");
        case ENOSPC:
            throw Error{Code::disk_full, fmt::format("{}: no space left on the device", file.string())}.with_hint(
                "nothing of this transaction was stored; free some space and try again");
        case EDQUOT:
        case EFBIG:
            throw Error{Code::disk_full, text}.with_hint(
                "nothing of this transaction was stored; the user's quota or the process' largest file size (ulimit "
                "-f) is too small");
        case MDB_READERS_FULL:
            throw Error{Code::too_many_readers, fmt::format("{}: more than 1,024 readers", file.string())};
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
            throw Error{Code::corrupt, text}.with_hint("run `mainstay verify`, and restore a backup");
        case MDB_PANIC:
            throw Error{Code::io_error, fmt::format("{}: the disk failed while a commit was written", file.string())}
                .with_hint(reopen_hint);
        case MDB_INVALID: throw Error{Code::not_a_database, text};
        case MDB_VERSION_MISMATCH: throw Error{Code::newer_format, text};
        case EACCES:
        case EPERM:
            throw Error{Code::permission_denied, text}.with_hint(
                "let your user read and write it and make files in its folder, or work as a user who may");
        case EROFS:
            throw Error{Code::permission_denied, text}.with_hint(
                "nothing can be written there; choose a place where that is allowed, or copy it to one");
        case ENOENT: throw Error{Code::file_not_found, text};
        default: throw Error{Code::io_error, text};
    }
}

// A database of such a name would be overwritten by the one whose lock file or tail it seems to be.
void require_own_name(const std::filesystem::path& file) {
    const auto name = file.filename().string();
    for (const std::string_view suffix : {"-lock", "-tail"})
        if (name.ends_with(suffix))
            throw Error{Code::usage,
                        fmt::format("no database can be called {}: a name that ends in {} is that of a file "
                                    "beside a database",
                                    quoted(name), suffix)}
                .with_hint("choose another name");
}

void sync_path(const std::filesystem::path& what) {
    const Descriptor in{::open(what.c_str(), O_RDONLY | O_CLOEXEC)};
    if (in.fd < 0) fail(errno, "cannot be opened", what);
    if (::fsync(in.fd) != 0) fail(errno, "cannot be written to the disk", what);
}

void sync_folder_of(const std::filesystem::path& file) {
    sync_path(file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."});
}

std::shared_ptr<Environment> Environment::open(const std::filesystem::path& name, OpenMode mode, Durability durability,
                                               std::uint64_t map_bytes, IfCut if_cut) {
    hold_standard_descriptors();
    const auto file = followed(name);
    require_own_name(file);
    std::error_code ignored;
    const auto parent = file.parent_path();
    if (!parent.empty() && !std::filesystem::is_directory(parent, ignored))
        throw Error{Code::file_not_found, fmt::format("the directory {} does not exist", parent.string())};
    Presence::wait_until_shared(file);
    recover(file, map_bytes);
    bool exists = false;
    check_file(file, if_cut, exists);
    if (!exists && mode != OpenMode::create_if_missing)
        throw Error{Code::file_not_found, fmt::format("{} does not exist", file.string())};

    auto& reg = registry();
    std::unique_lock lock(reg.mutex);
    std::shared_ptr<Environment> env(new Environment);
    env->path_ = file;
    env->writable_ = mode != OpenMode::read_only;
    env->durability_ = durability;
    // A name that is free is taken by an empty file, so that whoever fails to fill it knows it for his own. Nothing is
    // asked for before its end would give the name back.
    env->is_unfinished_ = env->is_to_be_filled_ =
        !exists && Descriptor{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)}.fd >= 0;
    if (!exists && !env->is_unfinished_) {
        if (errno != EEXIST) fail(errno, "cannot be opened", file);
        lock.unlock();  // somebody else was first
        return open(file, mode, durability, map_bytes, if_cut);
    }
    // Before LMDB's locks are touched, which the file shares with one that may take its place.
    auto& presence = env->presence_;
    presence.emplace(file);
    for (int i = 0; !presence->is_of(file) && i < replacements_max; ++i) presence.emplace(file);
    if (env->is_unfinished_) (void)presence->become_alone();  // until finish(): who comes meanwhile waits
    struct stat st {};
    if (exists && ::stat(file.c_str(), &st) == 0) {
        if (auto found = reg.open.find({st.st_dev, st.st_ino}); found != reg.open.end())
            if (auto open = found->second.lock()) {
                if (mode != OpenMode::read_only && !open->writable_)
                    throw Error{Code::read_only,
                                fmt::format("{} is open for reading only in this process", file.string())};
                return open;
            }
    }
    env->open_file(map_bytes, !exists);
    env->clear_stale_readers();
    if (::stat(file.c_str(), &st) == 0) {
        reg.open[{st.st_dev, st.st_ino}] = env;
        env->device_ = st.st_dev;  // from here on its end takes the registry's lock
        env->inode_ = st.st_ino;
    }
    return env;
}

void Environment::open_file(std::uint64_t map_bytes, bool create) {
    lock_path_ = path_.string() + "-lock";
    reserve_lock_file();
    if (presence_) presence_->use_lock_file(lock_path_);
    // Where addresses are limited (ulimit -v, a container) a smaller reservation serves as well, until the file has
    // grown to it.
    constexpr std::uint64_t smallest = std::uint64_t{64} << 20;
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path_, ignored);
    const std::uint64_t least = std::max(smallest, ignored ? 0 : 2 * static_cast<std::uint64_t>(size));
    int rc = open_environment(map_bytes);
    for (auto bytes = map_bytes / 2; rc == ENOMEM && bytes >= least; bytes /= 2) rc = open_environment(bytes);
    if (rc) {
        const bool may_open = ::access(path_.c_str(), writable_ ? R_OK | W_OK : R_OK) == 0;
        if (rc == EACCES && may_open)
            throw Error{Code::permission_denied,
                        fmt::format("{} may be {}, but not its lock file {}, which readers need too", path_.string(),
                                    writable_ ? "written" : "read", lock_path_.string())}
                .with_hint(
                    "let your user write that file or make it in this directory, or copy the database somewhere else");
        if (rc == ENOMEM)
            throw Error{Code::memory_limit, fmt::format("{} cannot be opened: there is no memory, or no room in this "
                                                        "process' addresses for a file of {} MB to grow in",
                                                        path_.string(), size / 1'000'000)}
                .with_hint("free some memory, or lift the limit of the process (ulimit -v)");
        fail(rc, "cannot be opened", path_);
    }
    open_tables(create);
}

// An error of LMDB or of the system.
int Environment::open_environment(std::uint64_t map_bytes) {
    if (env_) mdb_env_close(std::exchange(env_, nullptr));
    int rc = mdb_env_create(&env_);
    if (rc) return rc;
    mdb_env_set_maxdbs(env_, 16);
    mdb_env_set_maxreaders(env_, 1024);
    mdb_env_set_assert(env_, on_assertion);
    if ((rc = mdb_env_set_mapsize(env_, map_bytes))) return rc;
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;
    if (!writable_) flags |= MDB_RDONLY;
    if (durability_ == Durability::none) flags |= MDB_NOSYNC;
    return mdb_env_open(env_, path_.c_str(), flags, 0644);
}

// LMDB writes to its lock file through a map of it: a page of it that the disk has no room for would kill the process.
void Environment::reserve_lock_file() const {
    constexpr off_t bytes = 68 << 10;  // what its readers take
    const Descriptor lock{::open(lock_path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
    if (lock.fd < 0) return;  // LMDB says what is wrong with it
    // LMDB makes its own of whatever file has that name.
    constexpr std::uint32_t lmdb_magic = 0xBEEFC0DE;
    std::array<std::uint32_t, 16> begin{};
    const auto got = ::pread(lock.fd, begin.data(), sizeof begin, 0);
    const bool is_blank = std::all_of(begin.begin(), begin.end(), [](std::uint32_t word) { return word == 0; });
    if (got > 0 && begin[0] != lmdb_magic && !is_blank)
        throw Error{Code::io_error, fmt::format("{} is no lock file, and would be overwritten by opening {}",
                                                lock_path_.string(), path_.string())}
            .with_hint("move it away, or rename the database");
    if (::fallocate(lock.fd, FALLOC_FL_KEEP_SIZE, 0, bytes) != 0 && (errno == ENOSPC || errno == EDQUOT))
        fail(errno, "its lock file cannot be written", path_);
}

// What the stop of its machine has left of a file, by whoever opens it first.
void Environment::recover(const std::filesystem::path& file, std::uint64_t map_bytes) {
    const auto deadline = std::chrono::steady_clock::now() + recovery_wait_max;
    while (LostTail::find(file)) {
        try {
            Presence presence(file);
            if (presence.become_alone()) {
                const auto lost = LostTail::find(file);
                if (!lost) return;  // somebody else was first
                lost->restore();
                {
                    std::shared_ptr<Environment> env(new Environment);
                    env->path_ = file;
                    env->writable_ = true;
                    env->open_file(map_bytes, false);
                    Transaction txn(env, Transaction::Kind::write);
                    lost->for_each(
                        {[&](Table table, std::string_view key, std::string_view value) { txn.put(table, key, value); },
                         [&](Table table, std::string_view key) { txn.erase(table, key); }});
                    txn.commit();
                }
                Tail::forget(file);
                return;
            }
        } catch (const Error& error) {
            if (error.code() != Code::writer_locked) throw;
        }
        if (std::chrono::steady_clock::now() > deadline)
            throw Error{Code::writer_locked,
                        fmt::format("{} has to be put right after a stop of its machine or a failure of its disk, and "
                                    "another process has it open",
                                    file.string())}
                .with_hint("close it everywhere, then open it again");
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
}

void Environment::open_tables(bool create) {
    MDB_txn* txn = nullptr;
    int rc = mdb_txn_begin(env_, nullptr, create ? 0 : MDB_RDONLY, &txn);
    if (rc) fail(rc, "cannot be opened", path_);
    for (std::size_t i = 0; i < table_count; ++i) {
        const bool may_be_absent = named_tables[i].may_be_absent;
        unsigned flags = create && !may_be_absent ? MDB_CREATE : 0;
        if (static_cast<Table>(i) == Table::segment) flags |= MDB_INTEGERKEY;
        if ((rc = mdb_dbi_open(txn, std::string(table_names[i]).c_str(), flags, &tables_[i]))) {
            tables_[i] = 0;
            if (rc == MDB_NOTFOUND && may_be_absent) continue;
            mdb_txn_abort(txn);
            if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE)
                throw Error{Code::not_a_database,
                            fmt::format("{} is an LMDB file, but not a Mainstay database", path_.string())}
                    .with_hint("name a file that Mainstay has made");
            fail(rc, "cannot be opened", path_);
        }
    }
    if ((rc = mdb_txn_commit(txn))) fail(rc, "cannot be opened", path_);
    find_map();
}

void Environment::find_new_tables() {
    for (std::size_t i = 0; i < table_count; ++i) {
        if (tables_[i] != 0) continue;
        MDB_txn* txn = nullptr;
        int rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
        if (rc) fail(rc, "cannot be read", path_);
        rc = mdb_dbi_open(txn, std::string(table_names[i]).c_str(), 0, &tables_[i]);
        if (rc) {
            tables_[i] = 0;
            mdb_txn_abort(txn);
            if (rc != MDB_NOTFOUND) fail(rc, "cannot be read", path_);
        } else if ((rc = mdb_txn_commit(txn))) {
            fail(rc, "cannot be read", path_);
        }
    }
}

void Environment::find_map() {
    MDB_txn* txn = nullptr;
    int rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
    if (rc) fail(rc, "cannot be opened", path_);
    MDB_dbi main = 0;
    MDB_val name = val(table_names[0]), record{};
    rc = mdb_dbi_open(txn, nullptr, 0, &main);
    if (!rc) rc = mdb_get(txn, main, &name, &record);
    mdb_txn_abort(txn);
    if (rc) fail(rc, "cannot be opened", path_);
    int descriptor = -1;
    mdb_env_get_fd(env_, &descriptor);
    map_.emplace(path_, static_cast<const char*>(record.mv_data), static_cast<std::uint32_t>(page_size()), map_bytes(),
                 descriptor);
    idle_readers_.reserve(idle_readers_max);
}

Environment::~Environment() {
    if (inode_) {
        auto& reg = registry();
        const std::lock_guard lock(reg.mutex);
        if (auto found = reg.open.find({device_, inode_}); found != reg.open.end() && found->second.expired())
            reg.open.erase(found);
    }
    end_tail();
    map_.reset();
    for (MDB_txn* txn : idle_readers_) mdb_txn_abort(txn);
    if (env_) mdb_env_close(env_);
    if (!is_unfinished_ || !presence_ || !presence_->become_alone()) return;
    std::error_code ignored;
    std::filesystem::remove(lock_path_, ignored);
    std::filesystem::remove(path_, ignored);
}

std::uint64_t Environment::map_bytes() const {
    MDB_envinfo info;
    mdb_env_info(env_, &info);
    return info.me_mapsize;
}

std::uint64_t Environment::page_size() const {
    MDB_stat stat;
    mdb_env_stat(env_, &stat);
    return stat.ms_psize;
}

std::uint64_t Environment::last_page() const {
    MDB_envinfo info;
    mdb_env_info(env_, &info);
    return info.me_last_pgno;
}

std::uint32_t Environment::readers() const {
    MDB_envinfo info;
    mdb_env_info(env_, &info);
    return info.me_numreaders;
}

std::uint64_t Environment::newest_snapshot() const {
    MDB_envinfo info;
    mdb_env_info(env_, &info);
    return info.me_last_txnid;
}

std::optional<Environment::Reader> Environment::oldest_reader() const {
    struct Seen {
        int process;
        std::uint64_t anchor;
        std::optional<Reader> oldest;
    } seen{::getpid(), anchor_id_.load(std::memory_order_acquire), std::nullopt};
    // LMDB: a line a reader, "pid thread txnid", "-" for a slot that is kept but reads nothing; the first line is a
    // heading.
    mdb_reader_list(
        env_,
        [](const char* line, void* context) {
            int process;
            unsigned long long snapshot;
            if (std::sscanf(line, "%d %*x %llu", &process, &snapshot) != 2) return 0;
            auto& so_far = *static_cast<Seen*>(context);
            if (snapshot == so_far.anchor && process == so_far.process) {
                so_far.anchor = 0;  // anybody else at the same snapshot counts
                return 0;
            }
            if (!so_far.oldest || snapshot < so_far.oldest->snapshot) so_far.oldest = {snapshot, process};
            return 0;
        },
        &seen);
    return seen.oldest;
}

// Of a read transaction that has just begun; it moves on to the newest while commits overtake it.
std::optional<Snapshot> Environment::newest_snapshot(MDB_txn* txn) const {
    auto snapshot = map_->snapshot(mdb_txn_id(txn));
    for (int i = 0; !snapshot && i < renewals_max; ++i) {
        mdb_txn_reset(txn);
        if (const int rc = mdb_txn_renew(txn)) fail(rc, "a transaction cannot begin", path_);
        snapshot = map_->snapshot(mdb_txn_id(txn));
    }
    return snapshot;
}

MDB_txn* Environment::begin_reading() const {
    MDB_txn* txn = nullptr;
    {
        const std::lock_guard lock(idle_mutex_);
        if (!idle_readers_.empty()) {
            txn = idle_readers_.back();
            idle_readers_.pop_back();
        }
    }
    if (txn) {
        if (const int rc = mdb_txn_renew(txn)) {
            mdb_txn_abort(txn);
            fail(rc, "a transaction cannot begin", path_);
        }
        return txn;
    }
    const auto begin = [&] { return mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn); };
    int rc = begin();
    if (rc == MDB_READERS_FULL) clear_stale_readers(), rc = begin();
    if (rc) fail(rc, "a transaction cannot begin", path_);
    return txn;
}

void Environment::end_reading(MDB_txn* txn) const noexcept {
    mdb_txn_reset(txn);
    {
        const std::lock_guard lock(idle_mutex_);
        if (idle_readers_.size() < idle_readers_.capacity()) {
            idle_readers_.push_back(txn);
            return;
        }
    }
    mdb_txn_abort(txn);
}

void Environment::clear_stale_readers() const {
    int dead = 0;
    mdb_reader_check(env_, &dead);
}

}  // namespace mainstay::lmdb
