#include "history.hpp"

#include "bytes.hpp"

#include <vector>

namespace mainstay::history {
namespace {

std::string element_prefix(char kind, std::uint32_t id) {
    std::string key(1, kind);
    append_big_endian(key, id);
    return key;
}

std::string with_tx(std::string key, TxNumber tx) {
    append_big_endian(key, raw(tx));
    return key;
}

// Calls f(row value) for the rows of an element after `at`, oldest first, while it returns true.
template <typename F>
void rows_after(const lmdb::Transaction& txn, const std::string& prefix, TxNumber at, F&& f) {
    auto cursor = txn.cursor(lmdb::Table::history);
    for (bool more = cursor.seek(with_tx(prefix, TxNumber{raw(at) + 1})); more && cursor.key().starts_with(prefix);
         more = cursor.next())
        if (!f(cursor.value())) return;
}

template <typename Decode>
std::optional<Value> value_in(const lmdb::Transaction& txn, const std::string& prefix, KeyId key, TxNumber at,
                              Decode&& decode) {
    std::optional<Value> found;
    rows_after(txn, prefix, at, [&](std::string_view row) {
        const auto change = decode(row);
        if (const auto* value = change.properties.find(key)) found = *value;
        return !found && !change.deleted;
    });
    return found;
}

template <typename Decode>
void restore_in(const lmdb::Transaction& txn, const std::string& prefix, TxNumber at, PropertyChanges& properties,
                Decode&& decode) {
    std::vector<PropertyChanges> rows;
    rows_after(txn, prefix, at, [&](std::string_view row) {
        rows.push_back(decode(row).properties);
        return true;
    });
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) properties.apply(*row);  // the oldest has the last word
}

}  // namespace

std::string node_key(NodeId node, TxNumber tx) { return with_tx(element_prefix('N', raw(node)), tx); }
std::string rel_key(RelId rel, TxNumber tx) { return with_tx(element_prefix('R', raw(rel)), tx); }

std::string ended_prefix(NodeId node, Direction d) {
    auto key = element_prefix('E', raw(node));
    key.push_back(static_cast<char>(d));
    return key;
}

std::string ended_key(NodeId node, Direction d, TypeId type, NodeId other, RelId rel) {
    auto key = ended_prefix(node, d);
    append_big_endian(key, raw(type));
    append_big_endian(key, raw(other));
    append_big_endian(key, raw(rel));
    return key;
}

std::string ended_value(TxNumber created, TxNumber ended) {
    std::string value;
    append_raw(value, raw(created));
    append_raw(value, raw(ended));
    return value;
}

std::optional<Value> value_after(const lmdb::Transaction& txn, NodeId node, KeyId key, TxNumber at) {
    return value_in(txn, element_prefix('N', raw(node)), key, at, decode_node_change);
}
std::optional<Value> value_after(const lmdb::Transaction& txn, RelId rel, KeyId key, TxNumber at) {
    return value_in(txn, element_prefix('R', raw(rel)), key, at, decode_rel_change);
}

std::optional<ShapeId> shape_after(const lmdb::Transaction& txn, NodeId node, TxNumber at) {
    std::optional<ShapeId> found;
    rows_after(txn, element_prefix('N', raw(node)), at, [&](std::string_view row) {
        if (const auto change = decode_node_change(row); change.reshaped) found = change.shape;
        return !found;
    });
    return found;
}

void restore(const lmdb::Transaction& txn, NodeId node, TxNumber at, PropertyChanges& properties) {
    restore_in(txn, element_prefix('N', raw(node)), at, properties, decode_node_change);
}
void restore(const lmdb::Transaction& txn, RelId rel, TxNumber at, PropertyChanges& properties) {
    restore_in(txn, element_prefix('R', raw(rel)), at, properties, decode_rel_change);
}

void for_each_ended(const lmdb::Transaction& txn, NodeId node, Direction d, TxNumber at,
                    const std::function<void(TypeId, NodeId, RelId)>& f) {
    const auto prefix = ended_prefix(node, d);
    auto cursor = txn.cursor(lmdb::Table::history);
    for (bool more = cursor.seek(prefix); more && cursor.key().starts_with(prefix); more = cursor.next()) {
        ByteReader value(cursor.value(), "an ended relationship");
        if (cursor.key().size() != prefix.size() + 12) value.fail();
        const TxNumber created{value.fixed<std::uint64_t>()}, ended{value.fixed<std::uint64_t>()};
        if (created <= at && at < ended)
            f(TypeId{load_big_endian<std::uint32_t>(cursor.key(), prefix.size())},
              NodeId{load_big_endian<std::uint32_t>(cursor.key(), prefix.size() + 4)},
              RelId{load_big_endian<std::uint32_t>(cursor.key(), prefix.size() + 8)});
    }
}

}  // namespace mainstay::history
