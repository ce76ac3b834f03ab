#pragma once

// Values as people read them in a table.

#include "mainstay/connect/captions.hpp"

#include <optional>
#include <string>

namespace mainstay::shell {

// As text for a terminal.
class Captions : public mainstay::Captions {
public:
    std::string name(const Node& node);
    std::optional<std::string> title(const Node& node);
};

// Strings plain, null `null`, elements `(:Server {name: 'db01', site: 'E'})` with the naming properties first, paths
// `(a)-[:RUNS_ON]->(b)` by caption; inside lists and maps strings stand in quotes and nodes are short,
// `(:Server db01)`. Control characters are made visible, newlines of plain strings are kept.
std::string cell_text(const Value& value, Captions& captions);

}  // namespace mainstay::shell
