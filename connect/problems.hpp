#pragma once

#include "mainstay/connect/connect.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mainstay::connect {

// What is wrong with one file's rows. Borrows the list, which all files of an import share. One thread.
class ProblemLog {
public:
    ProblemLog(std::string file, std::vector<ImportProblem>& problems) : file_(std::move(file)), problems_(&problems) {}

    const std::string& file() const noexcept { return file_; }
    // `line` from 1; 0 is the file as a whole.
    void add(std::uint64_t line, std::string message, NotTaken not_taken = NotTaken::row, std::uint64_t object = 0) {
        problems_->push_back({file_, line, std::move(message), not_taken, object});
    }

private:
    std::string file_;
    std::vector<ImportProblem>* problems_;
};

}  // namespace mainstay::connect
