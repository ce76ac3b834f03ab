#include "delta.hpp"

#include "bytes.hpp"

#include <algorithm>
#include <cstring>

namespace mainstay::delta {
namespace {

std::string with_tx(std::string key, TxNumber tx) {
    append_big_endian(key, raw(tx));
    return key;
}

constexpr std::size_t adjacency_key_size = 1 + 4 + 2 + 1 + 4 + 4 + 4;

}  // namespace

std::string segment_prefix(char kind, std::uint32_t segment) {
    std::string key(1, kind);
    append_big_endian(key, segment);
    return key;
}

std::string element_prefix(char kind, std::uint32_t id) {
    auto key = segment_prefix(kind, id >> segment_bits);
    append_big_endian(key, static_cast<std::uint16_t>(id & (segment_slots - 1)));
    return key;
}

std::optional<std::string_view> newest(lmdb::Cursor& cursor, const std::string& of_element, TxNumber at) {
    const auto wanted = with_tx(of_element, at);
    if (cursor.seek(wanted)) {
        if (cursor.key() != wanted && !cursor.previous()) return std::nullopt;
    } else if (!cursor.last()) {
        return std::nullopt;
    }
    if (!cursor.key().starts_with(of_element) || cursor.key().size() != element_key_size) return std::nullopt;
    return cursor.value();
}

std::string dirty_key(DirtyMap which, std::uint32_t segment) {
    std::string key(1, 'D');
    key.push_back(static_cast<char>(which));
    append_big_endian(key, segment);
    return key;
}

std::string node_prefix(NodeId node) { return element_prefix('N', raw(node)); }
std::string rel_prefix(RelId rel) { return element_prefix('R', raw(rel)); }
std::string node_key(NodeId node, TxNumber tx) { return with_tx(node_prefix(node), tx); }
std::string rel_key(RelId rel, TxNumber tx) { return with_tx(rel_prefix(rel), tx); }

std::string adjacency_prefix(NodeId node, Direction d) {
    auto key = element_prefix('A', raw(node));
    key.push_back(static_cast<char>(d));
    return key;
}

std::string adjacency_key(NodeId node, Direction d, TypeId type, NodeId other, RelId rel) {
    auto key = adjacency_prefix(node, d);
    append_big_endian(key, raw(type));
    append_big_endian(key, raw(other));
    append_big_endian(key, raw(rel));
    return key;
}

TxNumber tx_of(std::string_view key) noexcept {
    return key.size() == element_key_size ? TxNumber{load_big_endian<std::uint64_t>(key, 7)} : TxNumber{};
}

AdjacencyRow adjacency_row(std::string_view key, std::string_view value) {
    ByteReader reader(value, "a changed relationship of a node");
    if (key.size() != adjacency_key_size) reader.fail();
    AdjacencyRow row{TypeId{load_big_endian<std::uint32_t>(key, 8)},
                     NodeId{load_big_endian<std::uint32_t>(key, 12)},
                     RelId{load_big_endian<std::uint32_t>(key, 16)},
                     {},
                     {}};
    row.added = TxNumber{reader.fixed<std::uint64_t>()};
    row.ended = TxNumber{reader.fixed<std::uint64_t>()};
    return row;
}

std::string adjacency_value(TxNumber added, TxNumber ended) {
    std::string value;
    append_raw(value, raw(added));
    append_raw(value, raw(ended));
    return value;
}

std::optional<NodeChange> find_node(const lmdb::Transaction& txn, NodeId node, TxNumber at) {
    auto cursor = txn.cursor(lmdb::Table::delta);
    const auto value = newest(cursor, node_prefix(node), at);
    if (!value) return std::nullopt;
    return decode_node_change(*value);
}

std::optional<RelChange> find_rel(const lmdb::Transaction& txn, RelId rel, TxNumber at) {
    auto cursor = txn.cursor(lmdb::Table::delta);
    const auto value = newest(cursor, rel_prefix(rel), at);
    if (!value) return std::nullopt;
    return decode_rel_change(*value);
}

void DirtyMarks::mark(const lmdb::Transaction& txn, DirtyMap which, std::uint32_t id, std::uint32_t rows) {
    const auto segment = id >> segment_bits, slot = id & (segment_slots - 1);
    auto [at, is_new] = units_.try_emplace({which, segment});
    auto& unit = at->second;
    if (is_new) {
        unit.bits.fill(0);
        if (const auto bytes = txn.get(lmdb::Table::delta, dirty_key(which, segment));
            bytes && bytes->size() == dirty_bytes)
            std::memcpy(unit.bits.data(), bytes->data(), dirty_bytes);
    }
    unit.bits[slot / 64] |= std::uint64_t{1} << (slot % 64);
    unit.rows += rows;
}

void DirtyMarks::write(lmdb::Transaction& txn) const {
    for (const auto& [key, unit] : units_) {
        txn.put(lmdb::Table::delta, dirty_key(key.first, key.second),
                {reinterpret_cast<const char*>(unit.bits.data()), dirty_bytes});
        txn.note_change(dirty_row(key.first, key.second));
    }
}

void erase_dirty(lmdb::Transaction& txn, DirtyMap which, std::uint32_t segment) {
    txn.erase(lmdb::Table::delta, dirty_key(which, segment));
    txn.note_change(dirty_row(which, segment));
}

}  // namespace mainstay::delta

namespace mainstay {

void DeltaRows::count(const lmdb::Transaction& txn) {
    rows_.clear();
    largest_ = 0;
    auto cursor = txn.cursor(lmdb::Table::delta);
    for (bool more = cursor.first(); more; more = cursor.next()) {
        const auto key = cursor.key();
        if (key.size() < 6) continue;
        if (key[0] == 'D') {
            rows_[{static_cast<delta::DirtyMap>(key[1]), load_big_endian<std::uint32_t>(key, 2)}];
            continue;
        }
        const auto segment = load_big_endian<std::uint32_t>(key, 1);
        auto which = key[0] == 'N' ? delta::DirtyMap::node : delta::DirtyMap::rel;
        if (key[0] == 'A' && key.size() > 7) which = delta::dirty_map(static_cast<Direction>(key[7]));
        largest_ = std::max(largest_, ++rows_[{which, segment}]);
    }
}

void DeltaRows::expect(const delta::DirtyMarks& marks) {
    for (const auto& [unit, dirty] : marks.units()) rows_.try_emplace(unit);
}

void DeltaRows::add(const delta::DirtyMarks& marks) noexcept {
    for (const auto& [unit, dirty] : marks.units())
        if (const auto at = rows_.find(unit); at != rows_.end())
            largest_ = std::max(largest_, at->second += dirty.rows);
}

std::vector<std::pair<DeltaRows::Unit, std::uint64_t>> DeltaRows::large(std::uint64_t than) {
    std::vector<std::pair<Unit, std::uint64_t>> units;
    largest_ = 0;
    for (const auto& [unit, rows] : rows_) {
        largest_ = std::max(largest_, rows);
        if (rows > than || than == 0) units.emplace_back(unit, rows);
    }
    std::sort(units.begin(), units.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return units;
}

}  // namespace mainstay
