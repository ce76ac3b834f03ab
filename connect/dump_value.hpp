#pragma once

#include "mainstay/core/json.hpp"
#include "mainstay/core/value.hpp"

#include <optional>
#include <string>

// Property values in the lines of a dump. JSON's own types where they say everything; what they cannot is an object
// with one member that begins with $:
//   {"$date": "2026-09-01"}  {"$local_time": ...}  {"$time": ...}  {"$local_datetime": ...}
//   {"$datetime": "2026-09-01T10:00+02:00[Europe/Oslo]"}  {"$duration": "P1M"}  {"$float": "NaN" | "Infinity" |
//   "-Infinity"}
// Floats always carry a point or an exponent, so that 1.0 does not come back as 1.
namespace mainstay::connect {

// As one line's text, appended to `out`.
void write_value(const Value& value, std::string& out);
void write_text(std::string_view text, std::string& out);  // a JSON string

// nullopt: no value that a dump holds.
std::optional<Value> read_value(const Json& json);

}  // namespace mainstay::connect
