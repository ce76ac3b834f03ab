#include "lmdb_inner.hpp"

#include "row_seal.hpp"

#include "mainstay/core/assert.hpp"

#include <fmt/format.h>

namespace mainstay::lmdb {
namespace {

// A stored row without its seal, which the reader or the guard has checked.
std::string_view unsealed(Table table, std::string_view stored) {
    return table == Table::segment ? stored : stored.substr(0, stored.size() - seal_bytes);
}

}  // namespace

std::string_view name_of(Table table) noexcept { return table_names[static_cast<std::size_t>(table)]; }

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
    if (owner_->changes_) owner_->changes_->erase(table_, key_);
    if (const int rc = mdb_cursor_del(cursor_, 0)) fail(rc, "cannot be written", "database");
}

Transaction::Transaction(std::shared_ptr<const Environment> env, Kind kind) : env_(std::move(env)), kind_(kind) {
    env_->map_->require_readable();
    if (kind == Kind::write && env_->is_broken_)
        throw Error{Code::io_error,
                    fmt::format("{}: an earlier commit could not be written to the disk, so nothing more "
                                "is taken",
                                env_->path_.string())}
            .with_hint(reopen_hint);
    if (kind == Kind::write && env_->is_replaced_)
        throw Error{Code::io_error, fmt::format("{}: its compacted copy has taken its place", env_->path_.string())}
            .with_hint("close the database and open it again");
    if (kind == Kind::read)
        txn_ = env_->begin_reading();
    else if (const int rc = mdb_txn_begin(env_->env_, nullptr, 0, &txn_))
        fail(rc, "a transaction cannot begin", env_->path_);
    try {
        // A write transaction builds on the one before it, which nobody follows meanwhile.
        const auto snapshot =
            kind == Kind::read ? env_->newest_snapshot(txn_) : env_->map_->snapshot(mdb_txn_id(txn_) - 1);
        if (!snapshot)
            throw Error{Code::corrupt, fmt::format("{}: its heads do not say what is newest", env_->path_.string())}
                .with_hint("run `mainstay verify`, and restore a backup");
        snapshot_ = *snapshot;
        if (kind == Kind::write)
            guard_.emplace(snapshot_, named_tables, env_->free_list_is_sound_, env_->map_->descriptor());
    } catch (...) {
        mdb_txn_abort(txn_);
        throw;
    }
    if (kind == Kind::write && env_->tail_) changes_.emplace();
}

Transaction::~Transaction() {
    if (!txn_) return;
    if (kind_ == Kind::read)
        env_->end_reading(txn_);
    else
        mdb_txn_abort(txn_);
}

void Transaction::rest() noexcept {
    env_->end_reading(std::exchange(txn_, nullptr));
    env_.reset();
}

bool Transaction::wake(std::shared_ptr<const Environment> env, std::uint64_t id) {
    env->map_->require_readable();
    MDB_txn* const txn = env->begin_reading();
    if (mdb_txn_id(txn) != id) {
        env->end_reading(txn);
        return false;
    }
    env_ = std::move(env);
    txn_ = txn;
    return true;
}

std::uint64_t Transaction::id() const { return mdb_txn_id(txn_); }

// LMDB's handle of a table that is read or perhaps changed.
unsigned Transaction::table(Table table, bool changes) const {
    changes_segments_ |= changes && table == Table::segment;
    MAINSTAY_ASSERT(is_there(table));
    return created_ && created_->first == table ? created_->second : env_->tables_[static_cast<std::size_t>(table)];
}

bool Transaction::is_there(Table table) const {
    return env_->tables_[static_cast<std::size_t>(table)] != 0 || (created_ && created_->first == table);
}

void Transaction::create(Table table) {
    if (is_there(table)) return;
    unsigned handle = 0;
    if (const int rc = mdb_dbi_open(txn_, std::string(name_of(table)).c_str(), MDB_CREATE, &handle))
        fail(rc, "cannot be written", env_->path_);
    created_.emplace(table, handle);
    if (changes_) changes_->give_up();
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
        const int rc = is_there(from) ? mdb_get(txn_, table(from, false), &k, &v) : MDB_NOTFOUND;
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

Transaction::Beside Transaction::keys_beside(std::uint64_t key) const {
    TreeCursor cursor(snapshot_.pages, tree(Table::segment));
    Beside beside;
    if (cursor.seek(segment_key_bytes(key))) beside.after = load_at<std::uint64_t>(cursor.key().data());
    if (cursor.previous()) beside.before = load_at<std::uint64_t>(cursor.key().data());
    return beside;
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

void Transaction::put(Table to, std::string_view key, std::string_view value) {
    store(to, key, value, 0);
    if (changes_) changes_->put(to, key, value);
}

void Transaction::append(Table to, std::string_view key, std::string_view value) {
    store(to, key, value, MDB_APPEND);
    if (changes_) changes_->put(to, key, value);
}

void Transaction::put(std::uint64_t key, std::string_view value) { put(Table::segment, segment_key_bytes(key), value); }

bool Transaction::erase(Table from, std::string_view key) {
    guard_->check_key(tree(from), key, WriteGuard::Does::erase);
    MDB_val k = val(key);
    const int rc = mdb_del(txn_, table(from, true), &k, nullptr);
    if (rc == MDB_NOTFOUND) return false;
    if (rc) fail(rc, "cannot be written", env_->path_);
    if (changes_) changes_->erase(from, key);
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

bool Transaction::has(Table of) const { return is_named(snapshot_, named_tables[static_cast<std::size_t>(of)]); }

TableSize Transaction::size(Table of) const {
    if (kind_ == Kind::read) {
        const auto record = named_record(snapshot_, named_tables[static_cast<std::size_t>(of)]);
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
    for (const std::uint32_t row : changed_rows_)
        (*env_->rows_changed_)[row % Environment::rows_watched].store(id(), std::memory_order_release);
    MDB_txn* txn = std::exchange(txn_, nullptr);  // LMDB frees it, also on failure
    const auto fail_unless = [&](int rc) {
        if (rc) fail(rc, "the transaction cannot be committed", env_->path_);
    };
    auto* tail = kind_ == Kind::write ? env_->tail_.get() : nullptr;
    // LMDB keeps the handle of a table with the commit that made it.
    const auto keep_created = [&] {
        if (created_) env_->tables_[static_cast<std::size_t>(created_->first)] = created_->second;
    };
    if (!tail) {
        fail_unless(mdb_txn_commit(txn));
        keep_created();
        if (kind_ == Kind::write) env_->count_commit();
        return;
    }
    if (!changes_->is_whole()) {
        mdb_env_set_flags(env_->env_, MDB_NOSYNC, 0);
        const int rc = mdb_txn_commit(txn);
        mdb_env_set_flags(env_->env_, MDB_NOSYNC, 1);
        fail_unless(rc);
        keep_created();
        return env_->checkpoint();
    }
    if (changes_->bytes().empty()) return fail_unless(mdb_txn_commit(txn));
    try {
        tail->append(mdb_txn_id(txn), changes_->bytes());
    } catch (...) {
        mdb_txn_abort(txn);
        env_->is_broken_ = !tail->is_sound();
        throw;
    }
    if (const int rc = mdb_txn_commit(txn)) {
        tail->take_back();
        env_->is_broken_ = !tail->is_sound();
        fail_unless(rc);
    }
    if (!tail->is_full()) return;
    try {
        env_->checkpoint();
    } catch (...) {
        // This commit is in the tail; the next one is told.
    }
}

}  // namespace mainstay::lmdb
