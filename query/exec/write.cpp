#include "exec/write.hpp"

#include <fmt/format.h>

namespace mainstay::exec {

Writer::Writer(const plan::Node& node, StatementContext& context, OperatorPtr child)
    : Operator(node, context), child_(std::move(child)), rows_(context) {}

void Writer::open(const Batch* argument) {
    child_->open(argument);
    rows_.clear();
    done_ = false;
    next_ = 0;
}

bool Writer::produce(Batch& out) {
    if (!done_) {
        done_ = true;
        rows_.fill(*child_);
        note_bytes(rows_.bytes());
        write(rows_.batches());
    }
    while (next_ < rows_.batches().size()) {
        std::swap(out, rows_.batches()[next_++]);
        if (out.rows > 0) return true;
    }
    return false;
}

namespace {

PropertyList evaluate_properties(const bound::PropertyBraces& properties, const Row& row, StatementContext& context,
                                 bool null_is_error) {
    Transaction& tx = context.writer();
    PropertyList list;
    const auto add = [&](KeyId key, Value value, Span span) {
        if (value.is_null()) {
            if (null_is_error)
                throw Error{Code::merge_read_own_writes, span,
                            "MERGE cannot match or create an element by a property that is null"};
            return;
        }
        list.emplace_back(key, std::move(value));
    };
    for (const auto& [key, expression] : properties.entries)
        add(tx.key(context.key_name(key)), evaluate(*expression, row, context), expression->span);
    if (properties.map) {
        const Value map = evaluate(*properties.map, row, context);
        if (map.is_null()) return list;
        if (!map.is(ValueType::map))
            throw Error{Code::type_error, properties.map->span,
                        fmt::format("properties must be a Map, not {}", name_of(map.type()))};
        for (const auto& [key, value] : map.as_map()) add(tx.key(key), value, properties.map->span);
    }
    return list;
}

NodeId end_of(const bound::PatternNode& node, const Batch& batch, std::uint32_t row, const bound::PatternRel& rel) {
    const Value v = batch.get(node.slot, row);
    if (v.is(ValueType::node)) return v.as_node().id;
    if (v.is_null())
        throw Error{Code::entity_not_found, rel.span, "a relationship cannot be created: one of its ends is null"};
    throw Error{Code::type_error, rel.span,
                fmt::format("a relationship's end must be a node, not {}", name_of(v.type()))};
}

// The properties that `n = value` and `n += value` take: a map's entries or an element's properties.
std::vector<std::pair<std::string, Value>> entries_of(const Value& value, Span span) {
    std::vector<std::pair<std::string, Value>> entries;
    const auto copy = [&](const Properties& source, auto id) {
        source.visit_properties(id,
                                [&](KeyId key, const Value& v) { entries.emplace_back(source.names().key(key), v); });
    };
    switch (value.type()) {
        case ValueType::map: entries = value.as_map(); break;
        case ValueType::node: copy(*value.as_node().source, value.as_node().id); break;
        case ValueType::relationship: copy(*value.as_relationship().source, value.as_relationship().id); break;
        default:
            throw Error{Code::type_error, span,
                        fmt::format("a Map, node or relationship is needed here, not {}", name_of(value.type()))};
    }
    return entries;
}

class ItemWriter {
public:
    ItemWriter(const bound::SetItem& item, const Row& row, StatementContext& context)
        : item_(item), row_(row), context_(context), tx_(context.writer()) {}

    void operator()(const bound::SetProperty& set) const {
        const Value object = evaluate(*set.object, row_, context_);
        if (object.is_null()) return;
        Value value = evaluate(*set.value, row_, context_);
        KeyId key{};
        if (set.dynamic_key) {
            const Value name = evaluate(*set.dynamic_key, row_, context_);
            if (!name.is(ValueType::string))
                throw Error{Code::property_access_by_non_string, item_.span, "a property is named by String"};
            key = tx_.key(name.as_string());
        } else {
            key = tx_.key(context_.key_name(set.key));
        }
        on_element(object, [&](auto id) { tx_.set_property(id, key, value); });
    }

    void operator()(const bound::SetProperties& set) const {
        const Value object = row_.get(set.variable);
        if (object.is_null()) return;
        const Value value = evaluate(*set.value, row_, context_);
        if (value.is_null() && set.add) return;
        const auto entries =
            value.is_null() ? std::vector<std::pair<std::string, Value>>{} : entries_of(value, item_.span);
        on_element(object, [&](auto id) {
            if (!set.add) {
                std::vector<KeyId> gone;
                tx_.view().visit_properties(id, [&](KeyId key, const Value&) {
                    const std::string_view name = tx_.view().names().key(key);
                    const bool stays =
                        std::any_of(entries.begin(), entries.end(), [&](const auto& e) { return e.first == name; });
                    if (!stays) gone.push_back(key);
                });
                for (KeyId key : gone) tx_.set_property(id, key, Value{});
            }
            for (const auto& [name, v] : entries) tx_.set_property(id, tx_.key(name), v);
        });
    }

    void operator()(const bound::SetLabels& set) const {
        if (const auto node = labelled(set.variable))
            for (const std::string& label : set.labels) tx_.add_label(*node, tx_.label(label));
    }

    void operator()(const bound::RemoveLabels& set) const {
        if (const auto node = labelled(set.variable))
            for (const std::string& label : set.labels)
                if (const LabelId id = tx_.view().names().find_label(label); id != no_label)
                    tx_.remove_label(*node, id);
    }

private:
    template <typename F>
    void on_element(const Value& object, F&& f) const {
        const auto one = [&](auto id) {
            if (tx_.is_deleted(id))
                throw Error{Code::deleted_entity_access, item_.span,
                            "this element was deleted earlier in the transaction"};
            f(id);
        };
        if (object.is(ValueType::node)) {
            one(object.as_node().id);
        } else if (object.is(ValueType::relationship)) {
            one(object.as_relationship().id);
        } else {
            throw Error{
                Code::type_error, item_.span,
                fmt::format("only nodes and relationships have properties to set, not {}", name_of(object.type()))};
        }
    }

    std::optional<NodeId> labelled(Slot variable) const {
        const Value object = row_.get(variable);
        if (object.is_null()) return std::nullopt;
        if (!object.is(ValueType::node))
            throw Error{Code::type_error, item_.span,
                        fmt::format("only nodes have labels, not {}", name_of(object.type()))};
        if (tx_.is_deleted(object.as_node().id))
            throw Error{Code::deleted_entity_access, item_.span, "this node was deleted earlier in the transaction"};
        return object.as_node().id;
    }

    const bound::SetItem& item_;
    const Row& row_;
    StatementContext& context_;
    Transaction& tx_;
};

// A number for what a MERGE looked for in vain. The same for the same elements in any order, and for a relationship
// read from either end; two patterns may share one, which only makes a transaction start over.
class PatternClaim {
public:
    explicit PatternClaim(std::size_t nodes) : nodes_(nodes) {}
    void add_node(std::size_t index, std::span<const std::string> labels, const PropertyList& properties) {
        number_ += nodes_[index] = hash_of(labels, properties);
    }
    // An end that the pattern did not make is known by its id.
    void add_rel(const bound::PatternRel& rel, NodeId from, NodeId to, const PropertyList& properties) {
        const auto end = [&](std::uint32_t index, NodeId node) {
            return nodes_[index] != 0 ? nodes_[index] : mixed(raw(node));
        };
        number_ += mixed(hash_of({&rel.types.at(0).name, 1}, properties) + end(rel.from, from) + end(rel.to, to));
    }
    std::uint64_t number() const noexcept { return number_; }

private:
    static std::uint64_t mixed(std::uint64_t h) noexcept {
        h = (h ^ h >> 32) * 0x9E3779B97F4A7C15;
        return h ^ h >> 29;
    }
    static std::uint64_t hash_of(std::span<const std::string> names, const PropertyList& properties) {
        std::uint64_t h = 1;
        for (const std::string& name : names) h += mixed(std::hash<std::string>{}(name));
        for (const auto& [key, value] : properties) h += mixed(mixed(raw(key) + 1) + hash_value(value));
        return mixed(h);
    }
    std::vector<std::uint64_t> nodes_;  // of those the pattern makes; 0: another
    std::uint64_t number_ = 0;
};

}  // namespace

void create_pattern(const bound::Pattern& pattern, Batch& batch, std::uint32_t row, StatementContext& context,
                    Creating creating) {
    Transaction& tx = context.writer();
    const Row here{batch, row};
    PatternClaim claim(creating == Creating::merge ? pattern.nodes.size() : 0);
    for (std::size_t i = 0; i < pattern.nodes.size(); ++i) {
        const bound::PatternNode& node = pattern.nodes[i];
        if (node.bound) continue;
        at(node.span, [&] {
            std::vector<LabelId> labels;
            for (const std::string& label : node.plain_labels) labels.push_back(tx.label(label));
            const PropertyList properties =
                evaluate_properties(node.properties, here, context, creating == Creating::merge);
            batch[node.slot].push_node(&tx.view(), tx.create_node(labels, properties));
            if (creating == Creating::merge) claim.add_node(i, node.plain_labels, properties);
        });
    }
    for (const bound::PatternRel& rel : pattern.rels) {
        at(rel.span, [&] {
            const bool turned = (rel.direction == bound::PatternDirection::left) != rel.types.at(0).reversed;
            const NodeId from = end_of(pattern.nodes[rel.from], batch, row, rel);
            const NodeId to = end_of(pattern.nodes[rel.to], batch, row, rel);
            const PropertyList properties =
                evaluate_properties(rel.properties, here, context, creating == Creating::merge);
            const RelId id = tx.create_relationship(tx.type(rel.types.at(0).name), turned ? to : from,
                                                    turned ? from : to, properties);
            batch[rel.slot].push_rel(&tx.view(), id);
            if (creating == Creating::merge) claim.add_rel(rel, from, to, properties);
        });
    }
    if (creating == Creating::merge) tx.claim(claim.number());
}

void apply_items(std::span<const bound::SetItem> items, const Batch& batch, std::uint32_t row,
                 StatementContext& context) {
    const Row here{batch, row};
    for (const bound::SetItem& item : items)
        at(item.span, [&] { std::visit(ItemWriter{item, here, context}, item.node); });
}

void detach_delete(NodeId node, StatementContext& context) {
    Transaction& tx = context.writer();
    if (tx.is_deleted(node)) return;
    tx.detach_node(node);  // those too that are not valid now
    tx.delete_node(node);
}

}  // namespace mainstay::exec
