#pragma once

#include "lmdb.hpp"
#include "mainstay/core/graph.hpp"

#include <deque>
#include <map>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace mainstay {

// The names of a file: labels, types and property keys, and shapes (interned label sets). Append-only, thread-safe. New
// ones get their id at once and are stored with the next commit; ids given to a transaction that is dropped stay.
class Tokens final : public Names {
public:
    Tokens();  // shape 0, the empty one

    std::string_view label(LabelId id) const override { return name(labels_, raw(id)); }
    std::string_view type(TypeId id) const override { return name(types_, raw(id)); }
    std::string_view key(KeyId id) const override { return name(keys_, raw(id)); }
    LabelId find_label(std::string_view n) const override { return LabelId{find(labels_, n)}; }
    TypeId find_type(std::string_view n) const override { return TypeId{find(types_, n)}; }
    KeyId find_key(std::string_view n) const override { return KeyId{find(keys_, n)}; }
    std::span<const LabelId> labels_of(ShapeId) const override;

    LabelId add_label(std::string_view n) { return LabelId{add(labels_, n)}; }
    TypeId add_type(std::string_view n) { return TypeId{add(types_, n)}; }
    KeyId add_key(std::string_view n) { return KeyId{add(keys_, n)}; }
    ShapeId add_shape(std::vector<LabelId> labels);  // any order, duplicates allowed

    // How many of each there are.
    struct Counts {
        std::uint32_t labels = 0, types = 0, keys = 0, shapes = 0;
        friend bool operator==(const Counts&, const Counts&) = default;
    };
    Counts counts() const;
    // Reads those of the file that are not known yet.
    void load(const lmdb::Transaction& txn);
    // Writes those from `from` on, up to counts() as returned.
    Counts store_since(Counts from, lmdb::Transaction& txn) const;

private:
    struct NameTable {
        std::deque<std::string> names;  // stable addresses
        std::unordered_map<std::string_view, std::uint32_t> ids;
    };
    std::string_view name(const NameTable& table, std::uint32_t id) const;
    std::uint32_t find(const NameTable& table, std::string_view n) const;
    std::uint32_t add(NameTable& table, std::string_view n);
    ShapeId add_shape_locked(std::vector<LabelId> labels);

    mutable std::shared_mutex mutex_;
    NameTable labels_, types_, keys_;
    std::deque<std::vector<LabelId>> shapes_;
    std::map<std::vector<LabelId>, std::uint32_t> shape_ids_;
};

}  // namespace mainstay
