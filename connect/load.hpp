#pragma once

#include "observations.hpp"

#include "mainstay/connect/connect.hpp"

#include <string>

namespace mainstay::connect {

// The first import into a database without nodes: everything observed is new, so nothing is looked up in the store and
// the bulk loader writes segments directly. The same checks and reports as the Reconciler's. Requires a store without
// nodes that has the observations' class model.
CommitResult load_new(Store& store, Observations& observations, const std::string& source, ImportReport& report,
                      const ImportOptions& options);

}  // namespace mainstay::connect
