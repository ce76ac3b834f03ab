#pragma once

// Which files LOAD CSV may read: those in some folders, by whatever name they are asked for.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay {

// A file that is open for reading.
class OpenFile {
public:
    OpenFile(int descriptor, std::string path) noexcept : descriptor_(descriptor), path_(std::move(path)) {}
    OpenFile(OpenFile&& other) noexcept;
    OpenFile& operator=(OpenFile&&) = delete;
    ~OpenFile();

    bool is_open() const noexcept { return descriptor_ >= 0; }
    int descriptor() const noexcept { return descriptor_; }
    const std::string& path() const noexcept { return path_; }  // absolute, without links
    // As many bytes as there are, at most `size`; 0 at the end. Throws Error(Code::input_unreadable).
    std::size_t read(char* to, std::size_t size);

private:
    int descriptor_;
    std::string path_;
};

// Immutable; any thread.
class LoadFolders {
public:
    // Throws Error(Code::file_not_found) if one of them is no folder.
    explicit LoadFolders(const std::vector<std::filesystem::path>& folders);

    // The file that `url` names: a path below one of the folders, `servers.csv`, or the same as a URL,
    // `file:///servers.csv`; an absolute path if it lies in one of them. The first folder that has it counts. Neither
    // `..` nor a link leads out of the folders, not even one that is made while the file is opened.
    // Throws Error without a span: permission_denied, input_unreadable, unsupported (other URLs).
    OpenFile open(std::string_view url) const;

private:
    std::optional<OpenFile> open_below(const std::filesystem::path& path, std::string_view url) const;
    const std::filesystem::path* folder_of(const std::filesystem::path& canonical) const;
    std::string nearest_file(const std::filesystem::path& relative) const;

    std::vector<std::filesystem::path> folders_;  // canonical
};

}  // namespace mainstay
