#pragma once

#include "observations.hpp"
#include "problems.hpp"

#include "mainstay/core/model.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

// Debian package indexes (deb822 stanzas, Debian Policy 5.1 and 7.1): what breaks when a package disappears?
//
// Every package is a node of class Package, identified by `name`. Every comma-separated clause of Pre-Depends and
// Depends is a redundancy group that needs 1: one DEPENDS_ON {group, need: 1, clause} to each package that meets an
// alternative, by its name or by what it Provides. `group` is the clause without versions ("mta | postfix"), `clause`
// as written. Versions, architecture qualifiers and build restrictions are ignored; a clause that the package meets
// itself is left out; clauses met by the same packages count once. A clause that nothing meets becomes a gate, a node
// of class UnmetDependency that lacks the members it requires and so is always down, on which the package depends.
namespace mainstay::connect {

// `base` with the classes and types that the reader needs. In a model with configuration items, packages are such.
Model debian_model(const Model& base);

// Adds the index's packages and clauses to `observations`. Returns the stanzas read. A line that is no field, a stanza
// without a name and a name that occurs again (the first counts) are reported. `tick` is called every thousand stanzas.
std::uint64_t read_debian(std::string_view text, Observations& observations, std::uint32_t file,
                          const std::function<void(std::uint64_t stanzas)>& tick);

}  // namespace mainstay::connect
