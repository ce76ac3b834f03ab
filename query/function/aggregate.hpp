#pragma once

// The table of aggregates, and what gathers their arguments. DISTINCT and count(*) are the caller's affair.

#include "function/function.hpp"

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace mainstay::function {

enum class AggregateKind : std::uint8_t {
    count,
    sum,
    avg,
    min,
    max,
    collect,
    st_dev,
    st_dev_p,
    percentile_cont,
    percentile_disc
};

struct Aggregate {
    std::string_view name;
    AggregateKind kind;
    std::array<Parameter, 2> parameters{};
    std::uint8_t arguments = 1;
    Types result{};
    std::string_view help{};
};

const Aggregate* find_aggregate(std::string_view name) noexcept;  // ASCII case does not count; nullptr if none
std::span<const Aggregate> all_aggregates() noexcept;             // ascending by name

namespace accumulator {
struct Count {
    std::int64_t rows = 0;
};
struct Sum {  // and avg
    std::int64_t rows = 0;
    std::int64_t integers = 0;
    double floats = 0;
    bool any_float = false;
    Value durations;  // null until there is one
};
struct Extreme {
    Value value;
};
struct Collect {
    ValueList items;
};
struct Deviation {  // Welford's method
    std::int64_t rows = 0;
    double mean = 0, squares = 0;
};
struct Percentile {
    ValueList numbers;
    double fraction = -1;  // of the first row
};
}  // namespace accumulator

// One group's state of one aggregate: a plain value, with a vector on the heap for collect and percentiles.
class Accumulator {
public:
    explicit Accumulator(const Aggregate& aggregate);

    // One row's arguments, aggregate.arguments of them. A null first argument is passed over. Throws type_error for a
    // value that cannot be summed, arithmetic_overflow, number_out_of_range for a percentile outside 0..1.
    void add(std::span<const Value> arguments);
    void add(const Value& argument) { add(std::span{&argument, 1}); }
    // The same as adding one after another.
    void add_integers(std::span<const std::int64_t> numbers);
    void add(const Value& argument, std::uint64_t times);

    // Of nothing: 0 for count and sum, [] for collect, 0.0 for standard deviations, null for the rest.
    Value result() const;
    // Heap memory held, for limits; strings and lists inside values not counted.
    std::uint64_t bytes() const noexcept;

private:
    void add_to_sum(const Value& value);

    AggregateKind kind_;
    std::variant<accumulator::Count, accumulator::Sum, accumulator::Extreme, accumulator::Collect,
                 accumulator::Deviation, accumulator::Percentile>
        state_;
};

}  // namespace mainstay::function
