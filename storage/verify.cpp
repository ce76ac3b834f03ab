// A deep check of one snapshot: every part on its own, then every reference from one table to another, both ways. Each
// problem names the table and, where there is one, the segment and part.

#include "account_table.hpp"
#include "bytes.hpp"
#include "file_header.hpp"
#include "history.hpp"
#include "index_key.hpp"
#include "store_impl.hpp"
#include "view_impl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace mainstay {
namespace {

class Verifier {
public:
    Verifier(const StoreImpl& store, StoreImpl::Snapshot snapshot, const ProgressSink& progress)
        : store_(store),
          txn_(std::move(snapshot.txn)),
          head_(std::move(snapshot.head)),
          view_(nullptr, store, txn_, head_, std::nullopt, ValidTime{}, nullptr),
          progress_(progress) {}

    VerifyReport run(const lmdb::PageProblems& pages) {
        using enum lmdb::Table;
        const auto step = [&](std::string_view what, std::initializer_list<lmdb::Table> tables, auto&& f) {
            if (progress_) progress_({fmt::format("checking {}", what), done_, steps});
            ++done_;
            const auto* damaged = std::find_if(tables.begin(), tables.end(), [&](lmdb::Table table) {
                return pages.damaged[static_cast<std::size_t>(table)];
            });
            if (damaged != tables.end())
                problem("{}: not checked further: the pages of {} are damaged", what, lmdb::name_of(*damaged));
            else
                guarded(what, f);
        };
        step("names", {token}, [&] { names(); });
        step("change log", {log}, [&] { this->log(); });
        step("segments", {segment, delta}, [&] { parts(); });
        step("deltas", {delta}, [&] { deltas(); });
        step("nodes and relationships", {segment, delta}, [&] { elements(); });
        step("adjacency", {segment, delta}, [&] { adjacency(); });
        step("indexes", {unique, index, index_past, segment, delta}, [&] { indexes(); });
        step("accounts", {account, token}, [&] { accounts(); });
        step("history", {lmdb::Table::history, segment, delta}, [&] { this->history(); });
        guarded("file", [&] { txn_->require_readable(); });
        return std::move(report_);
    }

private:
    template <typename... Args>
    void problem(fmt::format_string<Args...> format, Args&&... args) {
        constexpr std::size_t problems_max = 1000;
        if (report_.problems.size() < problems_max)
            report_.problems.push_back(fmt::format(format, std::forward<Args>(args)...));
    }
    // What a reader finds damaged becomes a problem, and the rest is checked all the same.
    template <typename F>
    void guarded(std::string_view where, F&& f) {
        try {
            f();
        } catch (const Error& error) {
            if (error.code() == Code::cancelled) throw;
            problem("{}: {}", where, error.what());
        }
    }
    bool is_published(Mark mark) const { return mark == Mark::never || view_.tx_of(mark) <= head_->tx; }

    // --- token
    void names() {
        std::map<char, std::uint32_t> next{{'S', 1}};  // the empty shape is not stored
        auto cursor = txn_->cursor(lmdb::Table::token);
        for (bool more = cursor.first(); more; more = cursor.next()) {
            const auto key = cursor.key();
            if (key.empty() || std::string_view{"HLTKSMIFBPW"}.find(key[0]) == std::string_view::npos)
                problem("token: a row of unknown kind");
            if (key.size() != 5 || std::string_view{"LTKS"}.find(key[0]) == std::string_view::npos) continue;
            if (load_big_endian<std::uint32_t>(key, 1) != next[key[0]]++)
                problem("token: names of kind {} are not numbered without gaps", key[0]);
            if (key[0] != 'S') continue;
            ByteReader labels(cursor.value(), "a shape");
            for (std::uint32_t before = 0, first = 1; !labels.at_end(); first = 0) {
                const auto label = labels.fixed<std::uint32_t>();
                if (!first && label <= before) problem("token: labels of shape {} do not ascend", next['S'] - 1);
                if (store_.tokens().label(LabelId{label}).empty() && label >= store_.tokens().counts().labels)
                    problem("token: shape {} has label {}, which has no name", next['S'] - 1, label);
                before = label;
            }
        }
        if (const auto bytes = txn_->get(lmdb::Table::token, figures_token))
            if (const auto [figures, tx] = decode_figures(*bytes); tx > head_->tx)
                problem("token: the counts are of a transaction to come");
    }

    // --- log
    void log() {
        Hash previous{};
        std::uint64_t tx = 0;
        std::int64_t time = std::numeric_limits<std::int64_t>::min();
        auto cursor = txn_->cursor(lmdb::Table::log);
        for (bool more = cursor.first(); more; more = cursor.next()) {
            guarded("log", [&] {
                const auto number = tx_of_log_key(cursor.key());
                if (raw(number) != ++tx) problem("log: record {} follows record {}", raw(number), tx - 1);
                tx = raw(number);
                const auto record = decode_log_record(number, cursor.value());
                if (record.previous != previous) problem("log: record {} does not continue the chain", tx);
                if (record.time_us <= time) problem("log: record {} is not later than the one before", tx);
                time = record.time_us;
                for_each_operation(record, [](LogOperation, std::string_view) {});
            });
            previous = blake2b(cursor.value());
            ++report_.log_records;
        }
        if (tx != raw(head_->tx)) problem("log: the newest record is {}, not {}", tx, raw(head_->tx));
    }

    // --- segment
    void parts() {
        std::set<std::pair<ElementKind, std::uint32_t>> with_elements, others;
        auto cursor = txn_->cursor(lmdb::Table::segment);
        for (bool more = cursor.first(); more; more = cursor.next()) {
            std::uint64_t number;
            if (cursor.key().size() != sizeof number) {
                problem("segment: a key of {} bytes", cursor.key().size());
                continue;
            }
            std::memcpy(&number, cursor.key().data(), sizeof number);
            const auto key = PartKey::from(number);
            ++report_.parts;
            if (head_->hides(key.kind, key.segment)) continue;
            guarded("segment", [&] { part(key, cursor.value()); });
            (key.part == Part::elements ? with_elements : others).insert({key.kind, key.segment});
        }
        report_.segments = with_elements.size();
        for (const auto& [kind, segment] : others)
            if (!with_elements.contains({kind, segment}) && !has_rows(kind, segment))
                problem("segment: {} has parts, but none that says what is there",
                        describe(PartKey{kind, Part::elements, segment}));
    }

    bool has_rows(ElementKind kind, std::uint32_t segment) const {
        const auto which = kind == ElementKind::node ? delta::DirtyMap::node : delta::DirtyMap::rel;
        return txn_->get(lmdb::Table::delta, delta::dirty_key(which, segment)).has_value();
    }

    void part(const PartKey& key, std::string_view blob) {
        const auto where = describe(key);
        const auto known = [&](std::span<const std::uint32_t> names, std::uint32_t count, std::string_view what) {
            for (const auto name : names)
                if (name >= count) problem("segment: {}: {} {} has no name", where, what, name);
        };
        if (key.part == Part::elements) {
            const auto marks = [&](const ElementsPart& part) {
                for (const auto& run : part.created_runs())
                    if (!is_published(Mark{run.mark}))
                        problem("segment: {}: slots from {} were made by a transaction to come", where, run.first_slot);
                for (const auto& e : part.ended_slots())
                    if (!is_published(Mark{e.mark}) || part.is_live(e.slot))
                        problem("segment: {}: slot {} ended in a strange way", where, e.slot);
            };
            if (key.kind == ElementKind::node) {
                const auto part = read_node_elements(blob, key, Check::full);
                marks(part);
                known({reinterpret_cast<const std::uint32_t*>(part.shapes().data()), part.shapes().size()},
                      store_.tokens().counts().shapes, "shape");
                if (key.segment >= head_->figures.node_segments)
                    problem("segment: {} lies beyond the segments of the counts", where);
            } else {
                const auto part = read_rel_elements(blob, key, Check::full);
                marks(part);
                known({reinterpret_cast<const std::uint32_t*>(part.types().data()), part.types().size()},
                      store_.tokens().counts().types, "type");
                for (std::uint32_t slot = 0; slot < part.slots(); ++slot)
                    if (part.is_live(slot) &&
                        (raw(part.source(slot)) >= view_.node_limit() || raw(part.target(slot)) >= view_.node_limit()))
                        problem("segment: {}: slot {} has an end that is no node", where, slot);
            }
        } else if (key.kind == ElementKind::node && (key.part == Part::out || key.part == Part::in)) {
            const auto part = read_adjacency(blob, key, Check::full);
            for (const auto& block : part.blocks)
                known(std::array{raw(block.type)}, store_.tokens().counts().types, "type");
        } else if (is_column(key.part)) {
            const auto column = ColumnReader::read(blob, key, Check::full);
            known(std::array{raw(column_key(key.part))}, store_.tokens().counts().keys, "property key");
            const PartKey elements_key{key.kind, Part::elements, key.segment};
            const auto elements_blob = txn_->get(elements_key.number());
            if (!elements_blob) return;
            const auto check_slots = [&](const ElementsPart& elements) {
                for (std::uint32_t slot = 0; slot < column.slots(); ++slot)
                    if (column.has(slot) && !elements.is_live(slot))
                        problem("segment: {}: slot {} has a value, but nothing lives there", where, slot);
            };
            if (key.kind == ElementKind::node)
                check_slots(read_node_elements(*elements_blob, elements_key, Check::full));
            else
                check_slots(read_rel_elements(*elements_blob, elements_key, Check::full));
        } else {
            problem("segment: {} is of a kind that this version does not know", where);
        }
    }

    // --- delta
    void deltas() {
        using Bits = std::array<std::uint64_t, segment_slots / 64>;
        std::map<DeltaRows::Unit, Bits> rows, marked;
        auto cursor = txn_->cursor(lmdb::Table::delta);
        for (bool more = cursor.first(); more; more = cursor.next()) {
            guarded("delta", [&] { delta_row(cursor.key(), cursor.value(), rows, marked); });
        }
        for (const auto& [unit, bits] : rows)
            for (std::size_t i = 0; i < bits.size(); ++i)
                if (bits[i] & ~marked[unit][i]) {
                    problem("delta: segment {} has rows that its list of changed slots does not know", unit.second);
                    break;
                }
        for (const auto& [unit, bits] : marked)
            for (std::size_t i = 0; i < bits.size(); ++i)
                // Adjacency may be marked without a row: a date of an edge changed.
                if ((unit.first == delta::DirtyMap::node || unit.first == delta::DirtyMap::rel) &&
                    (bits[i] & ~rows[unit][i])) {
                    problem("delta: segment {} lists changed slots that have no rows", unit.second);
                    break;
                }
    }

    template <typename Units>
    void delta_row(std::string_view key, std::string_view value, Units& rows, Units& marked) {
        if (key.size() == 6 && key[0] == 'D') {
            const auto which = static_cast<unsigned char>(key[1]);
            if (which > 3 || value.size() != delta::dirty_bytes) {
                problem("delta: a list of changed slots cannot be read");
                return;
            }
            std::memcpy(marked[{static_cast<delta::DirtyMap>(which), load_big_endian<std::uint32_t>(key, 2)}].data(),
                        value.data(), value.size());
            return;
        }
        ++report_.delta_rows;
        if (key.size() < 8) {
            problem("delta: a key of {} bytes", key.size());
            return;
        }
        const auto segment = load_big_endian<std::uint32_t>(key, 1);
        const auto slot = load_big_endian<std::uint16_t>(key, 5);
        delta::DirtyMap which{};
        TxNumber newest{};
        if (key[0] == 'N' || key[0] == 'R') {
            which = key[0] == 'N' ? delta::DirtyMap::node : delta::DirtyMap::rel;
            newest = delta::tx_of(key);
            if (key[0] == 'N') {
                if (const auto change = decode_node_change(value); change.created && change.created_at > newest)
                    problem("delta: a node of segment {} changed before it was made", segment);
            } else if (const auto change = decode_rel_change(value); change.created && change.created_at > newest) {
                problem("delta: a relationship of segment {} changed before it was made", segment);
            }
        } else if (key[0] == 'A') {
            which = delta::dirty_map(static_cast<Direction>(key[7]));
            const auto row = delta::adjacency_row(key, value);
            newest = std::max(row.added, row.ended);
            if (row.added == TxNumber{} && row.ended == TxNumber{})
                problem("delta: a changed relationship of segment {} has not changed", segment);
        } else {
            problem("delta: a row of unknown kind");
            return;
        }
        if (newest > head_->tx || newest == TxNumber{})
            problem("delta: segment {} has a row of transaction {}", segment, raw(newest));
        if (slot >= segment_slots)
            problem("delta: segment {} has a row of slot {}", segment, slot);
        else
            rows[{which, segment}][slot / 64] |= std::uint64_t{1} << (slot % 64);
    }

    // --- counts, and the marks of ended elements
    void elements() {
        Figures found;
        std::vector<NodeId> nodes;
        for (std::uint32_t segment = 0; segment < view_.node_segments(); ++segment) {
            guarded(fmt::format("segment: node segment {}", segment), [&] {
                nodes.clear();
                view_.scan_nodes(segment, {}, nodes);
                const auto listed = view_.shapes_in(segment);
                for (const auto node : nodes) {
                    const auto shape = view_.shape(node);
                    found.count_node(shape, 1);
                    if (std::find(listed.begin(), listed.end(), shape) == listed.end())
                        problem("token: the counts do not list shape {} of node segment {}", raw(shape), segment);
                }
            });
        }
        for (std::uint32_t segment = 0; segment < view_.rel_segments(); ++segment) {
            guarded(fmt::format("segment: relationship segment {}", segment), [&] {
                std::vector<RelId> rels;
                view_.scan_rels(segment, no_type, rels);
                for (const auto rel : rels) {
                    const auto ends = view_.ends(rel);
                    found.count_rel(ends.type, 1);
                    for (const auto end : {ends.source, ends.target})
                        if (!view_.exists(end))
                            problem("segment: relationship {} ends at node {}, which does not exist", raw(rel),
                                    raw(end));
                }
            });
        }
        const auto same = [&](auto mine, auto kept, std::string_view what) {
            const auto n = std::max(mine.size(), kept.size());
            mine.resize(n), kept.resize(n);
            for (std::size_t i = 0; i < n; ++i)
                if (mine[i] != kept[i])
                    problem("token: {} {} has {} elements, the counts say {}", what, i, mine[i], kept[i]);
        };
        same(found.nodes_by_shape, head_->figures.nodes_by_shape, "shape");
        same(found.rels_by_type, head_->figures.rels_by_type, "type");
    }

    // --- adjacency against relationships: every entry names a relationship with these ends, and there are as many
    // entries in each direction as relationships, so none is missing.
    void adjacency() {
        std::array<std::uint64_t, 2> entries{};
        std::vector<NodeId> nodes;
        for (std::uint32_t segment = 0; segment < view_.node_segments(); ++segment) {
            nodes.clear();
            guarded(fmt::format("segment: node segment {}", segment), [&] { view_.scan_nodes(segment, {}, nodes); });
            for (const auto node : nodes)
                for (const auto d : {Direction::out, Direction::in}) {
                    const auto where = [&] {
                        return fmt::format("segment: adjacency {} of node segment {}",
                                           d == Direction::out ? "out" : "in", segment);
                    };
                    guarded(where(), [&] {
                        const auto types = view_.types_at(node, d);
                        for (const auto type : std::vector<TypeId>(types.begin(), types.end())) {
                            std::set<RelId> seen;
                            view_.run(node, d, type).for_each([&](NodeId other, RelId rel) {
                                ++entries[static_cast<std::size_t>(d)];
                                const auto ends = view_.ends_if_known(rel);
                                const auto own = !ends ? no_node : d == Direction::out ? ends->source : ends->target;
                                const auto far = !ends ? no_node : d == Direction::out ? ends->target : ends->source;
                                if (!view_.exists(rel) || own != node || far != other || ends->type != type)
                                    problem("{}: node {} has relationship {}, which is not there or another one",
                                            where(), raw(node), raw(rel));
                                if (!seen.insert(rel).second)
                                    problem("{}: node {} has relationship {} twice", where(), raw(node), raw(rel));
                            });
                        }
                    });
                }
        }
        for (const auto d : {0, 1})
            if (entries[static_cast<std::size_t>(d)] != head_->figures.rels())
                problem("segment: adjacency {} has {} relationships of {}", d == 0 ? "out" : "in",
                        entries[static_cast<std::size_t>(d)], head_->figures.rels());
    }

    // --- unique, index, index.past
    std::string key_of(const Index& index, std::uint32_t id) const {
        std::vector<Value> values;
        for (const auto key : index.keys) {
            values.push_back(index.entry.element == ElementKind::node ? view_.property(NodeId{id}, key)
                                                                      : view_.property(RelId{id}, key));
            if (values.back().is_null()) return {};
        }
        return index_values_key(index.entry.id, values);
    }
    bool is_about(const Index& index, std::uint32_t id) const {
        if (index.entry.element == ElementKind::relationship)
            return view_.exists(RelId{id}) && view_.ends(RelId{id}).type == index.type;
        return view_.exists(NodeId{id}) && view_.resolved().covers(view_.shape(NodeId{id}), index.label);
    }

    void indexes() {
        std::map<std::uint32_t, std::uint64_t> entries;
        for (const auto table : {lmdb::Table::unique, lmdb::Table::index, lmdb::Table::index_past}) {
            auto cursor = txn_->cursor(table);
            for (bool more = cursor.first(); more; more = cursor.next()) {
                const auto name = lmdb::name_of(table);
                guarded(name, [&] {
                    const auto key = cursor.key();
                    const auto* index =
                        key.size() < 6 ? nullptr : head_->schema->find(IndexId{load_big_endian<std::uint32_t>(key)});
                    if (!index || !index->has_entries() ||
                        (table != lmdb::Table::index_past && index->is_unique() != (table == lmdb::Table::unique))) {
                        problem("{}: an entry of an index that does not exist", name);
                        return;
                    }
                    if (table == lmdb::Table::index_past) {
                        if (cursor.value().size() != 16)
                            problem("{}: an entry of {} cannot be read", name, index->entry.name);
                        return;
                    }
                    ++report_.index_entries;
                    ++entries[static_cast<std::uint32_t>(index->entry.id)];
                    const bool is_unique = table == lmdb::Table::unique;
                    if (is_unique ? cursor.value().size() != 4 : key.size() < 10) {
                        problem("{}: an entry of {} cannot be read", name, index->entry.name);
                        return;
                    }
                    const auto id = is_unique ? load_big_endian<std::uint32_t>(cursor.value()) : element_of(key);
                    if (!is_about(*index, id) ||
                        key_of(*index, id) != (is_unique ? key : key.substr(0, key.size() - 4)))
                        problem("{}: an entry of {} names element {}, which does not carry its values", name,
                                index->entry.name, id);
                });
            }
        }
        for (const auto& index : head_->schema->indexes) {
            if (!index.has_entries()) continue;
            std::uint64_t wanted = 0;
            const auto count = [&](std::uint32_t id) {
                if (is_about(index, id) && !key_of(index, id).empty()) ++wanted;
            };
            guarded(index.entry.name, [&] {
                if (index.entry.element == ElementKind::node)
                    view_.for_each_node(no_label, [&](NodeId node) { count(raw(node)); });
                else
                    for (std::uint32_t segment = 0; segment < view_.rel_segments(); ++segment) {
                        std::vector<RelId> rels;
                        view_.scan_rels(segment, index.type, rels);
                        for (const auto rel : rels) count(raw(rel));
                    }
            });
            // Every entry was found to be right, so as many as there are elements means that none is missing.
            if (const auto n = entries[static_cast<std::uint32_t>(index.entry.id)]; n != wanted)
                problem("{}: {} has {} entries for {} elements", index.is_unique() ? "unique" : "index",
                        index.entry.name, n, wanted);
        }
    }

    // --- account
    void accounts() {
        const bool is_announced = (read_file_header(*txn_).required & FileHeader::accounts) != 0;
        if (const bool has = txn_->has(lmdb::Table::account); has && !is_announced)
            problem("account: the header does not say that the table is there");
        else if (!has && is_announced)
            problem("account: the table is not there");
        std::set<std::string> names;
        bool any_admin = false;
        auto cursor = txn_->cursor(lmdb::Table::account);
        for (bool more = cursor.first(); more; more = cursor.next())
            guarded("account", [&] {
                const auto key = cursor.key();
                if (key.starts_with('A')) {
                    const auto row = decode_account(cursor.value());
                    names.emplace(key.substr(1));
                    any_admin = any_admin || (row.role == Role::admin && !row.is_disabled);
                    if (row.secret == 0 || row.secret > raw(head_->tx))
                        problem("account: {} got its password from transaction {}", quoted(key.substr(1)), row.secret);
                    if (raw(row.user) >= view_.node_limit())
                        problem("account: {} is node {}, which never was", quoted(key.substr(1)), raw(row.user));
                } else if (key.starts_with('I')) {
                    if (key.size() != 9 || !find_token(*txn_, load_big_endian<std::uint64_t>(key, 1)))
                        problem("account: the number of a token cannot be read");
                } else if (key.starts_with('T')) {
                    const auto row = decode_token(cursor.value());
                    if (!names.contains(row.account))
                        problem("account: token {} is of {}, which is no account", row.id, quoted(row.account));
                    if (find_token_key(*txn_, row.id) != key)
                        problem("account: token {} is not found by its number", row.id);
                } else {
                    problem("account: a row of unknown kind");
                }
            });
        if (is_announced && !any_admin) problem("account: there is no administrator");
    }

    // --- history
    void history() {
        auto cursor = txn_->cursor(lmdb::Table::history);
        for (bool more = cursor.first(); more; more = cursor.next())
            guarded("history", [&] { history_row(cursor.key(), cursor.value()); });
        for (const auto kind : {ElementKind::node, ElementKind::relationship}) {
            const auto segments = kind == ElementKind::node ? view_.node_segments() : view_.rel_segments();
            for (std::uint32_t segment = 0; segment < segments; ++segment) {
                const PartKey key{kind, Part::elements, segment};
                const auto blob = txn_->get(key.number());
                if (!blob || head_->hides(kind, segment)) continue;
                guarded(describe(key), [&] {
                    const auto check = [&](const ElementsPart& part) {
                        for (const auto& e : part.ended_slots()) {
                            const auto id = segment << segment_bits | e.slot;
                            const auto tx = view_.tx_of(Mark{e.mark});
                            const auto row = txn_->get(lmdb::Table::history, kind == ElementKind::node
                                                                                 ? history::node_key(NodeId{id}, tx)
                                                                                 : history::rel_key(RelId{id}, tx));
                            if (!row)
                                problem("history: {}: what slot {} was when it ended in transaction {} is missing",
                                        describe(key), e.slot, raw(tx));
                        }
                    };
                    if (kind == ElementKind::node)
                        check(read_node_elements(*blob, key, Check::full));
                    else
                        check(read_rel_elements(*blob, key, Check::full));
                });
            }
        }
    }

    void history_row(std::string_view key, std::string_view value) {
        if (key.size() == 13 && (key[0] == 'N' || key[0] == 'R')) {
            const auto id = load_big_endian<std::uint32_t>(key, 1);
            const auto tx = load_big_endian<std::uint64_t>(key, 5);
            if (tx > raw(head_->tx) || id >= (key[0] == 'N' ? view_.node_limit() : view_.rel_limit()))
                problem("history: a row of element {} and transaction {}, which do not exist", id, tx);
            if (key[0] == 'N')
                (void)decode_node_change(value);
            else
                (void)decode_rel_change(value);
            return;
        }
        if (key.size() != 18 || key[0] != 'E' || value.size() != 16) {
            problem("history: a row of unknown kind");
            return;
        }
        const NodeId node{load_big_endian<std::uint32_t>(key, 1)}, other{load_big_endian<std::uint32_t>(key, 10)};
        const auto d = static_cast<Direction>(key[5]);
        const TypeId type{load_big_endian<std::uint32_t>(key, 6)};
        const RelId rel{load_big_endian<std::uint32_t>(key, 14)};
        std::uint64_t created, ended;
        std::memcpy(&created, value.data(), 8);
        std::memcpy(&ended, value.data() + 8, 8);
        if (created == 0 || created >= ended || ended > raw(head_->tx))
            problem("history: relationship {} ended in a strange way", raw(rel));
        // The other end's row is here, or still among the deltas.
        if (!txn_->get(lmdb::Table::history, history::ended_key(other, reverse(d), type, node, rel)) &&
            !txn_->get(lmdb::Table::delta, delta::adjacency_key(other, reverse(d), type, node, rel)))
            problem("history: relationship {} has ended at node {}, but not at node {}", raw(rel), raw(node),
                    raw(other));
    }

    static constexpr std::uint64_t steps = 9;
    const StoreImpl& store_;
    std::shared_ptr<lmdb::Transaction> txn_;
    std::shared_ptr<const Head> head_;
    StoreView view_;
    const ProgressSink& progress_;
    std::uint64_t done_ = 0;
    VerifyReport report_;
};

}  // namespace

// The pages first: what stands on damaged ones says nothing more.
VerifyReport StoreImpl::verify(const ProgressSink& progress) const {
    if (progress) progress({"checking pages", 0, 1});
    auto txn = std::make_shared<lmdb::Transaction>(env_, lmdb::Transaction::Kind::read);
    auto pages = txn->check_pages();
    VerifyReport report;
    try {
        auto head = head_for(*txn);
        report = Verifier(*this, {std::move(txn), std::move(head)}, progress).run(pages);
    } catch (const Error& error) {
        if (error.code() == Code::cancelled) throw;
        report.problems.push_back(error.what());
    }
    report.problems.insert(report.problems.begin(), std::make_move_iterator(pages.problems.begin()),
                           std::make_move_iterator(pages.problems.end()));
    return report;
}

}  // namespace mainstay
