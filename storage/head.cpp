#include "head.hpp"

#include "bytes.hpp"

#include <algorithm>
#include <numeric>

namespace mainstay {
namespace {

// A model was checked before it was stored: one that cannot be read is damage, not somebody's mistake.
Model stored_model(std::string_view json) {
    if (json.empty()) return Model::empty();
    try {
        return Model::from_json(json);
    } catch (const Error&) {
        throw Error{Code::corrupt, "the stored class model cannot be read"}.with_hint(
            "the file is damaged: restore a backup");
    }
}

// The operations of one log record applied to what was known before it.
void apply(const LogRecord& record, Head& head, Tokens& tokens) {
    for_each_operation(record, [&](LogOperation code, std::string_view body) {
        ByteReader reader(body, "an operation of the change log");
        switch (code) {
            case LogOperation::node: {
                const NodeId id{reader.fixed<std::uint32_t>()};
                const auto before = reader.fixed<std::uint32_t>();
                const auto change = decode_node_change(reader.rest());
                if (before != no_id && (change.deleted || change.reshaped))
                    head.figures.count_node(ShapeId{before}, -1);
                if (!change.deleted && (change.created || change.reshaped)) {
                    head.figures.count_node(change.shape, 1);
                    head.figures.note_shape(segment_of(id), change.shape);
                }
                break;
            }
            case LogOperation::rel: {
                reader.fixed<std::uint32_t>();
                const auto change = decode_rel_change(reader.rest());
                if (change.created != change.deleted) head.figures.count_rel(change.ends.type, change.created ? 1 : -1);
                break;
            }
            case LogOperation::model: head.model = std::make_shared<ModelState>(stored_model(body), record.tx); break;
            case LogOperation::add_schema: {
                auto schema = std::make_shared<SchemaState>(*head.schema);
                schema->indexes.push_back(resolve(decode_schema_entry(body), record.tx, tokens));
                schema->next_id =
                    std::max(schema->next_id, static_cast<std::uint32_t>(schema->indexes.back().entry.id) + 1);
                head.schema = std::move(schema);
                break;
            }
            case LogOperation::drop_schema: {
                const IndexId id{reader.fixed<std::uint32_t>()};
                auto schema = std::make_shared<SchemaState>(*head.schema);
                std::erase_if(schema->indexes, [id](const Index& i) { return i.entry.id == id; });
                head.schema = std::move(schema);
                break;
            }
            case LogOperation::bulk_load: break;  // its publisher stores new figures in the same transaction
            case LogOperation::signed_in:
            case LogOperation::account: break;  // no part of the graph
        }
    });
    head.tx = record.tx;
    head.time_us = record.time_us;
    head.rel_settled = record.rel_settled;
    head.figures.node_segments = std::max(head.figures.node_segments, record.node_segments);
    head.figures.rel_next = std::max(head.figures.rel_next, record.rel_next);
}

std::shared_ptr<const SchemaState> read_schema(const lmdb::Transaction& txn, Tokens& tokens) {
    auto schema = std::make_shared<SchemaState>();
    auto cursor = txn.cursor(lmdb::Table::token);
    for (bool more = cursor.seek("I"); more && cursor.key().starts_with('I'); more = cursor.next()) {
        ByteReader reader(cursor.value(), "an index declaration");
        const TxNumber since{reader.fixed<std::uint64_t>()};
        auto entry = decode_schema_entry(reader.rest());
        schema->next_id = std::max(schema->next_id, static_cast<std::uint32_t>(entry.id) + 1);
        schema->indexes.push_back(resolve(std::move(entry), since, tokens));
    }
    return schema;
}

}  // namespace

std::shared_ptr<const ResolvedModel> ModelState::resolved(const Tokens& tokens) const {
    const auto counts = tokens.counts();
    const std::lock_guard lock(mutex_);
    if (resolved_ && resolved_->counts == counts) return resolved_;
    auto r = std::make_shared<ResolvedModel>();
    r->counts = counts;
    r->dated_types.assign(counts.types, false);
    r->dated_shapes.assign(counts.shapes, false);
    r->valid_from = tokens.find_key("valid_from");
    r->valid_to = tokens.find_key("valid_to");
    for (const auto& type : model_.types())
        if (const auto id = tokens.find_type(type.name); type.dated && raw(id) < counts.types)
            r->dated_types[raw(id)] = r->any_dated_type = true;
    std::vector<bool> dated_labels(counts.labels, false);
    for (const auto& c : model_.classes())
        if (const auto id = tokens.find_label(c.name); raw(id) < counts.labels && model_.is_dated(c.name))
            dated_labels[raw(id)] = true;
    for (std::uint32_t shape = 0; shape < counts.shapes; ++shape)
        for (const auto label : tokens.labels_of(ShapeId{shape}))
            if (raw(label) < counts.labels && dated_labels[raw(label)])
                r->dated_shapes[shape] = r->any_dated_shape = true;
    std::vector<std::vector<LabelId>> above(counts.labels);
    for (std::uint32_t label = 0; label < counts.labels; ++label) {
        const auto name = tokens.label(LabelId{label});
        above[label].push_back(LabelId{label});
        if (!model_.find_class(name)) continue;
        for (const auto& ancestor : model_.ancestors(name))
            if (const auto id = tokens.find_label(ancestor); id != no_label) above[label].push_back(id);
    }
    r->shape_labels.resize(counts.shapes);
    for (std::uint32_t shape = 0; shape < counts.shapes; ++shape) {
        auto& labels = r->shape_labels[shape];
        for (const auto label : tokens.labels_of(ShapeId{shape}))
            if (raw(label) < above.size())
                labels.insert(labels.end(), above[raw(label)].begin(), above[raw(label)].end());
        std::sort(labels.begin(), labels.end());
        labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    }
    r->semantics = std::make_unique<Semantics>(model_, tokens);
    return resolved_ = r;
}

bool ResolvedModel::covers(ShapeId shape, LabelId label) const noexcept {
    return raw(shape) < shape_labels.size() &&
           std::binary_search(shape_labels[raw(shape)].begin(), shape_labels[raw(shape)].end(), label);
}

const Index* SchemaState::find(IndexId id) const noexcept {
    const auto at = std::find_if(indexes.begin(), indexes.end(), [id](const Index& i) { return i.entry.id == id; });
    return at == indexes.end() ? nullptr : &*at;
}

const Index* SchemaState::find(std::string_view name) const noexcept {
    const auto at =
        std::find_if(indexes.begin(), indexes.end(), [name](const Index& i) { return i.entry.name == name; });
    return at == indexes.end() ? nullptr : &*at;
}

Figures::Figures() : segment_shapes(std::make_shared<std::vector<std::vector<ShapeId>>>()) {}

void Figures::count_node(ShapeId shape, int by) {
    if (raw(shape) >= nodes_by_shape.size()) nodes_by_shape.resize(raw(shape) + 1);
    nodes_by_shape[raw(shape)] += static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
}

void Figures::count_rel(TypeId type, int by) {
    if (raw(type) >= rels_by_type.size()) rels_by_type.resize(raw(type) + 1);
    rels_by_type[raw(type)] += static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
}

void Figures::note_shape(std::uint32_t segment, ShapeId shape) {
    node_segments = std::max(node_segments, segment + 1);
    if (segment < segment_shapes->size()) {
        const auto& known = (*segment_shapes)[segment];
        if (std::binary_search(known.begin(), known.end(), shape)) return;
    }
    auto copy = std::make_shared<std::vector<std::vector<ShapeId>>>(*segment_shapes);
    if (segment >= copy->size()) copy->resize(segment + 1);
    auto& shapes = (*copy)[segment];
    shapes.insert(std::lower_bound(shapes.begin(), shapes.end(), shape), shape);
    segment_shapes = std::move(copy);
}

void Figures::note_shapes(std::span<const std::pair<std::uint32_t, ShapeId>> segments) {
    auto copy = std::make_shared<std::vector<std::vector<ShapeId>>>(*segment_shapes);
    for (const auto& [segment, shape] : segments) {
        node_segments = std::max(node_segments, segment + 1);
        if (segment >= copy->size()) copy->resize(segment + 1);
        auto& shapes = (*copy)[segment];
        if (const auto at = std::lower_bound(shapes.begin(), shapes.end(), shape); at == shapes.end() || *at != shape)
            shapes.insert(at, shape);
    }
    segment_shapes = std::move(copy);
}

void SegmentRanges::add(std::uint32_t segment) {
    if (contains(segment)) return;
    const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), segment,
                                        [](std::uint32_t s, const Range& r) { return s < r.first; });
    auto at = ranges_.insert(after, Range{segment, 1});
    if (const auto next = at + 1; next != ranges_.end() && next->first == segment + 1) {
        at->count += next->count;
        ranges_.erase(next);
    }
    if (at != ranges_.begin())
        if (const auto before = at - 1; before->first + before->count == segment) {
            before->count += at->count;
            ranges_.erase(at);
        }
}

bool SegmentRanges::contains(std::uint32_t segment) const noexcept {
    const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), segment,
                                        [](std::uint32_t s, const Range& r) { return s < r.first; });
    return after != ranges_.begin() && segment - std::prev(after)->first < std::prev(after)->count;
}

std::uint64_t SegmentRanges::count() const noexcept {
    std::uint64_t n = 0;
    for (const auto& range : ranges_) n += range.count;
    return n;
}

std::string encode(const LoadSegments& segments) {
    std::string out;
    for (const auto* of : {&segments.nodes, &segments.rels}) {
        append_varint(out, of->ranges().size());
        for (const auto& range : of->ranges()) {
            append_varint(out, range.first);
            append_varint(out, range.count);
        }
    }
    return out;
}

LoadSegments decode_load_segments(std::string_view bytes) {
    ByteReader reader(bytes, "the list of segments of a bulk load");
    LoadSegments segments;
    for (auto* of : {&segments.nodes, &segments.rels})
        for (auto n = reader.varint(); n > 0; --n) {
            const auto first = reader.varint32(), count = reader.varint32();
            constexpr std::uint32_t segments_max = 1U << (32 - segment_bits);
            if (first >= segments_max || count > segments_max - first) reader.fail();
            for (std::uint32_t i = 0; i < count; ++i) of->add(first + i);
        }
    return segments;
}

bool Head::is_pending(ElementKind kind, std::uint32_t segment) const noexcept {
    return std::any_of(pending->begin(), pending->end(), [&](const LoadSegments& load) {
        return (kind == ElementKind::node ? load.nodes : load.rels).contains(segment);
    });
}

std::shared_ptr<const std::vector<LoadSegments>> read_pending(const lmdb::Transaction& txn) {
    std::vector<LoadSegments> loads;
    auto cursor = txn.cursor(lmdb::Table::token);
    for (bool more = cursor.seek("P"); more && cursor.key().starts_with('P'); more = cursor.next())
        loads.push_back(decode_load_segments(cursor.value()));
    if (loads.empty()) return nullptr;
    return std::make_shared<const std::vector<LoadSegments>>(std::move(loads));
}

std::uint64_t Figures::nodes() const noexcept {
    return std::accumulate(nodes_by_shape.begin(), nodes_by_shape.end(), std::uint64_t{0});
}
std::uint64_t Figures::rels() const noexcept {
    return std::accumulate(rels_by_type.begin(), rels_by_type.end(), std::uint64_t{0});
}

// tx u64 | node_segments, rel_next varints | shapes: count, then count of nodes each | types likewise | segments:
// count, then for each the number of shapes and the shapes.
std::string encode(const Figures& f, TxNumber tx) {
    std::string out;
    append_raw(out, raw(tx));
    append_varint(out, f.node_segments);
    append_varint(out, f.rel_next);
    for (const auto* counts : {&f.nodes_by_shape, &f.rels_by_type}) {
        append_varint(out, counts->size());
        for (const auto n : *counts) append_varint(out, n);
    }
    append_varint(out, f.segment_shapes->size());
    for (const auto& shapes : *f.segment_shapes) {
        append_varint(out, shapes.size());
        for (const auto shape : shapes) append_varint(out, raw(shape));
    }
    return out;
}

std::pair<Figures, TxNumber> decode_figures(std::string_view bytes) {
    ByteReader reader(bytes, "the counts of the database");
    Figures f;
    const TxNumber tx{reader.fixed<std::uint64_t>()};
    f.node_segments = reader.varint32();
    f.rel_next = reader.varint32();
    for (auto* counts : {&f.nodes_by_shape, &f.rels_by_type})
        for (auto n = reader.varint(); n > 0; --n) counts->push_back(reader.varint());
    auto segments = std::make_shared<std::vector<std::vector<ShapeId>>>();
    for (auto n = reader.varint(); n > 0; --n) {
        auto& shapes = segments->emplace_back();
        for (auto k = reader.varint(); k > 0; --k) shapes.push_back(ShapeId{reader.varint32()});
    }
    f.segment_shapes = std::move(segments);
    return {std::move(f), tx};
}

std::shared_ptr<const SchemaState> SchemaState::as_of(TxNumber at) const {
    auto then = std::make_shared<SchemaState>(*this);
    std::erase_if(then->indexes, [at](const Index& i) { return i.since > at; });
    return then;
}

std::string encode_schema_row(const SchemaEntry& entry, TxNumber since) {
    std::string row;
    append_raw(row, raw(since));
    return row + encode(entry);
}

Index resolve(SchemaEntry entry, TxNumber since, Tokens& tokens) {
    Index index;
    index.since = since;
    for (const auto& key : entry.keys) index.keys.push_back(tokens.add_key(key));
    if (entry.element == ElementKind::node)
        index.label = tokens.add_label(entry.label);
    else
        index.type = tokens.add_type(entry.label);
    index.entry = std::move(entry);
    return index;
}

std::shared_ptr<const Head> read_head(const lmdb::Transaction& txn, Tokens& tokens, const Head* earlier) {
    auto head = std::make_shared<Head>();
    tokens.load(txn);
    auto log = txn.cursor(lmdb::Table::log);
    if (earlier && earlier->snapshot <= txn.id()) {
        *head = *earlier;
    } else {
        head->schema = read_schema(txn, tokens);
        head->model = read_model(txn, TxNumber{~std::uint64_t{0}});
    }
    const bool fresh = !(earlier && earlier->snapshot <= txn.id());
    TxNumber from = head->tx;
    if (const auto bytes = txn.get(lmdb::Table::token, figures_token)) {
        auto [figures, tx] = decode_figures(*bytes);
        if (fresh || tx > head->tx) {
            head->figures = std::move(figures);
            if (fresh)
                from = tx;
            else
                from = std::max(from, tx), head->schema = read_schema(txn, tokens),
                head->model = read_model(txn, TxNumber{~std::uint64_t{0}});
        }
    }
    std::string newest;
    if (fresh) {
        // Model and schema are as of now already; records since the figures must not add them twice.
        const auto schema = head->schema;
        const auto model = head->model;
        for (bool more = log.seek(log_key(TxNumber{raw(from) + 1})); more; more = log.next())
            apply(decode_log_record(tx_of_log_key(log.key()), log.value()), *head, tokens);
        head->schema = schema;
        head->model = model;
    } else {
        for (bool more = log.seek(log_key(TxNumber{raw(from) + 1})); more; more = log.next())
            apply(decode_log_record(tx_of_log_key(log.key()), log.value()), *head, tokens);
    }
    if (log.last()) {
        const auto record = decode_log_record(tx_of_log_key(log.key()), log.value());
        head->tx = record.tx;
        head->time_us = record.time_us;
        head->rel_settled = record.rel_settled;
        head->figures.node_segments = std::max(head->figures.node_segments, record.node_segments);
        head->figures.rel_next = std::max(head->figures.rel_next, record.rel_next);
        head->last_hash = blake2b(log.value());
    }
    head->snapshot = txn.id();
    head->pending = read_pending(txn);
    return head;
}

std::shared_ptr<const ModelState> read_model(const lmdb::Transaction& txn, TxNumber at) {
    auto cursor = txn.cursor(lmdb::Table::token);
    const auto wanted = model_token(at);
    bool stands = cursor.seek(wanted);
    if (!(stands && cursor.key() == wanted)) stands = stands ? cursor.previous() : cursor.last();
    if (!stands || !cursor.key().starts_with('M') || cursor.key().size() != 9)
        return std::make_shared<ModelState>(Model::empty(), TxNumber{});
    const TxNumber since{load_big_endian<std::uint64_t>(cursor.key(), 1)};
    return std::make_shared<ModelState>(stored_model(cursor.value()), since);
}

std::string model_token(TxNumber since) {
    std::string key("M");
    append_big_endian(key, raw(since));
    return key;
}

std::string load_token(std::uint64_t load) {
    std::string key("B");
    append_big_endian(key, load);
    return key;
}

std::string pending_token(std::uint64_t load) {
    std::string key("P");
    append_big_endian(key, load);
    return key;
}

std::string schema_token(IndexId id) {
    std::string key("I");
    append_big_endian(key, static_cast<std::uint32_t>(id));
    return key;
}

}  // namespace mainstay
