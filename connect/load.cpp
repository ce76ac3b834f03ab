#include "load.hpp"

#include "reconcile.hpp"

#include "mainstay/core/error.hpp"

namespace mainstay::connect {

CommitResult load_new(Store& store, Observations& observations, const std::string& source, ImportReport& report,
                      const ImportOptions& options) {
    const auto transaction = store.begin(ValidTime{std::nullopt});
    Reconciler{*transaction, observations, source, report, options.progress}.run();
    if (!transaction->has_writes()) return {};
    CommitInfo info = options.commit;
    info.source = source;
    if (const auto commit = transaction->commit(info)) return *commit;
    throw Error{Code::write_conflict, "another transaction got in the way of the import; try again"};
}

}  // namespace mainstay::connect
