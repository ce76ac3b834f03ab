#pragma once

#include <filesystem>

namespace mainstay::test {

// A new empty folder for databases and files, in memory where the system has such a place; gone with the object.
class ScratchFolder {
public:
    ScratchFolder();  // throws std::runtime_error if none can be made
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace mainstay::test
