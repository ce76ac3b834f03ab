#pragma once

#include <filesystem>

namespace mainstay {

// That this process has the file open: a shared lock of an open file description, on a byte no file reaches. Whoever
// wants to put another file in its place makes sure to be the only one. Gone with the object, or with the process.
//
// LMDB finds its lock file by the name of the database. Under a second name (a hard link, a bind mount), or where
// somebody has removed the lock file, it makes another one, and two processes write and reuse pages as if each were
// alone. So the database itself carries, as a second lock, which lock file goes with it.
class Presence {
public:
    // Waits two seconds while another process has it alone, then throws Error(Code::writer_locked); Error(io_error) if
    // it cannot be opened.
    explicit Presence(const std::filesystem::path& file);
    // Waits, two seconds at most, while somebody who makes or replaces the file has it alone.
    static void wait_until_shared(const std::filesystem::path& file);
    ~Presence();
    Presence(Presence&& other) noexcept;
    Presence& operator=(Presence&&) = delete;

    // Throws Error(Code::writer_locked) if another process has the file open with another lock file than this one, or
    // this lock file with another database. To be called before LMDB opens the lock file: to close a file that it has
    // locked would drop its locks.
    void use_lock_file(const std::filesystem::path& lock_file);
    // Another file takes this one's place, and its lock file.
    void leave_lock_file() noexcept;
    // Whether that name still stands for the file that was opened.
    bool is_of(const std::filesystem::path& file) const;
    // From now on alone: nobody opens the file until share(). False: another process has it open.
    [[nodiscard]] bool become_alone();
    void share() noexcept;

private:
    bool lock(short type) const noexcept;
    int fd_, lock_fd_ = -1;
};

}  // namespace mainstay
