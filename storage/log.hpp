#pragma once

// The change log: one record a commit, numbered, attributed and hash-chained. Records hold ids and after-values, so
// that a replica reproduces them exactly.
//
//   key: tx u64 big-endian
//   value: version u8 = 1 | previous record's BLAKE2b-256, 32 bytes (zeros for the first) | time i64 (UTC microseconds)
//   |
//          node_segments varint | rel_next varint | rel_settled varint | author, reason, source, change: texts |
//          counts: 6 varints (nodes created, changed, deleted, relationships created, changed, deleted) | operations
//   operation: code u8, size varint, body. Do not renumber the codes.
// Texts are varint length + UTF-8; varints are little-endian base 128.

#include "change.hpp"
#include "lmdb.hpp"
#include "mainstay/storage/schema.hpp"
#include "mainstay/storage/store.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace mainstay {

using Hash = std::array<unsigned char, 32>;
Hash blake2b(std::string_view bytes);
std::string hex(const Hash& hash);

enum class LogOperation : std::uint8_t {
    node = 1,         // id u32, shape before u32 (no_id: created here), NodeChange of this commit alone
    rel = 2,          // id u32, RelChange of this commit alone
    model = 3,        // JSON text; empty: none
    add_schema = 4,   // a schema entry, see encode()
    drop_schema = 5,  // id u32, name text
    bulk_load =
        6,  // load u64; its segments, as in a pending_token row, behind their size as varint; BulkParts::content_hash()
    // Of files with accounts (FileHeader::accounts), which others do not read.
    signed_in = 7,  // the author was: user node u32, role u8, token u64 (0: by password)
    account = 8     // AccountAction u8, name text
};

struct LogRecord {
    TxNumber tx{};
    Hash previous{};
    std::int64_t time_us = 0;
    std::uint32_t node_segments = 0, rel_next = 0, rel_settled = 0;
    CommitInfo info;
    std::uint64_t nodes_created = 0, nodes_changed = 0, nodes_deleted = 0;
    std::uint64_t rels_created = 0, rels_changed = 0, rels_deleted = 0;
    std::string operations;

    void add(LogOperation code, std::string_view body);
};

std::string log_key(TxNumber tx);
TxNumber tx_of_log_key(std::string_view key);
std::string encode(const LogRecord& record);
// Throws Error(Code::corrupt), also for a version it does not know.
LogRecord decode_log_record(TxNumber tx, std::string_view value);
// Calls f for every operation in order.
void for_each_operation(const LogRecord& record, const std::function<void(LogOperation, std::string_view body)>& f);
CommitRecord summary_of(const LogRecord& record, std::string_view value);

// Says in a record that its author has signed in.
void note_signed_in(LogRecord& record, const Principal& principal);

std::string encode(const SchemaEntry& entry);
SchemaEntry decode_schema_entry(std::string_view bytes);

}  // namespace mainstay
