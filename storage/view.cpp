#include "view_impl.hpp"

#include "bytes.hpp"
#include "history.hpp"
#include "mainstay/core/assert.hpp"
#include "store_impl.hpp"
#include "validity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace mainstay {

namespace {

std::uint32_t count_dirty(const DirtySlots& slots) {
    std::uint32_t count = 0;
    for (const std::uint64_t word : slots) count += static_cast<std::uint32_t>(std::popcount(word));
    return count;
}

}  // namespace

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

NodeSegment& StoreView::renew_node_segment(std::uint32_t segment) const {
    auto& table = segments_->nodes;
    if (segment >= table.size()) table.resize(segment + 1);
    auto& s = table[segment];
    if (!s || s->hidden) {  // it may have been published
        auto read = std::make_unique<NodeSegment>();
        if (head_->hides(ElementKind::node, segment)) {
            read->hidden = read->elements_read = read->adjacency_read[0] = read->adjacency_read[1] = true;
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
            read->hidden = read->elements_read = true;
        }
        s = std::move(read);
    }
    if (!s->hidden) read_dirty(delta::DirtyMap::rel, segment, std::exchange(s->dirty_of, 0), s->dirty);
    s->dirty_of = snapshot_number_;
    return *s;
}

// The part's blob, and how much of it is to be checked, handed to `read`, whose answer is kept.
template <typename Elements, typename Read>
const Elements* StoreView::elements_of(bool& is_read, std::optional<Elements>& elements, const PartKey& key,
                                       Read&& read) const {
    if (!is_read) {
        if (const auto blob = store_.find_part(*snapshot_, key)) {
            elements = read(*blob, key, store_.checked_parts().check_for(key, *blob));
            store_.checked_parts().passed(key, *blob);
        }
        is_read = true;
    }
    return elements ? &*elements : nullptr;
}

const NodeElements* StoreView::node_elements(std::uint32_t segment) const {
    auto& s = node_segment(segment);
    return elements_of(s.elements_read, s.elements, {ElementKind::node, Part::elements, segment}, read_node_elements);
}

const RelElements* StoreView::rel_elements(std::uint32_t segment) const {
    auto& s = rel_segment(segment);
    return elements_of(s.elements_read, s.elements, {ElementKind::relationship, Part::elements, segment},
                       read_rel_elements);
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
        const auto* elements = node_elements(segment);
        if (!elements || !created_by(elements->last_change(), *as_of_)) return true;
    }
    if (is_dirty(node_segment(segment).dirty, slot)) return true;
    const auto* touched = overlay_ ? overlay_->touched_nodes(segment) : nullptr;
    return touched && touched->test(slot);
}

DirtyNodes StoreView::dirty_nodes(std::uint32_t segment) const {
    if (as_of_ || overlay_) return {*this, segment};
    const auto& dirty = node_segment(segment).dirty;
    return DirtyNodes{dirty ? dirty->data() : nullptr};
}

bool StoreView::rel_is_dirty(std::uint32_t segment, std::uint32_t slot) const {
    if (as_of_) {
        const auto* elements = rel_elements(segment);
        if (!elements || !created_by(elements->last_change(), *as_of_)) return true;
    }
    if (is_dirty(rel_segment(segment).dirty, slot)) return true;
    const auto* touched = overlay_ ? overlay_->touched_rels(segment) : nullptr;
    return touched && touched->test(slot);
}

// The newest row of an element that is dirty; empty: none.
std::string_view StoreView::find_row(char kind, std::uint32_t id, SegmentRows& rows, const Dirty& dirty) const {
    const auto search = [&](lmdb::Cursor& cursor) {
        return delta::newest(cursor, delta::element_prefix(kind, id), tx()).value_or(std::string_view{});
    };
    if (snapshot_->kind() == lmdb::Transaction::Kind::write) {  // its rows move with each write
        auto cursor = snapshot_->cursor(lmdb::Table::delta);
        return search(cursor);
    }
    if (rows.of == snapshot_number_ && rows.all && !as_of_) return rows.all->find(slot_of(NodeId{id}));
    if (last_row_.kind == kind && last_row_.id == id) return last_row_.bytes;
    if (!delta_cursor_) delta_cursor_.emplace(snapshot_->cursor(lmdb::Table::delta));
    if (!as_of_) {
        if (rows.of != snapshot_number_) rows = {snapshot_number_, 0, std::nullopt};
        // One search costs as much as to walk over so many rows; a few are searched for in any case.
        constexpr std::uint32_t rows_walked = 8, searches_min = 4;
        if (++rows.looks > searches_min && rows.looks * rows_walked > count_dirty(dirty)) {
            rows.all.emplace(*delta_cursor_, kind, segment_of(NodeId{id}), dirty);
            return rows.all->find(slot_of(NodeId{id}));
        }
    }
    last_row_ = {};
    last_row_ = {kind, id, search(*delta_cursor_)};
    return last_row_.bytes;
}

std::optional<NodeRow> StoreView::delta_row(NodeId node) const {
    if (!has_delta_) return std::nullopt;
    auto& s = node_segment(segment_of(node));
    if (!is_dirty(s.dirty, slot_of(node))) return std::nullopt;
    const auto bytes = find_row('N', raw(node), s.rows, *s.dirty);
    return bytes.empty() ? std::nullopt : std::optional<NodeRow>(bytes);
}

std::optional<RelRow> StoreView::delta_row(RelId rel) const {
    if (!has_delta_) return std::nullopt;
    auto& s = rel_segment(segment_of(rel));
    if (!is_dirty(s.dirty, slot_of(rel))) return std::nullopt;
    const auto bytes = find_row('R', raw(rel), s.rows, *s.dirty);
    return bytes.empty() ? std::nullopt : std::optional<RelRow>(bytes);
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
    if (const auto change = delta_row(node)) {
        if (change->deleted) return false;
        if (change->created) return true;
    }
    const auto* elements = node_elements(segment_of(node));
    if (!elements) return false;
    const auto slot = slot_of(node);
    if (!as_of_) return elements->is_live(slot);
    if (slot >= elements->slots() || !created_by(elements->created(slot), *as_of_)) return false;
    return elements->is_live(slot) || !created_by(elements->ended(slot), *as_of_);
}

bool StoreView::exists(RelId rel) const {
    if (overlay_)
        if (const auto* change = overlay_->find(rel)) {
            if (change->deleted) return false;
            if (change->created) return true;
        }
    if (raw(rel) >= rel_limit()) return false;
    if (const auto change = delta_row(rel)) {
        if (change->deleted) return false;
        if (change->created) return true;
    }
    const auto* elements = rel_elements(segment_of(rel));
    if (!elements) return false;
    const auto slot = slot_of(rel);
    if (!as_of_) return elements->is_live(slot);
    if (slot >= elements->slots() || !created_by(elements->created(slot), *as_of_)) return false;
    return elements->is_live(slot) || !created_by(elements->ended(slot), *as_of_);
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
    if (const auto change = delta_row(node); change && (change->created || change->reshaped)) return change->shape;
    if (as_of_)
        if (const auto before = history::shape_after(*snapshot_, node, *as_of_)) return *before;
    const auto* elements = node_elements(segment_of(node));
    return elements && slot_of(node) < elements->slots() ? elements->shape(slot_of(node)) : ShapeId{};
}

std::optional<Ends> StoreView::ends_if_known(RelId rel) const {
    if (overlay_)
        if (const auto* change = overlay_->find(rel)) return change->ends;
    if (raw(rel) >= rel_limit()) return std::nullopt;
    if (const auto change = delta_row(rel)) return change->ends;
    const auto* elements = rel_elements(segment_of(rel));
    if (!elements || slot_of(rel) >= elements->slots()) return std::nullopt;
    return elements->ends(slot_of(rel));
}

TxNumber StoreView::created_at(RelId rel) const {
    if (const auto change = delta_row(rel); change && change->created) return change->created_at;
    const auto* elements = rel_elements(segment_of(rel));
    if (!elements) return {};
    const auto mark = elements->created(slot_of(rel));
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
    if (const auto change = delta_row(node)) {
        if (auto value = change->find(key)) return *std::move(value);
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
    if (const auto change = delta_row(rel)) {
        if (auto value = change->find(key)) return *std::move(value);
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
        const auto committed = delta_row(node);
        if (!(committed && committed->created)) {
            const auto segment = segment_of(node);
            if (node_elements(segment))
                for (const auto key : column_keys(node_segment(segment).keys, ElementKind::node, segment))
                    if (const auto* c = node_column(segment, key); c && c->has(slot_of(node)))
                        all.set(key, c->get(slot_of(node)));
        }
        if (committed)
            all.apply(decode_properties(committed->properties));
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
        const auto committed = delta_row(rel);
        if (!(committed && committed->created)) {
            const auto segment = segment_of(rel);
            if (rel_elements(segment))
                for (const auto key : column_keys(rel_segment(segment).keys, ElementKind::relationship, segment))
                    if (const auto* c = rel_column(segment, key); c && c->has(slot_of(rel)))
                        all.set(key, c->get(slot_of(rel)));
        }
        if (committed)
            all.apply(decode_properties(committed->properties));
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
