#pragma once

// Runs one scenario on a fresh database, through the library's public door or a server's.

#include "asker.hpp"
#include "scenario.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace mainstay::tck {

// What of the graph lies in segments when a statement under test runs.
enum class Folded : std::uint8_t {
    as_usual,  // what the store has folded by itself
    all,       // everything, before every statement
    nothing    // all of it is deltas
};

struct RunOptions {
    std::filesystem::path graphs;   // folder of NAME.cypher
    std::filesystem::path scratch;  // empty folder for databases; best in memory
    bool through_bolt = false;      // if not, through the library, which alone can do the following
    std::uint32_t batch_rows = 2048;
    bool optimise = true;
    Folded folded = Folded::as_usual;
};

struct Outcome {
    Level level = Level::nothing;
    std::string message;  // what differs; empty at Level::phase
};

// Never throws for what the engine does.
Outcome run_scenario(const Scenario& scenario, const RunOptions& options);

}  // namespace mainstay::tck
