#include "commands/options.hpp"

#include "mainstay/connect/graph_writers.hpp"
#include "mainstay/connect/values.hpp"

#include <fmt/format.h>

#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

namespace mainstay::shell {
namespace {

constexpr std::chrono::seconds writer_wait{5};  // commands follow one another; who sits in a shell is told
constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

Error missing_database(const std::filesystem::path& file) {
    return Error{Code::file_not_found, "there is no database " + quoted(file.string())}.with_hint(
        fmt::format("check the path, or make one: mainstay import {0} …, mainstay shell {0}", file.string()));
}

void check_folder(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    std::error_code error;
    if (!std::filesystem::exists(folder, error))
        throw Error{Code::file_not_found, "there is no directory " + quoted(folder.string()) + " to make a database in"}
            .with_hint("make it first: mkdir -p " + folder.string());
}

}  // namespace

void FormatOption::declare(Arguments& arguments, Graphs graphs) {
    std::vector<std::string> names{"table", "json", "jsonl", "csv"};
    if (graphs == Graphs::too)
        for (const GraphFormatInfo& each : graph_formats()) names.emplace_back(each.name);
    arguments.choice("--format", name, names, "how results are written");
}

void LimitOptions::declare(Arguments& arguments) {
    arguments.seconds("--timeout", time, "stop a statement after so long (default: never)");
    arguments.number("--memory", memory_mb, "working memory of a statement, in MB (default: 2048)");
}

Limits LimitOptions::value() const {
    Limits limits;
    limits.time = time;
    if (memory_mb != 0) limits.memory_bytes = memory_mb << 20;
    return limits;
}

void CommitOptions::declare(Arguments& arguments) {
    arguments.option("--author", "NAME", author, "who writes, for the log (default: $MAINSTAY_AUTHOR, else the user)");
    arguments.option("--reason", "TEXT", reason, "why, for the log");
    arguments.option("--change", "ID", change, "reference of the change record, for the log");
    as.declare(arguments);
}

CommitInfo CommitOptions::info(const Console& console) const {
    if (!as.user.empty() && !author.empty()) throw Error{Code::usage, "--as says who writes; leave --author out"};
    const std::string& who = !as.user.empty() ? as.user : !author.empty() ? author : console.author;
    return {who, reason, {}, change};
}

void AsOption::declare(Arguments& arguments) {
    arguments.option("--as", "USER", user, "act with the rights of an account of this database, and in its name");
}

Principal AsOption::principal(Database& database) const {
    return user.empty() ? Principal{} : database.store().accounts().act_as(user);
}

void DatabaseOption::declare(Arguments& arguments, IfMissing if_missing) {
    arguments.positional("DB", path,
                         if_missing == IfMissing::create ? "database file; made if missing" : "database file");
    if (if_missing == IfMissing::create)
        arguments.flag("--no-model", without_model,
                       "a new database has no class model: any label, type and property is taken");
}

void DatabaseOption::declare_load_folders(Arguments& arguments) {
    arguments.options("--load-folder", "DIR", load_folders, "LOAD CSV may read files in DIR; may be repeated");
}

std::unique_ptr<Database> open_database(const DatabaseOption& option, IfMissing if_missing, const Console& console) {
    const std::filesystem::path file = option.path;
    std::error_code error;
    const bool exists = std::filesystem::exists(file, error);
    if (std::filesystem::is_directory(file, error))
        throw Error{Code::not_a_database, quoted(file.string()) + " is a directory"}.with_hint(
            "name a file in it, such as " + (file / "cmdb.db").string());
    if (!exists && if_missing == IfMissing::refuse) throw missing_database(file);
    if (!exists) check_folder(file);

    DatabaseOptions options;
    options.store.writer_wait = writer_wait;
    options.store.take_cut = option.take_cut;
    const bool only_reads = if_missing == IfMissing::refuse && !option.writes;
    options.store.mode = !exists      ? OpenMode::create_if_missing
                         : only_reads ? OpenMode::read_only
                                      : OpenMode::read_write;
    if (exists && access(file.c_str(), W_OK) != 0 && access(file.c_str(), R_OK) == 0) {
        options.store.mode = OpenMode::read_only;
        if (if_missing == IfMissing::create) console.say("note: " + file.string() + " is read-only");
    }
    options.load_folders.assign(option.load_folders.begin(), option.load_folders.end());
    if (option.without_model) options.store.initial_model = Model::empty();
    std::unique_ptr<Database> database = Database::open(file, std::move(options));
    if (!exists)
        console.say(fmt::format("created {} {}", file.string(),
                                option.without_model ? "without a class model" : "with the built-in class model"));
    return database;
}

std::unique_ptr<Database> open_to_write(DatabaseOption& option, const CommitOptions& commit, const Console& console) {
    option.writes = true;
    return open_database(option, commit.as.user.empty() ? IfMissing::create : IfMissing::refuse, console);
}

std::string read_file(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        throw Error{Code::input_unreadable, "cannot read " + quoted(file.string()) + ": it is a directory"};
    errno = 0;
    std::ifstream in{file, std::ios::binary};
    if (!in) throw Error{Code::input_unreadable, "cannot read " + quoted(file.string()) + ": " + std::strerror(errno)};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::int64_t parse_instant(std::string_view text) {
    if (const auto micros = parse_micros(text)) return *micros;
    throw Error{Code::usage, quoted(text) + " is not a date or time"}.with_hint(
        "write 2026-09-01 or 2026-09-01T12:00Z");
}

std::optional<std::int64_t> parse_expiry(std::string_view text, std::int64_t now_us) {
    if (text == "never") return std::nullopt;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    constexpr std::int64_t count_max = 100'000;
    if (error == std::errc{} && end + 1 == text.data() + text.size() && count > 0 && count <= count_max) {
        constexpr std::int64_t minute = 60 * micros_per_second, hour = 60 * minute;
        constexpr std::int64_t day = seconds_per_day * micros_per_second;
        switch (*end) {
            case 'm': return now_us + count * minute;
            case 'h': return now_us + count * hour;
            case 'd': return now_us + count * day;
            case 'w': return now_us + count * 7 * day;
            default: break;
        }
    }
    try {
        return parse_instant(text);
    } catch (const Error&) {
        throw Error{Code::usage, quoted(text) + " is no time to expire"}.with_hint(
            "write 90d, 12h, a day such as 2027-01-01, or never");
    }
}

}  // namespace mainstay::shell
