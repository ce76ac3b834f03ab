#pragma once

// Turns the filled segments of a bulk load into parts, checks them against the class model and the constraints, and
// collects the entries of the indexes that cover them.

#include "bulk_parts.hpp"
#include "column.hpp"
#include "mainstay/storage/transaction.hpp"
#include "model_rules.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace mainstay {

class Tokens;

// Properties of one segment's slots by key, in the order the keys first came.
class ColumnSet {
public:
    // Nulls are left out; of two values of one key the last counts.
    void set(std::uint32_t slot, const PropertyList& properties);
    void set(std::uint32_t slot, KeyId key, const Value& value) { of(key, 0).set(slot, value); }
    void reset();  // keeps the memory

    struct Entry {
        KeyId key;
        std::unique_ptr<ColumnBuilder> builder;
    };
    std::vector<Entry>& entries() noexcept { return entries_; }

private:
    ColumnBuilder& of(KeyId key, std::size_t guess);
    std::vector<Entry> entries_;
};

// A segment of new nodes of one shape.
struct NodeBuffer {
    ShapeId shape{};
    std::uint32_t segment = 0, slots = 0;
    ColumnSet columns;
};

// A segment of new relationships; kept until adjacency is built.
struct RelBlock {
    std::uint32_t segment = 0, slots = 0;
    std::array<TypeId, segment_slots> type;
    std::array<NodeId, segment_slots> source, target;
};
struct RelBuffer {
    const RelBlock* block = nullptr;
    ColumnSet columns;
};

// The entries of one index that a load makes: key (without the element) and element.
class IndexEntries {
public:
    struct Entry {
        std::uint64_t order;  // the first bytes behind the index's number, big-endian: most comparisons end here
        std::size_t place;
        std::uint32_t size, id;
    };
    void add(std::string_view values_key, std::uint32_t id);
    void append(const IndexEntries& others);
    void sort();
    std::span<const Entry> entries() const noexcept { return entries_; }
    std::string_view key(const Entry& e) const noexcept { return {bytes_.data() + e.place, e.size}; }

private:
    std::string bytes_;
    std::vector<Entry> entries_;
};

// What a load must keep to; fixed at its start.
struct BulkRules {
    std::shared_ptr<const ModelState> model;
    std::shared_ptr<const SchemaState> schema;
    KeyId valid_from = no_key, valid_to = no_key;
};

// encode() may be called by several threads.
class BulkEncoder {
public:
    BulkEncoder(Tokens& tokens, BulkRules rules, Mark mark, BulkParts& parts);

    void encode(NodeBuffer& nodes);
    // `shape_of`: of a node of the load; nullopt of one that was there before (its rules are checked when publishing).
    using ShapeOf = std::function<std::optional<ShapeId>(NodeId)>;
    void encode(RelBuffer& rels, const ShapeOf& shape_of);

    void note_problem(std::string problem);
    // Throws Error(Code::constraint_violation) with the first problems, if there are any.
    void throw_problems() const;
    ModelRules& rules() noexcept { return rules_; }  // with rules_mutex() held
    std::mutex& rules_mutex() noexcept { return rules_mutex_; }
    // Beside rules().schema->indexes.
    std::vector<IndexEntries>& index_entries() noexcept { return entries_; }

private:
    using Columns = std::vector<std::pair<KeyId, ColumnView>>;
    static const ColumnView* find(const Columns& columns, KeyId key);
    bool covers(const Index& index, ShapeId shape);
    void check_validity(ShapeId shape, std::uint32_t slots, const Columns& columns);
    void check_nodes(ShapeId shape, std::uint32_t slots, const Columns& columns);
    void check_rels(const RelBlock& block, const Columns& columns, const ShapeOf& shape_of);
    void index_nodes(const NodeBuffer& nodes, const Columns& columns);
    void index_rels(const RelBlock& block, const Columns& columns);
    std::optional<std::string> column_problem(const AttributeRule& rule, const ColumnView* column, std::uint32_t slots);

    Tokens& tokens_;
    const BulkRules given_;
    const Mark mark_;
    BulkParts& parts_;
    std::mutex rules_mutex_;
    ModelRules rules_;
    std::unordered_map<std::uint32_t, std::optional<std::string>> shape_problems_;
    std::unordered_set<std::uint64_t> good_ends_;
    mutable std::mutex mutex_;
    std::vector<std::string> problems_;
    std::size_t problem_count_ = 0;
    std::vector<IndexEntries> entries_;
};

}  // namespace mainstay
