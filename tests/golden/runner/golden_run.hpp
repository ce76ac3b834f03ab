#pragma once

// Runs golden cases against the library's door, in one of the states in which every answer must be the same.

#include "golden/runner/golden_file.hpp"

#include "mainstay/query/database.hpp"
#include "support/scratch.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace mainstay::golden {

enum class State : std::uint8_t {
    plain,  // nothing is ever folded: all of the graph is deltas
    one_row_batches,
    not_optimised,
    folded,   // all of the graph is folded into segments before the case
    reopened  // the file is closed and opened again before the case
};
std::string_view name_of(State) noexcept;

// The cases of one file, one after another. A database serves the cases that only read; after one that writes, the next
// gets a new one.
class Runner {
public:
    Runner(const File& file, std::filesystem::path graphs, State state);

    // What the case gives, in the sections that it has now (params aside); a case without any gets rows or error.
    std::vector<Section> answer(const Case& one);
    // Empty if `got` is what the case states; otherwise the difference, for people. Plans are compared in State::plain
    // alone: statistics and options change them.
    std::string difference(const Case& one, const std::vector<Section>& got) const;

private:
    struct Outcome;
    void load_graph();
    void open();
    Parameters parameters_of(const Case& one);
    Outcome run(const Case& one);

    const File& file_;
    std::filesystem::path graphs_;
    State state_;
    ExecuteOptions execute_;
    std::unique_ptr<test::ScratchFolder> folder_;
    std::unique_ptr<Database> database_;
};

}  // namespace mainstay::golden
