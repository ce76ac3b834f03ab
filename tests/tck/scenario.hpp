#pragma once

// A scenario of the openCypher conformance suite, read from its JSON Lines form: one object a line.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mainstay::tck {

struct ExpectedError {
    std::string type;    // "SyntaxError"
    std::string phase;   // "compile time", "runtime", "any time"
    std::string detail;  // "UndefinedVariable"; "*": any
};

// What a query must give: rows, no rows at all (without naming columns), or an error.
struct Expectation {
    enum class Kind : std::uint8_t { rows, no_rows, error };
    Kind kind = Kind::no_rows;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;  // values as text
    bool ordered = false;
    bool ignore_list_order = false;
    ExpectedError error;
};

struct Query {
    std::string text;
    Expectation expect;
};

// A procedure to provide: a call returns the output cells of each row whose input cells equal the arguments.
struct ProcedureTable {
    std::string signature;
    std::vector<std::string> columns;  // inputs, then outputs
    std::vector<std::vector<std::string>> rows;
};

using SideEffects = std::map<std::string, std::int64_t>;  // "+nodes", "-properties", ...; absent: none

struct Scenario {
    std::string id;      // "clauses/match/Match1[3]"
    std::string folder;  // "clauses/match"
    std::string name;
    bool ignored = false;  // the suite itself asks nobody to run it
    std::string graph;     // "empty", "any" or the name of a graph file
    std::vector<std::string> setup;
    std::vector<std::pair<std::string, std::string>> parameters;  // name, value as text
    std::vector<ProcedureTable> procedures;
    Query query;
    std::optional<SideEffects> side_effects;  // nullopt: not stated
    std::vector<Query> control;               // run afterwards
};

// Throws std::runtime_error naming file and line if the file cannot be read or a line has not that form.
std::vector<Scenario> load_scenarios(const std::filesystem::path& file);

}  // namespace mainstay::tck
