#pragma once

#include "observations.hpp"
#include "target.hpp"

#include "mainstay/connect/connect.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mainstay::connect {

// The property in which the importer keeps the source that an element was last imported from. Names that begin with ~
// are system properties: the language hides them, views and dumps show them.
inline constexpr std::string_view source_property = "~source";

// Lines that a dry run lists at most.
inline constexpr std::size_t changes_listed_max = 1'000;

// What the store has refused of an import, and why, by index of the observation: left out and reported.
struct Refused {
    std::map<std::uint32_t, std::string> nodes, rels;

    std::size_t count() const noexcept { return nodes.size() + rels.size(); }
};

// Brings a database in line with what files say and counts what that takes: nodes by identity, relationships by
// (source, type, target, group) and the mapping's `key`. Properties that the files do not mention stay. What a file
// says twice or the class model forbids is reported and not taken.
class Reconciler {
public:
    // Borrows all. `schema`: the store's indexes and constraints.
    Reconciler(Target& target, Observations& observations, std::vector<SchemaEntry> schema, std::string source,
               ImportReport& report, const ProgressSink& progress);
    ~Reconciler();

    // Once, this or the next. What is written is not committed yet.
    void run(const Refused& refused = {});
    // As run(), with a check after every element. False when the store refused one: it is in `refused` then, the
    // transaction is spoilt, and another can do without it.
    [[nodiscard]] bool run_checked(Refused& refused);

    // Counts the elements last imported from the same source that run() did not meet. They are left alone. `view`: of
    // the target's transaction, at all valid times.
    void count_missing(const View& view);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mainstay::connect
