#pragma once

#include "observations.hpp"
#include "target.hpp"

#include "mainstay/connect/connect.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mainstay::connect {

// The property in which the importer keeps the source that an element was last imported from. Names that begin with ~
// are system properties: the language hides them, views and dumps show them.
inline constexpr std::string_view source_property = "~source";

// Lines that a dry run lists at most.
inline constexpr std::size_t changes_listed_max = 1'000;

// Brings a database in line with what files say and counts what that takes: nodes by identity, relationships by
// (source, type, target, group) and the mapping's `key`. Properties that the files do not mention stay. What a file
// says twice or the class model forbids is reported and not taken.
class Reconciler {
public:
    // Borrows all. `schema`: the store's indexes and constraints.
    Reconciler(Target& target, Observations& observations, std::vector<SchemaEntry> schema, std::string source,
               ImportReport& report, const ProgressSink& progress);
    ~Reconciler();

    // Once. What is written is not committed yet.
    void run();

    // Counts the elements last imported from the same source that run() did not meet. They are left alone. `view`: of
    // the target's transaction, at all valid times.
    void count_missing(const View& view);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mainstay::connect
