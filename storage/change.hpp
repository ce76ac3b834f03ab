#pragma once

// What changes about one element: the unit of the overlay (uncommitted), of the delta rows (committed, not yet folded
// into segments) and of the log. A change is cumulative: it holds all that differs from the base below it, so that
// reading needs one change at most per layer (decision 0003).

#include "mainstay/core/graph.hpp"
#include "mainstay/core/ids.hpp"
#include "mainstay/core/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay {

// Ascending by key; a null value says: the property is gone.
class PropertyChanges {
public:
    const Value* find(KeyId key) const noexcept;  // nullptr: not changed
    void set(KeyId key, Value value);
    void erase(KeyId key);
    bool empty() const noexcept { return entries_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }
    auto begin() const noexcept { return entries_.begin(); }
    auto end() const noexcept { return entries_.end(); }
    // `later` on top of this.
    void apply(const PropertyChanges& later);
    void drop_nulls();

private:
    std::vector<std::pair<KeyId, Value>> entries_;
};

struct NodeChange {
    bool created = false, deleted = false, reshaped = false;
    ShapeId shape{};        // if created or reshaped
    TxNumber created_at{};  // if created; 0 in an overlay
    PropertyChanges properties;
    bool is_nothing() const noexcept { return !created && !deleted && !reshaped && properties.empty(); }
};

struct RelChange {
    bool created = false, deleted = false;
    Ends ends{};  // always set (deleting needs them too)
    TxNumber created_at{};
    PropertyChanges properties;
    bool is_nothing() const noexcept { return !created && !deleted && properties.empty(); }
};

// The same value to the bit: of one type throughout. Setting a property to what it is changes nothing.
bool identical(const Value& a, const Value& b);

// Throws Error(Code::invalid_property_type) if the value is neither null nor one that a property may hold.
void require_storable(const Value& value, KeyId key, const Names& names);

// The bytes of delta rows and log operations: flags, then shape or ends, then properties with encode_value. Decoding
// throws Error(Code::corrupt).
void encode(const NodeChange& change, std::string& out);
void encode(const RelChange& change, std::string& out);
NodeChange decode_node_change(std::string_view bytes);
RelChange decode_rel_change(std::string_view bytes);

// The same bytes read in place, as far as asked. Borrowed. Members throw Error(Code::corrupt).
struct NodeRow {
    explicit NodeRow(std::string_view bytes);
    // The property's value if it is changed; null: it is gone.
    std::optional<Value> find(KeyId key) const;
    bool created = false, deleted = false, reshaped = false;
    ShapeId shape{};
    TxNumber created_at{};
    std::string_view properties;
};
struct RelRow {
    explicit RelRow(std::string_view bytes);
    std::optional<Value> find(KeyId key) const;
    bool created = false, deleted = false;
    Ends ends{};
    TxNumber created_at{};
    std::string_view properties;
};
PropertyChanges decode_properties(std::string_view properties);

// `later` on top of `earlier`: what differs from the base below `earlier`.
void apply(NodeChange& earlier, const NodeChange& later);
void apply(RelChange& earlier, const RelChange& later);

}  // namespace mainstay
