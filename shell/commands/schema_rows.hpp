#pragma once

#include "mainstay/storage/view.hpp"

#include <string>
#include <vector>

namespace mainstay::shell {

// Indexes and constraints as rows.
std::vector<std::string> schema_columns();
std::vector<std::vector<Value>> schema_rows(const View& view);

// Classes (or labels, without a model) as a tree, with how many nodes carry each and its identification keys.
std::vector<std::string> class_columns();
std::vector<std::vector<Value>> class_rows(const View& view);
// Relationship types with what they mean for failure and how many there are.
std::vector<std::string> type_columns();
std::vector<std::vector<Value>> type_rows(const View& view);

}  // namespace mainstay::shell
