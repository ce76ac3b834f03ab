#pragma once

#include "exec/adjacency.hpp"
#include "exec/eval.hpp"

namespace mainstay::exec {

// EXISTS and COUNT of a plan::HopQuery: the edges of the outer row's node are looked at in place, to the first that
// does for EXISTS. One run of the statement after another, one row at a time. Borrows the plan.
class HopSubquery {
public:
    HopSubquery(const plan::HopQuery& query, StatementContext& context);

    // Whether there is such a relationship, or how many there are. nullopt: this row must be answered by the plan
    // itself (the outer value is no node).
    std::optional<Value> run(const bound::Subquery& subquery, const Row& row);

private:
    bool starts(const Row& row, NodeId& from, NodeId& to) const;
    bool passes(NodeId other, RelId rel);

    const plan::Hop& hop_;
    StatementContext& context_;
    HopTypes types_;
    Adjacency edges_;
    std::vector<LabelMatcher*> labels_;       // of the far end
    std::vector<bound::ExprPtr> conditions_;  // the others
    Batch row_;                               // what they are evaluated on
    std::uint64_t run_ = 0;                   // of the context
};

}  // namespace mainstay::exec
