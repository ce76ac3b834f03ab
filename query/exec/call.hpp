#pragma once

#include "exec/context.hpp"

namespace mainstay::exec {

// The result of a function on arguments; null where its row says so. Errors get the call's span.
Value call_function(const function::Function& function, std::span<const Value> arguments, Span span,
                    StatementContext& context);

// `date.year` and kin. Throws type_error if the type has no such component.
Value temporal_component(const Value& value, std::string_view name, Span span);

}  // namespace mainstay::exec
