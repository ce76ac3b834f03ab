#pragma once

// The parts of the table, one a file.

#include "function/function.hpp"

#include <span>

namespace mainstay::function {

std::span<const Function> element_functions() noexcept;
std::span<const Function> conversion_functions() noexcept;
std::span<const Function> list_functions() noexcept;
std::span<const Function> string_functions() noexcept;
std::span<const Function> math_functions() noexcept;
std::span<const Function> network_functions() noexcept;
std::span<const Function> temporal_functions() noexcept;
std::span<const Function> load_functions() noexcept;

// Tells the statement that a result of so many bytes is about to be built, if it is worth telling.
void charge(Context& context, std::uint64_t bytes);

}  // namespace mainstay::function
