#include "editor/history.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace mainstay::shell {
namespace {

constexpr std::size_t entries_max = 10'000;

std::string on_one_line(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\\\";
        else if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result;
}

std::string as_entered(std::string_view line) {
    std::string result;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\\' || i + 1 == line.size()) {
            result += line[i];
            continue;
        }
        ++i;
        result += line[i] == 'n' ? '\n' : line[i];
    }
    return result;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A statement may hold a secret: nobody else reads the file. False if it cannot be written.
bool write_to(const std::filesystem::path& file, int flags, std::string_view text) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    if (descriptor < 0) return false;
    const bool is_written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    close(descriptor);
    return is_written;
}

}  // namespace

History::History(std::filesystem::path file) : file_(std::move(file)) {
    std::ifstream in{file_};
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) entries_.push_back(as_entered(line));
    if (entries_.size() > 2 * entries_max) {
        entries_.erase(entries_.begin(), entries_.end() - static_cast<std::ptrdiff_t>(entries_max));
        rewrite();
    }
}

void History::rewrite() const {
    std::string text;
    for (const std::string& entry : entries_) text += on_one_line(entry) + "\n";
    std::filesystem::path temporary = file_;
    temporary += ".new";
    std::error_code error;
    if (write_to(temporary, O_TRUNC, text)) std::filesystem::rename(temporary, file_, error);
}

void History::add(std::string text) {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) return;
    if (!entries_.empty() && entries_.back() == text) return;
    if (!file_.empty()) {
        std::error_code error;
        std::filesystem::create_directories(file_.parent_path(), error);
        write_to(file_, O_APPEND, on_one_line(text) + "\n");
    }
    entries_.push_back(std::move(text));
}

std::optional<std::size_t> History::find_before(std::size_t index, std::string_view text) const {
    const bool ignore_case = std::all_of(text.begin(), text.end(), [](char c) { return c == lower(c); });
    const auto same = [&](char a, char b) { return ignore_case ? lower(a) == b : a == b; };
    for (std::size_t i = std::min(index, entries_.size()); i-- > 0;) {
        const std::string& entry = entries_[i];
        if (std::search(entry.begin(), entry.end(), text.begin(), text.end(), same) != entry.end()) return i;
    }
    return std::nullopt;
}

std::optional<std::filesystem::path> History::usual_file() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state && *state == '/') return std::filesystem::path{state} / "mainstay" / "history";
    const char* home = std::getenv("HOME");
    if (home && *home) return std::filesystem::path{home} / ".local" / "state" / "mainstay" / "history";
    return std::nullopt;
}

}  // namespace mainstay::shell
