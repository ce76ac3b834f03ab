#pragma once

#include "adjacency.hpp"
#include "column.hpp"
#include "delta.hpp"
#include "elements.hpp"
#include "head.hpp"
#include "lmdb.hpp"
#include "mainstay/storage/view.hpp"
#include "overlay.hpp"
#include "segment_table.hpp"

#include <array>
#include <memory>
#include <memory_resource>
#include <optional>
#include <unordered_map>
#include <vector>

namespace mainstay {

class StoreImpl;

// A snapshot, as of a transaction, at a valid time, with an optional overlay. See View for the rules of use. Layers are
// asked from the top: overlay, delta rows, (as of: history), segment. Parts are found and checked at first touch.
class StoreView final : public View {
public:
    // `as_of`: nullopt: the snapshot's newest. `overlay`: borrowed; the transaction that owns it outlives the view.
    StoreView(std::shared_ptr<const StoreImpl> keep_alive, const StoreImpl& store,
              std::shared_ptr<lmdb::Transaction> snapshot, std::shared_ptr<const Head> head,
              std::optional<TxNumber> as_of, ValidTime valid, const Overlay* overlay);
    ~StoreView() override;

    // Topology
    std::uint32_t node_limit() const override;
    std::uint32_t rel_limit() const override;
    bool contains_node(NodeId node) const override { return contains(node); }
    Run run(NodeId node, Direction d, TypeId type) const override;
    std::span<const TypeId> types_at(NodeId node, Direction d) const override;
    SegmentAdjacency adjacency(std::uint32_t segment, std::span<const TypeUse> uses) const override;
    void for_each_node(LabelId label, const std::function<void(NodeId)>& f) const override;

    // Properties
    void require_readable() const override { snapshot_->require_readable(); }
    const Names& names() const override;
    bool contains(NodeId node) const override;
    bool contains(RelId rel) const override;
    ShapeId shape(NodeId node) const override;
    Ends ends(RelId rel) const override;
    Value property(NodeId node, KeyId key) const override;
    Value property(RelId rel, KeyId key) const override;
    void visit_properties(NodeId node, const PropertyVisitor& f) const override;
    void visit_properties(RelId rel, const PropertyVisitor& f) const override;
    bool any_relationship_has(KeyId key) const override;
    std::string element_id(NodeId node) const override;
    std::string element_id(RelId rel) const override;

    // View
    TxNumber tx() const override { return as_of_.value_or(head_->tx); }
    bool is_current() const override { return !as_of_ && !overlay_; }
    ValidTime valid_time() const override { return valid_; }
    const Store& store() const override;
    const Model& model() const override { return model_->model(); }
    const Semantics& semantics() const override { return *resolved().semantics; }
    const std::vector<NodeId>* baseline_seeds() const override;
    void all_runs(NodeId node, Direction d, std::vector<TypedRun>& out) const override;
    ViewPtr again() const override;
    ViewPtr at_valid_time(ValidTime valid) const override;
    bool rest() const noexcept override;
    bool wake(ValidTime valid) const override;
    std::vector<SchemaEntry> schema() const override;
    std::uint64_t definitions_version() const override {
        return std::uint64_t{model_->number()} << 32 | schema_->number;
    }
    std::vector<std::uint32_t> seek(IndexId index, std::span<const Value> values) const override;
    void seek_range(IndexId index, const std::optional<Bound>& low, const std::optional<Bound>& high,
                    const std::function<bool(std::uint32_t)>& f) const override;
    void seek_prefix(IndexId index, std::string_view prefix,
                     const std::function<bool(std::uint32_t)>& f) const override;
    std::uint32_t node_segments() const override;
    std::uint32_t rel_segments() const override;
    std::span<const ShapeId> shapes_in(std::uint32_t segment) const override;
    void scan_nodes(std::uint32_t segment, std::span<const ShapeId> shapes, std::vector<NodeId>& out) const override;
    void scan_rels(std::uint32_t segment, TypeId type, std::vector<RelId>& out) const override;
    const ColumnView* node_column(std::uint32_t segment, KeyId key) const override;
    const ColumnView* rel_column(std::uint32_t segment, KeyId key) const override;
    bool node_is_dirty(std::uint32_t segment, std::uint32_t slot) const override;
    DirtyNodes dirty_nodes(std::uint32_t segment) const override;
    bool rel_is_dirty(std::uint32_t segment, std::uint32_t slot) const override;
    std::uint64_t count_nodes(LabelId label) const override;
    std::uint64_t count_rels(TypeId type) const override;
    std::uint64_t degree(NodeId node, Direction d, TypeId type) const override;
    GraphStatistics statistics() const override;
    std::uint64_t estimate_nodes(LabelId label) const override;
    std::uint64_t estimate_rels(TypeId type) const override;

    // For the store's own parts.
    const lmdb::Transaction& snapshot() const noexcept { return *snapshot_; }
    const Head& head() const noexcept { return *head_; }
    const Overlay* overlay() const noexcept { return overlay_; }
    const ResolvedModel& resolved() const;
    const SchemaState& schema_state() const noexcept { return *schema_; }
    // A transaction's view after set_model or a schema command of its own.
    void use(std::shared_ptr<const ModelState> model, std::shared_ptr<const SchemaState> schema);
    // True if the element exists whatever the valid time says.
    bool exists(NodeId node) const;
    bool exists(RelId rel) const;
    // As ends(), also for an element that has ended.
    std::optional<Ends> ends_if_known(RelId rel) const;
    TxNumber created_at(RelId rel) const;  // of a relationship that is or was; 0 if there is none
    TxNumber tx_of(Mark mark) const;
    bool matches(const Index& index, std::uint32_t id) const;  // live and of the index's label or type

private:
    using Dirty = DirtySlots;
    // The relationships of a dirty node in one direction, merged from all layers; versions say when it is stale.
    struct MergedType {
        TypeId type;
        Run run;
        std::vector<NodeId> added_other;
        std::vector<RelId> added_rel, removed;
    };
    struct Merged {
        std::uint64_t overlay_version = 0;
        std::vector<MergedType> types;
        std::vector<TypeId> type_ids;
    };

    // Not what a writer is about to change under the number of its own commit.
    bool shares_segments() const noexcept { return snapshot_->kind() == lmdb::Transaction::Kind::read; }
    TableUser table_user() const noexcept { return overlay_ ? TableUser::writer : TableUser::reader; }
    NodeSegment& node_segment(std::uint32_t segment) const {
        const auto& table = segments_->nodes;
        if (segment < table.size() && table[segment] && table[segment]->dirty_of == snapshot_number_)
            return *table[segment];
        return renew_node_segment(segment);
    }
    NodeSegment& renew_node_segment(std::uint32_t segment) const;
    RelSegment& rel_segment(std::uint32_t segment) const;
    // nullptr: there is no such part.
    const NodeElements* node_elements(std::uint32_t segment) const;
    const RelElements* rel_elements(std::uint32_t segment) const;
    template <typename Elements, typename Read>
    const Elements* elements_of(bool& is_read, std::optional<Elements>& elements, const PartKey& key,
                                Read&& read) const;
    AdjacencyPart* adjacency_part(NodeSegment& s, std::uint32_t segment, Direction d) const;
    // A block whose arrays are checked: all but rel[]; rel[] too; those of all blocks.
    const TypeBlock& ends_of(AdjacencyPart& part, std::size_t block) const;
    const TypeBlock& edges_of(AdjacencyPart& part, std::size_t block) const;
    std::span<const TypeBlock> all_edges_of(AdjacencyPart& part) const;
    void check_arrays(AdjacencyPart& part, std::size_t block, EdgeArrays which) const;
    // `of`: the snapshot that `dirty` is of; 0: of none yet.
    void read_dirty(delta::DirtyMap which, std::uint32_t segment, std::uint64_t of,
                    std::unique_ptr<Dirty>& dirty) const;
    const ColumnView* column(ElementKind kind, std::vector<std::pair<KeyId, std::unique_ptr<ColumnView>>>& columns,
                             std::uint32_t segment, KeyId key) const;
    const std::vector<KeyId>& column_keys(std::optional<std::vector<KeyId>>& known, ElementKind kind,
                                          std::uint32_t segment) const;
    std::optional<NodeRow> delta_row(NodeId node) const;  // nullopt: it has none
    std::optional<RelRow> delta_row(RelId rel) const;
    std::string_view find_row(char kind, std::uint32_t id, SegmentRows& rows, const Dirty& dirty) const;
    bool is_dirty(const std::unique_ptr<Dirty>& dirty, std::uint32_t slot) const {
        return dirty && ((*dirty)[slot / 64] >> (slot % 64) & 1);
    }
    bool adjacency_is_plain(NodeSegment& s, std::uint32_t segment, Direction d, TypeId type) const;
    bool node_adjacency_dirty(NodeSegment& s, NodeId node, Direction d) const;
    // Whether all of a node's relationships in a direction are those of the segment's part.
    bool all_adjacency_is_plain(NodeSegment& s, NodeId node, Direction d) const;
    const Merged& merged(NodeId node, Direction d) const;
    bool is_valid(const Value& from, const Value& to) const;
    bool valid_node(NodeId node) const;  // of a dated shape or not
    bool valid_edge(RelId rel, const Ends& ends) const;
    bool filters_edges(TypeId type) const;  // by valid time
    bool created_by(Mark mark, TxNumber at) const;
    bool shows_base(const ElementsPart* elements) const;
    template <typename Id>
    std::optional<Value> history_value(Id id,
                                       KeyId key) const;  // as of: the value before the first later change, if any
    std::vector<std::uint32_t> index_candidates(const Index& index, std::string_view encoded) const;
    const Index& index_for(IndexId id) const;  // throws Error(index_missing)
    bool is_unindexed(const Index& index) const noexcept;
    void for_each_indexed(const Index& index,
                          const std::function<void(std::uint32_t)>& f) const;  // elements, without the index
    void overlay_candidates(const Index& index, const std::function<bool(const Value&)>& wanted,
                            std::vector<std::pair<Value, std::uint32_t>>& out) const;
    // Entries of an index from a key on while `go_on`, those of the overlay among them in value order.
    void scan_index(const Index& index, std::string_view from, const std::function<bool(std::string_view key)>& go_on,
                    const std::function<bool(const Value&)>& wanted, const std::function<bool(std::uint32_t)>& f) const;
    Value key_value(const Index& index, std::uint32_t id, std::size_t key) const;

    std::shared_ptr<const StoreImpl> keep_alive_;
    const StoreImpl& store_;
    std::shared_ptr<lmdb::Transaction> snapshot_;
    std::uint64_t snapshot_number_;
    std::shared_ptr<const Head> head_;
    std::optional<TxNumber> as_of_;
    std::uint32_t settled_ = 0;  // as of: relationship ids below existed then, unless ended
    mutable ValidTime valid_;    // changed by wake() alone
    const Overlay* overlay_;
    std::shared_ptr<const ModelState> model_;
    std::shared_ptr<const SchemaState> schema_;
    bool has_delta_ = false;
    // Made or set a model by this transaction, or made after the view's time: searched element by element.
    std::vector<IndexId> unindexed_;
    mutable std::pair<Mark, TxNumber> last_load_{Mark::never, {}};

    mutable std::shared_ptr<const ResolvedModel> resolved_;
    mutable std::shared_ptr<const std::vector<NodeId>> seeds_;
    std::unique_ptr<SegmentTable> segments_;
    struct Shapes {
        std::uint64_t version = ~std::uint64_t{0};  // of the overlay
        std::vector<ShapeId> shapes;
    };
    mutable std::unordered_map<std::uint32_t, Shapes> overlay_shapes_;  // of segments in which it has made nodes
    mutable std::optional<lmdb::Cursor> delta_cursor_;
    struct FoundRow {
        char kind = 0;
        std::uint32_t id = 0;
        std::string_view bytes;
    };
    mutable FoundRow last_row_;  // several properties are asked of one element
    mutable std::unordered_map<std::uint64_t, std::unique_ptr<Merged>> merged_;
    mutable std::unordered_map<std::uint64_t, std::vector<TypeId>> type_lists_;
    std::array<std::byte, 2048> arena_begin_;  // enough for most statements
    mutable std::pmr::monotonic_buffer_resource arena_{arena_begin_.data(), arena_begin_.size()};
};

}  // namespace mainstay
