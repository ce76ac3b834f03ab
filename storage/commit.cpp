#include "commit.hpp"

#include "account_table.hpp"
#include "bytes.hpp"
#include "index_key.hpp"
#include "mainstay/core/assert.hpp"

#include <algorithm>

namespace mainstay {
namespace {

// What a footprint names: an element and a property key, or one of these.
constexpr std::uint32_t any_change = 0xFFFFFFFE, structure_change = 0xFFFFFFFF, validity_change = 0xFFFFFFFD;

std::uint64_t footprint(ElementKind kind, std::uint32_t id, std::uint32_t key) {
    // A collision of two footprints only makes a transaction start over.
    std::uint64_t h = (std::uint64_t{id} << 32 | key) * 0x9E3779B97F4A7C15ULL;
    return (h ^ (h >> 29)) + static_cast<std::uint64_t>(kind) * 0xD1B54A32D192ED03ULL;
}

bool newer(const std::unordered_map<std::uint64_t, TxNumber>& table, std::uint64_t key, TxNumber than) {
    const auto at = table.find(key);
    return at != table.end() && at->second > than;
}

bool newer(const std::unordered_map<std::uint32_t, TxNumber>& table, NodeId node, TxNumber than) {
    const auto at = table.find(raw(node));
    return at != table.end() && at->second > than;
}

}  // namespace

CommitWriter::CommitWriter(const StoreImpl& store, Tokens& tokens, std::shared_ptr<lmdb::Transaction> txn,
                           std::shared_ptr<const Head> before, const CommitRequest& request)
    : store_(store),
      tokens_(tokens),
      txn_(std::move(txn)),
      before_(std::move(before)),
      request_(request),
      old_(nullptr, store, txn_, before_, std::nullopt, ValidTime{}, nullptr),
      valid_from_(tokens.find_key("valid_from")),
      valid_to_(tokens.find_key("valid_to")) {
    for (const auto& [id, change] : request_.overlay->nodes)
        if (!(change.created && change.deleted) && !change.is_nothing()) nodes_.push_back(id);
    for (const auto& [id, change] : request_.overlay->rels)
        if (!(change.created && change.deleted) && !change.is_nothing()) rels_.push_back(id);
    std::sort(nodes_.begin(), nodes_.end());
    std::sort(rels_.begin(), rels_.end());
}

// The two dates of an element are one thing: its end is not before its begin.
std::uint64_t CommitWriter::footprint_of(ElementKind kind, std::uint32_t id, KeyId key) const {
    return footprint(kind, id, key == valid_from_ || key == valid_to_ ? validity_change : raw(key));
}

bool CommitWriter::may_commit(const ConflictTable& conflicts) {
    const auto since = request_.snapshot;
    if (since == before_->tx) {
        collect_key_moves();
        return true;  // nobody came between
    }
    if (since < conflicts.since || conflicts.model > since) return false;
    if (request_.definitions) return false;
    const auto& overlay = *request_.overlay;
    for (const auto id : nodes_) {
        const auto& change = overlay.nodes.at(id);
        if (change.created) continue;
        if (newer(conflicts.written, footprint(ElementKind::node, id, structure_change), since)) return false;
        // What its new classes ask of its properties was checked as they were.
        if ((change.deleted || change.reshaped) &&
            newer(conflicts.written, footprint(ElementKind::node, id, any_change), since))
            return false;
        if ((change.deleted || change.reshaped) && newer(conflicts.node_shared, NodeId{id}, since)) return false;
        for (const auto& [key, value] : change.properties)
            if (newer(conflicts.written, footprint_of(ElementKind::node, id, key), since)) return false;
    }
    for (const auto id : rels_) {
        const auto& change = overlay.rels.at(id);
        if (change.created || change.deleted)
            for (const auto end : {change.ends.source, change.ends.target})
                if (newer(conflicts.node_exclusive, end, since)) return false;
        if (change.created) continue;
        if (newer(conflicts.written, footprint(ElementKind::relationship, id, structure_change), since)) return false;
        if (change.deleted && newer(conflicts.written, footprint(ElementKind::relationship, id, any_change), since))
            return false;
        for (const auto& [key, value] : change.properties)
            if (newer(conflicts.written, footprint_of(ElementKind::relationship, id, key), since)) return false;
    }
    for (const auto claim : request_.claims)
        if (newer(conflicts.claims, claim, since)) return false;
    collect_key_moves();
    // A key taken since the snapshot: the statement, run again, will find the element or report it.
    for (const auto& move : moves_) {
        if (!move.index->is_unique() || move.after.empty()) continue;
        const auto holder = txn_->get(lmdb::Table::unique, move.after);
        if (!holder || holder->size() != 4) continue;
        const auto id = load_big_endian<std::uint32_t>(*holder);
        if (id == move.id) continue;
        const bool released = std::any_of(moves_.begin(), moves_.end(),
                                          [&](const KeyMove& m) { return m.id == id && m.before == move.after; });
        if (!released) return false;
    }
    return true;
}

void CommitWriter::remember(ConflictTable& conflicts, TxNumber tx) const {
    const auto& overlay = *request_.overlay;
    for (const auto id : nodes_) {
        const auto& change = overlay.nodes.at(id);
        if (change.created) continue;
        conflicts.written[footprint(ElementKind::node, id, any_change)] = tx;
        if (change.deleted || change.reshaped) {
            conflicts.written[footprint(ElementKind::node, id, structure_change)] = tx;
            conflicts.node_exclusive[id] = tx;
        }
        for (const auto& [key, value] : change.properties)
            conflicts.written[footprint_of(ElementKind::node, id, key)] = tx;
    }
    for (const auto id : rels_) {
        const auto& change = overlay.rels.at(id);
        if (change.created || change.deleted)
            for (const auto end : {change.ends.source, change.ends.target}) conflicts.node_shared[raw(end)] = tx;
        if (change.created) continue;
        conflicts.written[footprint(ElementKind::relationship, id, any_change)] = tx;
        if (change.deleted) conflicts.written[footprint(ElementKind::relationship, id, structure_change)] = tx;
        for (const auto& [key, value] : change.properties)
            conflicts.written[footprint_of(ElementKind::relationship, id, key)] = tx;
    }
    for (const auto claim : request_.claims) conflicts.claims[claim] = tx;
    if (request_.definitions) conflicts.model = tx;
}

void CommitWriter::collect_key_moves() {
    const auto& schema = request_.view->schema_state();
    const auto& resolved = request_.view->resolved();
    const auto resolved_before = before_->model->resolved(tokens_);
    moves_.clear();
    std::vector<Value> values;
    const auto collect = [&](const auto& ids, ElementKind kind) {
        for (const auto& index : schema.indexes) {
            if (!index.has_entries() || index.entry.element != kind) continue;
            const bool was_there = before_->schema->find(index.entry.id) != nullptr;
            for (const auto id : ids) {
                KeyMove move{&index, id, {}, {}};
                const auto key_of = [&](const StoreView& view, auto element, bool covered) {
                    if (!covered || !was_there) return std::string{};
                    values.clear();
                    for (const auto key : index.keys) {
                        auto value = view.property(element, key);
                        if (value.is_null()) return std::string{};
                        values.push_back(std::move(value));
                    }
                    return index_values_key(index.entry.id, values);
                };
                // Other commits may have changed other properties since the snapshot: the state before is the file's,
                // and the state after that with this transaction's changes.
                if (kind == ElementKind::node) {
                    const NodeId node{id};
                    const auto& change = request_.overlay->nodes.at(id);
                    bool relevant = change.created || change.deleted || change.reshaped || request_.model;
                    for (const auto key : index.keys) relevant |= change.properties.find(key) != nullptr;
                    if (!relevant) continue;
                    if (!change.created)
                        move.before = key_of(old_, node, resolved_before->covers(old_.shape(node), index.label));
                    if (!change.deleted) {
                        const auto shape = change.created || change.reshaped ? change.shape : old_.shape(node);
                        if (resolved.covers(shape, index.label)) {
                            values.clear();
                            for (const auto key : index.keys) {
                                const auto* changed = change.properties.find(key);
                                auto value = changed ? *changed : change.created ? Value{} : old_.property(node, key);
                                if (value.is_null()) break;
                                values.push_back(std::move(value));
                            }
                            if (values.size() == index.keys.size())
                                move.after = index_values_key(index.entry.id, values);
                        }
                    }
                } else {
                    const RelId rel{id};
                    const auto& change = request_.overlay->rels.at(id);
                    if (change.ends.type != index.type) continue;
                    if (!change.created) move.before = key_of(old_, rel, true);
                    if (!change.deleted) move.after = key_after(index, rel, change);
                }
                if (move.before != move.after) moves_.push_back(std::move(move));
            }
        }
    };
    collect(nodes_, ElementKind::node);
    collect(rels_, ElementKind::relationship);
    if (!request_.model) return;
    // Another model may put a shape under a label or take it away: nodes that nobody touched come and go in indexes.
    for (const auto& index : schema.indexes) {
        if (!index.has_entries() || index.entry.element != ElementKind::node || !before_->schema->find(index.entry.id))
            continue;
        std::vector<ShapeId> gained, lost;
        for (std::uint32_t s = 0; s < before_->figures.nodes_by_shape.size(); ++s) {
            const ShapeId shape{s};
            const bool was = resolved_before->covers(shape, index.label), is = resolved.covers(shape, index.label);
            if (was != is) (is ? gained : lost).push_back(shape);
        }
        for (const auto* shapes : {&gained, &lost}) {
            std::vector<NodeId> nodes;
            for (std::uint32_t segment = 0; !shapes->empty() && segment < old_.node_segments(); ++segment)
                old_.scan_nodes(segment, *shapes, nodes);
            for (const auto node : nodes) {
                if (request_.overlay->find(node)) continue;
                values.clear();
                for (const auto key : index.keys) values.push_back(old_.property(node, key));
                if (std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); })) continue;
                KeyMove move{&index, raw(node), {}, {}};
                (shapes == &gained ? move.after : move.before) = index_values_key(index.entry.id, values);
                moves_.push_back(std::move(move));
            }
        }
    }
}

// The key of a relationship with this transaction's changes on top of what the file has now; "": none.
std::string CommitWriter::key_after(const Index& index, RelId rel, const RelChange& change) const {
    std::vector<Value> values;
    for (const auto key : index.keys) {
        const auto* changed = change.properties.find(key);
        values.push_back(changed ? *changed : change.created ? Value{} : old_.property(rel, key));
        if (values.back().is_null()) return {};
    }
    return index_values_key(index.entry.id, values);
}

// A node that is deleted takes its account along: that is a matter for administrators, and one of them stays.
void CommitWriter::protect_accounts() const {
    std::vector<NodeId> deleted;  // ascending
    for (const auto id : nodes_)
        if (request_.overlay->nodes.at(id).deleted) deleted.push_back(NodeId{id});
    if (deleted.empty() || !txn_->is_there(lmdb::Table::account)) return;
    std::sort(deleted.begin(), deleted.end());
    bool is_left = false;
    std::string last;
    for_each_account(*txn_, [&](std::string_view name, const AccountRow& row) {
        const bool is_deleted = std::binary_search(deleted.begin(), deleted.end(), row.user);
        if (is_deleted) require_role(request_.principal, Role::admin, "deleting the node of an account");
        if (row.role != Role::admin || row.is_disabled) return;
        if (is_deleted)
            last = name;
        else
            is_left = is_left || is_node(old_, row.user);
    });
    if (last.empty() || is_left) return;
    throw Error{Code::constraint_violation,
                "the account " + quoted(last) + " is of a node that is deleted, and no administrator would be left"}
        .with_hint("make another one first (mainstay user role)");
}

void CommitWriter::write_nodes(LogRecord& record, Head& head) {
    std::string row, body;
    for (const auto id : nodes_) {
        const NodeId node{id};
        NodeChange change = request_.overlay->nodes.at(id);
        const auto shape_before = change.created ? no_id : raw(old_.shape(node));
        if (change.created)
            change.created_at = record.tx, ++record.nodes_created;
        else if (change.deleted)
            ++record.nodes_deleted;
        else
            ++record.nodes_changed;
        body.clear();
        append_raw(body, id);
        append_raw(body, shape_before);
        encode(change, body);
        record.add(LogOperation::node, body);
        if (!change.created && (change.deleted || change.reshaped)) head.figures.count_node(ShapeId{shape_before}, -1);
        if (!change.deleted && (change.created || change.reshaped)) {
            head.figures.count_node(change.shape, 1);
            head.figures.note_shape(segment_of(node), change.shape);
        }
        if (!change.created)
            if (auto earlier = delta::find_node(*txn_, node, record.tx)) {
                apply(*earlier, change);
                change = *std::move(earlier);
            }
        row.clear();
        encode(change, row);
        txn_->put(lmdb::Table::delta, delta::node_key(node, record.tx), row);
        dirty_.mark(*txn_, delta::DirtyMap::node, id, 1);
    }
}

void CommitWriter::write_rels(LogRecord& record, Head& head) {
    std::string row, body;
    for (const auto id : rels_) {
        const RelId rel{id};
        RelChange change = request_.overlay->rels.at(id);
        if (change.created)
            change.created_at = record.tx, ++record.rels_created;
        else if (change.deleted)
            ++record.rels_deleted;
        else
            ++record.rels_changed;
        body.clear();
        append_raw(body, id);
        encode(change, body);
        record.add(LogOperation::rel, body);
        if (change.created || change.deleted) head.figures.count_rel(change.ends.type, change.created ? 1 : -1);
        if (!change.created)
            if (auto earlier = delta::find_rel(*txn_, rel, record.tx)) {
                apply(*earlier, change);
                change = *std::move(earlier);
            }
        row.clear();
        encode(change, row);
        txn_->put(lmdb::Table::delta, delta::rel_key(rel, record.tx), row);
        dirty_.mark(*txn_, delta::DirtyMap::rel, id, 1);
    }
}

void CommitWriter::write_adjacency(TxNumber tx) {
    std::vector<std::uint64_t> keys;
    for (const auto& [key, adjacency] : request_.overlay->adjacency) keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    for (const auto key : keys) {
        const NodeId node{static_cast<std::uint32_t>(key >> 1)};
        const auto d = static_cast<Direction>(key & 1);
        // A slot is also dirty if only the dates of an edge have changed: the bounds of its part do not know them.
        std::size_t rows = request_.overlay->adjacency.at(key).dates_changed ? 1 : 0;
        for (const auto& of : request_.overlay->adjacency.at(key).types) {
            for (std::size_t i = 0; i < of.added.rel.size(); ++i)
                txn_->put(lmdb::Table::delta,
                          delta::adjacency_key(node, d, of.type, of.added.other[i], of.added.rel[i]),
                          delta::adjacency_value(tx, TxNumber{}));
            for (std::size_t i = 0; i < of.removed.size(); ++i) {
                const auto row_key = delta::adjacency_key(node, d, of.type, of.removed_other[i], of.removed[i]);
                TxNumber added{};
                if (const auto row = txn_->get(lmdb::Table::delta, row_key))
                    added = delta::adjacency_row(row_key, *row).added;
                txn_->put(lmdb::Table::delta, row_key, delta::adjacency_value(added, tx));
            }
            rows += of.added.rel.size() + of.removed.size();
        }
        if (rows > 0) dirty_.mark(*txn_, delta::dirty_map(d), raw(node), static_cast<std::uint32_t>(rows));
    }
}

void CommitWriter::write_keys(TxNumber tx) {
    const auto table_of = [](const Index& index) {
        return index.is_unique() ? lmdb::Table::unique : lmdb::Table::index;
    };
    for (const auto& move : moves_) {
        if (move.before.empty()) continue;
        const auto entry = with_element(move.before, move.id);
        txn_->erase(table_of(*move.index), move.index->is_unique() ? move.before : entry);
        std::string past;
        append_raw(past, std::uint64_t{0});  // began: not kept
        append_raw(past, raw(tx));
        txn_->put(lmdb::Table::index_past, entry, past);
    }
    for (const auto& move : moves_) {
        if (move.after.empty()) continue;
        if (move.index->is_unique()) {
            std::string id;
            append_big_endian(id, move.id);
            txn_->put(lmdb::Table::unique, move.after, id);
        } else {
            txn_->put(lmdb::Table::index, with_element(move.after, move.id), {});
        }
    }
}

void CommitWriter::write_schema(LogRecord& record, Head& head, TxNumber tx) {
    if (request_.model) {
        const auto& model = request_.model->model();
        const auto json = model.is_empty() ? std::string{} : model.to_json();
        txn_->put(lmdb::Table::token, model_token(tx), json);
        record.add(LogOperation::model, json);
        head.model = std::make_shared<ModelState>(model, tx);
    }
    if (request_.added_schema.empty() && request_.dropped_schema.empty()) return;
    auto schema = std::make_shared<SchemaState>(*head.schema);
    for (const auto& index : request_.dropped_schema) {
        txn_->erase(lmdb::Table::token, schema_token(index.entry.id));
        const auto prefix = index_prefix(index.entry.id);
        for (const auto table : {lmdb::Table::unique, lmdb::Table::index, lmdb::Table::index_past}) {
            auto cursor = txn_->cursor(table);
            while (cursor.seek(prefix) && cursor.key().starts_with(prefix)) cursor.erase();
        }
        std::string body;
        append_raw(body, static_cast<std::uint32_t>(index.entry.id));
        append_text(body, index.entry.name);
        record.add(LogOperation::drop_schema, body);
        std::erase_if(schema->indexes, [&](const Index& i) { return i.entry.id == index.entry.id; });
    }
    for (const auto& entry : request_.added_schema) {
        txn_->put(lmdb::Table::token, schema_token(entry.id), encode_schema_row(entry, tx));
        record.add(LogOperation::add_schema, encode(entry));
        schema->indexes.push_back(resolve(entry, tx, tokens_));
        schema->next_id = std::max(schema->next_id, static_cast<std::uint32_t>(entry.id) + 1);
        const auto& index = schema->indexes.back();
        if (!index.has_entries()) continue;
        // Elements the transaction did not touch itself; its own are among the key moves.
        std::vector<std::pair<std::string, std::uint32_t>> entries;
        std::vector<Value> values;
        const auto take = [&](auto element) {
            values.clear();
            for (const auto key : index.keys) {
                auto value = request_.view->property(element, key);
                if (value.is_null()) return;
                values.push_back(std::move(value));
            }
            entries.emplace_back(index_values_key(entry.id, values), raw(element));
        };
        if (entry.element == ElementKind::node) {
            old_.for_each_node(no_label, [&](NodeId node) {
                if (request_.view->exists(node) &&
                    request_.view->resolved().covers(request_.view->shape(node), index.label))
                    take(node);
            });
        } else {
            std::vector<RelId> rels;
            for (std::uint32_t s = 0; s < old_.rel_segments(); ++s) old_.scan_rels(s, index.type, rels);
            for (const auto rel : rels)
                if (request_.view->exists(rel)) take(rel);
        }
        std::sort(entries.begin(), entries.end());
        for (const auto& [key, id] : entries) {
            if (index.is_unique()) {
                std::string value;
                append_big_endian(value, id);
                txn_->put(lmdb::Table::unique, key, value);
            } else {
                txn_->put(lmdb::Table::index, with_element(key, id), {});
            }
        }
    }
    head.schema = std::move(schema);
}

std::shared_ptr<Head> CommitWriter::write(std::int64_t time_us, std::uint32_t node_segments, std::uint32_t rel_next,
                                          std::uint32_t rel_settled) {
    auto head = std::make_shared<Head>(*before_);
    LogRecord record;
    record.tx = head->tx = TxNumber{raw(before_->tx) + 1};
    record.previous = before_->last_hash;
    record.time_us = head->time_us = time_us;
    record.info = request_.info;
    admit(*txn_, old_, request_.principal, request_.needed(), record);
    if (request_.accounts) request_.accounts(*txn_, old_, record);
    protect_accounts();
    write_schema(record, *head, record.tx);
    write_nodes(record, *head);
    write_rels(record, *head);
    write_adjacency(record.tx);
    write_keys(record.tx);
    dirty_.write(*txn_);
    record.node_segments = head->figures.node_segments = std::max(head->figures.node_segments, node_segments);
    record.rel_next = head->figures.rel_next = std::max(head->figures.rel_next, rel_next);
    record.rel_settled = head->rel_settled = rel_settled;
    const auto bytes = encode(record);
    head->last_hash = blake2b(bytes);
    txn_->append(lmdb::Table::log, log_key(record.tx), bytes);
    return head;
}

}  // namespace mainstay
