#include "log.hpp"

#include "bytes.hpp"

#include <sodium.h>
#include <cstring>

namespace mainstay {
namespace {
constexpr std::uint8_t record_version = 1;
}

Hash blake2b(std::string_view bytes) {
    Hash hash;
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                       nullptr, 0);
    return hash;
}

std::string hex(const Hash& hash) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto b : hash) {
        text.push_back(digits[b >> 4]);
        text.push_back(digits[b & 15]);
    }
    return text;
}

void LogRecord::add(LogOperation code, std::string_view body) {
    operations.push_back(static_cast<char>(code));
    append_text(operations, body);
}

std::string log_key(TxNumber tx) {
    std::string key;
    append_big_endian(key, raw(tx));
    return key;
}

TxNumber tx_of_log_key(std::string_view key) {
    if (key.size() != 8) throw Error{Code::corrupt, "the change log has a damaged key"};
    return TxNumber{load_big_endian<std::uint64_t>(key)};
}

std::string encode(const LogRecord& r) {
    std::string out;
    out.reserve(128 + r.operations.size());
    out.push_back(static_cast<char>(record_version));
    out.append(reinterpret_cast<const char*>(r.previous.data()), r.previous.size());
    append_raw(out, r.time_us);
    append_varint(out, r.node_segments);
    append_varint(out, r.rel_next);
    append_varint(out, r.rel_settled);
    for (const auto* text : {&r.info.author, &r.info.reason, &r.info.source, &r.info.change}) append_text(out, *text);
    for (const auto n :
         {r.nodes_created, r.nodes_changed, r.nodes_deleted, r.rels_created, r.rels_changed, r.rels_deleted})
        append_varint(out, n);
    out.append(r.operations);
    return out;
}

LogRecord decode_log_record(TxNumber tx, std::string_view value) {
    ByteReader reader(value, "a record of the change log");
    LogRecord r;
    r.tx = tx;
    if (const auto version = reader.fixed<std::uint8_t>(); version != record_version)
        throw Error{Code::newer_format, "the change log has records of version " + std::to_string(version)}.with_hint(
            "open the file with the Mainstay that wrote it");
    std::memcpy(r.previous.data(), reader.bytes(32).data(), 32);
    r.time_us = reader.fixed<std::int64_t>();
    r.node_segments = reader.varint32();
    r.rel_next = reader.varint32();
    r.rel_settled = reader.varint32();
    for (auto* text : {&r.info.author, &r.info.reason, &r.info.source, &r.info.change}) *text = reader.text();
    for (auto* n :
         {&r.nodes_created, &r.nodes_changed, &r.nodes_deleted, &r.rels_created, &r.rels_changed, &r.rels_deleted})
        *n = reader.varint();
    r.operations = reader.rest();
    return r;
}

void for_each_operation(const LogRecord& record, const std::function<void(LogOperation, std::string_view)>& f) {
    ByteReader reader(record.operations, "a record of the change log");
    while (!reader.at_end()) {
        const auto code = reader.fixed<std::uint8_t>();
        if (code < 1 || code > 8) reader.fail();
        f(static_cast<LogOperation>(code), reader.text());
    }
}

void note_signed_in(LogRecord& record, const Principal& principal) {
    std::string body;
    append_raw(body, raw(principal.user));
    append_raw(body, static_cast<std::uint8_t>(principal.role));
    append_raw(body, principal.token);
    record.add(LogOperation::signed_in, body);
}

CommitRecord summary_of(const LogRecord& r, std::string_view value) {
    CommitRecord s;
    s.tx = r.tx;
    s.time_us = r.time_us;
    s.info = r.info;
    s.nodes_created = r.nodes_created, s.nodes_changed = r.nodes_changed, s.nodes_deleted = r.nodes_deleted;
    s.rels_created = r.rels_created, s.rels_changed = r.rels_changed, s.rels_deleted = r.rels_deleted;
    for_each_operation(r, [&](LogOperation code, std::string_view) {
        s.model_changed |= code == LogOperation::model;
        s.schema_changed |= code == LogOperation::add_schema || code == LogOperation::drop_schema;
        s.bulk_load |= code == LogOperation::bulk_load;
        s.accounts_changed |= code == LogOperation::account;
        s.verified |= code == LogOperation::signed_in;
    });
    s.hash_hex = hex(blake2b(value));
    return s;
}

std::string encode(const SchemaEntry& e) {
    std::string out;
    append_raw(out, static_cast<std::uint32_t>(e.id));
    out.push_back(static_cast<char>(e.kind));
    out.push_back(static_cast<char>(e.element));
    out.push_back(static_cast<char>(e.from_model));
    append_text(out, e.name);
    append_text(out, e.label);
    append_varint(out, e.keys.size());
    for (const auto& key : e.keys) append_text(out, key);
    return out;
}

SchemaEntry decode_schema_entry(std::string_view bytes) {
    ByteReader reader(bytes, "an index declaration");
    SchemaEntry e;
    e.id = IndexId{reader.fixed<std::uint32_t>()};
    const auto kind = reader.fixed<std::uint8_t>(), element = reader.fixed<std::uint8_t>();
    if (kind > 3 || element > 1) reader.fail();
    e.kind = static_cast<SchemaKind>(kind);
    e.element = static_cast<ElementKind>(element);
    e.from_model = reader.fixed<std::uint8_t>() != 0;
    e.name = reader.text();
    e.label = reader.text();
    for (auto n = reader.varint(); n > 0; --n) e.keys.emplace_back(reader.text());
    return e;
}

}  // namespace mainstay
