#include "commands/options.hpp"

#include "mainstay/connect/writers.hpp"

namespace mainstay::shell {

std::pair<std::string, Value> parse_parameter(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        throw Error{Code::usage, "a parameter is written name=value, not " + quoted(text)};
    std::string name{text.substr(text.front() == '$' ? 1 : 0, equals - (text.front() == '$' ? 1 : 0))};
    const std::string_view json_text = text.substr(equals + 1);
    try {
        return {std::move(name), value_of_json(json_text, "the value of parameter " + quoted(name))};
    } catch (const Error& error) {
        const bool is_bare = !json_text.empty() && json_text.find_first_of("\"[{") == std::string_view::npos;
        throw Error{Code::usage, error.message()}.with_hint(is_bare && error.hint().empty()
                                                                ? "a string needs its quotes: --param '" + name +
                                                                      "=\"" + std::string{json_text} + "\"'"
                                                                : error.hint());
    }
}

}  // namespace mainstay::shell
