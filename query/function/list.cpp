#include "function/rows.hpp"

#include "mainstay/core/error.hpp"

#include "function/text.hpp"

#include <algorithm>

namespace mainstay::function {
namespace {

using Arguments = std::span<const Value>;

Value size(Arguments a, Context&) {
    return a[0].is(ValueType::list) ? static_cast<std::int64_t>(a[0].as_list().size())
                                    : count_code_points(a[0].as_string());
}

Value is_empty(Arguments a, Context&) {
    switch (a[0].type()) {
        case ValueType::list: return a[0].as_list().empty();
        case ValueType::map: return a[0].as_map().empty();
        default: return a[0].as_string().empty();
    }
}

Value head(Arguments a, Context&) { return a[0].as_list().empty() ? Value{} : a[0].as_list().front(); }
Value last(Arguments a, Context&) { return a[0].as_list().empty() ? Value{} : a[0].as_list().back(); }

Value tail(Arguments a, Context&) {
    const ValueList& list = a[0].as_list();
    if (list.empty()) return a[0];
    return Value::list({list.begin() + 1, list.end()});
}

Value reverse(Arguments a, Context&) {
    if (a[0].is(ValueType::string)) return reversed_text(a[0].as_string());
    return Value::list({a[0].as_list().rbegin(), a[0].as_list().rend()});
}

Value range(Arguments a, Context& context) {
    const std::int64_t begin = a[0].as_int(), end = a[1].as_int(), step = a.size() > 2 ? a[2].as_int() : 1;
    if (step == 0) throw Error{Code::number_out_of_range, "the step of range() must not be 0"};
    if (step > 0 ? begin > end : begin < end) return Value::list({});
    // Unsigned, so that neither the distance nor its negative can overflow.
    const auto distance = step > 0 ? static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin)
                                   : static_cast<std::uint64_t>(begin) - static_cast<std::uint64_t>(end);
    const auto stride =
        step > 0 ? static_cast<std::uint64_t>(step) : std::uint64_t{0} - static_cast<std::uint64_t>(step);
    const std::uint64_t steps = distance / stride;
    if (steps >= list_items_max) throw Error{Code::memory_limit, "range() would make more than 100,000,000 items"};
    constexpr std::uint64_t look_every = 1 << 16;
    charge(context, (steps + 1) * sizeof(Value));
    ValueList items;
    items.reserve(steps + 1);
    for (std::uint64_t i = 0; i <= steps; ++i) {
        if (i % look_every == look_every - 1) charge(context, look_every * sizeof(Value));  // it may be stopped
        const std::uint64_t travelled = i * stride;
        items.push_back(static_cast<std::int64_t>(step > 0 ? static_cast<std::uint64_t>(begin) + travelled
                                                           : static_cast<std::uint64_t>(begin) - travelled));
    }
    return Value::list(std::move(items));
}

constexpr Types text_or_list = ValueType::string | ValueType::list;

constexpr Function list_rows[] = {
    {.name = "size",
     .parameters = {{{"value", text_or_list}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::integer,
     .body = size,
     .help = "The number of items of a list, or of characters of a text."},
    {.name = "isEmpty",
     .parameters = {{{"value", text_or_list | ValueType::map}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::boolean,
     .category = Category::predicate,
     .body = is_empty,
     .help = "Whether a list, map or text has nothing in it."},
    {.name = "head",
     .parameters = {{{"list", ValueType::list}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = any,
     .category = Category::list,
     .body = head,
     .help = "The first item of a list, or null."},
    {.name = "last",
     .parameters = {{{"list", ValueType::list}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = any,
     .category = Category::list,
     .body = last,
     .help = "The last item of a list, or null."},
    {.name = "tail",
     .parameters = {{{"list", ValueType::list}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = ValueType::list,
     .category = Category::list,
     .body = tail,
     .help = "A list without its first item."},
    {.name = "reverse",
     .parameters = {{{"value", text_or_list}}},
     .arguments_min = 1,
     .arguments_max = 1,
     .result = text_or_list,
     .category = Category::list,
     .body = reverse,
     .help = "A list or text in the opposite order."},
    {.name = "range",
     .parameters = {{{"start", ValueType::integer}, {"end", ValueType::integer}, {"step", ValueType::integer}}},
     .arguments_min = 2,
     .arguments_max = 3,
     .result = ValueType::list,
     .category = Category::list,
     .mismatch = Mismatch::argument_error,
     .body = range,
     .help = "The integers from start to end, both included, `step` apart."},
};

}  // namespace

std::span<const Function> list_functions() noexcept { return list_rows; }

}  // namespace mainstay::function
