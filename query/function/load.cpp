// What a row of LOAD CSV knows of itself. The binder puts the clause's own slots in their place where there is one.

#include "function/rows.hpp"

namespace mainstay::function {
namespace {

Value nothing(std::span<const Value>, Context&) { return {}; }

constexpr Function load_rows[] = {
    {.name = "linenumber",
     .result = ValueType::integer,
     .body = nothing,
     .help = "The line on which the row of LOAD CSV begins, from 1; null if there is no LOAD CSV before."},
    {.name = "file",
     .result = ValueType::string,
     .body = nothing,
     .help = "The path of the file that the row of LOAD CSV is from; null if there is no LOAD CSV before."},
};

}  // namespace

std::span<const Function> load_functions() noexcept { return load_rows; }

}  // namespace mainstay::function
