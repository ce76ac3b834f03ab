#pragma once

#include "mainstay/storage/store.hpp"

#include <memory>
#include <string>

namespace mainstay {

// Loads many new elements fast: segments are written directly, invisible until finish() publishes them with one log record.
// Elements may connect to existing nodes. What constraints and the class model ask is checked at finish(). One thread.
// Dropped without finish(): nothing happened.
class BulkLoader {
public:
    static std::unique_ptr<BulkLoader> start(Store& store);
    virtual ~BulkLoader() = default;

    virtual LabelId label(std::string_view name) = 0;
    virtual TypeId type(std::string_view name) = 0;
    virtual KeyId key(std::string_view name) = 0;

    // Ids are final. Nodes of one label set are placed together.
    virtual NodeId add_node(std::span<const LabelId> labels, const PropertyList& properties) = 0;
    virtual RelId add_relationship(TypeId type, NodeId source, NodeId target, const PropertyList& properties) = 0;
    virtual CommitResult finish(const CommitInfo& info, const ProgressSink& progress) = 0;
};

}  // namespace mainstay
