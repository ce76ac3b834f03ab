#include "node_finder.hpp"
#include "target.hpp"

#include <algorithm>
#include <tuple>

namespace mainstay::connect {
namespace {

class TransactionTarget final : public Target {
public:
    TransactionTarget(Transaction& transaction, Observations& observations)
        : tx_(transaction),
          view_(transaction.view()),
          observations_(observations),
          finder_(view_, observations.class_rules()) {}

    bool was_empty() const override { return false; }
    KeyId key(std::string_view name) override { return tx_.key(name); }
    TypeId type(std::string_view name) override { return tx_.type(name); }

    std::vector<NodeId> find(const std::string& class_name, const std::vector<std::string>& keys,
                             const std::vector<Normalise>& steps, const std::vector<Value>& values) override {
        return finder_.find(class_name, keys, steps, values);
    }
    std::string class_of(NodeId node) const override { return finder_.class_of(node); }
    Value property(NodeId node, KeyId key) const override { return view_.property(node, key); }
    Value property(RelId rel, KeyId key) const override { return view_.property(rel, key); }

    std::vector<StoredRelationship> relationships(NodeId source, TypeId type) const override {
        std::vector<StoredRelationship> stored;
        const Run run = view_.run(source, Direction::out, type);
        stored.reserve(run.count());
        run.for_each([&](NodeId other, RelId rel) { stored.push_back({other, rel}); });
        std::sort(stored.begin(), stored.end(),
                  [](const auto& a, const auto& b) { return std::tuple(a.other, a.rel) < std::tuple(b.other, b.rel); });
        return stored;
    }
    std::uint64_t degree(NodeId node, Direction direction, TypeId type) const override {
        return view_.degree(node, direction, type);
    }
    bool is_taken(const SchemaEntry& rule, const std::vector<Value>& values, NodeId self) const override {
        const auto found = view_.seek(rule.id, values);
        return std::any_of(found.begin(), found.end(), [&](std::uint32_t id) { return NodeId{id} != self; });
    }

    NodeId create_node(const std::string& class_name, const Attributes& attributes, const PropertyList& more) override {
        PropertyList properties = more;
        for (const auto& [name, value] : attributes)
            if (!value.is_null()) properties.emplace_back(tx_.key(observations_.text(name)), value);
        const LabelId label = tx_.label(class_name);
        const NodeId node = tx_.create_node({&label, 1}, properties);
        finder_.add(node, class_name);
        return node;
    }
    RelId create_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) override {
        return tx_.create_relationship(type, source, target, properties);
    }
    void set_property(NodeId node, KeyId key, const Value& value) override { tx_.set_property(node, key, value); }
    void set_property(RelId rel, KeyId key, const Value& value) override { tx_.set_property(rel, key, value); }
    void set_class(NodeId node, const std::string& from, const std::string& to) override {
        tx_.add_label(node, tx_.label(to));
        if (!from.empty()) tx_.remove_label(node, tx_.label(from));
    }
    void check() override { tx_.finish_statement(); }

private:
    Transaction& tx_;
    const View& view_;
    Observations& observations_;
    NodeFinder finder_;
};

}  // namespace

std::unique_ptr<Target> transaction_target(Transaction& transaction, Observations& observations) {
    return std::make_unique<TransactionTarget>(transaction, observations);
}

}  // namespace mainstay::connect
