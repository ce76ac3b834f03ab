#pragma once

#include "mainstay/core/graph.hpp"
#include "mainstay/core/model.hpp"
#include "mainstay/core/value.hpp"
#include "mainstay/storage/column.hpp"
#include "mainstay/storage/schema.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mainstay {

class Semantics;
class Store;

// Which of the dated elements a view shows: those valid at an instant (UTC microseconds since 1970), or all of them.
struct ValidTime {
    std::optional<std::int64_t> at;  // nullopt: ALL
    friend bool operator==(const ValidTime&, const ValidTime&) = default;
};

// Figures for the planner, exact at the last fold, estimates since.
struct GraphStatistics {
    std::uint64_t nodes = 0;
    std::uint64_t rels = 0;
};

class View;

// Which slots of a segment of nodes must be read by View::property(). Of the view it comes from, and of its kind: a
// transaction's own writes show at once, and what is read as of an earlier time is asked for slot by slot.
class DirtyNodes {
public:
    DirtyNodes() = default;                                             // none
    explicit DirtyNodes(const std::uint64_t* words) : words_(words) {}  // a bit a slot; nullptr: none
    DirtyNodes(const View& view, std::uint32_t segment) : view_(&view), segment_(segment) {}
    bool contains(std::uint32_t slot) const;

private:
    const std::uint64_t* words_ = nullptr;
    const View* view_ = nullptr;  // asked instead
    std::uint32_t segment_ = 0;
};

// The graph as one reader sees it: a committed transaction, perhaps an earlier one, at a valid time, perhaps with an
// overlay of uncommitted changes on top. Every query, analysis and export reads a View and cannot tell which kind it
// has. Immutable, except that a transaction's own view shows each of its writes at once. Used by one thread at a time;
// another thread takes its own with `again()`. Runs, blocks, columns and node values it returns live as long as the
// View. An open View keeps the pages it sees from being reused, so the file grows under it: drop it when done, or let
// it rest.
class View : public Topology, public Properties, public std::enable_shared_from_this<View> {
public:
    // The newest transaction this view shows.
    virtual TxNumber tx() const = 0;
    virtual bool is_current() const = 0;  // not as of an earlier transaction, no overlay
    virtual ValidTime valid_time() const = 0;
    virtual const Store& store() const = 0;
    // Throws Error(Code::io_error) if the file was cut or its disk failed while it is open, so that what was read from
    // it cannot be trusted. Cheap; to be called before a result is handed on.
    virtual void require_readable() const {}
    // The class model of the view's time; Model::empty() if there is none. Lives as long as the view.
    virtual const Model& model() const = 0;
    // The model's failure semantics, made on first use.
    virtual const Semantics& semantics() const = 0;
    // Elements that may be broken or not up before anything fails (DESIGN section 6, baseline); nullptr: not kept for
    // this kind of view, search the graph.
    virtual const std::vector<NodeId>* baseline_seeds() const = 0;
    // A view of the same transaction, valid time and overlay for another thread.
    virtual std::shared_ptr<const View> again() const = 0;
    // The same snapshot at another valid time.
    virtual std::shared_ptr<const View> at_valid_time(ValidTime) const = 0;
    // For one who will look again soon: lets go of the snapshot, so that nothing waits for this view until wake().
    // Nothing may be asked of it meanwhile. False: it cannot be taken up again later (an overlay, an earlier
    // transaction, others share its snapshot); drop it.
    virtual bool rest() const noexcept = 0;
    // After rest(): takes the snapshot up again, at another valid time, with what was found out about it; runs that
    // were handed out before do not hold any more. False: it is not the newest any more; drop the view.
    virtual bool wake(ValidTime) const = 0;

    // The relationships of a node in a direction, whatever their type: a run for each type there is one of, appended.
    struct TypedRun {
        TypeId type;
        Run run;
    };
    virtual void all_runs(NodeId node, Direction d, std::vector<TypedRun>& out) const = 0;

    // --- look-ups. Elements found are live in this view and carry the value (rechecked), ascending by id within a
    // value.
    virtual std::vector<SchemaEntry> schema() const = 0;
    // A number that changes whenever the class model or the schema does (and now and then without): plans are kept by
    // it. Cheap.
    virtual std::uint64_t definitions_version() const = 0;
    // Elements of `index` whose key values equal `values` (one per key of the index), by raw id.
    virtual std::vector<std::uint32_t> seek(IndexId index, std::span<const Value> values) const = 0;
    struct Bound {
        Value value;
        bool inclusive = true;
    };
    // Elements of a single-key index within the bounds (of one type; nullopt: open), in value order; f returns false to
    // stop.
    virtual void seek_range(IndexId index, const std::optional<Bound>& low, const std::optional<Bound>& high,
                            const std::function<bool(std::uint32_t)>& f) const = 0;
    // Strings of a single-key index that start with `prefix`.
    virtual void seek_prefix(IndexId index, std::string_view prefix,
                             const std::function<bool(std::uint32_t)>& f) const = 0;

    // --- scans, segment by segment
    virtual std::uint32_t node_segments() const = 0;  // segment numbers are below
    virtual std::uint32_t rel_segments() const = 0;
    // Shapes that elements of the segment have or ever had; empty: the segment holds nothing for this view.
    virtual std::span<const ShapeId> shapes_in(std::uint32_t node_segment) const = 0;
    // Live node ids of the segment whose shape is in `shapes` (ascending ids of shapes; empty: any shape), appended to
    // `out` in id order.
    virtual void scan_nodes(std::uint32_t segment, std::span<const ShapeId> shapes, std::vector<NodeId>& out) const = 0;
    virtual void scan_rels(std::uint32_t segment, TypeId type_or_none, std::vector<RelId>& out) const = 0;
    // A property column as stored, for reading many slots; slots for which dirty_*() is true must be read by
    // property(). nullptr: no clean slot has the property.
    virtual const ColumnView* node_column(std::uint32_t segment, KeyId key) const = 0;
    virtual const ColumnView* rel_column(std::uint32_t segment, KeyId key) const = 0;
    virtual bool node_is_dirty(std::uint32_t segment, std::uint32_t slot) const = 0;
    // The same for many slots of a segment.
    virtual DirtyNodes dirty_nodes(std::uint32_t segment) const = 0;
    virtual bool rel_is_dirty(std::uint32_t segment, std::uint32_t slot) const = 0;

    // --- counts. Exact.
    virtual std::uint64_t count_nodes(LabelId label_or_none) const = 0;
    virtual std::uint64_t count_rels(TypeId type_or_none) const = 0;
    // Relationships of `node` in a direction and type (no_type: any), without building them where that is possible.
    virtual std::uint64_t degree(NodeId node, Direction, TypeId type_or_none) const = 0;
    virtual GraphStatistics statistics() const = 0;  // cheap estimates
    virtual std::uint64_t estimate_nodes(LabelId label_or_none) const = 0;
    virtual std::uint64_t estimate_rels(TypeId type_or_none) const = 0;
};

inline bool DirtyNodes::contains(std::uint32_t slot) const {
    if (view_) return view_->node_is_dirty(segment_, slot);
    return words_ && (words_[slot / 64] >> (slot % 64) & 1);
}
using ViewPtr = std::shared_ptr<const View>;

}  // namespace mainstay
