#pragma once

// Indexes and constraints: what the store keeps besides the elements themselves.

#include "mainstay/core/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mainstay {

enum class IndexId : std::uint32_t {};

enum class ElementKind : std::uint8_t { node, relationship };

// What an entry of the schema promises. unique and node_key look up in the `unique` database, range in `index`.
enum class SchemaKind : std::uint8_t {
    range_index,  // equality, ranges and order over one or more properties
    unique,       // no two elements of the label have the same values; elements without all of them do not count
    exists,       // every element of the label has the property
    node_key      // unique and exists, over one or more properties
};

struct SchemaEntry {
    IndexId id{};
    std::string name;
    SchemaKind kind = SchemaKind::range_index;
    ElementKind element = ElementKind::node;
    std::string label;  // a label or class (subclasses included), or a relationship type
    std::vector<std::string> keys;
    bool from_model = false;  // made by a unique attribute or identification rule of the class model
};

}  // namespace mainstay
