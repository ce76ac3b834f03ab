#include "mainstay/connect/writers.hpp"

#include "mainstay/core/json.hpp"
#include "mainstay/core/json_text.hpp"

namespace mainstay {
namespace {

Value value_of(const Json& json) {
    switch (json.type()) {
        case Json::value_t::boolean: return json.get<bool>();
        case Json::value_t::number_integer: return json.get<std::int64_t>();
        case Json::value_t::number_unsigned: return json.get<std::int64_t>();  // fits: checked before
        case Json::value_t::number_float: return json.get<double>();
        case Json::value_t::string: return Value{json.get<std::string>()};
        case Json::value_t::array: {
            ValueList items;
            for (const auto& item : json) items.push_back(value_of(item));
            return Value::list(std::move(items));
        }
        case Json::value_t::object: {
            ValueMapEntries entries;
            for (const auto& [key, item] : json.items()) entries.emplace_back(key, value_of(item));
            return Value::map(std::move(entries));
        }
        default: return {};
    }
}

}  // namespace

Value value_of_json(std::string_view text, const std::string& what) {
    const auto refuse = [&](const std::string& why) { return Error{Code::input_invalid, what + why}; };
    if (is_nested_too_deep(text)) throw refuse(" is nested deeper than " + std::to_string(json_depth_max) + " levels");
    if (const auto wide = wide_integer_in(text); !wide.empty())
        throw refuse(" has the integer " + std::string{wide} + ", which has more than 64 bits")
            .with_hint("write it as a float, with .0 behind it, or as a string");
    try {
        const Json json = Json::parse(text);
        if (const auto repeated = repeated_member_in(text); !repeated.empty())
            throw refuse(" has an object with the member " + std::string{repeated} + " twice");
        return value_of(json);
    } catch (const Json::parse_error& error) {
        throw refuse(" is not JSON: it breaks at byte " + std::to_string(error.byte));
    } catch (const Json::exception&) {  // a number beyond a float
        throw refuse(" has a number out of range");
    }
}

}  // namespace mainstay
