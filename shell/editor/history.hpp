#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

// Statements entered before, oldest first, at most 10,000. In a file they stand one a line, with newlines as \n and
// backslashes doubled; each is appended at once, so shells side by side keep each other's. A file that cannot be read
// or written costs only the memory beyond this session.
class History {
public:
    History() = default;                           // kept in memory only
    explicit History(std::filesystem::path file);  // read now if it exists; made, with its folders, on first add
    void add(std::string text);                    // not if empty or equal to the newest
    std::size_t size() const noexcept { return entries_.size(); }
    const std::string& operator[](std::size_t index) const { return entries_[index]; }
    // The newest entry before `index` that contains `text` (case ignored if `text` is all lower case).
    std::optional<std::size_t> find_before(std::size_t index, std::string_view text) const;

    // $XDG_STATE_HOME/mainstay/history, else ~/.local/state/mainstay/history; nullopt without a home.
    static std::optional<std::filesystem::path> usual_file();

private:
    void rewrite() const;
    std::filesystem::path file_;
    std::vector<std::string> entries_;
};

}  // namespace mainstay::shell
