#pragma once

// The last transaction of a bulk load: what makes its segments visible.

#include "bulk_edges.hpp"
#include "store_impl.hpp"

#include <span>
#include <vector>

namespace mainstay {

struct BulkPublication {
    StoreImpl& store;
    std::uint64_t load = 0;
    const BulkRules& rules;
    const LoadedNodes& nodes;
    const BulkEdges& edges;
    BulkEncoder& encoder;  // its index entries are sorted
    BulkParts& parts;
    std::uint32_t first_rel = no_id;  // held back by the id source; no_id: no relationships
    CommitInfo info;
    const Principal& principal;
};

// Throws as BulkLoader::finish() says; nothing is published then.
CommitResult publish(const BulkPublication& load, const ProgressSink& progress);

}  // namespace mainstay
