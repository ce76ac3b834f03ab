#pragma once

// What the parts of lmdb.hpp share: lmdb_environment.cpp (the open file), lmdb_durability.cpp (its commits on the disk)
// and lmdb.cpp (its transactions). The only places that include LMDB's own header.

#include "lmdb.hpp"

#include <lmdb.h>

namespace mainstay::lmdb {

inline constexpr std::array<std::string_view, table_count> table_names = {
    "segment", "delta", "log", "unique", "index", "history", "index.past", "token", "account"};

inline constexpr auto named_tables = [] {
    std::array<NamedTable, table_count> tables{};
    for (std::uint8_t i = 0; i < table_count; ++i) {
        const bool is_segment = static_cast<Table>(i) == Table::segment;
        tables[i] = {table_names[i], is_segment ? Keys::numbers : Keys::bytes, i, !is_segment,
                     static_cast<Table>(i) == Table::account};
    }
    return tables;
}();

inline constexpr const char* reopen_hint =
    "look after the disk, then close the database and open it again: what was acknowledged is kept";

// Throws the Error that an error of LMDB or of the system is.
[[noreturn]] void fail(int rc, std::string_view doing, const std::filesystem::path& file);

// Throws Error(Code::usage) for names of lock files and tails.
void require_own_name(const std::filesystem::path& file);
// What a name stands for is on the disk: a file, or the names in a folder. Throws Error.
void sync_path(const std::filesystem::path& what);
void sync_folder_of(const std::filesystem::path& file);

inline MDB_val val(std::string_view s) { return {s.size(), const_cast<char*>(s.data())}; }
inline std::string_view view(const MDB_val& v) { return {static_cast<const char*>(v.mv_data), v.mv_size}; }

}  // namespace mainstay::lmdb
