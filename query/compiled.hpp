#pragma once

#include "bind/bound.hpp"
#include "plan/plan.hpp"
#include "procedures.hpp"

#include "mainstay/storage/view.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace mainstay {

// A statement ready to run: bound and planned against one state of the definitions. Immutable, shared by the plan cache
// and the runs; the plan borrows from the statement beside it.
struct Compiled {
    std::string text;
    bound::Statement statement;
    plan::Plan plan;  // of a query; empty for a schema command
    std::vector<std::string> columns;
    bool writes = false;
    Role needs = Role::reader;  // who may run it, not only look at its plan ...
    std::string_view does;      // ... and what they do: "writing"
    bool optimised = true;
    std::shared_ptr<const ProcedureTable> procedures;
    std::uint64_t definitions = 0;      // View::definitions_version() it was made for
    std::uint64_t nodes = 0, rels = 0;  // as they were counted then

    // Whether it is still right (definitions) and its plan still likely to be good (numbers) for a view.
    bool suits(const View& view) const;
    const bound::Query* query() const { return std::get_if<bound::Query>(&statement.body); }
};

// Parses, binds and plans. `folders`: those of LOAD CSV, which live longer. Throws Error with the place of what is
// wrong.
std::shared_ptr<const Compiled> compile(std::string_view text, const View& view,
                                        std::shared_ptr<const ProcedureTable> procedures, const LoadFolders& folders,
                                        bool optimise);

}  // namespace mainstay
