#pragma once

// The one table of functions: what the binder checks, what runs, what completion and the reference list. A function is
// a row in one of the files beside this one.

#include "mainstay/core/temporal.hpp"
#include "mainstay/core/value.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace mainstay::function {

// A set of value types. Null belongs to every set.
class Types {
public:
    constexpr Types() noexcept = default;
    constexpr Types(ValueType type) noexcept : bits_(1U << static_cast<unsigned>(type)) {}
    constexpr bool contains(ValueType type) const noexcept {
        return type == ValueType::null || (bits_ >> static_cast<unsigned>(type) & 1) != 0;
    }
    constexpr bool overlaps(Types other) const noexcept { return (bits_ & other.bits_) != 0; }
    friend constexpr Types operator|(Types a, Types b) noexcept {
        a.bits_ |= b.bits_;
        return a;
    }
    friend constexpr bool operator==(Types, Types) = default;
    std::string names() const;  // "Integer or Float", "any value"

private:
    std::uint32_t bits_ = 0;
};
constexpr Types operator|(ValueType a, ValueType b) noexcept { return Types{a} | Types{b}; }

inline constexpr Types number = ValueType::integer | ValueType::floating;
inline constexpr Types instant =
    ValueType::date | ValueType::local_time | ValueType::time | ValueType::local_datetime | ValueType::datetime;
inline constexpr Types element = ValueType::node | ValueType::relationship;
inline constexpr Types any = number | instant | element | ValueType::boolean | ValueType::string | ValueType::list |
                             ValueType::map | ValueType::duration | ValueType::path;

// What a call may ask of the running statement. Borrowed for the call.
struct Context {
    DateTime statement_now{};
    DateTime transaction_now{};
    std::function<DateTime()> realtime;        // empty: statement_now
    std::function<std::mt19937_64&()> random;  // required by functions of purity `random`
    std::function<void(std::uint64_t)>
        charge;  // told the bytes before a large result is built, and while it is; throws to refuse
};

enum class NullRule : std::uint8_t {
    null_gives_null,  // the result is null if any argument is; the body never sees one
    takes_nulls
};
enum class Purity : std::uint8_t {
    constant,   // same arguments, same result: may be computed once
    statement,  // also depends on the statement's clock
    random      // differs from call to call
};
enum class Category : std::uint8_t { predicate, scalar, list, string, math, temporal };
std::string_view name_of(Category) noexcept;

// What happens to an argument of a type that the row does not take. Statically known: the binder throws SyntaxError
// InvalidArgumentType, unless argument_error. Otherwise call() throws when it runs.
enum class Mismatch : std::uint8_t {
    type_error,     // TypeError: InvalidArgumentValue
    argument_error  // ArgumentError: InvalidArgumentType, always at run time (range)
};

struct Parameter {
    std::string_view name;
    Types types;
};

using Body = Value (*)(std::span<const Value> arguments, Context& context);

struct Function {
    std::string_view name;                  // as documented: "toUpper", "date.truncate"
    std::array<Parameter, 3> parameters{};  // the first `parameters_max` count; a variadic one repeats the last
    std::uint8_t arguments_min = 0;
    std::uint8_t arguments_max = 0;  // `variadic`: no limit
    Types result{};
    NullRule nulls = NullRule::null_gives_null;
    Purity purity = Purity::constant;
    Category category = Category::scalar;
    Mismatch mismatch = Mismatch::type_error;
    Body body = nullptr;
    std::string_view help{};  // one line

    static constexpr std::uint8_t variadic = 255;
    bool takes(std::size_t arguments) const noexcept {
        return arguments >= arguments_min && (arguments_max == variadic || arguments <= arguments_max);
    }
    // The parameter that the argument at `index` is for. Requires takes(index + 1) or so.
    const Parameter& parameter(std::size_t index) const noexcept {
        return parameters[index < parameters.size() ? index : parameters.size() - 1];
    }
    std::string signature() const;  // "substring(text, start, [length])"
};

// ASCII case does not count; "date.truncate" is one name. nullptr if there is none. Rows live as long as the process.
const Function* find_function(std::string_view name) noexcept;
std::span<const Function* const> all_functions() noexcept;  // ascending by name, aliases included

// Null rule, argument types, body. Requires function.takes(arguments.size()). Throws Error without a span: type_error
// (with the detail of the row), number_out_of_range, arithmetic_overflow, invalid_temporal, deleted_entity_access,
// memory_limit.
Value call(const Function& function, std::span<const Value> arguments, Context& context);

}  // namespace mainstay::function
