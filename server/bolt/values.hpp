#pragma once

// The language's values as Bolt's structures and back. Bolt 5 widened Node, Relationship and UnboundRelationship by
// element ids and writes a DateTime in UTC; before, in local seconds, unless both sides agreed on UTC.

#include "bolt/packstream.hpp"

#include "mainstay/core/value.hpp"

namespace mainstay::server {

struct ValueForm {
    bool has_element_ids = true;  // from 5.0
    bool utc_times = true;        // from 5.0, or agreed on
};

// Elements are written with what their view holds of them: labels, properties.
void write_value(const Value& value, ValueForm form, PackWriter& out);

// Throws Error(Code::invalid_argument_value) for what the language has not (points, bytes, vectors) and for values
// outside of their range; nesting_too_deep; ProtocolError for bytes that are no value. After an Error the reader stands
// in the middle of the message.
Value read_value(PackReader& in, ValueForm form);

}  // namespace mainstay::server
