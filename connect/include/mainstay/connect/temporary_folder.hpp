#pragma once

#include <filesystem>

namespace mainstay {

// A new folder for temporary files, removed with what is in it. Throws Error(Code::io_error) if there can be none.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace mainstay
