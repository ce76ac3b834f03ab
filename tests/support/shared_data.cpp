#include "support/shared_data.hpp"

#include <iostream>

namespace mainstay::test {

std::optional<std::filesystem::path> shared_data(const std::filesystem::path& relative) {
    const auto path = std::filesystem::path{MAINSTAY_SHARED_DIR} / relative;
    if (std::filesystem::exists(path)) return path;
    std::cout << "SKIPPED: " << path.string()  // the sample data beside the project is absent: nothing to compare with
              << " is not here; set MAINSTAY_SHARED to the folder of the sample data\n";
    return std::nullopt;
}

}  // namespace mainstay::test
