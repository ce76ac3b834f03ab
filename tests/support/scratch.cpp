#include "support/scratch.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace mainstay::test {

ScratchFolder::ScratchFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto root = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (root / "mainstay-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder can be made in " + root.string());
    path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace mainstay::test
