#pragma once

#include <string_view>

namespace mainstay {

// The JSON text of the model a new database gets; lives as long as the program.
extern const std::string_view default_model_text;

}  // namespace mainstay
