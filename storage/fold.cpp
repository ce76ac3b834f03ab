#include "fold.hpp"

#include "adjacency.hpp"
#include "bytes.hpp"
#include "column.hpp"
#include "elements.hpp"
#include "history.hpp"
#include "store_impl.hpp"
#include "validity.hpp"
#include "view_impl.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mainstay {

// The property columns of a segment: the base's values, and those that replace them.
class Folder::Columns {
public:
    Columns(const StoreImpl& store, const lmdb::Transaction& txn, ElementKind kind, std::uint32_t segment)
        : kind_(kind), segment_(segment) {
        for (std::uint32_t k = 0, keys = store.tokens().counts().keys; k < keys; ++k) {
            const PartKey part{kind, column_part(KeyId{k}), segment};
            if (const auto blob = store.find_part(txn, part))
                base_.emplace_back(KeyId{k}, ColumnReader::read(*blob, part, Check::full));
        }
    }
    Value base(std::uint32_t slot, KeyId key) const {
        const auto* column = find(key);
        return column ? column->get(slot) : Value{};
    }
    // All properties the base has for a slot.
    PropertyChanges base(std::uint32_t slot) const {
        PropertyChanges all;
        for (const auto& [key, column] : base_)
            if (column.has(slot)) all.set(key, column.get(slot));
        return all;
    }
    void set(std::uint32_t slot, KeyId key, Value value) { changes_[key].emplace_back(slot, std::move(value)); }
    void clear(std::uint32_t slot) {
        for (const auto& [key, column] : base_)
            if (column.has(slot)) set(slot, key, Value{});
    }
    // The new blobs of those that changed.
    void finish(Mark last_change, std::vector<std::pair<std::uint64_t, std::string>>& parts) {
        ColumnBuilder builder;
        for (const auto& [key, changes] : changes_) {
            builder.reset();
            if (const auto* column = find(key)) builder.add(*column);
            for (const auto& [slot, value] : changes) builder.set(slot, value);
            const PartKey part{kind_, column_part(key), segment_};
            parts.emplace_back(part.number(), builder.finish(part, last_change));
        }
    }

private:
    const ColumnView* find(KeyId key) const {
        const auto at =
            std::lower_bound(base_.begin(), base_.end(), key, [](const auto& e, KeyId k) { return e.first < k; });
        return at != base_.end() && at->first == key ? &at->second : nullptr;
    }
    const ElementKind kind_;
    const std::uint32_t segment_;
    std::vector<std::pair<KeyId, ColumnView>> base_;  // ascending
    std::map<KeyId, std::vector<std::pair<std::uint32_t, Value>>> changes_;
};

namespace {

// The rows of one element, oldest first, each cumulative since the base.
template <typename Change>
struct Version {
    TxNumber tx;
    Change change;
};

// Calls f(slot, versions) for every element of a segment that has rows of the kind 'N' or 'R'.
template <typename Change, typename Decode, typename F>
void for_each_element(const lmdb::Transaction& txn, char kind, std::uint32_t segment, Decode&& decode,
                      std::vector<std::string>& rows, F&& f) {
    const std::string prefix = delta::segment_prefix(kind, segment);
    std::vector<Version<Change>> versions;
    std::uint32_t slot = 0;
    auto cursor = txn.cursor(lmdb::Table::delta);
    for (bool more = cursor.seek(prefix); more && cursor.key().starts_with(prefix); more = cursor.next()) {
        const auto here = load_big_endian<std::uint16_t>(cursor.key(), prefix.size());
        if (!versions.empty() && here != slot) {
            f(slot, versions);
            versions.clear();
        }
        slot = here;
        versions.push_back({delta::tx_of(cursor.key()), decode(cursor.value())});
        rows.emplace_back(cursor.key());
    }
    if (!versions.empty()) f(slot, versions);
}

// What a version's properties were before it, for those that it changed.
template <typename Change>
PropertyChanges before_values(const Change* earlier, const Change& now, const std::function<Value(KeyId)>& base) {
    PropertyChanges before;
    const auto value_before = [&](KeyId key) {
        if (earlier)
            if (const auto* value = earlier->properties.find(key)) return *value;
        return now.created ? Value{} : base(key);
    };
    for (const auto& [key, value] : now.properties)
        if (auto was = value_before(key); !identical(was, value)) before.set(key, std::move(was));
    // Of an element that the base does not have, a property that is gone is not named any more.
    if (now.created && earlier)
        for (const auto& [key, value] : earlier->properties)
            if (!now.properties.find(key)) before.set(key, value);
    return before;
}

// All properties before a version that ends the element.
template <typename Change>
PropertyChanges whole_before(const Change* earlier, bool created, PropertyChanges base) {
    if (created) base = {};
    if (earlier) base.apply(earlier->properties);
    base.drop_nulls();
    return base;
}

}  // namespace

void Folder::fold_nodes(std::uint32_t segment, Outcome& out) {
    const PartKey key{ElementKind::node, Part::elements, segment};
    NodeElementsBuilder elements;
    std::optional<NodeElements> base;
    if (const auto blob = store_.find_part(*txn_, key))
        elements = NodeElementsBuilder::from(*(base = read_node_elements(*blob, key, Check::full)));
    Columns columns(store_, *txn_, ElementKind::node, segment);
    TxNumber newest{};
    std::string row;
    for_each_element<NodeChange>(
        *txn_, 'N', segment, decode_node_change, out.rows, [&](std::uint32_t slot, const auto& versions) {
            const NodeId node{segment << segment_bits | slot};
            const NodeChange* earlier = nullptr;
            auto shape = base && slot < base->slots() ? base->shape(slot) : ShapeId{};
            for (const auto& [tx, now] : versions) {
                newest = std::max(newest, tx);
                if (now.created && !earlier) {
                    elements.create(slot, mark_of(now.created_at), shape = now.shape);
                    earlier = &now;
                    continue;
                }
                NodeChange before;
                if (now.deleted) {
                    before.deleted = true;
                    before.properties = whole_before(earlier, now.created, columns.base(slot));
                    elements.end(slot, mark_of(tx));
                } else {
                    before.properties = before_values(earlier, now, [&](KeyId k) { return columns.base(slot, k); });
                }
                if ((now.created || now.reshaped) && now.shape != shape) {
                    before.reshaped = true;
                    before.shape = shape;
                    elements.relabel(slot, shape = now.shape);
                }
                if (!before.is_nothing()) {
                    row.clear();
                    encode(before, row);
                    out.history.emplace_back(history::node_key(node, tx), row);
                }
                earlier = &now;
            }
            if (earlier->deleted)
                columns.clear(slot);
            else
                for (const auto& [k, value] : earlier->properties) columns.set(slot, k, value);
        });
    out.parts.emplace_back(key.number(), elements.finish(key, mark_of(newest)));
    columns.finish(mark_of(newest), out.parts);
}

void Folder::fold_rels(std::uint32_t segment, Outcome& out) {
    const PartKey key{ElementKind::relationship, Part::elements, segment};
    RelElementsBuilder elements;
    if (const auto blob = store_.find_part(*txn_, key))
        elements = RelElementsBuilder::from(read_rel_elements(*blob, key, Check::full));
    Columns columns(store_, *txn_, ElementKind::relationship, segment);
    TxNumber newest{};
    std::string row;
    for_each_element<RelChange>(
        *txn_, 'R', segment, decode_rel_change, out.rows, [&](std::uint32_t slot, const auto& versions) {
            const RelId rel{segment << segment_bits | slot};
            const RelChange* earlier = nullptr;
            for (const auto& [tx, now] : versions) {
                newest = std::max(newest, tx);
                if (now.created && !earlier) {
                    elements.create(slot, mark_of(now.created_at), now.ends.type, now.ends.source, now.ends.target);
                    earlier = &now;
                    continue;
                }
                RelChange before;
                before.ends = now.ends;
                if (now.deleted) {
                    before.deleted = true;
                    before.properties = whole_before(earlier, now.created, columns.base(slot));
                    elements.end(slot, mark_of(tx));
                } else {
                    before.properties = before_values(earlier, now, [&](KeyId k) { return columns.base(slot, k); });
                }
                if (!before.is_nothing()) {
                    row.clear();
                    encode(before, row);
                    out.history.emplace_back(history::rel_key(rel, tx), row);
                }
                earlier = &now;
            }
            if (earlier->deleted)
                columns.clear(slot);
            else
                for (const auto& [k, value] : earlier->properties) columns.set(slot, k, value);
        });
    out.parts.emplace_back(key.number(), elements.finish(key, mark_of(newest)));
    columns.finish(mark_of(newest), out.parts);
}

void Folder::fold_adjacency(std::uint32_t segment, Direction d, Outcome& out) {
    const PartKey key{ElementKind::node, d == Direction::out ? Part::out : Part::in, segment};
    // Of the file as it is now: for what the rows do not tell.
    const StoreView view(nullptr, store_, txn_, head_, std::nullopt, ValidTime{}, nullptr);
    const auto valid_from = store_.tokens().find_key("valid_from"), valid_to = store_.tokens().find_key("valid_to");
    const bool any_dates = view.any_relationship_has(valid_from) || view.any_relationship_has(valid_to);

    AdjacencyBuilder builder;
    std::uint32_t slots = 0;
    Mark last_ended{0};
    TxNumber newest{};
    const auto note_dates = [&](TypeId type, RelId rel) {
        if (!any_dates) return;
        ValidityBounds bounds;
        if (const auto from = instant_us(view.property(rel, valid_from))) bounds.valid_from_max = *from;
        if (const auto to = instant_us(view.property(rel, valid_to))) bounds.valid_to_min = *to;
        builder.set_validity(type, bounds);
    };

    std::set<RelId> removed;
    std::string prefix(1, 'A');
    append_big_endian(prefix, segment);
    auto cursor = txn_->cursor(lmdb::Table::delta);
    for (bool more = cursor.seek(prefix); more && cursor.key().starts_with(prefix); more = cursor.next()) {
        const auto slot = load_big_endian<std::uint16_t>(cursor.key(), prefix.size());
        const auto direction = cursor.key()[prefix.size() + 2];
        if (direction != static_cast<char>(d)) continue;
        const auto row = delta::adjacency_row(cursor.key(), cursor.value());
        out.rows.emplace_back(cursor.key());
        newest = std::max({newest, row.added, row.ended});
        slots = std::max(slots, std::uint32_t{slot} + 1);
        if (raw(row.ended) == 0) {
            if (raw(row.added) == 0) continue;
            builder.add(slot, row.type, row.other, row.rel);
            note_dates(row.type, row.rel);
            continue;
        }
        if (raw(row.added) == 0) removed.insert(row.rel);
        const auto created = raw(row.added) != 0 ? row.added : view.created_at(row.rel);
        const NodeId node{segment << segment_bits | slot};
        out.history.emplace_back(history::ended_key(node, d, row.type, row.other, row.rel),
                                 history::ended_value(created, row.ended));
        last_ended = std::max(last_ended, mark_of(row.ended));
    }

    const auto dirty_bits = txn_->get(lmdb::Table::delta, delta::dirty_key(delta::dirty_map(d), segment));
    const auto is_dirty = [&](std::uint32_t slot) {
        return dirty_bits && dirty_bits->size() == delta::dirty_bytes &&
               (static_cast<unsigned char>((*dirty_bits)[slot / 8]) >> (slot % 8) & 1);
    };
    if (const auto blob = store_.find_part(*txn_, key)) {
        const auto part = read_adjacency(*blob, key, Check::full);
        builder.reserve(part.edges + out.rows.size());
        slots = std::max(slots, part.slots);
        newest = std::max(newest, view.tx_of(part.last_change));
        last_ended = std::max(last_ended, part.last_ended);
        for (std::size_t i = 0; i < part.blocks.size(); ++i) {
            const auto& block = part.blocks[i];
            // Bounds only widen: narrowing them would need the dates of every edge.
            builder.set_validity(block.type, part.validity(i));
            for (std::uint32_t slot = 0; slot < part.slots; ++slot) {
                const auto range = block.range(slot);
                // A date of an edge may have changed without a row of its own: its ends are marked dirty then.
                const bool dated = any_dates && range.begin < range.end && is_dirty(slot);
                for (auto e = range.begin; e < range.end; ++e) {
                    if (!removed.empty() && removed.contains(block.rel[e])) continue;
                    builder.add(slot, block.type, block.other[e], block.rel[e]);
                    if (dated) note_dates(block.type, block.rel[e]);
                }
            }
        }
    }
    builder.set_last_ended(last_ended);
    out.parts.emplace_back(key.number(), builder.finish(key, slots, mark_of(newest)));
}

std::size_t Folder::write(const Outcome& out) {
    std::size_t bytes = 0;
    for (const auto& [number, blob] : out.parts) {
        bytes += blob.size();
        if (blob.empty())
            txn_->erase(number);
        else
            txn_->put(number, blob);
    }
    for (const auto& [key, value] : out.history) {
        bytes += key.size() + value.size();
        txn_->put(lmdb::Table::history, key, value);
    }
    for (const auto& key : out.rows) txn_->erase(lmdb::Table::delta, key);
    return bytes;
}

std::size_t Folder::fold(delta::DirtyMap which, std::uint32_t segment) {
    Outcome out;
    switch (which) {
        case delta::DirtyMap::node: fold_nodes(segment, out); break;
        case delta::DirtyMap::rel: fold_rels(segment, out); break;
        case delta::DirtyMap::out: fold_adjacency(segment, Direction::out, out); break;
        case delta::DirtyMap::in: fold_adjacency(segment, Direction::in, out); break;
    }
    const auto bytes = write(out);
    delta::erase_dirty(*txn_, which, segment);
    return bytes;
}

}  // namespace mainstay
