#include "exec/regex.hpp"

#include <boost/regex.hpp>

#include <string>
#include <unordered_map>

namespace mainstay::exec {

bool matches_regex(std::string_view text, std::string_view pattern, Span span) {
    constexpr std::size_t compiled_max = 64;
    thread_local std::unordered_map<std::string, boost::regex> compiled;
    try {
        auto found = compiled.find(std::string{pattern});
        if (found == compiled.end()) {
            if (compiled.size() >= compiled_max) compiled.clear();
            found = compiled.emplace(std::string{pattern}, boost::regex{pattern.begin(), pattern.end()}).first;
        }
        return boost::regex_match(text.begin(), text.end(), found->second);
    } catch (const std::runtime_error& bad) {  // boost::regex_error, or a match that explodes
        throw Error{Code::invalid_argument_value, span, "bad regular expression: " + std::string{bad.what()}}
            .with_type("ArgumentError")
            .with_phase(Phase::runtime);
    }
}

}  // namespace mainstay::exec
