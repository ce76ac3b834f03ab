#include "target.hpp"

#include "mainstay/core/assert.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace mainstay::connect {
namespace {

struct ValuesHash {
    std::size_t operator()(const std::vector<Value>& values) const {
        std::size_t hash = 0;
        for (const Value& value : values) hash = hash * 0x9E3779B97F4A7C15U + hash_value(value);
        return hash;
    }
};
struct ValuesEqual {
    bool operator()(const std::vector<Value>& a, const std::vector<Value>& b) const {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), equivalent);
    }
};

// Everything there is was created by this import, so everything asked is answered from its observations.
class BulkTarget final : public Target {
public:
    BulkTarget(BulkLoader& loader, Observations& observations, std::vector<SchemaEntry> schema)
        : loader_(loader), observations_(observations), rules_(observations.class_rules()) {
        for (const SchemaEntry& entry : schema)
            if (entry.element == ElementKind::node &&
                (entry.kind == SchemaKind::unique || entry.kind == SchemaKind::node_key))
                unique_.push_back({entry, {}});
    }

    bool was_empty() const override { return true; }
    KeyId key(std::string_view name) override { return loader_.key(name); }
    TypeId type(std::string_view name) override { return loader_.type(name); }

    std::vector<NodeId> find(const std::string& class_name, const std::vector<std::string>& keys,
                             const std::vector<Normalise>& steps, const std::vector<Value>& values) override {
        const Table& table = table_of(class_name, keys, steps);
        const auto found = table.nodes.find(values);
        return found == table.nodes.end() ? std::vector<NodeId>{} : found->second;
    }
    std::string class_of(NodeId node) const override { return created_[index_.at(node)].class_name; }

    Value property(NodeId, KeyId) const override { return {}; }
    Value property(RelId, KeyId) const override { return {}; }
    std::vector<StoredRelationship> relationships(NodeId, TypeId) const override { return {}; }
    std::uint64_t degree(NodeId node, Direction direction, TypeId type) const override {
        const auto found = degrees_.find({node, direction, type});
        return found == degrees_.end() ? 0 : found->second;
    }
    bool is_taken(const SchemaEntry& rule, const std::vector<Value>& values, NodeId) const override {
        return std::any_of(unique_.begin(), unique_.end(),
                           [&](const Unique& each) { return each.entry.id == rule.id && each.taken.contains(values); });
    }

    NodeId create_node(const std::string& class_name, const Attributes& attributes, const PropertyList& more) override {
        PropertyList properties = more;
        for (const auto& [name, value] : attributes)
            if (!value.is_null()) properties.emplace_back(key_of(name), value);
        const LabelId label = loader_.label(class_name);
        const NodeId node = loader_.add_node({&label, 1}, properties);
        index_.emplace(node, created_.size());
        created_.push_back({node, class_name, &attributes});
        for (Unique& each : unique_)
            if (rules_.is_a(class_name, each.entry.label))
                if (auto values = values_of(attributes, each.entry.keys, {}); !values.empty())
                    each.taken.insert(std::move(values));
        for (auto& [name, table] : tables_)
            if (rules_.is_a(class_name, table.class_name)) add(table, created_.back());
        return node;
    }
    RelId create_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) override {
        if (has_limit(type)) {
            ++degrees_[{source, Direction::out, type}];
            ++degrees_[{target, Direction::in, type}];
        }
        return loader_.add_relationship(type, source, target, properties);
    }
    void set_property(NodeId, KeyId, const Value&) override {
        MAINSTAY_ASSERT(!"an empty target has nothing to change");
    }
    void set_property(RelId, KeyId, const Value&) override {
        MAINSTAY_ASSERT(!"an empty target has nothing to change");
    }
    void set_class(NodeId, const std::string&, const std::string&) override {
        MAINSTAY_ASSERT(!"an empty target has nothing to change");
    }
    void check() override {}

private:
    struct Created {
        NodeId node;
        std::string class_name;
        const Attributes* attributes;
    };
    struct Unique {
        SchemaEntry entry;
        std::unordered_set<std::vector<Value>, ValuesHash, ValuesEqual> taken;
    };
    struct Table {
        std::string class_name;
        std::vector<std::string> keys;
        std::vector<Normalise> steps;
        std::unordered_map<std::vector<Value>, std::vector<NodeId>, ValuesHash, ValuesEqual> nodes;
    };
    struct NodeHash {
        std::size_t operator()(NodeId node) const noexcept { return raw(node); }
    };

    KeyId key_of(Name name) {
        const auto index = static_cast<std::uint32_t>(name);
        if (keys_.size() <= index) keys_.resize(index + std::size_t{1}, no_key);
        if (keys_[index] == no_key) keys_[index] = loader_.key(observations_.text(name));
        return keys_[index];
    }

    // Empty if one of them is missing.
    std::vector<Value> values_of(const Attributes& attributes, const std::vector<std::string>& keys,
                                 const std::vector<Normalise>& steps) const {
        std::vector<Value> values;
        for (const std::string& key : keys) {
            const auto at = std::find_if(attributes.begin(), attributes.end(),
                                         [&](const auto& each) { return observations_.text(each.first) == key; });
            if (at == attributes.end() || at->second.is_null()) return {};
            values.push_back(normalised(at->second, steps));
        }
        return values;
    }

    void add(Table& table, const Created& created) const {
        if (auto values = values_of(*created.attributes, table.keys, table.steps); !values.empty())
            table.nodes[std::move(values)].push_back(created.node);
    }

    const Table& table_of(const std::string& class_name, const std::vector<std::string>& keys,
                          const std::vector<Normalise>& steps) {
        std::string name = class_name;
        for (const auto& key : keys) name += "\n" + key;
        for (const Normalise step : steps) name += fmt::format("\t{}", static_cast<int>(step));
        const auto [at, is_new] = tables_.try_emplace(std::move(name));
        if (is_new) {
            at->second.class_name = class_name;
            at->second.keys = keys;
            at->second.steps = steps;
            for (const Created& created : created_)
                if (rules_.is_a(created.class_name, class_name)) add(at->second, created);
        }
        return at->second;
    }

    bool has_limit(TypeId type) {
        const auto [at, is_new] = limited_.try_emplace(type, false);
        if (is_new)
            for (const auto& each : rules_.model().types())
                if ((each.max_out || each.max_in) && loader_.type(each.name) == type) at->second = true;
        return at->second;
    }

    BulkLoader& loader_;
    Observations& observations_;
    ClassRules& rules_;
    std::vector<Unique> unique_;
    std::vector<Created> created_;
    std::unordered_map<NodeId, std::size_t, NodeHash> index_;
    std::map<std::string, Table> tables_;
    std::map<std::tuple<NodeId, Direction, TypeId>, std::uint64_t> degrees_;
    std::map<TypeId, bool> limited_;
    std::vector<KeyId> keys_;  // by Name
};

}  // namespace

std::unique_ptr<Target> bulk_target(BulkLoader& loader, Observations& observations, std::vector<SchemaEntry> schema) {
    return std::make_unique<BulkTarget>(loader, observations, std::move(schema));
}

}  // namespace mainstay::connect
