#include "mainstay/connect/temporary_folder.hpp"

#include "mainstay/core/error.hpp"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace mainstay {

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "mainstay-XXXXXX").string();
    if (!mkdtemp(name.data()))
        throw Error{Code::io_error, "cannot make a temporary directory: " + std::string{std::strerror(errno)}};
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace mainstay
