#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::shell {

struct Candidate {
    std::string text;  // what replaces the stretch
    std::string kind;  // "class", "function", ...: shown beside it
};

struct Completions {
    std::size_t begin = 0;  // the stretch of the text to be replaced, in bytes
    std::size_t end = 0;
    std::vector<Candidate> candidates;  // best first
};

class Completer {
public:
    virtual ~Completer() = default;
    // What may stand at `cursor` in `text`. Never throws for odd text; bounded work, since a user waits.
    virtual Completions complete(std::string_view text, std::size_t cursor) = 0;
};

// The longest text all candidates begin with; whole characters only.
std::string common_prefix(const std::vector<Candidate>& candidates);

}  // namespace mainstay::shell
