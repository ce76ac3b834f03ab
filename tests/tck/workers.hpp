#pragma once

#include "run.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace mainstay::tck {

// Runs scenarios in worker processes, so that one which crashes or hangs costs only itself: it is reported as failed
// and another worker goes on after it. Outcomes are in the order of `scenarios`. `done` is called after each, in any
// order. The caller must have no other threads.
std::vector<Outcome> run_in_workers(const std::vector<const Scenario*>& scenarios, const RunOptions& options,
                                    unsigned workers, std::chrono::seconds scenario_time,
                                    const std::function<void(std::size_t)>& done);

}  // namespace mainstay::tck
