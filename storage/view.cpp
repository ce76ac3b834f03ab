#include "view_impl.hpp"

#include "bytes.hpp"
#include "history.hpp"
#include "mainstay/core/assert.hpp"
#include "store_impl.hpp"
#include "validity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mainstay {

StoreView::StoreView(std::shared_ptr<const StoreImpl> keep_alive, const StoreImpl& store,
                     std::shared_ptr<lmdb::Transaction> snapshot, std::shared_ptr<const Head> head,
                     std::optional<TxNumber> as_of, ValidTime valid, const Overlay* overlay)
    : keep_alive_(std::move(keep_alive)),
      store_(store),
      snapshot_(std::move(snapshot)),
      snapshot_number_(snapshot_->id()),
      head_(std::move(head)),
      as_of_(as_of),
      valid_(valid),
      overlay_(overlay),
      model_(head_->model),
      schema_(head_->schema),
      segments_(shares_segments() ? store_.segments_for(snapshot_number_, table_user())
                                  : std::make_unique<SegmentTable>()) {
    if (as_of_ && *as_of_ >= head_->tx) as_of_.reset();
    if (as_of_) {
        model_ = read_model(*snapshot_, *as_of_);
        schema_ = schema_->as_of(*as_of_);
        for (const auto& index : head_->schema->indexes)
            if (!schema_->find(index.entry.id)) unindexed_.push_back(index.entry.id);
        if (const auto value = snapshot_->get(lmdb::Table::log, log_key(*as_of_)))
            settled_ = decode_log_record(*as_of_, *value).rel_settled;
    }
    has_delta_ = snapshot_->size(lmdb::Table::delta).entries > 0;
}

StoreView::~StoreView() {
    if (shares_segments()) store_.keep_segments(snapshot_number_, table_user(), std::move(segments_));
}

void StoreView::use(std::shared_ptr<const ModelState> model, std::shared_ptr<const SchemaState> schema) {
    model_ = std::move(model);
    schema_ = std::move(schema);
    merged_.clear();  // another model may date other types; runs handed out stand in the arena
    type_lists_.clear();
    resolved_.reset();
    // The file's entries are those of the committed schema and model.
    unindexed_.clear();
    for (const auto& index : schema_->indexes) {
        const auto* committed = head_->schema->find(index.entry.id);
        if (!committed || committed->entry.name != index.entry.name ||
            (model_ != head_->model && index.entry.element == ElementKind::node))
            unindexed_.push_back(index.entry.id);
    }
}

const ResolvedModel& StoreView::resolved() const {
    // Names only grow; a view that outlives new ones resolves again, since its own overlay may have made them.
    if (!resolved_ || (overlay_ && resolved_->counts != store_.tokens().counts()))
        resolved_ = model_->resolved(store_.tokens());
    return *resolved_;
}

const Store& StoreView::store() const { return store_; }
const Names& StoreView::names() const { return store_.tokens(); }

ViewPtr StoreView::again() const {
    return std::make_shared<StoreView>(keep_alive_, store_, snapshot_, head_, as_of_, valid_, overlay_);
}

ViewPtr StoreView::at_valid_time(ValidTime valid) const {
    auto view = std::make_shared<StoreView>(keep_alive_, store_, snapshot_, head_, as_of_, valid, overlay_);
    if (overlay_) view->use(model_, schema_);
    return view;
}

bool StoreView::rest() const noexcept {
    if (!is_current() || snapshot_->kind() != lmdb::Transaction::Kind::read || snapshot_.use_count() > 1) return false;
    delta_cursor_.reset();
    snapshot_->rest();
    return true;
}

bool StoreView::wake(ValidTime valid) const {
    if (!snapshot_->wake(store_.environment(), snapshot_number_)) return false;
    constexpr std::size_t changes_kept = 4096;
    if (delta_nodes_.size() + delta_rels_.size() > changes_kept) {
        delta_nodes_.clear();
        delta_rels_.clear();
    }
    valid_ = valid;
    seeds_.reset();
    merged_.clear();
    type_lists_.clear();
    arena_.release();
    return true;
}

const std::vector<NodeId>* StoreView::baseline_seeds() const {
    if (!is_current()) return nullptr;
    if (!seeds_) seeds_ = store_.baseline_seeds(*this);
    return seeds_.get();
}

// --- segments

void StoreView::read_dirty(delta::DirtyMap which, std::uint32_t segment, std::uint64_t of,
                           std::unique_ptr<Dirty>& dirty) const {
    if (of != 0 && store_.is_dirty_map_of_both(which, segment, of, snapshot_number_)) return;
    const auto bytes = has_delta_ ? snapshot_->get(lmdb::Table::delta, delta::dirty_key(which, segment)) : std::nullopt;
    if (!bytes) return dirty.reset();
    if (bytes->size() != delta::dirty_bytes)
        throw Error{Code::corrupt, fmt::format("the list of changed slots of segment {} has a wrong size", segment)};
    if (!dirty) dirty = std::make_unique<Dirty>();
    std::memcpy(dirty->data(), bytes->data(), delta::dirty_bytes);
}

NodeSegment& StoreView::node_segment(std::uint32_t segment) const {
    auto& table = segments_->nodes;
    if (segment >= table.size()) table.resize(segment + 1);
    auto& s = table[segment];
    if (s && s->dirty_of == snapshot_number_) return *s;
    if (!s || s->hidden) {  // it may have been published
        auto read = std::make_unique<NodeSegment>();
        if (head_->hides(ElementKind::node, segment)) {
            read->hidden = read->adjacency_read[0] = read->adjacency_read[1] = true;
        } else {
            const PartKey key{ElementKind::node, Part::elements, segment};
            if (const auto blob = store_.find_part(*snapshot_, key)) {
                read->elements = read_node_elements(*blob, key, store_.checked_parts().check_for(key, *blob));
                store_.checked_parts().passed(key, *blob);
            }
        }
        s = std::move(read);
    }
    if (!s->hidden) {
        const std::uint64_t of = std::exchange(s->dirty_of, 0);  // nobody's, should one of them not be read
        read_dirty(delta::DirtyMap::node, segment, of, s->dirty);
        for (const auto d : {Direction::out, Direction::in})
            read_dirty(delta::dirty_map(d), segment, of, s->adjacency_dirty[static_cast<std::size_t>(d)]);
    }
    s->dirty_of = snapshot_number_;
    return *s;
}

RelSegment& StoreView::rel_segment(std::uint32_t segment) const {
    auto& table = segments_->rels;
    if (segment >= table.size()) table.resize(segment + 1);
    auto& s = table[segment];
    if (s && s->dirty_of == snapshot_number_) return *s;
    if (!s || s->hidden) {  // it may have been published
        auto read = std::make_unique<RelSegment>();
        if (head_->hides(ElementKind::relationship, segment)) {
            read->hidden = true;
        } else {
            const PartKey key{ElementKind::relationship, Part::elements, segment};
            if (const auto blob = store_.find_part(*snapshot_, key)) {
                read->elements = read_rel_elements(*blob, key, store_.checked_parts().check_for(key, *blob));
                store_.checked_parts().passed(key, *blob);
            }
        }
        s = std::move(read);
    }
    if (!s->hidden) read_dirty(delta::DirtyMap::rel, segment, std::exchange(s->dirty_of, 0), s->dirty);
    s->dirty_of = snapshot_number_;
    return *s;
}

const ColumnView* StoreView::column(ElementKind kind,
                                    std::vector<std::pair<KeyId, std::unique_ptr<ColumnView>>>& columns,
                                    std::uint32_t segment, KeyId key) const {
    for (const auto& [k, c] : columns)
        if (k == key) return c.get();
    std::unique_ptr<ColumnView> view;
    if (raw(key) <= key_ids_max) {
        const PartKey part{kind, column_part(key), segment};
        if (const auto blob = store_.find_part(*snapshot_, part)) {
            view = std::make_unique<ColumnView>(
                ColumnReader::read(*blob, part, store_.checked_parts().check_for(part, *blob)));
            store_.checked_parts().passed(part, *blob);
        }
    }
    return columns.emplace_back(key, std::move(view)).second.get();
}

const ColumnView* StoreView::node_column(std::uint32_t segment, KeyId key) const {
    auto& s = node_segment(segment);
    return s.hidden ? nullptr : column(ElementKind::node, s.columns, segment, key);
}
const ColumnView* StoreView::rel_column(std::uint32_t segment, KeyId key) const {
    auto& s = rel_segment(segment);
    return s.hidden ? nullptr : column(ElementKind::relationship, s.columns, segment, key);
}

bool StoreView::node_is_dirty(std::uint32_t segment, std::uint32_t slot) const {
    if (as_of_) {
        // What was changed after T must be read through history, slot by slot.
        const auto& s = node_segment(segment);
        if (!s.elements || !created_by(s.elements->last_change(), *as_of_)) return true;
    }
    if (is_dirty(node_segment(segment).dirty, slot)) return true;
    const auto* touched = overlay_ ? overlay_->touched_nodes(segment) : nullptr;
    return touched && touched->test(slot);
}

bool StoreView::rel_is_dirty(std::uint32_t segment, std::uint32_t slot) const {
    if (as_of_) {
        const auto& s = rel_segment(segment);
        if (!s.elements || !created_by(s.elements->last_change(), *as_of_)) return true;
    }
    if (is_dirty(rel_segment(segment).dirty, slot)) return true;
    const auto* touched = overlay_ ? overlay_->touched_rels(segment) : nullptr;
    return touched && touched->test(slot);
}

// What is asked for one after another is mostly near. A writer's cursor would end with its transaction, before the
// view.
template <typename F>
auto StoreView::with_delta_cursor(F&& f) const {
    if (snapshot_->kind() == lmdb::Transaction::Kind::write) {
        auto cursor = snapshot_->cursor(lmdb::Table::delta);
        return f(cursor);
    }
    if (!delta_cursor_) delta_cursor_.emplace(snapshot_->cursor(lmdb::Table::delta));
    return f(*delta_cursor_);
}

const NodeChange* StoreView::delta_node(NodeId node) const {
    if (!has_delta_ || !is_dirty(node_segment(segment_of(node)).dirty, slot_of(node))) return nullptr;
    if (const auto at = delta_nodes_.find(raw(node)); at != delta_nodes_.end()) return at->second.get();
    std::unique_ptr<NodeChange> read;
    if (auto change = with_delta_cursor([&](lmdb::Cursor& c) { return delta::find_node(c, node, tx()); }))
        read = std::make_unique<NodeChange>(std::move(*change));
    return delta_nodes_.emplace(raw(node), std::move(read)).first->second.get();
}

const RelChange* StoreView::delta_rel(RelId rel) const {
    if (!has_delta_ || !is_dirty(rel_segment(segment_of(rel)).dirty, slot_of(rel))) return nullptr;
    if (const auto at = delta_rels_.find(raw(rel)); at != delta_rels_.end()) return at->second.get();
    std::unique_ptr<RelChange> read;
    if (auto change = with_delta_cursor([&](lmdb::Cursor& c) { return delta::find_rel(c, rel, tx()); }))
        read = std::make_unique<RelChange>(std::move(*change));
    return delta_rels_.emplace(raw(rel), std::move(read)).first->second.get();
}

TxNumber StoreView::tx_of(Mark mark) const {
    if (!is_load(mark)) return TxNumber{number_of(mark)};
    if (last_load_.first != mark) last_load_ = {mark, store_.tx_of_load(*snapshot_, number_of(mark))};
    return last_load_.second;
}

bool StoreView::created_by(Mark mark, TxNumber at) const { return mark != Mark::never && tx_of(mark) <= at; }

// --- existence

bool StoreView::exists(NodeId node) const {
    if (overlay_)
        if (const auto* change = overlay_->find(node)) {
            if (change->deleted) return false;
            if (change->created) return true;
        }
    if (segment_of(node) >= node_segments()) return false;
    if (const auto* change = delta_node(node)) {
        if (change->deleted) return false;
        if (change->created) return true;
    }
    const auto& s = node_segment(segment_of(node));
    if (!s.elements) return false;
    const auto slot = slot_of(node);
    if (!as_of_) return s.elements->is_live(slot);
    if (slot >= s.elements->slots() || !created_by(s.elements->created(slot), *as_of_)) return false;
    return s.elements->is_live(slot) || !created_by(s.elements->ended(slot), *as_of_);
}

bool StoreView::exists(RelId rel) const {
    if (overlay_)
        if (const auto* change = overlay_->find(rel)) {
            if (change->deleted) return false;
            if (change->created) return true;
        }
    if (raw(rel) >= rel_limit()) return false;
    if (const auto* change = delta_rel(rel)) {
        if (change->deleted) return false;
        if (change->created) return true;
    }
    const auto& s = rel_segment(segment_of(rel));
    if (!s.elements) return false;
    const auto slot = slot_of(rel);
    if (!as_of_) return s.elements->is_live(slot);
    if (slot >= s.elements->slots() || !created_by(s.elements->created(slot), *as_of_)) return false;
    return s.elements->is_live(slot) || !created_by(s.elements->ended(slot), *as_of_);
}

bool StoreView::contains(NodeId node) const { return exists(node) && valid_node(node); }

bool StoreView::contains(RelId rel) const {
    if (!exists(rel)) return false;
    if (!valid_.at) return true;
    return valid_edge(rel, ends(rel));
}

ShapeId StoreView::shape(NodeId node) const {
    if (overlay_)
        if (const auto* change = overlay_->find(node)) {
            if (change->deleted) return ShapeId{};
            if (change->created || change->reshaped) return change->shape;
        }
    if (const auto* change = delta_node(node); change && (change->created || change->reshaped)) return change->shape;
    if (as_of_)
        if (const auto before = history::shape_after(*snapshot_, node, *as_of_)) return *before;
    const auto& s = node_segment(segment_of(node));
    return s.elements && slot_of(node) < s.elements->slots() ? s.elements->shape(slot_of(node)) : ShapeId{};
}

std::optional<Ends> StoreView::ends_if_known(RelId rel) const {
    if (overlay_)
        if (const auto* change = overlay_->find(rel)) return change->ends;
    if (raw(rel) >= rel_limit()) return std::nullopt;
    if (const auto* change = delta_rel(rel)) return change->ends;
    const auto& s = rel_segment(segment_of(rel));
    if (!s.elements || slot_of(rel) >= s.elements->slots()) return std::nullopt;
    return s.elements->ends(slot_of(rel));
}

TxNumber StoreView::created_at(RelId rel) const {
    if (const auto* change = delta_rel(rel); change && change->created) return change->created_at;
    const auto& s = rel_segment(segment_of(rel));
    if (!s.elements) return {};
    const auto mark = s.elements->created(slot_of(rel));
    return mark == Mark::never ? TxNumber{} : tx_of(mark);
}

Ends StoreView::ends(RelId rel) const {
    const auto ends = ends_if_known(rel);
    if (!ends) throw Error{Code::entity_not_found, fmt::format("relationship {} does not exist", raw(rel))};
    return *ends;
}

// --- properties

template <typename Id>
std::optional<Value> StoreView::history_value(Id id, KeyId key) const {
    return history::value_after(*snapshot_, id, key, *as_of_);
}

Value StoreView::property(NodeId node, KeyId key) const {
    if (overlay_)
        if (const auto* change = overlay_->find(node)) {
            if (change->deleted) return {};
            if (const auto* value = change->properties.find(key)) return *value;
            if (change->created) return {};
        }
    const auto segment = segment_of(node);
    if (segment >= node_segments()) return {};
    if (const auto* change = delta_node(node)) {
        if (const auto* value = change->properties.find(key)) return *value;
        if (change->created) return {};
    } else if (as_of_) {
        if (auto value = history_value(node, key)) return *std::move(value);
    }
    const auto* c = node_column(segment, key);
    return c ? c->get(slot_of(node)) : Value{};
}

Value StoreView::property(RelId rel, KeyId key) const {
    if (overlay_)
        if (const auto* change = overlay_->find(rel)) {
            if (change->deleted) return {};
            if (const auto* value = change->properties.find(key)) return *value;
            if (change->created) return {};
        }
    if (raw(rel) >= rel_limit()) return {};
    if (const auto* change = delta_rel(rel)) {
        if (const auto* value = change->properties.find(key)) return *value;
        if (change->created) return {};
    } else if (as_of_) {
        if (auto value = history_value(rel, key)) return *std::move(value);
    }
    const auto* c = rel_column(segment_of(rel), key);
    return c ? c->get(slot_of(rel)) : Value{};
}

const std::vector<KeyId>& StoreView::column_keys(std::optional<std::vector<KeyId>>& known, ElementKind kind,
                                                 std::uint32_t segment) const {
    if (!known) {
        std::vector<KeyId> found;
        for (std::uint32_t k = 0, n = store_.tokens().counts().keys; k < n; ++k)
            if (store_.find_part(*snapshot_, {kind, column_part(KeyId{k}), segment})) found.push_back(KeyId{k});
        known = std::move(found);  // all of them or none
    }
    return *known;
}

void StoreView::visit_properties(NodeId node, const PropertyVisitor& f) const {
    const auto* uncommitted = overlay_ ? overlay_->find(node) : nullptr;
    if (uncommitted && uncommitted->deleted) return;
    PropertyChanges all;
    if (!(uncommitted && uncommitted->created) && segment_of(node) < node_segments()) {
        const auto* committed = delta_node(node);
        if (!(committed && committed->created)) {
            const auto segment = segment_of(node);
            if (node_segment(segment).elements)
                for (const auto key : column_keys(node_segment(segment).keys, ElementKind::node, segment))
                    if (const auto* c = node_column(segment, key); c && c->has(slot_of(node)))
                        all.set(key, c->get(slot_of(node)));
        }
        if (committed)
            all.apply(committed->properties);
        else if (as_of_)
            history::restore(*snapshot_, node, *as_of_, all);
    }
    if (uncommitted) all.apply(uncommitted->properties);
    for (const auto& [key, value] : all)
        if (!value.is_null()) f(key, value);
}

void StoreView::visit_properties(RelId rel, const PropertyVisitor& f) const {
    const auto* uncommitted = overlay_ ? overlay_->find(rel) : nullptr;
    if (uncommitted && uncommitted->deleted) return;
    PropertyChanges all;
    if (!(uncommitted && uncommitted->created) && raw(rel) < rel_limit()) {
        const auto* committed = delta_rel(rel);
        if (!(committed && committed->created)) {
            const auto segment = segment_of(rel);
            if (rel_segment(segment).elements)
                for (const auto key : column_keys(rel_segment(segment).keys, ElementKind::relationship, segment))
                    if (const auto* c = rel_column(segment, key); c && c->has(slot_of(rel)))
                        all.set(key, c->get(slot_of(rel)));
        }
        if (committed)
            all.apply(committed->properties);
        else if (as_of_)
            history::restore(*snapshot_, rel, *as_of_, all);
    }
    if (uncommitted) all.apply(uncommitted->properties);
    for (const auto& [key, value] : all)
        if (!value.is_null()) f(key, value);
}

bool StoreView::any_relationship_has(KeyId key) const {
    if (key == no_key || raw(key) > key_ids_max) return false;
    if (has_delta_ || overlay_ || as_of_) return true;
    return store_.has_column(*snapshot_, ElementKind::relationship, key);
}

std::string StoreView::element_id(NodeId node) const { return fmt::format("1:n:{}", raw(node)); }
std::string StoreView::element_id(RelId rel) const { return fmt::format("1:r:{}", raw(rel)); }

// --- valid time

bool StoreView::is_valid(const Value& from, const Value& to) const {
    if (!valid_.at) return true;
    if (const auto begin = instant_us(from); begin && *valid_.at < *begin) return false;
    if (const auto end = instant_us(to); end && *valid_.at >= *end) return false;
    return true;
}

bool StoreView::valid_node(NodeId node) const {
    if (!valid_.at) return true;
    const auto& model = resolved();
    if (!model.any_dated_shape) return true;
    const auto s = raw(shape(node));
    if (s >= model.dated_shapes.size() || !model.dated_shapes[s]) return true;
    return is_valid(property(node, model.valid_from), property(node, model.valid_to));
}

bool StoreView::valid_edge(RelId rel, const Ends& ends) const {
    if (!valid_.at) return true;
    const auto& model = resolved();
    if (raw(ends.type) < model.dated_types.size() && model.dated_types[raw(ends.type)] &&
        !is_valid(property(rel, model.valid_from), property(rel, model.valid_to)))
        return false;
    return !model.any_dated_shape || (valid_node(ends.source) && valid_node(ends.target));
}

bool StoreView::filters_edges(TypeId type) const {
    if (!valid_.at) return false;
    const auto& model = resolved();
    return model.any_dated_shape || (raw(type) < model.dated_types.size() && model.dated_types[raw(type)]);
}

}  // namespace mainstay
