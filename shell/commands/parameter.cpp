#include "commands/options.hpp"

#include "mainstay/core/json_depth.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace mainstay::shell {
namespace {

Value value_of(const nlohmann::json& json) {
    switch (json.type()) {
        case nlohmann::json::value_t::boolean: return json.get<bool>();
        case nlohmann::json::value_t::number_integer: return json.get<std::int64_t>();
        case nlohmann::json::value_t::number_unsigned: {
            const auto number = json.get<std::uint64_t>();
            if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                throw Error{Code::usage, "the number " + std::to_string(number) + " is too large for an integer"};
            return static_cast<std::int64_t>(number);
        }
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
    nlohmann::json json = nlohmann::json::parse(json_text, nullptr, false);
    if (json.is_discarded())
        throw Error{Code::usage, "the value of parameter " + quoted(name) + " is not JSON: " + quoted(json_text)}
            .with_hint("a string needs its quotes: --param '" + name + "=\"" + std::string{json_text} + "\"'");
    return {std::move(name), value_of(json)};
}

}  // namespace mainstay::shell
