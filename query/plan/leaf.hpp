#pragma once

// Where the matching of a pattern may start: for one node, the cheapest way to find it.

#include "plan/pattern.hpp"

#include <vector>

namespace mainstay::plan {

// A condition of a MATCH, with what it reads.
struct Condition {
    ExprPtr expression;
    SlotSet reads;
    bool placed = false;  // some operation of the plan takes care of it
};

// The condition as a label test of the node in `slot`; null if it is none.
const bound::LabelTest* label_test_of(const Condition& condition, Slot slot);

struct Leaf {
    decltype(Node::op) op;
    double rows = 0;                    // estimated, for one input row
    std::vector<std::size_t> consumed;  // conditions that the operation makes true
};

// The best leaf for the node in `slot`, given what is not known yet (`unbound`, the node's own slot included).
Leaf find_leaf(Slot slot, std::uint32_t time, const std::vector<Condition>& conditions, const SlotSet& unbound,
               const bound::Statement& statement, PlanContext& context);

// Nodes that may satisfy all label tests of `slot` among the conditions, estimated.
double estimate_labelled(Slot slot, const std::vector<Condition>& conditions, const View& view);
double estimate_rels(const bound::PatternRel& rel, const View& view);

}  // namespace mainstay::plan
