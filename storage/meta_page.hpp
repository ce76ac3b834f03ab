#pragma once

// The newest state of a file as its meta pages say, read and put back with pread and pwrite, never through a map.

#include "page_format.hpp"

#include <optional>

namespace mainstay::lmdb {

// nullopt: neither page has the right magic and version.
std::optional<Meta> read_newest_meta(int fd);
// Makes `meta` the newest state of the file. Not synced. False, with errno, if it cannot be written.
bool restore_meta(int fd, const Meta& meta);

}  // namespace mainstay::lmdb
