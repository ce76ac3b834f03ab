#pragma once

// The door of the parser: text in, tree or Error out.

#include "syntax/ast.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace mainstay::syntax {

struct ParseLimits {
    std::size_t statement_bytes = 16U << 20;  // longer statements are refused
    // Greatest depth of brackets in the text, and of the tree. 400 levels fit on a thread's stack of 8 MiB even in a
    // sanitizer build, of 1 MiB in a release build.
    std::uint32_t nesting = 400;
};

// The one statement that `text` holds; a `;` may follow it. Time and memory are linear in its size. Pure: any thread.
// Throws Error with a span: syntax, nesting_too_deep, invalid_number_literal, integer_overflow_literal,
// floating_point_overflow, invalid_unicode_literal, invalid_unicode_character, invalid_relationship_pattern,
// unknown_state.
Statement parse(std::string_view text, const ParseLimits& limits = {});

// Where the statements of a script stand, without their `;`, blank ones left out. Never throws: what is malformed (a
// string that is not closed) becomes part of the statement that parse() will refuse.
std::vector<Span> split_statements(std::string_view script);

// The language's own words, upper case, in alphabetical order: for completion and for hints.
const std::vector<std::string>& keywords();

}  // namespace mainstay::syntax
