#pragma once

// The write-ahead tail: a file NAME-tail beside the database while a process writes it. A small commit appends what it
// puts and erases and waits for that one write; LMDB gets the same changes without a sync of its own. At a checkpoint
// the database is synced and the tail starts again.
//
// While the machine runs, the system's cache holds what LMDB wrote, whatever happens to the process: the tail is not
// needed. When the machine has stopped, pages that were written after the last checkpoint may be on the disk or not.
// The tail holds LMDB's meta page of that checkpoint; the writer has kept a reader at it since, so that none of its
// pages was used again: the meta page is put back and the commits of the tail are done again.
//
//   NAME, page 0, at mark_offset: TailMark, while a tail belongs to the file
//   NAME-tail: TailHeader at 0 or 4096 (of the generation's last bit), the larger generation is in force;
//              frames from 8192: FrameHeader, changes, zeros up to a multiple of 8. One frame a transaction of LMDB,
//              numbered without gaps. Frames of another generation, or that do not have their sum, are not there.
//   change: (code u8) << 4 | table u8, varint key size, key, and of a put varint value size, value

#include "meta_page.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::lmdb {

enum class Table : std::uint8_t;

// What one transaction puts and erases, up to a size from which it is not worth to be written twice.
class ChangeList {
public:
    static constexpr std::size_t bytes_max = std::size_t{1} << 20;
    void put(Table table, std::string_view key, std::string_view value);
    void erase(Table table, std::string_view key);
    // For changes that cannot be told row by row.
    void give_up() noexcept { whole_ = false, bytes_.clear(); }
    bool is_whole() const noexcept { return whole_; }  // false: it became too large or was given up, and is empty
    const std::string& bytes() const noexcept { return bytes_; }

private:
    void add(std::uint8_t code, Table table, std::string_view key, std::string_view value);
    std::string bytes_;
    bool whole_ = true;
};

// Where changes are done again.
struct ChangeSink {
    std::function<void(Table, std::string_view key, std::string_view value)> put;
    std::function<void(Table, std::string_view key)> erase;
};

using BootId = std::array<char, 36>;  // of the system's start, as text; zeros: unknown
using TailId = std::array<unsigned char, 16>;

constexpr std::size_t mark_offset = 1024;
struct TailMark {
    std::uint64_t magic;
    TailId id;
    BootId boot;
    std::uint32_t unused = 0;
    std::uint64_t sum;  // XXH3-64 of what stands before it, as in the other two
};

struct TailHeader {
    std::uint64_t magic;
    std::uint32_t version, flags;
    std::uint64_t generation;
    TailId id;
    BootId boot;
    std::uint32_t unused = 0;
    Meta meta;
    std::uint64_t sum;
    enum Flag : std::uint32_t {
        must_recover = 1,  // whatever the boot is
        not_synced = 2     // a frame may be lost before one that is there
    };
};

struct FrameHeader {
    std::uint32_t magic, bytes;  // of the changes that follow
    std::uint64_t generation, txn, sum;
};

constexpr std::uint64_t mark_magic = 0x316B72614D54534D;  // "MSTMark1"
constexpr std::uint64_t tail_magic = 0x316C69615454534D;  // "MSTTail1"
constexpr std::uint32_t frame_magic = 0x4D524654;         // "TFRM"
constexpr std::uint32_t tail_version = 1;
constexpr std::size_t header_bytes = 4096, frames_offset = 2 * header_bytes;

std::uint64_t sum_of(const TailMark& mark);
std::uint64_t sum_of(const TailHeader& header);
std::uint64_t sum_of(const FrameHeader& header, std::string_view changes);
BootId current_boot();
std::filesystem::path tail_path(const std::filesystem::path& database);

// The tail of a file that this process writes.
class Tail {
public:
    enum class Sync : std::uint8_t { each_commit, never };
    // Starts a tail for a database that has just been synced and is in state `meta`. nullptr: none can be made here.
    static std::unique_ptr<Tail> begin(const std::filesystem::path& database, const Meta& meta, Sync sync);
    // Whether a process that wrote the database has left its mark there: it was killed, or still runs.
    static bool is_marked(const std::filesystem::path& database);
    // Takes the mark of a process that was killed off a database that has just been synced. Before anything else is
    // committed: a later stop of the machine would put the file back to what that process last knew. Throws Error.
    static void forget(const std::filesystem::path& database);
    ~Tail();
    Tail(const Tail&) = delete;
    Tail& operator=(const Tail&) = delete;

    // Throws Error(disk_full / io_error), and then the commit is not in the tail.
    void append(std::uint64_t txn, std::string_view changes);
    void take_back() noexcept;  // the last frame: LMDB could not commit it
    // False: a frame that was to be taken back may still be there.
    bool is_sound() const noexcept { return is_sound_; }
    bool is_full() const noexcept { return end_ >= full_; }
    // About how many bytes of the database's pages are left behind until it is full.
    std::uint64_t bytes_held_max() const noexcept { return (full_ - frames_offset) * pages_bytes_a_byte; }
    // The database has been synced and is in state `meta`. Throws Error.
    void restart(const Meta& meta);
    // The database has been synced and needs no tail any more. Throws Error.
    void end();
    // What is in the cache cannot be trusted: whoever opens the file next does the tail again.
    void require_recovery() noexcept;

private:
    Tail(std::filesystem::path path, Sync sync) : path_(std::move(path)), sync_(sync) {}
    // What a commit leaves behind of the database's pages, none of which is used again before the next checkpoint, for
    // each byte of its frame.
    static constexpr std::uint64_t pages_bytes_a_byte = 48;
    void write_header(std::uint64_t generation, const Meta& meta, std::uint32_t flags);
    void reserve(std::uint64_t end);

    std::filesystem::path path_;
    Sync sync_;
    bool is_sound_ = true;
    int fd_ = -1, database_fd_ = -1;
    TailId id_{};
    BootId boot_{};
    Meta meta_{};
    std::uint64_t generation_ = 0;
    std::uint64_t end_ = 0, last_ = 0, reserved_ = 0, full_ = 0;  // offsets: next frame, last frame, zeros up to, limit
};

// The tail that a machine's stop left behind.
class LostTail {
public:
    // nullopt: the file needs none. Throws Error(Code::corrupt) if it needs one that is missing or damaged,
    // Error(io_error, permission_denied) if it cannot be read.
    static std::optional<LostTail> find(const std::filesystem::path& database);

    // Puts the database back to the last checkpoint. Nothing may have it open. Throws Error.
    void restore() const;
    // The commits since, in order. Throws Error(Code::corrupt).
    void for_each(const ChangeSink& sink) const;
    std::size_t commits() const noexcept { return frames_.size(); }

private:
    std::filesystem::path database_, path_;
    Meta meta_{};
    std::vector<std::string> frames_;
};

}  // namespace mainstay::lmdb
