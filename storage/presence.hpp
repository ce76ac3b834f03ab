#pragma once

#include <filesystem>

namespace mainstay {

// That this process has the file open: a shared lock of an open file description, on a byte no file reaches. Whoever
// wants to put another file in its place makes sure to be the only one. Gone with the object, or with the process.
class Presence {
public:
    // Throws Error(Code::writer_locked) while another process has it alone, Error(io_error) if it cannot be opened.
    explicit Presence(const std::filesystem::path& file);
    ~Presence();
    Presence(Presence&& other) noexcept;
    Presence& operator=(Presence&&) = delete;

    // Whether that name still stands for the file that was opened.
    bool is_of(const std::filesystem::path& file) const;
    // From now on alone: nobody opens the file until share(). False: another process has it open.
    [[nodiscard]] bool become_alone();
    void share() noexcept;

private:
    bool lock(short type) const noexcept;
    int fd_;
};

}  // namespace mainstay
