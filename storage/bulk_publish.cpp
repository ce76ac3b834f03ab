#include "bulk_publish.hpp"

#include "account_table.hpp"
#include "bytes.hpp"
#include "delta.hpp"
#include "index_key.hpp"
#include "view_impl.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mainstay {

// --- the store's part

void StoreImpl::publish_alone(const std::function<Publication(const std::shared_ptr<lmdb::Transaction>&,
                                                              const std::shared_ptr<const Head>&)>& f) {
    become_writer();
    const std::lock_guard lock(write_mutex_);
    auto txn = std::make_shared<lmdb::Transaction>(env_, lmdb::Transaction::Kind::write);
    std::shared_ptr<const Head> before;
    {
        lmdb::Transaction reader(env_, lmdb::Transaction::Kind::read);
        before = head_for(reader);
    }
    auto publication = f(txn, before);
    const auto& head = publication.head;
    const auto stored = tokens_.store_since(stored_tokens_, *txn);
    head->snapshot = txn->id();
    delta_rows_.expect(publication.dirty);
    publish(head);
    try {
        txn->commit();
    } catch (...) {
        const std::lock_guard heads_lock(heads_mutex_);
        heads_.erase(head->snapshot);
        throw;
    }
    // It is published: from here on nothing may fail.
    stored_tokens_ = stored;
    delta_rows_.add(publication.dirty);
    try {
        for (const auto node : publication.connected) conflicts_.node_shared[raw(node)] = head->tx;
        for (const auto claim : publication.claims) conflicts_.claims[claim] = head->tx;
    } catch (...) {
        conflicts_.forget(head->tx);
    }
    try {
        note_snapshot();
    } catch (...) {
        // The next commit notes its own.
    }
}

std::uint64_t StoreImpl::new_load() { return next_load_++; }

void StoreImpl::delete_unpublished() {
    {
        lmdb::Transaction reader(env_, lmdb::Transaction::Kind::read);
        auto loads = reader.cursor(lmdb::Table::token);
        std::uint64_t last = 0;
        // The largest number of a published load; those given up leave nothing behind.
        if (const bool stands = loads.seek("C"); stands ? loads.previous() : loads.last())
            if (loads.key().starts_with('B') && loads.key().size() == 9)
                last = load_big_endian<std::uint64_t>(loads.key(), 1);
        next_load_ = last + 1;
        if (!loads.seek("P") || !loads.key().starts_with('P')) return;
    }
    lmdb::Transaction txn(env_, lmdb::Transaction::Kind::write);
    if (const auto pending = read_pending(txn)) delete_parts(txn, *pending);
    {  // a commit ends the cursors of its transaction
        auto cursor = txn.cursor(lmdb::Table::token);
        while (cursor.seek("P") && cursor.key().starts_with('P')) cursor.erase();
    }
    txn.commit();
}

// --- one load

namespace {

class Publisher {
public:
    Publisher(const BulkPublication& load, std::shared_ptr<lmdb::Transaction> txn, std::shared_ptr<const Head> before)
        : load_(load),
          txn_(std::move(txn)),
          before_(std::move(before)),
          old_(nullptr, load.store, txn_, before_, std::nullopt, ValidTime{}, nullptr) {}

    StoreImpl::Publication run(const ProgressSink& progress) {
        if (before_->model->since() != load_.rules.model->since() ||
            !same_schema(*before_->schema, *load_.rules.schema))
            throw Error{Code::write_conflict, "the class model or an index was changed while the load was running"}
                .with_hint("load again");
        check_outer();
        check_dated();
        check_unique();
        load_.encoder.throw_problems();
        if (progress) progress({"publishing", 0, 1});
        load_.parts.write_rest(*txn_);
        const auto tx = TxNumber{raw(before_->tx) + 1};
        write_outer(tx);
        write_keys();
        auto publication = write_record(tx);
        if (progress) progress({"publishing", 1, 1});
        return publication;
    }

private:
    // Nodes that were there before and get relationships.
    void check_outer() {
        const auto& outer = load_.edges.outer();
        std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint64_t> added;
        const std::lock_guard lock(load_.encoder.rules_mutex());
        auto& rules = load_.encoder.rules();
        const auto shape_of = [&](NodeId node) { return load_.nodes.shape_of(node).value_or(old_.shape(node)); };
        for (const auto& e : outer) {
            if (load_.nodes.shape_of(e.node) ? !load_.nodes.contains(e.node) : !old_.exists(e.node))
                throw Error{Code::entity_not_found, fmt::format("node {} does not exist", raw(e.node))}.with_hint(
                    "an end of a relationship is a node of the database or of the load");
            if (rules.model().is_empty()) continue;
            const bool is_out = e.direction == Direction::out;
            if (load_.nodes.contains(e.other) || old_.exists(e.other))
                if (auto problem = rules.problem_of(e.type, shape_of(is_out ? e.node : e.other),
                                                    shape_of(is_out ? e.other : e.node)))
                    load_.encoder.note_problem(*std::move(problem));
            if (!rules.limits(e.type, e.direction)) continue;
            claims_.push_back(claim_of_degree(e.type, e.node, e.direction));
            if (!rules.of_type(e.type).declaration->dated)
                ++added[{raw(e.type), Overlay::adjacency_key(e.node, e.direction)}];
        }
        for (const auto& [at, count] : added) {
            const TypeId type{at.first};
            const NodeId node{static_cast<std::uint32_t>(at.second >> 1)};
            const auto d = static_cast<Direction>(at.second & 1);
            if (auto problem = rules.problem_of(type, d, old_.degree(node, d, type) + count))
                load_.encoder.note_problem(*std::move(problem));
        }
    }

    // Of a dated type that the model limits, as many as it says may be valid at once, those that were there before
    // included.
    void check_dated() {
        const auto& edges = load_.edges.dated();
        const std::lock_guard lock(load_.encoder.rules_mutex());
        auto& rules = load_.encoder.rules();
        for (auto at = edges.begin(); at != edges.end();) {
            const auto first = at;
            Overlaps validities;
            for (; at != edges.end() && at->place() == first->place(); ++at) validities.add(at->begin, at->end);
            if (!load_.nodes.contains(first->node) && old_.exists(first->node))
                rules.add_validities(old_, first->node, first->direction, first->type, validities);
            if (auto problem = rules.problem_of(first->type, first->direction, validities.most()))
                load_.encoder.note_problem(*std::move(problem));
        }
    }

    void check_unique() {
        for (std::size_t i = 0; i < load_.rules.schema->indexes.size(); ++i) {
            const auto& index = load_.rules.schema->indexes[i];
            if (!index.is_unique()) continue;
            const auto& entries = load_.encoder.index_entries()[i];
            const auto taken = [&](const IndexEntries::Entry& e, const char* where) {
                load_.encoder.note_problem(fmt::format("there are two :{} with the same {}{} ({})", index.entry.label,
                                                       fmt::join(index.entry.keys, ", "), text_of(entries.key(e)),
                                                       where));
            };
            const auto all = entries.entries();
            for (std::size_t k = 1; k < all.size(); ++k)
                if (all[k - 1].order == all[k].order && entries.key(all[k - 1]) == entries.key(all[k]))
                    taken(all[k], "both in this load");
            auto cursor = txn_->cursor(lmdb::Table::unique);
            const auto prefix = index_prefix(index.entry.id);
            if (!cursor.seek(prefix) || !cursor.key().starts_with(prefix)) continue;
            for (const auto& e : all)
                if (txn_->get(lmdb::Table::unique, entries.key(e))) taken(e, "one of them was there before");
        }
    }

    static bool same_schema(const SchemaState& a, const SchemaState& b) {
        return std::equal(
            a.indexes.begin(), a.indexes.end(), b.indexes.begin(), b.indexes.end(),
            [](const Index& x, const Index& y) { return x.entry.id == y.entry.id && x.entry.name == y.entry.name; });
    }

    // A key of one string, for messages; others are not shown.
    static std::string text_of(std::string_view key) {
        constexpr char string_tag = 0x60;
        key.remove_prefix(4);
        if (key.empty() || key.front() != string_tag || key.size() >= index_values_max - 4) return "";
        const auto end = key.find('\0');
        if (end == std::string_view::npos || end + 2 != key.size()) return "";
        return fmt::format(" {}", print(Value{key.substr(1, end - 1)}));
    }

    void write_outer(TxNumber tx) {
        auto outer = load_.edges.outer();
        std::sort(outer.begin(), outer.end(), [](const OuterEdge& a, const OuterEdge& b) {
            return std::tuple(a.node, a.direction, a.type, a.other, a.rel) <
                   std::tuple(b.node, b.direction, b.type, b.other, b.rel);
        });
        for (const auto& e : outer) {
            txn_->put(lmdb::Table::delta, delta::adjacency_key(e.node, e.direction, e.type, e.other, e.rel),
                      delta::adjacency_value(tx, TxNumber{}));
            dirty_.mark(*txn_, delta::dirty_map(e.direction), raw(e.node), 1);
            if (connected_.empty() || connected_.back() != e.node) connected_.push_back(e.node);
        }
        dirty_.write(*txn_);
    }

    void write_keys() {
        for (std::size_t i = 0; i < load_.rules.schema->indexes.size(); ++i) {
            const auto& index = load_.rules.schema->indexes[i];
            const auto& entries = load_.encoder.index_entries()[i];
            if (entries.entries().empty()) continue;
            const auto table = index.is_unique() ? lmdb::Table::unique : lmdb::Table::index;
            // Behind everything the table has, keys are appended, which fills its pages.
            bool appends = true;
            if (auto cursor = txn_->cursor(table); cursor.last())
                appends = cursor.key() < entries.key(entries.entries().front());
            std::string key, id;
            for (const auto& e : entries.entries()) {
                key.assign(entries.key(e));
                id.clear();
                append_big_endian(id, e.id);
                if (!index.is_unique()) {
                    key += id;
                    id.clear();
                }
                if (appends)
                    txn_->append(table, key, id);
                else
                    txn_->put(table, key, id);
            }
        }
    }

    StoreImpl::Publication write_record(TxNumber tx) {
        auto head = std::make_shared<Head>(*before_);
        auto& ids = load_.store.ids();
        std::vector<std::pair<std::uint32_t, ShapeId>> shapes;
        std::uint64_t nodes = 0;
        for (std::size_t i = 0; i < load_.nodes.all().size(); ++i) {
            const auto& segment = load_.nodes.all()[i];
            shapes.emplace_back(load_.nodes.number(i), segment.shape);
            head->figures.count_node(segment.shape, static_cast<int>(segment.slots));
            nodes += segment.slots;
        }
        head->figures.note_shapes(shapes);
        for (const auto& block : load_.edges.blocks())
            for (std::uint32_t slot = 0; slot < block->slots; ++slot) head->figures.count_rel(block->type[slot], 1);
        if (load_.first_rel != no_id) ids.close_rels(load_.first_rel);

        LogRecord record;
        record.tx = head->tx = tx;
        record.previous = before_->last_hash;
        record.time_us = head->time_us = std::max(load_.store.now_us(), before_->time_us + 1);
        record.info = load_.info;
        admit(*txn_, old_, load_.principal, Role::editor, record);
        record.nodes_created = nodes;
        record.rels_created = load_.edges.count();
        record.node_segments = head->figures.node_segments =
            std::max(head->figures.node_segments, ids.node_segments_used());
        record.rel_next = head->figures.rel_next = std::max(head->figures.rel_next, ids.rel_next());
        record.rel_settled = head->rel_settled = ids.rel_settled();
        std::string body;
        append_raw(body, load_.load);
        append_text(body, encode(load_.parts.segments()));
        const auto hash = load_.parts.content_hash();
        body.append(reinterpret_cast<const char*>(hash.data()), hash.size());
        record.add(LogOperation::bulk_load, body);
        const auto bytes = encode(record);
        head->last_hash = blake2b(bytes);
        txn_->append(lmdb::Table::log, log_key(tx), bytes);

        std::string number;
        append_big_endian(number, raw(tx));
        txn_->put(lmdb::Table::token, load_token(load_.load), number);
        // What the log record does not tell in detail: the counts as of this transaction.
        txn_->put(lmdb::Table::token, figures_token, encode(head->figures, tx));
        head->pending = read_pending(*txn_);
        return {std::move(head), std::move(connected_), std::move(claims_), std::move(dirty_)};
    }

    const BulkPublication& load_;
    std::shared_ptr<lmdb::Transaction> txn_;
    std::shared_ptr<const Head> before_;
    StoreView old_;
    std::vector<NodeId> connected_;
    std::vector<std::uint64_t> claims_;
    delta::DirtyMarks dirty_;
};

}  // namespace

CommitResult publish(const BulkPublication& load, const ProgressSink& progress) {
    CommitResult result;
    load.store.publish_alone(
        [&](const std::shared_ptr<lmdb::Transaction>& txn, const std::shared_ptr<const Head>& before) {
            auto publication = Publisher(load, txn, before).run(progress);
            result = {publication.head->tx, publication.head->time_us};
            return publication;
        });
    return result;
}

}  // namespace mainstay
