#include "load/load_folders.hpp"

#include "mainstay/core/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace mainstay {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void unreadable(std::string_view url, std::string_view why) {
    throw Error{Code::input_unreadable, fmt::format("{} cannot be read: {}", quoted(url), why)};
}

[[noreturn]] void leads_out(std::string_view url) {
    throw Error{Code::permission_denied, fmt::format("{} leads out of the folders that LOAD CSV may read", quoted(url))}
        .with_hint("name a file in one of them, by its path from there");
}

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_code =
            text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        out += is_code ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
        if (is_code) i += 2;
    }
    return out;
}

// "https" of "https://example.org/x"; "" if it is no URL. `file:` needs no slashes.
std::string scheme_of(std::string_view url) {
    const std::size_t colon = url.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    std::string scheme{url.substr(0, colon)};
    for (char& c : scheme) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')) return {};
    }
    return scheme == "file" || url.substr(colon + 1).starts_with("//") ? scheme : std::string{};
}

// The path that a URL or a plain path names; that of a URL begins with a slash.
std::string path_of(std::string_view url, const std::string& scheme) {
    if (scheme.empty()) return std::string{url};
    if (scheme != "file")
        throw Error{Code::unsupported, fmt::format("LOAD CSV reads files; {}:// is not read", scheme)}
            .with_phase(Phase::runtime)
            .with_hint("fetch it first, and put it into a folder that LOAD CSV may read");
    std::string_view rest = url.substr(url.find(':') + 1);
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        const std::string_view host = rest.substr(0, rest.find('/'));
        if (!host.empty() && host != "localhost")
            throw Error{Code::unsupported, fmt::format("LOAD CSV reads no files of the host {}", quoted(host))}
                .with_phase(Phase::runtime)
                .with_hint("write three slashes: file:///" + std::string{rest});
        rest.remove_prefix(host.size());
    }
    return "/" + percent_decoded(rest.starts_with('/') ? rest.substr(1) : rest);
}

bool is_below(const fs::path& folder, const fs::path& path) {
    const auto [end, at] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end() && at != path.end();
}

// Follows no link: what was canonical a moment ago may be one now.
int open_without_links(const fs::path& folder, const fs::path& relative) {
    int at = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (auto part = relative.begin(); part != relative.end() && at >= 0; ++part) {
        const bool is_last = std::next(part) == relative.end();
        // Without waiting for somebody to write into a pipe.
        const int flags = is_last ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
        const int next = ::openat(at, part->c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
        const int why = errno;
        ::close(at);
        errno = why;
        at = next;
    }
    return at;
}

}  // namespace

OpenFile::OpenFile(OpenFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

OpenFile::~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t OpenFile::read(char* to, std::size_t size) {
    for (;;) {
        const ssize_t count = ::read(descriptor_, to, size);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) unreadable(path_, std::strerror(errno));
    }
}

LoadFolders::LoadFolders(const std::vector<fs::path>& folders) {
    for (const fs::path& folder : folders) {
        std::error_code failed;
        const fs::path canonical = fs::canonical(folder, failed);
        if (failed || !fs::is_directory(canonical, failed))
            throw Error{Code::file_not_found,
                        fmt::format("there is no folder {} that LOAD CSV could read", quoted(folder.string()))}
                .with_hint("make it first, or name another one");
        folders_.push_back(canonical);
    }
}

const fs::path* LoadFolders::folder_of(const fs::path& canonical) const {
    const auto found = std::find_if(folders_.begin(), folders_.end(),
                                    [&](const fs::path& folder) { return is_below(folder, canonical); });
    return found == folders_.end() ? nullptr : &*found;
}

// nullopt: there is no such file.
std::optional<OpenFile> LoadFolders::open_below(const fs::path& path, std::string_view url) const {
    std::error_code failed;
    const fs::path canonical = fs::canonical(path, failed);
    if (failed == std::errc::no_such_file_or_directory || failed == std::errc::not_a_directory) return std::nullopt;
    if (failed) unreadable(url, failed.message());
    if (std::find(folders_.begin(), folders_.end(), canonical) != folders_.end()) unreadable(url, "it is a directory");
    const fs::path* folder = folder_of(canonical);
    if (!folder) leads_out(url);
    OpenFile file{open_without_links(*folder, canonical.lexically_relative(*folder)), canonical.string()};
    struct stat status {};
    if (!file.is_open() || ::fstat(file.descriptor(), &status) != 0) unreadable(url, std::strerror(errno));
    if (S_ISDIR(status.st_mode)) unreadable(url, "it is a directory");
    if (!S_ISREG(status.st_mode)) unreadable(url, "it is no regular file");
    return file;
}

std::string LoadFolders::nearest_file(const fs::path& relative) const {
    constexpr std::size_t names_max = 1'000;
    if (relative.has_parent_path()) return {};
    std::vector<std::string> names;
    for (const fs::path& folder : folders_) {
        std::error_code failed;
        for (fs::directory_iterator at{folder, failed}, end; !failed && at != end && names.size() < names_max;
             at.increment(failed))
            names.push_back(at->path().filename().string());
    }
    return nearest(relative.string(), names);
}

OpenFile LoadFolders::open(std::string_view url) const {
    const std::string scheme = scheme_of(url);
    const std::string name = path_of(url, scheme);
    if (folders_.empty())
        throw Error{Code::permission_denied, "LOAD CSV may read no folder here"}.with_hint(
            "who opens the database permits folders: --load-folder DIR of mainstay shell, query, serve and mcp, or "
            "DatabaseOptions::load_folders; `mainstay import` needs none");
    if (name.empty() || name.find('\0') != std::string::npos) unreadable(url, "it names no file");

    const fs::path path{name};
    const fs::path relative = (scheme.empty() ? path : path.relative_path()).lexically_normal();
    if (relative.is_absolute()) {
        // Nothing is said of what lies elsewhere, not even whether it is there.
        if (!folder_of(relative)) leads_out(url);
        if (auto file = open_below(relative, url)) return *std::move(file);
    } else {
        if (!relative.empty() && *relative.begin() == "..") leads_out(url);
        for (const fs::path& folder : folders_)
            if (auto file = open_below(folder / relative, url)) return *std::move(file);
        const fs::path whole = path.lexically_normal();
        if (!scheme.empty() && folder_of(whole))
            if (auto file = open_below(whole, url)) return *std::move(file);
    }
    throw Error{Code::input_unreadable,
                fmt::format("there is no file {} in the folders that LOAD CSV may read", quoted(url))}
        .with_hint(nearest_file(relative));
}

}  // namespace mainstay
