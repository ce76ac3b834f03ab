#pragma once

#include "editor/completion.hpp"
#include "interactive/vocabulary.hpp"

namespace mainstay::shell {

// Completes statements by what stands before the cursor: classes after `(x:`, relationship types after `[:`, attributes
// after `x.` and in `{…}` (of x's class where the text says it), values in `{name: '…`, procedures after CALL,
// parameters after $, columns after YIELD; else keywords, phrases, functions and the variables of the text. Commands of
// the shell at a leading dot.
class StatementCompleter final : public Completer {
public:
    // Both borrowed.
    StatementCompleter(const Vocabulary& vocabulary, const std::vector<std::string>& dot_commands)
        : vocabulary_(vocabulary), dot_commands_(dot_commands) {}
    Completions complete(std::string_view text, std::size_t cursor) override;

private:
    Completions look_up(std::string_view text, std::size_t cursor);
    const Vocabulary& vocabulary_;
    const std::vector<std::string>& dot_commands_;
};

}  // namespace mainstay::shell
