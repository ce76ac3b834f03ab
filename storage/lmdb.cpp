#include "lmdb.hpp"

#include "mainstay/core/assert.hpp"
#include "row_seal.hpp"

#include <fmt/format.h>
#include <lmdb.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace mainstay::lmdb {
namespace {

constexpr std::array<std::string_view, table_count> table_names = {"segment", "delta",   "log",        "unique",
                                                                   "index",   "history", "index.past", "token"};

constexpr auto named_tables = [] {
    std::array<NamedTable, table_count> tables{};
    for (std::uint8_t i = 0; i < table_count; ++i) {
        const bool is_segment = static_cast<Table>(i) == Table::segment;
        tables[i] = {table_names[i], is_segment ? Keys::numbers : Keys::bytes,
                     is_segment ? std::nullopt : std::optional{i}};
    }
    return tables;
}();

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

// What tells a foreign, newer, damaged or truncated file is read with pread: LMDB would follow it, and a map of a short
// file raises SIGBUS.
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
    const auto newest = check_heads(file, fd);
    const std::uint64_t last_page = newest.last_page, page_size = newest.free.pad;
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

// A stored row without its seal, which the reader or the guard has checked.
std::string_view unsealed(Table table, std::string_view stored) {
    return table == Table::segment ? stored : stored.substr(0, stored.size() - seal_bytes);
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
    mdb_env_set_assert(env->env_, on_assertion);
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
    map_.emplace(path_, static_cast<const char*>(record.mv_data), static_cast<std::uint32_t>(page_size()), map_bytes(),
                 descriptor);
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
    map_->require_readable();
    if (compacting) require_sound_pages();
    if (const int rc = mdb_env_copy2(env_, target.c_str(), compacting ? MDB_CP_COMPACT : 0)) {
        std::error_code ignored;
        if (rc != EEXIST) std::filesystem::remove(target, ignored);
        fail(rc, fmt::format("cannot be copied to {}", target.string()), path_);
    }
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

Cursor::Cursor(const Transaction& owner, Table table, MDB_cursor* c) : owner_(&owner), table_(table), cursor_(c) {
    if (!cursor_) reader_.emplace(owner.snapshot_.pages, owner.tree(table));
}

void Cursor::take(std::string_view key, std::string_view stored) {
    owner_->require_readable();
    key_ = key;
    value_ = unsealed(table_, stored);
}

bool Cursor::stands(bool on_entry) {
    if (on_entry)
        take(reader_->key(), reader_->value());
    else
        owner_->require_readable();
    return on_entry;
}

bool Cursor::move(int operation) {
    // Whoever writes may erase what it comes to.
    const auto& tree = owner_->tree(table_);
    if (operation == MDB_FIRST || operation == MDB_LAST)
        owner_->guard_->check_ends(tree);
    else
        owner_->guard_->check_key(tree, key_, WriteGuard::Does::erase);
    MDB_val k = val(key_), v = val(value_);
    const int rc = mdb_cursor_get(cursor_, &k, &v, static_cast<MDB_cursor_op>(operation));
    if (rc == MDB_NOTFOUND) return false;
    if (rc) fail(rc, "cannot be read", "database");
    owner_->guard_->check_key(tree, view(k), WriteGuard::Does::erase);
    take(view(k), view(v));
    return true;
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
    const int rc = mdb_txn_begin(env_->env_, nullptr, kind == Kind::read ? MDB_RDONLY : 0, &txn_);
    if (rc == MDB_READERS_FULL) env_->clear_stale_readers();
    if (rc) fail(rc, "a transaction cannot begin", env_->path_);
    try {
        // A write transaction builds on the one before it, which nobody follows meanwhile.
        const auto snapshot =
            kind == Kind::read ? env_->newest_snapshot(txn_) : env_->map_->snapshot(mdb_txn_id(txn_) - 1);
        if (!snapshot)
            throw Error{Code::corrupt, fmt::format("{}: its heads do not say what is newest", env_->path_.string())}
                .with_hint("run `mainstay verify`, and restore a backup");
        snapshot_ = *snapshot;
        if (kind == Kind::write) guard_.emplace(snapshot_, env_->free_list_is_sound_, env_->map_->descriptor());
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
    const auto i = static_cast<std::size_t>(of);
    if (!trees_found_[i].load(std::memory_order_acquire)) {
        const std::lock_guard lock(trees_mutex_);
        if (!trees_found_[i].load(std::memory_order_relaxed)) trees_[i] = named_tree(snapshot_, named_tables[i]);
        trees_found_[i].store(true, std::memory_order_release);
    }
    return trees_[i];
}

std::optional<std::string_view> Transaction::get_unchecked(Table from, std::string_view key) const {
    auto unsealed_tree = tree(from);
    unsealed_tree.seal_of.reset();
    SoundPages none(0);  // what is looked at here is not known to be sound
    auto pages = snapshot_.pages;
    pages.sound = &none;
    return find(pages, unsealed_tree, key);
}

std::optional<std::string_view> Transaction::get(Table from, std::string_view key) const {
    std::optional<std::string_view> stored;
    if (kind_ == Kind::read) {
        stored = find(snapshot_.pages, tree(from), key);
    } else {
        guard_->check_key(tree(from), key, WriteGuard::Does::look);
        MDB_val k = val(key), v;
        const int rc = mdb_get(txn_, table(from, false), &k, &v);
        if (rc && rc != MDB_NOTFOUND) fail(rc, "cannot be read", env_->path_);
        if (!rc) stored = view(v);
    }
    require_readable();
    if (!stored) return std::nullopt;
    return unsealed(from, *stored);
}

std::optional<std::string_view> Transaction::get(std::uint64_t key) const {
    return get(Table::segment, segment_key_bytes(key));
}

void Transaction::store(Table to, std::string_view key, std::string_view value, unsigned flags) {
    guard_->check_key(tree(to), key, WriteGuard::Does::put);
    if (to != Table::segment) {
        const auto seal = seal_of(static_cast<std::uint8_t>(to), key, value);
        row_.assign(value);
        row_.append(reinterpret_cast<const char*>(&seal), sizeof seal);
        value = row_;
    }
    MDB_val k = val(key), v = val(value);
    if (const int rc = mdb_put(txn_, table(to, true), &k, &v, flags)) fail(rc, "cannot be written", env_->path_);
}

void Transaction::put(Table to, std::string_view key, std::string_view value) { store(to, key, value, 0); }

void Transaction::append(Table to, std::string_view key, std::string_view value) { store(to, key, value, MDB_APPEND); }

void Transaction::put(std::uint64_t key, std::string_view value) { put(Table::segment, segment_key_bytes(key), value); }

bool Transaction::erase(Table from, std::string_view key) {
    guard_->check_key(tree(from), key, WriteGuard::Does::erase);
    MDB_val k = val(key);
    const int rc = mdb_del(txn_, table(from, true), &k, nullptr);
    if (rc == MDB_NOTFOUND) return false;
    if (rc) fail(rc, "cannot be written", env_->path_);
    return true;
}

bool Transaction::erase(std::uint64_t key) { return erase(Table::segment, segment_key_bytes(key)); }

PageProblems Transaction::check_pages() const {
    return lmdb::check_pages(env_->map_->descriptor(), snapshot_, named_tables);
}

Cursor Transaction::cursor(Table of) const {
    MDB_cursor* c = nullptr;
    if (kind_ == Kind::read) return {*this, of, c};
    if (const int rc = mdb_cursor_open(txn_, table(of, true), &c)) fail(rc, "cannot be read", env_->path_);
    return {*this, of, c};
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
    require_readable();
    // Before anybody can see it. One writes at a time, so the numbers rise.
    if (changes_segments_) env_->segments_changed_.store(id(), std::memory_order_release);
    MDB_txn* txn = std::exchange(txn_, nullptr);  // LMDB frees it, also on failure
    if (const int rc = mdb_txn_commit(txn)) fail(rc, "the transaction cannot be committed", env_->path_);
}

}  // namespace mainstay::lmdb
