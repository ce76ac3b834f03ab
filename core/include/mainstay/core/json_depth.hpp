#pragma once

// A bound on the nesting of JSON from outside, checked before it is parsed: what walks a document calls itself once a
// level.

#include <cstddef>
#include <string_view>

namespace mainstay {

// How deep objects and lists may be nested.
inline constexpr std::size_t json_depth_max = 200;

// Whether brackets outside of strings nest deeper than that. The text need not be JSON.
bool is_nested_too_deep(std::string_view json_text) noexcept;

}  // namespace mainstay
