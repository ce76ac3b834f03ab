#pragma once

// Runs one scenario against the library's public door, on a fresh database.

#include "scenario.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace mainstay::tck {

struct RunOptions {
    std::filesystem::path graphs;   // folder of NAME.cypher
    std::filesystem::path scratch;  // empty folder for databases; best in memory
    std::uint32_t batch_rows = 2048;
    bool optimise = true;
};

// How much of what a scenario asks holds. A scenario without an expected error reaches `phase` or nothing.
enum class Level : std::uint8_t {
    nothing,
    fails,   // an expected error: fails as the client's mistake and leaves the graph as it was
    type,    // ... with the expected type
    detail,  // ... and detail
    phase    // ... and phase: everything
};

struct Outcome {
    Level level = Level::nothing;
    std::string message;  // what differs; empty at Level::phase
};

// Never throws for what the engine does.
Outcome run_scenario(const Scenario& scenario, const RunOptions& options);

}  // namespace mainstay::tck
