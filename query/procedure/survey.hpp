#pragma once

// What the data look like: which sets of labels and which relationship types there are, with which properties, and
// between what.

#include "exec/context.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mainstay::procedure {

// Elements whose properties are read, of nodes and of relationships. Where there are more, every so-manieth is read,
// the first of every set of labels and of every type in any case.
inline constexpr std::uint64_t looked_at_max = 100'000;

// A stored value's type; of a list, that of its items (null: none, or several).
struct StoredType {
    ValueType type = ValueType::null;
    bool list = false;
    friend auto operator<=>(const StoredType&, const StoredType&) = default;
};

// Elements of one kind, and what was found in those that were read.
struct Kind {
    std::uint64_t there_are = 0, looked_at = 0;
    std::map<std::string, std::map<StoredType, std::uint64_t>> properties;
    std::uint64_t have(const std::string& property) const;
    bool all_have(const std::string& property) const { return looked_at == there_are && have(property) == looked_at; }
};

using Labels = std::vector<std::string>;  // in alphabetical order

struct RelationshipKind : Kind {
    std::map<std::pair<Labels, Labels>, std::uint64_t> ends;  // labels of source and target, how often it was read
};

struct Survey {
    std::map<Labels, Kind> nodes;
    std::map<std::string, RelationshipKind> rels;
};

// Walks all nodes and relationships of the view and reads `looked_at_max` of each, or fewer. Throws Error: time_out,
// cancelled.
Survey survey(exec::StatementContext& statement);

}  // namespace mainstay::procedure
