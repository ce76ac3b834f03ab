#pragma once

// Arguments that several commands share.

#include "commands/command.hpp"

#include "mainstay/query/database.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mainstay::shell {

struct FormatOption {
    std::string name = "table";
    enum class Graphs { none, too };  // of commands whose results hold elements
    void declare(Arguments& arguments, Graphs graphs = Graphs::none);
    Format value() const { return parse_format(name).value_or(Format::table); }
};

struct LimitOptions {
    std::chrono::milliseconds time{0};
    std::uint64_t memory_mb = 0;
    void declare(Arguments& arguments);
    Limits value() const;
};

// Who may write the file is an administrator anyway: to try what others may do, and to act in their name.
struct AsOption {
    std::string user;
    void declare(Arguments& arguments);
    // With the rights of the account; without --as an administrator's. Throws Error: entity_not_found, forbidden.
    Principal principal(Database& database) const;
};

struct CommitOptions {
    std::string author, reason, change;
    AsOption as;
    void declare(Arguments& arguments);
    // Author: --as, else --author, else the console's. Throws Error(Code::usage) if both are given.
    CommitInfo info(const Console& console) const;
};

enum class IfMissing { create, refuse };

struct DatabaseOption {
    std::string path;
    bool without_model = false;
    bool writes = false;                    // of a command that refuses a missing file; others are taken to write
    bool take_cut = false;                  // of one that reads: what is left of a file that is cut off will do
    std::vector<std::string> load_folders;  // whose files LOAD CSV may read
    void declare(Arguments& arguments, IfMissing if_missing);
    void declare_load_folders(Arguments& arguments);  // of commands that run statements
};

// Opens `option.path`. A file that is missing is created, and said so, or refused with what to do. A file this user may
// not write is opened for reading, and said so.
std::unique_ptr<Database> open_database(const DatabaseOption& option, IfMissing if_missing, const Console& console);

// The same for a command that writes and makes a missing database, unless --as names an account that it cannot have.
std::unique_ptr<Database> open_to_write(DatabaseOption& option, const CommitOptions& commit, const Console& console);

// The whole file. Throws Error(Code::input_unreadable).
std::string read_file(const std::filesystem::path& file);

// "k=json": {k, value}. Throws Error(Code::usage), which says how a string is written.
std::pair<std::string, Value> parse_parameter(std::string_view text);

// A day or an instant, in UTC microseconds: 2026-09-01, 2026-09-01T12:00Z. Throws Error(Code::usage).
std::int64_t parse_instant(std::string_view text);

// When something ends: 90d (m, h, d, w) from now on, or as parse_instant(); nullopt: never.
std::optional<std::int64_t> parse_expiry(std::string_view text, std::int64_t now_us);

}  // namespace mainstay::shell
