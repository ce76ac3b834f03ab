#pragma once

#include "observations.hpp"

#include "mainstay/storage/bulk.hpp"
#include "mainstay/storage/transaction.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mainstay::connect {

// A stored relationship of a node, by its other end.
struct StoredRelationship {
    NodeId other;
    RelId rel;
};

// Where an import writes, and what it asks of what is there already: a transaction on a database with content, or the
// bulk loader of an empty one. What was created is found like what was there. One thread.
class Target {
public:
    virtual ~Target() = default;
    // Nothing was there at the start.
    virtual bool was_empty() const = 0;

    virtual KeyId key(std::string_view name) = 0;
    virtual TypeId type(std::string_view name) = 0;

    // Nodes of the class or its subclasses with these values, normalised by `steps` on the stored side; ascending.
    virtual std::vector<NodeId> find(const std::string& class_name, const std::vector<std::string>& keys,
                                     const std::vector<Normalise>& steps, const std::vector<Value>& values) = 0;
    virtual std::string class_of(NodeId node) const = 0;
    virtual Value property(NodeId node, KeyId key) const = 0;
    virtual Value property(RelId rel, KeyId key) const = 0;
    // Relationships of a source and type, ascending by (other, rel).
    virtual std::vector<StoredRelationship> relationships(NodeId source, TypeId type) const = 0;
    // Counted for types with a limit alone.
    virtual std::uint64_t degree(NodeId node, Direction direction, TypeId type) const = 0;
    // Another node than `self` (no_node: any) that has the values of a uniqueness rule.
    virtual bool is_taken(const SchemaEntry& rule, const std::vector<Value>& values, NodeId self) const = 0;

    // `attributes` outlives the target; what `more` holds is stored too.
    virtual NodeId create_node(const std::string& class_name, const Attributes& attributes,
                               const PropertyList& more) = 0;
    virtual RelId create_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) = 0;
    // Not asked of a target that was empty.
    virtual void set_property(NodeId node, KeyId key, const Value& value) = 0;
    virtual void set_property(RelId rel, KeyId key, const Value& value) = 0;
    virtual void set_class(NodeId node, const std::string& from, const std::string& to) = 0;
    // Throws Error(constraint_violation) if the class model or a constraint speaks against what was written since the
    // last check. A target that was empty is checked when its load ends.
    virtual void check() = 0;
};

std::unique_ptr<Target> transaction_target(Transaction& transaction, Observations& observations);
// `schema`: the store's indexes and constraints.
std::unique_ptr<Target> bulk_target(BulkLoader& loader, Observations& observations, std::vector<SchemaEntry> schema);

}  // namespace mainstay::connect
