#pragma once

#include "mainstay/storage/store.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace mainstay {

// Whether attributes that the class model gives a default, and that a node comes without, get it (as in a transaction),
// or stay away: a restored dump has what was dumped.
enum class Defaults : std::uint8_t { apply, leave };

// Loads many new elements fast: segments are written directly, invisible until finish() publishes them with one log
// record. Other transactions may commit meanwhile. Elements may connect to existing nodes. Memory: 12 bytes a
// relationship, up to 256 MB of scratch and parts not yet written, and the keys of indexed values. One thread (it may
// use another inside). Dropped without finish(), or after a throw: nothing happened. Want of memory comes out of
// start() and finish() as an Error, out of what is called for each element as std::bad_alloc.
class BulkLoader {
public:
    // Takes the file's writer lock. Throws Error: writer_locked, read_only, forbidden (a reader), not_signed_in.
    static std::unique_ptr<BulkLoader> start(Store& store, Defaults defaults = Defaults::apply,
                                             const Principal& principal = {});
    virtual ~BulkLoader() = default;

    // Names, made if new. Throw Error unknown_label, unknown_type if there is a class model that does not know the
    // name.
    virtual LabelId label(std::string_view name) = 0;
    virtual TypeId type(std::string_view name) = 0;
    virtual KeyId key(std::string_view name) = 0;

    // Ids are final. Nodes of one label set are placed together. Null values are left out. Throw Error
    // invalid_property_type.
    virtual NodeId add_node(std::span<const LabelId> labels, const PropertyList& properties) = 0;
    virtual RelId add_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) = 0;

    // Checks what constraints and the class model ask, then publishes. Throws Error: constraint_violation (the first
    // few of what is wrong), entity_not_found (an end that is no node), write_conflict (the class model or the schema
    // changed since start()), disk_full, ... and nothing happened. A load of nothing gives transaction 0.
    virtual CommitResult finish(const CommitInfo& info, const ProgressSink& progress) = 0;
};

}  // namespace mainstay
