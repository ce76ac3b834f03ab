#pragma once

#include "observations.hpp"

#include "mainstay/connect/connect.hpp"
#include "mainstay/storage/transaction.hpp"

#include <string>

namespace mainstay::connect {

// The property in which the importer keeps the source that an element was last imported from. Names that begin with ~
// are system properties: the language hides them, views and dumps show them.
inline constexpr std::string_view source_property = "~source";

// Lines that a dry run lists at most.
inline constexpr std::size_t changes_listed_max = 1'000;

// Brings a database in line with what files say, inside one transaction, and counts what that takes: nodes by identity,
// relationships by (source, type, target, group) and the mapping's `key`. Properties that the files do not mention
// stay. What a file says twice or the class model forbids is reported and not taken. Elements last imported from the
// same source that the files no longer hold are counted and left alone.
class Reconciler {
public:
    // Borrows all. `transaction` sees all valid times.
    Reconciler(Transaction& transaction, Observations& observations, std::string source, ImportReport& report,
               const ProgressSink& progress);
    ~Reconciler();

    // Throws Error(constraint_violation) only for what cannot be told row by row.
    void run();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mainstay::connect
