#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace mainstay::test {

// What a program does to the files of one folder, at the system calls of this process that write, sync, lengthen and
// map (those of liblmdb too): recorded, or the n-th of them made to fail. One object at a time.
class FaultySystem {
public:
    enum class Kind : std::uint8_t { write, sync, resize, note };
    struct Event {
        Kind kind;
        std::string file;      // its name in the folder
        std::uint64_t offset;  // write; the new length of a resize; the number of a note
        std::string bytes;
        bool durable;  // a write that is on the disk when it returns
    };

    explicit FaultySystem(const std::filesystem::path& folder);
    ~FaultySystem();
    FaultySystem(const FaultySystem&) = delete;
    FaultySystem& operator=(const FaultySystem&) = delete;

    // The n-th call from now (1: the next) gives `error`, and so do all after it if `for_ever`. A write that is to fail
    // writes half of its bytes first if `torn`.
    void fail(std::uint64_t nth, int error, bool torn, bool for_ever);
    void heal();
    bool has_failed() const noexcept { return failures_ > 0; }
    std::uint64_t calls() const noexcept { return calls_; }  // since the object or the last fail()

    void record(bool on) { recording_ = on; }
    void note(std::uint64_t number);
    const std::vector<Event>& events() const noexcept { return events_; }

    // For the calls. The name of a watched file, "": not watched.
    std::string watched(int fd) const;
    // The error this call is to give, 0: none. `torn`: after half of it.
    int next_call(bool& torn);
    void add(Event event);

private:
    std::string folder_;
    std::mutex mutex_;
    std::vector<Event> events_;
    std::atomic<bool> recording_{false};
    std::atomic<std::uint64_t> calls_{0}, failures_{0};
    std::uint64_t fail_at_ = 0;
    int error_ = 0;
    bool torn_ = false, for_ever_ = false;
};

}  // namespace mainstay::test
