#pragma once

// Catch2 3 (Debian 13) in the words of version 2 (Debian 12), which the tests use. CMake puts this folder in front
// where version 3 is found.

#include <catch2/catch_all.hpp>
#include <string>

namespace Catch {

namespace Matchers {
inline StringContainsMatcher Contains(const std::string& text) { return ContainsSubstring(text); }
inline StringContainsMatcher Contains(std::string&& text) { return ContainsSubstring(text); }  // no list of letters
inline StringContainsMatcher Contains(const char* text) { return ContainsSubstring(text); }
}  // namespace Matchers

inline Matchers::StringContainsMatcher Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }
inline Matchers::StartsWithMatcher StartsWith(const std::string& text) { return Matchers::StartsWith(text); }
inline Matchers::EndsWithMatcher EndsWith(const std::string& text) { return Matchers::EndsWith(text); }

}  // namespace Catch

using Catch::Approx;
