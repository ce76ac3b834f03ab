#include "lmdb.hpp"

#include "mainstay/core/assert.hpp"

#include <fmt/format.h>
#include <lmdb.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>

namespace mainstay::lmdb {
namespace {

constexpr std::array<std::string_view, table_count> table_names = {"segment", "delta",   "log",        "unique",
                                                                   "index",   "history", "index.past", "token"};

[[noreturn]] void fail(int rc, std::string_view doing, const std::filesystem::path& file) {
    const auto text = fmt::format("{}: {}: {}", file.string(), doing, mdb_strerror(rc));
    switch (rc) {
        case MDB_MAP_FULL:
            throw Error{Code::map_full, fmt::format("{}: the reserved size of the database is used up", file.string())}
                .with_hint("open it with a larger reservation (map size), or compact it");
        case ENOSPC:
            throw Error{Code::disk_full, fmt::format("{}: no space left on the device", file.string())}.with_hint(
                "nothing of this transaction was stored; free some space and try again");
        case MDB_READERS_FULL:
            throw Error{Code::too_many_readers, fmt::format("{}: more than 1,024 readers", file.string())};
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
        case MDB_PANIC: throw Error{Code::corrupt, text}.with_hint("run `mainstay verify`, and restore a backup");
        case MDB_INVALID: throw Error{Code::not_a_database, text};
        case MDB_VERSION_MISMATCH: throw Error{Code::newer_format, text};
        case EACCES:
        case EPERM:
        case EROFS: throw Error{Code::permission_denied, text};
        case ENOENT: throw Error{Code::file_not_found, text};
        default: throw Error{Code::io_error, text};
    }
}

MDB_val val(std::string_view s) { return {s.size(), const_cast<char*>(s.data())}; }
std::string_view view(const MDB_val& v) { return {static_cast<const char*>(v.mv_data), v.mv_size}; }

// LMDB: one open per process and file; a second one would drop the first one's locks.
struct Registry {
    std::mutex mutex;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::weak_ptr<Environment>> open;
};
Registry& registry() {
    static Registry r;
    return r;
}

// LMDB writes its two meta pages at the start; see mdb.c, struct MDB_meta. Only what tells a foreign, newer or
// truncated file is read, with pread, since a map of a short file would raise SIGBUS.
void check_file(const std::filesystem::path& file, OpenMode mode, bool& exists) {
    struct stat st {};
    if (::stat(file.c_str(), &st) != 0) {
        if (errno == ENOENT) {
            exists = false;
            return;
        }
        fail(errno, "cannot look at the file", file);
    }
    exists = true;
    if (S_ISDIR(st.st_mode)) throw Error{Code::not_a_database, fmt::format("{} is a directory", file.string())};
    if (!S_ISREG(st.st_mode)) throw Error{Code::not_a_database, fmt::format("{} is not a regular file", file.string())};
    if (st.st_size == 0)
        throw Error{Code::not_a_database, fmt::format("{} is an empty file", file.string())}.with_hint(
            "remove it, then Mainstay makes a new database of that name");
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(errno, "cannot be read", file);
    struct Close {
        int fd;
        ~Close() { ::close(fd); }
    } close{fd};
    struct Meta {
        std::uint32_t magic, version;
        std::uint64_t address, map_size;
        std::uint32_t page_size;  // md_pad of the free database
        char rest[92];
        std::uint64_t last_page, txn;
    };
    static_assert(sizeof(Meta) == 136);
    std::uint64_t newest = 0, last_page = 0, page_size = 4096;
    bool found = false;
    for (int i = 0; i < 2; ++i) {
        char page[16 + sizeof(Meta)];
        if (::pread(fd, page, sizeof page, static_cast<off_t>(i * page_size)) != static_cast<ssize_t>(sizeof page))
            break;
        Meta meta;
        std::memcpy(&meta, page + 16, sizeof meta);
        if (meta.magic != 0xBEEFC0DE) break;
        if (meta.version != 1)
            throw Error{Code::newer_format,
                        fmt::format("{}: its storage format {} is not known here", file.string(), meta.version)};
        if (i == 0) page_size = meta.page_size;
        if (page_size < 512 || page_size > 65536) break;
        if (!found || meta.txn >= newest) newest = meta.txn, last_page = meta.last_page;
        found = true;
    }
    if (!found) throw Error{Code::not_a_database, fmt::format("{} is not a Mainstay database", file.string())};
    const auto size = static_cast<std::uint64_t>(st.st_size), whole = (last_page + 1) * page_size;
    if (size >= whole) return;
    // A transaction may have given back its last pages without ever writing them, so up to a few are legally absent.
    // They are made to be there: reading past the end of a file would kill the process, a page of zeros is found to be
    // damaged.
    constexpr std::uint64_t slack_pages = 64;
    const auto cut_off =
        Error{Code::file_truncated, fmt::format("{} is cut off: {} bytes of {}", file.string(), size, whole)};
    if (size + slack_pages * page_size < whole) throw Error{cut_off}.with_hint("restore a backup");
    // Whoever only looks at a file does not change it.
    const int writable = mode == OpenMode::read_only ? -1 : ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    if (writable < 0)
        throw Error{cut_off}.with_hint(
            "restore a backup; if the machine has just lost its power, a statement that opens it to "
            "write (mainstay query) may still find all of it");
    const Close close_writable{writable};
    // Never makes the file shorter, whatever another process does to it meanwhile.
    if (::fallocate(writable, 0, st.st_size, static_cast<off_t>(whole - size)) != 0)
        throw Error{cut_off}.with_hint("the file system cannot make it whole; restore a backup");
}

// What the name stands for is on the disk: a file, or the names in a folder.
void sync(const std::filesystem::path& what) {
    const int fd = ::open(what.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(errno, "cannot be opened", what);
    const int failure = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    if (failure) fail(failure, "cannot be written to the disk", what);
}

constexpr int renewals_max = 100;  // of a snapshot while commits follow each other; then the heads themselves are wrong
constexpr int replacements_max = 100;  // a file that is replaced so often while it is opened is another problem

}  // namespace

std::string_view name_of(Table table) noexcept { return table_names[static_cast<std::size_t>(table)]; }

std::shared_ptr<Environment> Environment::open(const std::filesystem::path& file, OpenMode mode, Durability durability,
                                               std::uint64_t map_bytes) {
    std::error_code ignored;
    const auto parent = file.parent_path();
    if (!parent.empty() && !std::filesystem::is_directory(parent, ignored))
        throw Error{Code::file_not_found, fmt::format("the directory {} does not exist", parent.string())};
    bool exists = false;
    check_file(file, mode, exists);
    if (!exists && mode != OpenMode::create_if_missing)
        throw Error{Code::file_not_found, fmt::format("{} does not exist", file.string())};

    auto& reg = registry();
    const std::lock_guard lock(reg.mutex);
    // Before LMDB's locks are touched, which the file shares with one that may take its place.
    std::optional<Presence> presence;
    if (exists) presence.emplace(file);
    for (int i = 0; presence && !presence->is_of(file) && i < replacements_max; ++i) presence.emplace(file);
    struct stat st {};
    if (exists && ::stat(file.c_str(), &st) == 0) {
        if (auto found = reg.open.find({st.st_dev, st.st_ino}); found != reg.open.end())
            if (auto env = found->second.lock()) {
                if (mode != OpenMode::read_only && !env->writable_)
                    throw Error{Code::read_only,
                                fmt::format("{} is open for reading only in this process", file.string())};
                return env;
            }
    }
    std::shared_ptr<Environment> env(new Environment);
    env->path_ = file;
    env->writable_ = mode != OpenMode::read_only;
    int rc = mdb_env_create(&env->env_);
    if (rc) fail(rc, "cannot be opened", file);
    mdb_env_set_maxdbs(env->env_, 16);
    mdb_env_set_maxreaders(env->env_, 1024);
    if ((rc = mdb_env_set_mapsize(env->env_, map_bytes))) fail(rc, "the size cannot be reserved", file);
    unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD;
    if (!env->writable_) flags |= MDB_RDONLY;
    if (durability == Durability::relaxed) flags |= MDB_NOSYNC;
    if ((rc = mdb_env_open(env->env_, file.c_str(), flags, 0644))) {
        if (rc == EACCES && !env->writable_ && ::access(file.c_str(), R_OK) == 0)
            throw Error{Code::permission_denied,
                        fmt::format("{} may be read, but not its lock file {}-lock, which readers need too",
                                    file.string(), file.string())}
                .with_hint(
                    "let your user write that file or make it in this directory, or copy the database somewhere else");
        fail(rc, "cannot be opened", file);
    }
    env->open_tables(!exists);
    if (!presence) presence.emplace(file);
    env->presence_.emplace(std::move(*presence));
    env->clear_stale_readers();
    if (::stat(file.c_str(), &st) == 0) {
        env->device_ = st.st_dev;
        env->inode_ = st.st_ino;
        reg.open[{st.st_dev, st.st_ino}] = env;
    }
    return env;
}

void Environment::open_tables(bool create) {
    MDB_txn* txn = nullptr;
    int rc = mdb_txn_begin(env_, nullptr, create ? 0 : MDB_RDONLY, &txn);
    if (rc) fail(rc, "cannot be opened", path_);
    for (std::size_t i = 0; i < table_count; ++i) {
        unsigned flags = create ? MDB_CREATE : 0;
        if (static_cast<Table>(i) == Table::segment) flags |= MDB_INTEGERKEY;
        if ((rc = mdb_dbi_open(txn, std::string(table_names[i]).c_str(), flags, &tables_[i]))) {
            mdb_txn_abort(txn);
            if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE)
                throw Error{Code::not_a_database,
                            fmt::format("{} is an LMDB file, but not a Mainstay database", path_.string())};
            fail(rc, "cannot be opened", path_);
        }
    }
    if ((rc = mdb_txn_commit(txn))) fail(rc, "cannot be opened", path_);
    find_map();
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
    map_.emplace(path_, static_cast<const char*>(record.mv_data), static_cast<std::uint32_t>(page_size()), descriptor);
}

Environment::~Environment() {
    if (inode_) {
        auto& reg = registry();
        const std::lock_guard lock(reg.mutex);
        if (auto found = reg.open.find({device_, inode_}); found != reg.open.end() && found->second.expired())
            reg.open.erase(found);
    }
    map_.reset();
    if (env_) mdb_env_close(env_);
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

std::optional<std::uint64_t> Environment::oldest_reader() const {
    std::optional<std::uint64_t> oldest;
    // LMDB: a line a reader, "pid thread txnid", "-" for a slot that is kept but reads nothing; the first line is a
    // heading.
    mdb_reader_list(
        env_,
        [](const char* line, void* context) {
            unsigned long long snapshot;
            if (std::sscanf(line, "%*d %*x %llu", &snapshot) != 1) return 0;
            auto& found = *static_cast<std::optional<std::uint64_t>*>(context);
            found = std::min<std::uint64_t>(found.value_or(snapshot), snapshot);
            return 0;
        },
        &oldest);
    return oldest;
}

void Environment::copy_to(const std::filesystem::path& target, bool compacting) const {
    if (const int rc = mdb_env_copy2(env_, target.c_str(), compacting ? MDB_CP_COMPACT : 0)) {
        std::error_code ignored;
        if (rc != EEXIST) std::filesystem::remove(target, ignored);
        fail(rc, fmt::format("cannot be copied to {}", target.string()), path_);
    }
}

void Environment::compact_in_place() {
    if (!is_in_place()) throw Error{Code::io_error, fmt::format("{} was replaced since it was opened", path_.string())};
    if (!presence_->become_alone())
        throw Error{Code::writer_locked, fmt::format("{} is open in another process", path_.string())}.with_hint(
            "compact it when nobody has it open, or write a smaller copy with --to FILE");
    const std::filesystem::path target = path_.string() + ".compacting";
    std::error_code ignored;
    std::filesystem::remove(target, ignored);  // left by one that was killed: of no use to anybody
    try {
        copy_to(target, true);
        sync(target);
        if (::rename(target.c_str(), path_.c_str()) != 0) fail(errno, "cannot be replaced", path_);
        sync(path_.has_parent_path() ? path_.parent_path() : std::filesystem::path{"."});
    } catch (const Error&) {
        presence_->share();
        throw;
    }
}

void Environment::clear_stale_readers() const {
    int dead = 0;
    mdb_reader_check(env_, &dead);
}

Cursor::~Cursor() {
    if (cursor_) mdb_cursor_close(cursor_);
}

bool Cursor::move(int operation) {
    MDB_val k = val(key_), v = val(value_);
    const int rc = mdb_cursor_get(cursor_, &k, &v, static_cast<MDB_cursor_op>(operation));
    if (rc == MDB_NOTFOUND) return false;
    if (rc) fail(rc, "cannot be read", "database");
    key_ = view(k);
    value_ = view(v);
    return true;
}

bool Cursor::stands(bool on_entry) {
    if (on_entry) {
        key_ = reader_->key();
        value_ = reader_->value();
    }
    map_->require_readable();
    return on_entry;
}

bool Cursor::first() { return reader_ ? stands(reader_->first()) : move(MDB_FIRST); }
bool Cursor::last() { return reader_ ? stands(reader_->last()) : move(MDB_LAST); }
bool Cursor::next() { return reader_ ? stands(reader_->next()) : move(MDB_NEXT); }
bool Cursor::previous() { return reader_ ? stands(reader_->previous()) : move(MDB_PREV); }
bool Cursor::seek(std::string_view key) {
    if (reader_) return stands(reader_->seek(key));
    key_ = key;
    return move(MDB_SET_RANGE);
}
bool Cursor::seek_exact(std::string_view key) {
    if (reader_) return stands(reader_->seek_exact(key));
    key_ = key;
    return move(MDB_SET_KEY);
}

void Cursor::erase() {
    if (const int rc = mdb_cursor_del(cursor_, 0)) fail(rc, "cannot be written", "database");
}

Transaction::Transaction(std::shared_ptr<const Environment> env, Kind kind) : env_(std::move(env)), kind_(kind) {
    env_->map_->require_readable();
    int rc = mdb_txn_begin(env_->env_, nullptr, kind == Kind::read ? MDB_RDONLY : 0, &txn_);
    if (rc == MDB_READERS_FULL) env_->clear_stale_readers();
    if (rc) fail(rc, "a transaction cannot begin", env_->path_);
    try {
        const std::uint64_t behind = kind == Kind::read ? 0 : 1;
        auto snapshot = env_->map_->snapshot(id() - behind);
        for (int i = 0; !snapshot && kind == Kind::read && i < renewals_max; ++i) {
            mdb_txn_reset(txn_);
            if ((rc = mdb_txn_renew(txn_))) fail(rc, "a transaction cannot begin", env_->path_);
            snapshot = env_->map_->snapshot(id());
        }
        if (!snapshot)
            throw Error{Code::corrupt, fmt::format("{}: its heads do not say what is newest", env_->path_.string())}
                .with_hint("run `mainstay verify`, and restore a backup");
        snapshot_ = *snapshot;
    } catch (...) {
        mdb_txn_abort(txn_);
        throw;
    }
}

Transaction::~Transaction() {
    if (txn_) mdb_txn_abort(txn_);
}

std::uint64_t Transaction::id() const { return mdb_txn_id(txn_); }

// LMDB's handle of a table that is read or perhaps changed.
unsigned Transaction::table(Table table, bool changes) const {
    changes_segments_ |= changes && table == Table::segment;
    return env_->tables_[static_cast<std::size_t>(table)];
}

const Tree& Transaction::tree(Table of) const {
    auto& tree = trees_[static_cast<std::size_t>(of)];
    if (!tree)
        tree = named_tree(snapshot_, name_of(of), of == Table::segment ? Keys::numbers : Keys::bytes);
    return *tree;
}

std::optional<std::string_view> Transaction::get(Table from, std::string_view key) const {
    if (kind_ == Kind::read) {
        const auto value = find(snapshot_.pages, tree(from), key);
        env_->map_->require_readable();
        return value;
    }
    MDB_val k = val(key), v;
    const int rc = mdb_get(txn_, table(from, false), &k, &v);
    if (rc == MDB_NOTFOUND) return std::nullopt;
    if (rc) fail(rc, "cannot be read", env_->path_);
    return view(v);
}

std::optional<std::string_view> Transaction::get(std::uint64_t key) const {
    return get(Table::segment, segment_key_bytes(key));
}

void Transaction::put(Table to, std::string_view key, std::string_view value) {
    MDB_val k = val(key), v = val(value);
    if (const int rc = mdb_put(txn_, table(to, true), &k, &v, 0)) fail(rc, "cannot be written", env_->path_);
}

void Transaction::append(Table to, std::string_view key, std::string_view value) {
    MDB_val k = val(key), v = val(value);
    if (const int rc = mdb_put(txn_, table(to, true), &k, &v, MDB_APPEND)) fail(rc, "cannot be written", env_->path_);
}

void Transaction::put(std::uint64_t key, std::string_view value) { put(Table::segment, segment_key_bytes(key), value); }

bool Transaction::erase(Table from, std::string_view key) {
    MDB_val k = val(key);
    const int rc = mdb_del(txn_, table(from, true), &k, nullptr);
    if (rc == MDB_NOTFOUND) return false;
    if (rc) fail(rc, "cannot be written", env_->path_);
    return true;
}

bool Transaction::erase(std::uint64_t key) { return erase(Table::segment, segment_key_bytes(key)); }

Cursor Transaction::cursor(Table of) const {
    if (kind_ == Kind::read) return {*env_->map_, snapshot_, tree(of)};
    MDB_cursor* c = nullptr;
    if (const int rc = mdb_cursor_open(txn_, table(of, true), &c)) fail(rc, "cannot be read", env_->path_);
    return {*env_->map_, c};
}

TableSize Transaction::size(Table of) const {
    if (kind_ == Kind::read) {
        const auto record = named_record(snapshot_, name_of(of));
        return {record.entries, record.branch_pages + record.leaf_pages + record.overflow_pages};
    }
    MDB_stat stat;
    if (const int rc = mdb_stat(txn_, table(of, false), &stat)) fail(rc, "cannot be read", env_->path_);
    return {stat.ms_entries, stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages};
}

void Transaction::commit() {
    // Before anybody can see it. One writes at a time, so the numbers rise.
    if (changes_segments_) env_->segments_changed_.store(id(), std::memory_order_release);
    MDB_txn* txn = std::exchange(txn_, nullptr);  // LMDB frees it, also on failure
    if (const int rc = mdb_txn_commit(txn)) fail(rc, "the transaction cannot be committed", env_->path_);
}

}  // namespace mainstay::lmdb
