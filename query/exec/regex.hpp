#pragma once

#include "mainstay/core/error.hpp"

#include <string_view>

namespace mainstay::exec {

// `text =~ pattern`: whether the whole text matches a Perl-like regular expression. Patterns are compiled once a
// thread. Throws Error(Code::invalid_argument_value) at run time for a bad pattern or one that takes too many steps.
bool matches_regex(std::string_view text, std::string_view pattern, Span span);

}  // namespace mainstay::exec
