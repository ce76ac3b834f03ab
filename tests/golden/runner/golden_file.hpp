#pragma once

// A golden file: statements and what they must give. CONTRIBUTING.md describes the form for those who write one.
//
//   # remark                    only before the first case
//   graph NAME                  tests/golden/graphs/NAME.mql (statements that make it) and NAME.model.json, if there
//   model built-in              instead of NAME.model.json: the model of a new database. Without either: no model
//   now 2026-09-01T00:00Z       the statement's now (this one if not given)
//
//   == title
//   statement                   several, each but the last ended by a line that ends with `;`: the last is the case
//   ---- params                 name = expression
//   ---- rows [ordered]         a table: columns, then one row a line, cells split by ` | `; any order unless `ordered`
//   ---- error CODE [L:C]       place if there is one, then the message, "; " and the hint
//   ---- plan                   what EXPLAIN shows, without estimates
//   ---- notices                code: message
//   ---- counters               what was written, name: number

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mainstay::golden {

// One part of a case, as written.
struct Section {
    std::string name;                // "rows", "error", ...
    std::string argument;            // what follows the name: "ordered", "unknown_state 1:35"
    std::vector<std::string> lines;  // without trailing empty ones
};

struct Case {
    std::string title;
    int line = 0;  // of the title, from 1
    std::string statement;
    std::vector<Section> sections;

    const Section* find(std::string_view name) const;
};

struct File {
    std::filesystem::path path;
    std::vector<std::string> header;  // everything before the first case, as written
    std::string graph, model, now;
    std::vector<Case> cases;
};

// Throws std::runtime_error naming file and line for what has not the form above.
File read_golden(const std::filesystem::path& path);
void write_golden(const File& file);

// The cells of a table's line: split at `|` outside of quotes and backticks, blanks around them dropped.
std::vector<std::string> cells_of(std::string_view line);
// Lines with the cells under each other.
std::vector<std::string> table_of(const std::vector<std::vector<std::string>>& rows);

}  // namespace mainstay::golden
