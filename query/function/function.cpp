#include "function/function.hpp"

#include "function/rows.hpp"

#include "mainstay/core/assert.hpp"
#include "mainstay/core/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace mainstay::function {
namespace {

constexpr std::uint64_t worth_charging = 64 * 1024;

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

struct Table {
    std::vector<const Function*> rows;
    std::unordered_map<std::string, const Function*> by_name;  // lower case

    Table() {
        for (const auto part : {element_functions(), conversion_functions(), list_functions(), string_functions(),
                                math_functions(), network_functions(), temporal_functions(), load_functions()})
            for (const Function& row : part) {
                MAINSTAY_ASSERT(row.body != nullptr && !row.help.empty());
                rows.push_back(&row);
                const bool is_new = by_name.emplace(lower(row.name), &row).second;
                MAINSTAY_ASSERT(is_new);
            }
        std::sort(rows.begin(), rows.end(),
                  [](const Function* a, const Function* b) { return lower(a->name) < lower(b->name); });
    }
};

const Table& table() {
    static const Table instance;
    return instance;
}

[[noreturn]] void mismatch(const Function& function, std::size_t index, const Value& argument) {
    const Parameter& parameter = function.parameter(index);
    Error error{Code::type_error,
                fmt::format("{}() takes {} as `{}`, not {} ({})", function.name, parameter.types.names(),
                            parameter.name, print(argument), name_of(argument.type()))};
    if (function.mismatch == Mismatch::argument_error) throw std::move(error).with_type("ArgumentError");
    throw std::move(error).with_detail("InvalidArgumentValue");
}

}  // namespace

std::string Types::names() const {
    if (*this == any) return "any value";
    std::string result;
    std::vector<std::string_view> names;
    for (unsigned t = 1; t <= static_cast<unsigned>(ValueType::path); ++t)
        if (bits_ >> t & 1) names.push_back(mainstay::name_of(static_cast<ValueType>(t)));
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) result += i + 1 == names.size() ? " or " : ", ";
        result += names[i];
    }
    return result;
}

std::string_view name_of(Category category) noexcept {
    static constexpr std::string_view names[] = {"predicate", "scalar", "list", "string", "math", "temporal"};
    return names[static_cast<std::size_t>(category)];
}

std::string Function::signature() const {
    std::string text{name};
    text += '(';
    const std::size_t shown = arguments_max == variadic ? std::size_t{1} : arguments_max;
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += ", ";
        text += i < arguments_min ? std::string{parameters[i].name} : fmt::format("[{}]", parameters[i].name);
    }
    if (arguments_max == variadic) text += ", ...";
    return text + ')';
}

const Function* find_function(std::string_view name) noexcept {
    const auto found = table().by_name.find(lower(name));
    return found == table().by_name.end() ? nullptr : found->second;
}

std::span<const Function* const> all_functions() noexcept { return table().rows; }

Value call(const Function& function, std::span<const Value> arguments, Context& context) {
    MAINSTAY_ASSERT(function.takes(arguments.size()));
    if (function.nulls == NullRule::null_gives_null)
        for (const Value& argument : arguments)
            if (argument.is_null()) return {};
    for (std::size_t i = 0; i < arguments.size(); ++i)
        if (!function.parameter(i).types.contains(arguments[i].type())) mismatch(function, i, arguments[i]);
    return function.body(arguments, context);
}

void charge(Context& context, std::uint64_t bytes) {
    if (bytes >= worth_charging && context.charge) context.charge(bytes);
}

}  // namespace mainstay::function
