#pragma once

// What the store knows about a committed state besides its pages: numbers, counts, model and schema. Immutable; one a
// snapshot, shared by its views. Derived from the file: the newest log record, the figures kept at folds, and the log
// records since those.

#include "log.hpp"
#include "mainstay/core/analysis.hpp"
#include "mainstay/core/model.hpp"
#include "mainstay/storage/schema.hpp"
#include "tokens.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mainstay {

// The model's names resolved against the file's ids.
struct ResolvedModel {
    Tokens::Counts counts;                           // of the tokens it was resolved against
    std::vector<bool> dated_types;                   // by TypeId
    std::vector<bool> dated_shapes;                  // by ShapeId
    std::vector<std::vector<LabelId>> shape_labels;  // by ShapeId: its labels and the classes above them, ascending
    bool any_dated_type = false, any_dated_shape = false;
    KeyId valid_from = no_key, valid_to = no_key;
    std::unique_ptr<Semantics> semantics;
    // Whether nodes of a shape are of a label or of a class below it.
    bool covers(ShapeId shape, LabelId label) const noexcept;
};

// Tells states of the definitions apart, within this process: another one for each that is made, copies included.
class StateNumber {
public:
    StateNumber() noexcept : number_(next()) {}
    StateNumber(const StateNumber&) noexcept : number_(next()) {}
    StateNumber& operator=(const StateNumber&) noexcept {
        number_ = next();
        return *this;
    }
    operator std::uint32_t() const noexcept { return number_; }

private:
    static std::uint32_t next() noexcept {
        static std::atomic<std::uint32_t> last{0};
        return last.fetch_add(1, std::memory_order_relaxed) + 1;
    }
    std::uint32_t number_;
};

class ModelState {
public:
    ModelState(Model model, TxNumber since) : model_(std::move(model)), since_(since) {}
    const Model& model() const noexcept { return model_; }
    TxNumber since() const noexcept { return since_; }
    std::uint32_t number() const noexcept { return number_; }
    // Remade only when the file has new names. Thread-safe.
    std::shared_ptr<const ResolvedModel> resolved(const Tokens& tokens) const;

private:
    Model model_;
    TxNumber since_;
    StateNumber number_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const ResolvedModel> resolved_;
};

// An index with its names as ids.
struct Index {
    SchemaEntry entry;
    TxNumber since{};  // its entries tell of elements that lived then or later
    std::vector<KeyId> keys;
    LabelId label = no_label;  // element node
    TypeId type = no_type;     // element relationship
    bool is_unique() const noexcept { return entry.kind == SchemaKind::unique || entry.kind == SchemaKind::node_key; }
    bool has_entries() const noexcept { return entry.kind != SchemaKind::exists; }
};

struct SchemaState {
    StateNumber number;
    std::vector<Index> indexes;  // ascending by id
    std::uint32_t next_id = 1;
    const Index* find(IndexId id) const noexcept;
    const Index* find(std::string_view name) const noexcept;
    // Those that can answer for a view as of `at`: an older element is missing in an index made after it ended.
    std::shared_ptr<const SchemaState> as_of(TxNumber at) const;
};

// Counts of live elements and where they are. Small: copied at every commit that changes them.
struct Figures {
    std::vector<std::uint64_t> nodes_by_shape;  // by ShapeId
    std::vector<std::uint64_t> rels_by_type;    // by TypeId
    std::shared_ptr<const std::vector<std::vector<ShapeId>>>
        segment_shapes;               // shapes a node segment ever held; never null
    std::uint32_t node_segments = 0;  // segment numbers are below
    std::uint32_t rel_next = 0;       // relationship ids are below

    Figures();
    void count_node(ShapeId shape, int by);
    void count_rel(TypeId type, int by);
    void note_shape(std::uint32_t segment, ShapeId shape);
    void note_shapes(std::span<const std::pair<std::uint32_t, ShapeId>> segments);  // likewise, with one copy
    std::uint64_t nodes() const noexcept;
    std::uint64_t rels() const noexcept;
};
std::string encode(const Figures& figures, TxNumber tx);
std::pair<Figures, TxNumber> decode_figures(std::string_view bytes);

// Whole segments by number, as ascending disjoint ranges.
class SegmentRanges {
public:
    struct Range {
        std::uint32_t first, count;
    };
    void add(std::uint32_t segment);
    bool contains(std::uint32_t segment) const noexcept;
    std::uint64_t count() const noexcept;
    std::span<const Range> ranges() const noexcept { return ranges_; }

private:
    std::vector<Range> ranges_;
};

// Segments of one bulk load, whose parts are in the file before it is published. Row pending_token(load) of the token
// table: for nodes, then for relationships: count varint, then first and count varints of each range.
struct LoadSegments {
    SegmentRanges nodes, rels;
};
std::string encode(const LoadSegments& segments);
LoadSegments decode_load_segments(std::string_view bytes);

struct Head {
    std::uint64_t snapshot = 0;  // LMDB's number of the transaction that made it
    TxNumber tx{};
    std::int64_t time_us = 0;
    Hash last_hash{};  // of the newest log record
    std::uint32_t rel_settled = 0;
    Figures figures;
    std::shared_ptr<const ModelState> model;
    std::shared_ptr<const SchemaState> schema;
    std::shared_ptr<const std::vector<LoadSegments>> pending;  // of loads that are not published; null: none
    bool hides(ElementKind kind, std::uint32_t segment) const noexcept { return pending && is_pending(kind, segment); }

private:
    bool is_pending(ElementKind kind, std::uint32_t segment) const noexcept;
};

// Reads the head of a snapshot; `earlier` (may be null) saves work. Loads new tokens.
std::shared_ptr<const Head> read_head(const lmdb::Transaction& txn, Tokens& tokens, const Head* earlier);
// The model as of a transaction.
std::shared_ptr<const ModelState> read_model(const lmdb::Transaction& txn, TxNumber at);

std::shared_ptr<const std::vector<LoadSegments>> read_pending(const lmdb::Transaction& txn);

// Rows of the token table that hold them. Do not change.
inline constexpr char header_token[] = "H", figures_token[] = "F";
std::string model_token(TxNumber since);  // "M" tx
std::string schema_token(IndexId id);     // "I" id: since u64 (native), then the entry as in the log
std::string load_token(
    std::uint64_t load);  // "B" load: the number of the transaction that published it, u64 big-endian
std::string pending_token(std::uint64_t load);  // "P" load
// Entries with their names resolved (making tokens where the names are new).
Index resolve(SchemaEntry entry, TxNumber since, Tokens& tokens);
std::string encode_schema_row(const SchemaEntry& entry, TxNumber since);

}  // namespace mainstay
