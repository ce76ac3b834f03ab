#pragma once

#include "mainstay/storage/view.hpp"

#include <string>
#include <string_view>

namespace mainstay {

// The node that a person means by `key`: by element id (1:n:42), else by identification key or unique attribute, else
// by the attributes `name` and `id` (a walk over all nodes). `class_name`, if not empty, narrows to a class and its
// subclasses. Throws Error(Code::entity_not_found), with the nearest name as a hint, or
// Error(Code::invalid_argument_value) listing them if several have that name.
NodeId find_element(const View& view, std::string_view key, std::string_view class_name);

}  // namespace mainstay
