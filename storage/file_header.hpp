#pragma once

// The file's own header, row `H` of the token table. Do not renumber.
//   version u32 | epoch u32 | features a reader must know u64 | features it may ignore u64 | time of creation i64

#include "lmdb.hpp"

#include <cstdint>
#include <string_view>

namespace mainstay {

struct FileHeader {
    std::uint32_t version = 3;  // 2: rows end in a seal; 3: arrays of adjacency have sums
    std::uint32_t epoch = 1;
    std::uint64_t required = 0, ignorable = 0;
    std::int64_t created_us = 0;

    // There is a table of accounts. Required: a program that does not know it would let anybody in, and could neither
    // replay a tail with its rows nor read the log records that name who signed in. Set with the first account, for
    // good.
    static constexpr std::uint64_t accounts = 1;
};
static_assert(sizeof(FileHeader) == 32);

inline constexpr std::uint64_t known_features = FileHeader::accounts;

// Throws Error(Code::corrupt).
FileHeader read_file_header(const lmdb::Transaction& txn);
void write_file_header(lmdb::Transaction& txn, const FileHeader& header);

}  // namespace mainstay
