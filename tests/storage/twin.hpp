#pragma once

// The store's twin: the same graph in plain maps, a full copy kept for every transaction. What a view must show is read
// off a copy; nothing here is clever, that is its point.

#include "mainstay/storage/store.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::test {

// The names that twins use, by small numbers.
inline constexpr std::array<std::string_view, 4> twin_labels = {"A", "B", "C", "Dated"};
inline constexpr std::array<std::string_view, 3> twin_types = {"R", "S", "DATED"};
inline constexpr std::array<std::string_view, 7> twin_keys = {"a", "b", "k", "s", "group", "valid_from", "valid_to"};
inline constexpr std::size_t twin_unique_key = 2, twin_date_keys = 5;  // dates: from here on

using TwinProperties = std::map<std::size_t, Value>;
struct TwinNode {
    std::set<std::size_t> labels;
    TwinProperties properties;
};
struct TwinRel {
    std::size_t type = 0;
    std::uint32_t source = 0, target = 0;
    TwinProperties properties;
};

enum class TwinModel : std::uint8_t {
    none,   // anything goes
    plain,  // A, B below A, C, Dated below C; nothing is dated
    dated   // the same, B beside A; Dated and DATED are dated
};
Model model_of(TwinModel model);

struct TwinGraph {
    std::map<std::uint32_t, TwinNode> nodes;
    std::map<std::uint32_t, TwinRel> rels;
    TwinModel model = TwinModel::none;

    // What is visible at a valid time.
    TwinGraph at(ValidTime valid) const;
    // Nodes with the label, or with a class below it.
    bool covers(const TwinNode& node, std::string_view label) const;
    // Elements that an index or constraint is about.
    std::vector<std::uint32_t> elements_of(const SchemaEntry& entry) const;
    Value value(const SchemaEntry& entry, std::uint32_t id, std::size_t key) const;
    // False if two elements have the same values, or one lacks a value that must exist.
    bool satisfies(const SchemaEntry& entry) const;
};

// Compares everything a view answers with the twin, which shows all valid times; throws std::runtime_error with the
// first difference. `random` chooses what is asked of indexes.
void expect_same(const View& view, const TwinGraph& all, std::mt19937_64& random);

}  // namespace mainstay::test
