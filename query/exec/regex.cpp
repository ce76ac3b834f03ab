#include "exec/regex.hpp"

#include "mainstay/core/assert.hpp"

#include <fmt/format.h>
#include <utf8proc.h>
#include <boost/regex.hpp>

#include <algorithm>
#include <locale>
#include <optional>

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

namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Code points, so that `.` is a character and no byte.
std::wstring wide(std::string_view text) {
    static_assert(sizeof(wchar_t) == 4);
    std::wstring result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        utf8proc_int32_t point = 0;
        const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + i),
                                           static_cast<utf8proc_ssize_t>(text.size() - i), &point);
        MAINSTAY_ASSERT(size > 0);  // strings are UTF-8
        result.push_back(static_cast<wchar_t>(point));
        i += static_cast<std::size_t>(size);
    }
    return result;
}

// What is a letter and what its other case is, as Unicode says, where the system has such a locale.
const std::locale& letters() {
    static const std::locale locale = [] {
        try {
            return std::locale{"C.UTF-8"};
        } catch (const std::runtime_error&) {
            return std::locale::classic();
        }
    }();
    return locale;
}

// One pattern, for texts of ASCII alone and for others. As Perl and Java have it, `.` is no end of a line unless (?s).
struct Pattern {
    std::optional<boost::regex> narrow;  // if the pattern is ASCII
    boost::wregex whole;

    explicit Pattern(std::string_view pattern) {
        constexpr auto flags = boost::regex_constants::ECMAScript | boost::regex_constants::no_mod_s;
        if (is_ascii(pattern)) narrow.emplace(pattern.begin(), pattern.end(), flags);
        whole.imbue(letters());
        const std::wstring text = wide(pattern);
        whole.assign(text.begin(), text.end(), flags);
    }
    bool matches(std::string_view text) const {
        if (narrow && is_ascii(text)) return boost::regex_match(text.begin(), text.end(), *narrow);
        const std::wstring points = wide(text);
        return boost::regex_match(points, whole);
    }
};

const Pattern& compiled(std::string_view pattern, Span span) {
    constexpr std::size_t compiled_max = 64;
    thread_local std::unordered_map<std::string, Pattern> patterns;
    const auto found = patterns.find(std::string{pattern});
    if (found != patterns.end()) return found->second;
    if (patterns.size() >= compiled_max) patterns.clear();
    try {
        return patterns.emplace(std::string{pattern}, Pattern{pattern}).first->second;
    } catch (const boost::regex_error& bad) {
        throw refusal(span, fmt::format("the regular expression {} is not well-formed at its character {}: {}",
                                        quoted(pattern), bad.position() + 1, reason_of(bad.code())));
    }
}

}  // namespace

bool matches_regex(std::string_view text, std::string_view pattern, Span span) {
    const Pattern& wanted = compiled(pattern, span);
    try {
        return wanted.matches(text);
    } catch (const std::runtime_error&) {  // a match that explodes
        throw refusal(span, fmt::format("matching the regular expression {} takes too many steps", quoted(pattern)))
            .with_hint("repeat less within repetitions");
    }
}

}  // namespace mainstay::exec
