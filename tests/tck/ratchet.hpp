#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace mainstay::tck {

// The scenarios that are known to fail: a run may mend some, never break others. A text file, one id a line, sorted;
// lines that begin with # are remarks.
std::set<std::string> read_known_failures(const std::filesystem::path& file);  // throws std::runtime_error
void write_known_failures(const std::filesystem::path& file, const std::set<std::string>& failures, std::size_t passed);

}  // namespace mainstay::tck
