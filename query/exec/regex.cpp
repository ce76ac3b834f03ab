#include "exec/regex.hpp"

#include <fmt/format.h>
#include <boost/regex.hpp>

#include <string>
#include <unordered_map>

namespace mainstay::exec {
namespace {

std::string_view reason_of(boost::regex_constants::error_type code) {
    namespace errors = boost::regex_constants;
    switch (code) {
        case errors::error_collate:
        case errors::error_ctype: return "there is no such class of characters";
        case errors::error_escape: return "there is no such escape; a backslash itself is written \\\\";
        case errors::error_backref: return "it refers to a group that is not there";
        case errors::error_brack: return "a `[` has no `]`";
        case errors::error_paren: return "a bracket has no partner";
        case errors::error_brace:
        case errors::error_badbrace: return "what stands in { } is no count";
        case errors::error_range: return "a range ends before it begins";
        case errors::error_badrepeat: return "there is nothing to repeat";
        case errors::error_complexity:
        case errors::error_stack:
        case errors::error_space: return "it is too large";
        default: return "this cannot be read";
    }
}

Error refusal(Span span, std::string message) {
    return Error{Code::invalid_argument_value, span, std::move(message)}
        .with_type("ArgumentError")
        .with_phase(Phase::runtime);
}

}  // namespace

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
    } catch (const boost::regex_error& bad) {
        throw refusal(span, fmt::format("the regular expression {} is not well-formed at its character {}: {}",
                                        quoted(pattern), bad.position() + 1, reason_of(bad.code())));
    } catch (const std::runtime_error&) {  // a match that explodes
        throw refusal(span, fmt::format("matching the regular expression {} takes too many steps", quoted(pattern)))
            .with_hint("repeat less within repetitions");
    }
}

}  // namespace mainstay::exec
