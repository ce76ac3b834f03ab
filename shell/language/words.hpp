#pragma once

// The words of the language that the shell colours and completes.

#include <span>
#include <string_view>

namespace mainstay::shell {

std::span<const std::string_view> keywords() noexcept;          // upper case, ascending
std::span<const std::string_view> functions() noexcept;         // as documented, ascending without regard to case
std::span<const std::string_view> analysis_columns() noexcept;  // what our clauses YIELD
std::span<const std::string_view> phrases() noexcept;           // "IMPACT OF", "SINGLE POINTS OF FAILURE FOR", ...
bool is_keyword(std::string_view word) noexcept;                // in any case

}  // namespace mainstay::shell
