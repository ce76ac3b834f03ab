#pragma once

#include "mainstay/storage/view.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay {

// Who and why; goes into the log with the commit.
struct CommitInfo {
    std::string author;
    std::string reason;
    std::string source;  // name of an import source, "" for people
    std::string change;  // reference of an (ITIL) change
};

struct CommitResult {
    TxNumber tx{};  // 0 if the transaction changed nothing
    std::int64_t time_us = 0;
};

// What a statement did, as openCypher counts side effects.
struct WriteCounters {
    std::uint64_t nodes_created = 0, nodes_deleted = 0, rels_created = 0, rels_deleted = 0;
    std::uint64_t properties_set = 0, labels_added = 0, labels_removed = 0, indexes_added = 0, indexes_removed = 0;
    std::uint64_t constraints_added = 0, constraints_removed = 0;
    bool any() const noexcept {
        return nodes_created + nodes_deleted + rels_created + rels_deleted + properties_set + labels_added +
                   labels_removed + indexes_added + indexes_removed + constraints_added + constraints_removed >
               0;
    }
};

using PropertyList = std::vector<std::pair<KeyId, Value>>;

// A write transaction: an overlay on its own snapshot, without LMDB's writer lock; commit() hands it to the committer.
// One thread at a time. Dropped without commit(): nothing happened. Ids are final when handed out; those of an aborted
// transaction stay unused. Want of memory is std::bad_alloc out of what is called for each element, and an Error out of
// commit(); after either only rollback is left. What the role of its principal does not allow throws
// Error(Code::forbidden) where it is asked for: data needs the role editor, class model and schema the role admin.
class Transaction {
public:
    virtual ~Transaction() = default;

    // The snapshot with this transaction's own writes, always up to date. Lives until the transaction ends. A Run it
    // returns lives until the next write.
    virtual const View& view() const = 0;
    // The same as a pointer for values that outlive the statement; valid as long as the transaction object.
    virtual ViewPtr view_ptr() const = 0;
    // The same transaction seen at another valid time; shows later writes too.
    virtual ViewPtr view_at(ValidTime) const = 0;

    // Names, made if new. Throws Error(Code::unknown_label / unknown_type) if a class model is present and does not
    // know it.
    virtual LabelId label(std::string_view name) = 0;
    virtual TypeId type(std::string_view name) = 0;
    virtual KeyId key(std::string_view name) = 0;

    // Null values in `properties` are left out. Values must be storable (Error invalid_property_type otherwise).
    virtual NodeId create_node(std::span<const LabelId> labels, const PropertyList& properties) = 0;
    // Throws Error(Code::entity_not_found) if an end is not in the view.
    virtual RelId create_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) = 0;
    // Null removes the property. Setting an equal value of the same type changes nothing.
    virtual void set_property(NodeId, KeyId, const Value&) = 0;
    virtual void set_property(RelId, KeyId, const Value&) = 0;
    virtual void add_label(NodeId, LabelId) = 0;
    virtual void remove_label(NodeId, LabelId) = 0;
    // Deleting what is deleted already changes nothing. A node may still have relationships until finish_statement().
    virtual void delete_relationship(RelId) = 0;
    virtual void delete_node(NodeId) = 0;
    // Deletes all relationships of a node, those outside the view's valid time too (for DETACH DELETE).
    virtual void detach_node(NodeId) = 0;
    virtual bool is_deleted(NodeId) const = 0;  // by this transaction
    virtual bool is_deleted(RelId) const = 0;

    // To be called at the end of each statement: deleted nodes without relationships (Error delete_connected_node),
    // constraints and class model hold for what was written (constraint_violation). After a throw only rollback is
    // left.
    virtual void finish_statement() = 0;

    // --- class model and schema; each takes effect in this transaction's commit
    virtual void set_model(const Model& model) = 0;        // Error model_contradicts_data with a list
    virtual IndexId create_schema(SchemaEntry entry) = 0;  // id is given; existing data is checked and indexed
    virtual void drop_schema(std::string_view name) = 0;   // Error index_missing

    // Makes the commit lose (write conflict) if another transaction that claimed the same number has committed since
    // this one began. MERGE claims a hash of its pattern when it found nothing, so that two of them do not both create.
    virtual void claim(std::uint64_t hash) = 0;

    virtual WriteCounters counters() const = 0;
    virtual bool has_writes() const = 0;

    // Durable when it returns. [[nodiscard]]: nullopt means another commit got there first (write conflict): start
    // over. Throws constraint_violation, disk_full, ...; forbidden or not_signed_in if the account of the principal was
    // changed since; nothing is committed then. The author is the principal's name if it has one, else info's.
    [[nodiscard]] virtual std::optional<CommitResult> commit(const CommitInfo& info) = 0;
};

}  // namespace mainstay
