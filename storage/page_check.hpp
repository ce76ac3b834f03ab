#pragma once

// Checks the pages of a file one by one and against each other, as they stand in the file: read with pread, never
// through LMDB or its map.

#include "file_map.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mainstay::lmdb {

// Throws Error if the heads of a file or the page that names its tables are damaged (Code::corrupt), or the file is
// something else (not_a_database, newer_format). Reads a few pages. For a file that another process may be writing to.
// Gives what the newest head says.
Meta check_heads(const std::filesystem::path& file, int descriptor);

struct PageProblems {
    std::vector<std::string> problems;  // each names the table and the page; empty: sound
    std::vector<bool> damaged;          // by table, as given
    std::uint64_t pages = 0;            // read
};

// All trees of a snapshot that a reader holds: every page on its own; order of keys within and between pages; values
// on pages of their own; the counts that the records of the trees give; that every page of the file is used once, or
// free, and not both. Memory: a byte a page of the file.
PageProblems check_pages(int descriptor, const Snapshot& snapshot, std::span<const NamedTable> tables);

// Whether what a file is shorter than its head says are pages that nobody uses: a transaction may give back its last
// pages without ever having written them.
bool lacks_free_pages_only(int descriptor, const Meta& head);

// The list of free pages alone, which a writer takes pages from. "": sound.
std::string problem_of_free_list(int descriptor, const Snapshot& snapshot);

}  // namespace mainstay::lmdb
