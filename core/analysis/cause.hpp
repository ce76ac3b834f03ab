#pragma once

// Why an element changed: the chain of causes of DESIGN section 6, read from the log of a propagation that has ended.

#include "analysis/propagation.hpp"

#include <cstdint>
#include <vector>

namespace mainstay::analysis {

// Each step (which relationship carried the change of round r from which change of round r - 1) is found once and kept:
// 8 bytes a change, 4 bytes a node. Keeps a reference to the propagation.
class CauseFinder {
public:
    explicit CauseFinder(Propagation& propagation);
    // The chain that ends in what happened to `node` in round `hops`. Requires that it changed in that round.
    CausePath path(std::uint32_t node, std::uint32_t hops);

private:
    struct Step {
        RelId rel = no_rel;
        std::uint32_t change = 0;  // of the provider, one round earlier
    };
    std::uint32_t change_of(std::uint32_t node, std::size_t round) const;  // no_id if it did not change then
    State state_before_change(std::uint32_t change) const;
    State state_after_round(std::uint32_t node, std::size_t round) const;
    State signal(std::uint32_t node, State state) const;
    Step find_step(std::uint32_t change, std::size_t round);

    Propagation& propagation_;
    LazyArray<std::uint32_t> last_change_;       // by node, plus 1; 0: never
    std::vector<std::uint32_t> earlier_change_;  // by change, of the same node, plus 1
    std::vector<Step> steps_;                    // by change
    Rule rule_;
};

}  // namespace mainstay::analysis
