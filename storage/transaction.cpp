#include "transaction_impl.hpp"

#include "index_key.hpp"
#include "mainstay/core/assert.hpp"
#include "mainstay/core/door.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mainstay {

TransactionImpl::TransactionImpl(std::shared_ptr<StoreImpl> store, std::optional<ValidTime> valid,
                                 const Principal& principal)
    : store_(std::move(store)),
      snapshot_(store_->snapshot()),
      model_(snapshot_.head->model),
      schema_(snapshot_.head->schema) {
    if (!store_->environment()->is_writable())
        throw Error{Code::read_only, fmt::format("{} is open for reading only", store_->path().string())}.with_hint(
            read_only_hint);
    request_.principal = principal.verified ? store_->accounts().require(principal) : principal;
    overlay_.node_limit = snapshot_.head->figures.node_segments << segment_bits;
    overlay_.rel_limit = snapshot_.head->figures.rel_next;
    const auto make = [&](ValidTime v) {
        return std::make_shared<StoreView>(store_, *store_, snapshot_.txn, snapshot_.head, std::nullopt, v, &overlay_);
    };
    view_ = make(valid.value_or(ValidTime{store_->now_us()}));
    all_ = make(ValidTime{});
    request_.snapshot = snapshot_.head->tx;
    const std::lock_guard lock(store_->open_mutex_);
    store_->open_transactions_.emplace(snapshot_.head->tx, 0);
}

TransactionImpl::~TransactionImpl() {
    if (rules_) store_->give_rules(std::move(rules_));
    if (request_.first_rel) store_->ids().close_rels(*request_.first_rel);
    const std::lock_guard lock(store_->open_mutex_);
    if (const auto at = store_->open_transactions_.find(request_.snapshot); at != store_->open_transactions_.end())
        store_->open_transactions_.erase(at);
}

ViewPtr TransactionImpl::view_at(ValidTime valid) const {
    if (valid == view_->valid_time()) return view_;
    auto view =
        std::make_shared<StoreView>(store_, *store_, snapshot_.txn, snapshot_.head, std::nullopt, valid, &overlay_);
    view->use(model_, schema_);
    other_views_.push_back(view);
    return view;
}

Error TransactionImpl::not_there(const char* what, std::uint32_t id) const {
    return Error{Code::entity_not_found, fmt::format("{} {} does not exist", what, id)};
}

LabelId TransactionImpl::label(std::string_view name) {
    require_class(model_->model(), name);
    if (const auto known = store_->tokens().find_label(name); known != no_label) return known;
    require_editor();
    store_->become_writer();
    return store_->tokens().add_label(name);
}

TypeId TransactionImpl::type(std::string_view name) {
    require_type(model_->model(), name);
    if (const auto known = store_->tokens().find_type(name); known != no_type) return known;
    require_editor();
    store_->become_writer();
    return store_->tokens().add_type(name);
}

// Only the writing process gives out new ids of names: another one may be giving out the same.
KeyId TransactionImpl::key(std::string_view name) {
    if (const auto known = store_->tokens().find_key(name); known != no_key) return known;
    require_editor();
    store_->become_writer();
    return store_->tokens().add_key(name);
}

void TransactionImpl::begin_writing() {
    require_editor();
    store_->become_writer();
}

ModelRules& TransactionImpl::rules() {
    if (!rules_) rules_ = store_->take_rules(model_);
    return *rules_;
}

// --- writes

NodeId TransactionImpl::create_node(std::span<const LabelId> labels, const PropertyList& properties) {
    begin_writing();
    for (const auto& [key, value] : properties) require_storable(value, key, store_->tokens());
    const auto shape = store_->tokens().add_shape({labels.begin(), labels.end()});
    const auto node = store_->ids().node(shape);
    overlay_.node_limit = std::max(overlay_.node_limit, (segment_of(node) + 1) << segment_bits);
    auto& change = overlay_.change(node);
    change.created = true;
    change.shape = shape;
    for (const auto& [key, value] : properties)
        if (!value.is_null()) change.properties.set(key, value);
    if (!model_->model().is_empty())
        for (const auto& rule : rules().of_shape(shape))
            if (rule.attribute.default_value && !change.properties.find(rule.key))
                change.properties.set(rule.key, *rule.attribute.default_value);
    overlay_.note_shape(node, shape);
    counters_.nodes_created += 1;
    counters_.labels_added += store_->tokens().labels_of(shape).size();
    counters_.properties_set += change.properties.size();
    written_nodes_.insert(raw(node));
    note_keys(node);
    return node;
}

RelId TransactionImpl::create_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) {
    begin_writing();
    for (const auto& [key, value] : properties) require_storable(value, key, store_->tokens());
    if (!all_->exists(source)) throw not_there("node", raw(source));
    if (!all_->exists(target)) throw not_there("node", raw(target));
    const auto rel = store_->ids().rel(request_.first_rel ? IdSource::Hold::no : IdSource::Hold::first);
    if (!request_.first_rel) request_.first_rel = raw(rel);
    overlay_.rel_limit = std::max(overlay_.rel_limit, raw(rel) + 1);
    auto& change = overlay_.change(rel);
    change.created = true;
    change.ends = {type, source, target};
    for (const auto& [key, value] : properties)
        if (!value.is_null()) change.properties.set(key, value);
    overlay_.add_edge(rel, change.ends);
    counters_.rels_created += 1;
    counters_.properties_set += change.properties.size();
    written_rels_.insert(raw(rel));
    note_keys(rel);
    return rel;
}

void TransactionImpl::set_property(NodeId node, KeyId key, const Value& value) {
    require_storable(value, key, store_->tokens());
    if (!all_->exists(node)) throw not_there("node", raw(node));
    const auto before = all_->property(node, key);
    if (identical(before, value)) return;
    begin_writing();
    auto& change = overlay_.change(node);
    if (change.created && value.is_null())
        change.properties.erase(key);
    else
        change.properties.set(key, value);
    counters_.properties_set += 1;
    written_nodes_.insert(raw(node));
    note_keys(node);
}

void TransactionImpl::set_property(RelId rel, KeyId key, const Value& value) {
    require_storable(value, key, store_->tokens());
    if (!all_->exists(rel)) throw not_there("relationship", raw(rel));
    if (identical(all_->property(rel, key), value)) return;
    begin_writing();
    const auto ends = all_->ends(rel);
    auto& change = overlay_.change(rel);
    change.ends = ends;
    if (change.created && value.is_null())
        change.properties.erase(key);
    else
        change.properties.set(key, value);
    if (const auto& resolved = all_->resolved(); key == resolved.valid_from || key == resolved.valid_to)
        overlay_.redate_edge(ends);
    counters_.properties_set += 1;
    written_rels_.insert(raw(rel));
    note_keys(rel);
}

void TransactionImpl::reshape(NodeId node, std::vector<LabelId> labels) {
    begin_writing();
    const auto shape = store_->tokens().add_shape(std::move(labels));
    auto& change = overlay_.change(node);
    change.shape = shape;
    if (!change.created) change.reshaped = true;
    overlay_.note_shape(node, shape);
    written_nodes_.insert(raw(node));
    note_keys(node);
}

void TransactionImpl::add_label(NodeId node, LabelId label) {
    if (!all_->exists(node)) throw not_there("node", raw(node));
    const auto labels = store_->tokens().labels_of(all_->shape(node));
    if (std::binary_search(labels.begin(), labels.end(), label)) return;
    std::vector<LabelId> more(labels.begin(), labels.end());
    more.push_back(label);
    reshape(node, std::move(more));
    counters_.labels_added += 1;
}

void TransactionImpl::remove_label(NodeId node, LabelId label) {
    if (!all_->exists(node)) throw not_there("node", raw(node));
    const auto labels = store_->tokens().labels_of(all_->shape(node));
    if (!std::binary_search(labels.begin(), labels.end(), label)) return;
    std::vector<LabelId> fewer(labels.begin(), labels.end());
    std::erase(fewer, label);
    reshape(node, std::move(fewer));
    counters_.labels_removed += 1;
}

void TransactionImpl::delete_relationship(RelId rel) {
    if (!all_->exists(rel)) return;
    begin_writing();
    const auto ends = all_->ends(rel);
    auto& change = overlay_.change(rel);
    change.ends = ends;
    change.deleted = true;
    change.properties = {};
    overlay_.remove_edge(rel, ends);
    counters_.rels_deleted += 1;
    written_rels_.erase(raw(rel));
}

void TransactionImpl::delete_node(NodeId node) {
    if (!all_->exists(node)) return;
    begin_writing();
    auto& change = overlay_.change(node);
    change.deleted = true;
    change.properties = {};
    counters_.nodes_deleted += 1;
    written_nodes_.erase(raw(node));
    deleted_nodes_.insert(raw(node));
}

void TransactionImpl::detach_node(NodeId node) {
    std::vector<RelId> rels;
    for (const auto d : {Direction::out, Direction::in}) {
        const auto types = all_->types_at(node, d);
        for (const auto type : std::vector<TypeId>(types.begin(), types.end()))
            all_->run(node, d, type).for_each([&](NodeId, RelId rel) { rels.push_back(rel); });
    }
    for (const auto rel : rels) delete_relationship(rel);
}

bool TransactionImpl::is_deleted(NodeId node) const {
    const auto* change = overlay_.find(node);
    return change && change->deleted;
}

bool TransactionImpl::is_deleted(RelId rel) const {
    const auto* change = overlay_.find(rel);
    return change && change->deleted;
}

// Makes an element findable by the values it carries now.
void TransactionImpl::note_keys(NodeId node) {
    for (const auto& index : schema_->indexes)
        if (index.has_entries() && index.entry.element == ElementKind::node &&
            all_->resolved().covers(all_->shape(node), index.label))
            note_key(index, node);
}

void TransactionImpl::note_keys(RelId rel) {
    const auto type = all_->ends(rel).type;
    for (const auto& index : schema_->indexes)
        if (index.has_entries() && index.entry.element == ElementKind::relationship && index.type == type)
            note_key(index, rel);
}

template <typename Id>
void TransactionImpl::note_key(const Index& index, Id id) {
    std::vector<Value> values;
    for (const auto key : index.keys) {
        values.push_back(all_->property(id, key));
        if (values.back().is_null()) return;
    }
    auto& ids = overlay_.keyed[index_values_key(index.entry.id, values)];
    if (std::find(ids.begin(), ids.end(), raw(id)) == ids.end()) ids.push_back(raw(id));
}

// --- checks

void TransactionImpl::check_unique(const Index& index, std::span<const NodeId> nodes) {
    std::vector<Value> values;
    for (const auto node : nodes) {
        if (!all_->resolved().covers(all_->shape(node), index.label)) continue;
        values.clear();
        for (const auto key : index.keys) values.push_back(all_->property(node, key));
        if (std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); })) continue;
        for (const auto other : all_->seek(index.entry.id, values))
            if (other != raw(node)) {
                std::vector<std::string> shown;
                for (std::size_t i = 0; i < values.size(); ++i)
                    shown.push_back(fmt::format("{} = {}", index.entry.keys[i], print(values[i])));
                throw Error{Code::constraint_violation,
                            fmt::format("there is a :{} with {} already", index.entry.label, fmt::join(shown, ", "))}
                    .with_hint(view_->contains(NodeId{other})
                                   ? "MERGE finds or creates"
                                   : "it is not valid at this time: FOR VALID_TIME ALL shows it");
            }
    }
}

// That a node whose labels changed is still what its relationships begin and end at.
void TransactionImpl::check_ends(NodeId node) {
    for (const auto d : {Direction::out, Direction::in}) {
        const auto types = all_->types_at(node, d);
        for (const auto type : std::vector<TypeId>(types.begin(), types.end()))
            all_->run(node, d, type).for_each([&](NodeId other, RelId) {
                const auto shape = all_->shape(node), others = all_->shape(other);
                if (auto problem = d == Direction::out ? rules().problem_of(type, shape, others)
                                                       : rules().problem_of(type, others, shape))
                    throw Error{Code::constraint_violation, *std::move(problem)}.with_hint(
                        "a relationship of this node asks for the labels it had");
            });
    }
}

void TransactionImpl::finish_statement() {
    for (const auto id : deleted_nodes_) {
        const NodeId node{id};
        for (const auto d : {Direction::out, Direction::in})
            if (!all_->types_at(node, d).empty())
                throw Error{Code::delete_connected_node,
                            fmt::format("node {} still has relationships", all_->element_id(node))}
                    .with_hint("use DETACH DELETE to delete them with it");
    }
    std::vector<NodeId> nodes;
    for (const auto id : written_nodes_) nodes.push_back(NodeId{id});
    std::sort(nodes.begin(), nodes.end());
    if (!model_->model().is_empty()) {
        for (const auto node : nodes) {
            if (auto problem = rules().problem_of(*all_, node))
                throw Error{Code::constraint_violation, *std::move(problem)};
            if (const auto* change = overlay_.find(node); change && change->reshaped) check_ends(node);
        }
        for (const auto id : written_rels_) {
            if (auto problem = rules().problem_of(*all_, RelId{id}))
                throw Error{Code::constraint_violation, *std::move(problem)};
            // Two that each keep to a limit may exceed it together.
            const auto ends = all_->ends(RelId{id});
            if (rules().limits(ends.type, Direction::out))
                claim(claim_of_degree(ends.type, ends.source, Direction::out));
            if (rules().limits(ends.type, Direction::in)) claim(claim_of_degree(ends.type, ends.target, Direction::in));
        }
    }
    for (const auto& index : schema_->indexes) {
        if (index.is_unique() && index.entry.element == ElementKind::node) check_unique(index, nodes);
        if (index.entry.kind == SchemaKind::exists || index.entry.kind == SchemaKind::node_key) {
            const auto missing = [&](auto id) {
                for (std::size_t k = 0; k < index.keys.size(); ++k)
                    if (all_->property(id, index.keys[k]).is_null())
                        throw Error{Code::constraint_violation,
                                    fmt::format(":{} needs the property {} ({})", index.entry.label,
                                                quoted(index.entry.keys[k]), index.entry.name)};
            };
            if (index.entry.element == ElementKind::node) {
                for (const auto node : nodes)
                    if (all_->resolved().covers(all_->shape(node), index.label)) missing(node);
            } else {
                for (const auto id : written_rels_)
                    if (all_->ends(RelId{id}).type == index.type) missing(RelId{id});
            }
        }
    }
    written_nodes_.clear();
    written_rels_.clear();
    deleted_nodes_.clear();
}

// --- model and schema

void TransactionImpl::use_schema() {
    view_->use(model_, schema_);
    all_->use(model_, schema_);
    for (const auto& view : other_views_) view->use(model_, schema_);
}

void TransactionImpl::set_model(const Model& model) {
    require_admin("a change of the class model");
    request_.definitions = true;
    store_->become_writer();
    const auto state = std::make_shared<ModelState>(model, TxNumber{});
    ModelRules trial(state, store_->tokens());
    if (!model.is_empty()) {
        std::vector<std::string> problems;
        std::size_t count = 0;
        const auto note = [&](std::optional<std::string> problem, std::string id) {
            if (problem && ++count <= 20) problems.push_back(fmt::format("{}: {}", id, *problem));
        };
        all_->for_each_node(no_label,
                            [&](NodeId node) { note(trial.problem_of(*all_, node), all_->element_id(node)); });
        std::vector<RelId> rels;
        for (std::uint32_t segment = 0; segment < all_->rel_segments(); ++segment) {
            rels.clear();
            all_->scan_rels(segment, no_type, rels);
            for (const auto rel : rels) note(trial.problem_of(*all_, rel), all_->element_id(rel));
        }
        if (count > 0)
            throw Error{Code::model_contradicts_data,
                        fmt::format("the model contradicts {} stored element{}:\n  {}{}", count, count == 1 ? "" : "s",
                                    fmt::join(problems, "\n  "), count > 20 ? "\n  ..." : "")};
    }
    model_ = state;
    rules_.reset();
    request_.model = state;
    use_schema();
    // Its unique attributes and identification rules replace those of the model before.
    const auto wanted = ModelRules::schema_of(model);
    std::vector<std::string> gone;
    for (const auto& index : schema_->indexes)
        if (index.entry.from_model && std::none_of(wanted.begin(), wanted.end(),
                                                   [&](const SchemaEntry& e) { return e.name == index.entry.name; }))
            gone.push_back(index.entry.name);
    const auto counters = counters_;
    for (const auto& name : gone) drop_schema(name);
    // Those that stay may be about other nodes now.
    for (const auto& index : schema_->indexes) check_all(index);
    for (const auto& entry : wanted)
        if (!schema_->find(entry.name)) create_schema(entry);
    counters_ = counters;
    for (const auto& [id, change] : overlay_.nodes)
        if (!change.deleted) note_keys(NodeId{id});
    for (const auto& [id, change] : overlay_.rels)
        if (!change.deleted) note_keys(RelId{id});
}

void TransactionImpl::check_all_unique(const Index& index) {
    std::unordered_map<std::string, NodeId> seen;
    std::vector<Value> values;
    all_->for_each_node(no_label, [&](NodeId node) {
        if (!all_->resolved().covers(all_->shape(node), index.label)) return;
        values.clear();
        for (const auto key : index.keys) values.push_back(all_->property(node, key));
        if (std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); })) return;
        if (const auto [at, is_new] = seen.emplace(index_values_key(index.entry.id, values), node); !is_new)
            throw Error{Code::constraint_violation,
                        fmt::format("{} cannot be kept: at least two :{} have {} = {}", quoted(index.entry.name),
                                    index.entry.label, fmt::join(index.entry.keys, ", "), print(values.front()))};
    });
}

// That the elements there are keep to a constraint.
void TransactionImpl::check_all(const Index& index) {
    if (all_->statistics().nodes + overlay_.nodes.size() == 0) return;
    if (index.is_unique()) check_all_unique(index);
    if (index.entry.kind != SchemaKind::exists && index.entry.kind != SchemaKind::node_key) return;
    const auto missing = [&](auto id) {
        for (std::size_t k = 0; k < index.keys.size(); ++k)
            if (all_->property(id, index.keys[k]).is_null())
                throw Error{Code::constraint_violation,
                            fmt::format("{} cannot be kept: a :{} lacks {}", quoted(index.entry.name),
                                        index.entry.label, quoted(index.entry.keys[k]))};
    };
    if (index.entry.element == ElementKind::node) {
        all_->for_each_node(no_label, [&](NodeId node) {
            if (all_->resolved().covers(all_->shape(node), index.label)) missing(node);
        });
    } else {
        std::vector<RelId> rels;
        for (std::uint32_t s = 0; s < all_->rel_segments(); ++s) all_->scan_rels(s, index.type, rels);
        for (const auto rel : rels) missing(rel);
    }
}

IndexId TransactionImpl::create_schema(SchemaEntry entry) {
    require_admin("a change of indexes and constraints");
    request_.definitions = true;
    store_->become_writer();
    if (schema_->find(entry.name))
        throw Error{Code::index_exists,
                    fmt::format("there is an index or constraint named {} already", quoted(entry.name))};
    auto schema = std::make_shared<SchemaState>(*schema_);
    entry.id = IndexId{schema->next_id++};
    schema->indexes.push_back(resolve(std::move(entry), TxNumber{}, store_->tokens()));
    const auto index = schema->indexes.back();
    if (index.entry.element == ElementKind::relationship && index.is_unique())
        throw Error{Code::unsupported, "a uniqueness constraint on relationships is not supported"};
    check_all(index);
    schema_ = std::move(schema);
    use_schema();
    request_.added_schema.push_back(index.entry);
    for (const auto& [id, change] : overlay_.nodes)
        if (!change.deleted) note_keys(NodeId{id});
    for (const auto& [id, change] : overlay_.rels)
        if (!change.deleted) note_keys(RelId{id});
    if (index.entry.kind == SchemaKind::range_index)
        counters_.indexes_added += 1;
    else
        counters_.constraints_added += 1;
    return index.entry.id;
}

void TransactionImpl::drop_schema(std::string_view name) {
    require_admin("a change of indexes and constraints");
    request_.definitions = true;
    store_->become_writer();
    const auto* index = schema_->find(name);
    if (!index) {
        std::vector<std::string> known;
        for (const auto& i : schema_->indexes) known.push_back(i.entry.name);
        throw Error{Code::index_missing, fmt::format("there is no index or constraint named {}", quoted(name))}
            .with_hint(nearest(name, known));
    }
    if (index->entry.kind == SchemaKind::range_index)
        counters_.indexes_removed += 1;
    else
        counters_.constraints_removed += 1;
    const auto id = index->entry.id;
    if (std::erase_if(request_.added_schema, [id](const SchemaEntry& e) { return e.id == id; }) == 0)
        request_.dropped_schema.push_back(*index);
    auto schema = std::make_shared<SchemaState>(*schema_);
    std::erase_if(schema->indexes, [id](const Index& i) { return i.entry.id == id; });
    schema_ = std::move(schema);
    use_schema();
}

// --- commit

bool TransactionImpl::has_writes() const {
    return !overlay_.empty() || request_.model || !request_.added_schema.empty() || !request_.dropped_schema.empty() ||
           request_.accounts;
}

std::optional<CommitResult> TransactionImpl::commit(const CommitInfo& info) {
    MAINSTAY_ASSERT(!ended_);
    ended_ = true;
    if (!has_writes()) return CommitResult{};
    return at_door([&] {
        request_.overlay = &overlay_;
        request_.view = all_.get();
        request_.info = info;
        if (!request_.principal.name.empty()) request_.info.author = request_.principal.name;
        require_role(request_.principal, request_.needed(), "what this transaction writes");
        return store_->commit(request_);
    });
}

}  // namespace mainstay
