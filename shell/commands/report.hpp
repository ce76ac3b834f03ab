#pragma once

#include "commands/console.hpp"

#include "mainstay/connect/values.hpp"

#include <string>
#include <vector>

namespace mainstay::shell {

// Rows that a command has in hand, written in the chosen format.
void write_rows(Format format, const std::vector<std::string>& columns, const std::vector<std::vector<Value>>& rows,
                const std::vector<Notice>& notices, const Console& console);

inline Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

// "1.5 MB": powers of 1,000, three digits.
std::string size_text(std::uint64_t bytes);

}  // namespace mainstay::shell
