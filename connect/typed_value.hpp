#pragma once

#include "mainstay/core/model.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::connect {

// The cell as a value of the type: text is read in the language's own literal forms (ISO 8601 for temporals; true,
// false, yes, no, 1, 0 in any case for booleans), white space around it ignored unless the type is string. A value of
// the type already stays; integers become floats; anything becomes a string. List: a text becomes a list of its parts
// between semicolons, trimmed. nullopt: the cell is no such value. Null stays null.
[[nodiscard]] std::optional<Value> as_type(const Value& cell, AttributeType type);

// "integer", "date", ...: the words of mapping and model files.
std::string_view word_of(AttributeType) noexcept;
std::optional<AttributeType> parse_type(std::string_view word) noexcept;
const std::vector<std::string>& type_words();

// Steps that make keys of different tools comparable, applied in order to strings; other values stay as they are.
enum class Normalise : std::uint8_t {
    trim,      // white space at both ends
    collapse,  // runs of white space inside become one space
    lower,     // ASCII letters only, as are serial numbers and host names
    upper,
    casefold,  // Unicode simple case folding of Latin, Greek and Cyrillic
};
std::optional<Normalise> parse_normalise(std::string_view word) noexcept;
const std::vector<std::string>& normalise_words();
Value normalised(const Value& value, const std::vector<Normalise>& steps);

}  // namespace mainstay::connect
