#pragma once

#include "mainstay/core/value.hpp"

#include <string>
#include <string_view>

namespace mainstay::shell {

// Whether a property belongs to the system (its key begins with `~`) and is never shown.
inline bool is_hidden(std::string_view key) noexcept { return key.starts_with('~'); }

// `text` in quotes and escaped; bytes that are not UTF-8 become U+FFFD, so the output is valid JSON whatever is stored.
void append_json_string(std::string_view text, std::string& out);
// As described at json_writer(). Deep values recurse: values are no deeper than the language lets them be.
void append_json(const Value& value, std::string& out);

}  // namespace mainstay::shell
