#pragma once

// A Debian package index as a dependency graph: every package a Package, every clause of Pre-Depends and Depends a
// group of which one member is needed; a clause that nothing meets is a gate without members. What the importer does
// too, in little.

#include "support/memory_graph.hpp"

#include "mainstay/core/model.hpp"

#include <map>
#include <string>
#include <vector>

namespace mainstay::test {

struct DebianGraph {
    Model model;
    MemoryGraph graph;
    std::map<std::string, NodeId, std::less<>> packages;
    std::size_t clauses = 0;         // distinct ones that a package does not meet itself
    std::size_t clause_options = 0;  // packages that meet them, summed
    std::string name_of(NodeId node) const;
};

// Plain or .gz. Throws std::runtime_error if the file cannot be read.
DebianGraph read_debian(const std::string& path);

// Lower-case hexadecimal SHA-256.
std::string sha256(const std::string& bytes);

}  // namespace mainstay::test
