#pragma once

// What is checked of JSON text from outside before it is parsed. The text need not be JSON: the parser says so.

#include <cstddef>
#include <string_view>

namespace mainstay {

// How deep objects and lists may be nested: what walks a document calls itself once a level.
inline constexpr std::size_t json_depth_max = 200;

// Whether brackets outside of strings nest deeper than that.
bool is_nested_too_deep(std::string_view json_text) noexcept;

// The first number written as an integer that 64 bits with a sign do not hold, empty if there is none. A JSON parser
// makes a float of it, which is another number.
std::string_view wide_integer_in(std::string_view json_text) noexcept;

// The first name, as written, of a member whose object has one of that name already, empty if there is none. A JSON
// parser keeps one of the two and says nothing. Requires JSON text.
std::string_view repeated_member_in(std::string_view json_text);

}  // namespace mainstay
