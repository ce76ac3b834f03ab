#pragma once

// How many rows the steps of a pattern make, from what the store counts, the class model declares, and a few nodes
// have. They are guesses, and only their order matters.

#include "plan/leaf.hpp"

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mainstay::plan {

// Borrows the pattern and its conditions, which may grow.
class Cardinality {
public:
    Cardinality(const bound::Pattern& pattern, const std::vector<Condition>& conditions, const View& view)
        : pattern_(pattern),
          conditions_(conditions),
          view_(view),
          labelled_(pattern.nodes.size()),
          own_shares_(pattern.nodes.size()),
          few_nodes_(pattern.nodes.size()) {}

    double nodes() const;                        // of the view, at least 1
    double labelled(std::uint32_t node) const;   // those of them that pass its label tests, at least 1
    double own_share(std::uint32_t node) const;  // of those, what its other own conditions let pass
    // Whether a condition reads the node and nothing else of the pattern.
    bool is_own(const Condition& condition, std::uint32_t node) const;

    // For each row, when a relationship is followed from one end to the other: edges looked at, and rows that are left
    // by what is known of the labels of the end. `into`: that end is known.
    struct Fan {
        double edges = 1, rows = 1;
    };
    Fan fan_out(const bound::PatternRel& rel, std::uint32_t from, std::uint32_t to, bool into) const;

private:
    Fan any_end(const bound::PatternRel& rel, std::uint32_t from, std::uint32_t to) const;
    // What a few nodes that pass a node's label tests have of a type: relationships each, and how many of their other
    // ends pass those of another.
    struct Sample {
        std::uint32_t nodes = 0;
        double edges = 0, ends = 0, passing = 0;
    };
    Sample look(TypeId type, bool forward, std::uint32_t from, std::uint32_t to) const;
    const std::vector<NodeId>& few_nodes(std::uint32_t node) const;
    bool passes_labels(std::uint32_t node, NodeId id) const;
    Fan of_one(const bound::PatternRel& rel, std::uint32_t from, std::uint32_t to) const;
    // Of the ends that relationships of a type have at their source or target, those that pass a node's label tests.
    double end_share(const std::string& type, bool source, std::uint32_t node) const;
    bool passes_labels(std::uint32_t node, const std::string& class_name) const;
    Slot slot(std::uint32_t node) const { return pattern_.nodes[node].slot; }

    const bound::Pattern& pattern_;
    const std::vector<Condition>& conditions_;
    const View& view_;
    // By node, and by relationship and direction of travel; empty: not computed yet.
    mutable std::vector<std::optional<double>> labelled_, own_shares_;
    mutable std::vector<std::optional<std::vector<NodeId>>> few_nodes_;
    mutable std::unordered_map<const bound::PatternRel*, std::array<std::optional<Fan>, 2>> fans_;
};

// What a condition about which nothing is counted lets pass.
double share_of(const bound::Expr& condition);

}  // namespace mainstay::plan
