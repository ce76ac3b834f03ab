#include "commands/options.hpp"

#include "mainstay/core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace mainstay::shell {
namespace {

Value value_of(const nlohmann::json& json) {
    switch (json.type()) {
        case nlohmann::json::value_t::boolean: return json.get<bool>();
        case nlohmann::json::value_t::number_integer: return json.get<std::int64_t>();
        case nlohmann::json::value_t::number_unsigned: return json.get<std::int64_t>();  // fits: checked before
        case nlohmann::json::value_t::number_float: return json.get<double>();
        case nlohmann::json::value_t::string: return Value{json.get<std::string>()};
        case nlohmann::json::value_t::array: {
            ValueList items;
            for (const auto& item : json) items.push_back(value_of(item));
            return Value::list(std::move(items));
        }
        case nlohmann::json::value_t::object: {
            ValueMapEntries entries;
            for (const auto& [key, item] : json.items()) entries.emplace_back(key, value_of(item));
            return Value::map(std::move(entries));
        }
        default: return {};
    }
}

}  // namespace

std::pair<std::string, Value> parse_parameter(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        throw Error{Code::usage, "a parameter is written name=value, not " + quoted(text)};
    std::string name{text.substr(text.front() == '$' ? 1 : 0, equals - (text.front() == '$' ? 1 : 0))};
    const std::string_view json_text = text.substr(equals + 1);
    if (is_nested_too_deep(json_text))
        throw Error{Code::usage, "the value of parameter " + quoted(name) + " is nested deeper than " +
                                     std::to_string(json_depth_max) + " levels"};
    if (const std::string_view wide = wide_integer_in(json_text); !wide.empty())
        throw Error{Code::usage,
                    "parameter " + quoted(name) + ": the integer " + std::string{wide} + " has more than 64 bits"}
            .with_hint("write it as a float, with .0 behind it, or as a string");
    nlohmann::json json = nlohmann::json::parse(json_text, nullptr, false);
    if (json.is_discarded())
        throw Error{Code::usage, "the value of parameter " + quoted(name) + " is not JSON: " + quoted(json_text)}
            .with_hint("a string needs its quotes: --param '" + name + "=\"" + std::string{json_text} + "\"'");
    return {std::move(name), value_of(json)};
}

}  // namespace mainstay::shell
