#pragma once

// Values as the conformance suite writes them, and values of the engine in the same form, so that the two compare as
// text.
//
//   value  = null | true | false | integer | float | string | list | map | node | rel | path
//   float  = digits with "." and/or an exponent, or NaN | Inf | -Inf
//   string = '...', where only \' and \\ are escapes
//   node   = ( {:label} [map] )      rel = [ :type [map] ]      path = < node { -rel-> node | <-rel- node } >

#include "mainstay/core/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::tck {

struct TextEntry;

struct TextValue {
    enum class Kind : std::uint8_t { null, boolean, integer, floating, string, list, map, node, rel, path };
    Kind kind = Kind::null;
    bool boolean = false;  // of a rel in a path: travelled from its source to its target
    std::int64_t integer = 0;
    double floating = 0;
    std::string text;                 // string; type of a rel
    std::vector<std::string> labels;  // node
    std::vector<TextValue> items;     // list; path: node, rel, node, ...
    std::vector<TextEntry> entries;   // map; properties of a node or rel
};
struct TextEntry {
    std::string key;
    TextValue value;
};

// Throws std::invalid_argument naming the place if `text` is not exactly one value.
TextValue parse_text_value(std::string_view text);

// A value of a result. Temporal values become the string that toString() gives. Elements are read through the view they
// came from.
TextValue from_engine(const Value& value);

// Scalars, lists and maps as a value to give to the engine. Throws std::invalid_argument for elements and paths.
Value to_engine(const TextValue& value);

enum class ListOrder : std::uint8_t { counts, ignored };

// One text for all values that the suite calls the same, different texts for different ones: labels and map keys
// sorted, 0.0 for -0.0, floats by their shortest exact form; with ListOrder::ignored the elements of every list sorted
// too.
std::string canonical(const TextValue& value, ListOrder order);

}  // namespace mainstay::tck
