#pragma once

// Who asks the statements of a scenario: a program that embeds the library, or a client over Bolt. Both say the same of
// what came, so that a scenario is judged by the same rules.

#include "scenario.hpp"
#include "text_value.hpp"

#include "mainstay/query/database.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::tck {

// How much of what a scenario asks holds. A scenario without an expected error reaches `phase` or nothing.
enum class Level : std::uint8_t {
    nothing,
    fails,   // an expected error: fails as the client's mistake and leaves the graph as it was
    type,    // ... with the expected type
    detail,  // ... and detail
    phase    // ... and phase: everything
};

// How a statement failed: in words, and how much of an expected error that is, as far as who asked was told.
struct Failure {
    std::string text;
    std::function<Level(const ExpectedError&)> level;
};

struct Answer {
    std::vector<std::string> columns;
    std::vector<std::vector<TextValue>> rows;  // if it failed, those that came before
    std::optional<Failure> failure;
};

// Asks one statement after another, each in a transaction of its own. One thread.
class Asker {
public:
    virtual ~Asker() = default;
    // Throws std::runtime_error if there is no answer, or one that is none.
    virtual Answer ask(std::string_view statement, const std::vector<TextEntry>& parameters) = 0;
};

// Through the library's door; `options` are of every statement.
std::unique_ptr<Asker> make_library_asker(Database& database, ExecuteOptions options);

// Serves the database on a free port of this machine and is its only client, of Bolt 5.4. Of an error Bolt carries a
// code for its kind and words, neither detail nor phase: such a failure has the highest level if its code belongs to
// the expected error, and one of compile time is the answer to the statement, not to the request for its rows.
std::unique_ptr<Asker> make_bolt_asker(Database& database, std::chrono::milliseconds statement_time);

}  // namespace mainstay::tck
