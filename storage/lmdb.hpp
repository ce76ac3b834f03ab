#pragma once

// LMDB behind a few RAII types; the only header of the store that knows it exists. Errors of LMDB and of the system
// become Error here. LMDB registers readers, and writes; what a read transaction reads is read by tree_reader.hpp,
// which a damaged file does not lead astray. Rules kept: one open per process and file (Environment::open shares),
// MDB_NOTLS (readers are not tied to threads), never MDB_WRITEMAP, never MDB_DUPSORT (0.9.24 has a cursor-delete bug
// there).

#include "mainstay/core/error.hpp"
#include "mainstay/storage/store.hpp"
#include "page_check.hpp"
#include "presence.hpp"
#include "tail.hpp"
#include "tree_reader.hpp"
#include "write_guard.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

namespace mainstay::lmdb {

// The named databases of the file. Do not renumber; names are in lmdb_inner.hpp. `segment` has native u64 keys, the
// others bytes. `account` is made when it is first needed (Transaction::create); until then it reads as empty.
enum class Table : std::uint8_t { segment, delta, log, unique, index, history, index_past, token, account };
inline constexpr std::size_t table_count = 9;
std::string_view name_of(Table) noexcept;

struct TableSize {
    std::uint64_t entries = 0, pages = 0;
};

class Transaction;

// An open file. Shared by all Stores of a process that have the same file open.
class Environment {
public:
    // Opens or creates. `cut`: whether a file that is cut off is taken, to read what is left. Throws Error: see
    // Store::open.
    enum class IfCut : std::uint8_t { refuse, take };
    static std::shared_ptr<Environment> open(const std::filesystem::path& file, OpenMode mode, Durability durability,
                                             std::uint64_t map_bytes, IfCut cut = IfCut::refuse);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    bool is_writable() const noexcept { return writable_; }
    const std::filesystem::path& path() const noexcept { return path_; }
    std::uint64_t map_bytes() const;
    std::uint64_t page_size() const;
    std::uint64_t last_page() const;
    std::uint32_t readers() const;
    std::uint64_t newest_snapshot() const;  // Transaction::id() of one that reads now
    // The oldest snapshot (Transaction::id()) that a reader of any process holds, and its process; nullopt: none does.
    struct Reader {
        std::uint64_t snapshot;
        std::int32_t process;
    };
    std::optional<Reader> oldest_reader() const;
    // A consistent copy of the whole file, hot, or of what is not free in it. What `progress` throws ends it.
    enum class CopyKind : std::uint8_t { whole, compacted };
    using CopyProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;  // in bytes, done < total
    void copy_to(const std::filesystem::path& target, CopyKind kind, const CopyProgress& progress) const;
    // Puts a compacted copy in the place of the file; this environment then is one of a file without a name, to be
    // closed. Throws Error(Code::writer_locked) if anything else, in this process or another, has it open.
    void compact_in_place(const CopyProgress& progress);
    // Whether the name this was opened by stands for the same file still.
    bool is_in_place() const { return presence_ && presence_->is_of(path_); }
    // A transaction that reads the newest snapshot, and what is done with it afterwards: it is kept for the next one.
    MDB_txn* begin_reading() const;
    void end_reading(MDB_txn* txn) const noexcept;
    // Of a file that open() made: it holds what a database must. Until then it is removed again when this ends.
    // True once, of such a file: who opened it fills it.
    bool take_to_be_filled() noexcept { return std::exchange(is_to_be_filled_, false); }
    void finish() noexcept {
        is_unfinished_ = false;
        if (presence_) presence_->share();
    }
    // Slots of readers whose process has died.
    void clear_stale_readers() const;
    // From now on small commits go to a write-ahead tail (tail.hpp) instead of being synced in place. Only for who
    // holds the writer lock, who calls end_tail() before giving it back. Throws Error if the disk refuses what the
    // process before left to be done.
    void allow_tail();
    // Finds tables that another process has made since the file was opened. Only for who holds the writer lock, before
    // its first write transaction.
    void find_new_tables();
    // Makes everything durable in the file itself and forgets the tail. If the disk refuses, the tail stays for the
    // next one who opens the file.
    void end_tail() noexcept;
    // The number of the newest transaction of this process that changed Table::segment, at the latest when it commits;
    // 0: none did.
    std::uint64_t segments_changed() const noexcept { return segments_changed_.load(std::memory_order_acquire); }

    // The same of a watched row (Transaction::note_change), or of one that shares its place.
    std::uint64_t row_changed(std::uint32_t row) const noexcept {
        return (*rows_changed_)[row % rows_watched].load(std::memory_order_acquire);
    }

private:
    friend class Transaction;
    Environment() = default;
    void open_file(std::uint64_t map_bytes, bool create);
    void reserve_lock_file() const;
    void open_tables(bool create);
    static void recover(const std::filesystem::path& file, std::uint64_t map_bytes);
    void sync() const;
    Meta newest_meta() const;
    // For the writer, between transactions.
    void count_commit() const noexcept;  // that was synced in place; after a few a tail begins
    void begin_tail() const noexcept;
    void checkpoint() const;
    // The file reaches as far as what is written until the next checkpoint may need; and no further than it does now.
    void make_room() const noexcept;
    void give_room_back() const noexcept;
    void anchor() const;
    void lift_anchor() const noexcept;
    void find_map();
    std::optional<Snapshot> newest_snapshot(MDB_txn* txn) const;
    void require_sound_pages() const;
    int open_environment(std::uint64_t map_bytes);
    void write_copy(int out, CopyKind kind, std::string_view doing, const CopyProgress& progress) const;
    MDB_env* env_ = nullptr;
    mutable std::array<unsigned, table_count> tables_{};  // LMDB's handles; 0: there is no such table
    std::filesystem::path path_, lock_path_;
    bool writable_ = false;
    bool is_unfinished_ = false, is_to_be_filled_ = false;
    std::uint64_t device_ = 0, inode_ = 0;
    std::optional<Presence> presence_;
    std::optional<FileMap> map_;
    static constexpr std::size_t idle_readers_max = 16;
    mutable std::mutex idle_mutex_;
    mutable std::vector<MDB_txn*> idle_readers_;  // that hold no snapshot
    mutable bool free_list_is_sound_ = false;     // the write transaction's
    mutable std::atomic<std::uint64_t> segments_changed_{0};
    static constexpr std::uint32_t rows_watched = 1 << 14;
    using RowsChanged = std::array<std::atomic<std::uint64_t>, rows_watched>;
    std::unique_ptr<RowsChanged> rows_changed_ = std::make_unique<RowsChanged>();

    // What follows is the writer's.
    Durability durability_ = Durability::full;
    mutable bool tail_allowed_ = false;
    mutable unsigned commits_ = 0;
    mutable std::unique_ptr<Tail> tail_;
    mutable bool is_broken_ = false;  // the disk refused what cannot be undone: no more commits
    bool is_replaced_ = false;        // by its compacted copy: no more commits, or they would be in neither
    // A reader at the last checkpoint, so that none of its pages is used again before the next.
    mutable MDB_txn* anchor_ = nullptr;
    mutable std::atomic<std::uint64_t> anchor_id_{0};
};

class Cursor {
public:
    Cursor(Cursor&& o) noexcept
        : owner_(o.owner_),
          table_(o.table_),
          reader_(std::move(o.reader_)),
          cursor_(std::exchange(o.cursor_, nullptr)),
          key_(o.key_),
          value_(o.value_) {}
    Cursor& operator=(Cursor&&) = delete;
    ~Cursor();
    // Each moves and says whether it stands on an entry.
    bool first();
    bool last();
    bool next();
    bool previous();
    bool seek(std::string_view key);  // first entry >= key
    bool seek_exact(std::string_view key);
    std::string_view key() const noexcept { return key_; }
    std::string_view value() const noexcept { return value_; }
    void erase();  // the entry it stands on; write transactions

private:
    friend class Transaction;
    Cursor(const Transaction& owner, Table table, MDB_cursor* c);
    bool move(int operation);
    bool stands(bool on_entry);                     // after a move of the reader
    void take(std::string_view, std::string_view);  // key, stored value
    const Transaction* owner_;
    Table table_;
    std::optional<TreeCursor> reader_;  // read transactions
    MDB_cursor* cursor_ = nullptr;      // write transactions
    std::string_view key_, value_;
};

// A read or write transaction. Rows of every table but `segment` end in a seal (row_seal.hpp) that is added and taken
// off here. What is damaged throws Error(Code::corrupt) from every member that reads or writes. Spans it returns live
// as long as it does (write transactions: until the next write).
class Transaction {
public:
    enum class Kind : std::uint8_t { read, write };
    Transaction(std::shared_ptr<const Environment> env, Kind kind);
    ~Transaction();  // rolls back
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    Kind kind() const noexcept { return kind_; }
    std::uint64_t id() const;  // LMDB's own number of the snapshot read, or of the write
    // A read transaction lets go of its snapshot and its file; nothing but wake() may be asked of it then. wake():
    // whether the snapshot, of that number, is the newest still, and held again; what was read of it holds then.
    void rest() noexcept;
    bool wake(std::shared_ptr<const Environment> env, std::uint64_t id);
    std::optional<std::string_view> get(Table table, std::string_view key) const;
    std::optional<std::string_view> get(std::uint64_t segment_key) const;  // Table::segment
    // The keys of Table::segment next to one that is not there, in the snapshot that is read or built upon.
    struct Beside {
        std::optional<std::uint64_t> before, after;
    };
    Beside keys_beside(std::uint64_t segment_key) const;
    void put(Table table, std::string_view key, std::string_view value);
    void append(Table table, std::string_view key, std::string_view value);  // key beyond the last
    void put(std::uint64_t segment_key, std::string_view value);
    bool erase(Table table, std::string_view key);  // false: was not there
    bool erase(std::uint64_t segment_key);
    Cursor cursor(Table table) const;
    bool has(Table table) const;  // whether the file names it; read transactions
    TableSize size(Table table) const;
    // Whether the table is there, or made by this transaction; put, erase and cursor need it. Write transactions.
    bool is_there(Table table) const;
    // Makes the table if it is not there. The commit is synced in place, so that no tail tells of a table that is not
    // in the file.
    void create(Table table);
    // To be told of rows that readers keep copies of: numbers, given by who stores them.
    void note_change(std::uint32_t row) { changed_rows_.push_back(row); }
    void commit();  // durable as the environment says
    // The stored bytes of a row, whether it ends in its seal or not. Read transactions.
    std::optional<std::string_view> get_unchecked(Table table, std::string_view key) const;
    // Of all pages of the snapshot; `damaged` by Table. Read transactions.
    PageProblems check_pages() const;
    // Throws Error(Code::io_error) if something read in any transaction of this file, so far, was not what it holds.
    void require_readable() const { env_->map_->require_readable(); }

private:
    friend class Cursor;
    void store(Table table, std::string_view key, std::string_view value, unsigned flags);
    unsigned table(Table table, bool changes) const;
    const Tree& tree(Table table) const;  // as the snapshot has it

    std::shared_ptr<const Environment> env_;
    Kind kind_;
    mutable bool changes_segments_ = false;
    std::vector<std::uint32_t> changed_rows_;
    mutable std::optional<ChangeList> changes_;  // for the tail
    std::optional<std::pair<Table, unsigned>> created_;
    MDB_txn* txn_ = nullptr;
    Snapshot snapshot_;  // that is read, or built upon
    std::string row_;    // that is being stored
    mutable std::optional<WriteGuard> guard_;
    // Found when first asked for: views of several threads may share a read transaction.
    mutable std::mutex trees_mutex_;
    mutable std::array<std::atomic<bool>, table_count> trees_found_{};
    mutable std::array<Tree, table_count> trees_;
};

// A native u64 key as bytes, for cursors over Table::segment; and back.
inline std::string_view segment_key_bytes(const std::uint64_t& key) {
    return {reinterpret_cast<const char*>(&key), sizeof key};
}

}  // namespace mainstay::lmdb
