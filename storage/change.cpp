#include "change.hpp"

#include "bytes.hpp"
#include "mainstay/storage/value_codec.hpp"

#include <algorithm>

namespace mainstay {
namespace {

enum Flag : std::uint8_t { created = 1, deleted = 2, reshaped = 4 };

void encode(const PropertyChanges& properties, std::string& out) {
    append_varint(out, properties.size());
    for (const auto& [key, value] : properties) {
        append_varint(out, raw(key));
        encode_value(value, out);
    }
}

Value next_value(ByteReader& reader) {
    return reader.with([](const char*& p, const char* end) { return decode_value(p, end); });
}

// They ascend by key.
std::optional<Value> find_property(std::string_view properties, KeyId wanted) {
    ByteReader reader(properties, "a changed element");
    for (auto n = reader.varint(); n > 0; --n) {
        const KeyId key{reader.varint32()};
        if (key == wanted) return next_value(reader);
        if (key > wanted) break;
        reader.with([](const char*& p, const char* end) { skip_value(p, end); });
    }
    return std::nullopt;
}

auto place_of_key(const std::vector<std::pair<KeyId, Value>>& entries, KeyId key) {
    return std::lower_bound(entries.begin(), entries.end(), key, [](const auto& e, KeyId k) { return e.first < k; });
}

}  // namespace

const Value* PropertyChanges::find(KeyId key) const noexcept {
    const auto at = place_of_key(entries_, key);
    return at != entries_.end() && at->first == key ? &at->second : nullptr;
}

void PropertyChanges::set(KeyId key, Value value) {
    const auto at = entries_.begin() + (place_of_key(entries_, key) - entries_.begin());
    if (at != entries_.end() && at->first == key)
        at->second = std::move(value);
    else
        entries_.insert(at, {key, std::move(value)});
}

void PropertyChanges::erase(KeyId key) {
    std::erase_if(entries_, [key](const auto& e) { return e.first == key; });
}

void PropertyChanges::apply(const PropertyChanges& later) {
    for (const auto& [key, value] : later) set(key, value);
}

void PropertyChanges::drop_nulls() {
    std::erase_if(entries_, [](const auto& e) { return e.second.is_null(); });
}

bool identical(const Value& a, const Value& b) {
    if (a.type() != b.type()) return false;
    switch (a.type()) {
        case ValueType::null: return true;
        case ValueType::boolean: return a.as_bool() == b.as_bool();
        case ValueType::integer: return a.as_int() == b.as_int();
        case ValueType::string: return a.as_string() == b.as_string();
        default: break;
    }
    std::string x, y;
    encode_value(a, x);
    encode_value(b, y);
    return x == y;
}

void require_storable(const Value& value, KeyId key, const Names& names) {
    if (value.is_null() || is_storable(value)) return;
    for (const Value& each : value.is(ValueType::list) ? value.as_list() : ValueList{value})
        if (each.is_temporal() && !is_storable(each))
            throw Error{Code::invalid_temporal, quoted(names.key(key)) + " cannot hold a time that is out of range"}
                .with_hint("years are -999,999,999 to 999,999,999");
    throw Error{Code::invalid_property_type,
                quoted(names.key(key)) + " cannot hold " + std::string(name_of(value.type()))}
        .with_hint("a property holds a boolean, number, string, temporal value, or a list of those");
}

void encode(const NodeChange& change, std::string& out) {
    out.push_back(static_cast<char>((change.created ? created : 0) | (change.deleted ? deleted : 0) |
                                    (change.reshaped ? reshaped : 0)));
    if (change.created || change.reshaped) append_varint(out, raw(change.shape));
    if (change.created) append_varint(out, raw(change.created_at));
    encode(change.properties, out);
}

void encode(const RelChange& change, std::string& out) {
    out.push_back(static_cast<char>((change.created ? created : 0) | (change.deleted ? deleted : 0)));
    append_varint(out, raw(change.ends.type));
    append_varint(out, raw(change.ends.source));
    append_varint(out, raw(change.ends.target));
    if (change.created) append_varint(out, raw(change.created_at));
    encode(change.properties, out);
}

NodeRow::NodeRow(std::string_view bytes) {
    ByteReader reader(bytes, "a changed node");
    const auto flags = reader.fixed<std::uint8_t>();
    created = flags & Flag::created;
    deleted = flags & Flag::deleted;
    reshaped = flags & Flag::reshaped;
    if (created || reshaped) shape = ShapeId{reader.varint32()};
    if (created) created_at = TxNumber{reader.varint()};
    properties = reader.rest();
}

RelRow::RelRow(std::string_view bytes) {
    ByteReader reader(bytes, "a changed relationship");
    const auto flags = reader.fixed<std::uint8_t>();
    created = flags & Flag::created;
    deleted = flags & Flag::deleted;
    ends.type = TypeId{reader.varint32()};
    ends.source = NodeId{reader.varint32()};
    ends.target = NodeId{reader.varint32()};
    if (created) created_at = TxNumber{reader.varint()};
    properties = reader.rest();
}

std::optional<Value> NodeRow::find(KeyId key) const { return find_property(properties, key); }
std::optional<Value> RelRow::find(KeyId key) const { return find_property(properties, key); }

PropertyChanges decode_properties(std::string_view properties) {
    ByteReader reader(properties, "a changed element");
    PropertyChanges changes;
    std::optional<KeyId> before;
    for (auto n = reader.varint(); n > 0; --n) {
        const KeyId key{reader.varint32()};
        if (before && key <= *before) reader.fail();
        changes.set(key, next_value(reader));
        before = key;
    }
    if (!reader.at_end()) reader.fail();
    return changes;
}

NodeChange decode_node_change(std::string_view bytes) {
    const NodeRow row(bytes);
    return {row.created, row.deleted, row.reshaped, row.shape, row.created_at, decode_properties(row.properties)};
}

RelChange decode_rel_change(std::string_view bytes) {
    const RelRow row(bytes);
    return {row.created, row.deleted, row.ends, row.created_at, decode_properties(row.properties)};
}

void apply(NodeChange& earlier, const NodeChange& later) {
    if (later.created) {
        earlier = later;
        return;
    }
    if (later.deleted) earlier.deleted = true;
    if (later.reshaped) {
        earlier.shape = later.shape;
        if (!earlier.created) earlier.reshaped = true;
    }
    earlier.properties.apply(later.properties);
    if (earlier.created) earlier.properties.drop_nulls();
}

void apply(RelChange& earlier, const RelChange& later) {
    if (later.created) {
        earlier = later;
        return;
    }
    if (!earlier.created) earlier.ends = later.ends;
    if (later.deleted) earlier.deleted = true;
    earlier.properties.apply(later.properties);
    if (earlier.created) earlier.properties.drop_nulls();
}

}  // namespace mainstay
