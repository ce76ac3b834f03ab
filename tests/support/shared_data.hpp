#pragma once

#include <filesystem>
#include <optional>

namespace mainstay::test {

// A file or folder of the sample data beside the project, read in place. Without it: nullopt, and ctest calls the test
// skipped, for it looks for this message.
//   const auto file = shared_data("tck/tck.jsonl");
//   if (!file) return;
std::optional<std::filesystem::path> shared_data(const std::filesystem::path& relative);

}  // namespace mainstay::test
