#include "exec/call.hpp"

#include "function/function.hpp"

#include "mainstay/core/temporal_functions.hpp"

#include <fmt/format.h>

namespace mainstay::exec {

Value call_function(const function::Function& function, std::span<const Value> arguments, Span span,
                    StatementContext& context) {
    try {
        return function::call(function, arguments, context.functions());
    } catch (Error& e) {
        throw std::move(e).with_span(span);
    }
}

Value temporal_component(const Value& value, std::string_view name, Span span) {
    auto component = mainstay::temporal_component(value, name);
    if (!component)
        throw Error{Code::type_error, span, fmt::format("{} has no component {}", name_of(value.type()), quoted(name))};
    return *std::move(component);
}

}  // namespace mainstay::exec
