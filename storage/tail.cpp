#include "tail.hpp"

#include "bytes.hpp"
#include "descriptor.hpp"
#include "lmdb_inner.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mainstay::lmdb {
namespace {

enum Code : std::uint8_t { code_put = 1, code_erase = 2 };
constexpr std::size_t code_shift = 4;
constexpr std::uint64_t reserved_at_once = std::uint64_t{256} << 10;

template <typename T>
std::uint64_t sum_before_last(const T& record) {
    static_assert(offsetof(T, sum) + sizeof record.sum == sizeof record);
    return XXH3_64bits(&record, offsetof(T, sum));
}

std::uint64_t padded(std::uint64_t bytes) { return (bytes + 7) & ~std::uint64_t{7}; }

bool write_all(int fd, const void* data, std::size_t size, std::uint64_t at) {
    const auto* p = static_cast<const char*>(data);
    while (size > 0) {
        const auto n = ::pwrite(fd, p, size, static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        if (n <= 0) return false;
        p += n, at += static_cast<std::uint64_t>(n), size -= static_cast<std::size_t>(n);
    }
    return true;
}

std::optional<TailMark> read_mark(int database_fd) {
    TailMark mark;
    if (::pread(database_fd, &mark, sizeof mark, mark_offset) != static_cast<ssize_t>(sizeof mark)) return std::nullopt;
    if (mark.magic != mark_magic || mark.sum != sum_of(mark)) return std::nullopt;
    return mark;
}

bool write_mark(int database_fd, const TailMark& mark) {
    return write_all(database_fd, &mark, sizeof mark, mark_offset) && ::fdatasync(database_fd) == 0;
}

std::optional<TailHeader> newest_header(std::string_view file) {
    std::optional<TailHeader> newest;
    for (const std::size_t at : {std::size_t{0}, header_bytes}) {
        if (file.size() < at + sizeof(TailHeader)) break;
        TailHeader header;
        std::memcpy(&header, file.data() + at, sizeof header);
        if (header.magic != tail_magic || header.sum != sum_of(header)) continue;
        if (!newest || header.generation > newest->generation) newest = header;
    }
    return newest;
}

// The frame of a generation at an offset; nullopt: there is none.
std::optional<std::pair<FrameHeader, std::string_view>> frame_at(std::string_view file, std::uint64_t at,
                                                                 std::uint64_t generation) {
    FrameHeader header;
    if (at + sizeof header > file.size()) return std::nullopt;
    std::memcpy(&header, file.data() + at, sizeof header);
    if (header.magic != frame_magic || header.generation != generation) return std::nullopt;
    if (header.bytes > file.size() - at - sizeof header) return std::nullopt;
    const auto changes = file.substr(at + sizeof header, header.bytes);
    if (header.sum != sum_of(header, changes)) return std::nullopt;
    return std::pair{header, changes};
}

std::string read_whole(const std::filesystem::path& file) {
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (in.fd < 0) fail(errno, "cannot be read", file);
    struct stat st {};
    if (::fstat(in.fd, &st) != 0) fail(errno, "cannot be read", file);
    std::string bytes(static_cast<std::size_t>(st.st_size), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto n = ::pread(in.fd, bytes.data() + got, bytes.size() - got, static_cast<off_t>(got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail(errno, "cannot be read", file);
        if (n == 0) break;
        got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
}

// Neither a tail nor one that a process was killed in the middle of making, which is zeros, or a head that is not
// whole.
bool is_of_somebody_else(const std::filesystem::path& file) {
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    std::array<char, frames_offset> begin{};
    if (in.fd < 0 || ::pread(in.fd, begin.data(), begin.size(), 0) <= 0) return false;
    for (const std::size_t at : {std::size_t{0}, header_bytes}) {
        std::uint64_t magic;
        std::memcpy(&magic, begin.data() + at, sizeof magic);
        if (magic == tail_magic) return false;
    }
    return std::any_of(begin.begin(), begin.end(), [](char byte) { return byte != 0; });
}

}  // namespace

std::uint64_t sum_of(const TailMark& mark) { return sum_before_last(mark); }
std::uint64_t sum_of(const TailHeader& header) { return sum_before_last(header); }
std::uint64_t sum_of(const FrameHeader& header, std::string_view changes) {
    return XXH3_64bits_withSeed(changes.data(), changes.size(), sum_before_last(header));
}

BootId current_boot() {
    static const BootId boot = [] {
        BootId id{};
        const Descriptor in{::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)};
        if (in.fd < 0 || ::read(in.fd, id.data(), id.size()) != static_cast<ssize_t>(id.size())) id = {};
        return id;
    }();
    return boot;
}

std::filesystem::path tail_path(const std::filesystem::path& database) { return database.string() + "-tail"; }

// --- changes

void ChangeList::add(std::uint8_t code, Table table, std::string_view key, std::string_view value) {
    if (!whole_) return;
    if (bytes_.size() + key.size() + value.size() > bytes_max) {
        whole_ = false;
        bytes_ = {};
        return;
    }
    bytes_.push_back(static_cast<char>(code << code_shift | static_cast<std::uint8_t>(table)));
    append_text(bytes_, key);
    if (code == code_put) append_text(bytes_, value);
}

void ChangeList::put(Table table, std::string_view key, std::string_view value) { add(code_put, table, key, value); }
void ChangeList::erase(Table table, std::string_view key) { add(code_erase, table, key, {}); }

// --- a tail that is written

std::unique_ptr<Tail> Tail::begin(const std::filesystem::path& database, const Meta& meta, Sync sync) {
    std::unique_ptr<Tail> tail(new Tail(tail_path(database), sync));
    tail->boot_ = current_boot();
    if (tail->boot_ == BootId{}) return nullptr;
    tail->database_fd_ = ::open(database.c_str(), O_RDWR | O_CLOEXEC);
    if (tail->database_fd_ < 0) return nullptr;
    const auto& path = tail->path_;
    std::error_code ignored;
    if (is_of_somebody_else(path)) return nullptr;  // and stays: every commit is synced by itself then
    std::filesystem::remove(path, ignored);
    // As readable as the database, whose content it holds.
    struct stat st {};
    if (::fstat(tail->database_fd_, &st) != 0) return nullptr;
    tail->fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0777);
    if (tail->fd_ < 0) return nullptr;
    randombytes_buf(tail->id_.data(), tail->id_.size());
    try {
        tail->reserve(frames_offset);
        tail->restart(meta);
        TailMark mark{mark_magic, tail->id_, tail->boot_, 0, 0};
        mark.sum = sum_of(mark);
        sync_folder_of(path);
        if (write_mark(tail->database_fd_, mark)) return tail;
    } catch (...) {
        // Every commit is synced by itself then.
    }
    write_mark(tail->database_fd_, TailMark{});
    std::filesystem::remove(path, ignored);
    return nullptr;
}

bool Tail::is_marked(const std::filesystem::path& database) {
    const Descriptor in{::open(database.c_str(), O_RDONLY | O_CLOEXEC)};
    return in.fd >= 0 && read_mark(in.fd).has_value();
}

void Tail::forget(const std::filesystem::path& database) {
    const Descriptor out{::open(database.c_str(), O_RDWR | O_CLOEXEC)};
    if (out.fd < 0 || !write_mark(out.fd, TailMark{})) fail(errno, "cannot be written", database);
    std::error_code ignored;
    std::filesystem::remove(tail_path(database), ignored);
}

Tail::~Tail() {
    if (fd_ >= 0) ::close(fd_);
    if (database_fd_ >= 0) ::close(database_fd_);
}

void Tail::write_header(std::uint64_t generation, const Meta& meta, std::uint32_t flags) {
    TailHeader header{};
    header.magic = tail_magic;
    header.version = tail_version;
    header.flags = flags | (sync_ == Sync::never ? TailHeader::not_synced : 0U);
    header.generation = generation;
    header.id = id_;
    header.boot = boot_;
    header.meta = meta;
    header.sum = sum_of(header);
    if (!write_all(fd_, &header, sizeof header, (generation & 1) * header_bytes) || ::fdatasync(fd_) != 0)
        fail(errno, "cannot be written", path_);
}

// Zeros up to `end` and beyond: to write over them needs no new length and no new blocks to be made durable.
void Tail::reserve(std::uint64_t end) {
    if (end <= reserved_) return;
    const std::string zeros(std::max(end - reserved_, reserved_at_once), '\0');
    if (!write_all(fd_, zeros.data(), zeros.size(), reserved_)) fail(errno, "cannot be written", path_);
    reserved_ += zeros.size();
}

void Tail::restart(const Meta& meta) {
    write_header(generation_ + 1, meta, 0);
    ++generation_;  // a header that failed is none, and the frames of the one before still count
    meta_ = meta;
    last_ = end_ = frames_offset;
    // The smaller the file, the sooner the next checkpoint comes, since the file grows until then.
    constexpr std::uint64_t smallest = std::uint64_t{128} << 10, largest = std::uint64_t{1} << 20, part = 256;
    struct stat st {};
    const auto bytes = ::fstat(database_fd_, &st) == 0 ? static_cast<std::uint64_t>(st.st_size) : 0;
    full_ = frames_offset + std::clamp(bytes / part, smallest, largest);
}

void Tail::append(std::uint64_t txn, std::string_view changes) {
    FrameHeader header{frame_magic, static_cast<std::uint32_t>(changes.size()), generation_, txn, 0};
    header.sum = sum_of(header, changes);
    std::string frame;
    frame.reserve(padded(sizeof header + changes.size()));
    append_raw(frame, header);
    frame.append(changes);
    frame.resize(padded(frame.size()));
    reserve(end_ + frame.size());
    last_ = end_;
    if (!write_all(fd_, frame.data(), frame.size(), end_)) {
        const int error = errno;
        take_back();
        fail(error, "cannot be written", path_);
    }
    end_ += frame.size();
    if (sync_ == Sync::never || ::fdatasync(fd_) == 0) return;
    const int error = errno;
    take_back();
    fail(error, "cannot be written to the disk", path_);
}

void Tail::take_back() noexcept {
    end_ = last_;
    const FrameHeader none{};
    if (!write_all(fd_, &none, sizeof none, last_) || (sync_ == Sync::each_commit && ::fdatasync(fd_) != 0))
        is_sound_ = false;
}

void Tail::end() {
    if (!write_mark(database_fd_, TailMark{})) fail(errno, "cannot be ended", path_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);  // without the mark it means nothing
}

void Tail::require_recovery() noexcept {
    try {
        write_header(generation_, meta_, TailHeader::must_recover);
    } catch (...) {
        // The disk takes nothing any more.
    }
}

// --- a tail that was left

std::optional<LostTail> LostTail::find(const std::filesystem::path& database) {
    // Whatever the name stands for: who opens it next says why it is no database. To open a pipe would wait.
    const Descriptor in{::open(database.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat st {};
    if (in.fd < 0 || ::fstat(in.fd, &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
    const auto mark = read_mark(in.fd);
    if (!mark) return std::nullopt;
    const bool other_boot = mark->boot != current_boot();
    LostTail lost;
    lost.database_ = database;
    lost.path_ = tail_path(database);
    std::error_code ignored;
    std::string file;
    if (std::filesystem::exists(lost.path_, ignored)) file = read_whole(lost.path_);
    const auto header = newest_header(file);
    if (!header || header->id != mark->id) {
        if (!other_boot) return std::nullopt;  // a copy of a file that is being written on this machine
        throw Error{
            mainstay::Code::corrupt,
            fmt::format("{} was being written when its machine stopped, and its last commits are in {}, which {}",
                        database.string(), lost.path_.string(),
                        file.empty() ? "is missing" : "is damaged or belongs to another file")}
            .with_hint(
                "put the two files side by side again, or restore a backup; `mainstay backup` copies a database "
                "that is in use");
    }
    if (header->version > tail_version)
        throw Error{mainstay::Code::newer_format, fmt::format("{} has version {}; this Mainstay knows {}",
                                                              lost.path_.string(), header->version, tail_version)}
            .with_hint("open the database with the newer Mainstay that wrote it");
    if (!other_boot && !(header->flags & TailHeader::must_recover)) return std::nullopt;
    lost.meta_ = header->meta;
    std::uint64_t at = frames_offset, txn = header->meta.txn;
    while (const auto frame = frame_at(file, at, header->generation)) {
        if (frame->first.txn != ++txn) break;
        lost.frames_.emplace_back(frame->second);
        at += padded(sizeof(FrameHeader) + frame->second.size());
    }
    // What follows was being written when the machine stopped, unless there is more behind it.
    if (header->flags & TailHeader::not_synced) return lost;
    for (; at + sizeof(FrameHeader) <= file.size(); at += 8)
        if (const auto frame = frame_at(file, at, header->generation); frame && frame->first.txn > txn)
            throw Error{
                mainstay::Code::corrupt,
                fmt::format("{} is damaged: it holds the commits that were made before the machine stopped, and "
                            "some of them cannot be read",
                            lost.path_.string())}
                .with_hint("restore a backup");
    return lost;
}

void LostTail::restore() const {
    const Descriptor out{::open(database_.c_str(), O_RDWR | O_CLOEXEC)};
    if (out.fd < 0 || !restore_meta(out.fd, meta_) || ::fdatasync(out.fd) != 0)
        fail(errno, "its last commits, which its machine's stop left in its tail, cannot be put back", database_);
}

void LostTail::for_each(const ChangeSink& sink) const {
    for (const auto& changes : frames_) {
        ByteReader reader(changes, path_.native());
        while (!reader.at_end()) {
            const auto code = reader.fixed<std::uint8_t>();
            const auto table = static_cast<Table>(code & ((1U << code_shift) - 1));
            if (static_cast<std::size_t>(table) >= table_count) reader.fail();
            const auto key = reader.text();
            if (code >> code_shift == code_put)
                sink.put(table, key, reader.text());
            else if (code >> code_shift == code_erase)
                sink.erase(table, key);
            else
                reader.fail();
        }
    }
}

}  // namespace mainstay::lmdb
